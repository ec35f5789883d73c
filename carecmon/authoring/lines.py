"""How one line of the contract went."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the contract. ``passed`` is None where it is worth knowing, but no failure."""

    what: str
    passed: bool | None
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.found}" + (f"; {self.remedy}" if self.remedy else "")


def passed(what: str, found: str = "") -> Line:
    """Return a line that holds."""
    return Line(what, True, found)


def failed(what: str, found: str, remedy: str) -> Line:
    """Return a line that does not hold, and what to do about it."""
    return Line(what, False, found, remedy)


def noted(what: str, found: str, remedy: str = "") -> Line:
    """Return a line that is worth knowing."""
    return Line(what, None, found, remedy)
