"""Releases too strange to believe are recorded, and wait for a person."""

from __future__ import annotations

import pytest

from carecmon.model import AsOf, Series
from tests.store.conftest import START, batch, covered, draft

TEN = {2010 + number: 10.0 + number for number in range(10)}


def test_a_release_that_withdraws_more_than_a_fifth_is_held(desk):
    desk.record(draft("2020", {year: 1.0 for year in range(2000, 2024)}))
    kept = {year: 1.0 for year in range(2000, 2019)}
    found = desk.record(draft("2021", kept, covers=(covered(2000, 2023),)))
    assert found.quarantine == "withdraws 5 of the 24 cells that it covers and its source stated before"
    assert len(desk.believed()) == 24


@pytest.mark.parametrize("left", [6, 20], ids=["fewer than five cells", "a fifth or less"])
def test_a_release_that_withdraws_little_is_believed(desk, left):
    gone = 4 if left == 6 else 5
    years = range(2000, 2000 + left + gone)
    desk.record(draft("2020", {year: 1.0 for year in years}))
    kept = {year: 1.0 for year in list(years)[:left]}
    assert desk.record(draft("2021", kept, covers=(covered(2000, 2030),))).quarantine is None


def test_a_release_in_another_unit_is_held(desk):
    desk.record(draft("2020", TEN))
    found = desk.record(draft("2021", {year: value / 1000 for year, value in TEN.items()}))
    assert found.quarantine == "changes 10 of 10 values by the same factor, about 0.001"
    assert found.revised == 10
    assert not desk.store.release(2).believed and desk.store.release(2).quarantine == found.quarantine


FIVE = {name: {2010 + number: 10.0 + number for number in range(10)} for name in ("a", "b", "c", "d", "e")}


def five(edition, values, *, live=True):
    """A file of five indicators, all of whose cells it covers."""
    batches = [batch(Series(name), of_one) for name, of_one in values.items() if of_one]
    return draft(edition, batches=batches, live=live, covers=tuple(covered(2000, 2030, name) for name in FIVE))


def test_one_indicator_of_many_in_another_unit_holds_the_release_and_is_named(desk):
    desk.record(five("1", FIVE))
    found = desk.record(five("2", FIVE | {"c": {year: 60 * value for year, value in FIVE["c"].items()}}))
    assert (found.revised, found.unchanged) == (10, 40)
    assert found.quarantine == "changes 10 of 10 values by the same factor, about 60 (c)"


def test_one_indicator_of_many_that_is_gone_holds_the_release_and_is_named(desk):
    desk.record(five("1", FIVE))
    found = desk.record(five("2", FIVE | {"c": {}}))
    assert found.quarantine == ("withdraws 10 of the 10 cells that it covers and its source stated before (c)")


def test_a_few_changes_in_each_of_many_indicators_are_believed(desk):
    desk.record(five("1", FIVE))
    values = {name: {year: value * (1.2 if year < 2013 else 1) for year, value in FIVE[name].items()} for name in FIVE}
    del values["a"][2010], values["b"][2011]
    assert desk.record(five("2", values)).quarantine is None


@pytest.mark.parametrize(
    "values",
    [
        {year: value * 1.3 for year, value in TEN.items()},
        {year: value * (2 + year % 7) for year, value in TEN.items()},
        {year: value * (90 if year < 2015 else 1) for year, value in TEN.items()},
        {year: value * (1000 if year == 2012 else 1) for year, value in TEN.items()},
        {year: value * {2012: 1000, 2013: 100}.get(year, 1) for year, value in TEN.items()},
        {year: value * (1000 if year < 2015 else 1.02 if year < 2020 else 1) for year, value in TEN.items()},
        {year: value * {2010: 1000, 2011: 1000, 2012: -1, 2013: -1}.get(year, 1) for year, value in TEN.items()},
        {year: -value for year, value in TEN.items()},
    ],
    ids=[
        "a small factor",
        "many factors",
        "only half of the values",
        "one value alone a thousandfold",
        "two values by two factors",
        "a thousandfold in half of what is revised",
        "a thousandfold where as many change their sign",
        "another sign",
    ],
)
def test_other_revisions_are_believed(desk, values):
    desk.record(draft("2020", TEN))
    assert desk.record(draft("2021", values)).quarantine is None


AMOUNTS, SHARES = ("lct.imports", "lct.exports"), ("lct.import-share", "lct.export-share")
YEAR = {(name, codes): 40.0 for name in AMOUNTS + SHARES for codes in ("default", "strict", "upper")}


def year(edition, values):
    """An answer about one country and year: three figures each of two amounts and of two shares."""
    batches = [batch(Series.of(name, codes=codes), {2023: value}) for (name, codes), value in values.items()]
    return draft(edition, batches=sorted(batches, key=lambda one: one.series))


def scaled(factor, names, revised=1.0):
    return {cell: value * (factor if cell[0] in names else revised) for cell, value in YEAR.items()}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (scaled(1000, AMOUNTS), "changes 6 of 12 values by the same factor, about 1000"),
        (scaled(0.001, AMOUNTS), "changes 6 of 12 values by the same factor, about 0.001"),
        (scaled(1000, AMOUNTS, 1.02), "changes 3 of 3 values by the same factor, about 1000 (lct.exports)"),
        (scaled(1000, ["lct.imports"]), "changes 3 of 12 values by the same factor, about 1000"),
        (scaled(100, SHARES), "changes 6 of 12 values by the same factor, about 100"),
    ],
    ids=["amounts", "amounts, smaller", "shares revised too", "one of two amounts", "fractions for percentages"],
)
def test_a_small_release_whose_amounts_are_in_another_unit_is_held_though_its_shares_are_not(desk, values, reason):
    desk.record(year("1", YEAR))
    assert desk.record(year("2", values)).quarantine == reason


@pytest.mark.parametrize("factor", [1.03, 1.5, 12, 90], ids=str)
def test_a_small_release_that_is_revised_is_believed(desk, factor):
    desk.record(year("1", YEAR))
    assert desk.record(year("2", scaled(factor, ["lct.imports"]))).quarantine is None


def test_two_values_a_thousandfold_are_held_also_where_there_are_no_more(desk):
    desk.record(draft("1", {2022: 4.0, 2023: 5.0}))
    assert desk.record(draft("2", {2022: 4.0, 2023: 5000.0})).quarantine is None
    found = desk.record(draft("3", {2022: 4000.0, 2023: 5.0}))
    assert found.quarantine is None
    found = desk.record(draft("4", {2022: 4.0, 2023: 0.005}))
    assert found.quarantine == "changes 2 of 2 values by the same factor, about 0.001"


def test_a_reason_found_while_collecting_holds_a_release(desk):
    assert desk.record(draft("2020", TEN, quarantine="ten values out of bounds")).release == 1
    assert desk.believed() == {}
    assert desk.store.release(1).accepted is None


def test_a_held_release_stays_whole_and_is_no_ground_for_the_next_one(desk):
    desk.record(draft("2020", {2019: 1.0, 2020: 1.0}))
    desk.record(draft("2021", {2019: 1.0, 2020: 2.0}, quarantine="odd"))
    assert desk.rows() == 4
    assert desk.record(draft("2022", {2020: 2.0})).revised == 1


def test_an_accepted_release_is_believed_from_then_on(desk):
    desk.record(draft("2020", TEN))
    desk.record(draft("2021", {year: value / 1000 for year, value in TEN.items()}))
    assert desk.accept(2)
    assert desk.believed()["2019"] == 0.019
    assert desk.believed(AsOf(START.date())) == {}
    assert desk.believed(desk.store.release(2).observed)["2019"] == 19.0


def test_accepting_a_release_between_two_that_agree_does_not_change_the_later_one(desk):
    desk.record(draft("2020", {2019: 1.0}))
    desk.record(draft("2021", {2019: 2.0}, quarantine="odd"))
    desk.record(draft("2022", {2019: 1.0}))
    desk.accept(2)
    assert desk.believed() == {"2019": 1.0}
    desk.reject(3)
    assert desk.believed() == {"2019": 2.0}
