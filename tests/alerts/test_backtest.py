"""What a rule would have raised, over vintages that a real store holds."""

import json

import pytest

ON_TRACK = {"2015": 20.0, "2022": 30.0, "2023": 32.0}


@pytest.fixture
def past(place, typed):
    """A place with three vintages, a month apart: on track, 2024 far off, 2024 revised to be on track."""
    for values in (ON_TRACK, {**ON_TRACK, "2024": 22.0}, {**ON_TRACK, "2024": 34.0}):
        place.says(values)
        place.check(30)
    place.rule("off", "off_track", official="true")  # written only now: nothing was ever raised by it
    place.type = typed
    place.back = lambda *words: json.loads(typed("backtest", *words, "--format", "json"))
    return place


def test_a_rule_that_was_never_in_force_is_replayed_over_what_is_stored(past):
    (raised,) = past.back("off")
    assert raised["at"][:10] == "2024-07-31" and raised["cause"] == "new_period" and raised["came"] == "survey 002"
    assert past.states("off") == [], "a backtest writes nothing"


def test_an_alert_that_a_revision_took_back_says_when_and_by_which_release(past):
    (raised,) = past.back("off")
    assert (raised["resolved"][:10], raised["resolved_by"]) == ("2024-08-30", "revision")
    assert (raised["taken_back"][:10], raised["taken_back_by"]) == ("2024-08-30", "survey 003")
    past.type("backtest", "off")
    assert "would have fired 1 times; 0 would fire still, 1 a later revision took back" in past.said


def test_an_alert_that_a_new_period_ended_was_right_and_is_not_taken_back(past):
    past.says({**ON_TRACK, "2024": 22.0})
    past.check(30)
    past.says({**ON_TRACK, "2024": 22.0, "2025": 40.0})
    past.check(300)
    last = past.back("off")[-1]
    assert (last["resolved_by"], last["taken_back"]) == ("new_period", None)


def test_an_alert_that_still_fires_can_be_taken_back_by_a_revision_of_the_periods_known_then(past):
    past.says({**ON_TRACK, "2024": 22.0})
    past.check(30)
    past.says({**ON_TRACK, "2024": 34.0, "2025": 21.0})
    past.check(300)
    last = past.back("off")[-1]
    assert (last["resolved"], last["taken_back_by"]) == (None, "survey 005")


def test_since_leaves_out_what_fired_before(past):
    assert past.back("off", "--since", "2024-08-01") == []
    assert len(past.back("off", "--since", "2024-07-31")) == 1


def test_lateness_is_found_though_nothing_came(past):
    past.now = past.now.replace(year=2026)
    past.rule("late", "late", "info", indicator='"speed"')
    (raised,) = past.back("late")
    assert (raised["at"][:10], raised["cause"], raised["came"]) == ("2026-05-01", "clock", None)


def test_a_rule_about_sources_cannot_be_replayed_and_says_why(past):
    past.rule("down", "source_failing")
    past.type("backtest", "down", code=2)
    assert "cannot be told from stored vintages" in past.said


def test_a_rule_that_does_not_exist_is_a_mistake_with_near_matches(past):
    past.type("backtest", "of", code=2)
    assert "did you mean off?" in past.said


def test_the_published_axis_replays_the_editions_that_one_check_recorded(checked):
    """The shipped documents all came in one run; by day of publication they are a history."""
    words = ("backtest", "behind-our-working-path", "--format", "json")
    observed, published = (json.loads(checked.run(*words, *more).stdout) for more in ((), ("--published",)))
    assert {one["cause"] for one in observed} == {"first_assessment"}
    assert min(one["at"] for one in published) < min(one["at"] for one in observed)
    assert {one["series"] for one in published} == {one["series"] for one in observed}
