"""What keeps elided cells true when the set of accepted releases changes.

A release without a row at a cell that it covers says what the nearest accepted row before it says. So before a
release comes between the two, or the one relied upon goes, the later one gets a row of its own.

What holds between changes, at each cell without a row of a release that covers it:
- accepted: the nearest accepted row before it says the same and is seen by everybody who sees the release; or
  there is none, and the release does not state the cell;
- not accepted: there is no accepted row before it, and the release does not state the cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from carecmon.store.compare import INSERT, WITHDRAWN
from carecmon.store.connection import Connection
from carecmon.store.coverage import spans
from carecmon.store.ranks import Ranked

#: value, status, note
Content = tuple[float | None, int, int | None]
NOTHING: Content = (None, WITHDRAWN, None)
Cell = Mapping[int, Content]


@dataclass(frozen=True, slots=True)
class Heir:
    """A row that a later release needs, and the rank whose cell stands for its own."""

    rank: int
    content: Content
    copied_from: int | None


def heirs(
    cell: Cell, here: Ranked, leaving: bool, accepted: Mapping[int, Ranked], later: Iterable[Ranked]
) -> list[Heir]:
    """Return the rows that the releases ``later`` in order, which cover this cell, need before ``here`` changes.

    ``cell`` are its rows by rank, ascending; ``accepted`` the other accepted releases by rank.
    """
    before = max((rank for rank in cell if rank < here.rank and rank in accepted), default=None)
    relied_on = here.rank if leaving else before
    content = NOTHING if relied_on is None else cell[relied_on]
    nearest = accepted[before] if before is not None else None
    says = cell[before] if before is not None else NOTHING
    if not leaving:
        nearest, says = here, cell[here.rank]
    found: list[Heir] = []
    for release in later:
        if release.rank in cell:
            if release.since is not None:
                break
            continue
        states = content if release.since is not None else NOTHING
        if nearest is None:
            needed = states[1] != WITHDRAWN
        else:
            needed = release.since is None or says != states or not nearest.always_seen_with(release)
        if needed:
            found.append(Heir(release.rank, states, relied_on if states[1] != WITHDRAWN else None))
            if release.since is not None:
                nearest, says = release, states
    return found


def secure(connection: Connection, here: Ranked, releases: Iterable[Ranked], *, leaving: bool) -> None:
    """Write the rows that later releases need before ``here`` joins, or leaves, the accepted ones."""
    others = [release for release in releases if release.id != here.id]
    later = [release for release in others if release.rank > here.rank]
    if not later:
        return
    accepted = {release.rank: release for release in others if release.since is not None}
    covered = {release.scope: spans(connection, release.scope) for release in later}
    for stream in spans(connection, here.scope):
        covering = [(release, covered[release.scope].get(stream)) for release in later]
        reach = [(release, span) for release, span in covering if span is not None]
        if not reach:
            continue
        found: list[tuple[int, Heir]] = []
        for period, cell in _cells(connection, stream):
            if here.rank in cell:
                covering_here = [release for release, span in reach if span.covers(period)]
                found += [(period, heir) for heir in heirs(cell, here, leaving, accepted, covering_here)]
        _write(connection, stream, found)


def materialise(connection: Connection, here: Ranked, releases: Iterable[Ranked]) -> None:
    """Write the full statement of a release as rows, so that it rests on no other."""
    accepted = {release.rank for release in releases if release.since is not None and release.rank < here.rank}
    for stream, span in spans(connection, here.scope).items():
        found: list[tuple[int, Heir]] = []
        for period, cell in _cells(connection, stream):
            if here.rank in cell or not span.covers(period):
                continue
            before = max((rank for rank in cell if rank in accepted), default=None)
            if before is not None:
                found.append((period, Heir(here.rank, cell[before], before)))
        _write(connection, stream, found)


def _cells(connection: Connection, stream: int) -> Iterator[tuple[int, dict[int, Content]]]:
    cells: defaultdict[int, dict[int, Content]] = defaultdict(dict)
    for period, rank, value, status, note in connection.rows(
        "select period, rank, value, status, note from observation where stream = ? order by period, rank", [stream]
    ):
        cells[period][rank] = (value, status, note)
    yield from cells.items()


def _write(connection: Connection, stream: int, rows: list[tuple[int, Heir]]) -> None:
    if not rows:
        return
    connection.many(INSERT, [(stream, period, row.rank, *row.content) for period, row in rows])
    connection.many(
        'insert or ignore into cell select stream, period, ?, document, location, "row", "column", raw, lower, upper,'
        " sample_size from cell where stream = ? and period = ? and rank = ?",
        [(row.rank, stream, period, row.copied_from) for period, row in rows if row.copied_from is not None],
    )
