"""Findings that something later mends stay listed, and say what mended them."""

from dataclasses import replace

import pytest

from carecmon.judge.checks import check_release
from carecmon.model import Check, Contradiction, Observation, ObservationStatus, Period, Series


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
    return {str(f.period): f.mended_by for f in check_release(*known, later=later)}


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


def asks(page, *later):
    """Return how often a check that always finds something was run, and another, which never does."""
    asked = []

    def finds(observations, claims):
        asked.append("finds")
        return [Contradiction(one.series, one.period, (one.cell,), "a", "b", "No.") for one in observations]

    def never(observations, claims):
        asked.append("never")
        return []

    checks = (Check("custom", function=finds), Check("custom", function=never))
    source = replace(page.source(), checks=checks)
    check_release(page.release(), source, page.observations, page.claims, page.indicators, later=later)
    return {name: asked.count(name) for name in ("finds", "never")}


def test_only_a_check_that_found_something_is_asked_again(swapped):
    assert asks(swapped, ("next", states(swapped, slow=8.0, fast=28.1))) == {"finds": 2, "never": 1}


def test_no_check_is_asked_again_for_an_edition_that_repeats_what_one_before_it_says(swapped):
    same = [
        replace(one, cell=replace(one.cell, document="again"))
        for one in swapped.observations
        if str(one.period) == "2020"
    ]
    assert asks(swapped, *[("again", same)] * 9)["finds"] == 1
    other = states(swapped, slow=8.0, fast=28.1)
    assert asks(swapped, *[("again", same), ("next", other)] * 9)["finds"] == 2


def test_what_two_checks_find_is_mended_once_neither_finds_it(swapped):
    def said(observations):
        return [Contradiction(one.series, one.period, (one.cell,), "a", "b", "No.") for one in observations]

    def small(observations, claims):
        return said(one for one in observations if one.value < 30)

    def whole(observations, claims):
        return said(one for one in observations if one.value < 100)

    checks = tuple(Check("custom", function=each) for each in (small, whole))
    source = replace(swapped.source(), checks=checks)
    later = [("next", states(swapped, slow=50.0, fast=50.0)), ("last", states(swapped, slow=150.0, fast=150.0))]
    found = check_release(
        swapped.release(), source, swapped.observations, swapped.claims, swapped.indicators, later=later
    )
    mended = {str(one.period): one.mended_by for one in found if one.check == "custom"}
    assert mended == {"2019": None, "2020": "last"}
