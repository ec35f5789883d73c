"""One scheduler a store: a lock file beside the database, held as long as the process lives."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from carecmon.errors import StoreError


@contextmanager
def only_one(database: Path, now: datetime) -> Iterator[None]:
    """Be the scheduler of ``database``; raise StoreError naming the process that is already, and since when.

    The operating system frees the lock with the process, however that ends. ``carecmon check`` does not ask for it.
    """
    from filelock import FileLock, Timeout

    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{database}.scheduler.lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise StoreError(
            f"carecmon run already looks after {database}: {holder(database) or 'another process'}. Stop that one"
            " first; carecmon check may run beside it"
        ) from None
    except OSError as exc:
        raise StoreError(f"{database} cannot be locked for the scheduler: {exc}; make its folder writable") from exc
    sidecar = _sidecar(database)
    try:
        with suppress(OSError):  # only words for others' errors: not worth failing for
            who = {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{now:%Y-%m-%d %H:%M:%S} UTC"}
            sidecar.write_text(json.dumps(who), "utf-8")
        yield
    finally:
        with suppress(OSError):
            sidecar.unlink(missing_ok=True)
        lock.release()


def holder(database: Path) -> str:
    """Return who says to be the scheduler of ``database``, empty where nobody does; a crash leaves its words behind."""
    try:
        who = json.loads(_sidecar(database).read_text("utf-8"))
        return f"process {who['pid']} on {who['host']}, since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def running(database: Path) -> str:
    """Return who holds the lock right now, empty where it is free."""
    from filelock import FileLock, Timeout

    path = Path(f"{database}.scheduler.lock")
    if not path.exists():
        return ""
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return holder(database) or "another process"
    except OSError:
        return ""
    lock.release()
    return ""


def _sidecar(database: Path) -> Path:
    return Path(f"{database}-scheduler.json")
