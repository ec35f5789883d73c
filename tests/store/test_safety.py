"""Whatever happens to the file or the disk: a clear error, and nothing lost."""

from __future__ import annotations

import os
import sqlite3

import pytest

from carecmon.errors import StoreError
from carecmon.store import Store, schema
from carecmon.store.connection import Connection
from carecmon.store.file import explain
from tests.store.conftest import child, day, draft, intact

#: The schema of today, and of a carecmon to come.
NOW, NEWER = schema.VERSION, schema.VERSION + 1

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
