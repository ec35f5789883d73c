"""``python -m carecmon_db`` writes schema.sql anew from the migrations."""

import sqlite3
from pathlib import Path

from carecmon_db.migrations import migrations
from sqlite_utils import Database

SCHEMA = Path(__file__).with_name("schema.sql")


def schema() -> str:
    """Return the schema that the migrations make, as SQL."""
    db = Database(sqlite3.connect(":memory:"), execute_plugins=False)
    migrations.apply(db)
    return "-- Written by python -m carecmon_db. Do not edit.\n" + db.schema + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
