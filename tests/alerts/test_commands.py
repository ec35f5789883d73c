"""alerts, ack and silence as people type them. Only the clock is ours."""

import csv
import json
from datetime import datetime, timedelta

import pytest

from carecmon import verdicts
from carecmon.model import AlertState
from carecmon.muting import beside_now, expired
from carecmon.verdicts import watch

CAREC = "speed{area=CAREC}"
SLOW = {"2015": 20.0, "2022": 21.0, "2023": 21.5}


@pytest.fixture
def desk(place, typed):
    """A place with two firing alerts, and ``type`` to type a command there."""
    place.rule("off", "off_track", official="true")
    place.rule("crawl", "below", "critical", value="10", indicator='"speed"')
    place.says(SLOW, **{"speed{area=KAZ}": {"2023": 5.0}})
    place.check()
    place.type = typed
    place.json = lambda *words: json.loads(typed(*words, "--format", "json"))
    place.mark = {alert.rule: alert.fingerprint for alert in place.report.alerts}
    return place


def beside(desk, rule):
    with desk.store() as store:
        return beside_now(desk.settings(), desk.registry(), store, desk.now)[desk.mark[rule]]


def test_alerts_can_be_chosen_and_their_rows_say_what_they_are_grouped_by(desk):
    rows = list(csv.DictReader(desk.type("alerts", "--format", "csv").splitlines()))
    assert {(row["rule"], row["indicator"], row["sector"]) for row in rows} >= {("off", "speed", "transport")}
    assert all(row["message"].startswith("Speed") for row in rows if row["indicator"] == "speed")
    assert {one["rule"] for one in desk.json("alerts", "--rule", "o*")} == {"off"}
    assert len(desk.json("alerts", "--sector", "transport", "--indicator", "speed")) == len(rows)
    assert desk.json("alerts", "--sector", "energy") == []
    assert {one["rule"] for one in desk.json("alerts", "--severity", "critical")} == {"crawl"}
    assert "None of the 2 alerts fits" in desk.type("alerts", "--sector", "energy")


def test_who_is_concerned_is_looked_up_once_and_only_where_it_is_asked_for(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(verdicts, "watch", lambda *known: asked.append(known) or watch(*known))
    assert len(desk.json("alerts")) == len(desk.json("alerts", "--rule", "*")) == 2 and asked == []
    assert len(desk.json("alerts", "--sector", "transport")) == 2 and len(asked) == 1


def test_alerts_lists_the_loudest_first_with_the_mark_to_call_them_by(desk):
    lines = desk.type("alerts").splitlines()
    assert [line.split()[0] for line in lines] == ["Alert", desk.mark["crawl"], desk.mark["off"]]


def test_an_alert_is_shown_with_its_evidence_and_every_transition_with_its_cause(desk):
    desk.says({**SLOW, "2024": 34.0}, **{"speed{area=KAZ}": {"2023": 5.0}})
    desk.check(30)
    page = desk.type("alerts", "show", desk.mark["off"][:5])
    assert "status achieved" in page or "status on_track" in page
    page = page.split("History")[1]
    assert page.index("first assessment") < page.index("new period")
    shown = desk.json("alerts", "show", desk.mark["off"])
    assert [(one["state"], one["cause"]) for one in shown["history"]] == [
        ("firing", "first_assessment"),
        ("resolved", "new_period"),
    ]
    assert shown["history"][0]["evidence"]["value"] == 21.5


@pytest.mark.parametrize("mark", ["zzz", ""])
def test_a_mark_that_fits_no_alert_is_a_mistake(desk, mark):
    desk.type("alerts", "show", mark, code=2)
    assert "carecmon alerts --all" in desk.said


def test_an_acknowledged_alert_goes_on_firing_and_says_who_takes_care(desk):
    desk.type("ack", desk.mark["off"], "--reason", "asked Astana", "--author", "aigul")
    (alert,) = [one for one in desk.json("alerts") if one["rule"] == "off"]
    assert (alert["state"], alert["acknowledged"]) == ("firing", "aigul")
    assert "asked Astana" in desk.type("alerts", "show", desk.mark["off"])


def test_an_acknowledgement_ends_at_its_date(desk):
    desk.type("ack", desk.mark["off"], "--reason", "wait", "--until", "2024-06-10")
    desk.now += timedelta(days=9)
    assert beside(desk, "off").acknowledged is not None
    desk.now += timedelta(days=1)
    assert beside(desk, "off").acknowledged is None


def test_an_acknowledgement_ends_when_the_alert_resolves_and_does_not_come_back_with_it(desk):
    desk.type("ack", desk.mark["off"], "--reason", "wait")
    desk.says({**SLOW, "2024": 34.0})
    desk.check(1)
    desk.says({**SLOW, "2024": 21.0})
    assert desk.check(1)["off", CAREC].state == AlertState.FIRING
    assert beside(desk, "off").acknowledged is None


def test_an_acknowledgement_can_be_taken_back_and_both_are_kept(desk):
    desk.type("ack", desk.mark["off"], "--reason", "wait", "--author", "a")
    desk.type("ack", desk.mark["off"], "--reason", "no", "--author", "b", "--withdraw")
    assert beside(desk, "off").acknowledged is None
    assert [one["author"] for one in desk.json("alerts", "show", desk.mark["off"])["acknowledgements"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("more", "said"),
    [(["--until", "2020-01-01"], "is over already"), (["--until", "soon"], "is not a moment")],
)
def test_an_acknowledgement_that_makes_no_sense_is_refused(desk, more, said):
    desk.type("ack", desk.mark["off"], "--reason", "x", *more, code=2)
    assert said in desk.said


def test_what_does_not_fire_cannot_be_acknowledged(desk):
    desk.says({**SLOW, "2024": 34.0})
    desk.check(1)
    desk.type("ack", desk.mark["off"], "--reason", "x", code=2)
    assert "is resolved" in desk.said


def test_a_silence_mutes_what_fits_and_the_alerts_live_on(desk):
    words = ("--rule", "off", "--label", "area=CAREC", "--sector", "transport", "--severity", "warning")
    desk.type("silence", "add", *words, "--until", "2024-07-01", "--reason", "known")
    assert "it fits 1 that fire now" in desk.said
    assert {one["rule"] for one in desk.json("alerts") if one["silenced_until"]} == {"off"}
    assert {alert.rule for alert in desk.check(1).values()} == {"off", "crawl"}


def test_a_silence_of_everything_must_be_meant(desk):
    desk.type("silence", "add", "--until", "2024-07-01", "--reason", "peace", code=2)
    assert "--everything" in desk.said


def test_a_silence_lasts_from_its_start_to_the_end_of_its_last_day(desk):
    desk.type("silence", "add", "--rule", "off", "--from", "2024-06-05", "--until", "2024-06-06", "--reason", "x")
    silenced = {}
    for day in (4, 5, 6, 7):
        desk.now = desk.now.replace(day=day)
        silenced[day] = bool(beside(desk, "off").silences)
    assert silenced == {4: False, 5: True, 6: True, 7: False}


def test_a_silence_that_is_expired_keeps_its_history(desk):
    desk.type("silence", "add", "--rule", "off", "--until", "2024-07-01", "--reason", "known", "--author", "a")
    desk.now += timedelta(days=1)
    desk.type("silence", "expire", "1", "--reason", "it was mended", "--author", "b")
    assert desk.json("silence", "list") == []
    (kept,) = desk.json("silence", "list", "--all")
    assert (kept["state"], kept["author"], kept["reason"]) == ("expired", "a", "known")
    assert [(one["author"], one["reason"]) for one in kept["edits"]] == [("a", "known"), ("b", "it was mended")]
    assert not beside(desk, "off").silences


def test_a_silence_can_be_prolonged(desk):
    desk.type("silence", "add", "--rule", "off", "--until", "2024-06-02", "--reason", "known")
    desk.type("silence", "expire", "1", "--at", "2024-07-01", "--reason", "longer")
    desk.now += timedelta(days=20)
    assert beside(desk, "off").silences


def test_the_end_of_a_silence_is_announced_while_something_still_fires(desk):
    desk.type("silence", "add", "--rule", "off", "--until", "2024-06-02", "--reason", "known")
    since, desk.now = desk.now, desk.now + timedelta(days=3)
    desk.check()
    assert any("silence 1 (known) is over: 1 alert still fires" in line for line in desk.report.warnings)
    with desk.store() as store:
        assert len(expired(desk.settings(), desk.registry(), store, since, desk.now)) == 1
        assert expired(desk.settings(), desk.registry(), store, desk.now, desk.now + timedelta(days=9)) == []
    assert beside(desk, "off").silence_ended == datetime.fromisoformat("2024-06-02T23:59:59.999999+00:00")


def test_a_silence_that_does_not_exist_cannot_expire(desk):
    desk.type("silence", "expire", "7", "--reason", "x", code=2)
    assert "there is no silence 7" in desk.said


def test_a_failing_source_mutes_the_late_and_off_track_alerts_that_depend_on_it_and_nothing_else(desk):
    desk.rule("late", "late", "info", indicator='"speed"')
    desk.rule("down", "source_failing")
    desk.says(error="no file")
    alerts = desk.check(400)
    desk.mark = {alert.rule: alert.fingerprint for alert in alerts.values()}
    assert beside(desk, "off").inhibited_by == beside(desk, "late").inhibited_by == desk.mark["down"]
    assert beside(desk, "crawl").inhibited_by is None and beside(desk, "down").inhibited_by is None
    assert alerts["off", CAREC].state == AlertState.FIRING
    desk.says(SLOW)
    desk.check(1)
    assert beside(desk, "off").inhibited_by is None


@pytest.mark.parametrize(
    "words, said",
    [
        (("--rule", "of"), "there is no rule 'of'; did you mean off?"),
        (("--rule", "x*"), "there is no rule that fits 'x*'"),
        (("--sector", "energie"), "there is no sector 'energie'; did you mean energy?"),
        (("--indicator", "sped"), "did you mean speed?"),
        (("--subject", "spede{area=CAREC}"), "did you mean speed{area=CAREC}"),
        (("--subject", "speed{area=KAZZ}"), "there is no series or source 'speed{area=KAZZ}'"),
        (("--label", "area=KAZZ"), "there is no area called 'KAZZ'; did you mean KAZ or"),
        (("--label", "aera=KAZ"), "there is no label 'aera'; did you mean area"),
    ],
)
def test_a_silence_for_what_does_not_exist_is_refused(desk, words, said):
    desk.type("silence", "add", *words, "--until", "2024-07-01", "--reason", "known", code=2)
    assert said in desk.said
    assert desk.json("silence", "list") == []
    if words[0] in ("--rule", "--sector", "--indicator"):
        desk.type("alerts", *words, code=2)
        assert said in desk.said


def test_a_silence_for_what_exists_and_does_not_fire_is_allowed(desk):
    words = ("--sector", "energy", "--indicator", "link", "--label", "area=KAZ")
    desk.type("silence", "add", *words, "--until", "2024-07-01", "--reason", "known")
    assert "none that fires now" in desk.said


@pytest.mark.parametrize("subject", ["speed{area=KAZ}", "speed{area=CAREC}", "speed*"])
def test_a_silence_for_a_series_that_is_declared_needs_no_value_of_it(desk, subject):
    desk.check(1)
    desk.type("silence", "add", "--subject", subject, "--until", "2024-07-01", "--reason", "known")


def test_an_alert_about_states_shows_them_by_name_and_a_title_once(desk):
    desk.rule("dark", "below", value="2", indicator='"link"')
    desk.rule("odd", "contradiction", "info")
    desk.says({**SLOW, "2024": 400.0}, **{"link": {"2023": 1.0}})
    desk.check()
    mark = {alert.rule: alert for alert in desk.report.alerts}
    assert "value partial;" in desk.type("alerts", "show", mark["dark"].fingerprint)
    assert mark["odd"].message.count("Speed") == 1


def test_the_log_shows_the_newest_first_and_counts_the_rest(desk):
    desk.config.write_text(
        desk.config.read_text("utf-8") + '[people.ada]\nchannels = ["console"]\nseverities = ["info"]\n', "utf-8"
    )
    desk.check(1)
    rows = desk.json("notify", "log")
    shown = desk.type("notify", "log", "--limit", "1")
    assert str(rows[-1]["why"]) in shown.replace("\n", " ") and len(shown.splitlines()) < 6
    assert f"{len(rows) - 1} older lines not shown; --limit {len(rows)} shows all" in desk.said
    assert desk.json("notify", "log", "--limit", "1") == rows[-1:]
