"""The courses on which values are expected to move: at a constant rate, in a straight line, in whole steps."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log

from carecmon.judge.arithmetic import growth

#: What Open SDG puts for a base or a target of zero, which no growth rate starts from or leads to.
OPEN_SDG_ZERO = 0.001

#: A step is reached when the straight line is this close to it: thirds do not add up exactly.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Geometric:
    """The same growth every year. ``zero`` stands for zero; where it is None, there is no course from or to zero."""

    zero: float | None

    def at(self, first: tuple[float, float], last: tuple[float, float], time: float) -> float | None:
        """Return the value at ``time``; None between opposite signs or where the numbers end."""
        (base, start), (value, end) = first, last
        if time == end or (value == 0 and time > end):
            return value
        base, value = base or self.zero or 0.0, value or self.zero or 0.0
        ratio = value / base if base else 0.0
        if ratio <= 0 or end == start:
            return None
        try:
            return base * exp(log(ratio) * (time - start) / (end - start))
        except OverflowError:
            return None

    def rate(self, first: float, last: float, years: float) -> float | None:
        """Return the compound annual growth rate in percent."""
        pace = growth(first or self.zero or 0.0, last or self.zero or 0.0, years)
        return None if pace is None or (last == 0 and self.zero is None) else 100 * pace


class Straight:
    """The same step every year."""

    def at(self, first: tuple[float, float], last: tuple[float, float], time: float) -> float | None:
        """Return the value at ``time`` on the straight line."""
        (base, start), (value, end) = first, last
        if time == end:
            return value
        return None if end == start else base + (value - base) * ((time - start) / (end - start))

    def rate(self, first: float, last: float, years: float) -> float | None:
        """Return the yearly step in percent of ``first``; None where that is zero."""
        return 100 * (last - first) / abs(first) / years if first and years > 0 else None


class Steps(Straight):
    """Whole steps along the straight line: the position that should be reached by then. Steps have no rate."""

    def at(self, first: tuple[float, float], last: tuple[float, float], time: float) -> float | None:
        """Return the last whole position that the straight line has reached at ``time``."""
        position = Straight.at(self, first, last, time)
        return None if position is None else float(floor(position + _HAIR))

    def rate(self, first: float, last: float, years: float) -> float | None:
        """Return None: a position is not an amount."""
        return None
