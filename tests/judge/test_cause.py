"""Why an alert changed: each input changed alone, and the ties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from carecmon.judge.cause import Inputs, cause_about_source, cause_of, facts_of, judged_again
from carecmon.judge.changes import apply, changes
from carecmon.model import (
    Better,
    Cause,
    Condition,
    Correction,
    CorrectionAction,
    Hold,
    ObservationStatus,
    Period,
    Policy,
    ReleaseCalendar,
    SeriesBelief,
)

NOW = datetime(2024, 6, 1, tzinfo=UTC)
GOOD = {"2017": 20.0, "2021": 24.0, "2022": 25.0}


@pytest.fixture(scope="session")
def policy(rule, target):
    return Policy(targets=(target(),), rules=(rule(),), versions={"test.speed": "1"})


@pytest.fixture(scope="session")
def why(indicator, believe):
    """Return the cause that turned the answer to ``before`` into the answer to ``now``."""

    def why(before, now, policy, *, old=None, old_time=NOW, declared=None, rule=None):
        was = before and Inputs(believe(before), old or policy, old_time)
        watching = rule or policy.rules[0]
        return cause_of(watching, was, Inputs(believe(now), policy, NOW), judged_again(declared or indicator()))

    return why


def test_a_series_that_was_never_assessed(why, policy):
    assert why(None, {"2017": 20.0, "2022": 20.1}, policy) is Cause.FIRST_ASSESSMENT


def test_a_series_that_no_source_had_stated_before(indicator, believe, series, policy):
    before, now = (Inputs(belief, policy, NOW) for belief in (SeriesBelief(series, {}), believe({"2022": 20.1})))
    assert cause_of(policy.rules[0], before, now, judged_again(indicator())) is Cause.FIRST_ASSESSMENT


@pytest.mark.parametrize(
    ("before", "now", "cause"),
    [
        pytest.param(GOOD, {**GOOD, "2023": 20.3}, Cause.NEW_PERIOD, id="a new year that is bad"),
        pytest.param(GOOD, {**GOOD, "2022": 20.2}, Cause.REVISION, id="last year was revised"),
        pytest.param(GOOD, {**GOOD, "2017": 24.9}, Cause.REVISION, id="the baseline was revised"),
        pytest.param(GOOD, {**GOOD, "2015": 24.9}, Cause.LATE_ARRIVAL, id="an older baseline arrived"),
        pytest.param(
            {**GOOD, "2020": 20.2, "2021": 20.1},
            {"2017": 20.0, "2020": 20.2, "2021": 20.1, "2022": ObservationStatus.WITHDRAWN},
            Cause.WITHDRAWAL,
            id="the good year was withdrawn",
        ),
        pytest.param(
            GOOD, {"2017": 24.0, "2021": 24.0, "2022": 25.0, "2023": 20.3}, Cause.SEVERAL, id="two that each flip it"
        ),
        pytest.param(
            {"2017": 20.0, "2022": 30.0},
            {"2017": 20.0, "2022": 29.0, "2023": ObservationStatus.MISSING},
            Cause.CLOCK,
            id="nothing that matters: on track then, on track now",
        ),
    ],
)
def test_changes_of_the_data(why, policy, before, now, cause):
    assert why(before, now, policy) is cause


def test_a_revision_beside_a_new_year_that_changes_nothing(why, policy):
    assert why(GOOD, {"2017": 20.0, "2021": 24.9, "2022": 25.0, "2023": 20.3}, policy) is Cause.NEW_PERIOD


def test_only_both_together_is_several(why, policy):
    before = {"2017": 20.0, "2022": 24.0}
    # Neither the higher baseline nor the new year alone is behind; both together are.
    now = {"2017": 20.2, "2022": 24.0, "2023": 24.0}
    assert why(before, {**before, "2023": 24.0}, policy) is Cause.CLOCK
    assert why(before, {**before, "2017": 20.2}, policy) is Cause.CLOCK
    assert why(before, now, policy) is Cause.SEVERAL


def test_a_harder_target(why, policy, target):
    harder = replace(policy, targets=(target(value=60.0),))
    assert why(GOOD, GOOD, harder, old=policy) is Cause.TARGET_CHANGED


def test_a_correction_put_in_force_and_lifted(why, policy, series, indicator, believe):
    period = Period.parse("2022")
    fix = Correction(series, period, CorrectionAction.OVERRIDE, "a slipped row", "A. Person", 25.0, value=20.2)
    corrected = replace(policy, corrections=(fix,))
    assert why(GOOD, GOOD, corrected, old=policy) is Cause.CORRECTION
    assert why(GOOD, GOOD, policy, old=corrected) is Cause.CORRECTION
    facts = facts_of(indicator(), Inputs(believe(GOOD), corrected, NOW))
    assert facts.assessment.value == 20.2
    assert "Corrected: test.speed{area=CAREC} 2022: the printed 25.0 is judged as 20.2" in facts.assessment.why


@pytest.mark.parametrize("period", ["2022", "2023"])
def test_a_dropped_value_is_said_once_whether_it_was_the_newest_or_not(policy, series, indicator, believe, period):
    values = {"2017": 20.0, "2022": 25.0, "2023": 26.0}
    drop = Correction(series, Period.parse(period), CorrectionAction.DROP, "a slip", "A. Person", values[period])
    corrected = replace(policy, corrections=(drop,))
    why = facts_of(indicator(), Inputs(believe(values), corrected, NOW)).assessment.why
    assert why.count("is not judged (a slip; A. Person)") == 1
    assert period in why.split("is not judged")[0]


def test_a_new_rule_is_a_changed_rule(why, policy, rule):
    above = rule(Condition.ABOVE, id="fast", value=24.0)
    assert why(GOOD, GOOD, replace(policy, rules=(above,)), old=policy) is Cause.RULE_CHANGED


def test_a_moved_threshold_is_a_changed_rule(why, policy, rule):
    old, new = (replace(policy, rules=(rule(Condition.ABOVE, value=value),)) for value in (26.0, 24.0))
    assert why(GOOD, GOOD, new, old=old) is Cause.RULE_CHANGED


def test_another_preferred_source_is_a_changed_rule(why, policy):
    values = {"first": GOOD, "second": {"2022": 20.2}}
    preferring = replace(policy, prefer={"test.speed": ("second", "first")})
    assert why(values, values, preferring, old=policy) is Cause.RULE_CHANGED


def test_another_method_is_a_changed_rule(why, policy):
    # 0.55 of the required pace: stagnant in Open SDG, slow in the UN chart; both are off track, reversing differs.
    values = {"2017": 20.0, "2022": 19.9}
    reversing = replace(policy.rules[0], condition=Condition.REVERSED)
    old = replace(policy, rules=(reversing,), methods={"test.speed": "un_progress_chart"})
    new = replace(old, methods={"test.speed": "open_sdg"})
    assert why(values, values, new, old=old) is Cause.RULE_CHANGED


def test_time_alone_makes_a_series_late(why, policy, indicator, rule):
    late = rule(Condition.LATE)
    calendar = ReleaseCalendar(timedelta(days=60), timedelta(days=30))
    declared = indicator(calendar=calendar)
    given = replace(policy, rules=(late,))
    assert why(GOOD, GOOD, given, old_time=NOW - timedelta(days=90), declared=declared) is Cause.CLOCK


def test_the_same_inputs_and_another_plugin_version(why, policy):
    """The stored alert says otherwise than today's code does on the same data: the code changed."""
    newer = replace(policy, versions={"test.speed": "2"})
    behind = {"2017": 20.0, "2022": 20.1}
    assert why(behind, behind, newer, old=policy) is Cause.PLUGIN_CHANGED
    assert why(behind, behind, policy, old=policy) is Cause.CLOCK


def test_a_recovery_is_told_from_its_end(why, policy, rule):
    level = rule(Condition.ABOVE, value=24.0, clear=20.0)
    given = replace(policy, rules=(level,))
    assert why({"2021": 22.0}, {"2021": 22.0, "2022": 19.0}, given) is Cause.NEW_PERIOD


def test_a_second_period_in_a_row_is_a_new_period(why, policy, rule):
    twice = replace(policy, rules=(rule(hold=Hold(observations=2)),))
    before = {"2017": 20.0, "2021": 25.0, "2022": 20.1}
    assert why(before, {**before, "2023": 20.2}, twice) is Cause.NEW_PERIOD


def test_what_arrived_explains_a_revision_and_a_contradiction(why, policy, rule):
    for condition in (Condition.REVISED, Condition.CONTRADICTION):
        given = replace(policy, rules=(rule(condition),))
        assert why(GOOD, {**GOOD, "2022": 20.2}, given) is Cause.REVISION


def test_changes_are_split_by_kind(believe):
    before = believe({"a": {"2020": 1.0, "2021": 2.0, "2022": 3.0}, "b": {"2022": 3.0}})
    now = believe(
        {
            "a": {"2019": 0.5, "2020": 1.0, "2021": 2.5, "2022": ObservationStatus.WITHDRAWN, "2023": 4.0},
            "b": {"2022": 3.0},
        }
    )
    found = changes(before, now)
    assert [(one.kind, str(one.period), one.old, one.new) for one in found] == [
        (Cause.LATE_ARRIVAL, "2019", None, 0.5),
        (Cause.REVISION, "2021", 2.0, 2.5),
        (Cause.WITHDRAWAL, "2022", 3.0, None),
        (Cause.NEW_PERIOD, "2023", None, 4.0),
    ]
    assert changes(now, now) == ()
    assert apply(found, before, now, now.series) == now
    assert apply((), before, now, now.series) == before


def test_the_facts_of_a_series_look_back_as_far_as_asked(indicator, believe, policy):
    now = Inputs(believe(GOOD), policy, NOW)
    facts = facts_of(indicator(Better.HIGHER), now, periods=5, before=Inputs(believe({"2017": 19.0}), policy, NOW))
    assert [str(one.period) for one in facts.earlier] == ["2021", "2017"]
    assert [one.kind for one in facts.changes] == [Cause.REVISION, Cause.NEW_PERIOD, Cause.NEW_PERIOD]


def test_what_happens_to_a_source_is_first_seen_newly_watched_or_a_matter_of_time(policy, rule):
    failing = rule(Condition.SOURCE_FAILING, id="failing")
    given = replace(policy, rules=(failing,))
    assert cause_about_source(failing, None) is Cause.FIRST_ASSESSMENT
    assert cause_about_source(failing, policy) is Cause.RULE_CHANGED
    assert cause_about_source(failing, given) is Cause.CLOCK


def test_what_a_release_in_quarantine_does_is_no_matter_of_time(policy, rule):
    held = rule(Condition.QUARANTINED, id="held")
    assert cause_about_source(held, replace(policy, rules=(held,))) is Cause.REVISION
    assert cause_about_source(held, policy) is Cause.RULE_CHANGED
