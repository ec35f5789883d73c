"""Which exit code a finished run has earned."""

from __future__ import annotations

from carecmon.errors import ExitCode
from carecmon.model import AlertState, Outcome, PluginState, RunReport, Severity, SourceOutcome

#: States in which an alert counts for --fail-on: what it warns of is still so, or was a moment ago.
_ACTIVE = (AlertState.FIRING, AlertState.RECOVERING)
#: Waiting deliveries (offline, quiet hours, digest) are not among them.
_UNDELIVERED = ("queued", "dead")


def exit_code(report: RunReport, fail_on: Severity | None = None) -> ExitCode:
    """Return the code of a run that finished. Codes 2 and 5 come from errors, which end a run before this."""
    if fail_on is not None and loudest(report) >= fail_on.rank:
        return ExitCode.ALERTS
    if not_judged(report):
        return ExitCode.PARTIAL
    if undelivered(report):
        return ExitCode.UNDELIVERED
    return ExitCode.OK


def loudest(report: RunReport) -> int:
    """Return the rank of the most severe alert that is firing, -1 where none is."""
    return max((alert.severity.rank for alert in report.alerts if alert.state in _ACTIVE), default=-1)


def firing(report: RunReport, severity: Severity) -> int:
    """Return how many alerts of ``severity`` are firing."""
    return sum(alert.severity is severity and alert.state in _ACTIVE for alert in report.alerts)


def not_judged(report: RunReport) -> list[str]:
    """Name what is configured and could not be judged: plugins, sources with nothing older, indicators."""
    return [
        *(f"plugin {plugin.name}" for plugin in report.plugins if plugin.state is PluginState.BROKEN),
        *(f"source {s.id}" for s in report.sources if s.outcome is SourceOutcome.FAILED and s.newest is None),
        *(f"indicator {indicator.id}" for indicator in report.indicators if indicator.outcome is Outcome.FAILED),
    ]


def undelivered(report: RunReport) -> int:
    """Return how many messages should have gone out by now and did not; offline, none should."""
    return 0 if report.offline else sum(delivery.state in _UNDELIVERED for delivery in report.deliveries)
