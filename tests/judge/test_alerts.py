"""The life of an alert: every state, everything that can be seen, and what follows."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from carecmon.judge.alerts import NEXT, step, watcher
from carecmon.judge.facts import Outcome
from carecmon.judge.rules import HELD, Sighting, Watched
from carecmon.model import AlertState, Cause, Condition, Hold, Severity

START = datetime(2024, 6, 1, tzinfo=UTC)
SUBJECT = "test.speed{area=CAREC}"
FIRES, EASING, CLEAR, NO_ANSWER = Outcome.FIRES, Outcome.EASING, Outcome.CLEAR, Outcome.NO_ANSWER
INACTIVE, PENDING, FIRING, RECOVERING, RESOLVED = AlertState


class Life:
    """An alert as a store would keep it between runs."""

    def __init__(self):
        self.alerts = {}
        self.told = []

    def see(self, rule, outcome, *, at=START, cause=Cause.NEW_PERIOD, periods=1, watched=True, events=()):
        seen = Sighting(rule, SUBJECT, outcome or CLEAR, f"It {outcome}.", periods, events=events)
        sightings = [] if outcome is None else [seen]
        done = step(self.alerts, sightings, now=at, cause=lambda _: cause, watched=lambda _: watched)
        self.alerts |= {alert.fingerprint: alert for alert in done.alerts}
        self.told += [(one.before, one.alert.state, one.alert.cause) for one in done.transitions]
        return self

    @property
    def alert(self):
        (alert,) = self.alerts.values()
        return alert


def states(*outcomes, rule):
    """Return the states after each outcome, a day apart."""
    life, found = Life(), []
    for day, outcome in enumerate(outcomes):
        life.see(rule, outcome, at=START + timedelta(days=day))
        found.append(life.alert.state if life.alerts else INACTIVE)
    return found


def test_the_table_says_what_follows_in_every_case():
    assert set(NEXT) == set(product(AlertState, [HELD, *Outcome]))


def test_no_answer_never_changes_a_state():
    assert all(NEXT[state, NO_ANSWER] is state for state in AlertState)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([FIRES, FIRES], [FIRING, FIRING], id="fires at once and goes on"),
        pytest.param([FIRES, CLEAR], [FIRING, RESOLVED], id="resolves"),
        pytest.param([FIRES, NO_ANSWER, CLEAR], [FIRING, FIRING, RESOLVED], id="no data resolves nothing"),
        pytest.param([FIRES, EASING, CLEAR], [FIRING, RECOVERING, RESOLVED], id="recovers, then resolves"),
        pytest.param([FIRES, EASING, FIRES], [FIRING, RECOVERING, FIRING], id="relapses"),
        pytest.param([EASING, FIRES], [INACTIVE, FIRING], id="between the levels nothing begins"),
        pytest.param([FIRES, CLEAR, FIRES], [FIRING, RESOLVED, FIRING], id="comes back"),
        pytest.param([CLEAR, NO_ANSWER], [INACTIVE, INACTIVE], id="nothing ever happened"),
    ],
)
def test_an_alert_without_a_hold(rule, outcomes, expected):
    assert states(*outcomes, rule=rule()) == expected


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([FIRES, FIRES, FIRES], [PENDING, PENDING, FIRING], id="three evaluations in a row"),
        pytest.param(
            [FIRES, NO_ANSWER, FIRES, FIRES], [PENDING, PENDING, PENDING, FIRING], id="no answer is not counted"
        ),
        pytest.param([FIRES, CLEAR, FIRES], [PENDING, INACTIVE, PENDING], id="cleared before it fired"),
        pytest.param([FIRES, EASING, FIRES], [PENDING, INACTIVE, PENDING], id="eased before it fired"),
    ],
)
def test_an_alert_that_must_hold_for_three_evaluations(rule, outcomes, expected):
    assert states(*outcomes, rule=rule(hold=Hold(evaluations=3))) == expected


def test_an_alert_that_must_hold_for_three_days(rule):
    failing = rule(Condition.SOURCE_FAILING, hold=Hold(seconds=3 * 86_400))
    assert states(FIRES, FIRES, FIRES, FIRES, rule=failing) == [PENDING, PENDING, PENDING, FIRING]


def test_an_alert_that_must_hold_for_two_reference_periods(rule):
    life, twice = Life(), rule(hold=Hold(observations=2))
    assert life.see(twice, FIRES, periods=1).alert.state is PENDING
    assert life.see(twice, FIRES, periods=1).alert.state is PENDING, "a second run on the same data proves nothing"
    assert life.see(twice, FIRES, periods=2).alert.state is FIRING


def test_two_periods_in_the_first_data_fire_at_once(rule):
    assert Life().see(rule(hold=Hold(observations=2)), FIRES, periods=2).told == [(INACTIVE, FIRING, Cause.NEW_PERIOD)]


def test_every_change_of_state_is_one_transition_with_its_cause(rule):
    life = Life().see(rule(), FIRES, cause=Cause.REVISION).see(rule(), FIRES).see(rule(), CLEAR, cause=Cause.WITHDRAWAL)
    assert life.told == [(INACTIVE, FIRING, Cause.REVISION), (FIRING, RESOLVED, Cause.WITHDRAWAL)]


def test_another_event_is_a_transition_and_one_that_is_known_or_over_is_none(rule):
    watching, life = rule(condition=Condition.WITHDRAWN), Life()
    news = []
    for day, events in enumerate([("2021",), ("2021",), ("2021", "2022"), ("2021",), ("2021", "2022")]):
        life.see(watching, FIRES, at=START + timedelta(days=day), events=events)
        news.append(life.alert.evidence["new"] if life.alert.since == START + timedelta(days=day) else [])
    assert news == [["2021"], [], ["2022"], [], ["2022"]]
    assert len(life.told) == 3


def test_when_only_the_wait_is_over_the_cause_is_what_began_it(rule):
    waiting = rule(hold=Hold(evaluations=2))
    life = Life().see(waiting, FIRES, cause=Cause.REVISION).see(waiting, FIRES, cause=Cause.CLOCK)
    assert life.told[-1] == (PENDING, FIRING, Cause.REVISION)


def test_an_alert_says_since_when_and_what_was_seen(rule):
    life = Life().see(rule(), FIRES).see(rule(), FIRES, at=START + timedelta(days=9))
    assert (life.alert.since, life.alert.message) == (START, "It fires.")


def test_counters_are_kept_while_pending_and_dropped_after(rule):
    life, waiting = Life(), rule(hold=Hold(evaluations=2))
    assert life.see(waiting, FIRES).alert.progress == {"evaluations": 1}
    assert life.see(waiting, FIRES).alert.progress == {}


def test_the_same_again_changes_no_row(rule):
    life = Life().see(rule(), FIRES)
    done = step(
        life.alerts,
        [Sighting(rule(), SUBJECT, FIRES, "It fires.", 1)],
        now=START,
        cause=lambda _: pytest.fail("no state changes, so nobody asks for the cause"),
        watched=lambda _: True,
    )
    assert (done.transitions, done.alerts) == ((), ())


def test_a_new_severity_is_taken_over_without_a_transition(rule):
    life = Life().see(rule(), FIRES).see(rule(severity=Severity.CRITICAL), FIRES)
    assert life.alert.severity is Severity.CRITICAL
    assert len(life.told) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([FIRES], RESOLVED, id="firing"),
        pytest.param([FIRES, EASING], RESOLVED, id="recovering"),
        pytest.param([FIRES, CLEAR], RESOLVED, id="resolved stays"),
    ],
)
def test_removing_the_rule_or_the_series_closes_the_alert(rule, before, after):
    life = Life()
    for outcome in before:
        life.see(rule(), outcome)
    told = len(life.told)
    life.see(rule(), None, watched=False)
    assert life.alert.state is after
    assert [cause for _, _, cause in life.told[told:]] == ([] if before[-1] is CLEAR else [Cause.RULE_CHANGED])


def test_removing_the_rule_of_a_pending_alert_ends_it_silently(rule):
    waiting = rule(hold=Hold(evaluations=2))
    assert Life().see(waiting, FIRES).see(waiting, None, watched=False).alert.state is INACTIVE


def test_what_could_not_be_judged_this_time_stays(rule):
    assert Life().see(rule(), FIRES).see(rule(), None, watched=True).alert.state is FIRING


def test_one_rule_cannot_see_one_series_twice(rule):
    twice = [Sighting(rule(), SUBJECT, FIRES, "")] * 2
    with pytest.raises(ValueError, match=r"'the-rule' saw 'test\.speed\{area=CAREC\}' twice"):
        step({}, twice, now=START, cause=lambda _: Cause.CLOCK, watched=lambda _: True)


def test_the_watcher_knows_rules_and_subjects(rule):
    alert = Life().see(rule(), FIRES).alert
    assert watcher([rule()], Watched({"test.speed": "transport"}))(alert)
    assert not watcher([rule(id="another")], Watched({"test.speed": "transport"}))(alert)
    assert not watcher([rule()], Watched({}))(alert)
