"""What stands beside an alert and never changes its state: silences, acknowledgements, inhibitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from carecmon.model.check import Severity


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts that nobody is told about from ``starts`` until before ``ends``.

    ``rule``, ``indicator``, ``sector`` and ``subject`` are patterns (``*``), ``select`` labels of the series; all must
    match. ``severity`` None means any. An alert about a source has no labels, and the indicators that its source feeds.
    """

    id: int
    starts: datetime
    ends: datetime
    author: str
    reason: str
    rule: str = "*"
    indicator: str = "*"
    sector: str = "*"
    subject: str = "*"
    select: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None

    def in_force(self, now: datetime) -> bool:
        """Say whether it mutes ``now``."""
        return self.starts <= now < self.ends


@dataclass(frozen=True, slots=True)
class SilenceEdit:
    """One change of a silence: from ``at`` on it ends at ``ends``. The first edit made it."""

    silence: int
    at: datetime
    ends: datetime
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody takes care of an alert: no reminders until ``until`` (None: until it resolves).

    ``ended`` is when the alert resolved afterwards, None where it has not.
    """

    fingerprint: str
    at: datetime
    author: str
    reason: str
    until: datetime | None = None
    ended: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Say whether it holds ``now``."""
        return self.ended is None and self.at <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that stands beside one alert now.

    ``silences`` are those in force that match; ``silence_ended`` is when the last one that matched ended;
    ``inhibited_by`` is the fingerprint of the alert that makes this one pointless.
    """

    silences: tuple[Silence, ...] = ()
    silence_ended: datetime | None = None
    acknowledged: Acknowledgement | None = None
    inhibited_by: str | None = None
