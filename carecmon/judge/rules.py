"""What a rule sees in a subject: whether its condition fires, eases, is clear, or cannot be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from carecmon.judge.conditions import about_series, about_source, by_event
from carecmon.judge.events import evidence, happened
from carecmon.judge.facts import Outcome, SeriesFacts, SourceFacts
from carecmon.model import Condition, Rule, Series

#: The condition fires, and in as many newest reference periods as the rule asks.
HELD = "held"

#: Conditions about a source; a contradiction may be about either.
OF_SOURCES = frozenset({Condition.SOURCE_FAILING, Condition.QUARANTINED, Condition.CONTRADICTION})
OF_SOURCES_ONLY = OF_SOURCES - {Condition.CONTRADICTION}

#: Conditions about values, which can hold for several reference periods in a row.
OF_VALUES = frozenset(
    {
        Condition.OFF_TRACK,
        Condition.ABOVE,
        Condition.BELOW,
        Condition.CHANGED,
        Condition.MISSED,
        Condition.REVERSED,
    }
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a rule saw. ``periods`` is how many newest reference periods in a row fire.

    ``events`` names what happened, for conditions that are about something that happens: each revision, each withdrawn
    period, each finding. One that was not seen before is news, although the alert fires already; ``by_event`` are
    sentences that name an event first, for those that ``message`` only counts.
    """

    rule: Rule
    subject: str
    outcome: Outcome
    message: str
    periods: int = 0
    evidence: Mapping[str, object] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    by_event: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched now: the sector of each indicator, and for each source the indicators it feeds.

    An indicator that is watched but could not be loaded has the sector None: nothing about it is closed. ``gone`` are
    subjects of stored alerts whose label is no longer declared.
    """

    sectors: Mapping[str, str | None]
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def by(self, rule: Rule, subject: str) -> bool:
        """Say whether ``rule`` still watches ``subject``, a series or a source."""
        if subject in self.gone:
            return False
        if rule.condition in OF_SOURCES and subject in self.sources:
            return any(self._chosen(replace(rule, select={}), Series.of(one)) for one in self.sources[subject])
        return rule.condition not in OF_SOURCES_ONLY and self._chosen(rule, Series.parse(subject))

    def _chosen(self, rule: Rule, series: Series) -> bool:
        if series.indicator not in self.sectors:
            return False
        sector = self.sectors[series.indicator]
        return (replace(rule, sector="*") if sector is None else rule).chooses(series, sector or "")


def look(rule: Rule, facts: SeriesFacts | SourceFacts) -> Sighting | None:
    """Return what ``rule`` sees in ``facts``, None where it does not watch them."""
    if isinstance(facts, SourceFacts):
        if rule.condition not in OF_SOURCES or not _feeds(rule, facts.indicators):
            return None
        outcome, message = about_source(rule, facts)
        seen = happened(rule, facts) if outcome is Outcome.FIRES else ()
        said = by_event(rule, facts)
        return Sighting(
            rule, facts.subject, outcome, message, rule.hold.observations, evidence(rule, facts), seen, said
        )
    if rule.condition in OF_SOURCES_ONLY or not rule.chooses(facts.assessment.series, facts.assessment.sector):
        return None
    outcome, message = about_series(rule, facts)
    seen = happened(rule, facts) if outcome is Outcome.FIRES else ()
    found, periods = evidence(rule, facts), _periods(rule, facts, outcome)
    return Sighting(rule, facts.subject, outcome, message, periods, found, seen, by_event(rule, facts))


def answer(sighting: Sighting | None) -> str:
    """Return the outcome in one word; ``held`` where it fires for as many reference periods as the rule asks."""
    if sighting is None:
        return Outcome.CLEAR
    held = sighting.outcome is Outcome.FIRES and sighting.periods >= sighting.rule.hold.observations
    return HELD if held else sighting.outcome


def full_answer(sighting: Sighting | None) -> str:
    """Return the outcome with what happened, so that another event is another answer."""
    return " ".join((answer(sighting), *(sighting.events if sighting else ())))


def _periods(rule: Rule, facts: SeriesFacts, outcome: Outcome) -> int:
    """Return how many newest periods in a row fire; what is not about values holds for as many as asked."""
    if outcome is not Outcome.FIRES:
        return 0
    if rule.condition not in OF_VALUES:
        return max(1, rule.hold.observations)
    count = 1
    for assessment in facts.earlier:
        before = SeriesFacts(facts.indicator, assessment, facts.today)
        if about_series(rule, before)[0] is not Outcome.FIRES:
            break
        count += 1
    return count


def _feeds(rule: Rule, fed: tuple[tuple[str, str], ...]) -> bool:
    return any(replace(rule, select={}).chooses(Series.of(indicator), sector) for indicator, sector in fed)
