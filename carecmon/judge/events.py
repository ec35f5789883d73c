"""What a rule saw, as data: the evidence of an alert, and the single events that it is about.

A condition such as off_track is a state: while it lasts, nothing is news. A revision, a withdrawn period or a finding
is an event: another one is news, although the alert of its rule fires already.
"""

from __future__ import annotations

from collections.abc import Iterable

from carecmon.judge.changes import Change
from carecmon.judge.facts import SeriesFacts, SourceFacts
from carecmon.model import Cause, Condition, Finding, Rule


def happened(rule: Rule, facts: SeriesFacts | SourceFacts) -> tuple[str, ...]:
    """Return a name for each event that the condition of ``rule`` is about, none where it is about a state."""
    if rule.condition is Condition.CONTRADICTION:
        return tuple(one.id for one in open_ones(facts.findings))
    if isinstance(facts, SourceFacts):
        return facts.quarantined if rule.condition is Condition.QUARANTINED else ()
    if rule.condition is Condition.REVISED:
        return tuple(f"{one.source} {one.period} {one.old!r} {one.new!r}" for one in revisions(rule, facts))
    if rule.condition is Condition.WITHDRAWN:
        return tuple(map(str, facts.withdrawn))
    if rule.condition is Condition.CHANGED and facts.assessment.period is not None:
        return (str(facts.assessment.period),)
    return ()


def revisions(rule: Rule, facts: SeriesFacts) -> tuple[Change, ...]:
    """Return the revisions since the last run that show in print and are large enough for ``rule``, largest first."""
    found = [
        (percent(one.old, one.new), one)
        for one in facts.changes
        if one.kind is Cause.REVISION and one.old is not None and one.new is not None
        if abs(one.new - one.old) >= printed(facts)
    ]
    large = [pair for pair in found if pair[0] >= (rule.value or 0.0)]
    return tuple(one for _, one in sorted(large, key=lambda pair: -pair[0]))


def open_ones(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that nobody acknowledged and nothing mends."""
    return tuple(one for one in findings if one.acknowledged is None and one.mended_by is None)


def printed(facts: SeriesFacts) -> float:
    """Return the smallest difference that shows in print."""
    return float(10.0**-facts.indicator.precision) * (1 - 1e-9)


def percent(old: float, new: float) -> float:
    """Return by how many percent ``new`` differs from ``old``."""
    return 100 * abs((new - old) / old) if old else float("inf")


def evidence(rule: Rule, facts: SeriesFacts | SourceFacts) -> dict[str, object]:
    """Return what was seen, to be kept with the alert: messages in other languages are made of it."""
    if isinstance(facts, SourceFacts):
        return {
            "condition": rule.condition.value,
            "error": facts.error,
            "failures": facts.failures,
            "last_ok": facts.last_ok.isoformat() if facts.last_ok else None,
            "quarantined": list(facts.quarantined),
        }
    verdict = facts.assessment
    return {
        "condition": rule.condition.value,
        "status": verdict.status.value,
        "freshness": verdict.freshness.value,
        "period": str(verdict.period) if verdict.period else None,
        "value": verdict.value,
        "expected": verdict.expected,
        "target": verdict.target_text,
        "official": verdict.official,
        "method": verdict.method,
        "sources": list(verdict.sources),
        "findings": [one.id for one in facts.findings],
        **_of_events(rule, facts),
    }


def _of_events(rule: Rule, facts: SeriesFacts) -> dict[str, object]:
    if rule.condition is Condition.REVISED:
        found = revisions(rule, facts)
        return {"revisions": [{"source": c.source, "period": str(c.period), "from": c.old, "to": c.new} for c in found]}
    if rule.condition is Condition.WITHDRAWN:
        return {"withdrawn": [str(period) for period in facts.withdrawn]}
    return {}
