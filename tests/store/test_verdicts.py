"""Runs, fetches, assessments, alerts and findings come back as they went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from carecmon.errors import UsageError
from carecmon.model import (
    Alert,
    AlertState,
    Assessment,
    Cause,
    Cell,
    Finding,
    Freshness,
    Period,
    Severity,
    Status,
    Transition,
    fingerprint,
)
from carecmon.store import FindingAcknowledgement, Store
from tests.store.conftest import SPEED, START, day, draft

VERDICT = Assessment(
    SPEED, "transport", "cpmm", Status.SLOW, Freshness.LATE, False, "open_sdg 1", "km/h", "too slow",
    period=Period.parse("2023"), value=21.5, previous_period=Period.parse("2022"), change=-0.1, sources=("reports",),
    points=((Period.parse("2022"), 21.6), (Period.parse("2023"), 21.5)),
)  # fmt: skip
ALERT = Alert(
    fingerprint("off-track", str(SPEED)), "off-track", str(SPEED), Severity.WARNING, AlertState.FIRING,
    Cause.NEW_PERIOD, START, "off track", {"value": 21.5, "period": Period.parse("2023")}, {"evaluations": 1},
)  # fmt: skip
FINDING = Finding(
    "f1", "ordered", Severity.WARNING, "reports", SPEED, Period.parse("2019"), (Cell("report", "p. 3", raw="9"),),
    "9", "at most 7", "speed with delay is above speed without",
)  # fmt: skip


@pytest.fixture
def run(store):
    with store.writing():
        return store.start_run(START, kind="check", offline=True, policy_json='{"rules": []}', version="0.1")


def test_a_run_is_remembered_with_its_policy(store, run):
    assert store.last_run(finished=True) is None
    assert store.last_run().finished is None
    with store.writing():
        store.record(draft("2020", {2019: 1.0}), START, run)
        store.finish_run(run, day(1), {"judged": 3})
        again = store.start_run(day(2), kind="run", offline=False, policy_json='{"rules": []}', version="0.1")
    last = store.last_run(finished=True)
    assert (last.id, last.policy_json, last.last_release, last.offline) == (run, '{"rules": []}', 1, True)
    assert (last.started, last.finished, last.summary) == (START, day(1), {"judged": 3})
    assert store.last_run().id == again
    assert store._connection.first("select count(*) from policy") == (1,)


def test_nothing_is_known_of_a_source_that_was_never_asked(store):
    known = store.known("reports")
    assert (known.newest, known.state, known.digests, known.failures) == (None, {}, {}, 0)


def test_failures_are_counted_until_a_fetch_succeeds(store, run):
    with store.writing():
        store.note_fetch("feed", run, day(0), "recorded", state={"etag": "a"})
        store.note_fetch("feed", run, day(1), "failed", "503", retry_after=day(2))
        store.note_fetch("feed", run, day(3), "failed", "timed out")
    known = store.known("feed")
    assert (known.failures, known.last_ok, known.last_try, known.backoff_until) == (2, day(0), day(3), None)
    assert (known.last_error, known.state) == ("timed out", {"etag": "a"})
    with store.writing():
        store.note_fetch("feed", run, day(4), "unchanged", state={"etag": "b"})
    known = store.known("feed")
    assert (known.failures, known.last_ok, known.last_error, known.state) == (0, day(4), None, {"etag": "b"})


def test_what_a_draft_hands_to_the_next_fetch_is_kept_with_it(desk):
    desk.record(draft("", {2019: 1.0}, live=True, digest="a", state={"page": 3}))
    known = desk.store.known("reports")
    assert known.state == {"page": 3}
    assert known.newest.id == 1 and known.digests == {("", "a", "1"): 1}


def test_a_fetch_is_told_the_addresses_whose_newest_answer_is_not_believed(desk):
    def not_believed():
        return desk.store.known("reports").state.get("not_believed")

    desk.record(draft("a", {2019: 1.0}, live=True, state={"page": 3}))
    assert not_believed() is None
    desk.record(draft("a", {2019: 2.0}, live=True, quarantine="odd"))
    desk.record(draft("b", {2020: 2.0}, live=True, quarantine="odd"))
    assert desk.store.known("reports").state == {
        "page": 3, "not_believed": ["https://example.org/a", "https://example.org/b"]
    }  # fmt: skip
    desk.accept(3)
    assert not_believed() == ["https://example.org/a"]
    handed = dict(desk.store.known("reports").state)
    desk.record(draft("a", {2019: 1.0}, live=True, state=handed))
    assert desk.store.known("reports").state == {"page": 3}
    desk.reject(3)
    assert not_believed() == ["https://example.org/b"]


def test_an_answer_is_believed_as_long_as_one_reading_of_it_is(desk):
    def not_believed():
        return desk.store.known("reports").state.get("not_believed")

    def read_again(values, digest, release, version):
        again = draft("a", values, live=True, digest=digest, rereads=release, reader_version=version, quarantine="odd")
        desk.record(again)

    desk.record(draft("a", {2019: 1.0}, live=True, digest="first"))
    read_again({2019: 1000.0}, "first", 1, "2")
    assert not_believed() is None
    desk.record(draft("a", {2019: 2.0}, live=True, digest="second", quarantine="odd"))
    read_again({2019: 2000.0}, "second", 3, "2")
    assert not_believed() == ["https://example.org/a"], "of the newest answer neither reading is believed"
    desk.accept(3)
    assert not_believed() is None
    desk.record(draft("a", {2019: 1.0}, live=True, digest="first", quarantine="odd"))
    assert not_believed() == ["https://example.org/a"], "that it was believed long ago says nothing of today"


def test_an_assessment_comes_back_as_it_was(store, run):
    with store.writing():
        store.save_assessments(run, START, [VERDICT])
    assert store.assessments() == store.assessments(["cpmm.swd"]) == [VERDICT]
    assert store.assessments(["other"]) == []


def test_only_an_assessment_that_changed_is_appended(store, run):
    with store.writing():
        assert store.save_assessments(run, START, [VERDICT]) == 1
        assert store.save_assessments(run, day(1), [VERDICT]) == 0
        assert store.save_assessments(run, day(2), [replace(VERDICT, status=Status.REVERSING)]) == 1
        assert store.save_assessments(run, day(3), [VERDICT]) == 1
    assert store.assessments() == [VERDICT]
    assert store._connection.first("select count(*) from assessment") == (3,)


def test_an_alert_keeps_its_state_and_every_transition(store, run, path):
    resolved = replace(ALERT, state=AlertState.RESOLVED, cause=Cause.REVISION, since=day(2))
    with store.writing():
        store.record(draft("2020", {2019: 1.0}), START, run)
        store.save_transitions(run, START, [Transition(AlertState.INACTIVE, ALERT)])
        store.save_transitions(run, day(2), [Transition(AlertState.FIRING, resolved)])
    with Store.open_readonly(path) as reader:
        (kept,) = reader.alerts().values()
        assert (kept.state, kept.cause, kept.since) == (AlertState.RESOLVED, Cause.REVISION, day(2))
        assert kept.evidence == {"value": 21.5, "period": "2023"} and kept.progress == {"evaluations": 1}
        first, second = reader.transitions(ALERT.fingerprint)
        assert (first.transition.before, first.transition.alert.state) == (AlertState.INACTIVE, AlertState.FIRING)
        assert (second.at, second.run, second.last_release) == (day(2), run, 1)
        assert reader.transitions("none") == [] and len(reader.transitions()) == 2


def test_an_alert_that_is_touched_has_no_new_transition(store, run):
    with store.writing():
        store.save_transitions(run, START, [Transition(AlertState.INACTIVE, ALERT)])
        store.touch_alerts([replace(ALERT, progress={"evaluations": 2})])
    assert store.alerts()[ALERT.fingerprint].progress == {"evaluations": 2}
    assert len(store.transitions()) == 1
    assert store._connection.first('select "transition" from alert') == (1,)


def test_a_finding_is_followed_by_its_id(store):
    with store.writing():
        store.save_findings(day(0), [FINDING, replace(FINDING, id="f2", series=None, period=None)])
        store.acknowledge_finding("f1", FindingAcknowledgement(day(0), "Ada", "known misprint"))
        store.save_findings(day(3), [replace(FINDING, mended_by="2023")])
    (kept,) = store.findings()
    assert kept.finding == replace(FINDING, mended_by="2023", acknowledged="Ada: known misprint")
    assert (kept.first_seen, kept.last_seen, kept.gone) == (day(0), day(3), None)
    assert [one.gone for one in store.findings(gone=True)] == [None, day(3)]
    with store.writing():
        store.save_findings(day(5), [replace(FINDING, id="f2")])
    assert [one.finding.id for one in store.findings()] == ["f2"]


def test_a_finding_that_does_not_exist_cannot_be_acknowledged(store):
    with pytest.raises(UsageError, match="there is no finding 'x'"), store.writing():
        store.acknowledge_finding("x", FindingAcknowledgement(day(0), "Ada", "why not"))


def test_moments_are_stored_in_utc(store, run):
    from datetime import timezone

    local = START.astimezone(timezone(timedelta(hours=5)))
    with store.writing():
        store.note_fetch("feed", run, local, "unchanged")
    assert store._connection.first("select at from fetch") == ("2024-01-01T12:00:00.000000Z",)
