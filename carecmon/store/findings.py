"""Findings by id: first and last seen, gone, and who acknowledged them. Nothing of that is ever overwritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from carecmon.errors import UsageError
from carecmon.model import Finding
from carecmon.store import plain
from carecmon.store.connection import Connection
from carecmon.store.times import moment, moment_or_none, stamp, stamp_or_none


@dataclass(frozen=True, slots=True)
class FindingAcknowledgement:
    """Somebody acknowledges a finding, or, where ``withdrawn``, takes that back. ``at`` is None where nobody knows."""

    at: datetime | None
    author: str
    reason: str
    withdrawn: bool = False

    def __str__(self) -> str:
        return f"{self.author}: {self.reason}" if self.author and self.reason else self.author or self.reason


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding as stored. ``gone`` is when a run no longer found it, None while it stands.

    Of the ``acknowledgements``, oldest first, the last one counts.
    """

    finding: Finding
    first_seen: datetime
    last_seen: datetime
    gone: datetime | None
    acknowledgements: tuple[FindingAcknowledgement, ...] = ()


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
    said = _acknowledgements(connection)
    rows = connection.rows(
        "select id, content, first_seen, last_seen, gone from finding"
        f"{'' if gone else ' where gone is null'} order by first_seen, id"
    )
    return [
        KeptFinding(
            replace(plain.finding(content), acknowledged=_in_force(said.get(id, ()))),
            moment(first),
            moment(last),
            moment_or_none(went),
            tuple(said.get(id, ())),
        )
        for id, content, first, last, went in rows
    ]


def acknowledge(connection: Connection, finding: str, made: FindingAcknowledgement) -> None:
    """Keep an acknowledgement, or that it is taken back.

    Raise UsageError where there is no finding of this id, it is acknowledged already, or there is nothing to take back.
    """
    if connection.first("select 1 from finding where id = ?", [finding]) is None:
        raise UsageError(f"there is no finding {finding!r}; `carecmon findings` lists those that there are")
    now = _in_force(_acknowledgements(connection, finding).get(finding, ()))
    if made.withdrawn and now is None:
        raise UsageError(f"finding {finding} is not acknowledged; there is nothing to withdraw")
    if not made.withdrawn and now is not None:
        raise UsageError(
            f"finding {finding} is acknowledged already, by {now}; to say something else, --withdraw first"
        )
    connection.run(
        "insert into finding_acknowledgement (finding, at, author, reason, withdrawn) values (?, ?, ?, ?, ?)",
        [finding, stamp_or_none(made.at), made.author, made.reason, made.withdrawn],
    )


def _acknowledgements(connection: Connection, finding: str | None = None) -> dict[str, list[FindingAcknowledgement]]:
    rows = connection.rows(
        "select finding, at, author, reason, withdrawn from finding_acknowledgement"
        " where ?1 is null or finding = ?1 order by id",
        [finding],
    )
    found: dict[str, list[FindingAcknowledgement]] = {}
    for id, at, author, reason, withdrawn in rows:
        found.setdefault(id, []).append(FindingAcknowledgement(moment_or_none(at), author, reason, bool(withdrawn)))
    return found


def _in_force(all_of: Sequence[FindingAcknowledgement]) -> str | None:
    return str(all_of[-1]) if all_of and not all_of[-1].withdrawn else None
