"""Consistency checks: a source must agree with itself and with others. Pure.

A release is checked as printed, before corrections; only conflicts between sources read beliefs. Printed numbers are
compared as intervals, and only what cannot be true gives a finding.
"""

from carecmon.judge.checks.conflicts import check_conflicts
from carecmon.judge.checks.release import KINDS, check_kind, check_release, mend

__all__ = ["KINDS", "check_conflicts", "check_kind", "check_release", "mend"]
