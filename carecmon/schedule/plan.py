"""When a source is due: a pure function of its schedule, of what the store knows of it, and of now."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

#: How a source without a schedule is asked.
USUALLY = "every 1 day"
FROM_CALENDAR = "release calendar"
#: A source that keeps failing is asked after 5 minutes, then less and less often, at least once a day.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
#: A clock that stands this far before the last try was set back.
SET_BACK = timedelta(hours=1)
#: A run that began so long ago and has not finished crashed.
CRASHED = timedelta(minutes=10)
#: What a reminder may be late by is a quarter of its time, but nothing is judged more often than this for it.
SHORTEST_REMINDER = timedelta(minutes=15)

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_629_746, "year": 31_556_952}
_EVERY = re.compile(r"every (\d+(?:\.\d+)?)\s*(minute|hour|day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Standing:
    """One source as the scheduler sees it. Times are UTC.

    ``expected`` is the first day on which a release is usual by the release calendar of what it feeds, None where
    no calendar says; ``jitter`` spreads sources of one schedule by up to so many seconds, each always alike.
    """

    source: str
    schedule: str = USUALLY
    zone: tzinfo = UTC
    last_try: datetime | None = None
    last_ok: datetime | None = None
    failures: int = 0
    backoff_until: datetime | None = None
    expected: date | None = None
    jitter: float = 0.0


def due(now: datetime, standings: list[Standing]) -> list[str]:
    """Return the sources to ask now. However many times were missed, each is asked once."""
    return [one.source for one in standings if next_due(one, now) <= now]


def next_due(one: Standing, now: datetime) -> datetime:
    """Return when the source is due next, or since when it is.

    1. What was never asked is due at once, and what only lies in the future because the clock was set back too.
    2. After a failure it is due when the pause is over, which grows with each failure, and not before the source
       itself allows it.
    3. Else it is due at the first time of its schedule after it was asked last.
    """
    if one.last_try is None:
        return now
    if one.last_try > now + SET_BACK:
        return now
    if one.failures:
        again = one.last_try + pause(one.failures)
        return max(again, one.backoff_until) if one.backoff_until else again
    planned = _after(one, one.last_try) + timedelta(seconds=_spread(one))
    return max(planned, one.backoff_until) if one.backoff_until else planned


def stale(
    started: datetime, finished: datetime | None, now: datetime, zone: tzinfo, reminders: Sequence[float] = ()
) -> bool:
    """Say whether the last run is too long ago to leave it at that, though no source is due.

    It is where it crashed, or began on another day in ``zone``; or a quarter of the shortest of ``reminders`` (in
    seconds) ago; or lies in the future because the clock was set back.
    """
    if started > now + SET_BACK:
        return True
    if finished is None:
        return now - started > CRASHED
    if started.astimezone(zone).date() < now.astimezone(zone).date():
        return True
    return bool(reminders) and now - started >= max(timedelta(seconds=min(reminders)) / 4, SHORTEST_REMINDER)


def pause(failures: int) -> timedelta:
    """Return how long to leave a source alone after so many failures in a row."""
    doublings = min(failures - 1, 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _after(one: Standing, moment: datetime) -> datetime:
    """Return the first time of the schedule after ``moment``, UTC."""
    if one.schedule == FROM_CALENDAR:
        return _by_calendar(one, moment)
    every = _EVERY.fullmatch(one.schedule)
    if every is not None:
        return moment + timedelta(seconds=float(every[1]) * _UNITS[every[2]])
    from cronsim import CronSim

    return next(CronSim(one.schedule, moment.astimezone(one.zone))).astimezone(UTC)


def _by_calendar(one: Standing, moment: datetime) -> datetime:
    """Return a day after ``moment``, but not before a release is due; without a calendar a week after."""
    if one.expected is None:
        return moment + timedelta(weeks=1)
    begins = datetime.combine(one.expected, time(), one.zone).astimezone(UTC)
    return max(begins, moment + timedelta(days=1))


def _spread(one: Standing) -> float:
    """Return this source's share of its jitter: always the same, so that no run moves the next."""
    part = int.from_bytes(hashlib.sha256(one.source.encode()).digest()[:4]) / 2**32
    return part * one.jitter
