"""When a source is due. Every case with an injected clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.schedule.plan import LONGEST_PAUSE, Standing, due, next_due, pause

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = Standing("worldbank", "every 6 hours", last_try=NOW - HOUR, last_ok=NOW - HOUR)
ZONES = ("Europe/Berlin", "Asia/Almaty", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("standing", "at"),
    [
        pytest.param(Standing("new"), NOW, id="what was never asked is due at once"),
        pytest.param(ASKED, NOW + 5 * HOUR, id="an interval counts from when it was asked last"),
        pytest.param(replace(ASKED, schedule="0 6 * * *"), datetime(2026, 11, 23, 6, tzinfo=UTC), id="cron"),
        pytest.param(
            replace(ASKED, schedule="0 6 * * 0"),
            datetime(2026, 11, 29, 6, tzinfo=UTC),
            id="in cron, day 0 of the week is Sunday",
        ),
        pytest.param(
            replace(ASKED, schedule="0 6 * * *", zone=ZoneInfo("Asia/Tashkent")),
            datetime(2026, 11, 23, 1, tzinfo=UTC),
            id="cron is local time",
        ),
        pytest.param(
            replace(ASKED, schedule="release calendar", expected=date(2027, 1, 15)),
            datetime(2027, 1, 15, tzinfo=UTC),
            id="by the calendar it is left alone until a release is due",
        ),
        pytest.param(
            replace(ASKED, schedule="release calendar", expected=date(2026, 10, 1)),
            NOW - HOUR + DAY,
            id="from that day on it is asked daily until the release arrives",
        ),
        pytest.param(
            replace(ASKED, schedule="release calendar"),
            NOW - HOUR + 7 * DAY,
            id="without a calendar it is asked weekly",
        ),
        pytest.param(replace(ASKED, failures=1), NOW - HOUR + timedelta(minutes=5), id="a failure is tried again soon"),
        pytest.param(
            replace(ASKED, failures=40), NOW - HOUR + DAY, id="and at least once a day however often it fails"
        ),
        pytest.param(
            replace(ASKED, failures=1, backoff_until=NOW + 3 * HOUR),
            NOW + 3 * HOUR,
            id="never before the source itself allows it",
        ),
        pytest.param(replace(ASKED, last_try=NOW + 400 * DAY), NOW, id="a clock set back by a year holds nothing up"),
    ],
)
def test_a_source_is_due(standing, at):
    assert next_due(standing, NOW) == at


def test_what_was_missed_while_asleep_is_caught_up_once():
    asleep = replace(ASKED, last_try=NOW - 3 * DAY)
    assert due(NOW, [asleep]) == ["worldbank"]
    assert due(NOW, [replace(asleep, last_try=NOW)]) == []


def test_a_jump_of_the_clock_a_year_ahead_asks_once():
    ahead = NOW + 365 * DAY
    assert due(ahead, [ASKED]) == ["worldbank"]
    assert due(ahead + HOUR, [replace(ASKED, last_try=ahead)]) == []


def test_jitter_moves_a_source_always_alike_and_never_beyond_its_bound():
    spread = replace(ASKED, jitter=600.0)
    moved = next_due(spread, NOW) - next_due(ASKED, NOW)
    assert timedelta() <= moved <= timedelta(minutes=10)
    assert next_due(spread, NOW) == next_due(spread, NOW + HOUR)


@given(st.integers(1, 10_000))
def test_pauses_grow_and_have_an_end(failures):
    assert pause(failures) <= pause(failures + 1) <= LONGEST_PAUSE


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", range(24))
def test_a_daily_time_comes_once_every_local_day_whatever_the_clocks_do(zone, hour):
    """Over two years, there are as many runs as days."""
    place = ZoneInfo(zone)
    start = datetime(2026, 1, 1, tzinfo=place).astimezone(UTC)
    standing = Standing("daily", f"30 {hour} * * *", place, last_try=start, last_ok=start)
    days = []
    while (at := next_due(standing, standing.last_try)) < start + 730 * DAY:
        days.append(at.astimezone(place).date())
        standing = replace(standing, last_try=at, last_ok=at)
    assert len(days) == len(set(days))
    assert (days[-1] - days[0]).days + 1 == len(days)
