"""One connection to the database file: opened, and locked for writing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecmon.errors import ConfigError, StoreError
from carecmon.store.faults import fault
from carecmon.store.file import create, explain, has_log, needs_to_write, state
from carecmon.store.times import stamp

if TYPE_CHECKING:
    import sqlite3
else:
    try:  # carries an SQLite without the WAL-reset bug of 3.7.0 to 3.51.2
        import pysqlite3 as sqlite3
    except ImportError:
        import sqlite3

Row = tuple[Any, ...]

#: The environment variable with the seconds to wait for another process that writes.
WAIT = "CARECMON_LOCK_WAIT"
_DEFAULT_WAIT = 30.0


def default_wait() -> float:
    """Return how many seconds to wait for another process that writes; ConfigError where the variable is no number."""
    text = os.environ.get(WAIT)
    if not text:
        return _DEFAULT_WAIT
    try:
        wait = float(text)
    except ValueError:
        wait = -1.0
    if not 0 <= wait < float("inf"):
        raise ConfigError(f"{WAIT}={text!r} is not a number of seconds; write one, such as 30")
    return wait


class Connection:
    """A database file with the settings carecmon needs. Belongs to the thread that opened it."""

    def __init__(self, path: Path, *, readonly: bool, wait: float | None = None) -> None:
        self.path = path
        self.wait = wait = default_wait() if wait is None else wait
        self.readonly = readonly
        self._still: tuple[int, int] | None = None
        if not readonly:
            create(path)
        with self.translated():
            try:
                self._open("mode=ro" if readonly else "mode=rwc")
            except sqlite3.OperationalError as exc:
                if not readonly or not needs_to_write(str(exc)) or has_log(path):
                    raise
                # To read in WAL mode makes a file beside the database, which this user may not. Without a log nobody
                # writes now, and the database file is whole; close() makes sure that it stayed so.
                self._still = state(path)
                self._open("immutable=1")

    def _open(self, how: str) -> None:
        address = f"{self.path.absolute().as_uri()}?{how}"
        self.raw = sqlite3.connect(address, uri=True, timeout=self.wait, isolation_level=None)
        try:
            self._settle()
        except BaseException:
            self.raw.close()
            raise

    def _settle(self) -> None:
        self.raw.execute("pragma foreign_keys = on")
        self.raw.execute("pragma cache_size = -65536")
        self.raw.execute("pragma temp_store = memory")
        if not self.readonly:
            self.raw.execute("pragma journal_mode = wal")
            self.raw.execute("pragma synchronous = full")
            self.raw.execute("pragma journal_size_limit = 67108864")
        self.raw.execute("select count(*) from sqlite_master").fetchone()

    def close(self) -> None:
        """Close the connection; what was not committed is gone.

        Raise StoreError where the file was read without being able to see writers, and somebody has written.
        """
        self.raw.close()
        if self._still is not None and self._still != state(self.path):
            raise StoreError(
                f"the store {self.path} was written to while it was read without permission to write beside it, so what"
                " was read may be wrong; run again"
            )

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self.translated():
            return self.raw.execute(sql, parameters).fetchall()

    def first(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        with self.translated():
            row: Row | None = self.raw.execute(sql, parameters).fetchone()
            return row

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute one statement that writes; return the id of the row it inserted."""
        with self.translated():
            return self.raw.execute(sql, parameters).lastrowid or 0

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute one statement for each of ``rows``."""
        with self.translated():
            self.raw.executemany(sql, rows)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock file and a write transaction; commit at the end, roll back on any error.

        Raises StoreError, naming the process that holds the lock, after ``wait`` seconds.
        """
        if self.readonly:
            raise StoreError(f"the store {self.path} was opened for reading only")
        with self.lock() as remaining, self.translated():
            self.raw.execute(f"pragma busy_timeout = {max(1, int(remaining * 1000))}")
            fault("begin")
            self.raw.execute("begin immediate")
            try:
                yield
                fault("commit")
                self.raw.execute("commit")
                fault("committed")
            except BaseException:
                if self.raw.in_transaction:  # SQLite has rolled back by itself where the disk failed
                    self.raw.execute("rollback")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all that is read inside belong to one moment."""
        if self.raw.in_transaction:
            yield
            return
        with self.translated():
            self.raw.execute("begin")
            try:
                yield
            finally:
                self.raw.execute("rollback")

    def version(self) -> int:
        """Return a number that differs once another connection has committed; what this one writes does not count."""
        row = self.first("pragma data_version")
        return int(row[0]) if row else 0

    @contextmanager
    def lock(self) -> Iterator[float]:
        """Hold the lock file beside the database; yield how many seconds of ``wait`` are left."""
        from filelock import FileLock, Timeout

        began = time.monotonic()
        lock = FileLock(f"{self.path}.lock", timeout=self.wait)
        try:
            lock.acquire()
        except Timeout:
            raise StoreError(
                f"the store {self.path} is locked{self._holder()}; waited {self.wait:g} s. Wait until that process"
                " has finished and try again"
            ) from None
        except OSError as exc:
            raise StoreError(f"the store {self.path} cannot be locked: {exc}; make its folder writable") from exc
        sidecar = Path(f"{self.path}-writer.json")
        try:
            with suppress(OSError):  # only words for others' errors: not worth failing for
                sidecar.write_text(json.dumps({"pid": os.getpid(), "since": stamp(datetime.now(UTC))}))
            yield max(0.0, self.wait - (time.monotonic() - began))
        finally:
            with suppress(OSError):
                sidecar.unlink(missing_ok=True)
            lock.release()

    def _holder(self) -> str:
        try:
            holder = json.loads(Path(f"{self.path}-writer.json").read_text())
            return f" by process {holder['pid']} since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return " by another process"

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the errors of SQLite that are not bugs into StoreError."""
        try:
            yield
        except sqlite3.DatabaseError as exc:
            found = explain(self.path, str(exc), readonly=self.readonly)
            if found is None:
                raise
            raise StoreError(found) from exc

    def backup(self, to: Path) -> None:
        """Copy the database, whole pages in one step, to a new file; safe while others write."""
        with self.translated():
            copy = sqlite3.connect(to)
            try:
                self.raw.backup(copy, pages=-1)
                copy.execute("pragma journal_mode = delete")  # one file, that may be copied on
            except sqlite3.DatabaseError as exc:
                raise StoreError(f"{self.path} cannot be copied to {to}: {exc}; nothing was changed") from exc
            finally:
                copy.close()
