"""``carecmon doctor``: is everything there that a check, and carecmon run, needs?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from carecmon.cli.output import data_format, glyphs, show, terminal, write, write_objects
from carecmon.cli.session import Session
from carecmon.errors import CarecmonError, ExitCode

if TYPE_CHECKING:
    from carecmon.schedule.diagnosis import Answer
    from carecmon.store import Store


@click.command()
@click.option("--smtp", "mail", is_flag=True, help="Try the mail server, too: connect and log in, send nothing.")
@data_format()
@click.pass_obj
def doctor(session: Session, mail: bool, form: str) -> None:
    """Look for what would keep a check from working.

    Each problem comes with its remedy. Exits with 1 if something fails.
    """
    answers = list(_ask(session, mail))
    if form == "table":
        _print(answers)
    else:
        _print_data(answers, form)
    sys.exit(ExitCode.PARTIAL if any(answer.good is False for answer in answers) else ExitCode.OK)


def _print(answers: list[Answer]) -> None:
    marks = {True: "✔" if glyphs() else "ok", False: "✗" if glyphs() else "!!", None: "–" if glyphs() else "--"}
    said = [(marks[one.good], f"{one.text}{f'; {one.remedy}' if one.remedy else ''}") for one in answers]
    if terminal():
        from rich.table import Table

        lines = Table.grid(padding=(0, 2, 0, 0))  # what is too long goes on below its own beginning
        for line in said:
            lines.add_row(*line)
        show(lines)
    else:
        write("".join(f"{mark}  {text}\n" for mark, text in said))


def _print_data(answers: list[Answer], form: str) -> None:
    states = {True: "ok", False: "failure", None: "note"}
    rows = [
        {"topic": one.topic, "state": states[one.good], "message": one.text, "remedy": one.remedy} for one in answers
    ]
    write_objects(form, rows, ["topic", "state", "message", "remedy"])


def _ask(session: Session, mail: bool) -> Iterator[Answer]:
    from carecmon.cli.words import count
    from carecmon.config.check import REMEDY
    from carecmon.schedule import diagnosis
    from carecmon.store import Store

    yield diagnosis.Answer("python", True, f"Python {sys.version.split()[0]}")
    try:
        settings, registry = session.settings, session.registry
    except CarecmonError as error:
        yield diagnosis.Answer("settings", False, f"settings: {error}")
        return
    text = f"settings: {settings.path}, {count(len(session.watched), 'indicator')} watched"
    yield diagnosis.Answer("settings", bool(session.watched), text, "" if session.watched else REMEDY)
    yield from diagnosis.plugins(settings, registry)
    yield from diagnosis.secrets(settings, registry)
    yield diagnosis.disk(settings.database.parent)
    if Store.exists(settings.database):
        yield from diagnosis.store(settings, registry, session.now)
        yield from _corrections(session)
        yield diagnosis.scheduler(settings.database)
    else:
        none = f"store: none yet at {settings.database}"
        yield diagnosis.Answer("store", None, none, "carecmon check makes it")
    if mail:
        yield diagnosis.smtp(settings)


def _corrections(session: Session) -> Iterator[Answer]:
    """Yield the corrections that do nothing any more: the source has mended its error, or never said it."""
    from carecmon.schedule.diagnosis import Answer
    from carecmon.store import Store

    try:
        with Store.open_readonly(session.settings.database) as store:
            said = _idle(session, store)
    except CarecmonError:
        return  # it is said already what is wrong with the store
    for message in said:
        yield Answer("corrections", None, f"correction: {message}")
    if session.corrections and not said:
        yield Answer("corrections", True, f"corrections: {len(session.corrections)}, none out of date")


def _idle(session: Session, store: Store) -> list[str]:
    from carecmon.findings import idle

    watched = {name: session.indicators[name] for name in session.watched if name in session.indicators}
    beliefs = {belief.series: belief for belief in store.beliefs(watched)}
    return idle(session.corrections, watched, beliefs, store)
