"""A small line chart in one line of text."""

from __future__ import annotations

from collections.abc import Sequence

from carecmon.model import Assessment, Period

_BLOCKS = "▁▂▃▄▅▆▇█"
_LETTERS = "_.-~=+*#"


def sparkline(values: Sequence[float | None], width: int = 8, unicode: bool = True) -> str:
    """Draw the last ``width`` values, the lowest as the lowest mark; a blank where there is none.

    Fewer than two values draw nothing: one point has no shape.
    """
    shown = list(values)[-width:]
    known = [value for value in shown if value is not None]
    if len(known) < 2:
        return ""
    marks, low, high = _BLOCKS if unicode else _LETTERS, min(known), max(known)
    steps = len(marks) - 1
    middle = steps // 2

    def mark(value: float | None) -> str:
        if value is None:
            return " "
        return marks[round((value - low) / (high - low) * steps) if high > low else middle]

    return "".join(map(mark, shown))


def trend(a: Assessment, unicode: bool = True) -> str:
    """Draw the judged history of a series: only periods as long as the newest one can be compared with it."""
    length = _length(a.points[-1][0]) if a.points else None
    return sparkline([value for period, value in a.points if _length(period) == length], unicode=unicode)


def _length(period: Period) -> tuple[int | None, int]:
    return period.span, (period.end - period.start).days // 28
