"""One run, told in order: collect, store, judge, store, tell. Read this file first."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from carecmon.account import limit, newly_waiting, read_by_older_code, report_of, summary
from carecmon.config import Settings, check_against
from carecmon.config.check import REMEDY
from carecmon.errors import ConfigError, PluginError
from carecmon.findings import Found, Search, search
from carecmon.intake import Intake, Progress, sources_of, take_in
from carecmon.judge import policy as policies
from carecmon.model import (
    Alert,
    AlertState,
    AsOf,
    Assessment,
    Finding,
    PluginState,
    Policy,
    RunReport,
    SourceOutcome,
    SourceReport,
)
from carecmon.muting import expired
from carecmon.names import follow_aliases
from carecmon.registry import Registry
from carecmon.registry.patience import HOOK_LIMIT, TooLongError, within
from carecmon.store import Run, Store, fault
from carecmon.store.outbox import Outbox
from carecmon.telling import queue, send_due
from carecmon.verdicts import Verdicts, judge, judge_as_of, policy_of

#: How often a run judges again because somebody wrote meanwhile, before it makes them wait.
TURNS = 4

#: States of an alert that people still hear about.
ACTIVE = (AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a run has come to, and nothing of it stored yet: the findings that stand, and the verdicts."""

    search: Search
    standing: list[Finding]
    verdicts: Verdicts


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
    the store cannot be used, ConfigError where nothing is watched any more and alerts are active.
    """
    warnings = _settled(settings, registry)
    if as_of is not None:
        return _look_back(settings, registry, as_of, now, only, in_process)
    _refuse_to_close_all(settings)
    ask = partial(take_in, offline=offline, in_process=in_process, only=only, progress=progress, due=due)
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="carecmon-") as folder:
            copy = replace(settings, database=_copied(settings.database, Path(folder)), people={})
            report = _run(copy, registry, ask, now, offline, only, in_process)
            report.id = None
    else:
        report = _run(settings, registry, ask, now, offline, only, in_process)
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
    in_process: bool,
) -> RunReport:
    clock, policy = _Clock(now), policy_of(settings, registry)
    with Store.open(settings.database) as store:
        last = store.last_run(finished=True)
        with store.writing():
            run = _begun(store, policy, now, offline)
            renamed = follow_aliases(registry.indicators.values(), store, now)
        taken = ask(settings, registry, store, run, now=now)
        waits, waiting = newly_waiting(settings, registry, last, only)
        searched = search(settings, registry, store, policy, last, in_process=in_process)
        reach = partial(_reach, settings, registry, store, policy, taken.sources, now)
        with _holding(store, searched, reach) as reached:
            said = _keep(settings, registry, store, run, now, reached)
            failed = reached.search.found.failed
            report = report_of(settings, registry, reached.verdicts, taken.sources, failed, only)
            kept = {"searched": reached.search.mark, "plugins": registry.versions}
            told = {"hung": registry.hung, "waiting": waiting}
            store.finish_run(run, clock.now(), {**summary(report), **kept, **told})
        sent = send_due(settings, registry, store, now, offline=offline)
        report.alerts, over = _standing(settings, registry, store, last, now)
        report.deliveries = Outbox(store).summaries(now)
    report.id, report.started, report.finished = run, now, clock.now()
    report.offline, report.first_run = offline, last is None
    limit(report, settings, registry, reached.standing, only)
    unread = read_by_older_code(registry, taken.sources, last)
    notes = (registry.warnings, renamed, taken.warnings, waits, unread, failed.values(), reached.verdicts.warnings)
    report.warnings = [line for lines in (*notes, over, said, sent.notes) for line in lines]
    report.unsent = list(sent.unsent)
    return report


def _begun(store: Store, policy: Policy, now: datetime, offline: bool) -> int:
    text = policies.to_json(policy)
    return store.start_run(now, kind="check", offline=offline, policy_json=text, version=version("carecmon"))


def _standing(
    settings: Settings, registry: Registry, store: Store, last: Run | None, now: datetime
) -> tuple[list[Alert], list[str]]:
    """Return the alerts that are active, and what is to be said of silences that ended since the last run."""
    active = [alert for alert in store.alerts().values() if alert.state in ACTIVE]
    return active, expired(settings, registry, store, last.finished, now) if last and last.finished else []


def _refuse_to_close_all(settings: Settings) -> None:
    """Raise ConfigError where the settings watch nothing, so that a run would end every alert there is.

    An empty or truncated file reads like that; with the file restored, all would be raised as new.
    """
    if settings.watched or not Store.exists(settings.database):
        return
    with Store.open_readonly(settings.database) as store:
        active = sum(alert.state in ACTIVE for alert in store.alerts().values())
    if active:
        raise ConfigError(
            f"{settings.path} watches nothing, and a check would end all alerts ({active}); nothing was done;"
            f" write the [indicators.] tables again, or take them from another folder: {REMEDY}"
        )


def _settled(settings: Settings, registry: Registry) -> list[str]:
    """Return what is odd in the settings, given these plugins; raise ConfigError for what cannot be meant."""
    broken = [plugin.name for plugin in registry.plugins if plugin.state is PluginState.BROKEN]
    return check_against(settings, registry.indicators, registry.sources, broken_plugins=[*broken, *registry.disabled])


def look_back(
    settings: Settings, registry: Registry, store: Store, as_of: AsOf, now: datetime
) -> tuple[list[Assessment], Found]:
    """Return how what was believed then is judged today, and how it contradicts itself. Nothing is written."""
    return judge_as_of(settings, registry, store, as_of, now)


def _reach(
    settings: Settings,
    registry: Registry,
    store: Store,
    policy: Policy,
    sources: list[SourceReport],
    now: datetime,
    searched: Search,
) -> Reached:
    """Judge on what is stored now, and on what ``searched`` found; nothing is written."""
    standing = searched.found.standing(store.findings(gone=True))
    cell = searched.found.cell
    verdicts = judge(settings, registry, store, policy, now=now, findings=standing, sources=sources, cell=cell)
    fault("judged")
    return Reached(searched, standing, verdicts)


@contextlib.contextmanager
def _holding(store: Store, searched: Search, reach: Callable[[Search], Reached]) -> Iterator[Reached]:
    """Judge while others may write, then hold the lock; judge again where somebody wrote in between.

    A store that others keep writing to is judged under the lock at last, on what was found before: no foreign code
    runs there, and the next run searches again.
    """
    for _ in range(TURNS):
        with store.reading():
            version = store.version()
            searched.renew()
            reached = reach(searched)
        with store.writing():
            if store.version() == version:
                yield reached
                return
    with store.writing():
        searched.repeat = True
        yield reach(searched)


def _keep(settings: Settings, registry: Registry, store: Store, run: int, now: datetime, reached: Reached) -> list[str]:
    """Store the findings, the verdicts, the transitions, and what people are to be told: all in one transaction."""
    store.save_findings(now, reached.search.found.findings, [one.id for one in reached.standing])
    verdicts = reached.verdicts
    store.save_assessments(run, now, verdicts.assessments, verdicts.gone)
    store.save_transitions(run, now, verdicts.stepped.transitions)
    moved = {one.alert.fingerprint for one in verdicts.stepped.transitions}
    store.touch_alerts(alert for alert in verdicts.stepped.alerts if alert.fingerprint not in moved)
    said = queue(settings, registry, store, run, now, assessments=verdicts.assessments, findings=reached.standing)
    fault("kept")
    return said


def _look_back(
    settings: Settings, registry: Registry, as_of: AsOf, now: datetime, only: Sequence[str], in_process: bool
) -> RunReport:
    with Store.open_readonly(settings.database) as store:
        assessments, found = judge_as_of(settings, registry, store, as_of, now, in_process=in_process)
        imprecise = store.imprecise(as_of)
    asked = sources_of(settings, registry, only)
    offline = [SourceReport(s.id, registry.owner_of_source[s.id], SourceOutcome.OFFLINE) for s in asked]
    report = report_of(settings, registry, Verdicts(assessments), offline, found.failed, only)
    report.started = report.finished = now
    report.offline, report.as_of = True, as_of
    limit(report, settings, registry, found.findings, only)
    report.warnings = ["judged by today's targets, rules and code, on what was believed then", *found.failed.values()]
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
    us = os.getpid()
    for impl in registry.manager.hook.run_finished.get_hookimpls():
        try:
            # What a plugin prints must not get between our JSON.
            with contextlib.redirect_stdout(sys.stderr), within(HOOK_LIMIT):
                impl.function(report=report) if impl.argnames else impl.function()
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # an observer must not undo a run that is already stored
            reason = str(exc) if isinstance(exc, TooLongError) else repr(exc)
            error = PluginError(f"run_finished of plugin {impl.plugin_name} failed: {reason}")
            report.warnings.append(str(error))
        finally:
            if os.getpid() != us:
                os._exit(0)  # it forked, and what it left behind would go on as a second one of us


class _Clock:
    """Goes on from ``start`` as time really passes, so that a given start stays the one time axis of a run."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)
