"""``carecmon run``, put together: one scheduler a store, a clock, ticks, signals, and a page that says how it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from carecmon.errors import ExitCode
from carecmon.report import exit_code
from carecmon.schedule.clock import EVERY, beat
from carecmon.schedule.health import served
from carecmon.schedule.journal import Journal
from carecmon.schedule.lock import only_one
from carecmon.schedule.metrics import Metrics
from carecmon.schedule.reading import Reading, tell_broken
from carecmon.schedule.stopping import Stop, stopping
from carecmon.schedule.ticker import Ticker
from carecmon.store import Store

#: Which exit code counts where several apply.
_LOUDEST = (ExitCode.USAGE, ExitCode.STORE, ExitCode.PARTIAL, ExitCode.UNDELIVERED)

Clock = Callable[[], datetime]


def once(reading: Reading, journal: Journal, clock: Clock) -> ExitCode:
    """Do what is due now, and end: for cron and systemd timers. Return the exit code of the run, 0 where none was due.

    Raises StoreError where another scheduler is at work.
    """
    with only_one(reading.settings.database, clock()), stopping() as stop:
        ticker = _prepared(reading, journal, clock)
        stop.busy = True
        report = ticker.tick()
        stop.busy = False
        if stop.asked:
            return stop.code
        found = [*ticker.failed.values(), *([exit_code(report)] if report is not None else [])]
        return next((code for code in _LOUDEST if code in found), ExitCode.OK)
    return stop.code


def forever(
    reading: Reading,
    journal: Journal,
    clock: Clock,
    *,
    health: str | None = None,
    names: Collection[str] = (),
    every: float = EVERY,
) -> ExitCode:
    """Do what is due, again and again, until a signal says to end; return 0 for SIGTERM, 130 for Ctrl-C.

    Raises StoreError where another scheduler is at work, UsageError where ``health`` cannot be listened at.
    """
    with only_one(reading.settings.database, clock()), stopping() as stop:
        ticker = _prepared(reading, journal, clock)
        ticker.pulse.every = every
        metrics = Metrics(reading, ticker.pulse, clock)
        with served(health, ticker.pulse, metrics, names) as port:
            where = f"; http://{health.rpartition(':')[0]}:{port}/healthz" if health else ""
            journal.info(f"carecmon run looks after {reading.settings.database}{where}")
            beat(lambda: _tick(ticker, stop), stop.wake, lambda: stop.asked, every)
    journal.info(_farewell(stop))
    return stop.code


def _farewell(stop: Stop) -> str:
    if stop.abandoned:
        return "carecmon run has ended; it was asked to in the middle of a run: what is not recorded is due again"
    return "carecmon run has ended, as it was asked to"


def _tick(ticker: Ticker, stop: Stop) -> None:
    stop.busy = True
    try:
        ticker.tick()
    finally:
        stop.busy = False


def _prepared(reading: Reading, journal: Journal, clock: Clock) -> Ticker:
    """Bring the store to the present schema, and say what there is to say of the plugins."""
    journal.hide(reading.settings)
    if Store.exists(reading.settings.database):
        Store.open(reading.settings.database).close()
    ticker = Ticker(reading, journal, clock)
    tell_broken(reading.registry, journal, ticker.pulse)
    return ticker
