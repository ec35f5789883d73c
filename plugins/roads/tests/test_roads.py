"""What is declared about roads and railways; the figures stand in the documents of other plugins."""

import pytest
from carecmon_plugins.roads import FATALITIES, RAM_MATURITY, register_indicators

from carecmon import Better, Cadence, Scale

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}


def test_these_are_the_indicators_of_roads_road_safety_and_the_network():
    assert {id: indicator.pillar for id, indicator in INDICATORS.items()} == {
        "ram.maturity": "Roads and Road Asset Management",
        "road.fatalities": "Road Safety",
        "road.fatality-rate": "Road Safety",
        "transport.roads-built": "Roads and Road Asset Management",
        "transport.rail-built": "Railways",
        "transport.rail-improved": "Railways",
    }
    assert {indicator.sector for indicator in INDICATORS.values()} == {"transport"}


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_every_title_is_in_three_languages_and_every_definition_is_given(indicator):
    assert all(indicator.title.translated(language) for language in ("en", "ru", "zh"))
    assert indicator.definition.endswith(".")


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_none_has_a_release_calendar_so_none_is_ever_late(indicator):
    assert (indicator.cadence, indicator.calendar) == (Cadence.IRREGULAR, None)


def test_maturity_is_three_ordered_levels_of_which_the_highest_is_best():
    assert (RAM_MATURITY.scale, RAM_MATURITY.bounds, RAM_MATURITY.better) == (Scale.ORDINAL, (1.0, 3.0), Better.HIGHER)


def test_the_definition_of_road_deaths_says_that_the_scope_of_the_baseline_is_doubtful():
    assert "probably the national totals" in FATALITIES.definition
    assert FATALITIES.better is Better.LOWER
