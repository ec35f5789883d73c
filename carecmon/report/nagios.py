"""A run as one line for Nagios, Icinga and their kin: a word, a sentence, performance data, and 0, 1, 2 or 3."""

from __future__ import annotations

from carecmon.model import Outcome, RunReport, Severity, SourceOutcome
from carecmon.report.exits import firing, not_judged, undelivered

_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_UNKNOWN = 3


def line(report: RunReport) -> tuple[str, int]:
    """Return the line and the service state. What is known to be bad is louder than what is not known."""
    critical, warning = firing(report, Severity.CRITICAL), firing(report, Severity.WARNING)
    broken, unsent = not_judged(report), undelivered(report)
    older = [s.id for s in report.sources if s.outcome is SourceOutcome.FAILED and s.newest is not None]
    state = 2 if critical else 1 if warning else _UNKNOWN if broken else 1 if unsent or older else 0
    stored = sum(indicator.outcome is Outcome.JUDGED for indicator in report.indicators)
    verdicts = len({one.series.indicator for one in report.assessments if one.status.verdict})
    said = [f"{len(report.indicators)} indicators, {stored} with figures, {verdicts} with a verdict"]
    said += [f"alerts firing: {critical} critical, {warning} warning"] if critical or warning else []
    said += [f"failed: {', '.join(broken[:3])}{' ...' if len(broken) > 3 else ''}"] if broken else []
    said += [f"sources failed, judged on what was stored: {', '.join(older)}"] if older else []
    said += [f"{unsent} messages undelivered"] if unsent else []
    figures = f"indicators={len(report.indicators)} with_figures={stored} with_verdict={verdicts}"
    figures += f" critical={critical} warning={warning} failed={len(broken)} undelivered={unsent}"
    figures += f" failed_sources={len(older)}"
    return f"CARECMON {_WORDS[state]} - {_clean(', '.join(said))} | {figures}", state


def unknown(message: str) -> tuple[str, int]:
    """Return the line and the state of a run that could not finish."""
    return f"CARECMON {_WORDS[_UNKNOWN]} - {_clean(message)}", _UNKNOWN


def _clean(text: str) -> str:
    # A bar would begin the performance data, a line break the long output.
    return " ".join(text.replace("|", "/").split())
