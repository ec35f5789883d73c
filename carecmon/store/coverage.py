"""Coverage: which cells a release states completely, whether it lists them or not.

Releases that cover the same share one scope. A scope keeps its patterns, so that a series which a source states
for the first time is covered by every older release whose pattern it fits.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, pairwise

from carecmon.model import Covered, Period, Series
from carecmon.store.connection import Connection

_EPOCH = Period.parse("1900").start
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """Reference periods of one series: single ones by key, and every one that lies within a range of days."""

    periods: frozenset[int]
    ranges: tuple[Range, ...] = ()

    def covers(self, period: int) -> bool:
        """Say whether the period with this key is among them."""
        return period in self.periods or any(
            first << 12 <= period < (last + 1) << 12 and _days(Period.from_key(period).start) >= first
            for first, last in self.ranges
        )


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a release covers beyond the cells it lists."""

    entries: tuple[tuple[str, tuple[tuple[str, str], ...], int, int], ...]

    @staticmethod
    def of(covers: Iterable[Covered]) -> Patterns:
        """Return the patterns of a draft."""
        entries = {
            (cover.indicator, tuple(sorted(cover.select.items())), _days(cover.first.start), _days(cover.last.end))
            for cover in covers
        }
        return Patterns(tuple(sorted(entries)))

    @staticmethod
    def parse(text: str) -> Patterns:
        """Read what ``str`` wrote."""
        return Patterns(
            tuple(
                (name, tuple((k, v) for k, v in select), first, last) for name, select, first, last in json.loads(text)
            )
        )

    def and_also(self, other: Patterns) -> Patterns:
        """Return both together."""
        return Patterns(tuple(sorted({*self.entries, *other.entries})))

    def ranges(self, series: Series) -> tuple[Range, ...]:
        """Return the ranges of days that they cover of ``series``."""
        return tuple(
            (first, last)
            for indicator, select, first, last in self.entries
            if indicator == series.indicator and series.matches(dict(select))
        )

    def __str__(self) -> str:
        return json.dumps(self.entries, ensure_ascii=False)


class Spans:
    """Numbers for spans, remembered for as long as one transaction lasts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: dict[tuple[tuple[int, ...], tuple[Range, ...]], int] = {}

    def id(self, periods: tuple[int, ...], ranges: tuple[Range, ...] = ()) -> int:
        """Return the number of the span of these period keys, ascending, and these ranges."""
        found = self._ids.get((periods, ranges))
        if found is None:
            packed = _pack(periods, ranges)
            row = self._connection.first("select id from span where periods = ?", [packed])
            found = row[0] if row else self._connection.run("insert into span (periods) values (?)", [packed])
            self._ids[periods, ranges] = found
        return found


def spans(connection: Connection, scope: int) -> dict[int, Span]:
    """Return what a scope covers, by stream."""
    return {
        stream: _unpack(packed)
        for stream, packed in connection.rows(
            "select coverage.stream, span.periods from coverage join span on span.id = coverage.span"
            " where coverage.scope = ?",
            [scope],
        )
    }


def span(connection: Connection, scope: int, stream: int) -> Span | None:
    """Return what a scope covers of one stream, None for nothing."""
    row = connection.first(
        "select span.periods from coverage join span on span.id = coverage.span"
        " where coverage.scope = ? and coverage.stream = ?",
        [scope, stream],
    )
    return _unpack(row[0]) if row else None


def patterns(connection: Connection, scope: int) -> Patterns:
    """Return the patterns of a scope."""
    row = connection.first("select patterns from scope where id = ?", [scope])
    return Patterns.parse(row[0]) if row else Patterns(())


def scope_id(
    connection: Connection, source: int, chosen: Patterns, listed: Mapping[int, int], others: Iterable[tuple[int, int]]
) -> int:
    """Return the scope that lists these streams with these spans and has these patterns.

    ``others`` are the streams, with their spans, that are covered by pattern alone; read only where the scope is new.
    """
    digest = hashlib.sha256(f"{chosen}\n{sorted(listed.items())}".encode()).hexdigest()
    row = connection.first("select id from scope where source = ? and digest = ?", [source, digest])
    if row:
        return int(row[0])
    scope = connection.run(
        "insert into scope (source, digest, patterns) values (?, ?, ?)", [source, digest, str(chosen)]
    )
    both = sorted([*listed.items(), *others])
    connection.many(
        "insert into coverage (scope, stream, span) values (?, ?, ?)", [(scope, stream, span) for stream, span in both]
    )
    return scope


def cover_newborn(
    connection: Connection, source: int, newborn: Sequence[tuple[Series, int]], known: Spans, but: int
) -> None:
    """Let the patterns of every scope of a source, except ``but``, cover streams that have just been born."""
    scopes = connection.rows(
        "select id, patterns from scope where source = ? and id <> ? and patterns <> '[]'", [source, but]
    )
    for scope, text in scopes:
        chosen = Patterns.parse(text)
        matched = ((stream, chosen.ranges(series)) for series, stream in newborn)
        connection.many(
            "insert into coverage (scope, stream, span) values (?, ?, ?)",
            [(scope, stream, known.id((), ranges)) for stream, ranges in matched if ranges],
        )


def _pack(periods: tuple[int, ...], ranges: tuple[Range, ...]) -> bytes:
    steps = [*periods[:1], *(later - earlier for earlier, later in pairwise(periods))]
    text = f"{' '.join(map(str, steps))};{' '.join(f'{first}-{last}' for first, last in ranges)}"
    return zlib.compress(text.encode("ascii"), 1)


@lru_cache(maxsize=1024)
def _unpack(packed: bytes) -> Span:
    steps, _, ranges = zlib.decompress(packed).decode("ascii").partition(";")
    pairs = (pair.split("-") for pair in ranges.split())
    return Span(frozenset(accumulate(map(int, steps.split()))), tuple((int(first), int(last)) for first, last in pairs))


def _days(day: date) -> int:
    return (day - _EPOCH).days
