"""Editions that change too much: held back, an alert while they are, believed or not by decision, never deleted."""

import getpass

import pytest

YEARS = {str(year): float(year - 2000) for year in range(2015, 2025)}

#: Like the plugin of conftest, but each edition states 2015 to 2024 whole: what it leaves out is withdrawn.
COVERING = """
from pathlib import Path
from carecmon import Better, Cell, Covered, Document, Indicator, Observation, Period, Series, Source, Text, hookimpl
VALUES = {values}
def parse(answer):
    for period, value in VALUES.items():
        yield Observation(Series("speed"), Period.parse(period), value, Cell("survey", "table 1", period, "speed"))
@hookimpl
def register_sources():
    covers = (Covered("speed", Period.parse("2015"), Period.parse("2024")),)
    survey = Document("survey", edition="{edition}", data=(Path(__file__),), covers=covers)
    return [Source("speed-survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, (survey,))]
@hookimpl
def register_indicators():
    return [Indicator("speed", Text("Test speed"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("speed-survey",))]
"""
RULE = '[[rules]]\nid = "held-back"\ncondition = "quarantined"\nseverity = "warning"'
OFF_TRACK = '[[rules]]\nid = "off"\ncondition = "off_track"\nseverity = "warning"\n'


def edition(place, day, values, number=None):
    source = COVERING.format(values=values, edition=number or day)
    place.plugin("speed", source=source)
    return place.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline")


def believed(place):
    return {one["period"]: one["value"] for one in place.objects("history", "speed")}


def state(place, rule):
    return {one["state"] for one in place.objects("alerts", "--all") if one["rule"] == rule}


def cause(place, rule):
    (one,) = [one for one in place.objects("alerts", "--all") if one["rule"] == rule]
    return one["state"], one["cause"]


STRANGE = [
    pytest.param({"2015": 15.0}, "withdraws 9 of the 10 cells", id="withdraws too much"),
    pytest.param({y: v * 1000 for y, v in YEARS.items()}, "by the same factor, about 1000", id="factor 1000"),
]


@pytest.mark.parametrize(("values", "reason"), STRANGE)
def test_an_edition_that_changes_too_much_is_not_believed_and_raises_an_alert(bare, values, reason):
    bare.add(RULE)
    edition(bare, 1, YEARS)
    assert state(bare, "held-back") == set()
    said = edition(bare, 2, values)
    assert believed(bare) == YEARS
    held = bare.objects("releases", "list")[-1]
    assert held["state"] == "quarantined" and reason in held["reason"] and held["author"] is None
    assert state(bare, "held-back") == {"firing"}
    assert reason in said.stdout, "check says nothing about the alert"
    assert f"release 2 (speed-survey 2) is not believed: it {held['reason']}" in said.stderr
    assert "carecmon releases accept 2 or reject 2" in said.stderr


def test_an_accepted_release_is_believed_and_ends_the_alert_and_can_be_rolled_back(bare):
    bare.add(RULE)
    edition(bare, 1, YEARS)
    edition(bare, 2, {"2015": 15.0})
    bare.at("2026-01-03T12:00:00Z", "releases", "accept", "2", "--author", "Ada", "--reason", "the publisher says so")
    assert believed(bare) == {"2015": 15.0}
    bare.at("2026-01-04T12:00:00Z", "check", "--offline")
    assert state(bare, "held-back") == {"resolved"}
    bare.at("2026-01-05T12:00:00Z", "releases", "reject", "2", "--reason", "it was a mistake after all")
    assert believed(bare) == YEARS
    last = bare.objects("releases", "list")[-1]
    assert (last["state"], last["author"]) == ("rejected", getpass.getuser())
    assert last["decision"] == "it was a mistake after all"
    assert bare.count("decision") == 3 and bare.count("release") == 2, "something was deleted"
    for day, values in ((2, YEARS), (3, {"2015": 15.0}), (4, {"2015": 15.0}), (5, YEARS)):
        found = bare.objects("history", "speed", "--as-of", f"2026-01-{day:02}")
        assert {one["period"]: one["value"] for one in found} == values


def test_a_rejected_quarantine_ends_the_alert(bare):
    bare.add(RULE)
    edition(bare, 1, YEARS)
    edition(bare, 2, {"2015": 15.0})
    assert cause(bare, "held-back") == ("firing", "revision")
    said = bare.at("2026-01-03T12:00:00Z", "releases", "reject", "2", "--reason", "a broken file").stderr
    assert "stays not believed" in said and "any more, says" not in said
    bare.at("2026-01-04T12:00:00Z", "check", "--offline")
    assert state(bare, "held-back") == {"resolved"} and believed(bare) == YEARS
    assert cause(bare, "held-back") == ("resolved", "revision")


def test_of_editions_that_say_the_same_the_newest_is_the_one_that_is_judged(bare):
    for day in (1, 2, 3):
        edition(bare, day, YEARS)
    shown = [line for line in bare.run("history", "speed", "--vintages").stdout.split("\n") if line.startswith("20")]
    (marked,) = [line.split() for line in shown if " < " in line]
    assert len(shown) > 3 and marked[marked.index("speed-survey") + 1] == "3"


def test_rolling_back_a_bad_release_judges_anew_with_the_cause_revision(bare):
    bare.add(OFF_TRACK)
    bare.target("speed", 40)
    good, bad = {"2015": 20.0, "2023": 32.0}, {"2015": 20.0, "2023": 20.5}
    edition(bare, 1, good)
    assert state(bare, "off") == set()
    edition(bare, 2, bad)
    assert cause(bare, "off") == ("firing", "revision")
    bare.at("2026-01-03T12:00:00Z", "releases", "reject", "2", "--reason", "a typing error")
    bare.at("2026-01-04T12:00:00Z", "check", "--offline")
    assert cause(bare, "off") == ("resolved", "revision")


def test_rejecting_the_only_release_of_a_period_is_a_withdrawal(bare):
    bare.add(OFF_TRACK)
    bare.target("speed", 40)
    edition(bare, 1, {"2015": 20.0, "2022": 30.0})
    edition(bare, 2, {"2015": 20.0, "2022": 30.0, "2023": 21.0})
    assert cause(bare, "off") == ("firing", "new_period")
    bare.at("2026-01-03T12:00:00Z", "releases", "reject", "2", "--reason", "not published yet")
    bare.at("2026-01-04T12:00:00Z", "check", "--offline")
    assert cause(bare, "off") == ("resolved", "withdrawal")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["accept", "9", "--reason", "x"], "there is no release 9"),
        (["reject", "1", "--reason", " "], "needs an author and a reason"),
        (["reject", "1"], "--reason"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_with_2(bare, words, said):
    edition(bare, 1, YEARS)
    assert said in bare.at("2026-01-02T12:00:00Z", "releases", *words, code=2).stderr


def test_accepting_what_is_believed_changes_nothing(bare):
    edition(bare, 1, YEARS)
    assert "believed already" in bare.at("2026-01-02T12:00:00Z", "releases", "accept", "1", "--reason", "x").stderr
    assert bare.count("decision") == 1


def test_an_acknowledged_finding_is_settled_for_its_alert_and_its_value(bare):
    """A value outside the bounds of its indicator."""
    source = COVERING.format(values={"2015": 20.0, "2023": -5.0}, edition="1")
    bare.plugin("speed", source=source.replace('("speed-survey",))]', '("speed-survey",), bounds=(0.0, None))]'))
    bare.add('[[rules]]\nid = "odd"\ncondition = "contradiction"\nseverity = "warning"')
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    (finding,) = bare.objects("findings")
    (verdict,) = bare.objects("status", "speed")
    assert finding["check"] == "bounds" and verdict["findings"] == [finding["id"]]
    assert state(bare, "odd") == {"firing"}
    bare.at("2026-01-02T12:00:00Z", "findings", "--acknowledge", finding["id"], code=2)
    words = ("findings", "--acknowledge", finding["id"], "--reason", "a known error", "--author", "Ada")
    bare.at("2026-01-02T12:00:00Z", *words)
    assert bare.objects("findings")[0]["acknowledged"] == "Ada: a known error"
    bare.at("2026-01-03T12:00:00Z", "check", "--offline")
    assert state(bare, "odd") == {"resolved"}
    assert bare.objects("status", "speed")[0]["findings"] == []
    assert bare.objects("findings", "--source", "speed-survey") and "open" not in bare.run("findings").stdout


def test_an_acknowledgement_of_a_finding_is_never_overwritten_and_can_be_taken_back(bare):
    source = COVERING.format(values={"2015": 20.0, "2023": -5.0}, edition="1")
    bare.plugin("speed", source=source.replace('("speed-survey",))]', '("speed-survey",), bounds=(0.0, None))]'))
    bare.add('[[rules]]\nid = "odd"\ncondition = "contradiction"\nseverity = "warning"')
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    id = bare.objects("findings")[0]["id"]
    day = "2026-01-02T12:00:00Z"
    assert "not acknowledged" in bare.at(day, "findings", "--withdraw", id, code=2).stderr
    bare.at(day, "findings", "--acknowledge", id, "--reason", "a known error", "--author", "Ada")
    again = bare.at(day, "findings", "--acknowledge", id, "--reason", "no idea", "--author", "Bob", code=2).stderr
    assert "acknowledged already, by Ada: a known error" in again and "--withdraw" in again
    assert bare.objects("findings")[0]["acknowledged"] == "Ada: a known error"
    bare.at("2026-01-03T12:00:00Z", "check", "--offline")
    assert state(bare, "odd") == {"resolved"}
    words = ("findings", "--withdraw", id[:6], "--author", "Bob", "--reason", "it is none")
    said = bare.at("2026-01-04T12:00:00Z", *words).stderr
    assert f"{id} is open again; it was acknowledged by Ada: a known error" in said
    assert bare.objects("findings")[0]["acknowledged"] is None
    assert [
        (one["at"], one["author"], one["reason"], one["withdrawn"])
        for one in bare.objects("findings")[0]["acknowledgements"]
    ] == [(day, "Ada", "a known error", False), ("2026-01-04T12:00:00Z", "Bob", "it is none", True)]
    bare.at("2026-01-05T12:00:00Z", "check", "--offline")
    assert state(bare, "odd") == {"firing"}


def test_a_finding_that_is_mended_at_the_source_is_gone_but_kept(bare):
    text = COVERING.replace('("speed-survey",))]', '("speed-survey",), bounds=(0.0, None))]')
    for day, value in ((1, -5.0), (2, 5.0)):
        bare.plugin("speed", source=text.format(values={"2015": 20.0, "2023": value}, edition="1"))
        bare.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline")
    open_ones = [one for one in bare.objects("findings") if not one["mended_by"]]
    assert open_ones == []
    assert len(bare.objects("findings", "--all")) == 1


def test_a_correction_that_its_source_has_made_needless_is_reported(bare):
    bare.plugin("speed", {"2015": 20.0, "2023": 210.0})
    correction = 'series = "speed"\nperiod = "2023"\naction = "scale"\nfactor = 0.1\nexpect = 210.0\n'
    (bare.folder / "corrections.toml").write_text(f'[[corrections]]\n{correction}reason = "a slip"\nwho = "Ada"\n')
    first = bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    assert "out of date" not in first.stderr
    assert bare.objects("status", "speed")[0]["value"] == 21.0
    bare.plugin("speed", {"2015": 20.0, "2023": 21.0}, edition="2")
    second = bare.at("2026-01-02T12:00:00Z", "check", "--offline")
    assert "The correction of speed 2023 is out of date: it expects 210, but there is 21" in second.stderr
    assert bare.objects("status", "speed")[0]["value"] == 21.0
    assert "correction: The correction of speed 2023 is out of date" in bare.run("doctor").stdout
