"""Indicators that exist although nobody has published a figure."""

import pytest
from carecmon_plugins.aviation import FREEDOMS, register_indicators

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}


def test_the_three_counts_of_the_aviation_pillar_exist():
    assert set(INDICATORS) == {"aviation.freedoms", "aviation.e-freight", "aviation.e-visa"}
    assert {indicator.pillar for indicator in INDICATORS.values()} == {"Aviation"}


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_no_source_is_named_because_none_is_known(indicator):
    assert indicator.sources == ()
    assert "No figure was ever published" in indicator.definition


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_every_title_is_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in ("en", "ru", "zh"))


def test_eleven_members_make_at_most_55_pairs():
    assert FREEDOMS.bounds == (0.0, 55.0)
