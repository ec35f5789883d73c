"""Which series stand for an indicator in the table."""

from dataclasses import replace

import pytest

from carecmon.cli.headline import by_sector, headline
from carecmon.model import Series, Status


@pytest.fixture
def of_areas(made):
    """Verdicts on one indicator in the areas named."""

    def make(*areas, **more):
        return [
            made.verdict(f"road.fatalities{{area={area}}}", Status.SLOW, values=[("2020", 1.0)], **more)
            for area in areas
        ]

    return make


def areas(found):
    return [a.series.label("area") for a in found]


def test_the_first_selection_that_has_series_is_shown(made, of_areas):
    road = made.INDICATORS[1]
    assert areas(headline(of_areas("KAZ", "CAREC", "corridor-1"), road)) == ["CAREC"]


def test_without_the_region_the_member_countries_stand_for_it(made, of_areas):
    road = made.INDICATORS[1]
    assert areas(headline(of_areas("corridor-1", "KAZ", "bcp-dostyk", "AFG"), road)) == ["KAZ", "AFG"]


def test_without_countries_every_area_is_shown(made, of_areas):
    assert areas(headline(of_areas("corridor-1", "corridor-2"), made.INDICATORS[1])) == ["corridor-1", "corridor-2"]


def test_a_series_with_news_is_shown_beside_the_headline(made, of_areas):
    news = {Series.of("road.fatalities", area="KAZ")}
    assert areas(headline(of_areas("CAREC", "KAZ", "AFG"), made.INDICATORS[1], news)) == ["CAREC", "KAZ"]


def test_an_indicator_shows_what_it_declares(made, of_areas):
    declared = replace(made.INDICATORS[1], headline=({"area": "corridor-2"}, {"area": "KAZ"}))
    assert areas(headline(of_areas("CAREC", "KAZ"), declared)) == ["KAZ"]


def test_series_without_a_value_are_left_out_unless_none_has_one(made, of_areas):
    empty = [replace(a, value=None) for a in of_areas("KAZ")]
    road = made.INDICATORS[1]
    assert areas(headline([*of_areas("AFG"), *empty], road)) == ["AFG"]
    assert areas(headline(empty, road)) == ["KAZ"]


def test_lines_are_grouped_by_sector_and_pillar_in_the_order_of_the_configuration(made):
    grouped = by_sector(made.verdicts(), list(reversed(made.INDICATORS)))
    assert list(grouped) == ["energy", "transport"]
    assert list(grouped["transport"]) == ["Road Safety", made.FREIGHT]


def test_what_is_not_shown_is_counted_and_all_of_it_shown_on_demand(made):
    lines = by_sector(made.verdicts(), made.INDICATORS)["transport"][made.FREIGHT][0]
    assert (len(lines.shown), lines.more) == (2, 1)
    whole = by_sector(made.verdicts(), made.INDICATORS, everything=True)["transport"][made.FREIGHT][0]
    assert (len(whole.shown), whole.more) == (3, 0)


def test_series_come_in_the_order_of_their_code_lists(made, of_areas):
    grouped = by_sector(of_areas("UZB", "AFG", "corridor-2", "CAREC"), made.INDICATORS, everything=True)
    assert areas(grouped["transport"]["Road Safety"][0].shown) == ["CAREC", "corridor-2", "AFG", "UZB"]
