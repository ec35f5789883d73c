"""The rows of one answer between the pipe and the store: sorted by series and period, in bounded memory.

Rows that come in order go straight to their place. Rows that do not are kept as several sorted stretches, which are
merged at the end, so that any order of a million rows costs a file and not memory.
"""

from __future__ import annotations

import heapq
import marshal
import struct
import tempfile
import weakref
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import IO, Any

from carecmon.model import Batch, CellRow, Series

ROWS_IN_MEMORY = 20_000
_CHUNK = 1 << 16
_LENGTH = struct.Struct(">I")

Key = tuple[str, tuple[tuple[str, str], ...]]
Row = tuple[int, float | None, int, str | None]
Place = tuple[Any, ...] | None
#: One series: indicator, labels, rows by ascending period, and as many cells as rows, or none.
Block = tuple[str, tuple[tuple[str, str], ...], list[Row], list[Place]]
#: Puts the rows of one series in ascending order, each period once, together with their cells.
Settle = Callable[[Key, list[Row], list[Place]], tuple[list[Row], list[Place]]]


def _key(block: Block) -> Key:
    return block[:2]


class Spool:
    """Everything one answer states, as ``Batch`` by ``Batch``, each series once; may be read any number of times."""

    def __init__(self, blocks: Stretches) -> None:
        self._blocks = blocks
        self.rows = blocks.rows

    def __len__(self) -> int:
        return self._blocks.series

    def __iter__(self) -> Iterator[Batch]:
        cell_row = CellRow._make
        for indicator, labels, rows, cells in self._blocks.read(0):
            yield Batch(Series(indicator, labels), rows, [None if cell is None else cell_row(cell) for cell in cells])


class Stretches:
    """Sorted stretches of blocks in one file, which stays in memory while it is small."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(limit)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._bounds: list[tuple[int, int]] = []
        self._last: Key | None = None
        self.series = 0
        self.rows = 0

    def append(self, block: Block) -> None:
        """Add one block; a series that does not come after the last one begins a new stretch."""
        key = block[:2]
        start = self._bounds[-1][1] if self._bounds else 0
        content = marshal.dumps(block)
        self._file.seek(start)
        self._file.write(_LENGTH.pack(len(content)))
        self._file.write(content)
        end = start + _LENGTH.size + len(content)
        if self._last is None or key <= self._last:
            self._bounds.append((start, end))
        else:
            self._bounds[-1] = (self._bounds[-1][0], end)
        self._last = key
        self.series += 1
        self.rows += len(block[2])

    def read(self, stretch: int) -> Iterator[Block]:
        """Yield the blocks of one stretch, in order."""
        position, end = self._bounds[stretch] if self._bounds else (0, 0)
        chunk, at = b"", 0
        while position < end:
            length = _LENGTH.unpack_from(chunk, at)[0] if len(chunk) >= at + _LENGTH.size else _CHUNK
            if len(chunk) < at + _LENGTH.size + length:
                self._file.seek(position)
                chunk, at = self._file.read(max(_CHUNK, _LENGTH.size + length)), 0
                continue
            block: Block = marshal.loads(memoryview(chunk)[at + _LENGTH.size : at + _LENGTH.size + length])
            yield block
            at += _LENGTH.size + length
            position += _LENGTH.size + length

    def merged(self, settle: Settle) -> Stretches:
        """Return the same in a single stretch, every series once."""
        if len(self._bounds) <= 1:
            return self
        whole = Stretches(self._limit)
        blocks = heapq.merge(*(self.read(stretch) for stretch in range(len(self._bounds))), key=_key)
        for key, parts in groupby(blocks, key=_key):
            rows: list[Row] = []
            cells: list[Place] = []
            for block in parts:
                rows += block[2]
                cells += block[3] or [None] * len(block[2])
            whole.append((*key, *settle(key, rows, cells)))
        return whole


class Sorter:
    """Takes checked rows in any order and gives a Spool. ``settle`` sorts the rows of one series, and refuses."""

    def __init__(self, settle: Settle, limit: int) -> None:
        self._settle = settle
        self._stretches = Stretches(limit)
        self._waiting: dict[Key, tuple[list[Row], list[Place]]] = {}
        self._count = 0
        self._last: Key | None = None

    def add(self, key: Key, rows: list[Row], cells: list[Place]) -> None:
        """Add rows of one series, with a cell (or None) for each."""
        # Only between two series: one that comes in order must not be torn.
        if self._count >= ROWS_IN_MEMORY and key != self._last:
            self._put_down()
        if key in self._waiting:
            self._waiting[key][0].extend(rows)
            self._waiting[key][1].extend(cells)
        else:
            self._waiting[key] = (rows, cells)
        self._last = key
        self._count += len(rows)

    def finish(self) -> Spool:
        """Return everything that was added."""
        self._put_down()
        return Spool(self._stretches.merged(self._settle))

    def _put_down(self) -> None:
        for key in sorted(self._waiting):
            self._stretches.append((*key, *self._settle(key, *self._waiting[key])))
        self._waiting.clear()
        self._count = 0
