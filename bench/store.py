"""How fast and how small the store is, against raw ``sqlite3.executemany`` into the same table, in the same run.

    python bench/store.py [observations, default 1,000,000] [--repeat 3]

Every step is measured in pairs with the raw writing of as many rows, one directly after the other, and the median
of the ratios is printed beside its budget (DESIGN section 9): ratios mean something on any machine, seconds do not.
Budgets in seconds hold for a machine that writes the raw million in 1.05 s; elsewhere they are scaled by what raw
writing took here, in the same run. Exits 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from carecmon.model import AsOf, Batch, Draft, Order, Period, Published, Series
from carecmon.store import Store

PERIODS = [Period.parse(f"{year}-{month:02}").key for year in range(2015, 2025) for month in range(1, 11)]
START = datetime(2024, 1, 1, tzinfo=UTC)
VINTAGES = 12
#: Seconds of raw writing of a million rows on the machine that the budgets were set on (facts/libraries.md 6).
REFERENCE = 1.05
REVISED = 50  # one in so many cells, a vintage


def batches(count: int, vintage: int) -> Iterator[Batch]:
    """Yield ``count`` observations in series order; with each vintage, 2 % of the cells are revised."""
    for number in range(count // len(PERIODS)):
        series = Series.of("bench.value", {"area": f"a{number:06}"})
        yield Batch(
            series, [(key, value(number * len(PERIODS) + i, vintage), 0, None) for i, key in enumerate(PERIODS)]
        )


def value(cell: int, vintage: int) -> float:
    """Return what a vintage says of a cell."""
    turn = cell * 2654435761 % REVISED
    return cell * 0.37 + (max(0, (vintage + turn) // REVISED) * 0.01 if vintage else 0.0)


def draft(count: int, vintage: int, digest: str) -> Draft:
    """Return a draft that streams its batches."""
    return Draft(
        "bench", Order.OBSERVED, "", Published.parse(None), "", digest, list(batches(count, vintage))
    )  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that ``work`` takes, without the garbage of what came before."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def raw_write(folder: Path, count: int) -> float:
    """Return the seconds that sqlite3 takes to write as many rows into the same table, with the same settings."""
    with Store.open(folder / "schema.db") as store:
        schema = next(s for s in store.schema().split(";") if "CREATE TABLE observation" in s)
    path = folder / "raw.db"
    path.unlink(missing_ok=True)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("pragma journal_mode = wal")
    raw.execute("pragma synchronous = full")
    raw.execute("pragma cache_size = -65536")
    raw.execute("create table stream (id integer primary key)")
    raw.execute("create table text (id integer primary key)")
    raw.execute("pragma foreign_keys = on")
    raw.execute(schema)
    raw.executemany("insert into stream values (?)", ((i,) for i in range(count // len(PERIODS))))
    rows = [
        (stream, key, 1 << 20, value(stream * len(PERIODS) + i, 0), 0, None)
        for stream in range(count // len(PERIODS))
        for i, key in enumerate(PERIODS)
    ]

    def write() -> None:
        raw.execute("begin immediate")
        raw.executemany("insert into observation values (?, ?, ?, ?, ?, ?)", rows)
        raw.execute("commit")

    seconds = timed(write)
    raw.close()
    return seconds


def record(store: Store, one: Draft, day: int) -> float:
    """Return the seconds of recording a draft in a transaction of its own."""

    def work() -> None:
        with store.writing():
            store.record(one, START + timedelta(days=day), None)

    return timed(work)


def observations(path: Path) -> int:
    """Return how many rows the table of observations has."""
    with sqlite3.connect(path) as db:
        (rows,) = db.execute("select count(*) from observation").fetchone()
    db.close()
    return int(rows)


def writing(count: int, repeat: int) -> dict[str, float]:
    """Return ratios to raw writing: first write, unchanged, the same digest, one vintage with 2 % revised."""
    ratios: dict[str, list[float]] = {"first": [], "unchanged": [], "digest": [], "revised": []}
    for turn in range(repeat):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "store.db"
            with Store.open(path) as store:
                first, again, revised = draft(count, 0, "1"), draft(count, 0, "2"), draft(count, 1, "3")
                raw = raw_write(Path(name), count)
                ratios["first"].append(record(store, first, 0) / raw)
                before = observations(path)
                ratios["unchanged"].append(record(store, again, 1) / raw)
                assert observations(path) == before == count, "an unchanged answer added rows"
                ratios["digest"].append(record(store, first, 2) / raw)
                ratios["revised"].append(record(store, revised, 3) / raw)
                print(f"  {turn + 1}: raw {raw:.2f} s, " + ", ".join(f"{k} {v[-1]:.3f}" for k, v in ratios.items()))
    return {name: median(found) for name, found in ratios.items()}


def reading(count: int, repeat: int) -> dict[str, float]:
    """Return bytes a version, and reading after 12 vintages: in seconds as if raw writing took REFERENCE."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "store.db"
        with Store.open(path) as store:
            for vintage in range(VINTAGES):
                record(store, draft(count, vintage, f"v{vintage}"), vintage)
            again = draft(count, VINTAGES - 1, "again")
            before = observations(path)
            unchanged = record(store, again, VINTAGES) / raw_write(Path(name), count)
            assert observations(path) == before, "an unchanged answer added rows"
        found = {"bytes": space(path), "versions": float(observations(path)), "unchanged": unchanged}
        middle = AsOf((START + timedelta(days=VINTAGES // 2)).date())
        with Store.open_readonly(path) as store:
            works: dict[str, Callable[[], object]] = {
                "newest": lambda: store.newest(middle),
                "newest now": store.newest,
                "panel": lambda: drain(store.panel(middle)),
                "panel now": lambda: drain(store.panel()),
                "objects": lambda: drain(store.beliefs()),
                "revisions": lambda: drain(store.revisions(START + timedelta(days=VINTAGES - 1))),
            }
            pairs: dict[str, list[float]] = {work: [] for work in works}
            for _ in range(repeat):
                raw = raw_write(Path(name), count)
                for work, do in works.items():
                    pairs[work].append(timed(do) / raw * REFERENCE)
        return found | {work: median(times) for work, times in pairs.items()}


def space(path: Path) -> float:
    """Return the bytes that a stored version takes; cells and labels apart."""
    with sqlite3.connect(path) as db:
        (size,) = db.execute(
            "select sum(pgsize) from dbstat where name in ('observation', 'coverage', 'span', 'scope', 'release')"
        ).fetchone()
    db.close()
    return float(size) / observations(path)


def drain(rows: Iterable[object]) -> None:
    """Read all rows; what is done with them is not measured."""
    deque(rows, maxlen=0)


def memory(count: int) -> float:
    """Return the peak in MiB of a process of its own that ingests streamed batches."""
    import subprocess

    done = subprocess.run(
        [sys.executable, __file__, str(count), "--ingest"], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def ingest(count: int) -> None:
    """Ingest streamed batches and print the peak memory in MiB."""
    with tempfile.TemporaryDirectory() as name, Store.open(Path(name) / "store.db") as store, store.writing():
        streamed = Draft("bench", Order.OBSERVED, "", Published.parse(None), "", "1", batches(count, 0))
        store.record(streamed, START, None)
    # Not getrusage: its peak is that of the process that started this one, where that was larger.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024)


def main() -> int:
    """Measure, print and compare with the budgets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("observations", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--ingest", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    count = max(1, options.observations // len(PERIODS)) * len(PERIODS)
    if options.ingest:
        ingest(count)
        return 0
    print(f"{count:,} observations in {count // len(PERIODS):,} series, {options.repeat} times")
    wrote, read = writing(count, options.repeat), reading(count, options.repeat)
    rows = [
        ("first write, to raw executemany", wrote["first"], 1.5),
        ("the same again, other bytes", wrote["unchanged"], 0.8),
        (f"the same again, after {VINTAGES} vintages", read["unchanged"], 0.8),
        ("the same digest", wrote["digest"], 0.05),
        ("2 % revised", wrote["revised"], None),
        (f"bytes a stored version (of {read['versions']:,.0f})", read["bytes"], 30),
        ("newest value of every series, as of a day, s", read["newest"], 0.1),
        ("newest value of every series, now, s", read["newest now"], 0.1),
        ("everything, as of a day, s", read["panel"], 0.6),
        ("everything, now, s", read["panel now"], 0.6),
        ("everything as objects, s", read["objects"], None),
        ("revisions since the last vintage, s", read["revisions"], 1.0),
        ("memory of ingesting, MiB", memory(count), 300),
    ]
    for name, found, budget in rows:
        verdict = "" if budget is None else f"budget {budget:<8.4g} {'ok' if found <= budget else 'MISSED'}"
        print(f"{name:<48}{found:>10.3f}  {verdict}".rstrip())
    return int(any(budget is not None and found > budget for _, found, budget in rows))


if __name__ == "__main__":
    sys.exit(main())
