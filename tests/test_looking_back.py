"""Every reading command looks back on a day: findings are searched again, alerts have the states stored by then."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.conftest import Workspace

#: A speed below its bound is a finding; the second edition mends it and starts another.
BOUNDED = """
from pathlib import Path
from carecmon import Better, Cell, Check, Document, Indicator, Observation, Period, Published, Series, Source, Text
from carecmon import hookimpl
def parse(answer):
    for period, value in {values}.items():
        yield Observation(Series("speed"), Period.parse(period), value, Cell("survey", raw=str(value)))
@hookimpl
def register_sources():
    survey = Document("survey", edition="{edition}", data=(Path(__file__),), published=Published.parse("{published}"))
    return [Source("speed-survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, (survey,))]
@hookimpl
def register_indicators():
    return [Indicator("speed", Text("Speed"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("speed-survey",),
                      bounds=(0.0, None), checks=(Check("bounds"),))]
"""
FIRST, SECOND = {"2015": 20.0, "2022": -5.0}, {"2015": 20.0, "2022": 5.0, "2023": -7.0}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two editions: one of 2023, read on 1 January 2026, and one of 2024, read on 5 January."""
    bare = Workspace(tmp_path_factory.mktemp("revised"))
    bare.config.write_text("plugin_dirs = []\n", "utf-8")
    for day, edition, values in ((1, 2023, FIRST), (5, 2024, SECOND)):
        source = BOUNDED.format(values=values, edition=edition, published=f"{edition}-06-30")
        bare.plugin("speed", source=source)
        if day == 1:
            bare.add(
                '[[rules]]\nid = "odd"\ncondition = "below"\nvalue = -6\nseverity = "warning"\nindicator = "speed"'
            )
        bare.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline")
    return bare


@pytest.fixture
def revised(made, tmp_path):
    """A copy of it, which a test may change."""
    return Workspace(Path(shutil.copytree(made.folder, tmp_path / "revised")))


def found(place, *words):
    return [(one["period"], one["mended_by"]) for one in place.objects("findings", *words)]


@pytest.mark.parametrize(
    ("then", "periods"),
    [
        pytest.param("2025-12-31", [], id="before anything was read there is none"),
        pytest.param("2026-01-01", ["2022"], id="the first edition alone"),
        pytest.param("published:2023-05-01", [], id="before anything was published there is none"),
        pytest.param("published:2024-01-01", ["2022"], id="by day of publication, whenever it was read"),
    ],
)
def test_findings_look_back_on_both_axes_and_do_not_know_what_came_later(revised, then, periods):
    assert found(revised, "--as-of", then) == [(period, None) for period in periods]


def test_looking_back_to_today_finds_what_the_last_check_found(revised):
    today = revised.objects("findings")
    assert sorted(one["period"] for one in today) == ["2022", "2023"]
    then = revised.objects("findings", "--as-of", "2026-01-31")
    assert sorted(then, key=lambda one: one["id"]) == sorted(today, key=lambda one: one["id"])


def test_a_finding_that_was_acknowledged_later_is_acknowledged_when_looking_back_too(revised):
    (one,) = revised.objects("findings", "--as-of", "2026-01-01")
    revised.run("findings", "--acknowledge", one["id"], "--reason", "known", "--author", "Ada")
    (again,) = revised.objects("findings", "--as-of", "2026-01-01")
    assert (again["id"], again["acknowledged"]) == (one["id"], "Ada: known")


def test_a_check_that_looks_back_names_the_findings_that_touched_the_values_of_then(revised):
    for then, period in (("2026-01-01", "2022"), ("published:2024-01-01", "2022"), ("2026-01-31", "2023")):
        report = revised.report("--as-of", then)
        (verdict,) = report["assessments"]
        touching = {one["id"] for one in report["findings"] if one["period"] == period}
        assert verdict["period"] == period and set(verdict["findings"]) == touching and touching, then
        assert revised.objects("status", "speed", "--as-of", then)[0]["findings"] == verdict["findings"]
        assert {one["id"] for one in revised.objects("show", "speed", "--as-of", then)["findings"]} == touching
    assert revised.report("--as-of", "2025-12-31")["findings"] == []


def test_looking_back_writes_nothing(revised):
    def state():
        return hashlib.sha256(revised.database.read_bytes()).hexdigest()

    before = state()
    revised.check("--as-of", "2026-01-01")
    for words in (["findings"], ["alerts"], ["status"], ["show", "speed"]):
        assert revised.run(*words, "--as-of", "2026-01-01").returncode == 0, words
    assert state() == before


@pytest.mark.parametrize("words", [["--all"], ["--acknowledge", "abcd", "--reason", "x"], ["--withdraw", "abcd"]])
def test_what_is_about_the_findings_of_today_does_not_go_with_looking_back(revised, words):
    done = revised.run("findings", "--as-of", "2026-01-01", *words)
    assert done.returncode == 2 and "--as-of looks back" in done.stderr


def test_alerts_look_back_to_the_states_that_were_stored_by_then(revised):
    assert [one["rule"] for one in revised.objects("alerts")] == ["odd"]
    assert revised.objects("alerts", "--as-of", "2026-01-04") == []
    assert "No alert is active as of 2026-01-04." in revised.run("alerts", "--as-of", "2026-01-04").stdout
    (then,) = revised.objects("alerts", "--as-of", "2026-01-05")
    source = BOUNDED.format(values={**SECOND, "2024": 30.0}, edition=2025, published="2025-06-30")
    revised.plugin("speed", source=source)
    revised.at("2026-01-09T12:00:00Z", "check", "--offline")
    assert revised.objects("alerts") == []
    assert revised.objects("alerts", "--as-of", "2026-01-08") == [then] and then["state"] == "firing"
    shown = revised.objects("alerts", "show", then["fingerprint"], "--as-of", "2026-01-08")
    assert [one["state"] for one in shown["history"]] == ["firing"]
    assert len(revised.objects("alerts", "show", then["fingerprint"])["history"]) == 2


def test_an_alert_of_then_has_the_acknowledgement_and_the_silence_of_then(revised):
    (now,) = revised.objects("alerts")
    until = ("--until", "2026-01-20", "--reason", "known")
    revised.at("2026-01-07T12:00:00Z", "ack", now["fingerprint"], "--reason", "seen", "--author", "Ada")
    revised.at("2026-01-07T12:00:00Z", "silence", "add", "--rule", "odd", *until)
    revised.at("2026-01-08T12:00:00Z", "silence", "expire", "1", "--reason", "over")
    (on_6,) = revised.objects("alerts", "--as-of", "2026-01-06")
    (on_7,) = revised.objects("alerts", "--as-of", "2026-01-07")
    (on_8,) = revised.objects("alerts", "--as-of", "2026-01-08")
    assert [one["acknowledged"] for one in (on_6, on_7, on_8)] == [None, "Ada", "Ada"]
    assert [bool(one["silenced_until"]) for one in (on_6, on_7, on_8)] == [False, True, False]


def test_alerts_have_no_past_by_day_of_publication_and_say_what_has(revised):
    done = revised.run("alerts", "--as-of", "published:2024-01-01")
    assert done.returncode == 2 and "carecmon backtest RULE --published" in done.stderr
