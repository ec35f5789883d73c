"""What a run did: handed to the command line, to JSON and to the hook run_finished."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from carecmon.model.alert import Alert, Delivery, Finding, Transition
from carecmon.model.assessment import Assessment
from carecmon.model.belief import AsOf


class PluginState(StrEnum):
    """What became of a plugin."""

    LOADED = "loaded"
    BROKEN = "broken"  #: it could not be imported, or declares something wrong
    FAILED = "failed"  #: it loaded, but collecting from one of its sources failed


@dataclass(frozen=True, slots=True)
class PluginReport:
    """One plugin and, where something is wrong with it, why and what to do."""

    name: str
    state: PluginState
    reason: str = ""
    remedy: str = ""
    origin: str = ""
    version: str = ""


class SourceOutcome(StrEnum):
    """What asking a source gave."""

    RECORDED = "recorded"  #: at least one new release
    UNCHANGED = "unchanged"
    FAILED = "failed"
    OFFLINE = "offline"  #: live, and not asked because of --offline
    NOT_DUE = "not_due"  #: carecmon run asks it later
    DISABLED = "disabled"
    WAITING = "waiting"  #: its first fetch costs more than two requests, so somebody must enable it


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source in one run. ``releases`` are the ids recorded, ``newest`` is when the last believed one was observed.

    Counted is what is believed, not what is held in quarantine.
    """

    id: str
    plugin: str
    outcome: SourceOutcome
    releases: tuple[int, ...] = ()
    error: str = ""
    newest: datetime | None = None
    added: int = 0
    revised: int = 0
    withdrawn: int = 0


class Outcome(StrEnum):
    """What a run made of an indicator."""

    JUDGED = "judged"
    NO_DATA = "no_data"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class IndicatorReport:
    """One watched indicator in one run. ``releases`` are those recorded by this run from its sources."""

    id: str
    sector: str
    pillar: str
    outcome: Outcome
    releases: tuple[int, ...] = ()
    error: str = ""


@dataclass(slots=True)
class RunReport:
    """Everything one run found. ``id`` is None where nothing was written (--dry-run, --as-of)."""

    id: int | None
    started: datetime
    finished: datetime
    offline: bool
    as_of: AsOf | None = None
    plugins: list[PluginReport] = field(default_factory=list)
    sources: list[SourceReport] = field(default_factory=list)
    indicators: list[IndicatorReport] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)  #: why messages did not go out, for somebody to mend
    not_watched: int = 0
    first_run: bool = False

    @property
    def changed(self) -> bool:
        """Whether this run recorded a release, or an alert changed its state."""
        return bool(self.transitions) or any(source.releases for source in self.sources)
