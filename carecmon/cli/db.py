"""``carecmon db``: care of the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.output import say, show, terminal, write
from carecmon.cli.session import Session, unknown
from carecmon.errors import ExitCode, StoreError, UsageError

if TYPE_CHECKING:
    from carecmon.reparse import Difference, Reading
    from carecmon.store import Store

#: More cells of one reading are counted, not shown.
_MOST = 30


@click.group()
def db() -> None:
    """Take care of the store."""


@db.command()
@click.pass_obj
def verify(session: Session) -> None:
    """See whether the store is whole.

    It also must say what its releases say: the file, the keys, the digest of every raw answer, the order of
    releases, the decisions on them, and what is believed against a replay of all releases. Exits with 5 where
    something is wrong.
    """
    store = session.open()
    if store is None:
        return
    with store:
        found = store.care.verify()
    for problem in found.problems:
        say(f"carecmon: {problem.what}; {problem.remedy}")
    counts = ", ".join(f"{count:,} {what}" for what, count in found.counts.items())
    write(f"{'damaged' if found.problems else 'whole'}: {session.settings.database} ({counts})\n")
    if found.problems:
        sys.exit(ExitCode.STORE)


@db.command()
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; it must not exist yet.")
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Delete older backups than the N newest.")
@click.pass_obj
def backup(session: Session, to: Path | None, keep: int | None) -> None:
    """Copy the database into one file, also while a check is running.

    Without --to: into the folder backups beside the database, named by the time; --keep counts those. To restore,
    put the file in the place of the database while nothing runs. The raw answers, in the folder raw, only ever
    grow: copy them as they are.
    """
    if to is not None and keep is not None:
        raise UsageError("--keep counts the backups in the folder backups; leave out --to")
    store = session.open()
    if store is None:
        return
    name = session.settings.database.stem
    folder = session.settings.database.parent / "backups"
    target = to or folder / f"{name}-{session.now:%Y%m%dT%H%M%S}.db"
    with store:
        _copy(store, target)
    write(f"{target}\n")
    for old in sorted(folder.glob(f"{name}-????????T??????.db"), reverse=True)[keep:] if keep else ():
        old.unlink()
        say(f"carecmon: deleted {old}", quiet=session.quiet)


def _copy(store: Store, target: Path) -> None:
    if target.exists():
        raise UsageError(f"{target} exists already; name another file with --to")
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        try:
            store.backup(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as exc:
        raise StoreError(f"{target} cannot be written: {exc.strerror or exc}; name another file with --to") from exc


@db.command()
@click.pass_obj
def migrate(session: Session) -> None:
    """Bring the store to the schema of this carecmon.

    A backup is made before. Every check does the same.
    """
    from carecmon.store import Store

    before = set(session.settings.database.parent.glob("*-before-schema-*"))
    with session.writable():
        pass
    made = set(session.settings.database.parent.glob("*-before-schema-*")) - before
    with Store.open_readonly(session.settings.database):
        write(f"{session.settings.database} has the schema of this carecmon\n")
    for path in sorted(made):
        say(f"carecmon: the store as it was: {path}")


@db.command()
@click.argument("source")
@click.option("--yes", is_flag=True, help="Record the difference without asking.")
@click.option("--in-process", is_flag=True, help="Read without a worker process, to debug the plugin.")
@click.pass_obj
def reparse(session: Session, source: str, yes: bool, in_process: bool) -> None:
    """Read the stored raw answers of SOURCE again.

    The reader installed now shows what would be added, revised and withdrawn before anything is recorded; what is,
    becomes a release directly after the one that it reads again. Asks no server. Exits with 1 where an answer
    cannot be read.
    """
    from carecmon import reparse as reparsing

    registry = session.registry
    if source not in registry.sources:
        raise unknown("source", source, sorted(registry.sources), "carecmon sources")
    declared = registry.sources[source]
    with session.writable() as store:
        now = session.now
        readings = reparsing.read_again(session.settings, registry, store, declared, now=now, in_process=in_process)
        failed = _say_failures(readings)
        found = [one for one in reparsing.difference(store, readings, now) if one.changed]
        _show(session, found, len(readings) - failed)
        if found and (yes or _confirmed(len(found))):
            changed = {one.release.id for one in found}
            done = reparsing.record(store, [one for one in readings if one.release.id in changed], now)
            for one in done:
                held = f", held in quarantine: {one.recorded.quarantine}" if one.recorded.quarantine else ""
                say(f"carecmon: recorded as release {one.recorded.release}{held}; carecmon check judges with it")
        elif found:
            say("carecmon: nothing was recorded; --yes records it")
    if failed:
        sys.exit(ExitCode.PARTIAL)


def _say_failures(readings: list[Reading]) -> int:
    for one in readings:
        if one.error:
            say(f"carecmon: release {one.release.id} ({one.release.edition}) cannot be read: {one.error}")
        for warning in one.warnings:
            say(f"carecmon: {warning}")
    return sum(bool(one.error) for one in readings)


def _confirmed(count: int) -> bool:
    if not (terminal() and sys.stdin.isatty()):
        return False
    return click.confirm(f"Record {'this' if count == 1 else f'these {count}'}?", err=True)


def _show(session: Session, found: list[Difference], read: int) -> None:
    from carecmon.cli import words
    from carecmon.cli.grid import grid

    for one in found:
        counts = one.recorded
        what = f"release {one.release.id} ({one.release.source} {one.release.edition})".replace(" )", ")")
        held = f" It would be held in quarantine: it {counts.quarantine}." if counts.quarantine else ""
        show(f"{what}: {counts.added} added, {counts.revised} revised, {counts.withdrawn} withdrawn.{held}")
        rows = [
            [c.kind, str(c.series), str(c.period), _number(c.before), _number(c.after), c.cell.raw if c.cell else ""]
            for c in one.changes[:_MOST]
        ]
        if rows:
            heads = ("Kind", "Series", "Period", "From", "To", "Printed")
            show(grid(heads, rows, right=("From", "To"), fold=("Series", "Printed"), cut=terminal()))
        if len(one.changes) > _MOST:
            show(f"and {len(one.changes) - _MOST} more")
    if not found and read:
        show(f"{words.count(read, 'stored answer')} read again: nothing differs.")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.12g}"
