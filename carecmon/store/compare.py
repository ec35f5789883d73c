"""Series by series: what an answer states against what its source said before, and the rows that this makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from carecmon.model import Batch, CellRow, ObservationStatus
from carecmon.store.connection import Connection
from carecmon.store.coverage import Span
from carecmon.store.faults import fault
from carecmon.store.interned import Texts
from carecmon.store.quarantine import Tally
from carecmon.store.ranks import Ranked

WITHDRAWN = int(ObservationStatus.WITHDRAWN)
#: period, value, status, note as a number
Stated = tuple[int, float | None, int, int | None]
#: stream, period, rank, value, status, note
Written = tuple[int, int, int, float | None, int, int | None]
#: How many rows are collected before they are written: enough that a call costs nothing, few enough for memory.
CHUNK = 20_000

INSERT = "insert into observation (stream, period, rank, value, status, note) values (?, ?, ?, ?, ?, ?)"
INSERT_CELL = (
    'insert or ignore into cell (stream, period, rank, document, location, "row", "column", raw, lower, upper,'
    " sample_size) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Comparison:
    """Writes the rows of one release: only cells that differ from the nearest accepted release before it."""

    def __init__(
        self, connection: Connection, texts: Texts, here: Ranked, others: Iterable[Ranked], *, all_cells: bool
    ) -> None:
        self.tally = Tally()
        self._connection = connection
        self._texts = texts
        self._rank = here.rank
        self._all_cells = all_cells
        earlier = [other for other in others if other.rank < here.rank]
        hidden = ",".join(str(other.rank) for other in earlier if other.since is None)
        #: Believed, but not seen by everybody who sees this release: their values must be repeated.
        self._unsafe = {other.rank for other in earlier if other.since and not other.always_seen_with(here)}
        self._sql = (
            f"select period, value, status, note{', rank' if self._unsafe else ''} from observation"
            f" where stream = ? and rank < {here.rank}{f' and rank not in ({hidden})' if hidden else ''}"
            " order by period, rank"
        )
        self._rows: list[Written] = []
        self._cells: list[tuple[object, ...]] = []

    def newborn(self, stream: int, batch: Batch) -> None:
        """Take in a series that its source never stated before."""
        self.tally.added += len(batch.rows)
        self._keep(stream, self._numbered(batch.rows))
        if batch.cells:
            self._keep_cells(stream, batch, None)

    def known(self, stream: int, batch: Batch, covered: Span | None) -> None:
        """Take in a series stated before; ``covered`` are cells that count as withdrawn where they are not listed."""
        before, forced = self._before(stream)
        latest: dict[int, Stated] = {}
        same = before == batch.rows
        if not same:
            latest = {row[0]: row for row in before}
            same = list(latest.values()) == batch.rows
        if same and not forced:
            self.tally.of(batch.series.indicator).unchanged += len(batch.rows)
            if self._all_cells and batch.cells:
                self._keep_cells(stream, batch, None)
            return
        latest = latest or {row[0]: row for row in before}
        written = self._changed(batch, latest, forced)
        if covered is not None:
            written += self._unlisted(batch, latest, forced, covered)
            written.sort()
        self._keep(stream, written)
        if batch.cells:
            self._keep_cells(stream, batch, None if self._all_cells else {row[0] for row in written})

    def flush(self) -> None:
        """Write what has been collected."""
        if self._rows:
            self._connection.many(INSERT, self._rows)
            fault("rows")
            self._rows.clear()
        if self._cells:
            self._connection.many(INSERT_CELL, self._cells)
            self._cells.clear()

    def _before(self, stream: int) -> tuple[list[Stated], set[int]]:
        rows = self._connection.rows(self._sql, (stream,))
        if not self._unsafe:
            return rows, set()
        latest = {row[0]: row for row in rows}
        forced = {period for period, row in latest.items() if row[4] in self._unsafe}
        return [row[:4] for row in latest.values()], forced

    def _changed(self, batch: Batch, latest: dict[int, Stated], forced: set[int]) -> list[Stated]:
        moves = self.tally.of(batch.series.indicator)
        changed = []
        for row in self._numbered(batch.rows):
            old = latest.get(row[0])
            if old == row:
                moves.unchanged += 1
                if row[0] not in forced:
                    continue
            elif old is None or old[2] == WITHDRAWN:
                self.tally.added += 1
            else:
                moves.moved(old[1], row[1])
            changed.append(row)
        return changed

    def _unlisted(self, batch: Batch, latest: dict[int, Stated], forced: set[int], covered: Span) -> list[Stated]:
        listed = {row[0] for row in batch.rows}
        gone = [row for period, row in latest.items() if period not in listed and covered.covers(period)]
        withdrawn = [row for row in gone if row[2] != WITHDRAWN]
        self.tally.of(batch.series.indicator).withdrawn += len(withdrawn)
        again = [row for row in gone if row[2] == WITHDRAWN and row[0] in forced]
        return [(row[0], None, WITHDRAWN, None) for row in (*withdrawn, *again)]

    def _numbered(self, rows: list[tuple[int, float | None, int, str | None]]) -> list[Stated]:
        number = self._texts.id
        return [(p, v, s, n if n is None else number(n)) for p, v, s, n in rows]

    def _keep(self, stream: int, rows: list[Stated]) -> None:
        rank = self._rank
        self._rows += [(stream, period, rank, value, status, note) for period, value, status, note in rows]
        if len(self._rows) >= CHUNK:
            self.flush()

    def _keep_cells(self, stream: int, batch: Batch, only: set[int] | None) -> None:
        self._cells += [
            (stream, row[0], self._rank, *packed(cell, self._texts.id))
            for row, cell in zip(batch.rows, batch.cells, strict=True)
            if cell is not None and (only is None or row[0] in only)
        ]
        if len(self._cells) >= CHUNK:
            self.flush()


def packed(cell: CellRow, number: Callable[[str], int]) -> tuple[object, ...]:
    """Return the columns of a cell, its words by number."""
    words = (number(cell.document), number(cell.location), number(cell.row), number(cell.column))
    return (*words, cell.raw, cell.lower, cell.upper, cell.sample_size)
