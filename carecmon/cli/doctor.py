"""``carecmon doctor``: is everything there that a check needs?"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from carecmon.cli.output import glyphs, write
from carecmon.cli.session import Session
from carecmon.errors import CarecmonError, ExitCode

if TYPE_CHECKING:
    from carecmon.store import Store

#: Before this, two connections that write at the same moment can corrupt a database in WAL mode.
_SAFE_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Answer(NamedTuple):
    """What one question found: ``good`` is None where it is worth knowing, but no failure."""

    good: bool | None
    text: str


@click.command()
@click.pass_obj
def doctor(session: Session) -> None:
    """Look for what would keep a check from working.

    Exits with 1 if something does.
    """
    answers = list(_ask(session))
    marks = {True: "✔" if glyphs() else "ok", False: "✗" if glyphs() else "!!", None: "–" if glyphs() else "--"}
    write("".join(f"{marks[answer.good]}  {answer.text}\n" for answer in answers))
    sys.exit(ExitCode.PARTIAL if any(answer.good is False for answer in answers) else ExitCode.OK)


def _ask(session: Session) -> Iterator[Answer]:
    yield Answer(True, f"Python {sys.version.split()[0]}")
    yield _sqlite()
    try:
        settings = session.settings
    except CarecmonError as error:
        yield Answer(False, f"settings: {error}")
        return
    yield Answer(True, f"settings: {settings.path}, {len(session.watched)} indicators watched")
    for plugin in session.registry.plugins:
        if plugin.reason:
            yield Answer(False, f"plugin {plugin.name}: {plugin.reason}; {plugin.remedy}")
    yield Answer(True, f"plugins: {len(session.registry.plugins)}, with {len(session.indicators)} indicators")
    missing = [name for name in session.watched if name not in session.indicators]
    if missing:
        yield Answer(False, f"watched, but not installed: {', '.join(missing)}")
    yield from _store(session)


def _sqlite() -> Answer:
    version = sqlite3.sqlite_version_info
    safe = version >= _SAFE_SQLITE[0] or any(version[:2] == fixed[:2] and version >= fixed for fixed in _SAFE_SQLITE)
    advice = "" if safe else "; carecmon lets only one process write at a time, which this version needs"
    return Answer(True if safe else None, f"SQLite {sqlite3.sqlite_version}{advice}")


def _store(session: Session) -> Iterator[Answer]:
    from carecmon.store import Store

    path = session.settings.database
    if not Store.exists(path):
        yield Answer(None, f"store: none yet at {path}; carecmon check makes it")
        return
    try:
        with Store.open_readonly(path) as store:
            yield Answer(True, f"store: {path}, {len(list(store.releases(None)))} releases")
            yield from _corrections(session, store)
    except CarecmonError as error:
        yield Answer(False, f"store: {error}")


def _corrections(session: Session, store: Store) -> Iterator[Answer]:
    """Yield the corrections that do nothing any more: the source has mended its error, or never said it."""
    from carecmon.findings import idle

    watched = [name for name in session.watched if name in session.indicators]
    beliefs = {belief.series: belief for belief in store.beliefs(watched)}
    said = idle(session.corrections, watched, beliefs, store)
    for message in said:
        yield Answer(None, f"correction: {message}")
    if session.corrections and not said:
        yield Answer(True, f"corrections: {len(session.corrections)}, none out of date")
