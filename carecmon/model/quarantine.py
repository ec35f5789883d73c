"""Why a release is held in quarantine: what is strange about it, in how many cells, of which indicator."""

from __future__ import annotations

import re
from dataclasses import dataclass

from carecmon.model.period import Period
from carecmon.model.series import Series

#: What can be strange about a release, and the words that stand for it behind "it".
_WORDS = {
    "withdrawn": "withdraws {some} of the {all} cells that it covers and its source stated before",
    "one-factor": "changes {some} of {all} values by the same factor, about {factor}",
}
_FIELD = re.compile(r"\\{(\w+)\\}")


@dataclass(frozen=True, slots=True)
class Strangeness:
    """What is strange about a release. ``indicator`` is the one it is about, blank where it is about the whole.

    The store keeps the English words, which say all of it: ``str`` makes them, ``read`` reads them back.
    """

    kind: str
    some: int
    all: int
    factor: float | None = None
    indicator: str = ""

    def __str__(self) -> str:
        factor = "" if self.factor is None else f"{self.factor:.4g}"
        said = _WORDS[self.kind].format(some=self.some, all=self.all, factor=factor)
        return f"{said} ({self.indicator})" if self.indicator else said

    @staticmethod
    def read(text: str) -> Strangeness | None:
        """Return what ``text`` says, None where it is something else: a reason found while collecting."""
        for kind, words in _WORDS.items():
            pattern = _FIELD.sub(r"(?P<\1>\\S+)", re.escape(words))
            if found := re.fullmatch(rf"{pattern}(?: \((?P<indicator>[^()]+)\))?", text):
                said = found.groupdict()
                factor = float(said["factor"]) if "factor" in said else None
                return Strangeness(kind, int(said["some"]), int(said["all"]), factor, said["indicator"] or "")
        return None


_IMPOSSIBLE = re.compile(
    r"states (?P<value>\S+) for (?P<series>[^ {]+(?:\{[^{}]*\})?) (?P<period>\S+)(?: \((?P<place>.+)\))?,"
    r" which is always (?P<bound>at least|at most) (?P<limit>[^\s,]+)(?:, and (?P<more>\d+) more such values?)?",
    re.S,  # a cell of a sheet may have several lines
)


@dataclass(frozen=True, slots=True)
class Impossible:
    """A release states a value beyond what its indicator can be, at ``place``; and so many ``more``.

    ``bound`` is ``at least`` or ``at most``. As of Strangeness, the store keeps the English words.
    """

    series: Series
    period: Period
    value: float
    bound: str
    limit: float
    place: str = ""
    more: int = 0

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        more = f", and {self.more} more such value{'s' * (self.more > 1)}" if self.more else ""
        return (
            f"states {self.value:.12g} for {self.series} {self.period}{place}, which is always {self.bound}"
            f" {self.limit:.12g}{more}"
        )

    @staticmethod
    def read(text: str) -> Impossible | None:
        """Return what ``text`` says, None where it is something else."""
        found = _IMPOSSIBLE.fullmatch(text)
        if found is None:
            return None
        return Impossible(
            Series.parse(found["series"]),
            Period.parse(found["period"]),
            float(found["value"]),
            found["bound"],
            float(found["limit"]),
            found["place"] or "",
            int(found["more"] or 0),
        )
