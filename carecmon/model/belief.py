"""What is believed: for each source, the value of each cell that its newest accepted release states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from carecmon.model.observation import ObservationStatus
from carecmon.model.period import Period
from carecmon.model.series import Series


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day in the past, on one of two axes: what had been observed by then, or what had been published by then.

    A date means the end of that day, UTC.
    """

    day: date
    published: bool = False

    @staticmethod
    def parse(text: str) -> AsOf:
        """Read ``2024-06-01`` or ``published:2024-06-01``; raise ValueError for anything else."""
        axis, colon, day = text.rpartition(":")
        if colon and axis != "published":
            raise ValueError(f"{text!r} is not a date to look back from; write 2024-06-01 or published:2024-06-01")
        try:
            return AsOf(date.fromisoformat(day), bool(colon))
        except ValueError:
            raise ValueError(
                f"{text!r} is not a date to look back from; write 2024-06-01 or published:2024-06-01"
            ) from None

    @property
    def moment(self) -> datetime:
        """The last moment of the day."""
        return datetime.combine(self.day, time.max, UTC)

    @property
    def beginning(self) -> datetime:
        """The first moment of the day."""
        return datetime.combine(self.day, time.min, UTC)

    def __str__(self) -> str:
        return f"published:{self.day}" if self.published else f"{self.day}"


@dataclass(frozen=True, slots=True)
class Point:
    """What one source says about one cell, and which of its releases said so."""

    period: Period
    value: float | None
    status: ObservationStatus
    source: str
    release: int
    note: str | None = None

    @property
    def usable(self) -> bool:
        """Whether there is a value to judge."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class SeriesBelief:
    """Everything believed about one series: per source, its points by ascending period."""

    series: Series
    by_source: Mapping[str, tuple[Point, ...]]
