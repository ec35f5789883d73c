"""What goes away keeps its history and closes its alerts; what is renamed is found under both names."""

import re

PLUGIN = """
from pathlib import Path
from carecmon import (Better, Cell, Code, CodeList, Dimension, Document, Indicator, Observation, Period, Series, Source,
                      Text, hookimpl)
AREAS = CodeList("areas", [Code(code, Text(code)) for code in {areas}])
def parse(answer):
    for area, values in {values}.items():
        for period, value in values.items():
            yield Observation(Series.of("{id}", area=area), Period.parse(period), value, Cell("survey"))
@hookimpl
def register_sources():
    return [Source("survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, (Document("survey", edition="{edition}", data=(Path(__file__),)),))]
@hookimpl
def register_indicators():
    return [Indicator("{id}", Text("Test"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("survey",),
                      (Dimension("area", AREAS),), aliases={aliases})]
"""
RULE = '[[rules]]\nid = "low"\ncondition = "below"\nvalue = 50\nseverity = "warning"\nindicator = "*"'
OLD = {"2022": 20.0, "2023": 21.0}
#: One without figures, which stays watched: a check refuses to end all alerts where nothing is.
STAYS = '[indicators."aviation.e-freight"]'


def plugin(place, areas, values, *, id="speed", edition="1", aliases=None):
    text = PLUGIN.format(areas=areas, values=values, id=id, edition=edition, aliases=aliases or {})
    place.plugin("speed", source=text)
    if id != "speed":
        place.config.write_text(place.config.read_text("utf-8").replace('"speed"]', f'"{id}"]'), "utf-8")


def check(place, day):
    return place.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline")


def alerts(place):
    return {one["series"]: (one["state"], one["cause"]) for one in place.objects("alerts", "--all")}


def judged(place, *ids):
    return {one["series"] for one in place.objects("status", *ids)}


def test_a_label_that_goes_away_keeps_its_history_and_closes_its_alert(bare):
    bare.add(RULE)
    plugin(bare, ["north", "south"], {"north": OLD, "south": OLD})
    check(bare, 1)
    assert judged(bare) == {"speed{area=north}", "speed{area=south}"}
    plugin(bare, ["north"], {"north": OLD}, edition="2")
    check(bare, 2)
    assert judged(bare) == {"speed{area=north}"}
    assert alerts(bare) == {
        "speed{area=north}": ("firing", "first_assessment"),
        "speed{area=south}": ("resolved", "rule_changed"),
    }
    done = bare.run("history", "speed{area=south}")
    assert "2023" in done.stdout and "is not watched: it keeps its history" in done.stderr


def test_an_indicator_that_is_not_watched_any_more_says_so_and_closes_its_alerts(bare):
    bare.add(f"{STAYS}\n{RULE}")
    plugin(bare, ["north"], {"north": OLD})
    check(bare, 1)
    bare.config.write_text(bare.config.read_text("utf-8").replace('[indicators."speed"]', ""), "utf-8")
    check(bare, 2)
    assert alerts(bare) == {"speed{area=north}": ("resolved", "rule_changed")}
    done = bare.run("status", "speed")
    assert "speed is not watched, so it is not judged; its values: carecmon history speed" in done.stderr
    assert judged(bare, "speed") == set()
    assert [one["watched"] for one in bare.objects("indicators") if one["id"] == "speed"] == [False]
    assert len(bare.objects("history", "speed")) == 2


def test_a_plugin_that_goes_away_leaves_the_values_of_its_indicator(bare):
    bare.add(f"{STAYS}\n{RULE}")
    plugin(bare, ["north"], {"north": OLD})
    check(bare, 1)
    (bare.folder / "my-plugins" / "speed.py").unlink()
    text = bare.config.read_text("utf-8").replace('[indicators."speed"]', "")
    bare.config.write_text(re.sub("^plugin_dirs.*$", "plugin_dirs = []", text, flags=re.M), "utf-8")
    check(bare, 2)
    assert alerts(bare) == {"speed{area=north}": ("resolved", "rule_changed")}
    assert [one["value"] for one in bare.objects("history", "speed")] == [20.0, 21.0]
    assert "speed{area=north} is not watched" in bare.run("history", "speed").stderr
    gone = [one for one in bare.objects("indicators") if one["id"] == "speed"]
    assert [(one["watched"], one["plugin"]) for one in gone] == [(False, None)]
    assert "no installed plugin declares it any more" in bare.run("status", "speed").stderr


def test_a_broken_plugin_takes_nothing_away(bare):
    bare.add(RULE)
    plugin(bare, ["north"], {"north": OLD})
    check(bare, 1)
    (bare.folder / "my-plugins" / "speed.py").write_text("raise RuntimeError('no')")
    bare.at("2026-01-02T12:00:00Z", "check", "--offline", code=1)
    assert alerts(bare) == {"speed{area=north}": ("firing", "first_assessment")}


def test_a_label_renamed_by_an_alias_keeps_one_history(bare):
    bare.add(RULE)
    plugin(bare, ["nord"], {"nord": OLD})
    check(bare, 1)
    newer = {"2022": 20.0, "2023": 22.0, "2024": 23.0}
    plugin(bare, ["north"], {"north": newer}, edition="2", aliases={"area=nord": "area=north"})
    check(bare, 2)
    for name in ("speed{area=north}", "speed{area=nord}"):
        found = bare.objects("history", name, "--vintages")
        assert [(o["series"], o["period"], o["value"], o["edition"]) for o in found if o["period"] == "2023"] == [
            ("speed{area=north}", "2023", 21.0, "1"),
            ("speed{area=north}", "2023", 22.0, "2"),
        ]
    assert judged(bare) == {"speed{area=north}"}
    assert alerts(bare)["speed{area=nord}"] == ("resolved", "rule_changed")
    assert alerts(bare)["speed{area=north}"][0] == "firing"
    kinds = {(o["kind"], o["from"], o["to"]) for o in bare.objects("revisions", "--since", "2026-01-02")}
    assert kinds == {
        ("relabelled", "speed{area=nord}", "speed{area=north}"),
        ("revised", 21.0, 22.0),
        ("added", None, 23.0),
    }
    assert bare.run("db", "verify").returncode == 0


def test_an_indicator_renamed_by_an_alias_is_found_under_its_former_id(bare):
    bare.add(RULE)
    plugin(bare, ["north"], {"north": OLD})
    check(bare, 1)
    plugin(bare, ["north"], {"north": OLD}, id="pace", edition="2", aliases={"speed": "pace"})
    check(bare, 2)
    for name in ("speed", "pace", "speed{area=north}"):
        assert [one["value"] for one in bare.objects("history", name)] == [20.0, 21.0]
    assert judged(bare, "speed") == {"pace{area=north}"}
    assert bare.count("series") == 1
    assert alerts(bare)["speed{area=north}"] == ("resolved", "rule_changed")
    assert all(one["id"] != "speed" for one in bare.objects("indicators"))


def test_two_names_with_values_of_their_own_stay_apart_and_that_is_said(bare):
    plugin(bare, ["nord", "north"], {"nord": OLD, "north": OLD})
    check(bare, 1)
    plugin(bare, ["north"], {"north": OLD}, edition="2", aliases={"area=nord": "area=north"})
    assert "both have values of their own" in check(bare, 2).stderr
    assert len(bare.objects("history", "speed{area=north}")) == 2
