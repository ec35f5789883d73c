"""Stored raw answers, read again by the reader that is installed now: what would change, and then the change itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from carecmon.collect.gather import Failed, Gathered, Request, gather
from carecmon.config import Settings
from carecmon.errors import UsageError
from carecmon.holding import held_back
from carecmon.model import Document, Draft, Recorded, Release, Source
from carecmon.registry import Registry
from carecmon.store import Revision, Store


@dataclass(frozen=True, slots=True)
class Reading:
    """One stored answer, read again. ``error`` says why it could not be; then there is no draft."""

    release: Release
    draft: Draft | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reading changes: the cells of the release it reads again, and what the store makes of it."""

    release: Release
    recorded: Recorded
    changes: tuple[Revision, ...]

    @property
    def changed(self) -> bool:
        """Whether it says anything else than the reading before."""
        return bool(self.recorded.added or self.recorded.revised or self.recorded.withdrawn)


class _UndoneError(Exception):
    """Takes back what a transaction wrote."""


def read_again(
    settings: Settings, registry: Registry, store: Store, source: Source, *, now: datetime, in_process: bool = False
) -> list[Reading]:
    """Parse every stored answer of ``source`` again, in a worker, within its limits and by its contract; offline.

    Of an answer that was read several times the last reading is what is read again. Raises UsageError where nothing
    is stored, StoreError where a raw answer is missing or damaged.
    """
    releases = [one for one in _last_readings(store, source.id) if store.answers(one.id)]
    if not releases:
        raise UsageError(f"no raw answer of {source.id} is stored; carecmon releases list shows what is")
    with tempfile.TemporaryDirectory(prefix="carecmon-") as folder:
        documents = [_document(store, one, Path(folder) / str(one.id)) for one in releases]
        preferring = frozenset(name for name in settings.watched if source.id in settings.watch[name].prefer)
        place = registry.places[registry.owner_of_source[source.id]]
        found: list[Reading] = []
        for release, document in zip(releases, documents, strict=True):
            asked = Request(replace(source, documents=(document,), fetch=None), place, feeds=preferring)
            answers = gather(
                [asked],
                indicators=registry.indicators,
                today=now.date(),
                in_process=in_process,
                skip_unknown=registry.incomplete,
            )
            for answer in answers:
                if isinstance(answer, Failed):
                    found.append(Reading(release, None, answer.error))
                elif isinstance(answer, Gathered):
                    draft = answer.draft if _bundled(source, release) else held_back(answer, settings, registry, store)
                    found.append(Reading(release, _draft(store, release, draft), "", answer.warnings))
        return found


def difference(store: Store, readings: Sequence[Reading], now: datetime) -> list[Difference]:
    """Return what recording the readings would change; nothing stays recorded."""
    found: list[Difference] = []
    try:
        with store.writing():
            found = list(_recorded(store, readings, now))
            raise _UndoneError
    except _UndoneError:
        return found


def record(store: Store, readings: Sequence[Reading], now: datetime) -> list[Difference]:
    """Record the readings that change something, in one transaction, each directly after what it reads again."""
    with store.writing():
        return list(_recorded(store, readings, now))


def _recorded(store: Store, readings: Sequence[Reading], now: datetime) -> Iterator[Difference]:
    for one in readings:
        if one.draft is None:
            continue
        recorded = store.record(one.draft, now, None)
        changes = tuple(r for r in store.revisions(now) if r.release == recorded.release)
        yield Difference(one.release, recorded, changes)


def _bundled(source: Source, release: Release) -> bool:
    """Say whether what is read again is a document that the plugin bundles, which is never held back."""
    return any(document.edition == release.edition for document in source.documents)


def _last_readings(store: Store, source: str) -> list[Release]:
    """Return, of each answer, its last reading: readings of one answer follow each other."""
    last: dict[tuple[str, str], Release] = {}
    for release in store.releases(source):
        last[release.edition, release.digest] = release
    return list(last.values())


def _document(store: Store, release: Release, folder: Path) -> Document:
    folder.mkdir()
    paths = []
    for name, digest in store.answers(release.id).items():
        path = folder / name.replace("/", "_")
        path.write_bytes(store.raw.get(digest))
        paths.append(path)
    return Document(
        store.care.document(release.id),
        release.edition,
        tuple(paths),
        "",
        release.published,
        release.url,
        (),
        release.note,
    )


def _draft(store: Store, release: Release, draft: Draft) -> Draft:
    """Return the draft as another reading of ``release``; under its own version where that one has read it before."""
    again = sum(one.digest == release.digest and one.edition == release.edition for one in store.releases())
    version = draft.reader_version
    if release.reader_version.partition(" ")[0] == version:
        version = f"{version} (reading {again + 1})"
    return replace(
        draft, batches=list(draft.batches), digest=release.digest, rereads=release.id, reader_version=version
    )
