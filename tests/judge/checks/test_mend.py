"""Findings that something later mends stay listed, and say what mended them."""

import pytest

from carecmon.judge.checks import mend
from carecmon.model import Observation, ObservationStatus, Period, Series


@pytest.fixture(scope="session")
def swapped(paper):
    page = paper().prints("slow{area=AAA}", "2020", "28.1").prints("fast{area=AAA}", "2020", "8.0")
    return page.prints("slow{area=AAA}", "2019", "28.2").prints("fast{area=AAA}", "2019", "10.6")


def states(page, **cells):
    return [
        Observation(Series.of(name, area="AAA"), Period.parse("2020"), value, page.cell(str(value)))
        for name, value in cells.items()
    ]


def marked(page, *later):
    known = (page.release(), page.source(), page.observations, page.claims, page.indicators)
    return {str(f.period): f.mended_by for f in mend(page.findings(), *known, later)}


def test_a_later_edition_that_states_the_cells_rightly_mends(swapped):
    edition = ("next", states(swapped, slow=8.0, fast=28.1))
    assert marked(swapped, edition) == {"2019": None, "2020": "next"}


def test_a_later_edition_that_repeats_the_error_mends_nothing(swapped):
    assert marked(swapped, ("next", states(swapped, slow=28.1, fast=8.0))) == {"2019": None, "2020": None}


def test_the_first_edition_that_mends_is_named(swapped):
    wrong, right = states(swapped, slow=28.1, fast=8.0), states(swapped, slow=8.0, fast=28.1)
    assert marked(swapped, ("second", wrong), ("third", right), ("fourth", right))["2020"] == "third"


def test_an_edition_about_other_cells_mends_nothing(swapped):
    assert marked(swapped, ("next", states(swapped, time=4.0))) == {"2019": None, "2020": None}


def test_a_withdrawn_cell_is_not_a_mended_one(swapped):
    series = Series.of("slow", area="AAA")
    gone = Observation(series, Period.parse("2020"), None, swapped.cell("-"), ObservationStatus.WITHDRAWN)
    assert marked(swapped, ("next", [gone]))["2020"] is None


def test_a_printed_change_stays_wrong_when_the_values_are_repeated(paper):
    page = paper().prints("time{area=AAA}", "2019", "24.0").prints("time{area=AAA}", "2020", "21.9")
    page.claims_that("change", "time{area=AAA}", "2020", "+5.1", 5.1, "2019")
    assert marked(page, ("next", states(page, time=21.9))) == {"2020": None}


def test_a_restatement_is_mended_by_an_edition_that_says_it_once(paper):
    page = paper().prints("time{area=AAA}", "2020", "70.7")
    page.claims_that("restatement", "time{area=AAA}", "2020", "50.0", 50.0)
    assert marked(page, ("next", states(page, time=70.7))) == {"2020": "next"}
