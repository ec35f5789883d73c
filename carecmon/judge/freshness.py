"""Whether the next reference period should have come by now, apart from whether fetching works."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from carecmon.model import Cadence, Freshness, Indicator, Period

_MONTHS = {Cadence.ANNUAL: 12, Cadence.QUARTERLY: 3, Cadence.MONTHLY: 1}


@dataclass(frozen=True, slots=True)
class Expectation:
    """The days on which the next reference period is usual, late, and missing: each state begins on its day."""

    due: date
    late: date
    missing: date


def expectation(indicator: Indicator, newest: Period | None) -> Expectation | None:
    """Return when the period after ``newest`` is expected; None where nothing is ever late.

    That is so without a release calendar, with an irregular cadence, and before there was a first value.
    """
    months = _MONTHS.get(indicator.cadence)
    if indicator.calendar is None or months is None or newest is None:
        return None
    due = _later(newest.end, months) + indicator.calendar.lag
    late = due + indicator.calendar.grace
    return Expectation(due, late, _later(late, months))


def days_late(indicator: Indicator, period: Period, arrived: date) -> int | None:
    """Return by how many days ``period`` came after its grace was over; None where it was in time, or never is late."""
    if indicator.calendar is None or indicator.cadence not in _MONTHS:
        return None
    last_in_time = period.end + indicator.calendar.lag + indicator.calendar.grace - timedelta(days=1)
    days = (arrived - last_in_time).days
    return days if days > 0 else None


def freshness(indicator: Indicator, newest: Period | None, today: date) -> Freshness:
    """Return how fresh a series is whose newest value is for ``newest``.

    Due means that the next period's value is usual by now, late that the grace is over, missing that another
    whole period of the cadence is over too.
    """
    if indicator.discontinued is not None and indicator.discontinued.since <= today:
        return Freshness.DISCONTINUED
    days = expectation(indicator, newest)
    if days is None or today < days.due:
        return Freshness.EXPECTED
    if today < days.late:
        return Freshness.DUE
    return Freshness.LATE if today < days.missing else Freshness.MISSING


def _later(day: date, months: int) -> date:
    """Return the last day of the month that is ``months`` after that of ``day``, or its day where it is no last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_last else min(day.day, last))
