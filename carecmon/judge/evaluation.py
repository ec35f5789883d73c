"""One evaluation: judge series, let the rules look at series and sources, move the alerts on. The same for a run,
for a replay of the past, and for the tests of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from carecmon.errors import CarecmonError
from carecmon.judge.alerts import Stepped, step, watcher
from carecmon.judge.cause import Inputs, cause_about_source, cause_of, facts_of, judged_again
from carecmon.judge.facts import SeriesFacts, SourceFacts
from carecmon.judge.rules import Sighting, Watched, look
from carecmon.model import Alert, Assessment, Cause, Finding, Indicator, Policy, Series, SeriesBelief


@dataclass(frozen=True, slots=True)
class Before:
    """The inputs of the last evaluation: what was believed then, and the policy then in force."""

    at: datetime
    policy: Policy
    beliefs: Mapping[Series, SeriesBelief]

    def inputs(self, series: Series) -> Inputs | None:
        """Return what ``series`` was judged on then, None where it was not watched."""
        if series.indicator not in self.policy.watched:
            return None
        return Inputs(self.beliefs.get(series, SeriesBelief(series, {})), self.policy, self.at)


@dataclass(slots=True)
class Evaluation:
    """One evaluation: what each series is judged on, and what the rules saw. ``failed`` is by indicator."""

    policy: Policy
    now: datetime
    before: Before | None = None
    about: Mapping[Series | None, list[Finding]] = field(default_factory=dict)
    assessments: list[Assessment] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    judged: dict[str, tuple[Indicator, Inputs]] = field(default_factory=dict)

    def judge(self, indicator: Indicator, beliefs: Iterable[SeriesBelief]) -> None:
        """Judge the series of one indicator, and let the rules look at them."""
        periods = max((rule.hold.observations for rule in self.policy.rules), default=0)
        try:
            for belief in beliefs:
                inputs = Inputs(belief, self.policy, self.now, tuple(self.about.get(belief.series, ())))
                facts = facts_of(indicator, inputs, periods, self._then(belief.series))
                self.judged[str(belief.series)] = (indicator, inputs)
                self.assessments.append(facts.assessment)
                self.look(facts)
        except (CarecmonError, ArithmeticError, ValueError) as exc:
            self.failed[indicator.id] = f"{indicator.id} cannot be judged: {exc}"

    def look(self, facts: SeriesFacts | SourceFacts) -> None:
        """Keep what each rule sees in a series or a source."""
        self.sightings += (seen for rule in self.policy.rules if (seen := look(rule, facts)) is not None)

    def step(self, stored: Mapping[str, Alert], watched: Watched) -> Stepped:
        """Move the ``stored`` alerts (by fingerprint) on by what was seen."""
        return step(stored, self.sightings, now=self.now, cause=self.cause, watched=watcher(self.policy.rules, watched))

    def idle(self, indicators: Iterable[Indicator]) -> list[str]:
        """Return a line for each rule that saw nothing, though it is written for some of ``indicators``."""
        busy = {sighting.rule.id for sighting in self.sightings}
        known = [(Series.of(one.id), one.sector) for one in indicators if one.id not in self.failed]
        return [
            f'rule "{rule.id}" fits no series that is judged, so it never fires; look at its select, and at whether its'
            " indicators are watched"
            for rule in self.policy.rules
            if rule.id not in busy and any(replace(rule, select={}).chooses(*one) for one in known)
        ]

    def cause(self, sighting: Sighting) -> Cause:
        """Return why an alert changes its state."""
        if sighting.subject not in self.judged:
            return cause_about_source(sighting.rule, self.before.policy if self.before else None)
        indicator, inputs = self.judged[sighting.subject]
        return cause_of(sighting.rule, self._then(inputs.belief.series), inputs, judged_again(indicator))

    def _then(self, series: Series) -> Inputs | None:
        return self.before.inputs(series) if self.before else None
