"""What a run did, put together for people and scripts: from sources and verdicts to the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from carecmon.config import Settings
from carecmon.intake import sources_of, wait_words, waiting
from carecmon.model import (
    Finding,
    IndicatorReport,
    Outcome,
    PluginReport,
    PluginState,
    RunReport,
    SourceOutcome,
    SourceReport,
    Status,
)
from carecmon.registry import Registry
from carecmon.store import Run
from carecmon.verdicts import Verdicts


def report_of(
    settings: Settings,
    registry: Registry,
    verdicts: Verdicts,
    sources: list[SourceReport],
    unchecked: Mapping[str, str],
    only: Sequence[str],
) -> RunReport:
    """Return the report of a run, but for its times, alerts and findings; ``unchecked`` is errors by source."""
    shown = set(only or settings.watched)
    unset = datetime.min
    return RunReport(
        None,
        unset,
        unset,
        offline=False,
        plugins=_plugins(registry, sources, unchecked),
        sources=sources,
        indicators=_outcomes(settings, registry, verdicts, sources, shown),
        assessments=[one for one in verdicts.assessments if one.series.indicator in shown],
        transitions=list(verdicts.stepped.transitions),
        not_watched=len(set(registry.indicators) - set(settings.watched)),
    )


def _plugins(registry: Registry, sources: Iterable[SourceReport], unchecked: Mapping[str, str]) -> list[PluginReport]:
    errors = {registry.owner_of_source[source]: error for source, error in unchecked.items()}
    for source in sources:
        if source.outcome is SourceOutcome.FAILED:
            errors.setdefault(source.plugin, source.error)
    return [
        replace(plugin, state=PluginState.FAILED, reason=errors[plugin.name])
        if plugin.state is PluginState.LOADED and plugin.name in errors
        else plugin
        for plugin in registry.plugins
    ]


def _outcomes(
    settings: Settings,
    registry: Registry,
    verdicts: Verdicts,
    sources: Iterable[SourceReport],
    shown: Iterable[str],
) -> list[IndicatorReport]:
    reports = {source.id: source for source in sources}
    with_data = {one.series.indicator for one in verdicts.assessments if one.status is not Status.NO_DATA}
    outcomes = []
    for name in sorted(shown):
        indicator = registry.indicators.get(name)
        if indicator is None:
            outcomes.append(IndicatorReport(name, "", "", Outcome.FAILED, error=_missing(registry, name)))
            continue
        feeding = [reports[id] for id in (*indicator.sources, *settings.watch[name].prefer) if id in reports]
        releases = tuple(sorted({release for source in feeding for release in source.releases}))
        errors = "; ".join(dict.fromkeys(source.error for source in feeding if source.error))
        error = verdicts.failed.get(name, "") or ("" if name in with_data else errors)
        outcome = Outcome.FAILED if error else Outcome.JUDGED if name in with_data else Outcome.NO_DATA
        outcomes.append(IndicatorReport(name, indicator.sector, indicator.pillar, outcome, releases, error or errors))
    return outcomes


def _missing(registry: Registry, name: str) -> str:
    broken = [plugin.name for plugin in registry.plugins if plugin.state is PluginState.BROKEN]
    perhaps = f"; perhaps one that is broken does: {', '.join(broken)}" if broken else ""
    return f"no loaded plugin declares {name}{perhaps}"


def read_by_older_code(registry: Registry, sources: Iterable[SourceReport], last: Run | None) -> list[str]:
    """Return what to tell the author of a plugin whose code changed, while its documents were not read again.

    Whether ``parse`` is what changed nobody can tell; that of shipped plugins changes with its reader version.
    """
    if last is None or last.finished is None:
        return []
    before = last.summary.get("plugins", {})
    changed = {
        name
        for name, version in registry.versions.items()
        if before.get(name, version) != version and not registry.places[name].first_party
    }
    return [
        f"the code of plugin {source.plugin} has changed, and what {source.id} said before was not read again, because"
        f" its reader_version is the same; if parse changed: carecmon db reparse {source.id}"
        for source in sources
        if source.plugin in changed
        and source.outcome is SourceOutcome.UNCHANGED
        and source.newest is not None
        and source.newest <= last.finished
    ]


def newly_waiting(
    settings: Settings, registry: Registry, last: Run | None, only: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return what to say of sources that wait to be enabled, unless a run has said so; and of which it is said by now.

    ``carecmon sources`` and ``doctor`` say it whenever they are asked.
    """
    before = last.summary.get("waiting", []) if last else []
    new = [source for source in waiting(settings, registry, only) if source.id not in before]
    return [wait_words(settings, new)] if new else [], sorted({*before, *(source.id for source in new)})


def summary(report: RunReport) -> dict[str, int]:
    """Return what the store keeps of a report."""
    return {
        "releases": sum(len(source.releases) for source in report.sources),
        "assessments": len(report.assessments),
        "transitions": len(report.transitions),
        "failed": sum(one.outcome is Outcome.FAILED for one in report.indicators),
    }


def limit(
    report: RunReport, settings: Settings, registry: Registry, findings: list[Finding], only: Sequence[str]
) -> None:
    """Leave in the report what is about the indicators asked for, and about the sources that feed them."""
    report.findings = findings
    if not only:
        return
    fed = {source.id for source in sources_of(settings, registry, only)}

    def shown(subject: str) -> bool:
        return subject in fed or subject.partition("{")[0] in only

    report.alerts = [alert for alert in report.alerts if shown(alert.subject)]
    report.transitions = [one for one in report.transitions if shown(one.alert.subject)]
    report.findings = [one for one in findings if (one.series.indicator in only if one.series else one.source in fed)]
