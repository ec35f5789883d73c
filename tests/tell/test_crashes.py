"""kill -9 at every step between the commit of a message and the mark that it was sent."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from carecmon.errors import ExitCode
from carecmon.report import exit_code
from carecmon.store import Store
from carecmon.store.outbox import Outbox
from carecmon.telling.desk import StoreDesk

#: Sending one message takes four transactions: what is due, the claim, the rendered form, the mark.
POINTS = [f"{point}:{number}" for number in (1, 2, 3, 4) for point in ("begin", "commit", "committed")]


@pytest.fixture
def queued(scene):
    """A scene with one message that is queued and was never tried."""
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check(send=False)
    return scene


def flush(scene, fault, *words):
    environment = {
        **os.environ,
        "CARECMON_TESTING": "1",
        "CARECMON_NOW": scene.now.isoformat(),
        **({"CARECMON_FAULT": fault} if fault else {}),
    }
    command = [sys.executable, "-m", "carecmon", *(words or ("notify", "flush"))]
    return subprocess.run(command, cwd=scene.folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_lost_and_a_repeat_is_the_same_message(queued, server, point):
    assert flush(queued, point).returncode == -9
    queued.now += timedelta(minutes=16)
    queued.send()
    assert queued.states() == [("ada", "sent")]
    (kept,) = queued.outbox(lambda box: box.deliveries())
    mails = [body for _, body in server.inbox.mails]
    # Only a crash after the server has accepted it, and before that is known here, sends it twice.
    assert len(mails) == (2 if point in ("begin:4", "commit:4") else 1)
    assert set(server.inbox.ids("ada@example.org")) == {f"<{kept.message_id}>"}
    assert len(set(mails)) == 1


def test_a_claim_that_a_crash_left_behind_is_respected_until_it_runs_out(queued, server):
    assert flush(queued, "committed:2").returncode == -9
    queued.now += timedelta(minutes=14)
    done = flush(queued, None)
    assert (done.returncode, done.stdout) == (0, "0 sent, 0 queued, 0 waiting, 0 dead, 1 sending\n")
    said = "1 message is being sent by another process; what that leaves behind is sent from 2026-11-22 12:15 UTC on"
    assert said in done.stderr
    assert server.inbox.mails == []
    queued.now += timedelta(minutes=2)
    queued.send()
    assert len(server.inbox.mails) == 1


def claimed(scene):
    """Let another sender have the oldest message that is due; return its id."""
    with Store.open(scene.database) as store, store.writing():
        despatch = Outbox(store).despatch
        ((number, *_), *_) = despatch.due(scene.now)
        assert despatch.claim(number, "other", scene.now) is not None
    return number


def test_what_another_process_sends_right_now_is_not_undelivered_and_nothing_newer_overtakes_it(queued, server):
    number = claimed(queued)
    queued.publish("2025", trains={2015: 20, 2023: 36})
    assert queued.check(minutes=1) == [
        "1 message is being sent by another process; what that leaves behind is sent from 2026-11-22 12:15 UTC on"
    ]
    assert [one.state for one in queued.report.deliveries] == ["sending", "sending"]
    assert exit_code(queued.report) is ExitCode.OK and server.inbox.mails == []
    with Store.open(queued.database) as store, store.writing():
        assert Outbox(store).despatch.settle(number, "other", "queued", queued.now, error="no", next_try=queued.now)
    queued.send()
    first, second = [mail.get_body(("plain",)).get_content() for mail in server.inbox.of("ada@example.org")]
    assert "36" in second and "36" not in first


def test_a_quiet_check_says_what_did_not_go_out_but_not_what_is_on_its_way(queued, server):
    claimed(queued)
    done = flush(queued, None, "-q", "check")
    assert (done.returncode, done.stderr) == (0, "")
    server.stop()
    queued.now += timedelta(minutes=16)
    done = flush(queued, None, "-q", "check")
    assert done.returncode == 4
    assert done.stderr.startswith("carecmon: undelivered: email: ")


def test_a_message_that_another_sender_takes_meanwhile_is_not_overtaken_in_the_same_round(queued, server, monkeypatch):
    queued.publish("2025", trains={2015: 20, 2023: 36})
    queued.check(minutes=1, send=False)
    due = StoreDesk.due

    def then_taken(desk):
        found = due(desk)
        assert len(found) == 2
        claimed(queued)
        return found

    monkeypatch.setattr(StoreDesk, "due", then_taken)
    assert queued.send() == [] and server.inbox.mails == []


def test_of_two_senders_that_saw_the_same_message_due_one_gets_it(queued):
    with Store.open(queued.database) as store, store.writing():
        despatch = Outbox(store).despatch
        ((number, *_),) = despatch.due(queued.now)
        assert despatch.claim(number, "one", queued.now) is not None
        assert despatch.claim(number, "other", queued.now) is None
        assert not despatch.settle(number, "other", "sent", queued.now)
        assert despatch.settle(number, "one", "sent", queued.now)


def test_two_senders_at_once_send_each_message_once(queued, server):
    queued.person("bob")
    queued.person("eve")
    queued.check(send=False)
    command = [sys.executable, "-m", "carecmon", "notify", "flush"]
    environment = {**os.environ, "CARECMON_TESTING": "1", "CARECMON_NOW": queued.now.isoformat()}
    both = [subprocess.Popen(command, cwd=queued.folder, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    for one in both:
        one.communicate(timeout=60)
    assert sorted(to for to, _ in server.inbox.mails) == ["ada@example.org", "bob@example.org", "eve@example.org"]


def test_two_runs_at_once_tell_a_change_once_and_know_its_cause(scene, server):
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    both = []
    for later in (timedelta(hours=1), timedelta(hours=1, seconds=1)):
        environment = {**os.environ, "CARECMON_TESTING": "1", "CARECMON_NOW": (scene.now + later).isoformat()}
        command = [sys.executable, "-m", "carecmon", "-q", "check"]
        both.append(subprocess.Popen(command, cwd=scene.folder, env=environment, stdout=subprocess.PIPE))
    for one in both:
        one.communicate(timeout=120)
        assert one.returncode == 0, "a message in the hands of the other is no failure"
    _, told = server.inbox.of("ada@example.org")
    assert "Cause: a figure for a new period was published" in told.get_body(("plain",)).get_content()
