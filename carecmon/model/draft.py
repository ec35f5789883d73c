"""A release on its way into the store: what was collected and checked, not yet recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from carecmon.model.observation import Claim
from carecmon.model.series import Series
from carecmon.model.source import Covered, Order, Published


class CellRow(NamedTuple):
    """What is kept of an observation beside its value: its cell, and the uncertainty printed with it."""

    document: str
    location: str
    row: str
    column: str
    raw: str
    lower: float | None = None
    upper: float | None = None
    sample_size: int | None = None


@dataclass(slots=True)
class Batch:
    """All that one answer states about one series, by ascending period.

    A row is (``Period.key``, value, ``ObservationStatus`` as int, note); ``cells`` is either empty or as long as
    ``rows``. Plain tuples, because a million of them must cost little.
    """

    series: Series
    rows: list[tuple[int, float | None, int, str | None]]
    cells: list[CellRow | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Draft:
    """One answer of a source, parsed and checked. ``batches`` come sorted by series, each series once.

    ``digest`` is the SHA-256 of the raw content; ``body`` is that content by name, kept beside the store;
    ``state`` is what the source's next fetch is handed. ``rereads`` is the id of the release whose stored answer
    was parsed again. ``quarantine`` is a reason, found while collecting, not to believe the release.
    """

    source: str
    order: Order
    edition: str
    published: Published
    url: str
    digest: str
    batches: Iterable[Batch]
    claims: Sequence[Claim] = ()
    covers: tuple[Covered, ...] = ()
    reader_version: str = "1"
    document: str = ""
    note: str | None = None
    body: Mapping[str, bytes] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    rereads: int | None = None
    quarantine: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the store made of a draft. ``release`` is None where the answer repeats the newest release.

    Counts are cells: ``added`` had no value, ``revised`` had another one, ``withdrawn`` are no longer stated,
    ``unchanged`` are stated as before.
    """

    release: int | None
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    quarantine: str | None = None
