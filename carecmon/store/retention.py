"""What may be thrown away in time: raw answers that a newer one has replaced, and logs. Never an observation."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from carecmon.store.times import stamp

if TYPE_CHECKING:
    from carecmon.store.store import Store


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much was thrown away."""

    answers: int = 0
    fetches: int = 0
    runs: int = 0
    decisions: int = 0

    def __bool__(self) -> bool:
        return bool(self.answers or self.fetches or self.runs or self.decisions)


def prune(store: Store, *, sources: Collection[str], raw: datetime | None, logs: datetime | None) -> Pruned:
    """Throw away what is older than ``raw`` and ``logs``; None keeps all of its kind.

    Raw answers go only where their source is one of ``sources``, and a later answer came from the same address.
    Of what was decided for people the newest about each alert stays, because only what differs from it is logged, and
    so does that a dead letter was reported. Runs go only where nothing names them: no release, verdict, transition or
    message; never the last that finished.
    """
    connection = store._connection
    with store.writing():
        fetches = runs = decisions = 0
        if logs is not None:
            connection.run("delete from fetch where at < ?", [stamp(logs)])
            fetches = _changes(store)
            connection.run(_DECISIONS, [stamp(logs)])
            decisions = _changes(store)
            connection.run(_RUNS, [stamp(logs)])
            runs = _changes(store)
        if raw is not None:
            for source in sorted(sources):
                connection.run(_ANSWERS, [source, stamp(raw)])
    # A file goes after the transaction: what is named is there, whatever happens in between.
    return Pruned(_unnamed(store) if raw is not None else 0, fetches, runs, decisions)


def _changes(store: Store) -> int:
    row = store._connection.first("select changes()")
    return int(row[0]) if row else 0


def _unnamed(store: Store) -> int:
    """Delete the files that no release names, those too that a crash left behind; return how many."""
    deleted = 0
    with store.writing():
        named = {digest for (digest,) in store._connection.rows("select distinct sha256 from answer")}
        for path in (store.path.parent / "raw").glob("??/*.gz"):
            if path.name.removesuffix(".gz") not in named:
                with suppress(OSError):
                    path.unlink()
                    deleted += 1
    return deleted


_DECISIONS = (
    "delete from delivery_log where at < ?"
    " and id not in (select max(id) from delivery_log where fingerprint is not null"
    " and what in ('tell', 'hold', 'skip') group by person, fingerprint)"
    " and not (what = 'reported' and delivery in (select id from delivery where state = 'dead'))"
)
_RUNS = (
    "delete from run where started < ? and id <> (select max(id) from run where finished is not null)"
    " and id <> (select max(id) from run)"
    " and not exists (select 1 from release where run = run.id)"
    " and not exists (select 1 from fetch where run = run.id)"
    " and not exists (select 1 from assessment where run = run.id)"
    " and not exists (select 1 from transition where run = run.id)"
    " and not exists (select 1 from delivery where run = run.id)"
    " and not exists (select 1 from delivery_log where run = run.id)"
)
_ANSWERS = (
    "delete from answer where release in (select old.id from release old join source on source.id = old.source"
    " where source.name = ?1 and old.observed < ?2 and exists (select 1 from release newer join answer kept"
    " on kept.release = newer.id where newer.source = old.source and newer.url = old.url"
    " and newer.document = old.document and newer.id > old.id))"
)
