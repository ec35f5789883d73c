"""What a rule would have raised in the past, and which of it a later revision took back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from carecmon.judge.cause import Inputs, judged_again
from carecmon.judge.evaluation import Before, Evaluation
from carecmon.judge.rules import HELD, OF_VALUES, Watched, answer
from carecmon.model import Alert, AlertState, Cause, Indicator, Period, Policy, Rule, Series, SeriesBelief, Transition


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of the past: what was believed then. ``came`` names the releases that came, if any did."""

    at: datetime
    beliefs: Mapping[Series, SeriesBelief]
    came: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert as it would have fired, when ``came`` came.

    ``resolved`` is when it would have resolved, with the cause. ``taken_back`` is when it turned out that it should
    not have fired: a later release (``taken_back_by``) revised the periods that were known when it fired so that
    the rule says nothing about them any more.
    """

    alert: Alert
    came: str = ""
    resolved: datetime | None = None
    resolved_by: Cause | None = None
    taken_back: datetime | None = None
    taken_back_by: str = ""


def backtest(rule: Rule, steps: Iterable[Step], *, indicators: Mapping[str, Indicator], policy: Policy) -> list[Raised]:
    """Return what ``rule`` would have raised over ``steps``, oldest first, by today's targets and code.

    ``indicators`` are those that it watches, by id; of ``policy`` all but the rules counts.
    """
    past = list(steps)
    alone = replace(policy, rules=(rule,), watched=tuple(sorted(indicators)))
    raised: dict[tuple[str, datetime], Raised] = {}
    stored: dict[str, Alert] = {}
    before: Before | None = None
    for step in past:
        evaluation = Evaluation(alone, step.at, before)
        for indicator in indicators.values():
            mine = [belief for series, belief in step.beliefs.items() if series.indicator == indicator.id]
            evaluation.judge(indicator, mine)
        stepped = evaluation.step(stored, Watched({name: one.sector for name, one in indicators.items()}))
        stored |= {alert.fingerprint: alert for alert in stepped.alerts}
        for transition in stepped.transitions:
            _note(raised, transition, step)
        before = Before(step.at, alone, step.beliefs)
    return [_in_hindsight(one, rule, past, indicators, alone) for one in raised.values()]


def _note(raised: dict[tuple[str, datetime], Raised], transition: Transition, step: Step) -> None:
    alert = transition.alert
    another = transition.before is AlertState.FIRING
    open_ones = [key for key, one in raised.items() if key[0] == alert.fingerprint and one.resolved is None]
    if alert.state is AlertState.FIRING and (another or not open_ones):
        raised[alert.fingerprint, alert.since] = Raised(alert, step.came)
    elif alert.state is AlertState.RESOLVED and open_ones:
        for key in open_ones:
            raised[key] = replace(raised[key], resolved=alert.since, resolved_by=alert.cause)


def _in_hindsight(
    one: Raised, rule: Rule, past: Sequence[Step], indicators: Mapping[str, Indicator], policy: Policy
) -> Raised:
    """Return ``one`` with the first later step whose figures, of the periods known then, do not raise it."""
    known = one.alert.evidence.get("period")
    if rule.condition not in OF_VALUES or not isinstance(known, str):
        return one
    series, until = Series.parse(one.alert.subject), Period.parse(known)
    answers = judged_again(indicators[series.indicator], answer)
    judged = None
    for step in past:
        belief = _until(step.beliefs.get(series), until, series)
        inputs = Inputs(belief, policy, one.alert.since)
        if step.at > one.alert.since and belief != judged and answers(rule, inputs) != HELD:
            return replace(one, taken_back=step.at, taken_back_by=step.came)
        judged = belief
    return one


def _until(belief: SeriesBelief | None, last: Period, series: Series) -> SeriesBelief:
    by_source = belief.by_source if belief is not None else {}
    kept = {source: tuple(p for p in points if p.period <= last) for source, points in by_source.items()}
    return SeriesBelief(series, {source: points for source, points in kept.items() if points})
