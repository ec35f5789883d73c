"""What is believed, now or as of a day: read stream by stream from the end of each key range, or all in one scan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, partial

from carecmon.model import ObservationStatus, Period, Point, Series, SeriesBelief
from carecmon.store.compare import WITHDRAWN
from carecmon.store.connection import Connection
from carecmon.store.releases import Seen, When, seen

#: period, value, status, note as a number, rank
Row = tuple[int, float | None, int, int | None, int]
_STATUS = tuple(ObservationStatus)


class Reader:
    """Reads observations as of one moment. ``Seen`` is read once; note texts are remembered."""

    def __init__(self, connection: Connection, when: When) -> None:
        self.connection = connection
        self.seen = seen(connection, when)
        self.note = cache(partial(note_text, connection))

    def streams(self, indicators: Iterable[str] | None = None) -> list[tuple[Series, list[tuple[int, int]]]]:
        """Return every series with its (stream, source) pairs, sorted by series."""
        chosen = None if indicators is None else set(indicators)
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        rows = self.connection.rows(
            "select series.name, series.indicator, stream.id, stream.source from series"
            " join stream on stream.series = series.id join source on source.id = stream.source order by source.name"
        )
        for name, indicator, stream, source in rows:
            if chosen is None or indicator in chosen:
                found[name].append((stream, source))
        return sorted((Series.parse(name), streams) for name, streams in found.items())

    def latest(self, stream: int, seen: Seen) -> list[Row]:
        """Return the believed row of each period, ascending; withdrawn ones, too."""
        return self.connection.rows(
            f"select period, value, status, note, max(rank) from observation where stream = ? and {seen.where}"
            " group by period",
            [stream],
        )

    def point(self, row: Row, seen: Seen) -> Point:
        """Return a believed row as a point."""
        period, value, status, note, rank = row
        release = seen.releases[rank].release
        text = None if note is None else self.note(note)
        return Point(Period.from_key(period), value, _STATUS[status], release.source, release.id, text)


def note_text(connection: Connection, number: int) -> str:
    """Return the text of a note by its number."""
    row = connection.first("select text from text where id = ?", [number])
    return str(row[0]) if row else ""


def beliefs(
    connection: Connection, indicators: Iterable[str] | None, when: When, *, withdrawn: bool = False
) -> Iterator[SeriesBelief]:
    """Yield what is believed of each series, sorted by series; see ``Store.beliefs``."""
    reader = Reader(connection, when)
    for series, streams in reader.streams(indicators):
        by_source: dict[str, tuple[Point, ...]] = {}
        for stream, source in streams:
            seen = reader.seen.get(source)
            if seen is None:
                continue
            rows = [row for row in reader.latest(stream, seen) if withdrawn or row[2] != WITHDRAWN]
            points = tuple([reader.point(row, seen) for row in rows])
            if points:
                by_source[points[0].source] = points
        if by_source:
            yield SeriesBelief(series, by_source)


def newest(connection: Connection, when: When) -> list[tuple[Series, Point]]:
    """Return the newest stated point of each stream, by a look at the end of its key range."""
    reader = Reader(connection, when)
    found = []
    for source, view in reader.seen.items():
        here, there = (view.where.replace("rank", f"{alias}.rank") for alias in "ol")
        rows = connection.rows(
            "select series.name, p.period, p.value, p.status, p.note, p.rank"
            " from stream cross join series on series.id = stream.series cross join observation p"
            " where stream.source = ? and p.stream = stream.id and (p.period, p.rank) = ("
            f" select o.period, o.rank from observation o where o.stream = stream.id and {here} and o.status <> 4"
            " and not exists (select 1 from observation l where l.stream = o.stream and l.period = o.period"
            f" and l.rank > o.rank and {there}) order by o.period desc, o.rank desc limit 1)",
            [source],
        )
        found += [(Series.parse(name), reader.point((*row,), view)) for name, *row in rows]
    return sorted(found, key=lambda pair: (pair[0], pair[1].source))


def panel(connection: Connection, when: When) -> Iterator[tuple[int, int, float | None, int, int]]:
    """Yield (stream, period, value, status, rank) of all that is believed, in key order by source."""
    visible = seen(connection, when)
    total = connection.first("select count(distinct source) from release")
    only = total is not None and total[0] == len(visible) == 1
    columns = "o.stream, o.period, o.value, o.status, max(o.rank)"
    stated = "group by o.stream, o.period having o.status <> 4"
    for source, one in visible.items():
        where = one.where.replace("rank", "o.rank")
        if only:  # one source: one scan, no look at the streams
            sql, parameters = f"select {columns} from observation o where {where} {stated}", []
        else:
            sql, parameters = (
                f"select {columns} from stream cross join observation o on o.stream = stream.id"
                f" where stream.source = ? and {where} {stated}",
                [source],
            )
        with connection.translated():
            yield from connection.raw.execute(sql, parameters)


def stated(connection: Connection, indicator: str | None) -> list[Series]:
    """Return every series of which anything was ever stated, sorted."""
    rows = connection.rows("select name from series where ?1 is null or indicator = ?1", [indicator])
    return sorted(Series.parse(name) for (name,) in rows)
