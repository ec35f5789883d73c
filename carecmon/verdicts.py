"""The second half of a run: judge what is believed now, against the stored alerts. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from carecmon import config
from carecmon.config import Settings
from carecmon.errors import CarecmonError
from carecmon.judge import policy as policies
from carecmon.judge.alerts import Stepped, step, watcher
from carecmon.judge.cause import Inputs, cause_about_source, cause_of, facts_of, judged_again
from carecmon.judge.facts import SeriesFacts, SourceFacts
from carecmon.judge.rules import Sighting, Watched, look
from carecmon.model import (
    AsOf,
    Assessment,
    Cause,
    Finding,
    Indicator,
    Policy,
    Release,
    Series,
    SeriesBelief,
    SourceOutcome,
    SourceReport,
)
from carecmon.registry import Registry
from carecmon.store import Store


@dataclass(slots=True)
class Verdicts:
    """What judging gave: ``failed`` is what went wrong, by indicator."""

    assessments: list[Assessment] = field(default_factory=list)
    stepped: Stepped = field(default_factory=Stepped)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """The inputs of the last run that finished: what was believed then, and the policy then in force."""

    at: datetime
    policy: Policy
    beliefs: Mapping[Series, SeriesBelief]

    def inputs(self, series: Series) -> Inputs | None:
        """Return what ``series`` was judged on then, None where it was not watched."""
        if series.indicator not in self.policy.watched:
            return None
        return Inputs(self.beliefs.get(series, SeriesBelief(series, {})), self.policy, self.at)


def policy_of(settings: Settings, registry: Registry) -> Policy:
    """Return the policy in force: what indicators.toml says, with the version of each indicator's plugin."""
    owners = registry.owner_of_indicator
    versions = {name: registry.versions[owner] for name, owner in owners.items() if owner in registry.versions}
    corrections = config.corrections_in([settings.path.parent, *registry.folders])
    return config.policy(settings, versions, corrections)


def judge(
    settings: Settings,
    registry: Registry,
    store: Store,
    policy: Policy,
    *,
    now: datetime,
    findings: Iterable[Finding] = (),
    sources: Iterable[SourceReport] = (),
) -> Verdicts:
    """Judge every watched series on what is believed now, and step the alerts.

    1. Read what is believed, and what the last finished run judged on.
    2. Judge each series; what a failing indicator leaves out changes no alert.
    3. Let the rules look at series and sources, and move the alerts on.
    """
    indicators = _watched(settings, registry)
    beliefs = _beliefs(store, indicators)
    before = _before(store, indicators, beliefs)
    bench = _Bench(policy, now, before, _by_series(findings))
    for indicator in indicators.values():
        bench.judge(indicator, _series_of(indicator, beliefs))
    for facts in _source_facts(settings, registry, store, sources, bench.about.get(None, [])):
        bench.look(facts)
    watched = watcher(policy.rules, _watch(settings, registry))
    stepped = step(store.alerts(), bench.sightings, now=now, cause=bench.cause, watched=watched)
    return Verdicts(bench.assessments, stepped, bench.failed)


@dataclass(slots=True)
class _Bench:
    """One evaluation: what each series is judged on, and what the rules saw."""

    policy: Policy
    now: datetime
    before: Before | None
    about: Mapping[Series | None, list[Finding]]
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

    def cause(self, sighting: Sighting) -> Cause:
        """Return why an alert changes its state."""
        if sighting.subject not in self.judged:
            return cause_about_source(sighting.rule, self.before.policy if self.before else None)
        indicator, inputs = self.judged[sighting.subject]
        return cause_of(sighting.rule, self._then(inputs.belief.series), inputs, judged_again(indicator))

    def _then(self, series: Series) -> Inputs | None:
        return self.before.inputs(series) if self.before else None


def judge_as_of(
    settings: Settings, registry: Registry, store: Store, as_of: AsOf | None, now: datetime
) -> list[Assessment]:
    """Judge what was believed as of a day, by today's targets and rules; alerts are left as they are."""
    policy = policy_of(settings, registry)
    indicators = _watched(settings, registry)
    beliefs = _beliefs(store, indicators, as_of)
    return [
        facts_of(indicator, Inputs(belief, policy, now)).assessment
        for indicator in indicators.values()
        for belief in _series_of(indicator, beliefs)
    ]


def _watched(settings: Settings, registry: Registry) -> dict[str, Indicator]:
    return {name: registry.indicators[name] for name in settings.watched if name in registry.indicators}


def _beliefs(
    store: Store, indicators: Iterable[str], as_of: AsOf | datetime | None = None
) -> dict[Series, SeriesBelief]:
    return {belief.series: belief for belief in store.beliefs(list(indicators), as_of)}


def _series_of(indicator: Indicator, beliefs: Mapping[Series, SeriesBelief]) -> Iterator[SeriesBelief]:
    """Yield what is believed of the indicator's series; where there is none, of the series it would have."""
    found = [belief for series, belief in beliefs.items() if series.indicator == indicator.id]
    if found:
        yield from found
        return
    labels = next(iter(indicator.headline), {"area": "CAREC"})
    names = {dimension.name for dimension in indicator.dimensions}
    yield SeriesBelief(Series.of(indicator.id, {k: v for k, v in labels.items() if k in names and v != "*"}), {})


def _before(store: Store, indicators: Iterable[str], beliefs: Mapping[Series, SeriesBelief]) -> Before | None:
    last = store.last_run(finished=True)
    if last is None or last.finished is None:
        return None
    newest = max((release.id for release in store.releases()), default=None)
    unchanged = newest == last.last_release and not _decided_since(store.releases(), last.finished)
    past = beliefs if unchanged else _beliefs(store, indicators, last.finished)
    return Before(last.finished, policies.from_json(last.policy_json), past)


def _decided_since(releases: Iterable[Release], moment: datetime) -> bool:
    return any(at is not None and at > moment for release in releases for at in (release.accepted, release.rejected))


def _by_series(findings: Iterable[Finding]) -> dict[Series | None, list[Finding]]:
    about: dict[Series | None, list[Finding]] = {}
    for finding in findings:
        about.setdefault(finding.series, []).append(finding)
    return about


def _watch(settings: Settings, registry: Registry) -> Watched:
    sectors = {
        name: registry.indicators[name].sector if name in registry.indicators else None for name in settings.watched
    }
    return Watched(sectors, _fed(settings, registry))


def _fed(settings: Settings, registry: Registry) -> dict[str, tuple[str, ...]]:
    """Return, for each source, the watched indicators that it feeds."""
    fed: dict[str, tuple[str, ...]] = {}
    for name, indicator in _watched(settings, registry).items():
        for source in dict.fromkeys((*indicator.sources, *settings.watch[name].prefer)):
            fed[source] = (*fed.get(source, ()), name)
    return fed


def _source_facts(
    settings: Settings,
    registry: Registry,
    store: Store,
    reports: Iterable[SourceReport],
    findings: Iterable[Finding],
) -> Iterator[SourceFacts]:
    asked = {report.id: report for report in reports}
    held: dict[str, list[str]] = {}
    for release in store.releases():
        if release.quarantine and release.accepted is None and release.rejected is None:
            held.setdefault(release.source, []).append(f"release {release.id}: {release.quarantine}")
    for source, fed in sorted(_fed(settings, registry).items()):
        report = asked.get(source)
        skipped = report is None or report.outcome in (SourceOutcome.OFFLINE, SourceOutcome.DISABLED)
        yield SourceFacts(
            source,
            None if skipped or report is None else report.outcome is SourceOutcome.FAILED,
            report.error if report else "",
            tuple(held.get(source, ())),
            tuple(finding for finding in findings if finding.source == source),
            tuple((name, registry.indicators[name].sector) for name in fed),
        )
