"""carecmon: watch the indicators of the CAREC Program, and tell people when they leave their path.

What a plugin author needs is re-exported here; everything else is internal. Names are imported when they are first
asked for, so that the command line starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carecmon.hookspecs import hookimpl as hookimpl
    from carecmon.model import NOT_RECORDED as NOT_RECORDED
    from carecmon.model import Answer as Answer
    from carecmon.model import Ask as Ask
    from carecmon.model import Better as Better
    from carecmon.model import Cadence as Cadence
    from carecmon.model import Cell as Cell
    from carecmon.model import Check as Check
    from carecmon.model import Claim as Claim
    from carecmon.model import ClaimKind as ClaimKind
    from carecmon.model import Client as Client
    from carecmon.model import Code as Code
    from carecmon.model import CodeList as CodeList
    from carecmon.model import Contradiction as Contradiction
    from carecmon.model import Covered as Covered
    from carecmon.model import Dimension as Dimension
    from carecmon.model import Discontinued as Discontinued
    from carecmon.model import Document as Document
    from carecmon.model import Fault as Fault
    from carecmon.model import Indicator as Indicator
    from carecmon.model import Notice as Notice
    from carecmon.model import NotModified as NotModified
    from carecmon.model import Observation as Observation
    from carecmon.model import ObservationStatus as ObservationStatus
    from carecmon.model import Order as Order
    from carecmon.model import Period as Period
    from carecmon.model import Problem as Problem
    from carecmon.model import Published as Published
    from carecmon.model import Qualifier as Qualifier
    from carecmon.model import ReleaseCalendar as ReleaseCalendar
    from carecmon.model import Reply as Reply
    from carecmon.model import Scale as Scale
    from carecmon.model import Series as Series
    from carecmon.model import Severity as Severity
    from carecmon.model import Source as Source
    from carecmon.model import SourceError as SourceError
    from carecmon.model import Text as Text

__all__ = [
    "NOT_RECORDED",
    "Answer",
    "Ask",
    "Better",
    "Cadence",
    "Cell",
    "Check",
    "Claim",
    "ClaimKind",
    "Client",
    "Code",
    "CodeList",
    "Contradiction",
    "Covered",
    "Dimension",
    "Discontinued",
    "Document",
    "Fault",
    "Indicator",
    "NotModified",
    "Notice",
    "Observation",
    "ObservationStatus",
    "Order",
    "Period",
    "Problem",
    "Published",
    "Qualifier",
    "ReleaseCalendar",
    "Reply",
    "Scale",
    "Series",
    "Severity",
    "Source",
    "SourceError",
    "Text",
    "hookimpl",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'carecmon' has no attribute {name!r}; it has {', '.join(__all__)}")
    home = "carecmon.hookspecs" if name == "hookimpl" else "carecmon.model"
    return getattr(import_module(home), name)
