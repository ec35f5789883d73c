"""A series: one indicator with all its dimensions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_FORM = re.compile(r"(?P<indicator>[a-z0-9][a-z0-9.-]*)(?:\{(?P<labels>[^{}]*)\})?")


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One indicator with all its dimensions, names sorted: ``cpmm.swd{area=corridor-3,mode=all}``."""

    indicator: str
    labels: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(indicator: str, labels: Mapping[str, str] | None = None, /, **more: str) -> Series:
        """Return the series of ``indicator`` with these labels, in any order."""
        return Series(indicator, tuple(sorted({**(labels or {}), **more}.items())))

    @staticmethod
    def parse(text: str) -> Series:
        """Return the series written ``text``; raise ValueError saying how one is written."""
        return _parse(text)

    def label(self, name: str) -> str | None:
        """Return the code of the dimension ``name``, or None where the series has no such dimension."""
        return next((code for key, code in self.labels if key == name), None)

    def matches(self, select: Mapping[str, str]) -> bool:
        """Say whether every label in ``select`` is this one's; ``*`` allows any code, ``A|B`` either."""
        return all(
            (label := self.label(name)) is not None and (code == "*" or label in code.split("|"))
            for name, code in select.items()
        )

    def __str__(self) -> str:
        if not self.labels:
            return self.indicator
        return f"{self.indicator}{{{','.join(f'{name}={code}' for name, code in self.labels)}}}"


@lru_cache(maxsize=65536)
def _parse(text: str) -> Series:
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a series; one is written cpmm.swd{{area=corridor-3,mode=all}}")
    pairs = [pair.partition("=") for pair in (match["labels"] or "").split(",") if pair.strip()]
    if any(not equals or not code.strip() for _, equals, code in pairs):
        raise ValueError(f"{text!r} is not a series: each label is written name=code")
    return Series.of(match["indicator"], {name.strip(): code.strip() for name, _, code in pairs})
