"""What a message says, as data: complete, in no language yet, so that nothing else is needed to render it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from carecmon.model import Alert, AlertState, Assessment, Cell, Finding, Status

#: The same words by language; English is always there.
Words = Mapping[str, str]

#: The news of an alert that fires for something else than it was told for; see ``Reason``.
ANOTHER_EVENT = "another_event"

#: States of an alert in which its condition holds, or did a moment ago.
FIRING = (AlertState.FIRING, AlertState.RECOVERING)


@dataclass(frozen=True, slots=True)
class Naming:
    """How people call a series, and how its values are written.

    ``labels`` are the names of its codes, without those that split nothing; ``unit`` is the indicator's;
    ``states`` are the names of its states, worst first, empty where values are numbers.
    """

    indicator: str
    series: str
    sector: str
    pillar: str
    title: Words
    labels: tuple[Words, ...] = ()
    unit: str = ""
    precision: int = 1
    better: str = "higher"
    states: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value is printed: who published it, the document, and its cell."""

    source: str
    title: Words
    publisher: str = ""
    document: str = ""
    url: str = ""
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a person was told before about an alert: when, which news, and the value it stood at."""

    at: datetime
    news: str
    period: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """One alert in one message. ``news`` is why it is told; ``naming`` is None for an alert about a source."""

    alert: Alert
    news: str
    condition: str
    sector: str = ""
    naming: Naming | None = None
    assessment: Assessment | None = None
    origins: tuple[Origin, ...] = ()
    findings: tuple[Finding, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    threshold: float | None = None
    opt_in: bool = False
    acknowledged: str = ""

    @property
    def fires(self) -> bool:
        """Whether the alert fires, as far as this message knows."""
        return self.alert.state in FIRING


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an indicator stands, for the introduction: the series that stands for it, one of ``series`` in all.

    ``verdicts`` counts the verdicts where many series stand for it together (one for each country); ``alerts`` is how
    many alerts of the indicator fire. ``together`` is the verdict of the indicator: behind where any of the series that
    stand for it is behind.
    """

    naming: Naming
    assessment: Assessment
    series: int = 1
    alerts: int = 0
    verdicts: tuple[tuple[Status, int], ...] = ()
    together: Status | None = None

    @property
    def status(self) -> Status:
        """The verdict by which the indicator is counted."""
        return self.together or self.assessment.status


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not reach somebody, for those who run carecmon."""

    delivery: int
    person: str
    channel: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What one delivery says beside its own notices: where things stand, what still fires, what failed.

    ``kind`` is introduction, news, undelivered or test. ``sample`` marks a preview.
    """

    kind: str
    at: datetime
    standings: tuple[Standing, ...] = ()
    still: tuple[Announcement, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    not_shown: int = 0
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message: how they are addressed, their language and time zone (IANA name)."""

    name: str
    full_name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One delivery, ready to be rendered: its final ``message_id`` (without brackets), who, what.

    ``references`` are the ids of earlier messages to this person about the same alerts, oldest first.
    """

    id: int
    message_id: str
    channel: str
    created: datetime
    reader: Reader
    content: Content
    notices: tuple[Announcement, ...] = ()
    references: tuple[str, ...] = ()


def split(notices: Iterable[Announcement]) -> tuple[list[Announcement], list[Announcement], set[str]]:
    """Return what fires and what has resolved, each alert once as it is now, and which of them were only now seen.

    An alert that fired and cleared while its message waited stands among the resolved, and among the unseen. One that
    fires for another event stands there once for each.
    """
    latest: dict[str, list[Announcement]] = {}
    unseen: set[str] = set()
    for notice in notices:
        mark = notice.alert.fingerprint
        before = latest.get(mark, [])
        if notice.alert.state is AlertState.RESOLVED and before and before[-1].fires:
            unseen.add(mark)
        latest[mark] = [*before, notice] if notice.news == ANOTHER_EVENT else [notice]
    ordered = sorted((one for some in latest.values() for one in some), key=_importance)
    return (
        [one for one in ordered if one.fires],
        [one for one in ordered if not one.fires],
        {one for one in unseen if not latest[one][-1].earlier},
    )


def _importance(notice: Announcement) -> tuple[object, ...]:
    official = notice.assessment is not None and bool(notice.assessment.official)
    # Within an indicator they stay as they were queued: in the order in which tables have its series.
    return -notice.alert.severity.rank, not official, notice.alert.subject.partition("{")[0]
