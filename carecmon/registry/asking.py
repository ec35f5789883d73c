"""What a worker process is asked for: one check, and the figures it is about, in a file.

A release may be large: its observations go in pieces and as plain rows, several times quicker than as they are.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from operator import attrgetter
from typing import Any, BinaryIO

from carecmon.model import Cell, Claim, Observation, ObservationStatus, Period, Series

_PIECE = 10_000
_CELL = attrgetter(*(field.name for field in fields(Cell)))
_REST = attrgetter("note", "lower", "upper", "sample_size")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which check is to run: the one at ``position`` among those that ``id`` declares; within which limits."""

    noun: str  #: source or indicator
    id: str
    position: int
    seconds: float
    memory: int


def write(asked: Asked, observations: Sequence[Observation], claims: Sequence[Claim], file: BinaryIO) -> None:
    """Write a request; ``read_asked`` and then ``read_figures`` read it."""
    series: dict[Series, int] = {}
    periods: dict[Period, int] = {}
    for one in observations:
        series.setdefault(one.series, len(series))
        periods.setdefault(one.period, len(periods))
    pickle.dump(asked, file)
    pickle.dump((list(series), list(periods), list(claims), len(observations)), file)
    rows = (
        (series[o.series], periods[o.period], o.value, _CELL(o.cell), int(o.status), *_REST(o)) for o in observations
    )
    while piece := list(islice(rows, _PIECE)):
        pickle.dump(piece, file)


def read_asked(file: BinaryIO) -> Asked:
    """Return which check is to run: written, as all of the file, by our own parent process."""
    asked: Asked = pickle.load(file)
    return asked


def read_figures(file: BinaryIO) -> tuple[list[Observation], list[Claim]]:
    """Return what the check is about."""
    series, periods, claims, count = pickle.load(file)
    observations: list[Observation] = []
    while len(observations) < count:
        observations += _observations(series, periods, pickle.load(file))
    return observations, claims


def _observations(
    series: Sequence[Series], periods: Sequence[Period], rows: list[tuple[Any, ...]]
) -> Iterator[Observation]:
    statuses = {int(status): status for status in ObservationStatus}
    for about, when, value, cell, status, *rest in rows:
        yield Observation(series[about], periods[when], value, Cell(*cell), statuses[status], *rest)
