"""The schema that people read is the one that the migrations make."""

from __future__ import annotations

import re
from importlib.resources import files

from carecmon_db.__main__ import SCHEMA
from carecmon_db.__main__ import schema as from_migrations
from carecmon_db.migrations import migrations
from sqlite_utils import Database

from carecmon.store import schema


def test_schema_sql_is_what_the_migrations_make():
    assert SCHEMA.read_text("utf-8") == from_migrations(), "run python -m carecmon_db"


def test_the_store_has_the_schema_of_schema_sql(store):
    assert store.schema() in SCHEMA.read_text("utf-8")


def test_the_version_counts_the_migrations():
    assert len(migrations.pending(Database(memory=True, execute_plugins=False))) == schema.VERSION


def test_acknowledgements_of_findings_outlive_the_migration_that_gave_them_a_table():
    db = Database(memory=True, execute_plugins=False)
    migrations.apply(db, stop_before="m006_acknowledgements_of_findings")
    texts = {"a": "Ada: known: a misprint", "b": None, "c": "no name"}
    for id, said in texts.items():
        db.execute("insert into finding values (?, null, 's', '2026-01-01T00:00:00Z', '', null, ?, '{}')", [id, said])
    db.conn.commit()
    migrations.apply(db)
    kept = db.execute("select finding, at, author, reason, withdrawn from finding_acknowledgement").fetchall()
    assert kept == [
        ("a", None, "Ada", "known: a misprint", 0),
        ("c", None, "", "no name", 0),
    ]


def test_every_table_is_strict():
    made = re.findall(r"CREATE TABLE (?!\"_)(\w+) .*?\) ?(.*?);", SCHEMA.read_text("utf-8"), re.S)
    assert len(made) > 20
    assert [name for name, options in made if "strict" not in options] == []


def test_the_tables_of_cells_have_no_rowid(store):
    for table in ("observation", "cell", "coverage"):
        (sql,) = store._connection.first("select sql from sqlite_master where name = ?", [table])
        assert sql.endswith("strict, without rowid")


def test_the_readme_explains_every_table(store):
    readme = (files("carecmon_db") / "README.md").read_text("utf-8")
    tables = store._connection.rows("select name from sqlite_master where type in ('table', 'view')")
    assert [name for (name,) in tables if not name.startswith("_") and f"`{name}`" not in readme] == []


def test_the_store_opens_safely(store):
    pragmas = {
        name: store._connection.first(f"pragma {name}")[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
