"""The file of the store as the system shows it, and what SQLite says of it in words for people."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: The part of an SQLite file that says how many pages it has.
_HEAD = 100


def create(path: Path) -> None:
    """Create the file with the rights that the umask gives: SQLite itself never lets a group write.

    An existing one is not touched, for closing it would drop the locks that this process holds on it.
    """
    with suppress(OSError):  # what is wrong with the place, SQLite says
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))


def holds_something(path: Path) -> bool:
    """Say whether the file at ``path`` may hold a table; a file that cannot be looked at may, which opening it tells.

    An empty file does not, nor does one whose making was cut short: a table has a page beside the first.
    """
    try:
        if not path.exists():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
        begun = head[:16] == b"SQLite format 3\0" and int.from_bytes(head[28:32], "big") <= 1
        return bool(head) and not (begun and not has_log(path))
    except OSError:
        return True


def has_log(path: Path) -> bool:
    """Say whether something is written that has no place in the database file yet."""
    try:
        return Path(f"{path}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError:  # nobody can tell, so there may be one
        return True


def needs_to_write(message: str) -> bool:
    """Say whether SQLite, with this message, wants to write where it was asked to read only."""
    return any(words in message.lower() for words in ("readonly database", "unable to open"))


def state(path: Path) -> tuple[int, int]:
    """Return what changes when somebody writes the file, or is about to."""
    return path.stat().st_mtime_ns, int(has_log(path))


#: What SQLite says -> what is wrong and what to do. The first that is found in the message counts.
_MEANINGS = (
    ("database or disk is full", "cannot grow: the disk is full. Free some space and run again; nothing was lost"),
    ("disk i/o error", "cannot be read or written: the disk failed or is full. Free some space and run again;"
        " nothing that was stored is lost"),
    ("file is not a database", "is not an SQLite database. Restore a backup, or move the file away to start anew"),
    ("malformed", "is corrupt. Restore a backup, or move the file away to start anew"),
    ("unable to open", "cannot be opened. Check that its folder exists and that you may read and write there, or name"
        " another `database` in indicators.toml"),
    ("readonly database", "cannot be written. Make the file and its folder writable, or name another `database` in"
        " indicators.toml"),
    ("locked", "is locked by a process that is not carecmon. Close the program that has it open and try again"),
    ("busy", "is locked by a process that is not carecmon. Close the program that has it open and try again"),
)  # fmt: skip


def explain(path: Path, message: str, *, readonly: bool = False) -> str | None:
    """Return what to tell a person about an error of SQLite, or None where it must be a bug of carecmon."""
    if readonly and needs_to_write(message) and holds_something(path) and has_log(path) and os.access(path, os.R_OK):
        return (
            f"the store {path} has a log beside it that only somebody who may write there can read (SQLite: {message})."
            " Run carecmon check as that user, or make the file and its folder writable"
        )
    meaning = next((meaning for words, meaning in _MEANINGS if words in message.lower()), None)
    return None if meaning is None else f"the store {path} {meaning} (SQLite: {message})"
