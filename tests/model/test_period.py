"""Reference periods: how they are written, ordered and stored."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon import Period

YEARS = st.integers(1900, 2199)
MONTHS = st.tuples(YEARS, st.integers(1, 12)).map(lambda t: f"{t[0]}-{t[1]:02}")
PERIODS = st.one_of(
    YEARS.map(str),
    st.tuples(YEARS, st.integers(1, 2)).map(lambda t: f"{t[0]}-S{t[1]}"),
    st.tuples(YEARS, st.integers(1, 4)).map(lambda t: f"{t[0]}-Q{t[1]}"),
    MONTHS,
    st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat),
    st.lists(YEARS, min_size=2, max_size=2, unique=True).map(lambda two: "/".join(map(str, sorted(two)))),
    st.lists(MONTHS, min_size=2, max_size=2, unique=True).map(lambda two: "/".join(sorted(two))),
)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("2023", "2023-01-01", "2023-12-31", id="a year"),
        pytest.param("2023-S2", "2023-07-01", "2023-12-31", id="a half year"),
        pytest.param("2023-Q1", "2023-01-01", "2023-03-31", id="a quarter"),
        pytest.param("2024-02", "2024-02-01", "2024-02-29", id="a month of a leap year"),
        pytest.param("2024-06-30", "2024-06-30", "2024-06-30", id="a day"),
        pytest.param("2017/2018", "2017-01-01", "2018-12-31", id="two years"),
        pytest.param("2024-01/2024-09", "2024-01-01", "2024-09-30", id="nine months"),
    ],
)
def test_a_period_has_a_start_and_an_end(text, start, end):
    period = Period.parse(text)
    assert (period.start.isoformat(), period.end.isoformat(), str(period)) == (start, end, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "23",
        "2023-13",
        "2023-Q5",
        "２０２３",
        "2023-02-30",
        "1899",
        "2018/2017",
        "2017/2017",
        "2017/2018-05",
        "2023-Q1/2023-Q2",
    ],
)
def test_what_is_not_a_period_is_refused_and_the_forms_are_named(text):
    with pytest.raises(ValueError, match=r"is not a period.*|an interval joins"):
        Period.parse(text)


@given(PERIODS)
def test_the_key_identifies_a_period(text):
    period = Period.parse(text)
    restored = Period.from_key(period.key)
    assert (restored, restored.start, restored.end, restored.text) == (period, period.start, period.end, period.text)


@given(PERIODS, PERIODS)
def test_periods_are_ordered_by_their_end(one, other):
    first, second = Period.parse(one), Period.parse(other)
    if first.end < second.end:
        assert first < second
    assert (first == second) == (first.text == second.text)


def test_twelve_months_from_january_are_the_year():
    assert Period.parse("2023-01/2023-12") == Period.parse("2023")


def test_an_interval_counts_from_its_first_year():
    assert Period.parse("2017/2018").year == 2017


@pytest.mark.parametrize(("text", "time"), [("2023", 2023.0), ("2023-Q2", 2023.25), ("2023-07", 2023.5)])
def test_time_is_where_a_period_begins_in_years(text, time):
    assert Period.parse(text).time == pytest.approx(time)


@pytest.mark.parametrize(
    ("text", "months"),
    [("2024-01/2024-09", 9), ("2017/2018", 24), ("2023", 12), ("2023-S1", 6), ("2023-Q1", 3), ("2023-05", 1)],
)
def test_every_period_has_a_length_in_months(text, months):
    assert Period.parse(text).span == months


def test_a_day_has_no_length_in_months():
    assert Period.parse("2024-06-30").span == 0


@pytest.mark.parametrize(
    ("text", "time"),
    [("2023", 2023), ("2023-12", 2023), ("2023-12-31", 2023), ("2017-Q1", 2016.25), ("2007/2023", 2023)],
)
def test_a_level_is_true_at_the_end_of_its_period(text, time):
    assert Period.parse(text).as_of == pytest.approx(time)
