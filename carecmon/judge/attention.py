"""What to look at first: at most five sentences, official targets foremost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from carecmon.judge.conditions import standing
from carecmon.model import AlertState, Assessment, Finding, Indicator, Severity, Status, Transition

LINES = 5

_WORST = (Status.REVERSING, Status.STAGNANT, Status.SLOW, Status.NOT_ENOUGH_DATA, Status.NO_DATA)


def look_first(
    assessments: Sequence[Assessment],
    transitions: Iterable[Transition],
    indicators: Mapping[str, Indicator],
    findings: Iterable[Finding] = (),
) -> list[str]:
    """Return what deserves attention, most important first.

    Series behind an official target (or that it cannot be judged by), then alerts of at least warning that begin
    to fire, the widest gaps to working targets (headline series first), and sources that contradict themselves.
    Each kind that has something to say gets a line before any gets more; an indicator is named once, by its worst
    series.
    """
    kinds: list[list[tuple[str, str]]] = [
        list(_official(assessments, indicators)),
        list(_alerts(transitions)),
        list(_gaps(assessments, indicators)),
        list(_contradictions(findings)),
    ]
    said: set[str] = set()
    chosen: list[list[str]] = [[] for _ in kinds]
    while sum(map(len, chosen)) < LINES and any(kinds):
        for lines, kind in zip(chosen, kinds, strict=True):
            fresh = next((one for one in kind if one[0] not in said), None)
            kind[:] = [one for one in kind if fresh is not None and one[0] not in said and one is not fresh]
            if fresh is not None and sum(map(len, chosen)) < LINES:
                said.add(fresh[0])
                lines.append(fresh[1])
    return [line for lines in chosen for line in lines]


def _official(assessments: Sequence[Assessment], indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, str]]:
    behind = [one for one in assessments if one.official and one.status in _WORST and one.target is not None]
    for one in _worst_of_each(sorted(behind, key=lambda one: (_WORST.index(one.status), str(one.series)))):
        others = sum(other.series.indicator == one.series.indicator for other in behind) - 1
        more = f" {others} more of its series are behind or unjudged." if others else ""
        yield one.series.indicator, f"{standing(indicators[one.series.indicator], one)}{more}"


def _alerts(transitions: Iterable[Transition]) -> Iterator[tuple[str, str]]:
    new = [
        one.alert
        for one in transitions
        if one.alert.state is AlertState.FIRING and one.alert.severity.rank >= Severity.WARNING.rank
    ]
    for alert in sorted(new, key=lambda alert: (-alert.severity.rank, alert.subject, alert.rule)):
        yield alert.subject.partition("{")[0], f"New {alert.severity} alert {alert.rule}: {alert.message}"


def _gaps(assessments: Sequence[Assessment], indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, str]]:
    behind = [one for one in assessments if not one.official and one.status.off_track and _gap(one) > 0]
    order = sorted(behind, key=lambda one: (not _headline(one, indicators), -_gap(one), str(one.series)))
    for one in _worst_of_each(order):
        yield one.series.indicator, standing(indicators[one.series.indicator], one)


def _headline(one: Assessment, indicators: Mapping[str, Indicator]) -> bool:
    """Say whether the series stands for its indicator: the region before one border-crossing point."""
    headline = indicators[one.series.indicator].headline or ({"area": "CAREC"},)
    return one.series.matches(headline[0])


def _gap(one: Assessment) -> float:
    """Return how far the value is from its expected value, as a share of that."""
    if one.value is None or not one.expected:
        return 0.0
    return abs(one.value - one.expected) / abs(one.expected)


def _contradictions(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    loud = [one for one in findings if one.severity.rank >= Severity.WARNING.rank]
    by_source: dict[str, list[Finding]] = {}
    for one in loud:
        if one.acknowledged is None and one.mended_by is None:
            by_source.setdefault(one.source, []).append(one)
    for source, found in sorted(by_source.items(), key=lambda item: (-len(item[1]), item[0])):
        times = f"{len(found)} times, for example" if len(found) > 1 else "once"
        yield f"source:{source}", f"The source {source} contradicts itself or another {times}: {found[0].message}"


def _worst_of_each(ordered: Iterable[Assessment]) -> Iterator[Assessment]:
    seen: set[str] = set()
    for one in ordered:
        if one.series.indicator not in seen:
            seen.add(one.series.indicator)
            yield one
