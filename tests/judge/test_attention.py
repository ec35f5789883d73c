"""What to look at first: five sentences, in an order that puts official targets first."""

from datetime import UTC, datetime

import pytest

from carecmon.judge.attention import look_first
from carecmon.model import Alert, AlertState, Cause, Series, Severity, Status, Transition, fingerprint

FIRING, RESOLVED = AlertState.FIRING, AlertState.RESOLVED


@pytest.fixture(scope="session")
def alert():
    def write(subject, severity=Severity.WARNING, state=FIRING, message="Something happened."):
        now = datetime(2024, 6, 1, tzinfo=UTC)
        return Transition(
            AlertState.INACTIVE,
            Alert(fingerprint("r", subject), "r", subject, severity, state, Cause.NEW_PERIOD, now, message),
        )

    return write


@pytest.fixture(scope="session")
def first(indicator):
    names = ("road.fatalities", "cpmm.swd", "cpmm.swod", "cpmm.bcp-time", "lpi.score", "energy.access")
    declared = {name: indicator(id=name, headline=({"area": "CAREC"},)) for name in names}

    def first(assessments=(), transitions=(), findings=()):
        return look_first(assessments, transitions, declared, findings)

    return first


def of(name, area="CAREC"):
    return Series.of(name, area=area)


def test_nothing_to_look_at(first, verdict):
    assert first([verdict(series=of("cpmm.swd"), status=Status.ON_TRACK)]) == []


def test_official_before_alerts_before_gaps_before_contradictions(first, verdict, alert, finding):
    lines = first(
        [
            verdict(series=of("cpmm.swd"), expected=40.0),
            verdict(series=of("road.fatalities"), official=True, target_text="30 by 2030 (official)"),
        ],
        [alert("cpmm.swod{area=CAREC}")],
        [finding()],
    )
    assert [line.split(":")[0] for line in lines] == [
        "Speed with delay (CAREC) is too slow for its target 30 by 2030 (official)",
        "New warning alert r",
        "Speed with delay (CAREC) is behind our working path (slow)",
        "The source first contradicts itself or another once",
    ]


def test_every_line_about_a_target_has_value_period_and_kind(first, verdict):
    lines = first([verdict(series=of("cpmm.swd")), verdict(series=of("road.fatalities"), official=True)])
    assert len(lines) == 2
    for line in lines:
        assert "20.1 km/h in 2022" in line
        assert "(working)" in line or "(official)" in line


def test_at_most_five_and_each_kind_gets_one(first, verdict, alert, finding):
    names = ("cpmm.swd", "cpmm.swod", "cpmm.bcp-time", "lpi.score", "energy.access")
    lines = first(
        [verdict(series=of(name), official=True) for name in names],
        [alert(f"source-{number}") for number in range(9)],
        [finding(), finding(id="f2")],
    )
    assert len(lines) == 5
    assert sum("contradicts" in line for line in lines) == 1
    assert sum("New warning" in line for line in lines) >= 1
    assert "2 times, for example" in lines[-1]


def test_an_indicator_is_named_once_by_its_worst_series(first, verdict):
    stages = {"CAREC": Status.SLOW, "KAZ": Status.REVERSING, "UZB": Status.STAGNANT}
    (line,) = first([verdict(series=of("cpmm.swd", area), official=True, status=one) for area, one in stages.items()])
    assert "(KAZ) moves away" in line
    assert line.endswith("2 more of its series are behind or unjudged.")


def test_an_official_target_without_enough_data_is_worth_a_line(first, verdict):
    (line,) = first(
        [
            verdict(
                series=of("road.fatalities"),
                official=True,
                status=Status.NOT_ENOUGH_DATA,
                target_text="41,000 by 2030 (official)",
            )
        ]
    )
    assert "cannot be judged yet against its target 41,000 by 2030 (official): 20.1 km/h in 2022." in line


def test_quiet_and_ended_alerts_are_not_news(first, alert):
    assert first((), [alert("a", Severity.INFO), alert("b", state=RESOLVED)]) == []


def test_critical_alerts_come_before_warnings(first, alert):
    lines = first((), [alert("a"), alert("b", Severity.CRITICAL, message="Worse.")])
    assert [line.split()[1] for line in lines] == ["critical", "warning"]


def test_the_widest_gap_comes_first(first, verdict):
    lines = first([verdict(series=of("cpmm.swd"), expected=22.0), verdict(series=of("cpmm.swod"), expected=44.0)])
    assert ["expected 44.0" in lines[0], "expected 22.0" in lines[1]] == [True, True]


def test_the_region_comes_before_a_wider_gap_of_one_border_crossing_point(first, verdict):
    point = verdict(series=of("cpmm.bcp-time", "bcp-dostyk"), expected=99.0)
    lines = first([point, verdict(series=of("cpmm.swd"), expected=22.0)])
    assert ["expected 22.0" in lines[0], "expected 99.0" in lines[1]] == [True, True]


def test_settled_findings_are_not_shown(first, finding):
    assert (
        first((), (), [finding(mended_by="CPMM 2022"), finding(acknowledged="known"), finding(severity=Severity.INFO)])
        == []
    )
