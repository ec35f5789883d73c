"""The version of the schema: checked at every opening, raised by the migrations of carecmon_db."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carecmon.errors import StoreError
from carecmon.store.connection import Connection

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database, Migrations

#: How many migrations there are. Kept here so that a store that is up to date opens without importing them.
VERSION = 6
#: "CARC": tells a store from any other SQLite file.
APPLICATION = 0x43415243


def prepare(connection: Connection) -> None:
    """Bring the store to the schema of this carecmon; raise StoreError where it is newer or something else."""
    if found(connection) == VERSION:
        return
    from carecmon_db.migrations import migrations

    migrate(connection, migrations, VERSION)


def require(connection: Connection) -> None:
    """Raise StoreError where the store cannot be read as it is: newer, older, empty, or something else."""
    version = found(connection)
    if version == 0:
        raise StoreError(f"no check has run yet: the store {connection.path} is empty. Run `carecmon check` first")
    if version < VERSION:
        raise StoreError(
            f"the store {connection.path} is older than this carecmon (schema {version}, here {VERSION}); run"
            " `carecmon db migrate` or `carecmon check`, which bring it up to date"
        )


def found(connection: Connection) -> int:
    """Return the schema version of the store, 0 for an empty file; raise StoreError where it is not usable."""
    version, application, tables = (
        connection.first("select user_version, application_id, (select count(*) from sqlite_master)"
            " from pragma_user_version, pragma_application_id")
        or (0, 0, 0)
    )  # fmt: skip
    if tables and application != APPLICATION:
        raise StoreError(
            f"{connection.path} is an SQLite database, but not a store of carecmon; name another `database` in"
            " indicators.toml"
        )
    if version > VERSION:
        raise StoreError(
            f"the store {connection.path} is newer than this carecmon (schema {version}, here {VERSION}); install the"
            " carecmon that wrote it, or a later one"
        )
    return int(version)


def migrate(connection: Connection, migrations: Migrations, version: int) -> Path | None:
    """Apply what is missing, in one transaction; return the backup made of a store that already had something."""
    from sqlite_utils import Database

    backup = None
    with connection.lock():
        if 0 < (old := found(connection)) < version:
            backup = connection.path.with_name(f"{connection.path.name}-before-schema-{version}-from-{old}")
            connection.backup(backup)
    with connection.writing():
        db = Database(connection.raw, execute_plugins=False)
        migrations.apply(db)
        connection.run(f"pragma user_version = {version}")
        connection.run(f"pragma application_id = {APPLICATION}")
    return backup


def schema(connection: Connection) -> str:
    """Return the schema as SQL."""
    from sqlite_utils import Database

    db: Database = Database(connection.raw, execute_plugins=False)
    return str(db.schema)
