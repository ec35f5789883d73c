"""One run, told in order: collect, store, judge, store, tell. Read this file first."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from carecmon.config import Settings, check_against
from carecmon.errors import PluginError
from carecmon.findings import search
from carecmon.intake import Intake, Progress, sources_of, take_in
from carecmon.judge import policy as policies
from carecmon.model import (
    Alert,
    AlertState,
    AsOf,
    Assessment,
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
from carecmon.muting import expired
from carecmon.names import follow_aliases
from carecmon.registry import Registry
from carecmon.store import Run, Store, fault
from carecmon.store.outbox import Outbox
from carecmon.telling import queue, send_due
from carecmon.verdicts import Verdicts, judge, judge_as_of, policy_of

#: States of an alert that people still hear about.
ACTIVE = (AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING)


def check(
    settings: Settings,
    registry: Registry,
    *,
    now: datetime,
    offline: bool = False,
    dry_run: bool = False,
    as_of: AsOf | None = None,
    in_process: bool = False,
    only: Sequence[str] = (),
    progress: Progress | None = None,
    due: Collection[str] | None = None,
) -> RunReport:
    """Ask the sources, store what is new, judge every series, step the alerts.

    ``only`` limits which indicators are asked for and reported, ``due`` which sources are asked; all watched ones are
    judged. With ``dry_run`` the same is done to a copy of the store; with ``as_of`` only what was believed then is
    judged. A failing source, plugin or indicator is in the report and stops nothing else. Raises StoreError where
    the store cannot be used.
    """
    warnings = _settled(settings, registry)
    if as_of is not None:
        return _look_back(settings, registry, as_of, now, only)
    ask = partial(take_in, offline=offline, in_process=in_process, only=only, progress=progress, due=due)
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="carecmon-") as folder:
            copy = replace(settings, database=_copied(settings.database, Path(folder)), people={})
            report = _run(copy, registry, ask, now, offline, only)
            report.id = None
    else:
        report = _run(settings, registry, ask, now, offline, only)
    report.warnings = [*warnings, *report.warnings]
    if not dry_run:
        _observe(registry, report)
    return report


def _run(
    settings: Settings,
    registry: Registry,
    ask: Callable[..., Intake],
    now: datetime,
    offline: bool,
    only: Sequence[str],
) -> RunReport:
    clock = _Clock(now)
    policy = policy_of(settings, registry)
    with Store.open(settings.database) as store:
        last = store.last_run(finished=True)
        with store.writing():
            content = policies.to_json(policy)
            run = store.start_run(now, kind="check", offline=offline, policy_json=content, version=version("carecmon"))
            renamed = follow_aliases(registry.indicators.values(), store, now)
        taken = ask(settings, registry, store, run, now=now)
        searched = search(settings, registry, store, policy, last)
        with store.writing():
            found = searched.now()
            store.save_findings(now, found.findings, found.checked)
            standing = [kept.finding for kept in store.findings()]
            verdicts = judge(
                settings, registry, store, policy, now=now, findings=standing, sources=taken.sources, cell=found.cell
            )
            fault("judged")
            _keep(store, run, now, verdicts)
            said = queue(settings, registry, store, run, now, assessments=verdicts.assessments, findings=standing)
            fault("kept")
            report = _report(settings, registry, verdicts, [*taken.sources], found.failed, only)
            store.finish_run(run, clock.now(), {**_summary(report), "searched": searched.mark})
        said += send_due(settings, registry, store, now, offline=offline)
        report.alerts, over = _standing(settings, registry, store, last, now)
        report.deliveries = Outbox(store).summaries(now)
    report.id, report.started, report.finished = run, now, clock.now()
    report.offline, report.first_run = offline, last is None
    _limit(report, settings, registry, standing, only)
    report.warnings = [
        *registry.warnings, *renamed, *taken.warnings, *found.failed.values(), *verdicts.warnings, *over, *said
    ]  # fmt: skip
    return report


def _limit(
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


def _standing(
    settings: Settings, registry: Registry, store: Store, last: Run | None, now: datetime
) -> tuple[list[Alert], list[str]]:
    """Return the alerts that are active, and what is to be said of silences that ended since the last run."""
    active = [alert for alert in store.alerts().values() if alert.state in ACTIVE]
    return active, expired(settings, registry, store, last.finished, now) if last and last.finished else []


def _settled(settings: Settings, registry: Registry) -> list[str]:
    """Return what is odd in the settings, given these plugins; raise ConfigError for what cannot be meant."""
    broken = [plugin.name for plugin in registry.plugins if plugin.state is PluginState.BROKEN]
    return check_against(settings, registry.indicators, registry.sources, broken_plugins=[*broken, *registry.disabled])


def judge_now(
    settings: Settings, registry: Registry, store: Store, as_of: AsOf | None, now: datetime
) -> list[Assessment]:
    """Judge what is, or was, believed, without writing anything."""
    return judge_as_of(settings, registry, store, as_of, now)


def _keep(store: Store, run: int, now: datetime, verdicts: Verdicts) -> None:
    store.save_assessments(run, now, verdicts.assessments, verdicts.gone)
    store.save_transitions(run, now, verdicts.stepped.transitions)
    moved = {one.alert.fingerprint for one in verdicts.stepped.transitions}
    store.touch_alerts(alert for alert in verdicts.stepped.alerts if alert.fingerprint not in moved)


def _report(
    settings: Settings,
    registry: Registry,
    verdicts: Verdicts,
    sources: list[SourceReport],
    unchecked: Mapping[str, str],
    only: Sequence[str],
) -> RunReport:
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


def _summary(report: RunReport) -> dict[str, int]:
    return {
        "releases": sum(len(source.releases) for source in report.sources),
        "assessments": len(report.assessments),
        "transitions": len(report.transitions),
        "failed": sum(one.outcome is Outcome.FAILED for one in report.indicators),
    }


def _look_back(settings: Settings, registry: Registry, as_of: AsOf, now: datetime, only: Sequence[str]) -> RunReport:
    with Store.open_readonly(settings.database) as store:
        verdicts = Verdicts(judge_as_of(settings, registry, store, as_of, now))
        imprecise = store.imprecise(as_of)
    asked = sources_of(settings, registry, only)
    offline = [SourceReport(s.id, registry.owner_of_source[s.id], SourceOutcome.OFFLINE) for s in asked]
    report = _report(settings, registry, verdicts, offline, {}, only)
    report.started = report.finished = now
    report.offline, report.as_of = True, as_of
    report.warnings = ["judged by today's targets, rules and code, on what was believed then"]
    if as_of.published and imprecise:
        report.warnings.append(
            f"{imprecise} of the releases have no exact day of publication: a month or a year counts as its last day,"
            " an unknown day as the day on which the release was first seen here"
        )
    return report


def _copied(database: Path, folder: Path) -> Path:
    copy = folder / database.name
    if Store.exists(database):
        with Store.open_readonly(database) as store:
            store.backup(copy)
    return copy


def _observe(registry: Registry, report: RunReport) -> None:
    for impl in registry.manager.hook.run_finished.get_hookimpls():
        try:
            with contextlib.redirect_stdout(sys.stderr):  # what a plugin prints must not get between our JSON
                impl.function(report=report) if impl.argnames else impl.function()
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # an observer must not undo a run that is already stored
            error = PluginError(f"run_finished of plugin {impl.plugin_name} failed: {exc!r}")
            report.warnings.append(str(error))


class _Clock:
    """Goes on from ``start`` as time really passes, so that a given start stays the one time axis of a run."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)
