"""The order of the releases of one source, kept as sparse numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from carecmon.model import Draft, Order
from carecmon.store.connection import Connection

GAP = 1 << 12


@dataclass(frozen=True, slots=True)
class Ranked:
    """A release as belief needs it. ``published`` is the day it counts from; ``since`` when it was last accepted."""

    id: int
    rank: int
    scope: int
    observed: str
    published: str
    since: str | None

    def always_seen_with(self, other: Ranked) -> bool:
        """Say whether whoever sees ``other``, on either axis and at any time, also sees this one."""
        return self.since is not None and self.since <= other.observed and self.published <= other.published


def ranked(connection: Connection, source: int) -> list[Ranked]:
    """Return the releases of a source in their order."""
    rows = connection.rows(
        "select id, rank, coalesce(scope, 0), observed, coalesce(published, substr(observed, 1, 10)), believed_since"
        " from release where source = ? order by rank",
        [source],
    )
    return [Ranked(*row) for row in rows]


def place(connection: Connection, source: int, draft: Draft, observed: str, rereads: int | None) -> int:
    """Return the rank of a draft among the releases of its source.

    In edition order an unknown day of publication counts as the day of observation, as it does on the published axis.
    """
    if draft.order is Order.OBSERVED and rereads is None:
        row = connection.first("select max(rank) from release where source = ?", [source])
        return ((row[0] if row else None) or 0) + GAP
    releases = _read(connection, source)
    ranks = [release.rank for release in releases]
    before = _position(releases, draft, observed, rereads)
    if before == len(ranks):
        return (ranks[-1] if ranks else 0) + GAP
    low, high = (ranks[before - 1] if before else 0), ranks[before]
    if high - low < 2:
        renumber(connection, source)
        low, high = before * GAP, (before + 1) * GAP
    return (low + high) // 2


@dataclass(frozen=True, slots=True)
class _Placed:
    id: int
    rank: int
    edition: str
    published: str
    observed: str
    rereads: int | None


def _read(connection: Connection, source: int) -> list[_Placed]:
    rows = connection.rows(
        "select id, rank, edition, coalesce(published, substr(observed, 1, 10)), observed, rereads"
        " from release where source = ? order by rank",
        [source],
    )
    return [_Placed(*row) for row in rows]


def _position(releases: list[_Placed], draft: Draft, observed: str, rereads: int | None) -> int:
    by_id = {release.id: release for release in releases}

    def root(release: _Placed) -> _Placed:
        while release.rereads is not None:
            release = by_id[release.rereads]
        return release

    if rereads is not None:
        answer = root(by_id[rereads]).id
        return max(place for place, release in enumerate(releases, 1) if root(release).id == answer)
    key = (natural(draft.edition), str(draft.published.day or observed[:10]), observed)
    return sum(
        (natural(first.edition), first.published, first.observed) <= key for first in (root(one) for one in releases)
    )


def natural(edition: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key that orders editions as people count them: 9 before 10, 2024 before 2024-05."""
    return tuple(
        (0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", edition) if part.strip(" -/.")
    )


def renumber(connection: Connection, source: int) -> None:
    """Space the ranks of a source evenly again, everywhere they are written."""
    connection.run("create temp table if not exists renumbered (old integer primary key, new integer not null) strict")
    connection.run("delete from renumbered")
    connection.run(
        "insert into renumbered select rank, row_number() over (order by rank) * ? from release where source = ?",
        [GAP, source],
    )
    new = "(select new from renumbered where old = rank)"
    mine = "stream in (select id from stream where source = ?)"
    for table, where in (("release", "source = ?"), ("observation", mine), ("cell", mine)):
        # Negative on the way, so that no new number meets one that is still old.
        connection.run(f"update {table} set rank = -{new} where {where}", [source])
        connection.run(f"update {table} set rank = -rank where {where}", [source])
