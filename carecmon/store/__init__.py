"""The store: append-only, bitemporal, one file. The only part of carecmon that speaks SQL."""

from carecmon.store.care import Decision, Problem, Verified
from carecmon.store.faults import fault
from carecmon.store.fetches import Known
from carecmon.store.findings import FindingAcknowledgement, KeptFinding
from carecmon.store.history import Revision, Vintage
from carecmon.store.renaming import Renaming
from carecmon.store.runs import Run
from carecmon.store.store import Store
from carecmon.store.verdicts import PastTransition

__all__ = [
    "Decision",
    "FindingAcknowledgement",
    "KeptFinding",
    "Known",
    "PastTransition",
    "Problem",
    "Renaming",
    "Revision",
    "Run",
    "Store",
    "Verified",
    "Vintage",
    "fault",
]
