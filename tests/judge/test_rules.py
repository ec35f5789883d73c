"""What each condition says, what it says nothing about, and the words for people."""

from datetime import date

import pytest

from carecmon.judge.changes import Change
from carecmon.judge.facts import Outcome, SeriesFacts, SourceFacts
from carecmon.judge.rules import HELD, Watched, answer, look
from carecmon.model import Cause, Condition, Freshness, Hold, Status

FIRES, EASING, CLEAR, NO_ANSWER = Outcome.FIRES, Outcome.EASING, Outcome.CLEAR, Outcome.NO_ANSWER


@pytest.fixture(scope="session")
def see(indicator, verdict, today):
    def see(rule, *, earlier=(), changes=(), withdrawn=(), findings=(), day=today, **said):
        return look(rule, SeriesFacts(indicator(), verdict(**said), day, earlier, changes, withdrawn, findings))

    return see


@pytest.mark.parametrize(
    ("status", "off_track", "reversed_"),
    [
        (Status.ACHIEVED, CLEAR, CLEAR),
        (Status.ON_TRACK, CLEAR, CLEAR),
        (Status.SLOW, FIRES, CLEAR),
        (Status.STAGNANT, FIRES, CLEAR),
        (Status.REVERSING, FIRES, FIRES),
        (Status.NO_TARGET, CLEAR, CLEAR),
        (Status.DISCONTINUED, CLEAR, CLEAR),
        (Status.NOT_ENOUGH_DATA, NO_ANSWER, NO_ANSWER),
        (Status.NO_DATA, NO_ANSWER, NO_ANSWER),
    ],
)
def test_a_verdict_fires_and_its_absence_says_nothing(see, rule, status, off_track, reversed_):
    assert see(rule(), status=status).outcome is off_track
    assert see(rule(Condition.REVERSED), status=status).outcome is reversed_


@pytest.mark.parametrize(
    ("condition", "value", "clear", "observed", "outcome"),
    [
        pytest.param(Condition.ABOVE, 24.0, None, 24.1, FIRES, id="above"),
        pytest.param(Condition.ABOVE, 24.0, None, 24.0, CLEAR, id="at the threshold is not above it"),
        pytest.param(Condition.ABOVE, 24.0, 20.0, 22.0, EASING, id="below the threshold, above the clear level"),
        pytest.param(Condition.ABOVE, 24.0, 20.0, 20.0, CLEAR, id="at the clear level"),
        pytest.param(Condition.BELOW, 15.0, None, 14.9, FIRES, id="below"),
        pytest.param(Condition.BELOW, 15.0, 18.0, 16.0, EASING, id="above the threshold, below the clear level"),
        pytest.param(Condition.BELOW, 15.0, 18.0, 18.0, CLEAR, id="back at the clear level"),
        pytest.param(Condition.ABOVE, 24.0, None, None, NO_ANSWER, id="no value"),
    ],
)
def test_a_threshold_lets_go_at_its_own_level(see, rule, condition, value, clear, observed, outcome):
    assert see(rule(condition, value=value, clear=clear), value=observed).outcome is outcome


@pytest.mark.parametrize(
    ("percent", "value", "change", "outcome"),
    [
        pytest.param(10.0, 22.0, 2.0, FIRES, id="exactly ten percent"),
        pytest.param(10.0, 21.9, 1.9, CLEAR, id="less"),
        pytest.param(10.0, 18.0, -2.0, FIRES, id="a fall counts as well"),
        pytest.param(None, 20.1, 0.1, FIRES, id="any printed change"),
        pytest.param(None, 20.05, 0.05, CLEAR, id="less than is printed"),
        pytest.param(10.0, 2.0, 2.0, FIRES, id="from zero"),
        pytest.param(10.0, 2.0, None, NO_ANSWER, id="no period before"),
    ],
)
def test_changed_is_measured_in_percent_of_the_previous_value(see, rule, percent, value, change, outcome):
    assert see(rule(Condition.CHANGED, value=percent), value=value, change=change).outcome is outcome


def test_large_numbers_are_written_out_and_states_are_named(indicator, states, verdict, rule, today, period):
    def said(declared, rule, **more):
        return look(rule, SeriesFacts(declared, verdict(**more), today)).message

    money = indicator(unit="USD million", precision=0)
    rose = {"value": 1_250_000.0, "change": 1_134_567.0, "previous_period": period("2021")}
    assert "a change of +1,134,567 since 2021." in said(money, rule(Condition.CHANGED), **rose)
    assert "watched for above 1,000,000." in said(money, rule(Condition.ABOVE, value=1e6), value=1_250_000.0)
    fell = {"value": 0.0, "change": -1.0, "previous_period": period("2021")}
    assert ": none in " in said(states, rule(Condition.CHANGED), **fell)
    assert "a change of -1 step since 2021." in said(states, rule(Condition.CHANGED), **fell)
    below = rule(Condition.BELOW, value=2.0)
    assert "partial in " in said(states, below, value=1.0) and "below operational." in said(states, below, value=1.0)


def test_revised_by_more_than_a_tenth_is_seen_once(see, rule, period):
    revision = Change(Cause.REVISION, "cpmm-report", period("2020"), 4.4, 4.7)
    seen = see(rule(Condition.REVISED, value=5.0), changes=(revision,))
    assert seen.outcome is FIRES
    assert "cpmm-report revised 2020 from 4.4 km/h to 4.7 km/h" in seen.message
    assert see(rule(Condition.REVISED, value=10.0), changes=(revision,)).outcome is CLEAR
    assert see(rule(Condition.REVISED, value=5.0)).outcome is CLEAR


def test_a_new_period_is_no_revision(see, rule, period):
    new = Change(Cause.NEW_PERIOD, "cpmm-report", period("2023"), None, 4.7)
    assert see(rule(Condition.REVISED), changes=(new,)).outcome is CLEAR


@pytest.mark.parametrize(
    ("said", "day", "outcome"),
    [
        pytest.param({"period": "2019"}, date(2031, 1, 1), CLEAR, id="the value of the target year is not known"),
        pytest.param({"period": "2030"}, date(2031, 1, 1), FIRES, id="it is known and behind"),
        pytest.param({"period": "2030", "status": Status.ACHIEVED}, date(2031, 1, 1), CLEAR, id="it is met"),
        pytest.param({"period": "2024", "method": "milestone/1"}, date(2030, 12, 31), CLEAR, id="the last day"),
        pytest.param({"period": "2024", "method": "milestone/1"}, date(2031, 1, 1), FIRES, id="a state needs no value"),
        pytest.param({"period": "2030", "target": None}, date(2031, 1, 1), CLEAR, id="a direction cannot be missed"),
    ],
)
def test_missed(see, rule, period, said, day, outcome):
    said = {**said, "period": period(said["period"])}
    assert see(rule(Condition.MISSED), day=day, **said).outcome is outcome


def test_late_fires_for_late_and_missing_and_says_nothing_without_a_value(see, rule):
    outcomes = {fresh: see(rule(Condition.LATE), freshness=fresh).outcome for fresh in Freshness}
    assert {fresh for fresh, outcome in outcomes.items() if outcome is FIRES} == {Freshness.LATE, Freshness.MISSING}
    assert see(rule(Condition.LATE), freshness=Freshness.EXPECTED, period=None).outcome is NO_ANSWER


def test_withdrawn_names_the_periods(see, rule, period):
    assert (
        "withdrawn for 2020, 2021" in see(rule(Condition.WITHDRAWN), withdrawn=(period("2020"), period("2021"))).message
    )
    assert see(rule(Condition.WITHDRAWN)).outcome is CLEAR


def test_only_open_contradictions_fire(see, rule, finding):
    contradiction = rule(Condition.CONTRADICTION)
    assert see(contradiction, findings=(finding(), finding(id="f2"))).message.endswith("(and 1 more)")
    assert see(contradiction, findings=(finding(acknowledged="known"), finding(mended_by="CPMM 2022"))).outcome is CLEAR


def test_a_rule_for_official_targets_leaves_working_ones_alone(see, rule):
    assert see(rule(official=True), official=False).outcome is CLEAR
    assert see(rule(official=True), official=True).outcome is FIRES


def test_a_target_that_cannot_be_resolved_for_want_of_data_clears_nothing(see, rule):
    assert see(rule(official=False), official=None, status=Status.NO_DATA).outcome is NO_ANSWER


def test_a_rule_sees_only_what_it_chooses(see, rule):
    assert see(rule(indicator="cpmm.*")) is None
    assert see(rule(sector="energy")) is None
    assert see(rule(select={"area": "corridor-1"})) is None
    assert see(rule(Condition.SOURCE_FAILING)) is None


@pytest.mark.parametrize(
    ("statuses", "periods"),
    [
        pytest.param([Status.SLOW], 1, id="only the newest"),
        pytest.param([Status.SLOW, Status.REVERSING], 2, id="two in a row"),
        pytest.param([Status.SLOW, Status.ON_TRACK, Status.SLOW], 1, id="interrupted"),
        pytest.param([Status.SLOW, Status.NOT_ENOUGH_DATA], 1, id="earlier periods cannot be judged"),
        pytest.param([Status.ON_TRACK, Status.SLOW], 0, id="not any more"),
    ],
)
def test_reference_periods_in_a_row_are_counted_in_the_data(see, rule, verdict, statuses, periods):
    newest, *earlier = (verdict(status=status) for status in statuses)
    twice = rule(hold=Hold(observations=2))
    seen = see(twice, status=newest.status, earlier=tuple(earlier))
    assert seen.periods == periods
    assert (answer(seen) == HELD) is (periods >= 2)


def test_the_words_tell_an_official_target_from_our_working_path(see, rule):
    official = see(rule(), official=True, target_text="30 by 2030 (official)").message
    assert official == (
        "Speed with delay (CAREC) is too slow for its target 30 by 2030 (official):"
        " 20.1 km/h in 2022, expected 22.0 km/h."
    )
    assert see(rule()).message == (
        "Speed with delay (CAREC) is behind our working path (slow):"
        " 20.1 km/h in 2022, expected 22.0 km/h; target 30 by 2030 (working)."
    )


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        pytest.param(
            (20.1, 22.0, 30.0, "30 by 2030"), "20.1 km/h in 2022, expected 22.0 km/h; target 30 by 2030.",
            id="as usually printed where they differ",
        ),
        pytest.param(
            (20.1, 20.14, 30.0, "30 by 2030"), "20.1 km/h in 2022, expected 20.14 km/h; target 30 by 2030.",
            id="the path has the digits in which it differs",
        ),
        pytest.param(
            (20.1, 20.1, 20.1004, "20.1 by 2030"), "20.1 km/h in 2022, expected 20.1 km/h; target 20.1004 by 2030.",
            id="so has a target that was calculated",
        ),
        pytest.param(
            (20.123, 20.14, 20.1, "20.1 by 2030"), "20.12 km/h in 2022, expected 20.14 km/h; target 20.1 by 2030.",
            id="and a value of more digits than are printed",
        ),
    ],
)  # fmt: skip
def test_what_is_behind_its_path_never_reads_like_it(see, rule, numbers, said):
    value, expected, goal, text = numbers
    assert see(rule(), value=value, expected=expected, target=goal, target_text=text).message.endswith(f": {said}")


@pytest.mark.parametrize(
    ("facts", "condition", "outcome"),
    [
        pytest.param({"failing": True, "error": "502"}, Condition.SOURCE_FAILING, FIRES, id="it fails"),
        pytest.param({"failing": False}, Condition.SOURCE_FAILING, CLEAR, id="it answers"),
        pytest.param({"failing": None}, Condition.SOURCE_FAILING, NO_ANSWER, id="it was not asked"),
        pytest.param({"quarantined": ("release 7: x 1000",)}, Condition.QUARANTINED, FIRES, id="in quarantine"),
        pytest.param({}, Condition.QUARANTINED, CLEAR, id="nothing in quarantine"),
        pytest.param({}, Condition.CONTRADICTION, CLEAR, id="no contradiction"),
    ],
)
def test_conditions_about_sources(rule, facts, condition, outcome):
    source = SourceFacts("cpmm-report", indicators=(("cpmm.swd", "transport"),), **facts)
    assert look(rule(condition), source).outcome is outcome
    assert look(rule(condition, sector="energy"), source) is None
    assert look(rule(), source) is None


@pytest.mark.parametrize(
    ("written", "subject", "watches"),
    [
        pytest.param({}, "cpmm.swd{area=CAREC,mode=all}", True, id="a watched series"),
        pytest.param({}, "cpmm.swod{area=CAREC,mode=all}", False, id="its indicator is gone"),
        pytest.param({"sector": "energy"}, "cpmm.swd{area=CAREC,mode=all}", False, id="the rule is for another sector"),
        pytest.param({"select": {"mode": "rail"}}, "cpmm.swd{area=CAREC,mode=all}", False, id="or another label"),
        pytest.param({"sector": "energy"}, "energy.lines{area=KGZ}", True, id="an indicator that could not be loaded"),
        pytest.param({"condition": Condition.SOURCE_FAILING}, "cpmm-report", True, id="a source of a watched one"),
        pytest.param({"condition": Condition.SOURCE_FAILING}, "lpi-editions", False, id="a source that is gone"),
    ],
)
def test_what_is_still_watched(rule, written, subject, watches):
    watched = Watched({"cpmm.swd": "transport", "energy.lines": None}, {"cpmm-report": ("cpmm.swd",)})
    assert watched.by(rule(**written), subject) is watches
