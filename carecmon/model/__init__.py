"""The nouns of carecmon: immutable values. No input or output, no clock, no third-party imports."""

from carecmon.errors import Fault, SourceError
from carecmon.model.alert import Alert, AlertState, Cause, Delivery, Finding, Transition, fingerprint
from carecmon.model.assessment import PROJECTED, Assessment, Freshness, Status
from carecmon.model.belief import AsOf, Point, SeriesBelief
from carecmon.model.check import Check, Contradiction, Severity
from carecmon.model.codes import LANGUAGES, Code, CodeList, Text
from carecmon.model.correction import Correction, CorrectionAction
from carecmon.model.draft import Batch, CellRow, Draft, Recorded
from carecmon.model.fetching import Ask, Client, Problem, Reply
from carecmon.model.indicator import (
    Better,
    Cadence,
    Dimension,
    Discontinued,
    Indicator,
    ReleaseCalendar,
    Scale,
)
from carecmon.model.observation import (
    NOT_RECORDED,
    Cell,
    Claim,
    ClaimKind,
    Notice,
    Observation,
    ObservationStatus,
    Qualifier,
)
from carecmon.model.period import Period
from carecmon.model.policy import Condition, Hold, Policy, Rule, Target, TargetKind
from carecmon.model.report import (
    IndicatorReport,
    Outcome,
    PluginReport,
    PluginState,
    RunReport,
    SourceOutcome,
    SourceReport,
)
from carecmon.model.series import Series
from carecmon.model.source import (
    Answer,
    Covered,
    DatePrecision,
    Document,
    NotModified,
    Order,
    Published,
    Release,
    Source,
)

__all__ = [
    "LANGUAGES",
    "NOT_RECORDED",
    "PROJECTED",
    "Alert",
    "AlertState",
    "Answer",
    "AsOf",
    "Ask",
    "Assessment",
    "Batch",
    "Better",
    "Cadence",
    "Cause",
    "Cell",
    "CellRow",
    "Check",
    "Claim",
    "ClaimKind",
    "Client",
    "Code",
    "CodeList",
    "Condition",
    "Contradiction",
    "Correction",
    "CorrectionAction",
    "Covered",
    "DatePrecision",
    "Delivery",
    "Dimension",
    "Discontinued",
    "Document",
    "Draft",
    "Fault",
    "Finding",
    "Freshness",
    "Hold",
    "Indicator",
    "IndicatorReport",
    "NotModified",
    "Notice",
    "Observation",
    "ObservationStatus",
    "Order",
    "Outcome",
    "Period",
    "PluginReport",
    "PluginState",
    "Point",
    "Policy",
    "Problem",
    "Published",
    "Qualifier",
    "Recorded",
    "Release",
    "ReleaseCalendar",
    "Reply",
    "Rule",
    "RunReport",
    "Scale",
    "Series",
    "SeriesBelief",
    "Severity",
    "Source",
    "SourceError",
    "SourceOutcome",
    "SourceReport",
    "Status",
    "Target",
    "TargetKind",
    "Text",
    "Transition",
    "fingerprint",
]
