"""Runs to report on, made by hand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from carecmon.model import Alert, AlertState, Cause, Delivery, RunReport, Severity, fingerprint

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def report():
    """An empty run that finished; a test replaces what it is about."""

    def make(**more):
        return replace(RunReport(1, NOW, NOW, offline=False), **more)

    return make


@pytest.fixture
def alert():
    """An alert of a severity in a state."""

    def make(severity=Severity.WARNING, state=AlertState.FIRING, subject="a{x=1}"):
        return Alert(fingerprint("r", subject), "r", subject, severity, state, Cause.REVISION, NOW, "said")

    return make


@pytest.fixture
def delivery():
    """A message in a state."""
    return lambda state: Delivery(1, "ana", "email", state, ("abc",), NOW)
