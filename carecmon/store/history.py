"""The past of a series: what each release said of it, release by release; statements as printed; revisions."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import groupby

from carecmon.model import NOT_RECORDED, Cell, Observation, ObservationStatus, Order, Period, Published, Series
from carecmon.store.beliefs import Reader, note_text
from carecmon.store.compare import WITHDRAWN
from carecmon.store.connection import Connection
from carecmon.store.coverage import Span, span, spans
from carecmon.store.releases import Edition, Seen, When, edition
from carecmon.store.succession import Content

#: cell, lower, upper, sample size
Place = tuple[Cell | None, float | None, float | None, int | None]
_NOWHERE: Place = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Vintage:
    """What one release says about one period of a series. ``cell`` is None where the source has none."""

    series: Series
    period: Period
    value: float | None
    status: ObservationStatus
    note: str | None
    source: str
    edition: str
    published: Published
    observed: datetime
    release: int
    cell: Cell | None = None
    lower: float | None = None
    upper: float | None = None
    sample_size: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A cell of which two releases of one source, next to each other in its order, say different things.

    ``kind`` is added, revised or withdrawn; ``before`` and ``after`` are the values, in the indicator's unit.
    ``cell`` is where the new value is printed and ``was`` where the old one is, None where the source has no cell.
    """

    kind: str
    series: Series
    period: Period
    before: float | None
    after: float | None
    source: str
    edition: str
    published: Published
    observed: datetime
    release: int
    status: ObservationStatus = ObservationStatus.NORMAL
    cell: Cell | None = None
    was: Cell | None = None


class Past:
    """Reads vintages as of one moment."""

    def __init__(self, connection: Connection, when: When) -> None:
        self._connection = connection
        self._reader = Reader(connection, when)
        self._spans: dict[tuple[int, int], Span | None] = {}

    def of(self, series: Series, streams: list[tuple[int, int]], *, vintages: bool) -> Iterator[Vintage]:
        """Yield the vintages of one series by source, period and order; without ``vintages`` the believed ones."""
        for stream, source in streams:
            seen = self._reader.seen.get(source)
            if seen is None:
                continue
            places = _places(self._connection, stream)
            stated = self._all(stream, seen) if vintages else self._believed(stream, seen)
            for period, content, said_by, at in stated:
                place = places.get((period, said_by.rank)) or places.get((period, at), _NOWHERE)
                yield self._vintage(series, period, content, said_by, place)

    def everything(self, *, vintages: bool) -> Iterator[Vintage]:
        """Yield the vintages of every series, sorted by series."""
        for series, streams in self._reader.streams():
            yield from self.of(series, streams, vintages=vintages)

    def series(self, series: Series, *, vintages: bool) -> Iterator[Vintage]:
        """Yield the vintages of one series."""
        for found, streams in self._reader.streams([series.indicator]):
            if found == series:
                yield from self.of(series, streams, vintages=vintages)

    def revisions(self, since: datetime | None) -> Iterator[Revision]:
        """Yield what differs between neighbouring releases, of those observed at ``since`` or later."""
        late = {source: _ranks(seen, since) for source, seen in self._reader.seen.items()}
        touched = None if since is None else self._touched(late)
        for series, streams in self._reader.streams():
            for stream, source in streams:
                seen = self._reader.seen.get(source)
                if seen is None or (touched is not None and stream not in touched):
                    continue
                periods = None if touched is None else touched[stream]
                yield from self._revisions(series, stream, seen, late[source], periods)

    def _touched(self, late: dict[int, frozenset[int]]) -> dict[int, set[int]]:
        """Return the periods, by stream, of which a release with one of these ranks says something new."""
        found: dict[int, set[int]] = {}
        for source, ranks in late.items():
            rows = self._connection.rows(
                "select stream, period from stream cross join observation on observation.stream = stream.id"
                f" where source = ? and rank in ({','.join(map(str, sorted(ranks)))})",
                [source],
            )
            for stream, period in rows:
                found.setdefault(stream, set()).add(period)
        return found

    def _believed(self, stream: int, seen: Seen) -> Iterator[tuple[int, Content, Edition, int]]:
        for period, value, status, note, rank in self._reader.latest(stream, seen):
            if status != WITHDRAWN:
                yield period, (value, status, note), self._last_speaker(stream, period, rank, seen), rank

    def _all(self, stream: int, seen: Seen) -> Iterator[tuple[int, Content, Edition, int]]:
        for period, cell in self._cells(stream, seen):
            before: Content | None = None
            at = 0
            for release in self._speakers(stream, period, cell, seen):
                own = cell.get(release.rank)
                if own is not None:
                    at = release.rank
                says = own or before
                silent = says is None or (says[1] == WITHDRAWN and (before is None or before[1] == WITHDRAWN))
                again = says == before and release.ordering != Order.EDITION
                if says is not None and not silent and not again:
                    yield period, says, release, at
                before = says

    def _revisions(
        self, series: Series, stream: int, seen: Seen, ranks: frozenset[int], periods: set[int] | None
    ) -> Iterator[Revision]:
        places: dict[tuple[int, int], Place] | None = None
        for period, cell in self._cells(stream, seen, periods):
            before: Content | None = None
            last = 0
            for rank, after in cell.items():
                kind = _kind(before, after) if rank in ranks else None
                if kind is not None:
                    one = seen.releases[rank].release
                    places = _places(self._connection, stream) if places is None else places
                    yield Revision(
                        kind, series, Period.from_key(period), before[0] if before else None, after[0], one.source,
                        one.edition, one.published, one.observed, one.id, ObservationStatus(after[1]),
                        places.get((period, rank), _NOWHERE)[0], places.get((period, last), _NOWHERE)[0],
                    )  # fmt: skip
                before, last = after, rank

    def _cells(
        self, stream: int, seen: Seen, periods: set[int] | None = None
    ) -> Iterator[tuple[int, dict[int, Content]]]:
        chosen = "" if periods is None else f" and period in ({','.join(map(str, sorted(periods)))})"
        rows = self._connection.rows(
            f"select period, rank, value, status, note from observation where stream = ?{chosen} and {seen.where}"
            " order by period, rank",
            [stream],
        )
        for period, group in groupby(rows, key=lambda row: int(row[0])):
            yield period, {rank: (value, status, note) for _, rank, value, status, note in group}

    def _speakers(self, stream: int, period: int, cell: dict[int, Content], seen: Seen) -> Iterator[Edition]:
        """Yield in order the releases that cover a cell; for live feeds, of which there are many, those with a row."""
        for rank, release in seen.releases.items():
            if rank in cell:
                yield release
            elif release.ordering == Order.EDITION:
                covered = self._span(release.scope, stream)
                if covered is not None and covered.covers(period):
                    yield release

    def _last_speaker(self, stream: int, period: int, rank: int, seen: Seen) -> Edition:
        """Return the last edition that says what the row at ``rank`` says; of a live feed the first answer."""
        if seen.releases[rank].ordering == Order.EDITION:
            for later in reversed(seen.releases):
                covered = self._span(seen.releases[later].scope, stream) if later > rank else None
                if covered is not None and covered.covers(period):
                    return seen.releases[later]
        return seen.releases[rank]

    def _span(self, scope: int, stream: int) -> Span | None:
        key = (scope, stream)
        if key not in self._spans:
            self._spans[key] = span(self._connection, scope, stream)
        return self._spans[key]

    def _vintage(self, series: Series, period: int, content: Content, said_by: Edition, place: Place) -> Vintage:
        value, status, note = content
        one = said_by.release
        text = None if note is None else self._reader.note(note)
        return Vintage(
            series, Period.from_key(period), value, ObservationStatus(status), text, one.source, one.edition,
            one.published, one.observed, one.id, *place,
        )  # fmt: skip


def statement(connection: Connection, release: int) -> Iterator[Observation]:
    """Yield what a release states, as printed, sorted by series and period; elided cells are filled in."""
    here = edition(connection, release)
    believed = {
        rank
        for (rank,) in connection.rows(
            "select rank from release where source = ? and believed_since is not null", [here.source]
        )
    }
    covered = spans(connection, here.scope)
    streams = connection.rows(
        "select series.name, stream.id from coverage join stream on stream.id = coverage.stream"
        " join series on series.id = stream.series where coverage.scope = ?",
        [here.scope],
    )
    note = cache(partial(note_text, connection))
    for series, stream in sorted((Series.parse(name), stream) for name, stream in streams):
        for row in _stated(connection, stream, covered[stream], here.rank, believed):
            period, value, status, text, (cell, lower, upper, size) = row
            yield Observation(
                series, Period.from_key(period), value, cell or Cell(NOT_RECORDED), ObservationStatus(status),
                None if text is None else note(text), lower, upper, size,
            )  # fmt: skip


def _stated(
    connection: Connection, stream: int, covered: Span, here: int, believed: Container[int]
) -> Iterator[tuple[int, float | None, int, int | None, Place]]:
    """Yield what the release at rank ``here`` states in one stream: its own rows, and those it did not repeat."""
    rows = connection.rows(
        "select period, value, status, note, rank from observation where stream = ? and rank <= ?"
        " order by period, rank",
        [stream, here],
    )
    latest = {row[0]: row for row in rows if row[4] == here or row[4] in believed}
    places = _places(connection, stream)
    for period, value, status, note, rank in latest.values():
        if status != WITHDRAWN and covered.covers(period):
            yield period, value, status, note, places.get((period, here)) or places.get((period, rank), _NOWHERE)


def _places(connection: Connection, stream: int) -> dict[tuple[int, int], Place]:
    rows = connection.rows(
        "select period, rank, d.text, l.text, r.text, c.text, raw, lower, upper, sample_size from cell"
        ' join text d on d.id = document join text l on l.id = location join text r on r.id = "row"'
        ' join text c on c.id = "column" where stream = ?',
        [stream],
    )
    return {(row[0], row[1]): (Cell(*row[2:7]), *row[7:]) for row in rows}


def _ranks(seen: Seen, since: datetime | None) -> frozenset[int]:
    return frozenset(rank for rank, one in seen.releases.items() if since is None or one.release.observed >= since)


def _kind(before: Content | None, after: Content) -> str | None:
    stated = before is not None and before[1] != WITHDRAWN
    if after[1] == WITHDRAWN:
        return "withdrawn" if stated else None
    if not stated:
        return "added"
    return "revised" if before != after else None
