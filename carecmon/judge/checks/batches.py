"""Batches, as releases are collected and stored, read back as the observations that checks are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat

from carecmon.model import Batch, Cell, Observation, ObservationStatus, Period


def observations(batches: Iterable[Batch], document: str = "") -> Iterator[Observation]:
    """Yield what the batches state; a row without a cell stands in ``document``, its place not recorded."""
    nowhere = Cell(document)
    for batch in batches:
        for (key, value, status, note), row in zip(batch.rows, chain(batch.cells, repeat(None)), strict=False):
            yield Observation(
                batch.series,
                Period.from_key(key),
                value,
                nowhere if row is None else Cell(row.document, row.location, row.row, row.column, row.raw),
                ObservationStatus(status),
                note,
                *((row.lower, row.upper, row.sample_size) if row else ()),
            )
