"""A draft becomes a release: placed in the order of its source, compared, written, checked, believed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from carecmon.model import Batch, Draft, Order, Recorded, Series
from carecmon.store import claims, coverage, fetches
from carecmon.store.compare import Comparison
from carecmon.store.connection import Connection
from carecmon.store.coverage import Patterns, Span, Spans
from carecmon.store.interned import Streams, Texts, source_id
from carecmon.store.quarantine import Tally, reason
from carecmon.store.ranks import Ranked, place, ranked
from carecmon.store.raw import Raw
from carecmon.store.releases import decide, latest_moment
from carecmon.store.succession import materialise, secure

_AUTHOR = "carecmon"


def record(connection: Connection, raw: Raw, draft: Draft, observed: datetime, run: int | None) -> Recorded:
    """Record what a draft says, inside the caller's transaction; see ``Store.record``."""
    source = source_id(connection, draft.source)
    rereads = _reread(connection, source, draft)
    if draft.state:
        fetches.note_state(connection, source, draft.state)
    if _known(connection, source, draft, rereads):
        return Recorded(None)
    moment = latest_moment(connection, observed)
    connection.run("savepoint record")
    try:
        recorded = _Recording(connection, raw, draft, source, moment, run, rereads).write()
    except BaseException:
        if connection.raw.in_transaction:  # a failing disk may have ended it already
            connection.run("rollback to record")
            connection.run("release record")
        raise
    if recorded.release is None:
        connection.run("rollback to record")
    connection.run("release record")
    return recorded


def _reread(connection: Connection, source: int, draft: Draft) -> int | None:
    """Return the release whose answer this is: a document read by another reader version is the same document."""
    if draft.rereads is not None or draft.order is not Order.EDITION:
        return draft.rereads
    row = connection.first(
        "select id from release where source = ? and digest = ? and edition = ? and reader_version <> ?"
        " order by rank desc limit 1",
        [source, draft.digest, draft.edition, draft.reader_version],
    )
    return row[0] if row else None


def _known(connection: Connection, source: int, draft: Draft, rereads: int | None) -> bool:
    """Say whether this very answer, read by this reader version, needs no comparing: it is there."""
    if draft.order is Order.EDITION or rereads is not None:
        # Not just any earlier text of an edition: one that goes back to what it said before says something new.
        document = [source, draft.edition, draft.document]
        where = "from release where source = ? and edition = ? and document = ?"
        newest = connection.first(f"select digest {where} order by id desc limit 1", document)
        read = connection.first(
            f"select 1 {where} and digest = ? and reader_version = ?", [*document, draft.digest, draft.reader_version]
        )
        return newest == (draft.digest,) and read is not None
    row = connection.first(
        "select digest, reader_version from release where source = ? order by rank desc limit 1", [source]
    )
    return row == (draft.digest, draft.reader_version)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What the reading before this one covered: another reading of the same answer covers it, too."""

    spans: Mapping[int, Span]
    patterns: Patterns


class _Recording:
    """One draft on its way into the tables."""

    def __init__(
        self,
        connection: Connection,
        raw: Raw,
        draft: Draft,
        source: int,
        moment: str,
        run: int | None,
        reread: int | None,
    ) -> None:
        self._connection = connection
        self._raw = raw
        self._draft = draft
        self._source = source
        self._moment = moment
        self._reread = reread
        self._texts = Texts(connection)
        self._spans = Spans(connection)
        self._streams = Streams(connection, source)
        self._earlier = self._earlier_reading()
        self._patterns = Patterns.of(draft.covers).and_also(self._earlier.patterns)
        self._id = self._insert(place(connection, source, draft, moment, reread), run)
        self._listed: dict[int, int] = {}
        self._newborn: list[tuple[Series, int]] = []

    def write(self) -> Recorded:
        """Write everything; where the result repeats the newest release, it names none and must be rolled back."""
        releases = ranked(self._connection, self._source)
        here = next(release for release in releases if release.id == self._id)
        others = [release for release in releases if release is not here]
        tally = self._observations(here, others)
        here = self._settle_scope(here)
        if self._repeats(here, others, tally):
            return Recorded(None, unchanged=tally.unchanged)
        for name, content in sorted(self._draft.body.items()):
            self._connection.run(
                "insert into answer (release, name, sha256, size) values (?, ?, ?, ?)",
                [here.id, name, self._raw.put(content), len(content)],
            )
        claims.save(self._connection, here.id, self._draft.claims)
        held_back = self._draft.quarantine or reason(tally)
        if held_back:
            materialise(self._connection, here, others)
            self._connection.run(
                "update release set quarantine = ?, believed_since = null where id = ?", [held_back, here.id]
            )
        else:
            secure(self._connection, here, others, leaving=False)
            decide(self._connection, here.id, True, _AUTHOR, "nothing speaks against it", self._moment)
        return Recorded(here.id, tally.added, tally.revised, tally.withdrawn, tally.unchanged, held_back)

    def _insert(self, rank: int, run: int | None) -> int:
        draft = self._draft
        day = draft.published.day
        return self._connection.run(
            "insert into release (source, rank, ordering, edition, published, precision, observed, url, digest,"
            " reader_version, document, note, rereads, run, believed_since)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self._source, rank, draft.order, draft.edition, None if day is None else day.isoformat(),
             draft.published.precision, self._moment, draft.url, draft.digest, draft.reader_version, draft.document,
             draft.note, self._reread, run, self._moment],
        )  # fmt: skip

    def _earlier_reading(self) -> _Earlier:
        if self._reread is None:
            return _Earlier({}, Patterns(()))
        row = self._connection.first("select coalesce(scope, 0) from release where id = ?", [self._reread])
        if row is None:
            raise ValueError(f"release {self._reread}, which this draft reads again, is not in the store")
        return _Earlier(coverage.spans(self._connection, row[0]), coverage.patterns(self._connection, row[0]))

    def _observations(self, here: Ranked, others: list[Ranked]) -> Tally:
        edition = self._draft.order is Order.EDITION
        comparison = Comparison(self._connection, self._texts, here, others, all_cells=edition)
        for batch in self._draft.batches:
            self._batch(comparison, batch)
        unlisted = [] if not (self._patterns.entries or self._earlier.spans) else self._streams.all()
        for series, stream in unlisted:
            if stream not in self._listed:
                self._unlisted(comparison, series, stream)
        comparison.flush()
        return comparison.tally

    def _batch(self, comparison: Comparison, batch: Batch) -> None:
        stream = self._streams.get(batch.series)
        new = stream is None
        if stream is None:
            stream = self._streams.born(batch.series)
            self._newborn.append((batch.series, stream))
        covered = self._covered(batch.series, stream)
        periods = tuple([row[0] for row in batch.rows])
        if covered is not None:
            periods = tuple(sorted({*periods, *covered.periods}))
        self._listed[stream] = self._spans.id(periods, covered.ranges if covered else ())
        if new:
            comparison.newborn(stream, batch)
        else:
            comparison.known(stream, batch, covered)

    def _unlisted(self, comparison: Comparison, series: Series, stream: int) -> None:
        covered = self._covered(series, stream)
        if covered is None:
            return
        if covered.periods:
            self._listed[stream] = self._spans.id(tuple(sorted(covered.periods)), covered.ranges)
        comparison.known(stream, Batch(series, []), covered)

    def _covered(self, series: Series, stream: int) -> Span | None:
        """Return what this release covers of a series beside the cells it lists, None for nothing."""
        if not self._patterns.entries and not self._earlier.spans:
            return None
        ranges = self._patterns.ranges(series)
        earlier = self._earlier.spans.get(stream)
        periods = earlier.periods if earlier else frozenset[int]()
        return Span(periods, ranges) if periods or ranges else None

    def _settle_scope(self, here: Ranked) -> Ranked:
        ranges = ((stream, self._patterns.ranges(series)) for series, stream in self._streams.all())
        others = ((s, self._spans.id((), r)) for s, r in ranges if r and s not in self._listed)
        scope = coverage.scope_id(self._connection, self._source, self._patterns, self._listed, others)
        coverage.cover_newborn(self._connection, self._source, self._newborn, self._spans, scope)
        self._connection.run("update release set scope = ? where id = ?", [scope, here.id])
        return Ranked(here.id, here.rank, scope, here.observed, here.published, here.since)

    def _repeats(self, here: Ranked, others: list[Ranked], tally: Tally) -> bool:
        """Say whether a live feed says again, in other bytes, what its newest answer said."""
        newest = others[-1] if others else None
        if (
            self._draft.order is not Order.OBSERVED
            or self._reread is not None
            or newest is None
            or newest.scope != here.scope
            or not claims.same(self._connection, newest.id, self._draft.claims)
        ):
            return False
        if newest.since is not None:
            return not tally.changed
        # The newest one is not believed: it stands whole in the table, and so must this one to be compared with it.
        self._connection.run("savepoint compared")
        materialise(self._connection, here, others)
        alike = _same_rows(self._connection, here, newest)
        self._connection.run("rollback to compared")
        self._connection.run("release compared")
        return alike


def _same_rows(connection: Connection, one: Ranked, other: Ranked) -> bool:
    rows = (
        "select stream, period, value, status, note from observation where rank = ? and stream in"
        " (select stream from coverage where scope = ?)"
    )
    for first, second in ((one, other), (other, one)):
        differing = connection.first(
            f"select exists ({rows} except {rows})", [first.rank, first.scope, second.rank, second.scope]
        )
        if differing is None or differing[0]:
            return False
    return True
