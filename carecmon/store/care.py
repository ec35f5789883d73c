"""Care of a store: is it whole, and does what it keeps give what it says is believed?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from carecmon.errors import StoreError
from carecmon.store.compare import WITHDRAWN
from carecmon.store.connection import Connection
from carecmon.store.coverage import Span, spans
from carecmon.store.ranks import Ranked, natural, ranked
from carecmon.store.raw import Raw
from carecmon.store.times import moment

_RESTORE = "restore a backup (carecmon db backup makes them)"
_REPORT = "this is an error of carecmon: keep the file, restore a backup, and report it"
#: More of one kind than this are counted, not listed.
_MOST = 20

#: value, status, note
_Content = tuple[float | None, int, int | None]
_NOTHING: _Content = (None, WITHDRAWN, None)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who accepted or rejected a release, when and why. carecmon itself accepts what nothing speaks against."""

    release: int
    at: datetime
    accepted: bool
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, by name and number, and what is wrong."""

    counts: dict[str, int]
    problems: tuple[Problem, ...]


class Care:
    """Questions about a store that only those ask who look after it."""

    def __init__(self, connection: Connection, raw: Raw) -> None:
        self._connection = connection
        self._raw = raw

    def decisions(self) -> dict[int, Decision]:
        """Return the decision in force on each release; one in quarantine that nobody decided on has none."""
        rows = self._connection.rows("select release, at, accepted, author, reason from decision order by id")
        return {row[0]: Decision(row[0], moment(row[1]), bool(row[2]), row[3], row[4]) for row in rows}

    def document(self, release: int) -> str:
        """Return the id of the document that a release was read from, empty where it was none."""
        row = self._connection.first("select document from release where id = ?", [release])
        return str(row[0]) if row else ""

    def verify(self) -> Verified:
        """Look at everything, in one moment; see ``Problem``."""
        with self._connection.reading():
            problems = list(self._file())
            if not problems:
                for check in (self._answers, self._decisions, self._order, self._cells, self._replay):
                    problems += _some(check())
            count = "select (select count(*) from release), (select count(*) from observation),"
            count += " (select count(distinct sha256) from answer)"
            releases, observations, answers = self._connection.first(count) or (0, 0, 0)
        counts = {"releases": releases, "observations": observations, "raw answers": answers}
        return Verified(counts, tuple(problems))

    def _file(self) -> Iterator[Problem]:
        for (said,) in self._connection.rows(f"pragma integrity_check({_MOST})"):
            if said != "ok":
                yield Problem(f"the file is damaged: {said}", _RESTORE)
        broken: defaultdict[str, int] = defaultdict(int)
        for table, _, parent, _ in self._connection.rows("pragma foreign_key_check"):
            broken[f"{table} names {parent}"] += 1
        for what, count in broken.items():
            yield Problem(f"{count} rows of {what} rows that are not there", _RESTORE)

    def _answers(self) -> Iterator[Problem]:
        for (digest,) in self._connection.rows("select distinct sha256 from answer order by sha256"):
            try:
                self._raw.get(digest)
            except StoreError as exc:
                yield Problem(str(exc), "put the folder raw back from a copy; what is believed does not depend on it")

    def _decisions(self) -> Iterator[Problem]:
        rows = self._connection.rows(
            "select release.id, believed_since, iif(decision.accepted, decision.at, null) from release"
            " left join decision on decision.id = (select max(id) from decision where release = release.id)"
            " where believed_since is not iif(decision.accepted, decision.at, null)"
        )
        for release, since, decided in rows:
            yield Problem(
                f"release {release} is believed since {since or 'never'}, its last decision says {decided or 'not'}",
                _REPORT,
            )

    def _order(self) -> Iterator[Problem]:
        rows = self._connection.rows(
            "select source.name, release.id, ordering, edition, coalesce(published, substr(observed, 1, 10)), observed,"
            " rereads from release join source on source.id = release.source order by source.name, rank"
        )
        roots: dict[int, int] = {}
        last: dict[str, tuple[object, ...]] = {}
        newest: dict[str, int] = {}
        for source, release, ordering, edition, published, observed, rereads in rows:
            roots[release] = release if rereads is None else roots.get(rereads, -1)
            if rereads is not None:
                if roots[release] != newest.get(source):
                    yield Problem(
                        f"release {release} of {source} reads release {rereads} again, but does not follow it", _REPORT
                    )
                continue
            key = (observed, release) if ordering == "observed" else (natural(edition), published, observed)
            if source in last and key < last[source]:
                yield Problem(f"release {release} of {source} stands after one that is newer", _REPORT)
            last[source], newest[source] = key, release

    def _cells(self) -> Iterator[Problem]:
        for what, sql in _STRAY.items():
            (count,) = self._connection.first(f"select count(*) from {sql}") or (0,)
            if count:
                yield Problem(f"{count} {what}", _REPORT)

    def _replay(self) -> Iterator[Problem]:
        """Replay each source release by release, as it covers its cells, and compare with the view ``believed``."""
        view: defaultdict[str, dict[tuple[str, int], tuple[float | None, int]]] = defaultdict(dict)
        for source, series, period, value, status in self._connection.rows(
            "select source, series, period, value, status from believed"
        ):
            view[source][series, period] = (value, status)
        for number, source in self._connection.rows("select id, name from source order by name"):
            expected, problems = self._source(number, source)
            yield from problems
            for series, period in sorted(expected.keys() | view[source].keys()):
                wanted, found = expected.get((series, period)), view[source].get((series, period))
                if wanted != found:
                    yield Problem(f"{source} {series}: believed is {found}, its releases say {wanted}", _REPORT)

    def _source(
        self, number: int, source: str
    ) -> tuple[dict[tuple[str, int], tuple[float | None, int]], list[Problem]]:
        releases = ranked(self._connection, number)
        covered = {one.scope: spans(self._connection, one.scope) for one in releases}
        expected: dict[tuple[str, int], tuple[float | None, int]] = {}
        problems: list[Problem] = []
        streams = self._connection.rows(
            "select stream.id, series.name from stream join series on series.id = stream.series where source = ?",
            [number],
        )
        for stream, series in streams:
            covering = [(one, span) for one in releases if (span := covered[one.scope].get(stream)) is not None]
            for period, rows in self._rows(stream):
                believed, wrong = _believed(period, rows, covering)
                problems += (Problem(f"{source} {series}: release {one} {what}", _REPORT) for one, what in wrong)
                if believed[1] != WITHDRAWN:
                    expected[series, period] = believed[:2]
        return expected, problems

    def _rows(self, stream: int) -> Iterator[tuple[int, dict[int, _Content]]]:
        cells: defaultdict[int, dict[int, _Content]] = defaultdict(dict)
        for period, rank, *content in self._connection.rows(
            "select period, rank, value, status, note from observation where stream = ? order by period, rank", [stream]
        ):
            cells[period][rank] = (content[0], content[1], content[2])
        yield from cells.items()


def _believed(
    period: int, rows: dict[int, _Content], covering: list[tuple[Ranked, Span]]
) -> tuple[_Content, list[tuple[int, str]]]:
    """Return what is believed of one cell by its releases in order, and what their rows do not say that they must."""
    said, by = _NOTHING, None
    wrong: list[tuple[int, str]] = []
    left = set(rows)
    for one, span in covering:
        own = rows.get(one.rank)
        if own is not None:
            left.discard(one.rank)
            if not span.covers(period):
                wrong.append((one.id, "has a row for a cell that it does not cover"))
        if one.since is None or not span.covers(period):
            continue
        if own is None and by is not None and not by.always_seen_with(one):
            wrong.append((one.id, "relies on a release that not everybody sees who sees it"))
        if own is not None:
            said, by = own, one
    return said, [*wrong, *((rank, "(by rank) has a row and no coverage at all") for rank in sorted(left))]


def _some(problems: Iterator[Problem]) -> Iterator[Problem]:
    for count, problem in enumerate(problems):
        if count == _MOST:
            yield Problem("and more of the kind", problem.remedy)
            return
        yield problem


_NO_RELEASE = (
    "join stream on stream.id = {0}.stream left join release on release.source = stream.source"
    " and release.rank = {0}.rank where release.id is null"
)
_STRAY = {
    "observations belong to no release": f"observation {_NO_RELEASE.format('observation')}",
    "cells belong to no release": f"cell {_NO_RELEASE.format('cell')}",
    "releases have no coverage": "release where scope is null",
}
