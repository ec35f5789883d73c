"""Why an alert changed its state: judge again with one input changed at a time, and see what flips it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from carecmon.judge import corrections
from carecmon.judge.assess import assess
from carecmon.judge.changes import Change, apply, changes
from carecmon.judge.facts import Outcome, SeriesFacts
from carecmon.judge.points import judged_points, of_one_length, withdrawn_periods
from carecmon.judge.rules import Sighting, full_answer, look
from carecmon.model import Assessment, Cause, Condition, Finding, Indicator, Period, Policy, Rule, SeriesBelief

#: What a data change can be; each is applied alone.
DATA = (Cause.NEW_PERIOD, Cause.LATE_ARRIVAL, Cause.REVISION, Cause.WITHDRAWAL)

#: Conditions about what arrived, not about what is believed: judging again would compare a belief with itself.
_OF_ARRIVALS = (Condition.REVISED, Condition.CONTRADICTION)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that the verdict on one series depends on.

    ``belief`` is what the sources say; ``policy`` holds targets, rules, methods, prefer, and the corrections that
    are laid over the belief.
    """

    belief: SeriesBelief
    policy: Policy
    now: datetime
    findings: tuple[Finding, ...] = field(default=())


#: What a rule says on given inputs, and of which event (``carecmon.judge.rules.full_answer``).
Answers = Callable[[Rule, Inputs], str]


def cause_of(rule: Rule, before: Inputs | None, now: Inputs, answers: Answers) -> Cause:
    """Return the smallest change of input that makes ``rule`` answer as it does ``now``.

    ``before`` are the inputs of the last stored evaluation, None where the series had never been assessed.
    ``answers`` says what a rule answers on given inputs. Exactly one kind of change that flips the answer alone is
    the cause; several or none of them alone are ``several``. Where today's code already gives today's answer to
    the inputs of then, the code changed (plugin_changed) if its version did, else only time passed (clock).
    """
    if before is None or not before.belief.by_source:
        return Cause.FIRST_ASSESSMENT
    if rule.condition in _OF_ARRIVALS:
        return _by_arrival(rule, before, now)
    wanted = answers(rule, now)
    then = _rule_of(before.policy, rule.id)
    if then is not None and answers(then, before) == wanted:
        return Cause.PLUGIN_CHANGED if _versions_differ(before, now) else Cause.CLOCK
    found = {cause for cause, mixed in _mixed(before, now) if _answer(rule, mixed, answers) == wanted}
    return found.pop() if len(found) == 1 else Cause.SEVERAL


def cause_about_source(rule: Rule, before: Policy | None) -> Cause:
    """Return why an alert about a source changed; ``before`` is the policy of the last run, None on the first one.

    A source that stops answering changes nothing that is believed: beside the first assessment and a changed rule,
    only time passed. That a release is in quarantine, or is not any more, is what a release and a decision on it did:
    a source says, or is taken to say, something else than before.
    """
    if before is None:
        return Cause.FIRST_ASSESSMENT
    if _rule_of(before, rule.id) != rule:
        return Cause.RULE_CHANGED
    return Cause.REVISION if rule.condition is Condition.QUARANTINED else Cause.CLOCK


def judged_again(indicator: Indicator, word: Callable[[Sighting | None], str] = full_answer) -> Answers:
    """Return the function that says, by judging again, what a rule answers for a series of ``indicator``."""

    def again(rule: Rule, inputs: Inputs) -> str:
        return word(look(rule, facts_of(indicator, inputs, rule.hold.observations)))

    return again


def facts_of(indicator: Indicator, inputs: Inputs, periods: int = 0, before: Inputs | None = None) -> SeriesFacts:
    """Return what rules look at in a series, judged on ``inputs``.

    ``periods`` is the longest ``hold.observations`` of the rules that will look; ``before`` are the inputs of the
    last stored evaluation, to see revisions by.
    """
    newest = judgement(indicator, inputs)
    earlier = [
        judgement(indicator, inputs, until=position)
        for position in range(2, periods + 1)
        if position <= len(newest.points)
    ]
    return SeriesFacts(
        indicator,
        newest,
        inputs.now.date(),
        tuple(earlier),
        _changes_since(before, inputs),
        withdrawn_periods(inputs.belief),
        inputs.findings,
    )


def _changes_since(before: Inputs | None, now: Inputs) -> tuple[Change, ...]:
    # Of most series nothing new was said, and then the very same belief is handed on.
    if before is None or not before.belief.by_source or before.belief is now.belief:
        return ()
    return changes(before.belief, now.belief)


def judgement(indicator: Indicator, inputs: Inputs, until: int = 1) -> Assessment:
    """Return the assessment of a series on ``inputs``, as of its newest period or the ``until``-th newest."""
    prefer = inputs.policy.prefer.get(indicator.id, indicator.sources)
    belief, notes = corrections.apply(inputs.belief, inputs.policy.corrections, indicator)
    last = None
    if until > 1:
        last = of_one_length(judged_points(belief, prefer)[0], indicator.for_series(belief.series))[-until].period
    verdict = assess(
        indicator,
        belief,
        targets=inputs.policy.targets,
        method=inputs.policy.methods.get(indicator.id),
        prefer=prefer,
        today=inputs.now.date(),
        until=last,
    )
    applied = [note for note in notes if note.state is corrections.CorrectionState.APPLIED]
    # What a dropped cell leaves without a value is said already, with the reason.
    unsaid = [note.message for note in applied if corrections.words(note.correction, indicator) not in verdict.why]
    why = " ".join([verdict.why, *(["Corrected:", *unsaid] if unsaid else [])])
    return replace(verdict, why=why, corrections=_felt(applied, belief, prefer, indicator))


def _felt(
    applied: Iterable[corrections.CorrectionNote], belief: SeriesBelief, prefer: Iterable[str], indicator: Indicator
) -> tuple[tuple[Period, str], ...]:
    """Return the corrections, by period, that change or explain what is judged: not those of sources passed over."""
    chosen = {(point.period, point.source) for point in judged_points(belief, prefer)[0]}
    return tuple(
        (note.correction.period, corrections.words(note.correction, indicator))
        for note in applied
        if any(not point.usable or (point.period, point.source) in chosen for point in note.after)
    )


def _mixed(before: Inputs, now: Inputs) -> Iterator[tuple[Cause, Inputs]]:
    """Yield the inputs of then with one thing as it is now, for each thing that differs."""
    found = changes(before.belief, now.belief)
    for kind in DATA:
        part = [change for change in found if change.kind is kind]
        if part:
            yield kind, replace(before, belief=apply(part, before.belief, now.belief, now.belief.series))
    old, new = before.policy, now.policy
    if old.targets != new.targets:
        yield Cause.TARGET_CHANGED, replace(before, policy=replace(old, targets=new.targets))
    if old.corrections != new.corrections:
        yield Cause.CORRECTION, replace(before, policy=replace(old, corrections=new.corrections))
    for policy in (
        replace(old, rules=new.rules),
        replace(old, methods=new.methods),
        replace(old, prefer=new.prefer),
    ):
        if policy != old:
            yield Cause.RULE_CHANGED, replace(before, policy=policy)
    yield Cause.CLOCK, replace(before, now=now.now)


def _answer(rule: Rule, inputs: Inputs, answers: Answers) -> str:
    """Return what the rule of this name says in the policy of ``inputs``; a rule that is not there is clear."""
    written = _rule_of(inputs.policy, rule.id)
    return Outcome.CLEAR if written is None else answers(written, inputs)


def _rule_of(policy: Policy, name: str) -> Rule | None:
    return next((rule for rule in policy.rules if rule.id == name), None)


def _by_arrival(rule: Rule, before: Inputs, now: Inputs) -> Cause:
    if _rule_of(before.policy, rule.id) != rule:
        return Cause.RULE_CHANGED
    kinds = {change.kind for change in changes(before.belief, now.belief)}
    if rule.condition is Condition.REVISED:
        return Cause.REVISION if Cause.REVISION in kinds else Cause.CLOCK
    if len(kinds) == 1:
        return kinds.pop()
    return Cause.PLUGIN_CHANGED if not kinds and _versions_differ(before, now) else Cause.SEVERAL


def _versions_differ(before: Inputs, now: Inputs) -> bool:
    indicator = now.belief.series.indicator
    versions: tuple[Mapping[str, str], ...] = (before.policy.versions, now.policy.versions)
    return versions[0].get(indicator) != versions[1].get(indicator)
