"""From what each source says to the one history that is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from carecmon.model import Indicator, ObservationStatus, Period, Point, SeriesBelief


def judged_points(belief: SeriesBelief, prefer: Iterable[str]) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """Return the judged history by ascending period, and the sources it comes from in order of preference.

    Cell by cell the first source in ``prefer`` that has a usable value there is taken, then any other source,
    sorted: a missing or withdrawn cell falls through to the next source.
    """
    prefer = tuple(prefer)
    order = tuple(dict.fromkeys((*prefer, *sorted(belief.by_source))))
    chosen: dict[Period, Point] = {}
    for source in order:
        for point in belief.by_source.get(source, ()):
            if point.value is not None and isfinite(point.value):
                chosen.setdefault(point.period, point)
    points = tuple(chosen[period] for period in sorted(chosen))
    return points, sources_of(points, prefer)


def sources_of(points: Iterable[Point], prefer: Iterable[str]) -> tuple[str, ...]:
    """Return the sources of ``points``: those in ``prefer`` in its order, then any other, sorted."""
    used = {point.source for point in points}
    return tuple(source for source in dict.fromkeys((*prefer, *sorted(used))) if source in used)


def of_one_length(points: Sequence[Point], indicator: Indicator) -> tuple[Point, ...]:
    """Return the points whose periods can be compared with the newest one: as long as it, of a stock all."""
    return tuple(p for p in points if indicator.stock is True or p.period.span == points[-1].period.span)


def newest_silence(belief: SeriesBelief, until: Period | None = None) -> Point | None:
    """Return the newest cell in which a source says that it has no value, None where a value is as new or newer."""
    said = [
        point
        for points in belief.by_source.values()
        for point in points
        if (point.usable or point.status is ObservationStatus.MISSING) and (until is None or point.period <= until)
    ]
    newest = max(said, key=lambda point: (point.period, point.usable), default=None)
    return None if newest is None or newest.usable else newest


def withdrawn_periods(belief: SeriesBelief) -> tuple[Period, ...]:
    """Return the periods whose value was withdrawn and that no other source has a value for, ascending."""
    points = [point for one in belief.by_source.values() for point in one]
    held = {point.period for point in points if point.usable}
    return tuple(sorted({p.period for p in points if p.status is ObservationStatus.WITHDRAWN} - held))
