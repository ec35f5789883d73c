"""Each kind of rule through a whole run: from what a source publishes to the stored transitions with their cause."""

import pytest

from carecmon.errors import ConfigError

CAREC = "speed{area=CAREC}"
ON_TRACK = {"2015": 20.0, "2022": 30.0, "2023": 32.0}
SLOW = {"2015": 20.0, "2022": 21.0, "2023": 21.5}


def test_off_track_fires_with_the_period_that_leaves_the_path_and_resolves_with_the_revision_that_takes_it_back(place):
    place.rule("off", "off_track", official="true")
    place.says(ON_TRACK)
    assert place.check() == {}
    place.says({**ON_TRACK, "2024": 22.0})
    assert ("off", CAREC) in place.check(30)
    place.says({**ON_TRACK, "2024": 34.0})
    assert place.check(30) == {}
    assert place.states("off") == [("firing", "new_period"), ("resolved", "revision")]


def test_above_keeps_its_alert_between_the_threshold_and_the_clear_level(place):
    place.rule("fast", "above", value="30", clear="28", indicator='"speed"')
    for values in ({"2022": 31.0}, {"2022": 31.0, "2023": 29.0}, {"2022": 31.0, "2023": 29.0, "2024": 27.0}):
        place.says(values)
        place.check(1)
    firsts = ("firing", "first_assessment")
    assert place.states("fast") == [firsts, ("recovering", "new_period"), ("resolved", "new_period")]


def test_below_watches_only_the_series_that_its_labels_select(place):
    place.rule("crawl", "below", value="10", indicator='"speed"', select='{area = "KAZ"}')
    place.says({"2023": 5.0}, **{"speed{area=KAZ}": {"2023": 5.0}})
    assert list(place.check()) == [("crawl", "speed{area=KAZ}")]


def test_below_waits_for_as_many_reference_periods_as_it_asks(place):
    place.rule("crawl", "below", value="10", indicator='"speed"', for_="{ observations = 2 }")
    place.says({"2022": 12.0, "2023": 9.0})
    place.check()
    place.says({"2022": 12.0, "2023": 9.0, "2024": 8.0})
    place.check(300)
    assert place.states("crawl") == [("pending", "first_assessment"), ("firing", "new_period")]


def test_changed_fires_when_the_newest_period_differs_from_the_one_before_by_so_many_percent(place):
    place.rule("jump", "changed", value="20", indicator='"speed"')
    place.says({"2022": 20.0, "2023": 22.0})
    assert place.check() == {}
    place.says({"2022": 20.0, "2023": 22.0, "2024": 30.0})
    place.check(1)
    assert place.states("jump") == [("firing", "new_period")]


def test_revised_fires_once_for_a_revision_and_is_over_when_the_next_run_sees_none(place):
    place.rule("restated", "revised", value="5", indicator='"speed"')
    place.says(ON_TRACK)
    place.check()
    place.says({**ON_TRACK, "2022": 20.0})
    alert = place.check(1)["restated", CAREC]
    assert "revised 2022 from 30" in alert.message
    assert place.check(1) == {}
    assert place.states("restated") == [("firing", "revision"), ("resolved", "clock")]


def test_a_second_revision_is_a_transition_of_its_own_although_the_alert_fires_already(place):
    place.rule("restated", "revised", value="5", indicator='"speed"')
    for first in (30.0, 20.0, 25.0):
        place.says({**ON_TRACK, "2022": first})
        alerts = place.check(1)
    assert "revised 2022 from 20" in alerts["restated", CAREC].message
    assert place.states("restated") == [("firing", "revision"), ("firing", "revision")]


def test_the_revision_that_is_largest_is_named_and_the_others_are_counted(place):
    place.rule("restated", "revised", value="5", indicator='"speed"')
    place.says(ON_TRACK)
    place.check()
    place.says({**ON_TRACK, "2022": 20.0, "2023": 29.0})
    alert = place.check(1)["restated", CAREC]
    assert "revised 2022 from 30.0 km/h to 20.0 km/h (and 1 more)" in alert.message


def test_a_second_jump_is_news_with_the_period_that_brought_it_as_its_cause(place):
    place.rule("jump", "changed", value="20", indicator='"speed"')
    values = {"2022": 20.0}
    for period, value in (("2022", 20.0), ("2023", 30.0), ("2024", 45.0)):
        values[period] = value
        place.says(values)
        place.check(1)
    place.check(1)
    assert place.states("jump") == [("firing", "new_period"), ("firing", "new_period")]


def test_another_withdrawn_period_is_news_and_one_that_stays_withdrawn_is_not(place):
    place.rule("gone", "withdrawn", indicator='"speed"')
    for values in (ON_TRACK, {"2022": 30.0, "2023": 32.0}, {"2022": 30.0, "2023": 32.0}, {"2023": 32.0}):
        place.says(values, covers=[("2015", "2023")])
        place.check(1)
    assert place.states("gone") == [("firing", "withdrawal"), ("firing", "withdrawal")]


def test_a_revision_below_the_threshold_is_no_alert(place):
    place.rule("restated", "revised", value="5", indicator='"speed"')
    place.says(ON_TRACK)
    place.check()
    place.says({**ON_TRACK, "2022": 30.5})
    assert place.check(1) == {}


def test_a_milestone_is_missed_when_its_year_is_over(place):
    place.config.write_text(
        place.config.read_text("utf-8")
        + '[[targets]]\nindicator = "link"\nofficial = true\ncitation = "a test"\nstate = "operational"\nyear = 2024\n'
    )
    place.rule("missed", "milestone_missed", "critical")
    place.says(ON_TRACK, link={"2023": 1.0})
    assert place.check() == {}
    assert ("missed", "link") in place.check(300)
    assert place.states("missed") == [("firing", "clock")]


def test_reversed_fires_when_the_newest_value_moves_away_from_the_target(place):
    place.rule("back", "reversed", "critical")
    place.says(ON_TRACK)
    place.check()
    place.says({**ON_TRACK, "2024": 18.0})
    place.check(1)
    assert place.states("back") == [("firing", "new_period")]


def test_late_fires_when_the_release_calendar_and_its_grace_are_over_and_resolves_when_the_period_comes(place):
    place.rule("late", "late", "info", indicator='"speed"')
    place.says(ON_TRACK)
    place.check()
    assert place.check(300) == {}
    assert ("late", CAREC) in place.check(60)
    place.says({**ON_TRACK, "2024": 34.0})
    place.check(1)
    assert place.states("late") == [("firing", "clock"), ("resolved", "new_period")]


def test_a_source_that_fails_is_pending_until_it_has_failed_long_enough_and_a_restart_changes_nothing(place):
    place.rule("down", "source_failing", for_='{ time = "3 days" }')
    place.says(ON_TRACK)
    place.check()
    place.says(error="the file is empty")
    for days in (1, 1, 1):
        (alert,) = place.check(days).values()
        assert alert.state == "pending"
    (alert,) = place.check(1).values()
    assert alert.state == "firing"
    assert "the file is empty" in alert.message and "4 times in a row since 2024-06-01" in alert.message
    place.says(ON_TRACK)
    assert place.check(1) == {}
    assert [state for state, _ in place.states("down")] == ["pending", "firing", "resolved"]


def test_a_run_that_does_not_ask_a_source_neither_ends_nor_renews_its_wait(place):
    place.rule("down", "source_failing", for_='{ time = "3 days" }')
    place.says(error="the file is empty")
    place.check()
    place.config.write_text(place.config.read_text("utf-8") + '[sources."survey"]\nenabled = false\n')
    place.check(2)
    place.config.write_text(place.config.read_text("utf-8").replace('[sources."survey"]\nenabled = false\n', ""))
    (alert,) = place.check(2).values()
    assert alert.state == "firing"


def test_a_failing_source_resolves_no_other_alert(place):
    place.rule("off", "off_track", official="true")
    place.says(SLOW)
    place.check()
    place.says(error="the file is empty")
    assert ("off", CAREC) in place.check(1)


def test_a_period_covered_but_not_stated_is_withdrawn_until_it_is_stated_again(place):
    place.rule("gone", "withdrawn")
    whole = {f"{year}": 20.0 + year - 2012 for year in range(2012, 2024)}
    place.says(whole, covers=[("2012", "2023")])
    assert place.check() == {}
    place.says({year: value for year, value in whole.items() if year != "2016"}, covers=[("2012", "2023")])
    assert "withdrawn for 2016" in place.check(1)["gone", CAREC].message
    assert ("gone", CAREC) in place.check(1), "an unchanged run must not end it"
    place.says(whole, covers=[("2012", "2023")])
    place.check(1)
    assert place.states("gone") == [("firing", "withdrawal"), ("resolved", "late_arrival")]


def test_a_series_that_is_withdrawn_whole_keeps_what_it_had_raised(place):
    place.rule("off", "off_track", official="true")
    place.rule("gone", "withdrawn")
    place.says(SLOW, covers=[("2015", "2023")])
    place.check()
    place.says({}, covers=[("2015", "2023")], **{"speed{area=KAZ}": {"2023": 20.0}})
    assert set(place.check(1)) == {("off", CAREC), ("gone", CAREC)}


def test_a_contradiction_fires_while_its_finding_is_open(place):
    place.rule("odd", "contradiction", "info")
    place.says({**ON_TRACK, "2024": 400.0})
    assert ("odd", CAREC) in place.check()
    place.says({**ON_TRACK, "2024": 40.0})
    assert place.check(1) == {}
    assert [state for state, _ in place.states("odd")] == ["firing", "resolved"]


def test_a_new_contradiction_is_named_before_those_that_were_known(place):
    place.rule("odd", "contradiction", "info")
    place.says({**ON_TRACK, "2024": 400.0})
    place.check()
    place.says({**ON_TRACK, "2024": 400.0, "2025": -20.8})
    (news,) = (place.check(1) and place.report.transitions) or [None]
    assert "-20.8 km/h in 2025 is" in news.alert.message, "not what the edition before said already"
    kept = place.check(1)["odd", CAREC]
    assert "-20.8 km/h in 2025 is" in kept.message, "it stays so in the list of alerts"


def test_a_check_does_not_end_every_alert_because_nothing_is_watched_any_more(place):
    place.rule("odd", "contradiction", "info")
    place.says({**ON_TRACK, "2024": 400.0})
    before = place.check()
    whole = place.config.read_text("utf-8")
    place.config.write_text('database = "db/carecmon.db"\nplugin_dirs = ["plugins"]\n', "utf-8")
    with pytest.raises(ConfigError, match=r"watches nothing, and a check would end all alerts \(1\); nothing was done"):
        place.check(1)
    place.config.write_text(whole, "utf-8")
    assert place.check(1) == before and place.report.transitions == []


def test_a_file_that_watches_nothing_is_said_before_the_first_alert_too(place):
    place.config.write_text('database = "db/carecmon.db"\nplugin_dirs = ["plugins"]\n', "utf-8")
    place.says(ON_TRACK)
    assert place.check() == {}
    assert any("watches nothing" in line for line in place.report.warnings)


def test_a_release_in_quarantine_fires_until_somebody_decides(place):
    place.rule("held", "quarantined")
    whole = {f"{year}": 20.0 + year - 2012 for year in range(2012, 2024)}
    place.says(whole, covers=[("2012", "2023")])
    assert place.check() == {}
    place.says({"2023": 31.0}, covers=[("2012", "2023")])
    alert = place.check(1)["held", "survey"]
    assert "withdraw" in alert.message
    with place.store() as store, store.writing():
        (release,) = [one.id for one in store.releases() if one.quarantine]
        store.reject(release, author="ops", reason="a truncated file", now=place.now)
    assert place.check(1) == {}
    assert [state for state, _ in place.states("held")] == ["firing", "resolved"]


def test_a_rule_for_a_sector_watches_no_other(place):
    place.rule("any", "above", value="-1", sector='"energy"')
    place.says(ON_TRACK, link={"2023": 1.0})
    assert list(place.check()) == [("any", "link")]


def test_a_rule_that_is_taken_out_closes_its_alert_and_says_why(place):
    place.rule("off", "off_track", official="true")
    place.says(SLOW)
    place.check()
    place.config.write_text(place.config.read_text("utf-8").split("[[rules]]")[0])
    assert place.check(1) == {}
    assert place.states("off")[-1] == ("resolved", "rule_changed")


def test_a_target_that_is_moved_is_the_cause_of_the_alert_it_raises(place):
    place.rule("off", "off_track", official="true")
    place.says(ON_TRACK)
    place.check()
    place.config.write_text(place.config.read_text("utf-8").replace("value = 40", "value = 120"))
    place.check(1)
    assert place.states("off") == [("firing", "target_changed")]


def test_an_alert_survives_an_edited_rule_with_its_history(place):
    place.rule("off", "off_track", official="true")
    place.says(SLOW)
    before = place.check()["off", CAREC]
    place.rule("off", "off_track", "critical", official="true")
    after = place.check(1)["off", CAREC]
    assert (after.since, after.severity) == (before.since, "critical")
    assert len(place.states("off")) == 1


def test_a_rule_that_fits_no_indicator_is_said(place):
    place.rule("idle", "off_track", indicator='"nothing-*"')
    place.says(ON_TRACK)
    place.check()
    assert [line for line in place.report.warnings if '"idle" fits no indicator' in line]
    assert not [line for line in place.report.warnings if '"idle" fits no series' in line], "once is enough"


def test_a_rule_whose_labels_fit_no_series_is_said(place):
    place.rule("idle", "off_track", indicator='"speed"', select='{ area = "KAZ" }')
    place.says(ON_TRACK)
    place.check()
    assert [line for line in place.report.warnings if 'rule "idle" fits no series that is judged' in line]
    place.says(ON_TRACK, **{"speed{area=KAZ}": {"2023": 5.0}})
    place.check(1)
    assert not [line for line in place.report.warnings if '"idle"' in line]


def test_a_rule_for_an_indicator_that_nothing_declares_is_a_mistake(place):
    place.rule("idle", "off_track", indicator='"sped"')
    place.says(ON_TRACK)
    with pytest.raises(ConfigError, match='no plugin declares the indicator "sped"; did you mean "speed"'):
        place.check()


def test_two_rules_of_one_id_are_an_error(place):
    text = '[[rules]]\nid = "twice"\ncondition = "late"\nseverity = "info"\n'
    place.config.write_text(place.config.read_text("utf-8") + text + text)
    with pytest.raises(ConfigError, match="is the id of rule number 1 already"):
        place.settings()
