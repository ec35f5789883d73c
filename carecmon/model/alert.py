"""Alerts: a rule and a series in a state, and how they got there; findings; deliveries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from carecmon.model.check import Severity
from carecmon.model.observation import Cell
from carecmon.model.period import Period
from carecmon.model.series import Series


class AlertState(StrEnum):
    """Where an alert is in its life; acknowledged and silenced stand beside it."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class Cause(StrEnum):
    """Why an alert changed its state: the smallest change of input that flips it."""

    FIRST_ASSESSMENT = "first_assessment"
    NEW_PERIOD = "new_period"
    REVISION = "revision"
    LATE_ARRIVAL = "late_arrival"
    WITHDRAWAL = "withdrawal"
    CORRECTION = "correction"
    TARGET_CHANGED = "target_changed"
    RULE_CHANGED = "rule_changed"
    PLUGIN_CHANGED = "plugin_changed"
    CLOCK = "clock"
    SEVERAL = "several"


def fingerprint(rule: str, subject: str) -> str:
    """Return the identity of the alert of ``rule`` about ``subject`` (a series, or a source): 12 hex digits."""
    return hashlib.sha256(f"{rule}\n{subject}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule and a subject in a state. ``since`` is when this state began, ``evidence`` what was seen then.

    ``progress`` counts while the alert is pending: ``evaluations`` in a row that fired.
    """

    fingerprint: str
    rule: str
    subject: str
    severity: Severity
    state: AlertState
    cause: Cause
    since: datetime
    message: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    progress: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transition:
    """An alert that changed its state in one run."""

    before: AlertState
    alert: Alert


@dataclass(frozen=True, slots=True)
class Finding:
    """A source contradicts itself or another source. ``id`` is stable while the same cells contradict each other."""

    id: str
    check: str
    severity: Severity
    source: str
    series: Series | None
    period: Period | None
    cells: tuple[Cell, ...]
    found: str
    expected: str
    message: str
    acknowledged: str | None = None
    mended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one person. ``state`` is queued, sending, waiting, sent, dead or dropped.

    It is sending where another process has it right now.
    """

    id: int
    person: str
    channel: str
    state: str
    alerts: tuple[str, ...]
    created: datetime
