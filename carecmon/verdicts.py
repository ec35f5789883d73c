"""The second half of a run: judge what is believed now, against the stored alerts. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from carecmon import config
from carecmon.config import Settings
from carecmon.errors import StoreError
from carecmon.findings import Found, find_as_of, idle, nothing_new
from carecmon.judge import policy as policies
from carecmon.judge.alerts import Stepped
from carecmon.judge.cause import Inputs, facts_of
from carecmon.judge.checks import CellOf
from carecmon.judge.evaluation import Before, Evaluation
from carecmon.judge.facts import SourceFacts
from carecmon.judge.rules import Watched
from carecmon.judge.touching import Touching, touched
from carecmon.model import (
    AsOf,
    Assessment,
    Finding,
    Indicator,
    Policy,
    Series,
    SeriesBelief,
    SourceOutcome,
    SourceReport,
)
from carecmon.names import departed, not_judged
from carecmon.registry import Registry
from carecmon.store import Store

#: Outcomes that say nothing about whether a source works.
NOT_ASKED = (SourceOutcome.OFFLINE, SourceOutcome.NOT_DUE, SourceOutcome.DISABLED, SourceOutcome.WAITING)


@dataclass(slots=True)
class Verdicts:
    """What judging gave: ``failed`` is what went wrong, by indicator, ``gone`` the series not judged any more.

    ``warnings`` are about releases in quarantine, and about corrections and rules that do nothing.
    """

    assessments: list[Assessment] = field(default_factory=list)
    stepped: Stepped = field(default_factory=Stepped)
    failed: dict[str, str] = field(default_factory=dict)
    gone: list[Series] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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
    cell: CellOf = lambda series, point: None,
) -> Verdicts:
    """Judge every watched series on what is believed now, and step the alerts.

    1. Read what is believed, and what the last finished run judged on.
    2. Judge each series; what a failing indicator leaves out changes no alert.
    3. Let the rules look at series and sources, and move the alerts on.
    """
    indicators = _watched(settings, registry)
    beliefs = _beliefs(store, indicators)
    before = _before(store, indicators, beliefs, policy)
    findings = list(findings)
    bench = Evaluation(policy, now, before, _by_series(findings))
    series = _by_indicator(beliefs.values())
    for indicator in indicators.values():
        bench.judge(indicator, _series_of(indicator, series))
    for facts in _source_facts(settings, registry, store, sources, bench.about.get(None, [])):
        bench.look(facts)
    alerts = store.alerts()
    stepped = bench.step(alerts, replace(watch(settings, registry), gone=departed(alerts.values(), indicators)))
    assessments = touched(bench.assessments, beliefs, Touching(findings, cell))
    excused = {*settings.watched} - {*indicators} | {*bench.failed}
    return Verdicts(
        assessments,
        stepped,
        bench.failed,
        not_judged(store.judged(), {one.series for one in assessments}, excused),
        [
            *_held_back(store),
            *idle(policy.corrections, indicators, beliefs, store),
            *bench.idle(registry.indicators.values()),
        ],
    )


def judge_as_of(
    settings: Settings, registry: Registry, store: Store, as_of: AsOf, now: datetime, *, in_process: bool = False
) -> tuple[list[Assessment], Found]:
    """Judge, and search for contradictions in, what was believed as of a day, by today's targets, rules and checks.

    Alerts are left as they are.
    """
    policy = policy_of(settings, registry)
    found = find_as_of(settings, registry, store, policy.corrections, as_of, in_process=in_process)
    indicators = _watched(settings, registry)
    beliefs = _beliefs(store, indicators, as_of)
    series = _by_indicator(beliefs.values())
    verdicts = [
        facts_of(indicator, Inputs(belief, policy, now)).assessment
        for indicator in indicators.values()
        for belief in _series_of(indicator, series)
    ]
    return touched(verdicts, beliefs, Touching(found.findings, found.cell)), found


def _watched(settings: Settings, registry: Registry) -> dict[str, Indicator]:
    return {name: registry.indicators[name] for name in settings.watched if name in registry.indicators}


def _beliefs(
    store: Store, indicators: Iterable[str], as_of: AsOf | datetime | None = None
) -> dict[Series, SeriesBelief]:
    return {belief.series: belief for belief in store.beliefs(list(indicators), as_of, withdrawn=True)}


def _by_indicator(beliefs: Iterable[SeriesBelief]) -> dict[str, list[SeriesBelief]]:
    found: dict[str, list[SeriesBelief]] = {}
    for belief in beliefs:
        found.setdefault(belief.series.indicator, []).append(belief)
    return found


def _series_of(indicator: Indicator, beliefs: Mapping[str, list[SeriesBelief]]) -> Iterator[SeriesBelief]:
    """Yield what is believed of the indicator's series; where there is none, of the series it would have.

    What is stored under a label that is no longer declared is history: it is not judged.
    """
    found = [belief for belief in beliefs.get(indicator.id, ()) if indicator.declares(belief.series)]
    if found:
        yield from found
        return
    labels = next(iter(indicator.headline), {"area": "CAREC"})
    names = {dimension.name for dimension in indicator.dimensions}
    yield SeriesBelief(Series.of(indicator.id, {k: v for k, v in labels.items() if k in names and v != "*"}), {})


def _before(
    store: Store, indicators: Iterable[str], beliefs: Mapping[Series, SeriesBelief], policy: Policy
) -> Before | None:
    last = store.last_run(finished=True)
    if last is None or last.finished is None:
        return None
    past = beliefs if nothing_new(store, last) else _beliefs(store, indicators, last.finished)
    try:
        then = policies.from_json(last.policy_json)
    except StoreError:
        then = policy  # written by another version: what changed in it cannot be told
    return Before(last.finished, then, past)


def _by_series(findings: Iterable[Finding]) -> dict[Series | None, list[Finding]]:
    about: dict[Series | None, list[Finding]] = {}
    for finding in findings:
        about.setdefault(finding.series, []).append(finding)
    return about


def _held_back(store: Store) -> Iterator[str]:
    for one in store.releases():
        if one.quarantine and one.accepted is None and one.rejected is None:
            yield (
                f"release {one.id} ({f'{one.source} {one.edition}'.strip()}) is not believed: it {one.quarantine};"
                f" carecmon releases accept {one.id} or reject {one.id}, with --reason, settles that"
            )


def watch(settings: Settings, registry: Registry) -> Watched:
    """Return what is watched now, with the sectors of the indicators and the sources that feed them."""
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
        known = store.known(source)
        report = asked.get(source)
        skipped = report is None or report.outcome in NOT_ASKED
        yield SourceFacts(
            source,
            None if skipped or report is None else report.outcome is SourceOutcome.FAILED,
            report.error if report else "",
            tuple(held.get(source, ())),
            tuple(finding for finding in findings if finding.source == source),
            tuple((name, registry.indicators[name].sector) for name in fed),
            known.failures,
            known.last_ok,
        )
