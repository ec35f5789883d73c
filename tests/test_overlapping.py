"""Runs that overlap: judging makes nobody wait, and what is stored was judged on what is stored."""

import json
import sqlite3
from datetime import UTC, datetime

import pytest

from carecmon import run
from carecmon.cli.session import Session
from carecmon.store import FindingAcknowledgement, Store

DAY = datetime(2026, 1, 2, 12, tzinfo=UTC)
RULE = '[[rules]]\nid = "low"\ncondition = "below"\nvalue = 20\nseverity = "warning"\nindicator = "*"'


@pytest.fixture
def place(bare):
    bare.add(RULE)
    bare.plugin("speed", {"2020": 30.0})
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    bare.plugin("speed", {"2020": 30.0, "2021": 10.0}, edition="2")
    return bare


def check(place):
    session = Session(config=place.config)
    return run.check(session.settings, session.registry, now=DAY, offline=True, in_process=True)


@pytest.fixture
def meanwhile(place, monkeypatch):
    """Give a function that does something each time after a run has judged, and before it stores that."""
    judged = []

    def meanwhile(do):
        judge = run.judge

        def and_then(*given, **named):
            verdicts = judge(*given, **named)
            judged.append(verdicts)
            do()
            return verdicts

        monkeypatch.setattr(run, "judge", and_then)
        return judged

    return meanwhile


def reject_newest(place):
    """Reject the newest release from another connection, which must not have to wait for it."""
    with Store.open(place.database, wait=0) as other, other.writing():
        newest = other.releases("speed-survey")[-1]
        other.reject(newest.id, author="Ada", reason="a misprint", now=DAY)


def test_another_process_writes_while_a_run_judges_and_the_run_judges_again(place, meanwhile):
    judged = meanwhile(lambda: reject_newest(place) if len(judged) == 1 else None)
    report = check(place)
    assert len(judged) == 2
    assert judged[0].assessments[0].value == 10, "it had judged what was rejected then"
    assert [one.value for one in report.assessments] == [30] and report.alerts == []
    with Store.open_readonly(place.database) as store:
        assert [one.value for one in store.assessments()] == [30]
        assert store.transitions() == []


def test_a_finding_acknowledged_while_a_run_judges_stays_acknowledged(bare, meanwhile):
    source = (bare.folder / "my-plugins" / "speed.py").read_text("utf-8")
    bare.plugin("speed", source=source.replace('("speed-survey",))]', '("speed-survey",), bounds=(20.0, None))]'))
    bare.add('[[rules]]\nid = "odd"\ncondition = "contradiction"\nseverity = "warning"')
    bare.at("2026-01-02T10:00:00Z", "check", "--offline")

    def acknowledge():
        if len(judged) == 1:
            with Store.open(bare.database, wait=0) as other, other.writing():
                other.acknowledge_finding(other.findings()[0].finding.id, FindingAcknowledgement(DAY, "Ada", "known"))

    judged = meanwhile(acknowledge)
    report = check(bare)
    assert [one.acknowledged for one in report.findings] == ["Ada: known"]
    assert [one.rule for one in report.alerts] == ["low"]


def test_a_store_that_others_never_leave_alone_is_judged_while_they_wait(place, meanwhile):
    def write():
        try:
            with Store.open(place.database, wait=0) as other, other.writing():
                other.note_fetch("other", None, DAY, "unchanged")
        except Exception as exc:
            refused.append(str(exc))

    refused = []
    judged = meanwhile(write)
    report = check(place)
    assert len(judged) == run.TURNS + 1
    assert len(refused) == 1 and "is locked by process" in refused[0]
    assert [one.value for one in report.assessments] == [10]


def test_two_checks_at_once_store_each_transition_and_each_assessment_once(place):
    processes = [place.start("check", "--offline", "--format", "json") for _ in range(3)]
    reports = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        reports.append(json.loads(out))
    assert all([one["value"] for one in report["assessments"]] == [10] for report in reports)
    assert all([one["state"] for one in report["alerts"]] == ["firing"] for report in reports)
    with sqlite3.connect(place.database) as db:
        assert db.execute("select count(*) from release").fetchone() == (2,)
        assert db.execute("select count(*) from transition").fetchone() == (1,)
        assert db.execute("select count(*) from assessment").fetchone() == (2,)
        assert db.execute("select count(*) from run where finished is null").fetchone() == (0,)
    db.close()
