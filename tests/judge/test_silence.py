"""Silences and inhibitions stand beside alerts: which ones, and why not the others."""

from datetime import datetime, timedelta

import pytest

from carecmon.judge.rules import Watched
from carecmon.judge.silence import about, beside, matches
from carecmon.model import Alert, AlertState, Cause, Condition, Severity, fingerprint
from carecmon.model.silence import Acknowledgement, Silence

WATCHED = Watched({"cpmm.swd": "transport", "energy.access": "energy"}, {"worldbank": ("cpmm.swd", "energy.access")})
SERIES = "cpmm.swd{area=CAREC,mode=road}"
OTHER = "energy.access{area=KAZ}"


@pytest.fixture
def alert(now):
    def write(rule="off-track", subject=SERIES, state=AlertState.FIRING, severity=Severity.WARNING, **evidence):
        mark = fingerprint(rule, subject)
        return Alert(mark, rule, subject, severity, state, Cause.NEW_PERIOD, now, "It is.", evidence)

    return write


@pytest.fixture
def silence(now):
    def write(**more):
        return Silence(1, now - timedelta(1), now + timedelta(1), "ops", "known", **more)

    return write


MATCHERS = {
    "nothing given fits everything": ({}, True),
    "the rule": ({"rule": "off-track"}, True),
    "another rule": ({"rule": "late"}, False),
    "a pattern of rules": ({"rule": "off-*"}, True),
    "the indicator": ({"indicator": "cpmm.*"}, True),
    "another indicator": ({"indicator": "lpi.*"}, False),
    "the sector": ({"sector": "transport"}, True),
    "another sector": ({"sector": "energy"}, False),
    "a label": ({"select": {"area": "CAREC"}}, True),
    "another label": ({"select": {"area": "KAZ"}}, False),
    "a label that the series has not": ({"select": {"partner": "*"}}, False),
    "the series": ({"subject": SERIES}, True),
    "the severity": ({"severity": Severity.WARNING}, True),
    "another severity": ({"severity": Severity.CRITICAL}, False),
    "all must fit": ({"rule": "off-track", "sector": "energy"}, False),
}


@pytest.mark.parametrize(("matchers", "fits"), MATCHERS.values(), ids=MATCHERS)
def test_a_silence_matches_what_fits_all_its_matchers(alert, silence, matchers, fits):
    assert matches(silence(**matchers), alert(), about(alert(), WATCHED)) is fits


def test_an_alert_about_a_source_concerns_every_indicator_that_it_feeds(alert, silence):
    down = alert("down", "worldbank")
    assert about(down, WATCHED) == (("cpmm.swd", "transport"), ("energy.access", "energy"))
    assert matches(silence(sector="energy"), down, about(down, WATCHED))
    assert not matches(silence(select={"area": "KAZ"}), down, about(down, WATCHED))


def standing(alerts, rule, now, **more):
    conditions = {"off-track": Condition.OFF_TRACK, "late": Condition.LATE, "down": Condition.SOURCE_FAILING}
    rules = [rule(condition, id=name) for name, condition in conditions.items()]
    return beside(alerts, now=now, watched=WATCHED, rules=rules, **more)


def test_what_was_judged_on_other_sources_is_not_inhibited_by_one_that_fails(alert, rule, now):
    on_it, beside_it = alert(sources=["worldbank"]), alert(subject=OTHER, sources=["progress-report"])
    down = alert("down", "worldbank")
    found = standing([on_it, beside_it, down], rule, now)
    assert [found[one.fingerprint].inhibited_by for one in (on_it, beside_it, down)] == [down.fingerprint, None, None]


def test_a_source_that_may_be_waited_for_inhibits_what_is_late_whoever_said_it_last(alert, rule, now):
    late, down = alert("late", sources=["progress-report"]), alert("down", "worldbank")
    assert standing([late, down], rule, now)[late.fingerprint].inhibited_by == down.fingerprint


@pytest.mark.parametrize("state", [AlertState.PENDING, AlertState.RESOLVED, AlertState.INACTIVE])
def test_only_an_alert_that_fires_inhibits(alert, rule, now, state):
    late, down = alert("late"), alert("down", "worldbank", state)
    assert standing([late, down], rule, now)[late.fingerprint].inhibited_by is None


def test_the_end_of_the_silence_that_ended_last_is_kept(alert, rule, now, silence):
    over = [Silence(n, now - timedelta(9), now - timedelta(n), "ops", "known") for n in (1, 2)]
    coming = Silence(3, now + timedelta(1), now + timedelta(2), "ops", "known")
    found = standing([alert()], rule, now, silences=[*over, coming])[alert().fingerprint]
    assert (found.silences, found.silence_ended) == ((), now - timedelta(1))
    assert isinstance(found.silence_ended, datetime)


@pytest.mark.parametrize(
    ("until", "ended", "holds"),
    [(None, None, True), (1, None, True), (0, None, False), (None, -1, False)],
    ids=["until it resolves", "until later", "until now", "it resolved since"],
)
def test_an_acknowledgement_holds_until_its_date_or_until_the_alert_resolves(alert, rule, now, until, ended, holds):
    days = {None: None, **{n: now + timedelta(n) for n in (-1, 0, 1)}}
    mark = alert().fingerprint
    made = Acknowledgement(mark, now - timedelta(2), "ops", "known", days[until], days[ended])
    assert (standing([alert()], rule, now, acknowledgements={mark: made})[mark].acknowledged is made) is holds
