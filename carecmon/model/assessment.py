"""The verdict on one series."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from carecmon.model.period import Period
from carecmon.model.series import Series

#: The year of ``Assessment.projected``: when CAREC 2030 ends, whatever the year of the target.
PROJECTED = 2030


class Status(StrEnum):
    """How a series stands against its target, the five verdicts best first, then why there is none."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    SLOW = "slow"
    STAGNANT = "stagnant"
    REVERSING = "reversing"
    NO_TARGET = "no_target"
    NOT_ENOUGH_DATA = "not_enough_data"
    NO_DATA = "no_data"
    DISCONTINUED = "discontinued"

    @property
    def off_track(self) -> bool:
        """Whether the series will miss its target if it goes on like this."""
        return self in (Status.SLOW, Status.STAGNANT, Status.REVERSING)

    @property
    def verdict(self) -> bool:
        """Whether the series was judged at all."""
        return self.off_track or self in (Status.ACHIEVED, Status.ON_TRACK)


class Freshness(StrEnum):
    """Whether the next reference period should have come by now."""

    EXPECTED = "expected"
    DUE = "due"
    LATE = "late"
    MISSING = "missing"
    DISCONTINUED = "discontinued"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on one series, and why.

    ``value``, ``change`` (against the previous period, computed), ``baseline``, ``expected`` (the path at
    ``period``; of a state at the newest period that a source spoke of), ``projected`` (in ``PROJECTED``, 2030) and
    ``target`` are in the indicator's unit.
    ``required_rate`` is percent a year from baseline to target, ``required_from_now`` from value to target;
    ``progress`` is the share of the way from baseline to target, 1 at the target; ``elapsed`` is the share of the time
    that ``expected`` is the path of. ``method`` is name and version.
    ``points`` is the judged history (period, value) for charts, ascending. ``corrections`` says for each period whose
    judged value rests on a correction which one; ``findings`` are the ids of open findings that touch ``value``.
    Without a ``calendar`` nobody can say when the next period should come: then nothing is ever late.
    """

    series: Series
    sector: str
    pillar: str
    status: Status
    freshness: Freshness
    official: bool | None
    method: str
    unit: str
    why: str
    period: Period | None = None
    value: float | None = None
    previous_period: Period | None = None
    change: float | None = None
    baseline: float | None = None
    baseline_period: Period | None = None
    expected: float | None = None
    progress: float | None = None
    required_rate: float | None = None
    required_from_now: float | None = None
    projected: float | None = None
    target: float | None = None
    target_year: int | None = None
    target_text: str = ""
    sources: tuple[str, ...] = ()
    points: tuple[tuple[Period, float], ...] = ()
    corrections: tuple[tuple[Period, str], ...] = ()
    findings: tuple[str, ...] = ()
    calendar: bool = True
    elapsed: float | None = None

    @property
    def corrected(self) -> bool:
        """Whether a correction is in force on the value, or on one that it is compared with."""
        compared = (self.period, self.previous_period, self.baseline_period)
        return any(period in compared for period, _ in self.corrections)
