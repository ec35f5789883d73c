"""Whatever happens to the file, the process or the disk: a clear error, and nothing lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest

from carecmon.errors import ExitCode, StoreError
from carecmon.store import Store, schema
from carecmon.store.connection import Connection, explain
from tests.store.conftest import SPEED, day, draft

#: The schema of today, and of a carecmon to come.
NOW, NEWER = schema.VERSION, schema.VERSION + 1

CHILD = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from carecmon.model import Batch, Draft, Order, Period, Published, Series
from carecmon.store import Store

PATH, NOW = Path(sys.argv[1]), datetime(2024, 6, 1, tzinfo=UTC)

def draft(batches, edition="2023", body={}):
    return Draft("reports", Order.EDITION, edition, Published.parse(None), "", edition, batches, body=body)

def series(number):
    rows = [(Period.parse(str(year)).key, year * 1.1 + number, 0, None) for year in range(1950, 2024)]
    return Batch(Series.of("cpmm.swd", area=f"a{number:05}", mode="all"), rows)
"""


def child(path, code, **options):
    """Start a process that runs ``code`` with a store's path as its argument."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD) + textwrap.dedent(code), str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def intact(path):
    with sqlite3.connect(path) as db:
        found = db.execute("pragma integrity_check").fetchall(), db.execute("pragma foreign_key_check").fetchall()
    db.close()
    return found == ([("ok",)], [])


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


FULL = """
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
from carecmon.errors import StoreError
with Store.open(PATH) as store:
    try:
        with store.writing():
            store.record(draft([series(n) for n in range(COUNT)], body=BODY), NOW, None)
    except StoreError as exc:
        print(exc)
    print(len(store.releases()), [one.by_source["reports"][0].value for one in store.beliefs()])
"""


@pytest.mark.parametrize(
    ("body", "words"),
    [("{}", "the disk failed or is full"), ("{'a': random.randbytes(3_000_000)}", "cannot be written")],
    ids=["in the database", "in a raw answer"],
)
def test_a_full_disk_loses_nothing(desk, path, body, words):
    desk.record(draft("2020", {2019: 1.0}))
    desk.store.close()
    count = "5000" if body == "{}" else "1"
    code = "import random\n" + FULL.replace("BODY", body).replace("COUNT", count)
    said, errors = child(path, code).communicate(timeout=60)
    assert errors == ""
    assert words in said.splitlines()[0] and "Free some space" in said
    assert said.splitlines()[1] == "1 [1.0]"
    assert intact(path)
    assert not list(path.parent.glob("raw/*/.*"))
    with Store.open(path) as store, store.writing():
        assert store.record(draft("2021", {2019: 2.0}), day(9), None).release == 2


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"name another `database` in indicators\.toml"):
        Store.open(tmp_path / "file" / "db" / "carecmon.db")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_a_folder_that_may_not_be_written_is_reported(tmp_path):
    tmp_path.chmod(0o755)
    folder = tmp_path / "db"
    folder.mkdir(mode=0o555)
    Store.open(folder / "carecmon.db").close()
    code = """
    import os
    from carecmon.errors import StoreError
    import sqlite_utils, carecmon_db.migrations, filelock
    os.setuid(65534)
    for name in ("carecmon.db", "new.db"):
        try:
            with Store.open(PATH.with_name(name)) as store, store.writing():
                pass
        except StoreError as exc:
            print(exc)
    """
    for parent in tmp_path.parents:
        if parent.stat().st_mode & 0o001 == 0 and parent.name.startswith("pytest"):
            parent.chmod(parent.stat().st_mode | 0o111)
    said, errors = child(folder / "carecmon.db", code).communicate(timeout=60)
    assert errors == ""
    assert len(said.splitlines()) == 2 and all(
        "indicators.toml" in line or "writable" in line for line in said.splitlines()
    )


def test_a_folder_in_its_place_is_an_error_and_not_a_store_that_is_not_there_yet(path):
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be"):
        Store.open_readonly(path)


def test_a_store_that_is_not_there_cannot_be_read(path):
    assert not Store.exists(path)
    with pytest.raises(StoreError, match="no check has run yet"):
        Store.open_readonly(path)


@pytest.mark.parametrize("opened", [Store.open, Store.open_readonly])
def test_a_file_that_is_no_database_is_reported(tmp_path, opened):
    path = tmp_path / "carecmon.db"
    path.write_bytes(b"indicator,period,value\n" * 500)
    with pytest.raises(StoreError, match=r"is not an SQLite database\. Restore a backup"):
        opened(path)


def test_a_corrupt_file_is_reported(desk, path):
    desk.record(draft("2020", {year: float(year) for year in range(1950, 2020)}))
    desk.store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"is corrupt\. Restore a backup"), Store.open(path) as store:
        list(store.beliefs())


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table photo (id integer)")
    other.close()
    with pytest.raises(StoreError, match="not a store of carecmon"):
        Store.open(path)


@pytest.mark.parametrize("opened", [Store.open, Store.open_readonly])
def test_a_newer_store_is_refused(store, path, opened):
    store._connection.run(f"pragma user_version = {schema.VERSION + 1}")
    with pytest.raises(StoreError, match="newer than this carecmon"):
        opened(path)


def test_an_older_store_is_backed_up_before_it_is_migrated(desk, path, monkeypatch):
    from sqlite_utils import Migrations

    desk.record(draft("2020", {2019: 1.0}))
    later = Migrations("carecmon")

    @later()
    def m900_something_more(db):
        db.executescript("create table more (id integer primary key) strict")

    monkeypatch.setattr(schema, "VERSION", NEWER)
    with pytest.raises(StoreError, match="older than this carecmon"):
        Store.open_readonly(path)
    connection = Connection(path, readonly=False)
    backup = schema.migrate(connection, later, NEWER)
    assert connection.first("select count(*) from more") == (0,)
    assert schema.found(connection) == NEWER
    connection.close()
    monkeypatch.setattr(schema, "VERSION", NOW)
    with Store.open_readonly(backup) as old:
        assert len(old.releases()) == 1


def test_a_migration_that_fails_changes_nothing(store, path, monkeypatch):
    from sqlite_utils import Migrations

    broken = Migrations("carecmon")

    @broken()
    def m900_breaks(db):
        db.executescript("create table more (id integer primary key) strict; create table more (id integer)")

    monkeypatch.setattr(schema, "VERSION", NEWER)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        schema.migrate(store._connection, broken, NEWER)
    assert schema.found(store._connection) == NOW
    assert store._connection.rows("select name from sqlite_master where name = 'more'") == []


def test_a_reading_store_cannot_be_written(store, path):
    with Store.open_readonly(path) as reader, pytest.raises(StoreError, match="reading only"), reader.writing():
        pass


def test_an_error_inside_a_transaction_undoes_it_and_is_passed_on(desk):
    with pytest.raises(KeyError), desk.store.writing():
        desk.store.record(draft("2020", {2019: 1.0}), day(0), None)
        raise KeyError("bug")
    assert desk.store.releases() == []
    with desk.store.writing():
        pass


def test_an_error_that_must_be_a_bug_is_not_explained_away(path):
    assert explain(path, "no such column: x") is None


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


def test_a_raw_answer_that_was_changed_on_disk_is_noticed(store):
    digest = store.raw.put(b"as it came")
    assert store.raw.put(b"as it came") == digest
    store.raw.path(digest).write_bytes(store.raw.path(store.raw.put(b"something else")).read_bytes())
    with pytest.raises(StoreError, match="no longer has the content"):
        store.raw.get(digest)
    store.raw.path(digest).write_bytes(b"garbage")
    with pytest.raises(StoreError, match="cannot be read"):
        store.raw.get(digest)
    store.raw.path(digest).unlink()
    with pytest.raises(StoreError, match="is missing"):
        store.raw.get(digest)
