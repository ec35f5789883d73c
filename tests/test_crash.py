"""A check that dies anywhere leaves the old or the new state, and the next check ends where an undisturbed one does."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import traceback
from datetime import UTC, datetime

import pytest

from carecmon.store import Store
from carecmon.store.faults import POINTS
from tests.conftest import CARECMON, Workspace

LATER = datetime(2026, 1, 2, 12, tzinfo=UTC)
RULE = '[[rules]]\nid = "low"\ncondition = "below"\nvalue = 20\nseverity = "warning"\nindicator = "*"'
#: What depends on how often somebody tried: the runs themselves, and the fetches that they noted.
OF_TRIES = {"run", "fetch", "fetch_state", "_sqlite_migrations", "policy"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A store with one edition of two sources, and a second edition of both that waits to be checked."""
    place = Workspace(tmp_path_factory.mktemp("prepared"))
    place.config.write_text("plugin_dirs = []\n", "utf-8")
    place.add(RULE)
    for edition, values in ((1, {"2020": 30.0, "2021": 31.0}), (2, {"2020": 10.0, "2021": 11.0, "2022": 12.0})):
        for id in ("pace", "speed"):
            place.plugin(id, values, edition=str(edition))
        if edition == 1:
            place.at("2026-01-01T12:00:00Z", "check", "--offline", "--in-process")
    return place


@pytest.fixture
def place(prepared, tmp_path):
    shutil.copytree(prepared.folder, tmp_path / "here")
    return Workspace(tmp_path / "here")


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "here"
    shutil.copytree(prepared.folder, folder)
    assert attempt(folder) == 0
    return contents(Workspace(folder))


def attempt(folder, fault=None):
    """Check once in a process of its own; return its exit code, or minus the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        try:
            if fault:
                os.environ.update(CARECMON_TESTING="1", CARECMON_FAULT=fault)
            from carecmon import run
            from carecmon.cli.session import Session

            session = Session(config=folder / "indicators.toml")
            run.check(session.settings, session.registry, now=LATER, offline=True, in_process=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def contents(place):
    """Return every table, without what depends on how often somebody tried."""
    with sqlite3.connect(place.database) as db:
        names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        found = {
            name: sorted(
                (tuple((k, v) for k, v in row.items() if k != "run") for row in rows(db, name)),
                key=repr,
            )
            for name in names
            if name not in OF_TRIES
        }
    db.close()
    return found


def rows(db, table):
    """Yield the rows of a table as dicts."""
    found = db.execute(f"select * from {table}")
    heads = [column[0] for column in found.description]
    return (dict(zip(heads, row, strict=True)) for row in found)


def whole(place, undisturbed):
    """Assert that nothing is there by half: each release with all its rows, the verdicts of a run all or none."""
    with Store.open_readonly(place.database) as store:
        assert store.care.verify().problems == ()
    now = contents(place)
    releases = {dict(row)["id"] for row in now["release"]}
    expected = [row for row in undisturbed["claim"] if dict(row)["release"] in releases]
    assert now["claim"] == expected
    for id in releases:
        assert sum(dict(row)["release"] == id for row in now["answer"]) == 1
    assert len(now["transition"]) in (0, 2) and len(now["assessment"]) in (2, 4)


def places(point):
    """How often a check of two new editions passes ``point``: the test fails if there are more."""
    return {"rows": 2, "answer": 2, "release": 2, "judged": 1, "kept": 1}.get(point, 5)


CASES = [f"{point}:{number}" for point in POINTS for number in range(1, places(point) + 1)]


@pytest.mark.parametrize("fault", CASES)
def test_a_check_killed_anywhere_is_finished_by_the_next(place, undisturbed, fault):
    assert attempt(place.folder, fault) == -signal.SIGKILL
    whole(place, undisturbed)
    assert attempt(place.folder) == 0
    assert contents(place) == undisturbed
    causes = {dict(row)["cause"] for row in undisturbed["transition"]}
    assert causes == {"several"} or len(causes) == 1


@pytest.mark.parametrize("point", POINTS)
def test_the_points_above_are_all_that_a_check_passes(place, undisturbed, point):
    assert attempt(place.folder, f"{point}:{places(point) + 1}") == 0
    assert contents(place) == undisturbed


def test_a_command_killed_before_its_commit_is_finished_by_the_next(place, undisturbed):
    environment = {**os.environ, "CARECMON_TESTING": "1", "CARECMON_NOW": LATER.isoformat()}
    killed = place.run("check", "--offline", env={**environment, "CARECMON_FAULT": "commit:3"})
    assert killed.returncode == -signal.SIGKILL
    assert place.run("check", "--offline", env=environment).returncode == 0
    assert contents(place).keys() == undisturbed.keys()
    assert contents(place)["observation"] == undisturbed["observation"]


def test_an_unknown_fault_point_is_refused(place):
    environment = {**os.environ, "CARECMON_TESTING": "1", "CARECMON_FAULT": "lunch:1"}
    done = place.run("check", "--offline", env=environment)
    assert done.returncode == 2 and "write point:number" in done.stderr


def traced(place, injection, log):
    """Check once under strace, which makes one system call fail; return the finished process."""
    command = ["strace", "-f", "-o", str(log), "-P", str(place.database), "-P", f"{place.database}-wal"]
    calls = injection.partition(":")[0]
    return subprocess.run(
        [
            *command,
            "-e",
            f"trace={calls}",
            "-e",
            f"inject={injection}",
            *CARECMON,
            "check",
            "--offline",
            "--in-process",
        ],
        cwd=place.folder,
        env={**os.environ, "CARECMON_TESTING": "1", "CARECMON_NOW": LATER.isoformat()},
        capture_output=True,
        text=True,
        timeout=120,
    )


def can_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not can_trace(), reason="strace is not here, or may not trace: failing disks are NOT tested")
@pytest.mark.parametrize(
    "failing", ["pwrite64:error=ENOSPC", "pwrite64:error=EIO", "fdatasync:error=EIO", "pwrite64:signal=KILL"]
)
@pytest.mark.parametrize("number", [1, 3, 6, 10, 15, 22])
def test_a_disk_that_fails_at_any_write_loses_nothing(place, undisturbed, tmp_path, failing, number):
    done = traced(place, f"{failing}:when={number}", tmp_path / "log")
    struck = "INJECTED" in (tmp_path / "log").read_text() or "KILL" in (tmp_path / "log").read_text()
    if struck and "signal" not in failing:
        assert done.returncode in (0, 5), f"{done.stdout}\n{done.stderr}"
        assert done.returncode == 0 or "Free some space" in done.stderr
        assert "Traceback" not in done.stderr
    whole(place, undisturbed)
    assert attempt(place.folder) == 0
    assert contents(place) == undisturbed


HOLD = """
import sys, time
from pathlib import Path
from carecmon.store import Store
with Store.open(Path(sys.argv[1])) as store, store.writing():
    print("holding", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def hold(place):
    holding = []

    def hold(seconds):
        one = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(place.database), str(seconds)], stdout=subprocess.PIPE, text=True
        )
        holding.append(one)
        assert one.stdout.readline() == "holding\n"
        return one.pid

    yield hold
    for one in holding:
        one.kill()
        one.communicate()


def test_a_store_locked_too_long_is_reported_with_5_and_who_has_it(place, hold):
    pid = hold(60)
    done = place.run("check", "--offline", env={**os.environ, "CARECMON_LOCK_WAIT": "0.3"})
    assert done.returncode == 5
    assert f"is locked by process {pid} since 20" in done.stderr and "waited 0.3 s" in done.stderr
    assert "Wait until that process has finished" in done.stderr


@pytest.mark.slow
def test_a_store_locked_for_20_seconds_is_waited_for(place, hold):
    hold(20)
    done = place.run("check", "--offline")
    assert done.returncode == 0, done.stderr


def test_a_wait_that_is_no_number_is_refused(place):
    done = place.run("check", "--offline", env={**os.environ, "CARECMON_LOCK_WAIT": "long"})
    assert done.returncode == 2 and "CARECMON_LOCK_WAIT='long' is not a number of seconds" in done.stderr


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MB that can really be full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here: a really full disk is NOT tested")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_reported_with_5_and_loses_nothing(place, undisturbed, small_disk):
    shutil.move(place.database.parent, small_disk / "db")
    place.database.parent.symlink_to(small_disk / "db")
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"x" * 4096)
    done = place.run(
        "check", "--offline", env={**os.environ, "CARECMON_TESTING": "1", "CARECMON_NOW": LATER.isoformat()}
    )
    assert done.returncode == 5 and "Traceback" not in done.stderr
    # SQLite needs room for its index to the log even to read; a reader is told the same.
    read = place.run("history", "speed")
    assert read.returncode == 0 or (read.returncode == 5 and "Free some space" in read.stderr)
    filler.unlink()
    assert place.run("history", "speed").returncode == 0
    assert attempt(place.folder) == 0
    assert contents(place) == undisturbed
