"""What became different between two beliefs about one series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from carecmon.model import Cause, Period, Point, Series, SeriesBelief


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of one source that is believed to be something else now.

    ``kind`` is new_period (later than every value before), late_arrival (a value where none was), revision or
    withdrawal (no value any more). ``old`` and ``new`` are in the indicator's unit.
    """

    kind: Cause
    source: str
    period: Period
    old: float | None
    new: float | None


def changes(before: SeriesBelief | None, now: SeriesBelief | None) -> tuple[Change, ...]:
    """Return the cells whose usable value differs, by source and period."""
    old, new = _cells(before), _cells(now)
    newest = max((period for _, period in (key for key, point in old.items() if point.usable)), default=None)
    found = []
    for source, period in sorted(old.keys() | new.keys()):
        was, is_now = _value(old.get((source, period))), _value(new.get((source, period)))
        if was != is_now:
            found.append(Change(_kind(was, is_now, newest is None or period > newest), source, period, was, is_now))
    return tuple(found)


def apply(
    found: Iterable[Change], before: SeriesBelief | None, now: SeriesBelief | None, series: Series
) -> SeriesBelief:
    """Return ``before`` with only the cells of ``found`` as they are ``now``."""
    cells, later = _cells(before), _cells(now)
    for change in found:
        key = (change.source, change.period)
        if key in later:
            cells[key] = later[key]
        else:
            cells.pop(key, None)
    by_source: dict[str, list[Point]] = {}
    for (source, _), point in sorted(cells.items(), key=lambda cell: cell[0]):
        by_source.setdefault(source, []).append(point)
    return SeriesBelief(series, {source: tuple(points) for source, points in by_source.items()})


def _cells(belief: SeriesBelief | None) -> dict[tuple[str, Period], Point]:
    if belief is None:
        return {}
    return {(source, point.period): point for source, points in belief.by_source.items() for point in points}


def _value(point: Point | None) -> float | None:
    return point.value if point is not None and point.usable else None


def _kind(old: float | None, new: float | None, latest: bool) -> Cause:
    if new is None:
        return Cause.WITHDRAWAL
    if old is not None:
        return Cause.REVISION
    return Cause.NEW_PERIOD if latest else Cause.LATE_ARRIVAL
