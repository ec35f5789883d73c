"""A plugin's code that runs inside the scheduler itself (hooks, checks, channels) cannot stop it either."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from carecmon import run
from carecmon.registry import examining
from carecmon.registry.patience import TooLongError, within

HOOK = """
@hookimpl
def run_finished(report):
    with (Path(__file__).parent.parent / "seen").open("a") as log:
        log.write("seen\\n")
    {code}
"""
REGEX = "__import__('re').match('(a+)+$', 'a' * 64 + 'b')"
CANCELLED = "raise __import__('asyncio').CancelledError()"  # a BaseException that libraries raise
SWALLOWED = "for _ in range(1):\n        try: time.sleep(600)\n        except: pass\n    "
PIGEON = """
class Pigeon:
    name = "pigeon"
    form = "text"
    def send(self, message, to):
        with (Path(__file__).parent.parent / "flown").open("a") as log:
            log.write(message.id + "\\n")
        {code}
@hookimpl
def register_channels():
    return [Pigeon()]
"""


@pytest.fixture
def hasty(monkeypatch):
    """Let a hook and a channel have one second only."""
    monkeypatch.setattr(run, "HOOK_LIMIT", 1.0)
    monkeypatch.setattr(sys.modules["carecmon.telling.carriers"], "HOOK_LIMIT", 1.0)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("time.sleep(600)", "longer than 1 s", id="waits"),
        pytest.param("while True: pass", "longer than 1 s", id="computes in Python"),
        pytest.param(REGEX, "longer than 1 s", id="hangs in C"),
        pytest.param(SWALLOWED, "longer than 1 s", id="swallows the interruption, and returns"),
        pytest.param(SWALLOWED + "time.sleep(600)", "longer than 1 s", id="swallows the interruption, and goes on"),
        pytest.param("sys.exit(3)", "SystemExit(3)", id="calls sys.exit"),
        pytest.param("raise BaseException('no')", "BaseException('no')", id="raises"),
        pytest.param("os.fork() or time.sleep(2)", "", id="leaves a child that would go on as a second scheduler"),
        pytest.param("threading.Thread(target=time.sleep, args=(3,), daemon=True).start()", "", id="leaves a thread"),
        pytest.param("os.chdir('/')", "", id="goes elsewhere"),
        pytest.param('print(\'{"not": "ours"}\')', "", id="prints"),
    ],
)
def test_a_hook_that_observes_cannot_stop_it(post, hasty, code, said):
    home, us = Path.cwd(), os.getpid()
    post.plugin(schedule="every 1 hour", more=HOOK.format(code=code))
    report = post.tick()
    assert os.getpid() == us
    assert report is not None and report.assessments[0].value == 2.0
    assert post.tick(hours=1) is not None
    assert Path.cwd() == home
    assert (post.folder / "seen").read_text() == "seen\nseen\n"
    if said:
        assert "run_finished of plugin speed failed: " in post.log.read_text() and said in post.log.read_text()


@pytest.mark.parametrize("words", [("run", "--due"), ("check",)], ids=" ".join)
def test_a_thread_that_a_hook_leaves_does_not_keep_a_run_from_ending(post, words):
    code = "threading.Thread(target=time.sleep, args=(300,), name='stray').start()"
    post.plugin(schedule="every 1 hour", more=HOOK.format(code=code))
    done = post.run(*words)
    assert done.returncode == 0
    assert "the thread stray of a plugin does not end" in done.stderr


@pytest.mark.parametrize("code", ["time.sleep(600)", REGEX, "sys.exit(3)"], ids=["waits", "hangs in C", "exits"])
def test_a_check_of_a_plugin_costs_only_the_findings_of_its_source(post, monkeypatch, code):
    monkeypatch.setattr(examining, "TIME", 1.0)
    check = "checks=(Check('custom', function=strange),),"
    post.plugin(schedule="every 1 hour", more=f"def strange(observations, claims):\n    {code}\n    yield\n")
    path = post.folder / "plugins" / "speed.py"
    text = path.read_text().replace('("speed-feed",))]', f'("speed-feed",), {check})]')
    path.write_text(text.replace("import Answer,", "import Answer, Check,"))
    report = post.tick()
    assert report is not None and report.assessments[0].value == 2.0
    assert any("the checks of speed-feed" in one.reason for one in report.plugins)
    assert post.tick(hours=1) is not None


def pigeons(post, code):
    """Have two people who are told of a change, by pigeon and in a file."""
    post.plugin(schedule="every 1 hour", more=PIGEON.format(code=code))
    post.lines.append(
        """
[[rules]]
id = "high"
condition = "above"
value = 1
severity = "critical"
[channels.birds]
kind = "pigeon"
[channels.file]
kind = "json-lines"
path = "told.jsonl"
[people.one]
channels = ["birds", "file"]
[people.two]
channels = ["birds", "file"]
"""
    )
    post.write()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("time.sleep(600)", id="waits"),
        pytest.param(REGEX, id="hangs in C"),
        pytest.param(SWALLOWED.replace("\n", "\n    "), id="swallows the interruption"),
        pytest.param("sys.exit(3)", id="exits"),
        pytest.param(CANCELLED, id="is cancelled"),
    ],
)
def test_a_channel_that_fails_keeps_its_messages_and_stops_no_other(post, hasty, code):
    pigeons(post, code)
    post.tick()
    told = [json.loads(line) for line in (post.folder / "told.jsonl").read_text().splitlines()]
    assert {one["person"] for one in told} == {"one", "two"}
    flown = (post.folder / "flown").read_text().split()
    assert len(flown) == len(set(flown)) == 2
    assert "the channel pigeon failed" in post.run("notify", "log").stdout
    assert "2 messages are undelivered" in post.log.read_text()
    post.tick(hours=1)
    later = (post.folder / "flown").read_text().split()
    assert len(later) == 4 and set(flown) == set(later), "each tried again, under the Message-ID it had"


def test_a_channel_that_forks_leaves_no_second_one_of_us_behind(post, hasty):
    pigeons(post, "os.fork() or time.sleep(0.5)")
    us = os.getpid()
    post.tick()
    assert os.getpid() == us
    told = (post.folder / "told.jsonl").read_text().splitlines()
    assert len(told) == 2 and len((post.folder / "flown").read_text().split()) == 2
    assert "undelivered" not in post.log.read_text()


def test_time_runs_out_only_in_the_main_thread_and_never_for_somebody_elses_timer():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append("theirs"))
    try:
        with within(5.0):
            signal.setitimer(signal.ITIMER_REAL, 0.1)  # what a signal that asks us to end does
            time.sleep(0.3)
        assert rung == ["theirs"]
        with within(0.2):
            signal.setitimer(signal.ITIMER_REAL, 0.4)  # the same, where it rings after our time is up
            time.sleep(0.6)
        assert rung == ["theirs", "theirs"]
        with within(0.2):
            signal.setitimer(signal.ITIMER_REAL, 30)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 20
        signal.setitimer(signal.ITIMER_REAL, 30)
        with within(0.1):
            time.sleep(0.3)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 20
        signal.setitimer(signal.ITIMER_REAL, 0)
        with pytest.raises(TooLongError), within(0.1):
            time.sleep(5)
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
        thread = threading.Thread(target=lambda: within(0.1).__enter__())
        thread.start()
        thread.join()
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    finally:
        signal.signal(signal.SIGALRM, before)


ENDED = """
import os, signal, threading, time
from carecmon.registry.patience import within
from carecmon.schedule import stopping
stopping.GRACE = 1.0
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
with stopping.stopping() as stop:
    stop.busy = True
    with within(0.5):
        time.sleep(60)
print("abandoned" if stop.abandoned else "not abandoned")
"""


def test_a_request_to_end_shortly_before_time_is_up_is_not_lost():
    done = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("abandoned\n", "")
