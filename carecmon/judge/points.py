"""From what each source says to the one history that is judged."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from carecmon.model import ObservationStatus, Period, Point, SeriesBelief


def judged_points(belief: SeriesBelief, prefer: Iterable[str]) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """Return the judged history by ascending period, and the sources it comes from in order of preference.

    Cell by cell the first source in ``prefer`` that has a usable value there is taken, then any other source,
    sorted: a missing or withdrawn cell falls through to the next source.
    """
    order = tuple(dict.fromkeys((*prefer, *sorted(belief.by_source))))
    chosen: dict[Period, Point] = {}
    for source in order:
        for point in belief.by_source.get(source, ()):
            if point.value is not None and isfinite(point.value):
                chosen.setdefault(point.period, point)
    used = {point.source for point in chosen.values()}
    return tuple(chosen[period] for period in sorted(chosen)), tuple(source for source in order if source in used)


def withdrawn_periods(belief: SeriesBelief) -> tuple[Period, ...]:
    """Return the periods whose value was withdrawn and that no other source has a value for, ascending."""
    points = [point for one in belief.by_source.values() for point in one]
    held = {point.period for point in points if point.usable}
    return tuple(sorted({p.period for p in points if p.status is ObservationStatus.WITHDRAWN} - held))
