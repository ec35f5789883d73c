"""Digests and quiet hours where clocks are changed: every local day has each hour once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.judge.moments import moment, next_digest, quiet_until
from carecmon.model.person import Recipient

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Asia/Almaty", "Asia/Kabul", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tehran"]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "when"),
    [
        (date(2024, 6, 5), time(9), "Asia/Almaty", utc(2024, 6, 5, 4)),
        (date(2024, 3, 31), time(2, 30), "Europe/Berlin", utc(2024, 3, 31, 1)),
        (date(2024, 3, 31), time(2), "Europe/Berlin", utc(2024, 3, 31, 1)),
        (date(2024, 10, 27), time(2, 30), "Europe/Berlin", utc(2024, 10, 27, 0, 30)),
        (date(2024, 10, 6), time(2, 10), "Australia/Lord_Howe", utc(2024, 10, 5, 15, 30)),
        (date(2024, 2, 29), time(23, 30), "Asia/Almaty", utc(2024, 2, 29, 17, 30)),
        (date(2011, 12, 30), time(9), "Pacific/Apia", utc(2011, 12, 30, 10)),
    ],
    ids=[
        "an hour like any other", "skipped: the end of the gap", "the gap begins at its end", "twice: the first one",
        "a gap of half an hour", "a zone that moves for good", "a day that never was",
    ],
)  # fmt: skip
def test_a_local_time_is_one_moment(day, clock, zone, when):
    assert moment(day, clock, ZoneInfo(zone)) == when


@given(
    st.sampled_from(ZONES),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(0, 700),
)
def test_a_daily_digest_comes_exactly_once_every_local_day(zone, hour, start):
    person = Recipient("a", ZoneInfo(zone), send="daily", hour=hour)
    now, days = utc(2023, 1, 1) + timedelta(days=start), []
    for _ in range(5):
        now = next_digest(person, now, weekly=False)
        days.append(now.astimezone(person.time_zone).date())
        now += timedelta(seconds=1)
    assert days == [days[0] + timedelta(days=number) for number in range(5)]


@given(st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 700 * 24))
def test_a_weekly_digest_is_on_its_day_and_less_than_eight_days_ahead(zone, day, start):
    now = utc(2023, 1, 1) + timedelta(hours=start)
    due = next_digest(Recipient("a", ZoneInfo(zone), day=day), now, weekly=True)
    assert due.astimezone(ZoneInfo(zone)).weekday() == day
    assert now <= due < now + timedelta(days=7, hours=2)


@pytest.mark.parametrize(
    ("hours", "at", "end"),
    [
        ((time(20), time(7)), utc(2024, 6, 5, 19), utc(2024, 6, 6, 5)),
        ((time(20), time(7)), utc(2024, 6, 5, 3), utc(2024, 6, 5, 5)),
        ((time(20), time(7)), utc(2024, 6, 5, 18), utc(2024, 6, 6, 5)),
        ((time(20), time(7)), utc(2024, 6, 5, 17, 59), None),
        ((time(20), time(7)), utc(2024, 6, 5, 5), None),
        ((time(20), time(7)), utc(2024, 6, 5, 12), None),
        ((time(12), time(14)), utc(2024, 6, 5, 11), utc(2024, 6, 5, 12)),
        ((time(22), time(2, 30)), utc(2024, 3, 30, 23), utc(2024, 3, 31, 1)),
        ((time(22), time(2, 30)), utc(2024, 10, 27, 0, 45), None),
        (None, utc(2024, 6, 5, 1), None),
    ],
)
def test_quiet_hours_end_on_the_persons_own_clock(hours, at, end):
    assert quiet_until(Recipient("a", BERLIN, quiet_hours=hours), at) == end
