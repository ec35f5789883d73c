"""What each condition says about a series or a source, with the sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from datetime import date

from carecmon.judge import words
from carecmon.judge.events import open_ones, percent, printed, revisions
from carecmon.judge.facts import Outcome, SeriesFacts, SourceFacts
from carecmon.model import Assessment, Better, Condition, Finding, Freshness, Indicator, Rule, Scale, Status

_STANDING = {
    Status.ACHIEVED: "has reached its target",
    Status.ON_TRACK: "is on track to its target",
    Status.SLOW: "is too slow for its target",
    Status.STAGNANT: "makes no progress towards its target",
    Status.REVERSING: "moves away from its target",
    Status.NO_TARGET: "is not judged against its target",
    Status.NOT_ENOUGH_DATA: "cannot be judged yet against its target",
    Status.NO_DATA: "has no data to judge against its target",
    Status.DISCONTINUED: "is discontinued; its target was",
}
_UNJUDGED = (Status.NO_DATA, Status.NOT_ENOUGH_DATA)


def about_source(rule: Rule, facts: SourceFacts) -> tuple[Outcome, str]:
    """Return what the condition of ``rule`` says about a source, and the sentence that says why."""
    if rule.condition is Condition.SOURCE_FAILING:
        if facts.failing is None:
            return Outcome.NO_ANSWER, f"{facts.source} was not asked."
        if facts.failing:
            error = facts.error or "no reason given"
            return Outcome.FIRES, f"{facts.source} gives no complete answer{_since(facts)}: {error}"
        return Outcome.CLEAR, f"{facts.source} answers."
    if rule.condition is Condition.QUARANTINED:
        if facts.quarantined:
            return Outcome.FIRES, f"{facts.source} has a release in quarantine: {'; '.join(facts.quarantined)}"
        return Outcome.CLEAR, f"{facts.source} has no release in quarantine."
    return _contradicted(facts.source, facts.findings)


def _since(facts: SourceFacts) -> str:
    times = f" {facts.failures} times in a row" if facts.failures > 1 else ""
    return f"{times} since {facts.last_ok:%Y-%m-%d}" if facts.last_ok else times


def about_series(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    """Return what the condition of ``rule`` says about a series, and the sentence that says why."""
    verdict = facts.assessment
    if rule.official is not None and verdict.official is not rule.official:
        # Without data a target may be unresolved: that must not clear what the data had raised.
        outcome = Outcome.NO_ANSWER if verdict.status in _UNJUDGED else Outcome.CLEAR
        return outcome, f"{_name(facts)} has no {words.kind(rule.official)} target."
    return _CONDITIONS[rule.condition](rule, facts)


def _off_track(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    return _by_status(facts, facts.assessment.status.off_track)


def _reversed(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    return _by_status(facts, facts.assessment.status is Status.REVERSING)


def _missed(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    """A state is missed when its year is over; an amount once a value is known for a period that reaches its end."""
    verdict = facts.assessment
    if verdict.target_year is None or verdict.target is None or verdict.period is None:
        return _by_status(facts, False)
    last = date(verdict.target_year, 12, 31)
    by_clock = verdict.method.startswith("milestone/") and facts.today > last
    over = by_clock or verdict.period.end >= last
    # Without a baseline there is no pace to judge, but a number that is not reached is missed all the same.
    if over and verdict.status is Status.NOT_ENOUGH_DATA and _unmet(facts):
        return Outcome.FIRES, standing(facts.indicator, verdict)
    return _by_status(facts, over and verdict.status.verdict and verdict.status is not Status.ACHIEVED)


def _unmet(facts: SeriesFacts) -> bool:
    value, target, better = facts.assessment.value, facts.assessment.target, facts.indicator.better
    if value is None or target is None:
        return False
    return value < target if better is Better.HIGHER else better is Better.LOWER and value > target


def _by_status(facts: SeriesFacts, holds: bool) -> tuple[Outcome, str]:
    verdict = facts.assessment
    if verdict.status in _UNJUDGED:
        return Outcome.NO_ANSWER, f"{_name(facts)} cannot be judged now."
    return (Outcome.FIRES if holds else Outcome.CLEAR), standing(facts.indicator, verdict)


def standing(indicator: Indicator, verdict: Assessment) -> str:
    """Return the sentence that says how a series stands, and by which kind of target."""
    name = words.name_of(indicator, verdict.series)
    if verdict.value is None or verdict.period is None:
        return f"{name}: no value; target {verdict.target_text or 'none'}."
    behind = verdict.status.off_track  # then value, path and target must not read alike where they differ
    decimals = words.telling(indicator, verdict.value, (verdict.expected, verdict.target)) if behind else 0
    said = f"{words.amount(indicator, verdict.value, decimals)} in {verdict.period}"
    if verdict.expected is not None and verdict.status.verdict:
        said += f", {_path(indicator, verdict, decimals)}"
    if not verdict.target_text:
        return f"{name}: {said}; no target."
    target = _target_text(indicator, verdict, decimals)
    if behind and not verdict.official:
        return f"{name} is behind our working path ({verdict.status}): {said}; target {target}."
    return f"{name} {_STANDING[verdict.status]} {target}: {said}."


def _target_text(indicator: Indicator, verdict: Assessment, decimals: int) -> str:
    """Return the target; one that was calculated with as many decimals as tell it from the value."""
    text = verdict.target_text
    if verdict.target is None or indicator.scale is Scale.STATE:
        return text
    usual = words.number(verdict.target, indicator.precision)
    calculated = text.startswith(f"{usual} ")
    return f"{words.finer(indicator, verdict.target, decimals)}{text[len(usual) :]}" if calculated else text


def _path(indicator: Indicator, verdict: Assessment, decimals: int) -> str:
    """Return what the path has: of states the share, as two that differ on it may be the same whole step."""
    if indicator.scale is Scale.STATE and verdict.progress is not None and verdict.elapsed is not None:
        return f"{verdict.progress:.0%} of the steps in {verdict.elapsed:.0%} of the time".replace("%", " %")
    return f"expected {words.amount(indicator, verdict.expected or 0.0, decimals)}"


def _level(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    verdict = facts.assessment
    if verdict.value is None or rule.value is None:
        return Outcome.NO_ANSWER, f"{_name(facts)} has no value."
    sign = 1 if rule.condition is Condition.ABOVE else -1
    clear = rule.value if rule.clear is None else rule.clear
    value = words.amount(facts.indicator, verdict.value)
    said = f"{_name(facts)}: {value} in {verdict.period}, watched for {rule.condition.value}"
    said += f" {words.level(facts.indicator, rule.value)}"
    if sign * verdict.value > sign * rule.value:
        return Outcome.FIRES, f"{said}."
    if sign * verdict.value > sign * clear:
        return Outcome.EASING, f"{said}; it clears at {words.level(facts.indicator, clear)}."
    return Outcome.CLEAR, f"{said}."


def _changed(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    verdict = facts.assessment
    if verdict.value is None or verdict.change is None:
        return Outcome.NO_ANSWER, f"{_name(facts)} has no change to look at."
    shows = abs(verdict.change) >= printed(facts)
    by = percent(verdict.value - verdict.change, verdict.value) if shows else 0.0
    said = f"{_name(facts)}: {words.amount(facts.indicator, verdict.value)} in {verdict.period}, a change of"
    said += f" {words.change(facts.indicator, verdict.change)} since {verdict.previous_period}."
    return (Outcome.FIRES if shows and by >= (rule.value or 0.0) else Outcome.CLEAR), said


def _revised(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    """A revision is an event: the next time that nothing was revised, it is clear again."""
    found = revisions(rule, facts)
    if not found:
        return Outcome.CLEAR, f"{_name(facts)}: no revision since it was last judged."
    first = found[0]
    old, new = (words.amount(facts.indicator, value or 0.0) for value in (first.old, first.new))
    said = f"{_name(facts)}: {first.source} revised {first.period} from {old} to {new}{_more(found)}."
    return Outcome.FIRES, said


def _late(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    verdict = facts.assessment
    if verdict.period is None:
        return Outcome.NO_ANSWER, f"{_name(facts)} has no value that another could follow."
    said = f"{_name(facts)}: the period after {verdict.period} is {verdict.freshness}."
    return (Outcome.FIRES if verdict.freshness in (Freshness.LATE, Freshness.MISSING) else Outcome.CLEAR), said


def _withdrawn(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    if facts.withdrawn:
        return Outcome.FIRES, f"{_name(facts)}: withdrawn for {', '.join(map(str, facts.withdrawn))}."
    return Outcome.CLEAR, f"{_name(facts)}: nothing is withdrawn."


def _contradiction(rule: Rule, facts: SeriesFacts) -> tuple[Outcome, str]:
    return _contradicted(_name(facts), facts.findings)


def _contradicted(name: str, findings: tuple[Finding, ...]) -> tuple[Outcome, str]:
    found = open_ones(findings)
    if not found:
        return Outcome.CLEAR, f"{name}: no open contradiction."
    return Outcome.FIRES, f"{_named(name, found[0])}{_more(found)}"


def by_event(rule: Rule, facts: SeriesFacts | SourceFacts) -> dict[str, str]:
    """Return for each open finding, by its id, the sentence that names it first; nothing for other conditions."""
    if rule.condition is not Condition.CONTRADICTION:
        return {}
    name = _name(facts) if isinstance(facts, SeriesFacts) else facts.source
    found = open_ones(facts.findings)
    return {one.id: f"{_named(name, one)}{_more(found)}" for one in found}


def _named(name: str, finding: Finding) -> str:
    """Return the sentence of a finding; before it ``name``, where the sentence does not begin with the title itself."""
    title = name.partition(" (")[0]
    return finding.message if finding.message.startswith(title) else f"{name}: {finding.message}"


def _more(found: Sized) -> str:
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


_CONDITIONS: Mapping[Condition, Callable[[Rule, SeriesFacts], tuple[Outcome, str]]] = {
    Condition.OFF_TRACK: _off_track,
    Condition.REVERSED: _reversed,
    Condition.MISSED: _missed,
    Condition.ABOVE: _level,
    Condition.BELOW: _level,
    Condition.CHANGED: _changed,
    Condition.REVISED: _revised,
    Condition.LATE: _late,
    Condition.WITHDRAWN: _withdrawn,
    Condition.CONTRADICTION: _contradiction,
}


def _name(facts: SeriesFacts) -> str:
    return words.name_of(facts.indicator, facts.assessment.series)
