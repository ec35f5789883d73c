"""What the plugin declares."""

from carecmon_plugins.worldbank import LANDLOCKED, MEMBERS, US_CPI, register_indicators


def test_the_members_and_those_without_a_coast():
    assert len(MEMBERS) == 11
    assert set(MEMBERS) - set(LANDLOCKED) == {"CHN", "GEO", "PAK"}


def test_the_indicator_of_prices_is_declared_in_three_languages():
    assert register_indicators() == [US_CPI]
    assert all(US_CPI.title.translated(language) for language in ("en", "ru", "zh"))
