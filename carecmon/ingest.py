"""A published file that a person hands over becomes a release, on the same way as what carecmon collects itself."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from carecmon.collect.gather import Failed, Gathered, Request, gather
from carecmon.config import Settings
from carecmon.errors import UsageError
from carecmon.holding import held_back
from carecmon.model import Document, Draft, Order, Period, Published, Recorded, Source
from carecmon.registry import Registry
from carecmon.store import Revision, Store

#: No published table of ours comes near; what is larger belongs to a source that fetches.
MOST_BYTES = 128 << 20
#: Some people type the date of a day that has not begun in UTC.
_FIRST_TO_SEE_A_DAY = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the files. ``recorded`` is None where they could not be read, and ``error`` says why.

    ``recorded.release`` is None where nothing new was in them; ``same_as`` then is the release that holds the very
    same files, if one does. ``digest`` is the SHA-256 of names and contents together. ``changes`` are the cells that
    they revise or withdraw.
    """

    source: str
    edition: str
    files: tuple[str, ...]
    digest: str = ""
    recorded: Recorded | None = None
    same_as: int | None = None
    warnings: tuple[str, ...] = ()
    error: str = ""
    dry_run: bool = False
    changes: tuple[Revision, ...] = ()


class _NothingNewError(Exception):
    """Takes back what a transaction wrote."""


def ingest(
    settings: Settings,
    registry: Registry,
    files: Sequence[Path],
    source: Source,
    *,
    now: datetime,
    edition: str = "",
    published: Published | None = None,
    dry_run: bool = False,
    in_process: bool = False,
) -> Ingested:
    """Read ``files`` as one release of ``source`` and record it; with ``dry_run`` in a copy of the store.

    1. See that the source reads such files, and that it is known which edition they are.
    2. Let its plugin parse them, in a process of its own, within its limits.
    3. Record what it states, in one transaction; the same files again record nothing.

    Raises UsageError for what cannot be asked, StoreError where the store cannot be used.
    """
    _check_dates(source, edition, published, now)
    document = _document(files, source, edition, published)
    place = registry.places[registry.owner_of_source[source.id]]
    preferring = frozenset(name for name in settings.watched if source.id in settings.watch[name].prefer)
    asked = Request(replace(source, documents=(document,), fetch=None), place, feeds=preferring)
    names = tuple(path.name for path in files)
    for answer in gather(
        [asked],
        indicators=registry.indicators,
        today=now.date(),
        in_process=in_process,
        skip_unknown=registry.incomplete,
    ):
        if isinstance(answer, Failed):
            error = answer.error.removeprefix(f"{source.id}: ")  # whoever prints it says of which source
            return Ingested(source.id, edition, names, error=error, dry_run=dry_run)
        if isinstance(answer, Gathered):
            done = Ingested(source.id, edition, names, answer.draft.digest, None, None, answer.warnings, "", dry_run)
            return _record(settings, registry, done, answer, now)
    return Ingested(source.id, edition, names, error="nothing came of the files", dry_run=dry_run)


def _check_dates(source: Source, edition: str, published: Published | None, now: datetime) -> None:
    """Refuse what would be believed before everything else, or be invisible to whoever looks back."""
    own = sorted({document.edition for document in source.documents if document.edition})
    known = f"; those of {source.id} are {', '.join(own)}" if own else ""
    try:
        begins = Period.parse(edition).start if edition else now.date()
    except ValueError:
        if not any(_form(edition) == _form(one) for one in own):
            raise UsageError(
                f"--edition: found {edition!r}, which does not look like an edition; write the year or the time of it:"
                f" 2025, 2025-06, 2025-Q2 or 2025-06-30{known}"
            ) from None
        begins = now.date()
    if begins.year > now.year + 1:
        raise UsageError(f"--edition: found {edition}, which is years ahead of today, {now:%Y-%m-%d}{known}")
    if (
        published is not None
        and published.day is not None
        and _first_day(published) > (now + _FIRST_TO_SEE_A_DAY).date()
    ):
        raise UsageError(f"--published: {published} is in the future; today is {now:%Y-%m-%d} (UTC)")


def _form(edition: str) -> str:
    return re.sub(r"[0-9]+", "0", edition)


def _first_day(published: Published) -> date:
    return Period.parse(str(published)).start


def _document(files: Sequence[Path], source: Source, edition: str, published: Published | None) -> Document:
    kinds = " or ".join(source.files)
    if not source.files:
        raise UsageError(f"the source {source.id} reads no files that are handed over; carecmon sources lists them all")
    if source.order is Order.EDITION and not edition:
        raise UsageError(f"the releases of {source.id} are ordered by edition; say which one with --edition")
    for path in files:
        if not path.is_file():
            raise UsageError(f"{path}: {'it is no file' if path.exists() else 'there is no such file'}")
        if path.suffix.casefold() not in source.files:
            raise UsageError(f"{path}: {source.id} reads {kinds} files, not {path.suffix or 'those without a suffix'}")
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: it is larger than {MOST_BYTES >> 20} MiB, which no file of {source.id} is")
    if len({path.name for path in files}) < len(files):
        raise UsageError("two of the files have the same name; rename one of them")
    if any(document.id == f"{source.id}-{edition}" for document in source.documents):
        raise UsageError(f"the edition {edition} of {source.id} comes with carecmon")
    return Document(
        f"{source.id}-{edition}" if edition else " + ".join(path.name for path in files),
        edition,
        tuple(files),
        published=published or Published.parse(None),
        note=f"ingested: {', '.join(path.name for path in files)}",
    )


def _record(settings: Settings, registry: Registry, done: Ingested, answer: Gathered, now: datetime) -> Ingested:
    def into(database: Path) -> Ingested:
        with Store.open(database) as store:
            return _into(store, done, held_back(answer, settings, registry, store), now)

    if not done.dry_run:
        return into(settings.database)
    with tempfile.TemporaryDirectory(prefix="carecmon-") as folder:
        copy = Path(folder) / settings.database.name
        if Store.exists(settings.database):
            with Store.open_readonly(settings.database) as store:
                store.backup(copy)
        return into(copy)


def _into(store: Store, done: Ingested, draft: Draft, now: datetime) -> Ingested:
    same = _same_files(store, draft)
    recorded = Recorded(None)
    try:
        with store.writing():
            recorded = store.record(draft, now, None)
            changed = recorded.added or recorded.revised or recorded.withdrawn
            # Renamed, the same file has another digest, but it says nothing new.
            if same is not None and recorded.release is not None and not changed:
                raise _NothingNewError
    except _NothingNewError:
        recorded = replace(recorded, release=None)
    changes: tuple[Revision, ...] = ()
    if recorded.release is not None and (recorded.revised or recorded.withdrawn):
        changes = tuple(one for one in store.revisions() if one.release == recorded.release and one.kind != "added")
    return replace(done, recorded=recorded, changes=changes, same_as=same if recorded.release is None else None)


def _same_files(store: Store, draft: Draft) -> int | None:
    """Return the newest release of the same edition that was made of files with the very same content."""
    contents = sorted(hashlib.sha256(content).hexdigest() for content in draft.body.values())
    read_alike = (draft.edition, draft.reader_version)
    for release in reversed(store.releases(draft.source)):
        alike = (release.edition, release.reader_version) == read_alike
        if alike and sorted(store.answers(release.id).values()) == contents:
            return release.id
    return None
