"""Several processes and one store: nobody sees half of anything, and who waits learns for whom."""

from __future__ import annotations

import os
import signal
import sqlite3
import time

import pytest

from carecmon.errors import ExitCode, StoreError
from carecmon.store import Store
from tests.store.conftest import SPEED, child, draft, intact

HOLD = """
with Store.open(PATH) as store, store.writing():
    store.record(draft([series(1)]), NOW, None)
    print("holding", flush=True)
    sys.stdin.readline()
"""


def test_two_processes_recording_the_same_release_store_it_once(store, path):
    code = """
    print("ready", flush=True)
    sys.stdin.readline()
    with Store.open(PATH) as store, store.writing():
        print(store.record(draft([series(n) for n in range(50)]), NOW, None).release, flush=True)
    """
    both = [child(path, code) for _ in range(2)]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("\n")
        one.stdin.flush()
    said = sorted(one.communicate(timeout=60)[0].strip() for one in both)
    assert said == ["1", "None"]
    assert len(store.releases()) == 1
    assert store._connection.first("select count(*) from observation") == (50 * 74,)


def test_two_processes_that_create_the_store_at_once_both_succeed(path):
    both = [child(path, "Store.open(PATH).close()") for _ in range(2)]
    assert [one.communicate(timeout=60)[1] for one in both] == ["", ""]
    assert [one.returncode for one in both] == [0, 0]


def test_a_process_killed_in_the_middle_of_a_transaction_leaves_the_old_state(desk, path):
    desk.record(draft("2020", {2019: 1.0}))
    code = """
    def slow():
        for number in range(2000):
            yield series(number)
            if number == 1500:
                print("in the middle", flush=True)
                time.sleep(60)
    with Store.open(PATH) as store, store.writing():
        store.record(draft(slow()), NOW, None)
    """
    one = child(path, code)
    assert one.stdout.readline() == "in the middle\n"
    os.kill(one.pid, signal.SIGKILL)
    one.communicate()
    assert intact(path)
    assert desk.believed() == {"2019": 1.0} and desk.rows() == 1
    assert desk.record(draft("2021", {2019: 2.0})).release == 2


def test_readers_are_not_kept_waiting_by_a_writer(desk, path):
    desk.record(draft("2020", {2019: 1.0}))
    one = child(path, HOLD)
    assert one.stdout.readline() == "holding\n"
    began = time.monotonic()
    with Store.open_readonly(path) as reader:
        assert [belief.series for belief in reader.beliefs()] == [SPEED]
    assert time.monotonic() - began < 5
    one.communicate("\n", timeout=60)
    with Store.open_readonly(path) as reader:
        assert len(reader.series()) == 2


def test_a_lock_held_too_long_names_the_process_that_holds_it(store, path):
    one = child(path, HOLD)
    assert one.stdout.readline() == "holding\n"
    words = rf"locked by process {one.pid} since 20\d\d-.*; waited 0.2 s"
    with Store.open(path, wait=0.2) as late, pytest.raises(StoreError, match=words) as caught, late.writing():
        pass
    assert caught.value.exit_code is ExitCode.STORE
    one.communicate("\n", timeout=60)
    with Store.open(path, wait=5) as late, late.writing():
        assert len(late.releases()) == 1


def test_a_lock_that_is_let_go_in_time_is_waited_for(store, path):
    one = child(path, HOLD)
    assert one.stdout.readline() == "holding\n"
    one.stdin.write("\n")
    one.stdin.flush()
    with Store.open(path, wait=20) as late, late.writing():
        assert len(late.releases()) == 1
    one.communicate(timeout=60)


def test_a_database_locked_by_another_program_is_reported(store, path):
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("begin immediate")
        words = "a process that is not carecmon"
        with Store.open(path, wait=0.1) as late, pytest.raises(StoreError, match=words), late.writing():
            pass
        other.execute("rollback")
    other.close()


def test_a_backup_made_while_a_writer_is_active_answers_alike(desk, path, tmp_path):
    desk.record(draft("2020", {2019: 1.0}))
    one = child(path, HOLD)
    assert one.stdout.readline() == "holding\n"
    desk.store.backup(tmp_path / "copy.db")
    one.communicate("\n", timeout=60)
    with Store.open_readonly(tmp_path / "copy.db") as copy:
        assert [belief.series for belief in copy.beliefs()] == [SPEED]


def test_reading_inside_one_moment_does_not_see_later_writes(desk, path):
    with Store.open_readonly(path) as reader, reader.reading():
        assert reader.releases() == []
        desk.record(draft("2020", {2019: 1.0}))
        assert reader.releases() == []
