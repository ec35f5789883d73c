"""When the next period is expected, due, late and missing: by the calendar and an injected day."""

from datetime import date, timedelta

import pytest

from carecmon.judge.freshness import days_late, expectation, freshness
from carecmon.model import Cadence, Discontinued, Freshness, ReleaseCalendar

CALENDAR = ReleaseCalendar(lag=timedelta(days=180), grace=timedelta(days=60))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2023, 12, 31), Freshness.EXPECTED, id="the next period has only just ended"),
        pytest.param(date(2024, 6, 27), Freshness.EXPECTED, id="the day before it is usual"),
        pytest.param(date(2024, 6, 28), Freshness.DUE, id="180 days after it ended"),
        pytest.param(date(2024, 8, 26), Freshness.DUE, id="the last day of grace"),
        pytest.param(date(2024, 8, 27), Freshness.LATE, id="60 days later"),
        pytest.param(date(2025, 8, 26), Freshness.LATE, id="the last day of another year"),
        pytest.param(date(2025, 8, 27), Freshness.MISSING, id="another whole year late"),
    ],
)
def test_the_period_after_2022_is(indicator, period, today, expected):
    assert freshness(indicator(calendar=CALENDAR), period("2022"), today) is expected


@pytest.mark.parametrize(
    ("cadence", "newest", "due"),
    [
        pytest.param(Cadence.ANNUAL, "2017/2018", date(2020, 6, 28), id="a year after an interval"),
        pytest.param(Cadence.QUARTERLY, "2023-Q4", date(2024, 9, 27), id="a quarter"),
        pytest.param(Cadence.MONTHLY, "2024-01", date(2024, 8, 27), id="a month, to the end of February"),
        pytest.param(Cadence.MONTHLY, "2023-12", date(2024, 7, 29), id="a month, over the turn of the year"),
        pytest.param(Cadence.ANNUAL, "2024-06-15", date(2025, 12, 12), id="a year after a day"),
    ],
)
def test_the_next_period_is_due(indicator, period, cadence, newest, due):
    found = expectation(indicator(cadence=cadence, calendar=CALENDAR), period(newest))
    assert found is not None
    assert found.due == due


def test_irregular_editions_are_never_late(indicator, period):
    lpi = indicator(cadence=Cadence.IRREGULAR, calendar=CALENDAR)
    assert freshness(lpi, period("2007"), date(2040, 1, 1)) is Freshness.EXPECTED


def test_nothing_is_late_without_a_calendar_or_before_the_first_value(indicator, period):
    assert freshness(indicator(), period("2007"), date(2040, 1, 1)) is Freshness.EXPECTED
    assert freshness(indicator(calendar=CALENDAR), None, date(2040, 1, 1)) is Freshness.EXPECTED


def test_discontinued_is_declared_and_has_a_day(indicator, period):
    lpi = indicator(calendar=CALENDAR, discontinued=Discontinued(date(2026, 4, 1), "replaced by LPI 2.0"))
    assert freshness(lpi, period("2023"), date(2026, 4, 1)) is Freshness.DISCONTINUED
    assert freshness(lpi, period("2023"), date(2026, 3, 31)) is Freshness.LATE


@pytest.mark.parametrize(
    ("arrived", "days"),
    [
        pytest.param(date(2024, 6, 28), None, id="as soon as it is usual"),
        pytest.param(date(2024, 8, 26), None, id="on the last day of grace"),
        pytest.param(date(2024, 8, 27), 1, id="on the day that it is called late"),
        pytest.param(date(2025, 8, 27), 366, id="after it was called missing"),
    ],
)
def test_a_period_arrived_so_many_days_late(indicator, period, arrived, days):
    assert days_late(indicator(calendar=CALENDAR), period("2023"), arrived) == days


def test_irregular_editions_do_not_arrive_late(indicator, period):
    assert days_late(indicator(calendar=CALENDAR, cadence=Cadence.IRREGULAR), period("2023"), date(2030, 1, 1)) is None
    assert days_late(indicator(), period("2023"), date(2030, 1, 1)) is None
