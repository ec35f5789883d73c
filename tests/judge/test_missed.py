"""When a target counts as missed: it is not met, and its year is over."""

from datetime import date

import pytest

from carecmon.judge.conditions import about_series
from carecmon.judge.facts import Outcome, SeriesFacts
from carecmon.model import Better, Condition, Period, Status


@pytest.fixture(scope="session")
def missed(indicator, verdict, rule):
    def missed(period, better=Better.HIGHER, **more):
        judged = verdict(period=Period.parse(period), target=20.0, target_year=2025, **more)
        facts = SeriesFacts(indicator(better), judged, date(2026, 6, 1))
        return about_series(rule(Condition.MISSED), facts)[0]

    return missed


@pytest.mark.parametrize(
    ("period", "status", "value", "outcome"),
    [
        pytest.param("2025", Status.SLOW, 19.6, Outcome.FIRES, id="just missed"),
        pytest.param("2025", Status.ON_TRACK, 19.6, Outcome.FIRES, id="missed, whatever the pace is called"),
        pytest.param("2025", Status.ACHIEVED, 20.0, Outcome.CLEAR, id="met"),
        pytest.param("2024", Status.SLOW, 17.0, Outcome.CLEAR, id="the value of the year is not known yet"),
        pytest.param("2025-Q1", Status.SLOW, 17.0, Outcome.CLEAR, id="the year is not over"),
        pytest.param("2025-12", Status.SLOW, 17.0, Outcome.FIRES, id="its last month"),
        pytest.param("2025", Status.NOT_ENOUGH_DATA, 19.6, Outcome.FIRES, id="without a baseline a miss is a miss"),
        pytest.param("2025", Status.DISCONTINUED, 19.6, Outcome.CLEAR, id="discontinued"),
    ],
)
def test_a_target_is_missed_where_its_year_is_over_and_it_is_not_met(missed, period, status, value, outcome):
    assert missed(period, status=status, value=value) is outcome


def test_without_a_direction_and_a_baseline_nobody_knows(missed):
    assert missed("2025", Better.NEITHER, status=Status.NOT_ENOUGH_DATA, value=19.6) is Outcome.NO_ANSWER
