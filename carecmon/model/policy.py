"""Policy: the targets series are judged against, and the rules that raise alerts. Written in indicators.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from carecmon.model.check import Severity
from carecmon.model.correction import Correction
from carecmon.model.period import Period
from carecmon.model.series import Series


class TargetKind(StrEnum):
    """In what form a target is given."""

    VALUE = "value"  #: a number to reach
    RELATIVE = "relative"  #: a change against a base period ("-50 % on 2010"), or a yearly rate from a base on
    MILESTONE = "milestone"  #: a state to be in by a date
    DIRECTION = "direction"  #: better, without a number


@dataclass(frozen=True, slots=True)
class Target:
    """What the series that ``indicator`` (``*`` allowed) and ``select`` choose should reach, and who says so.

    ``change`` is a fraction of the baseline (-0.5: halve it); ``rate`` is the improvement a year as a fraction,
    towards better, from the latest value at or before ``base_until`` (a series without one has no such target);
    ``baseline`` is written only where it is not the value believed at ``base_period``.
    """

    kind: TargetKind
    official: bool
    indicator: str
    select: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    value: float | None = None
    change: float | None = None
    rate: float | None = None
    state: str | None = None
    base_period: Period | None = None
    base_until: Period | None = None
    baseline: float | None = None
    citation: str | None = None
    rationale: str | None = None

    def chooses(self, series: Series) -> bool:
        """Say whether this target is written for ``series``."""
        return fnmatchcase(series.indicator, self.indicator) and series.matches(self.select)


class Condition(StrEnum):
    """What a rule waits for."""

    OFF_TRACK = "off_track"  #: the verdict is slow, stagnant or reversing
    ABOVE = "above"  #: the newest value is above ``value``
    BELOW = "below"  #: the newest value is below ``value``
    CHANGED = "changed"  #: the newest value differs from that of the period before by ``value`` percent or more
    REVISED = "revised"  #: since the last run a value was revised by ``value`` percent or more
    MISSED = "milestone_missed"  #: the target's year is over and the target was missed
    REVERSED = "reversed"  #: the verdict is reversing
    LATE = "late"  #: the release calendar says that the next period should be there, grace included
    SOURCE_FAILING = "source_failing"  #: the source gives no complete answer
    WITHDRAWN = "withdrawn"  #: a period that was stated is withdrawn, and no other source has it
    CONTRADICTION = "contradiction"  #: a finding about the series or the source is open
    QUARANTINED = "quarantined"  #: a release of the source waits for a decision


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a condition must hold: reference periods in the data, evaluations in a row, or seconds."""

    observations: int = 0
    evaluations: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition with a severity, over the series that ``indicator``, ``sector`` and ``select`` choose.

    ``official`` limits a rule to series with an official (True) or a working (False) target. ``value`` is the
    threshold, ``clear`` the separate level at which it lets go; for changed and revised, ``value`` is the
    smallest change in percent. ``opt_in`` rules reach only people who ask for them.
    """

    id: str
    condition: Condition
    severity: Severity
    indicator: str = "*"
    sector: str = "*"
    select: Mapping[str, str] = field(default_factory=dict)
    official: bool | None = None
    value: float | None = None
    clear: float | None = None
    hold: Hold = field(default_factory=Hold)
    opt_in: bool = False

    def chooses(self, series: Series, sector: str) -> bool:
        """Say whether this rule watches ``series`` of a ``sector``."""
        return (
            fnmatchcase(series.indicator, self.indicator)
            and fnmatchcase(sector, self.sector)
            and series.matches(self.select)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that judging depends on beside the data and the clock. Stored with each run, to find causes by.

    ``methods`` and ``prefer`` are by indicator id, for those that differ from the default; ``versions`` is the
    version of the plugin that declares each indicator; ``corrections`` are those in force.
    """

    targets: tuple[Target, ...] = ()
    rules: tuple[Rule, ...] = ()
    methods: Mapping[str, str] = field(default_factory=dict)
    prefer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    watched: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
