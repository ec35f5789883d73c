"""Findings by id: first and last seen, acknowledged, gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from carecmon.errors import UsageError
from carecmon.model import Finding
from carecmon.store import plain
from carecmon.store.connection import Connection
from carecmon.store.times import moment, moment_or_none, stamp


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding as stored. ``gone`` is when a run no longer found it, None while it stands."""

    finding: Finding
    first_seen: datetime
    last_seen: datetime
    gone: datetime | None


def save(connection: Connection, now: datetime, found: Iterable[Finding], standing: Collection[str]) -> None:
    """Store what the checks find now; what is not found, nor (by its id) ``standing`` all the same, is gone."""
    at = stamp(now)
    there = set(standing)
    for one in found:
        there.add(one.id)
        connection.run(
            "insert into finding (id, indicator, source, first_seen, last_seen, content)"
            " values (?1, ?2, ?3, ?4, ?4, ?5)"
            " on conflict (id) do update set last_seen = excluded.last_seen, gone = null, content = excluded.content",
            [one.id, one.series.indicator if one.series else None, one.source, at, plain.dump(one)],
        )
    open_ = connection.rows("select id from finding where gone is null")
    connection.many("update finding set gone = ? where id = ?", [(at, id) for (id,) in open_ if id not in there])


def read(connection: Connection, *, gone: bool) -> list[KeptFinding]:
    """Return the findings that stand, and with ``gone`` those that do not any more, oldest first."""
    rows = connection.rows(
        "select content, acknowledged, first_seen, last_seen, gone from finding"
        f"{'' if gone else ' where gone is null'} order by first_seen, id"
    )
    return [
        KeptFinding(
            replace(plain.finding(content), acknowledged=acknowledged),
            moment(first),
            moment(last),
            moment_or_none(went),
        )
        for content, acknowledged, first, last, went in rows
    ]


def acknowledge(connection: Connection, finding: str, text: str | None) -> None:
    """Note who accepts a finding and why, or with None that nobody does any more.

    Raise UsageError where there is no finding of this id, somebody has accepted it already, or nobody has.
    """
    row = connection.first("select acknowledged from finding where id = ?", [finding])
    if row is None:
        raise UsageError(f"there is no finding {finding!r}; `carecmon findings` lists those that there are")
    if text is None and row[0] is None:
        raise UsageError(f"finding {finding} is not acknowledged; there is nothing to withdraw")
    if text is not None and row[0] is not None:
        raise UsageError(
            f"finding {finding} is acknowledged already, by {row[0]}; to say something else, --withdraw first"
        )
    connection.run("update finding set acknowledged = ? where id = ?", [text, finding])
