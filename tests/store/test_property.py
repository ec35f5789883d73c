"""Any history of releases gives, on both axes, the beliefs of a naive model that keeps every release whole."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from carecmon.model import AsOf, Batch, CellRow, Covered, Draft, Order, Period, Published, Series
from carecmon.store import Store

SERIES = [Series.of("x.y", area=area) for area in ("AFG", "KAZ")]
PERIODS = [Period.parse(text) for text in ("2019", "2020-Q2", "2020")]
START = datetime(2024, 1, 1, 12, tzinfo=UTC)
EDITIONS = ["9", "10", "11"]
DATES = [None, "2023-12-30", "2024-01-02", "2024-01", "2023", "2024-01-04", "2024"]


@dataclass
class Whole:
    """A release of the naive model."""

    id: int
    edition: str
    published: Published
    observed: datetime
    statement: dict
    listed: set
    patterns: list
    decisions: list
    root: int
    digest: str
    cells: dict = field(default_factory=dict)

    @property
    def effective(self):
        return self.published.day or self.observed.date()

    def covers(self, series, period):
        return (series, period) in self.listed or any(
            one.indicator == series.indicator
            and series.matches(one.select)
            and one.first.start <= period.start
            and period.end <= one.last.end
            for one in self.patterns
        )

    def accepted(self, moment=None):
        in_force = [accepted for at, accepted in self.decisions if moment is None or at <= moment]
        return bool(in_force and in_force[-1])


class Model:
    """DESIGN section 3, paragraph "What is believed", to the letter."""

    def __init__(self, order):
        self.order = order
        self.releases: dict[int, Whole] = {}

    def key(self, one):
        root = self.releases[one.root]
        if self.order is Order.OBSERVED:
            return (root.observed, root.id, one.id)
        return (int(root.edition), root.effective, root.observed, root.id, one.id)

    def ordered(self):
        return sorted(self.releases.values(), key=self.key)

    def believed(self, as_of=None):
        if isinstance(as_of, AsOf) and as_of.published:
            chosen = [one for one in self.ordered() if one.effective <= as_of.day and one.accepted()]
        else:
            moment = as_of.moment if as_of else None
            seen = [one for one in self.ordered() if moment is None or one.observed <= moment]
            chosen = [one for one in seen if one.accepted(moment)]
        found = {}
        for cell in {cell for one in chosen for cell in one.statement}:
            last = [one for one in chosen if one.covers(*cell)][-1]
            if cell in last.statement:
                found[cell] = last.statement[cell]
        return found


def as_stored(store, as_of=None):
    return {
        (one.series, point.period): (point.value, int(point.status), point.note)
        for one in store.beliefs(None, as_of)
        for points in one.by_source.values()
        for point in points
    }


values = st.sampled_from([None, 1.0, 1.0, 1.0, 2.0])
notes = st.sampled_from([None, None, None, None, "a note"])
statements = st.dictionaries(
    st.tuples(st.sampled_from(SERIES), st.sampled_from(PERIODS)),
    st.tuples(values, notes).map(lambda pair: (pair[0], 3 if pair[0] is None else 0, pair[1])),
    max_size=5,
)
patterns = st.lists(
    st.builds(
        lambda select, ends: Covered("x.y", *sorted(ends), select),
        st.sampled_from([{}, {"area": "KAZ"}, {"area": "*"}]),
        st.lists(st.sampled_from([p for p in PERIODS if len(str(p)) == 4]), min_size=2, max_size=2),
    ),
    max_size=2,
)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("record"), statements, patterns, st.sampled_from(EDITIONS), st.sampled_from(DATES), st.booleans()
        ),
        st.tuples(
            st.just("record"), statements, patterns, st.sampled_from(EDITIONS), st.sampled_from(DATES), st.booleans()
        ),
        st.tuples(st.just("echo"), st.integers(0, 9), st.sampled_from(EDITIONS), st.sampled_from(DATES)),
        st.tuples(st.just("repeat"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("reread"), st.integers(0, 9), statements, patterns),
        st.tuples(st.just("accept"), st.integers(0, 9)),
        st.tuples(st.just("reject"), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=12,
)


class Play:
    """Does the same to the store and to the model."""

    def __init__(self, store, order, gaps):
        self.store, self.order, self.model = store, order, Model(order)
        self.now = START
        self.gaps = iter(gaps)

    def draft(self, statement, covers, edition, published, digest, **more):
        batches = []
        for series in sorted({series for series, _ in statement}):
            cells = sorted((period, *rest) for (name, period), rest in statement.items() if name == series)
            rows = [(period.key, *rest) for period, *rest in cells]
            batches.append(Batch(series, rows, [CellRow("d", "l", str(p), "c", repr(v)) for p, v, *_ in cells]))
        return Draft("s", self.order, edition, published, "", digest, batches, covers=tuple(covers), **more)

    def step(self, action):
        self.now += timedelta(hours=next(self.gaps, 9))
        with self.store.writing():
            getattr(self, action[0])(*action[1:])

    def record(self, statement, covers, edition, published, hold):
        digest = f"d{len(self.model.releases)}-{self.now}"
        one = self.draft(
            statement, covers, edition, Published.parse(published), digest, quarantine="held" if hold else None
        )
        self.keep(one, statement, covers, None, {})

    def keep(self, one, statement, covers, root, earlier):
        stored = self.store.record(one, self.now, None)
        if stored.release is None:
            event("repeat")
            self.expect_repeat(statement, covers)
            return
        observed = self.store.release(stored.release).observed
        decisions = [] if stored.quarantine else [(observed, True)]
        listed = set(statement) | earlier.get("listed", set())
        self.model.releases[stored.release] = Whole(
            stored.release, one.edition, one.published, observed, dict(statement), listed,
            [*covers, *earlier.get("patterns", [])], decisions, root or stored.release, one.digest,
        )  # fmt: skip

    def expect_repeat(self, statement, covers):
        newest = self.model.ordered()[-1]
        assert self.order is Order.OBSERVED
        assert newest.statement == statement and newest.listed == set(statement)

    def choose(self, index):
        releases = list(self.model.releases.values())
        return releases[index % len(releases)] if releases else None

    def echo(self, index, edition, published):
        """Record another release that says the same as one before."""
        one = self.choose(index)
        if one is not None:
            self.record(one.statement, one.patterns, edition, published, False)

    def repeat(self, index, newest):
        releases = self.model.ordered()
        if not releases:
            return
        one = releases[-1] if newest or self.order is Order.OBSERVED else releases[index % len(releases)]
        said_last = max(other.id for other in releases if other.edition == one.edition or self.order is Order.OBSERVED)
        if one.root != one.id or (self.order is Order.EDITION and one.id != said_last):
            return
        again = self.draft(one.statement, one.patterns, one.edition, one.published, one.digest)
        assert self.store.record(again, self.now, None).release is None

    def reread(self, index, statement, covers):
        one = self.choose(index)
        if one is None:
            return
        family = [other for other in self.model.ordered() if other.root == one.root]
        last = family[-1]
        again = self.draft(
            statement,
            covers,
            one.edition,
            one.published,
            one.digest,
            reader_version=f"v{len(self.model.releases)}",
            rereads=last.id,
        )
        self.keep(again, statement, covers, one.root, {"listed": last.listed, "patterns": last.patterns})

    def accept(self, index):
        self.decide(index, True)

    def reject(self, index):
        self.decide(index, False)

    def decide(self, index, accepted):
        one = self.choose(index)
        if one is None:
            return
        act = self.store.accept if accepted else self.store.reject
        if act(one.id, author="a", reason="b", now=self.now):
            decided = self.store.release(one.id)
            one.decisions.append((decided.accepted or decided.rejected, accepted))
        event("accept" if accepted else "reject")

    def compare(self):
        model, store = self.model, self.store
        assert as_stored(store) == model.believed()
        days = [date(2023, 12, 30) + timedelta(days=number) for number in range(8)]
        for day in [*days, date(2024, 1, 31), date(2024, 12, 31)]:
            for published in (False, True):
                as_of = AsOf(day, published)
                expected = model.believed(as_of)
                assert as_stored(store, as_of) == expected, as_of
                self.compare_panel(as_of, expected)
        for one in model.releases.values():
            stated = {(o.series, o.period): (o.value, int(o.status), o.note) for o in store.statement(one.id)}
            assert stated == one.statement, one.id
        ranks = [row[0] for row in store._connection.rows("select id from release order by rank")]
        assert ranks == [one.id for one in model.ordered()]
        assert self.store.care.verify().problems == ()

    def compare_panel(self, as_of, expected):
        names = dict(
            self.store._connection.rows(
                "select stream.id, series.name from stream join series on series.id = stream.series"
            )
        )
        panel = {(Series.parse(names[row[0]]), Period.from_key(row[1])): row[2] for row in self.store.panel(as_of)}
        assert panel == {cell: said[0] for cell, said in expected.items()}
        last = {}
        for (series, period), said in sorted(expected.items(), key=lambda item: item[0]):
            last[series] = (period, said[0])
        assert {series: (p.period, p.value) for series, p in self.store.newest(as_of)} == last


@cache
def empty_store():
    """Return an empty store to copy: making one from the migrations would take most of the time."""
    with tempfile.TemporaryDirectory() as folder:
        with Store.open(Path(folder) / "empty.db"):
            pass
        return (Path(folder) / "empty.db").read_bytes()


def play(order, actions, gaps, path):
    path.write_bytes(empty_store())
    with Store.open(path) as store:
        store._connection.raw.execute("pragma synchronous = off")
        game = Play(store, order, gaps)
        for action in actions:
            game.step(action)
        game.compare()


relaxed = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
hours = st.lists(st.sampled_from([0, 5, 30, -40]), max_size=12)


@relaxed
@given(actions=steps, gaps=hours)
def test_documents_are_believed_as_the_naive_model_says(actions, gaps):
    with tempfile.TemporaryDirectory() as folder:
        play(Order.EDITION, actions, gaps, Path(folder) / "s.db")


@relaxed
@given(actions=steps, gaps=hours)
def test_live_feeds_are_believed_as_the_naive_model_says(actions, gaps):
    with tempfile.TemporaryDirectory() as folder:
        play(Order.OBSERVED, actions, gaps, Path(folder) / "s.db")
