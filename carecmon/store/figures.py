"""How much there is in a store, and how it stands: numbers for whoever watches the watcher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from carecmon.store.times import moment

if TYPE_CHECKING:
    from carecmon.store.store import Store


@dataclass(frozen=True, slots=True)
class Figures:
    """``newest`` is the latest time that anything was written; ``waiting_since`` when the oldest open message was made.

    ``alerts`` are by state and severity, ``findings`` by severity, ``messages`` by state.
    """

    observations: int
    releases: int
    quarantined: int
    alerts: dict[tuple[str, str], int]
    findings: dict[str, int]
    messages: dict[str, int]
    waiting_since: datetime | None
    newest: datetime | None


def figures(store: Store) -> Figures:
    """Count, in one moment."""
    connection = store._connection
    with store.reading():
        numbers = connection.first(
            "select (select count(*) from observation), (select count(*) from release),"
            " (select count(*) from release where quarantine is not null and believed_since is null"
            " and not exists (select 1 from decision where release = release.id and not accepted)),"
            " (select min(max(created, due)) from delivery where state = 'queued'),"
            " (select max(at) from (select max(started) at from run union all select max(observed) from release))"
        ) or (0, 0, 0, None, None)
        alerts = connection.rows("select state, severity, count(*) from alert group by state, severity")
        messages = connection.rows("select state, count(*) from delivery group by state")
        found = store.findings()
    findings: dict[str, int] = {}
    for one in found:
        findings[one.finding.severity.value] = findings.get(one.finding.severity.value, 0) + 1
    observations, releases, quarantined, since, newest = numbers
    return Figures(
        observations,
        releases,
        quarantined,
        {(state, severity): count for state, severity, count in alerts},
        findings,
        dict(messages),
        moment(since) if since else None,
        moment(newest) if newest else None,
    )


def quick_check(store: Store) -> str:
    """Return what SQLite finds wrong with the file, empty where it is whole."""
    said = [str(line) for (line,) in store._connection.rows("pragma quick_check(5)")]
    return "" if said == ["ok"] else "; ".join(said)


def sqlite_version(store: Store) -> tuple[int, ...]:
    """Return the version of the SQLite that this store is opened with."""
    row = store._connection.first("select sqlite_version()")
    return tuple(int(part) for part in str(row[0]).split(".")) if row else ()
