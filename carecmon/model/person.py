"""Whether a person is told: what they want to hear, what they were told before, and the answer with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from enum import StrEnum
from typing import Literal

from carecmon.model.alert import Alert
from carecmon.model.check import Severity
from carecmon.model.policy import Rule
from carecmon.model.silence import Beside

#: So often a message may fail before those behind it, to the same person by the same channel, no longer wait for it.
WAITS_BEHIND = 5


@dataclass(frozen=True, slots=True)
class Recipient:
    """What one person wants to hear of, and when. ``hour`` and ``quiet_hours`` are in ``time_zone``.

    ``day`` is 0 for Monday, ``remind_after`` is in seconds. ``opt_in`` are ids of rules that reach only those who
    ask; asking for one counts more than ``severities``. ``ops`` people, and only they, hear of failing sources and
    releases in quarantine, whatever their sectors are.
    """

    name: str
    time_zone: tzinfo
    sectors: tuple[str, ...] = ("*",)
    indicators: tuple[str, ...] = ("*",)
    severities: tuple[Severity, ...] = (Severity.WARNING, Severity.CRITICAL)
    send: Literal["immediately", "daily", "weekly"] = "immediately"
    day: int = 0
    hour: time = time(9)
    quiet_hours: tuple[time, time] | None = None
    critical_pierces: bool = True
    remind_after: float | None = None
    opt_in: tuple[str, ...] = ()
    ops: bool = False


class Answer(StrEnum):
    """What is done about one alert and one person now."""

    TELL = "tell"  #: put it into a message that goes out now
    HOLD = "hold"  #: put it into a message that waits until ``Decision.until``
    SKIP = "skip"


class Reason(StrEnum):
    """Why a person is told, is told later, or is not told. The order within each part is that of the questions."""

    # What there is to tell
    INTRODUCTION = "introduction"  #: new store, indicator or person: it stands in the introduction, not in an alert
    FIRST_NOTIFICATION = "first_notification"
    SEVERITY_RAISED = "severity_raised"
    ANOTHER_EVENT = "another_event"  #: it fires for something that happened after it was told: a second revision
    SILENCE_EXPIRED = "silence_expired"  #: it still fires after a silence
    REMINDER = "reminder"
    RESOLVED = "resolved"  #: only to those who were told, or are about to be told, that it fires

    # Why it waits
    WAITS_FOR_DIGEST = "waits_for_digest"
    QUIET_HOURS = "quiet_hours"

    # Why not
    NOT_FIRING = "not_firing"  #: inactive or pending
    FIRED_AND_CLEARED_UNSEEN = "fired_and_cleared_unseen"
    EVENT_IS_OVER = "event_is_over"  #: a revision was told; that the next run saw none is no news
    OPS_ONLY = "ops_only"
    OPTED_OUT = "opted_out"
    SEVERITY = "severity"
    SECTOR = "sector"
    INDICATOR = "indicator"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    ACKNOWLEDGED = "acknowledged"  #: a reminder would be due
    ALREADY_WAITING = "already_waiting"  #: it stands in a message that waits
    ALREADY_TOLD = "already_told"


#: Reasons that say "it fires"; after the newest of them, RESOLVED is owed.
FIRING_NEWS = (
    Reason.INTRODUCTION,
    Reason.FIRST_NOTIFICATION,
    Reason.SEVERITY_RAISED,
    Reason.ANOTHER_EVENT,
    Reason.SILENCE_EXPIRED,
    Reason.REMINDER,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What one message says to one person about one alert. ``waiting`` while it is held and not yet due.

    ``at`` is when it was decided; for a message that waited, when it became due. ``decided`` is given where it differs,
    ``due`` where it still waits.
    """

    at: datetime
    news: Reason
    severity: Severity
    waiting: bool = False
    decided: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One person and one alert: everything that the question "tell this person now?" depends on, but the time.

    ``rule`` is None where it was removed. ``about`` are the (indicator, sector) pairs that the alert concerns: one for
    a series, those that it feeds for a source. ``told`` is oldest first, without what was dropped or is dead.
    ``introduced`` says that this person was told before where (one of) these indicators stand.
    """

    person: Recipient
    alert: Alert
    rule: Rule | None
    about: tuple[tuple[str, str], ...]
    told: tuple[Told, ...] = ()
    introduced: bool = True
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and its reason: for SKIP why not, for HOLD why it waits, for TELL what there is to tell.

    ``news`` is what there is to tell, for TELL and HOLD; ``until`` is when a held message is due, UTC.
    """

    answer: Answer
    reason: Reason
    news: Reason | None = None
    until: datetime | None = None
