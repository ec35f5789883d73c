"""The process that is killed: the scheduler's own ticks, by a clock that a file holds and each tick moves on."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from carecmon import run, telling
from carecmon.cli.session import Session, refuse_trials
from carecmon.schedule.journal import Journal
from carecmon.schedule.lock import only_one
from carecmon.schedule.reading import Reading
from carecmon.schedule.ticker import Ticker
from carecmon.store import Store


def read(path):
    return datetime.fromisoformat(path.read_text())


def write(path, now):
    draft = path.with_suffix(".part")
    draft.write_text(now.isoformat())
    draft.replace(path)


def main(folder, end, step):
    refuse_trials(os.environ)
    clock, session = folder / "clock", Session()
    now = read(clock)
    os.environ["CARECMON_NOW"] = now.isoformat()
    reading = Reading.of(folder / "indicators.toml")
    journal = Journal(stream=(folder / "log").open("a"))
    with only_one(reading.settings.database, now):
        ticker = Ticker(reading, journal, lambda: session.now)
        while now < end:
            report = ticker.tick()
            if report is not None and not hasattr(run, "queue") and not hasattr(run, "telling"):
                _queue(reading, report, now)
            now += step
            os.environ["CARECMON_NOW"] = now.isoformat()
            write(clock, now)


def _queue(reading, report, now):
    """Queue what people are told, where the run does not do that itself yet."""
    with Store.open(reading.settings.database) as store, store.writing():
        telling.queue(
            reading.settings, reading.registry, store, report.id, now, assessments=report.assessments,
            findings=report.findings,
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]).astimezone(UTC), timedelta(minutes=float(sys.argv[3])))
