"""What a release changes, counted while it is written, and whether that is too strange to believe."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from math import log10
from statistics import median

#: A release is held back if it withdraws more than this share of what it covers, and at least this many cells.
WITHDRAWN_SHARE = 0.2
AT_LEAST = 5
#: ... or if it moves most values by one factor further from 1 than this (in powers of ten, about 1.41) ...
SHIFT = 0.15
#: ... where values within this distance (about 5 %) count as moved by one factor.
SPREAD = 0.02


@dataclass(slots=True)
class Tally:
    """Cells of one release, against what its source said before it. ``shifts`` are log10 of new by old."""

    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    shifts: array[float] = field(default_factory=lambda: array("d"))

    @property
    def changed(self) -> bool:
        """Whether any cell differs from what was said before."""
        return bool(self.added or self.revised or self.withdrawn)

    def moved(self, old: float | None, new: float | None) -> None:
        """Note by what factor a value was revised, where there is one."""
        if old and new and (old > 0) == (new > 0):
            self.shifts.append(log10(new / old))


def reason(tally: Tally) -> str | None:
    """Return why not to believe a release that changes this much, or None."""
    stated = tally.revised + tally.withdrawn + tally.unchanged
    if tally.withdrawn >= AT_LEAST and tally.withdrawn > WITHDRAWN_SHARE * stated:
        return f"withdraws {tally.withdrawn} of the {stated} cells that it covers and its source stated before"
    compared = tally.revised + tally.unchanged
    if compared >= AT_LEAST and len(tally.shifts) * 2 > compared:
        middle = median(tally.shifts)
        alike = sum(abs(shift - middle) <= SPREAD for shift in tally.shifts)
        if abs(middle) > SHIFT and alike * 2 > compared:
            return f"changes {alike} of {compared} values by the same factor, about {10**middle:.4g}"
    return None
