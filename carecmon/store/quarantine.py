"""What a release changes, counted while it is written, and whether that is too strange to believe."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import log10
from statistics import median

from carecmon.model.quarantine import Strangeness

#: A release is held back if it withdraws more than this share of what it covers, and at least this many cells.
WITHDRAWN_SHARE = 0.2
AT_LEAST = 5
#: ... or if it moves most values by one factor further from 1 than this (in powers of ten, about 1.41) ...
SHIFT = 0.15
#: ... where values within this distance (about 5 %) count as moved by one factor.
SPREAD = 0.02
#: A hundredfold is no revision but another unit: then most of the values that moved at all are enough, and few of
#: them. One alone is not: nothing moves like it, and small amounts do change a hundredfold.
OTHER_UNIT = 2 - SPREAD
FEW = 2


@dataclass(slots=True)
class Moves:
    """Cells of one indicator that its source had stated before. ``shifts`` are log10 of new by old."""

    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    shifts: array[float] = field(default_factory=lambda: array("d"))

    def moved(self, old: float | None, new: float | None) -> None:
        """Note a revised cell, and by what factor it moved, where there is one."""
        self.revised += 1
        if old and new and (old > 0) == (new > 0):
            self.shifts.append(log10(new / old))


@dataclass(slots=True)
class Tally:
    """Cells of one release, against what its source said before it, by indicator; ``added`` it never stated."""

    added: int = 0
    moves: dict[str, Moves] = field(default_factory=dict)

    def of(self, indicator: str) -> Moves:
        """Return where the cells of one indicator are counted."""
        return self.moves.setdefault(indicator, Moves())

    @property
    def revised(self) -> int:
        """How many cells have another value, status or note."""
        return sum(moves.revised for moves in self.moves.values())

    @property
    def withdrawn(self) -> int:
        """How many covered cells are no longer stated."""
        return sum(moves.withdrawn for moves in self.moves.values())

    @property
    def unchanged(self) -> int:
        """How many cells are stated again as they were."""
        return sum(moves.unchanged for moves in self.moves.values())

    @property
    def changed(self) -> bool:
        """Whether any cell differs from what was said before."""
        return bool(self.added or self.revised or self.withdrawn)


def reason(tally: Tally) -> str | None:
    """Return why not to believe a release that changes this much, or None.

    Each indicator is looked at, too: a file of many may change the unit, or lose the column, of one of them.
    """
    found = _strange(tally.moves.values())
    if found is None and len(tally.moves) > 1:
        each = ((name, _strange([moves])) for name, moves in sorted(tally.moves.items()))
        found = next((replace(one, indicator=name) for name, one in each if one), None)
    return None if found is None else str(found)


def _strange(moves: Iterable[Moves]) -> Strangeness | None:
    revised = withdrawn = unchanged = 0
    shifts = array("d")
    for one in moves:
        revised, withdrawn, unchanged = revised + one.revised, withdrawn + one.withdrawn, unchanged + one.unchanged
        shifts.extend(one.shifts)
    stated, compared = revised + withdrawn + unchanged, revised + unchanged
    if withdrawn >= AT_LEAST and withdrawn > WITHDRAWN_SHARE * stated:
        return Strangeness("withdrawn", withdrawn, stated)
    if len(shifts) >= FEW:
        middle = median(shifts)
        alike = sum(abs(shift - middle) <= SPREAD for shift in shifts)
        most = abs(middle) > SHIFT and alike * 2 > compared >= AT_LEAST
        if most or (abs(middle) >= OTHER_UNIT and alike * 2 > revised):
            return Strangeness("one-factor", alike, compared, 10**middle)
    return None
