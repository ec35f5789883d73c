"""Fetches: what asking a source gave, and what the next fetch of it is handed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carecmon.model import Release
from carecmon.model.fetching import NOT_BELIEVED
from carecmon.store import releases
from carecmon.store.connection import Connection
from carecmon.store.interned import find_source, source_id
from carecmon.store.times import moment_or_none, stamp, stamp_or_none

_FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a source before it is asked.

    ``newest`` is last in its order among those that are believed. ``state`` is what the newest answer carried, and
    under ``NOT_BELIEVED`` addresses, where there are any. ``digests`` are what each edition of each document
    said last, (edition, digest, reader version) to release id. ``failures`` counts failed fetches since the last one
    that did not fail.
    """

    newest: Release | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    digests: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    last_ok: datetime | None = None
    last_try: datetime | None = None
    failures: int = 0
    backoff_until: datetime | None = None
    last_error: str | None = None


def known(connection: Connection, source: str) -> Known:
    """Return what is known of a source; nothing of one that never was asked."""
    number = find_source(connection, source)
    if number is None:
        return Known()
    rows = connection.rows(
        "select edition, digest, reader_version, id from release where source = ? and digest = (select newest.digest"
        " from release newest where newest.source = release.source and newest.edition = release.edition"
        " and newest.document = release.document order by newest.id desc limit 1) order by id",
        [number],
    )
    state, ok, tried, failures, backoff, error = connection.first(
        "select state, last_ok, last_try, failures, backoff_until, last_error from fetch_state where source = ?",
        [number],
    ) or ("{}", None, None, 0, None, None)
    return Known(
        releases.newest(connection, number),
        json.loads(state) | _not_believed(connection, number),
        {(edition, digest, version): release for edition, digest, version, release in rows},
        moment_or_none(ok),
        moment_or_none(tried),
        failures,
        moment_or_none(backoff),
        error,
    )


def _not_believed(connection: Connection, source: int) -> dict[str, list[str]]:
    # A reading of a believed answer that is held back leaves it believed, but not one from before another answer came.
    rows = connection.rows(
        "select url from release where source = ? and believed_since is null and url <> '' and not exists"
        " (select 1 from release later where later.source = release.source and later.url = release.url"
        " and later.rank > release.rank) and not exists"
        " (select 1 from release reading where reading.source = release.source and reading.url = release.url"
        " and reading.digest = release.digest and reading.believed_since is not null and not exists"
        " (select 1 from release other where other.source = release.source and other.url = release.url"
        " and other.digest <> release.digest and other.rank > reading.rank)) order by url",
        [source],
    )
    return {NOT_BELIEVED: [url for (url,) in rows]} if rows else {}


def note_state(connection: Connection, source: int, state: Mapping[str, Any]) -> None:
    """Keep what the next fetch is handed."""
    # Who keeps all of what it was handed would keep for ever what was not believed for a day.
    kept = {name: value for name, value in state.items() if name != NOT_BELIEVED}
    connection.run(
        "insert into fetch_state (source, state, failures) values (?, ?, 0)"
        " on conflict (source) do update set state = excluded.state",
        [source, json.dumps(kept, ensure_ascii=False, sort_keys=True)],
    )


def note(
    connection: Connection,
    source: str,
    run: int | None,
    now: datetime,
    outcome: str,
    error: str | None,
    state: Mapping[str, Any] | None,
    retry_after: datetime | None,
) -> None:
    """Keep what asking a source gave; an outcome other than ``failed`` ends a row of failures."""
    number = source_id(connection, source)
    at = stamp(now)
    connection.run(
        "insert into fetch (source, run, at, outcome, error) values (?, ?, ?, ?, ?)", [number, run, at, outcome, error]
    )
    if state is not None:
        note_state(connection, number, state)
    failed = outcome == _FAILED
    connection.run(
        "insert into fetch_state (source, state, last_ok, last_try, failures, backoff_until, last_error)"
        " values (?1, '{}', ?2, ?3, ?4, ?5, ?6) on conflict (source) do update set"
        " last_ok = coalesce(?2, last_ok), last_try = ?3, failures = iif(?4, failures + 1, 0),"
        " backoff_until = ?5, last_error = ?6",
        [number, None if failed else at, at, int(failed), stamp_or_none(retry_after), error if failed else None],
    )
