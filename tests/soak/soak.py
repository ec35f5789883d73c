"""One soak: start the keeper, kill it again and again, and look at what it leaves."""

import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from tests.soak.findings import look
from tests.soak.keeper import read, write
from tests.soak.place import build
from tests.soak.world import PLUGINS, START, Weather, postbox, publisher

ROOT = Path(__file__).parent.parent.parent
#: Days at the end without failures and kills.
CALM = 15
#: Where a keeper kills itself, and how often it may pass there before: some days' worth.
POINTS = {"begin": 80, "rows": 20, "answer": 4, "commit": 80, "committed": 80, "release": 4, "judged": 8, "kept": 8}


def soak(folder, seed, days, kills, step=240.0, say=lambda *_, **__: None):
    """Return what happened, counted, and what is wrong."""
    end, calm = START + timedelta(days=days), START + timedelta(days=max(days - CALM, 1))
    clock = folder / "clock"
    write(clock, START)
    weather = Weather(seed, calm, lambda: read(clock))
    servers = [publisher(weather, lambda: read(clock)) for _ in range(PLUGINS)]
    controller, box, port = postbox(weather)
    try:
        build(folder, [server.server_address[1] for server in servers], port)
        killed = _keep_killing(folder, seed, calm, end, kills, step, say)
    finally:
        controller.stop()
        for server in servers:
            server.shutdown()
            server.server_close()
    counts, wrong = look(folder, box.mails, end, timedelta(minutes=step))
    return {"kills": killed, "failures made": weather.counts, **counts}, wrong


def _keep_killing(folder, seed, calm, end, kills, step, say):
    """Run the keeper to the end of the time; return how often it was killed."""
    dice = random.Random(f"{seed} kills")
    at = sorted(START + (calm - START) * dice.random() for _ in range(kills))
    killed = 0
    while read(folder / "clock") < end:
        keeper = _start(folder, end, step, _fault(dice) if killed < kills and dice.random() < 0.5 else "")
        code = _watch(keeper, folder, at[killed] if killed < kills else None, dice)
        if code == -9:
            killed += 1
            say(f"  killed {killed} of {kills} at {read(folder / 'clock'):%Y-%m-%d %H:%M}", flush=True)
        elif code != 0:
            raise AssertionError(f"the keeper ended with {code}: {(folder / 'stderr').read_text()[-3000:]}")
    return killed


def _fault(dice):
    point = dice.choice(sorted(POINTS))
    return f"{point}:{dice.randint(1, POINTS[point])}"


def _start(folder, end, step, fault):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "CARECMON_TESTING": "1", "PYTHONPATH": path, "CARECMON_FAULT": fault}
    with (folder / "stderr").open("a") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.soak.keeper", str(folder), end.isoformat(), str(step)],
            cwd=ROOT, env=environment, stderr=stderr,
        )  # fmt: skip


def _watch(keeper, folder, at, dice):
    """Wait for the keeper's end; kill it, a moment after the clock has reached ``at``."""
    while keeper.poll() is None:
        if at is not None and read(folder / "clock") >= at:
            time.sleep(dice.random() * 2)
            keeper.kill()
            return keeper.wait()
        time.sleep(0.02)
    return keeper.returncode
