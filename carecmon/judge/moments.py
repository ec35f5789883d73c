"""Local times of people as moments: digests and quiet hours, safe where clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from carecmon.model.person import Recipient

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the moment, UTC, at which a clock in ``zone`` shows ``clock`` on ``day``.

    A time that the clock skips is the end of the gap; of a time that it shows twice, the first one counts.
    """
    local = datetime.combine(day, clock, zone)
    first, second = local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    return _end_of_gap(second, first, zone) if second < first else first


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first moment after ``before`` with the offset of ``after``, to the second."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def next_digest(person: Recipient, now: datetime, *, weekly: bool) -> datetime:
    """Return the first moment, UTC, at or after ``now`` at which a digest for ``person`` is due."""
    today = now.astimezone(person.time_zone).date()
    for ahead in range(-1, 16):
        day = today + ahead * _DAY
        if weekly and day.weekday() != person.day:
            continue
        due = moment(day, person.hour, person.time_zone)
        if due >= now:
            return due
    raise AssertionError("a week has every day")


def quiet_until(person: Recipient, at: datetime) -> datetime | None:
    """Return when the quiet hours that ``at`` falls into end, UTC; None where it falls into none."""
    if person.quiet_hours is None:
        return None
    start, end = person.quiet_hours
    today = at.astimezone(person.time_zone).date()
    for day in (today - _DAY, today):
        ends = moment(day + _DAY if end <= start else day, end, person.time_zone)
        if moment(day, start, person.time_zone) <= at < ends:
            return ends
    return None
