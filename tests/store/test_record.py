"""Releases: what makes one, what it adds, and what is believed after it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime

import pytest

from carecmon.errors import UsageError
from carecmon.model import AsOf, Batch, Cell, Claim, ClaimKind, ObservationStatus, Period, Recorded, Series
from carecmon.store import ranks
from tests.store.conftest import SPEED, START, batch, covered, day, draft

ROAD = Series.of("cpmm.swd", area="CAREC", mode="road")


def test_the_first_release_adds_every_cell(desk):
    assert desk.record(draft("2020", {2019: 1.0, 2020: None})) == Recorded(1, added=2)
    assert desk.believed() == {"2019": 1.0, "2020": None}


def test_only_cells_that_changed_get_a_row(desk):
    desk.record(draft("2020", {2018: 1.0, 2019: 2.0}))
    assert desk.record(draft("2021", {2018: 1.0, 2019: 3.0, 2020: 4.0})) == Recorded(2, 1, 1, 0, 1)
    assert desk.rows() == 4


@pytest.mark.parametrize(("before", "after"), [(None, 1.0), (1.0, None)], ids=["missing to value", "value to missing"])
def test_a_value_that_comes_or_goes_is_a_revision(desk, before, after):
    desk.record(draft("2020", {2019: before}))
    assert desk.record(draft("2021", {2019: after})).revised == 1
    assert desk.believed() == {"2019": after}


def test_a_changed_note_is_a_revision(desk):
    desk.record(draft("2020", batches=[batch(SPEED, {2019: 1.0})]))
    assert desk.record(draft("2021", batches=[batch(SPEED, {2019: 1.0}, {2019: "break in series"})])).revised == 1
    assert desk.record(draft("2022", batches=[batch(SPEED, {2019: 1.0}, {2019: "break in series"})])).unchanged == 1


def test_a_value_that_changes_and_changes_back_is_believed_each_time(desk):
    for edition, value in (("2020", 1.0), ("2021", 2.0), ("2022", 1.0)):
        desk.record(draft(edition, {2019: value}))
        assert desk.believed() == {"2019": value}
    assert [one.value for one in desk.store.history(SPEED, vintages=True)] == [1.0, 2.0, 1.0]


def test_an_edition_is_a_release_even_when_it_changes_nothing(desk):
    desk.record(draft("2020", {2019: 1.0}))
    assert desk.record(draft("2021", {2019: 1.0})) == Recorded(2, unchanged=1)


def test_the_same_document_twice_is_one_release(desk):
    first, second = draft("2020", {2019: 1.0}), draft("2021", {2019: 2.0})
    desk.record(first)
    desk.record(second)
    assert desk.record(first) == desk.record(second) == Recorded(None)
    assert len(desk.store.releases("reports")) == 2


def test_a_document_that_goes_back_to_an_earlier_text_is_believed_again(desk):
    typo, right = draft("2020", {2019: 281.0}), draft("2020", {2019: 28.1})
    for one in (right, typo, right):
        assert desk.record(one).release is not None
    assert desk.believed() == {"2019": 28.1}
    assert desk.record(right) == Recorded(None)


def test_a_live_answer_that_says_the_same_in_other_bytes_is_no_release(desk):
    desk.record(draft("", {2019: 1.0}, live=True, digest="a"))
    assert desk.record(draft("", {2019: 1.0}, live=True, digest="b")) == Recorded(None, unchanged=1)
    assert desk.rows("release") == desk.rows() == 1


def test_a_live_answer_that_covers_more_is_a_release(desk):
    desk.record(draft("", {2019: 1.0}, live=True, digest="a"))
    assert desk.record(draft("", {2019: 1.0}, live=True, digest="b", covers=(covered(2018, 2019),))).release == 2


def test_a_live_answer_seen_before_but_not_last_is_a_release(desk):
    for number, (digest, value) in enumerate((("a", 1.0), ("b", 2.0), ("a", 1.0)), 1):
        assert desk.record(draft("", {2019: value}, live=True, digest=digest)).release == number


def test_a_rejected_live_answer_does_not_come_back_in_other_bytes(desk):
    desk.record(draft("", {2019: 1.0}, live=True, digest="a"))
    desk.record(draft("", {2019: 9.0}, live=True, digest="b"))
    desk.reject(2)
    assert desk.record(draft("", {2019: 9.0}, live=True, digest="c")).release is None
    assert desk.record(draft("", {2019: 1.5}, live=True, digest="d")).release == 3
    assert desk.believed() == {"2019": 1.5}


def test_a_period_covered_but_not_stated_is_withdrawn(desk):
    desk.record(draft("2020", {2018: 1.0, 2019: 2.0}))
    assert desk.record(draft("2021", {2018: 1.0}, covers=(covered(2018, 2019),))).withdrawn == 1
    assert desk.believed() == {"2018": 1.0}
    assert [one.status for one in desk.store.history(SPEED, vintages=True)][-1] is ObservationStatus.WITHDRAWN


def test_a_period_not_covered_is_not_withdrawn(desk):
    desk.record(draft("2020", {2018: 1.0, 2019: 2.0}))
    desk.record(draft("2021", {2020: 3.0}))
    assert desk.believed() == {"2018": 1.0, "2019": 2.0, "2020": 3.0}


def test_a_pattern_covers_a_series_that_is_stated_only_later_by_an_older_edition(desk):
    desk.record(draft("2022", {2019: 1.0}, covers=(covered(2018, 2020, mode="*"),)))
    desk.record(draft("2021", batches=[batch(ROAD, {2019: 7.0, 2021: 8.0})]))
    assert desk.believed(series=ROAD) == {"2021": 8.0}


def test_a_late_older_edition_does_not_change_what_the_newer_one_said(desk):
    desk.record(draft("2020", {2019: 1.0}))
    desk.record(draft("2022", {2019: 1.0}))
    desk.record(draft("2021", {2019: 2.0}))
    assert desk.believed() == {"2019": 1.0}
    assert [(one.edition, one.value) for one in desk.store.history(SPEED, vintages=True)] == [
        ("2020", 1.0), ("2021", 2.0), ("2022", 1.0),
    ]  # fmt: skip


def test_editions_are_ordered_as_people_count(desk):
    for edition in ("10", "9", "2"):
        desk.record(draft(edition, {2019: float(edition)}))
    assert [one.edition for one in desk.store.releases("reports")] == ["2", "9", "10"]
    assert desk.believed() == {"2019": 10.0}


def test_belief_as_of_a_day_is_what_had_been_observed_by_its_end(desk):
    desk.record(draft("2020", {2019: 1.0}), at=day(0))
    desk.record(draft("2021", {2019: 2.0}), at=day(10))
    assert desk.believed(AsOf(date(2023, 12, 31))) == {}
    assert desk.believed(AsOf(date(2024, 1, 10))) == {"2019": 1.0}
    assert desk.believed(AsOf(date(2024, 1, 11))) == {"2019": 2.0}
    assert desk.believed(day(9)) == {"2019": 1.0}


def test_belief_as_of_a_publication_day_counts_an_imprecise_date_as_its_last_day(desk):
    desk.record(draft("2020", {2019: 1.0}, published="2020-05"))
    desk.record(draft("2021", {2019: 2.0}, published="2021"))
    desk.record(draft("2022", {2019: 3.0}), at=day(5))
    seen = {text: desk.believed(AsOf.parse(f"published:{text}")).get("2019") for text in
            ("2020-05-30", "2020-05-31", "2021-12-30", "2021-12-31", "2024-01-05", "2024-01-06")}  # fmt: skip
    assert list(seen.values()) == [None, 1.0, 1.0, 2.0, 2.0, 3.0]
    assert desk.store.imprecise(AsOf.parse("published:2024-01-06")) == 3


def test_an_edition_that_repeats_a_value_published_later_keeps_a_row_of_its_own(desk):
    desk.record(draft("2020", {2019: 1.0}, published="2023"))
    desk.record(draft("2021", {2019: 1.0}, published="2022"))
    assert desk.believed(AsOf.parse("published:2022-12-31")) == {"2019": 1.0}


def test_time_never_goes_backwards(desk):
    desk.record(draft("2020", {2019: 1.0}), at=day(10))
    desk.record(draft("2021", {2019: 2.0}), at=day(3))
    desk.reject(2, at=day(4))
    assert [one.observed for one in desk.store.releases()] == [day(10), day(10)]
    assert desk.store.release(2).rejected == day(10)


def test_a_moment_without_a_time_zone_is_refused(desk):
    with pytest.raises(ValueError, match="no time zone"):
        desk.record(draft("2020", {2019: 1.0}), at=datetime(2024, 1, 1))


def test_a_number_that_is_none_is_refused_and_nothing_is_stored(desk):
    with pytest.raises(Exception, match="CHECK constraint"):
        desk.record(draft("2020", {2019: float("nan")}))
    assert desk.rows() == desk.rows("release") == 0


def test_a_rejected_release_is_not_believed_but_was(desk):
    desk.record(draft("2020", {2019: 1.0}), at=day(0))
    desk.record(draft("2021", {2019: 2.0}), at=day(1))
    desk.record(draft("2022", {2019: 2.0}), at=day(2))
    assert desk.reject(2, at=day(5)) and not desk.reject(2)
    assert desk.believed() == {"2019": 2.0}
    assert desk.reject(3, at=day(6))
    assert desk.believed() == {"2019": 1.0}
    assert desk.believed(day(4)) == {"2019": 2.0}
    assert desk.accept(2, at=day(9)) and not desk.accept(2)
    assert desk.believed() == {"2019": 2.0}
    assert desk.rows("decision") == 6


def test_a_release_that_does_not_exist_cannot_be_accepted(desk):
    with pytest.raises(UsageError, match="there is no release 7"):
        desk.accept(7)


def test_a_document_read_again_ranks_directly_after_its_first_reading(desk):
    one = draft("2020", {2018: 1.0, 2019: 1.0})
    desk.record(one)
    desk.record(draft("2021", {2019: 5.0}))
    again = replace(one, reader_version="2", batches=[batch(SPEED, {2019: 2.0})])
    assert desk.record(again).withdrawn == 1
    assert [one.id for one in desk.store.releases()] == [1, 3, 2]
    assert desk.believed() == {"2019": 5.0}
    assert desk.record(again).release is None


def test_a_live_answer_read_again_does_not_overtake_a_newer_answer(desk):
    desk.record(draft("", {2019: 1.0}, live=True, digest="a"))
    desk.record(draft("", {2019: 2.0}, live=True, digest="b"))
    desk.record(draft("", {2019: 3.0, 2020: 4.0}, live=True, digest="a", rereads=1, reader_version="2"))
    assert desk.believed() == {"2019": 2.0, "2020": 4.0}


def test_ranks_are_spaced_again_when_a_gap_is_used_up(desk, monkeypatch):
    monkeypatch.setattr(ranks, "GAP", 2)
    desk.record(draft("2010", {2019: 0.0}))
    desk.record(draft("2030", {2019: 9.0}))
    for edition in ("2020", "2015", "2012", "2011"):
        desk.record(draft(edition, {2019: float(edition)}))
    assert [one.edition for one in desk.store.releases()] == ["2010", "2011", "2012", "2015", "2020", "2030"]
    assert [one.value for one in desk.store.history(SPEED, vintages=True)] == [0.0, 2011.0, 2012.0, 2015.0, 2020.0, 9.0]
    assert all(one.cell for one in desk.store.history(SPEED, vintages=True))
    assert desk.believed() == {"2019": 9.0}


def test_every_edition_keeps_its_own_cell(desk):
    for edition in ("2020", "2021"):
        desk.record(draft(edition, batches=[batch(SPEED, {2019: 1.0})]))
    first, second = desk.store.history(SPEED, vintages=True)
    assert first.cell == second.cell == Cell("report", "p. 1", "2019", "speed", "1.0")
    assert desk.rows("cell") == 2 and desk.rows() == 1
    assert [one.edition for one in desk.store.history(SPEED)] == ["2021"]


def test_a_statement_is_the_release_as_printed(desk):
    desk.record(draft("2020", {2018: 1.0, 2019: 2.0}))
    desk.record(draft("2021", {2019: 2.0, 2020: None}))
    stated = list(desk.store.statement(2))
    assert [(str(one.period), one.value, one.cell.raw) for one in stated] == [
        ("2019", 2.0, "2.0"),
        ("2020", None, "None"),
    ]


def test_claims_and_raw_answers_stay_with_their_release(desk):
    claim = Claim(ClaimKind.CHANGE, SPEED, Period.parse("2020"), 0.4, Cell("report"), Period.parse("2019"))
    desk.record(draft("2020", {2019: 1.0}, claims=(claim,), body={"a.csv": b"kind,series\n"}))
    assert [(one, release.edition) for one, release in desk.store.claims()] == [(claim, "2020")]
    assert desk.store.claims(source="other") == []
    digest = hashlib.sha256(b"kind,series\n").hexdigest()
    assert desk.store.answers(1) == {"a.csv": digest}
    assert desk.store.raw.get(digest) == b"kind,series\n"


def test_sources_that_state_the_same_series_stay_apart(desk):
    desk.record(draft("2020", {2019: 1.0}))
    desk.record(replace(draft("2020", {2019: 2.0}), source="annex"))
    (one,) = desk.store.beliefs()
    assert {name: points[0].value for name, points in one.by_source.items()} == {"annex": 2.0, "reports": 1.0}
    assert [(point.source, point.value) for _, point in desk.store.newest()] == [("annex", 2.0), ("reports", 1.0)]


def test_the_view_of_the_database_says_what_is_believed(desk):
    desk.record(draft("2020", {2018: 1.0, 2019: 2.0}))
    desk.record(draft("2021", {2018: 3.0}, covers=(covered(2018, 2019),)))
    assert desk.store._connection.rows("select source, series, value, edition from believed") == [
        ("reports", "cpmm.swd{area=CAREC,mode=all}", 3.0, "2021")
    ]


def test_revisions_name_what_was_added_revised_and_withdrawn(desk):
    desk.record(draft("2020", {2018: 1.0, 2019: 2.0}), at=day(0))
    desk.record(draft("2021", {2018: 1.5}, covers=(covered(2018, 2019),)), at=day(1))
    found = [(one.kind, str(one.period), one.before, one.after) for one in desk.store.revisions(day(1))]
    assert found == [("revised", "2018", 1.0, 1.5), ("withdrawn", "2019", 2.0, None)]
    assert sum(one.kind == "added" for one in desk.store.revisions()) == 2


def test_a_batch_that_fails_halfway_leaves_nothing(desk):
    def broken():
        yield batch(SPEED, {2019: 1.0})
        raise OSError("connection lost")

    with desk.store.writing():
        with pytest.raises(OSError, match="connection lost"):
            desk.store.record(replace(draft("2020", {}), batches=broken()), START, None)
        desk.store.record(
            draft("2021", batches=[Batch(SPEED, [(Period.parse("2020").key, 2.0, 0, None)])]), START, None
        )
    assert desk.believed() == {"2020": 2.0}


def test_a_rejected_release_keeps_its_whole_statement_when_what_it_agreed_with_goes(desk):
    desk.record(draft("2020", {2019: 1.0}))
    desk.record(draft("2021", {2019: 1.0}))
    desk.reject(2)
    desk.reject(1)
    assert [one.value for one in desk.store.statement(2)] == [1.0]
    desk.accept(2)
    assert desk.believed() == {"2019": 1.0}
