"""``carecmon ingest``: a published file, handed over instead of fetched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import data_format, say, show, write_objects
from carecmon.cli.session import Session, unknown
from carecmon.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from carecmon.ingest import Ingested
    from carecmon.model import Published, Source

#: So many revised values are shown before they are recorded; carecmon revisions lists all afterwards.
_SHOWN = 10

INGESTED = (
    *("source", "edition", "files", "digest", "release", "added", "revised", "withdrawn", "unchanged"),
    *("quarantine", "same_as", "warnings", "error", "dry_run"),
)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, metavar="SOURCE", help="The source that published them.")
@click.option("--edition", default="", help="Which edition they are, such as 2025; documents need one.")
@click.option("--published", metavar="DATE", help="When it was published: 2025-05-30, 2025-05 or 2025.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would be recorded, and revised.")
@click.option("--in-process", is_flag=True, help="Read them without a worker process, to debug the plugin.")
@data_format()
@click.pass_obj
def ingest(
    session: Session,
    files: tuple[Path, ...],
    name: str,
    edition: str,
    published: str | None,
    dry_run: bool,
    in_process: bool,
    form: str,
) -> None:
    """Record published files (CSV, .xlsx) as a release of SOURCE.

    Several files are one release. A file is taken whole or refused. Exits with 1 where it could not be read, or is
    held in quarantine. The next carecmon check judges what it says.
    """
    from carecmon import ingest as ingesting

    done = ingesting.ingest(
        session.settings,
        session.registry,
        files,
        _source(session, name),
        now=session.now,
        edition=edition.strip(),
        published=_published(published),
        dry_run=dry_run,
        in_process=in_process,
    )
    if form == "table":
        _say(session, done)
    else:
        write_objects(form, [_object(done)], INGESTED)
    held = done.recorded is not None and done.recorded.quarantine is not None
    sys.exit(ExitCode.PARTIAL if done.error or held else ExitCode.OK)


def _source(session: Session, name: str) -> Source:
    sources = session.registry.sources
    if name not in sources:
        raise unknown("source", name, sorted(sources), "carecmon sources")
    if not sources[name].files:
        able = ", ".join(sorted(source.id for source in sources.values() if source.files))
        raise UsageError(f"the source {name} reads no files that are handed over; those that do: {able or 'none'}")
    return sources[name]


def _published(text: str | None) -> Published:
    from carecmon.model import Published

    try:
        return Published.parse(text)
    except ValueError as error:
        raise UsageError(f"--published: {error}") from error


def _say(session: Session, done: Ingested) -> None:
    for warning in done.warnings:
        say(f"carecmon: {warning}", quiet=session.quiet)
    recorded = done.recorded
    if recorded is None:
        say(f"carecmon: {done.source}: {done.error}\ncarecmon: nothing was recorded")
        return
    what = f"{done.source} {done.edition}".strip()
    if recorded.release is None:
        same = f": release {done.same_as} is made of the same" if done.same_as is not None else ""
        show(f"{what}: nothing new in {', '.join(done.files)}{same}")
        return
    named = "would be recorded" if done.dry_run else f"recorded as release {recorded.release}"
    counts = (f"{getattr(recorded, kind):,} {kind}" for kind in ("added", "revised", "withdrawn", "unchanged"))
    show(f"{what}: {named}: {', '.join(counts)}", f"SHA-256 {done.digest}")
    if done.dry_run:
        _show_changes(session, done)
    if recorded.quarantine is not None:
        say(f"carecmon: held in quarantine, not believed: it {recorded.quarantine}")
        if not done.dry_run:
            say(f"carecmon: to believe it nevertheless: carecmon releases accept {recorded.release}")
    elif not done.dry_run:
        say("carecmon: carecmon check judges it", quiet=session.quiet)


def _show_changes(session: Session, done: Ingested) -> None:
    from carecmon.cli.words import value_text

    for one in done.changes[:_SHOWN]:
        indicator = session.indicators.get(one.series.indicator)
        was, now = (
            "nothing" if value is None else value_text(value, indicator) if indicator else f"{value:.12g}"
            for value in (one.before, one.after)
        )
        show(f"  {one.kind}: {one.series} {one.period}: {was} to {now}")
    if len(done.changes) > _SHOWN:
        show(f"  and {len(done.changes) - _SHOWN:,} more")


def _object(done: Ingested) -> dict[str, Any]:
    recorded = done.recorded
    counts: dict[str, Any] = dict.fromkeys(("release", "added", "revised", "withdrawn", "unchanged", "quarantine"))
    if recorded is not None:
        counts = {name: getattr(recorded, name) for name in counts}
    values = {
        "source": done.source,
        "edition": done.edition,
        "files": list(done.files),
        "digest": done.digest or None,
        **counts,
        "same_as": done.same_as,
        "warnings": list(done.warnings),
        "error": done.error or None,
        "dry_run": done.dry_run,
    }
    return {name: values[name] for name in INGESTED}
