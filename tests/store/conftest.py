"""Stores on disk, and short ways to write drafts."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from carecmon.model import Batch, CellRow, Covered, Draft, Order, Period, Published, Series
from carecmon.store import Store

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
SPEED = Series.of("cpmm.swd", area="CAREC", mode="all")
WITHDRAWN = "withdrawn"


def day(number):
    """Return noon of the day ``number`` days after the start."""
    return START + timedelta(days=number)


def batch(series, values, notes=None, cells=True):
    """Return a batch of {year: value}; None is a missing value."""
    years = sorted(values, key=lambda year: Period.parse(str(year)))
    rows = [(Period.parse(str(y)).key, values[y], 3 if values[y] is None else 0, (notes or {}).get(y)) for y in years]
    return Batch(
        series, rows, [CellRow("report", "p. 1", str(y), "speed", f"{values[y]}") for y in years] if cells else []
    )


def draft(edition, values=None, *, batches=None, live=False, published=None, digest=None, covers=(), **more):
    """Return a draft of the source "reports", by default of one series."""
    batches = [batch(SPEED, values or {})] if batches is None else batches
    return Draft(
        "reports",
        Order.OBSERVED if live else Order.EDITION,
        edition,
        Published.parse(published),
        f"https://example.org/{edition}",
        digest or f"{edition} {values} {batches}",
        batches,
        covers=covers,
        **more,
    )


def covered(first, last, indicator="cpmm.swd", **select):
    """Return the pattern of an indicator between two years."""
    return Covered(indicator, Period.parse(str(first)), Period.parse(str(last)), select)


CHILD = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from carecmon.model import Batch, Draft, Order, Period, Published, Series
from carecmon.store import Store

PATH, NOW = Path(sys.argv[1]), datetime(2024, 6, 1, tzinfo=UTC)

def draft(batches, edition="2023", body={}):
    return Draft("reports", Order.EDITION, edition, Published.parse(None), "", edition, batches, body=body)

def series(number):
    rows = [(Period.parse(str(year)).key, year * 1.1 + number, 0, None) for year in range(1950, 2024)]
    return Batch(Series.of("cpmm.swd", area=f"a{number:05}", mode="all"), rows)
"""


def child(path, code, **options):
    """Start a process that runs ``code`` with a store's path as its argument."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD) + textwrap.dedent(code), str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def intact(path):
    with sqlite3.connect(path) as db:
        found = db.execute("pragma integrity_check").fetchall(), db.execute("pragma foreign_key_check").fetchall()
    db.close()
    return found == ([("ok",)], [])


class Desk:
    """A store and a clock: records one draft a day unless told otherwise."""

    def __init__(self, store):
        self.store = store
        self.days = 0

    def record(self, one, at=None):
        self.days += 1
        with self.store.writing():
            return self.store.record(one, day(self.days) if at is None else at, None)

    def accept(self, release, at=None):
        self.days += 1
        with self.store.writing():
            return self.store.accept(release, author="a", reason="b", now=at or day(self.days))

    def reject(self, release, at=None):
        self.days += 1
        with self.store.writing():
            return self.store.reject(release, author="a", reason="b", now=at or day(self.days))

    def believed(self, as_of=None, series=SPEED):
        """Return {year: value} of what the source is believed to say."""
        for one in self.store.beliefs([series.indicator], as_of):
            if one.series == series:
                return {str(point.period): point.value for points in one.by_source.values() for point in points}
        return {}

    def rows(self, table="observation"):
        return self.store._connection.first(f"select count(*) from {table}")[0]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "db" / "carecmon.db"


@pytest.fixture
def store(path):
    with Store.open(path) as store:
        yield store


@pytest.fixture
def desk(store):
    return Desk(store)
