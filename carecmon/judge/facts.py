"""What rules look at: everything known about one series or one source, and how a condition answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from carecmon.judge.changes import Change
from carecmon.model import Assessment, Finding, Indicator, Period


class Outcome(StrEnum):
    """What a rule says about a subject now. No answer never changes an alert: absence is not good news."""

    FIRES = "fires"
    EASING = "easing"  #: back over the threshold, not yet over the clear level
    CLEAR = "clear"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What rules look at in a series.

    ``earlier`` are its assessments as if the newest periods had not come yet, newest first, as many as the
    longest ``hold.observations`` needs. ``changes`` are against what was believed when it was last judged.
    ``withdrawn`` are the periods that lost their value; ``findings`` are those about this series.
    """

    indicator: Indicator
    assessment: Assessment
    today: date
    earlier: tuple[Assessment, ...] = ()
    changes: tuple[Change, ...] = ()
    withdrawn: tuple[Period, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def subject(self) -> str:
        """The series, as alerts are identified by it."""
        return str(self.assessment.series)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What rules look at in a source.

    ``failing`` is None where it was not asked. ``quarantined`` says for each release in quarantine which and why.
    ``indicators`` are the watched indicators it feeds, with their sector; ``findings`` those about no series.
    ``failures`` counts failed fetches since ``last_ok``, when it last answered.
    """

    source: str
    failing: bool | None = None
    error: str = ""
    quarantined: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    indicators: tuple[tuple[str, str], ...] = ()
    failures: int = 0
    last_ok: datetime | None = None

    @property
    def subject(self) -> str:
        """The source's id, as alerts are identified by it."""
        return self.source
