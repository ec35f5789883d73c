"""One tick: whatever is due now is done. Everything that goes wrong is said, and the next tick comes all the same."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from carecmon import run, telling
from carecmon.config import Settings
from carecmon.errors import CarecmonError, DeliveryError, ExitCode
from carecmon.model import RunReport, SourceOutcome
from carecmon.registry import Registry
from carecmon.report import exit_code, undelivered
from carecmon.schedule.journal import Journal
from carecmon.schedule.plan import due, pause
from carecmon.schedule.pulse import Pulse
from carecmon.schedule.reading import Reading
from carecmon.schedule.standings import standings, why_judge
from carecmon.store import Store
from carecmon.store.retention import prune

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Ticker:
    """Does what is due. ``clock`` gives the time now, UTC; ``reading`` the configuration in force.

    ``failed`` is what went wrong as a whole, by where, as the exit code that it means.
    """

    reading: Reading
    journal: Journal
    clock: Callable[[], datetime]
    pulse: Pulse = field(default_factory=Pulse)
    home: Path = field(default_factory=Path.cwd)
    failed: dict[str, ExitCode] = field(default_factory=dict)
    _failures: int = 0
    _warned: frozenset[str] = frozenset()
    _rest_until: datetime | None = None
    _pruned: datetime | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.reading.settings

    @property
    def registry(self) -> Registry:
        """The plugins in force."""
        return self.reading.registry

    def tick(self) -> RunReport | None:
        """Do what is due now; return the report of the run, None where there was nothing to run for.

        1. Read the configuration again where its file has changed.
        2. Ask the sources that are due, and judge; the same as ``carecmon check``.
        3. Send what is due to be sent.
        4. Once a day, throw away what is kept no longer.
        """
        report = None
        with self.pulse.tick(self.clock()):
            with self._guarded("configuration"):
                self.reading.again(self.journal, self.pulse)
            if not self._resting():
                with self._guarded("run"):
                    report = self._run()
            self.pulse.alive(0.0)
            with self._guarded("messages"):
                self._send()
            self.pulse.alive()
            with self._guarded("retention"):
                self._prune()
        return report

    def _run(self) -> RunReport | None:
        now = self.clock()
        asked, why = self._due(now)
        if not asked and not why:
            return None
        self.journal.info("a run begins", sources=len(asked), **({"because": why} if why else {}))
        began = time.monotonic()
        slowest = max((self.registry.sources[source].time_limit for source in asked), default=0.0)
        self.pulse.alive(slowest)
        report = run.check(
            self.settings, self.registry, now=now, due=asked, progress=lambda *_: self.pulse.alive(slowest)
        )
        self._failures, self._rest_until = 0, None
        self.journal.run = report.id
        try:
            self._tell(report, time.monotonic() - began)
        finally:
            self.journal.run = None
        return report

    def _due(self, now: datetime) -> tuple[list[str], str]:
        """Return the sources to ask now and, where there are none, why to judge nevertheless."""
        if not Store.exists(self.settings.database):
            return due(now, standings(self.settings, self.registry, None)), "the first run"
        with Store.open_readonly(self.settings.database) as store:
            asked = due(now, standings(self.settings, self.registry, store))
            return asked, "" if asked else why_judge(self.settings, self.registry, store, now)

    def _tell(self, report: RunReport, seconds: float) -> None:
        code = exit_code(report)
        for source in report.sources:
            if source.outcome is SourceOutcome.FAILED:
                self.journal.warning(f"the source {source.id} failed: {source.error}")
        warnings = [*report.warnings, *(f"undelivered: {shout}" for shout in report.unsent)]
        for warning in warnings:
            if warning not in self._warned:  # what every run says would drown what this one says
                self.journal.warning(warning)
        self._warned = frozenset(warnings)
        if waiting := undelivered(report):
            what = "1 message is" if waiting == 1 else f"{waiting} messages are"
            self.journal.warning(f"{what} undelivered; carecmon notify log says why")
        releases = sum(len(source.releases) for source in report.sources)
        self.journal.info(
            "the run has finished", seconds=round(seconds, 2), exit_code=int(code), releases=releases,
            transitions=len(report.transitions), findings=len(report.findings),
        )  # fmt: skip
        revised = sum(source.revised + source.withdrawn for source in report.sources)
        self.pulse.ran(int(code), seconds, report.started, revised)
        if code is ExitCode.OK:
            self._ping()

    def _ping(self) -> None:
        name = self.settings.ping_url_env
        if name is None:
            return
        with self._guarded("ping"):
            from carecmon.collect.ping import ping

            url = os.environ.get(name, "").strip()
            if not url:
                raise CarecmonError(f"the environment variable {name}, which ping_url_env names, is not set")
            ping(url)

    def _send(self) -> None:
        if not self.settings.people or not Store.exists(self.settings.database):
            return
        with Store.open(self.settings.database) as store:
            sent = telling.send_due(self.settings, self.registry, store, self.clock())
        if sent.unsent:
            raise DeliveryError("; ".join(sent.unsent), permanent=False)

    def _prune(self) -> None:
        keep, now = self.settings.retention, self.clock()
        done = self._pruned is not None and abs(now - self._pruned) < _DAY
        if done or (keep.raw is None and keep.logs is None) or not Store.exists(self.settings.database):
            return
        live = {source.id for source in self.registry.sources.values() if source.live}
        raw, logs = (None if one is None else now - timedelta(seconds=one) for one in (keep.raw, keep.logs))
        with Store.open(self.settings.database) as store:
            gone = prune(store, sources=live, raw=raw, logs=logs)
        self._pruned = now
        if gone:
            self.journal.info(
                "thrown away", raw_answers=gone.answers, fetches=gone.fetches, runs=gone.runs,
                decisions=gone.decisions,
            )  # fmt: skip

    @contextmanager
    def _guarded(self, where: str) -> Iterator[None]:
        """Let nothing that goes wrong at one place end the scheduler, or hide that it goes wrong."""
        try:
            yield
        except CarecmonError as error:
            self.failed[where] = ExitCode.UNDELIVERED if isinstance(error, DeliveryError) else error.exit_code
            self._failed(where, str(error), bug=False)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.failed[where] = ExitCode.PARTIAL
            self._failed(where, f"{type(error).__name__}: {error}", bug=True)
        else:
            self.failed.pop(where, None)
            self.pulse.mend(where, None)
        finally:
            os.chdir(self.home)  # a plugin's hook may have gone elsewhere

    def _failed(self, where: str, message: str, *, bug: bool) -> None:
        if self.pulse.problems.get(where) != message:  # once is enough; the health page says that it lasts
            self.journal.error(f"{where}: {message}", bug=bug)
        self.pulse.mend(where, message)
        if where == "run":
            self._failures += 1
            self._rest_until = self.clock() + min(pause(self._failures), timedelta(hours=1))

    def _resting(self) -> bool:
        """Say whether a run that failed as a whole is left alone: what ends it would end the next one too."""
        if self._rest_until is None:
            return False
        left = self._rest_until - self.clock()
        return timedelta() < left <= timedelta(hours=1)
