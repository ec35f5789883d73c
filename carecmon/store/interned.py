"""Texts, series and streams by number. What is looked up is remembered for as long as one transaction lasts."""

from __future__ import annotations

from carecmon.model import Series
from carecmon.store.connection import Connection


class Texts:
    """Numbers for notes and for the words of cells."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: dict[str, int] = {}

    def id(self, text: str) -> int:
        """Return the number of ``text``, new where it is new."""
        found = self._ids.get(text)
        if found is None:
            row = self._connection.first("select id from text where text = ?", [text])
            found = row[0] if row else self._connection.run("insert into text (text) values (?)", [text])
            self._ids[text] = found
        return found


class Streams:
    """The streams of one source: one for each series that it ever stated."""

    def __init__(self, connection: Connection, source: int) -> None:
        self._connection = connection
        self._source = source
        self._ids: dict[str, int] = dict(
            connection.rows(
                "select series.name, stream.id from stream join series on series.id = stream.series"
                " where stream.source = ?",
                [source],
            )
        )

    def get(self, series: Series) -> int | None:
        """Return the stream of ``series``, or None where this source has not stated it before."""
        return self._ids.get(str(series))

    def born(self, series: Series) -> int:
        """Return a new stream for ``series``."""
        name = str(series)
        row = self._connection.first("select id from series where name = ?", [name])
        number = (
            row[0]
            if row
            else self._connection.run("insert into series (indicator, name) values (?, ?)", [series.indicator, name])
        )
        stream = self._connection.run("insert into stream (source, series) values (?, ?)", [self._source, number])
        self._ids[name] = stream
        return stream

    def all(self) -> list[tuple[Series, int]]:
        """Return every stream with its series."""
        return [(Series.parse(name), stream) for name, stream in self._ids.items()]


def source_id(connection: Connection, name: str) -> int:
    """Return the number of a source, new where it is new."""
    found = find_source(connection, name)
    return connection.run("insert into source (name) values (?)", [name]) if found is None else found


def find_source(connection: Connection, name: str) -> int | None:
    """Return the number of a source, or None where nothing is stored of it."""
    row = connection.first("select id from source where name = ?", [name])
    return row[0] if row else None
