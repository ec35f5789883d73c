"""What was known when: revisions, looking back, and the cell of every value a period ever had."""

import csv
import json
import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import SPEED as SPEED_PLUGIN

PLUGINS = Path(__file__).parents[1] / "plugins"

KAZ = "cpmm.bcp-time{area=KAZ,direction=overall,mode=road}"
TJK = "cpmm.bcp-time{area=TJK,direction=overall,mode=road}"
RAIL = "cpmm.swd{area=CAREC,mode=rail}"


@pytest.mark.parametrize(("series", "before", "after"), [(KAZ, 8.7, 8.6), (TJK, 4.4, 4.7)])
def test_a_value_that_a_later_report_printed_differently_is_a_revision(checked, series, before, after):
    found = [one for one in checked.objects("revisions", "cpmm.bcp-time") if one["kind"] == "revised"]
    (one,) = [one for one in found if one["series"] == series]
    assert (one["period"], one["from"], one["to"], one["source"], one["edition"]) == (
        *("2020", before, after, "cpmm-report", "2022"),
    )
    assert one["change"] == pytest.approx(after - before) and one["within_precision"] is False
    assert one["change_percent"] == pytest.approx(100 * (after - before) / before)
    assert (one["raw_before"], one["raw"]) == (str(before), str(after))


@pytest.mark.parametrize(("series", "values"), [(KAZ, [8.7, 8.6]), (TJK, [4.4, 4.7])])
def test_history_shows_every_value_a_period_ever_had_with_edition_and_cell(checked, series, values):
    found = [one for one in checked.objects("history", series, "--vintages") if one["period"] == "2020"]
    assert [one["value"] for one in found] == values
    assert [one["edition"] for one in found] == ["2020", "2022"]
    assert [one["raw"] for one in found] == [str(value) for value in values]
    assert all(one["location"] and one["row"] and one["observed"] for one in found)


def test_history_without_vintages_shows_the_newest_value_only(checked):
    assert [one["value"] for one in checked.objects("history", KAZ) if one["period"] == "2020"] == [8.6]


def test_history_shows_the_interval_that_a_source_prints_with_a_value(checked):
    series = "lpi.score{area=UZB}"
    ends = {one["period"]: (one["lower"], one["upper"]) for one in checked.objects("history", series)}
    assert (ends["2012"], ends["2016"]) == ((2.0, 2.93), (None, None))
    assert "2.46 (2.00 to 2.93)" in checked.run("history", series).stdout


def test_a_corrected_cell_keeps_the_value_of_its_source_and_says_what_is_judged(checked):
    (cell,) = [o for o in checked.objects("history", RAIL) if (o["period"], o["source"]) == ("2021", "cpmm-report")]
    assert cell["value"] == 38.0 and cell["correction"].startswith("the printed 38.0 is judged as 12.1")
    text = checked.run("history", RAIL).stdout
    assert "38.0 km/h*" in text and "* 2021, cpmm-report: the printed 38.0 is judged as 12.1" in text


def test_the_export_names_the_correction_beside_the_value_of_the_source(checked, tmp_path):
    assert checked.run("export", "--to", str(tmp_path)).returncode == 0
    with (tmp_path / "observations.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["correction"]]
    declared = tomllib.loads((PLUGINS / "corrections.toml").read_text("utf-8"))["corrections"]
    assert len(rows) == len(declared)
    assert {(row["series"], row["period"], row["source"], float(row["value"])) for row in rows} == {
        (one["series"], one["period"], one["source"], one["expect"]) for one in declared
    }
    rows = [row for row in rows if row["source"] == "cpmm-report"]
    assert {(row["series"], row["period"], row["source"], row["value"]) for row in rows} == {
        ("cpmm.swd{area=CAREC,mode=rail}", "2021", "cpmm-report", "38"),
        ("cpmm.swod{area=CAREC,mode=rail}", "2021", "cpmm-report", "41.6"),
        ("cpmm.swd{area=PAK,mode=road}", "2019", "cpmm-report", "28.2"),
        ("cpmm.swod{area=PAK,mode=road}", "2019", "cpmm-report", "10.6"),
    }


def test_a_verdict_that_rests_on_a_corrected_value_says_so_in_every_output(checked):
    series = "cpmm.swd{area=PAK,mode=road}"
    (verdict,) = [one for one in checked.objects("status", "cpmm.swd") if one["series"] == series]
    assert [one["period"] for one in verdict["corrections"]] == ["2019"]
    assert "is judged as 10.6" in verdict["corrections"][0]["says"]
    assert "10.6* in 2019" in checked.run("status", "cpmm.swd").stdout
    assert "* a correction is in force" in checked.run("status", "cpmm.swd").stdout
    shown = checked.run("show", "cpmm.swd").stdout
    assert "Corrections in force" in shown and "Pakistan, Road, 2019: the printed 28.2 is judged as 10.6" in shown


def test_show_and_status_mention_the_findings_that_touch_the_judged_value(checked):
    rail = next(one for one in checked.objects("status", "cpmm.swd") if one["series"] == RAIL)
    described = checked.objects("show", "cpmm.swd")
    (conflict,) = [one for one in described["findings"] if one["id"] in rail["findings"]]
    assert conflict["check"] == "conflict" and conflict["period"] == "2022"
    shown = checked.run("show", "cpmm.swd").stdout
    assert "11.9 km/h!" in shown and f"{conflict['id']}  warning  conflict" in shown


def test_a_wrong_printed_change_is_no_doubt_about_the_values_beside_it(checked):
    pooled = next(o for o in checked.objects("status", "cpmm.swd") if o["series"] == "cpmm.swd{area=CAREC,mode=all}")
    assert pooled["findings"] == []


def test_looking_back_by_publication_says_how_many_releases_have_no_exact_day(checked):
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for words in (["status"], ["history", KAZ], ["releases", "list"], ["revisions"], ["show", "cpmm.swd"]):
        done = checked.run(*words, "--as-of", f"published:{today}")
        assert done.returncode == 0
        assert "releases have no exact day of publication" in done.stderr, words


def test_what_was_published_later_is_not_seen_when_looking_back(checked):
    assert {
        o["edition"] for o in checked.objects("releases", "list", "lpi-editions", "--as-of", "published:2013-06-30")
    } == {
        *("2007", "2010", "2012"),
    }
    then = checked.objects("history", "lpi.score{area=UZB}", "--as-of", "published:2013-06-30")
    assert [one["period"] for one in then] == ["2007", "2010", "2012"]


SPEED = "speed"


def editions(workspace, *editions):
    """Record editions of the test indicator, one on each day of January 2026."""
    for day, (edition, values) in enumerate(editions, 1):
        workspace.plugin(SPEED, values, edition=edition)
        workspace.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline", SPEED)


def believed(workspace, as_of):
    return {o["period"]: o["value"] for o in workspace.objects("history", SPEED, "--as-of", as_of)}


def test_every_day_has_its_own_past_and_late_editions_do_not_change_it(bare):
    editions(bare, ("2020", {"2019": 1.0}), ("2022", {"2019": 1.0, "2021": 3.0}), ("2021", {"2019": 2.0, "2020": 2.5}))
    assert believed(bare, "2025-12-31") == {}
    assert believed(bare, "2026-01-01") == {"2019": 1.0}
    assert believed(bare, "2026-01-02") == {"2019": 1.0, "2021": 3.0}
    assert believed(bare, "2026-01-03") == {"2019": 1.0, "2020": 2.5, "2021": 3.0}
    assert [r["edition"] for r in bare.objects("releases", "list")] == ["2020", "2021", "2022"]


def test_a_check_as_of_a_day_judges_what_was_believed_then_and_writes_nothing(bare):
    editions(bare, ("1", {"2015": 20.0, "2023": 21.0}), ("2", {"2015": 20.0, "2023": 25.0}))
    before = bare.database.read_bytes()
    report = json.loads(bare.at("2026-02-01T00:00:00Z", "check", "--as-of", "2026-01-01", "--format", "json").stdout)
    assert [one["value"] for one in report["assessments"]] == [21.0]
    assert bare.database.read_bytes() == before


def test_revisions_since_a_day_are_those_observed_from_then_on(bare):
    editions(
        bare,
        ("1", {"2020": 10.0, "2021": 11.0}),
        ("2", {"2020": 10.5, "2021": 11.0}),
        ("3", {"2020": 10.5, "2021": 11.04, "2022": 12.0}),
    )
    kinds = [(o["kind"], o["period"], o["from"], o["to"]) for o in bare.objects("revisions", "--since", "2026-01-02")]
    assert kinds == [
        ("revised", "2020", 10.0, 10.5),
        ("revised", "2021", 11.0, 11.04),
        ("added", "2022", None, 12.0),
    ]
    assert len(bare.objects("revisions", "--since", "2026-01-03")) == 2
    assert len(bare.objects("revisions", "--since", "2026-01-02", "--as-of", "2026-01-02")) == 1


def test_a_withdrawn_value_is_gone_from_what_is_believed_and_nowhere_else(bare):
    """An edition that covers 2020 to 2022 leaves 2021 out: withdrawn in it, believed before it, back after it."""
    covering = SPEED_PLUGIN.replace(
        "data=(Path(__file__),))",
        'data=(Path(__file__),), covers=(Covered("speed", Period.parse("2020"), Period.parse("2022")),))',
    ).replace("import Better, Cell,", "import Better, Cell, Covered,")
    whole = {"2019": 9.0, "2020": 10.0, "2021": 11.0, "2022": 12.0}
    for day, left_out in ((1, ()), (2, ("2019", "2021")), (3, ())):
        values = {year: value for year, value in whole.items() if year not in left_out}
        source = covering.format(id="speed", values=values, edition=str(day), before="pass", limit=60)
        bare.plugin(SPEED, source=source)
        bare.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline", SPEED)
        if day == 2:
            assert [one["period"] for one in bare.objects("status", SPEED)] == ["2022"]
            told = {one["period"]: (one["value"], one["status"]) for one in bare.objects("history", SPEED)}
            assert "2021" not in told
            assert told["2019"] == (9.0, "normal"), "what an edition does not cover it does not withdraw"
            assert "withdrawn" in bare.run("history", SPEED, "--vintages").stdout
            assert bare.run("export", "--to", "then").returncode == 0
            with (bare.folder / "then" / "observations.csv").open(encoding="utf-8", newline="") as lines:
                assert [row["period"] for row in csv.DictReader(lines)] == ["2019", "2020", "2022"]
    changes = [(o["kind"], o["from"], o["to"]) for o in bare.objects("revisions") if o["period"] == "2021"]
    assert changes == [("added", None, 11.0), ("withdrawn", 11.0, None), ("added", None, 11.0)]
    assert [believed(bare, f"2026-01-{day:02}").get("2021") for day in (1, 2, 3)] == [11.0, None, 11.0]
    assert [one["status"] for one in bare.objects("history", SPEED, "--vintages") if one["period"] == "2021"] == [
        *("normal", "withdrawn", "normal"),
    ]


@pytest.mark.parametrize(
    ("published", "late"),
    [("2025-08-01", None), ("2025-12-31", 126), ("2025-12", None), ("", None)],
    ids=["in time", "late", "in some month", "on an unknown day"],
)
def test_history_says_by_how_many_days_a_period_came_late_where_the_day_is_known(bare, published, late):
    """180 days after its end a period is usual, 60 days later it is late: 2024 from 28 August 2025 on."""
    source = SPEED_PLUGIN.replace("import Better", "import Published, ReleaseCalendar, Better").replace(
        "data=(Path(__file__),)", f'data=(Path(__file__),), published=Published.parse("{published}")'
    )
    calendar = "calendar=ReleaseCalendar(timedelta(days=180), timedelta(days=60))"
    source = source.replace('("{id}-survey",))]', f'("{{id}}-survey",), {calendar})]')
    source = f"from datetime import timedelta\n{source}"
    values = {"2024": 20.0}
    bare.plugin(SPEED, source=source.format(id=SPEED, values=values, edition="1", before="pass", limit=60))
    bare.at("2030-01-01T12:00:00Z", "check", "--offline")
    assert [one["days_late"] for one in bare.objects("history", SPEED)] == [late]
    assert ("2024 arrived 126 days late" in bare.run("history", SPEED).stdout) == (late is not None)


def test_a_change_smaller_than_the_last_printed_digit_is_marked(bare):
    editions(bare, ("1", {"2020": 10.0, "2021": 11.0}), ("2", {"2020": 10.04, "2021": 11.1}))
    marked = {o["period"]: o["within_precision"] for o in bare.objects("revisions") if o["kind"] == "revised"}
    assert marked == {"2020": True, "2021": False}
    assert "~ +0.04" in bare.run("revisions", SPEED).stdout


def test_the_same_file_twice_is_one_release(bare):
    editions(bare, ("1", {"2020": 10.0}), ("1", {"2020": 10.0}))
    assert len(bare.objects("releases", "list")) == 1


def test_the_clock_of_trials_is_refused_outside_tests(bare):
    for name, value in (("CARECMON_NOW", "2026-01-01T00:00:00Z"), ("CARECMON_FAULT", "commit:1")):
        environment = {k: v for k, v in os.environ.items() if k != "CARECMON_TESTING"} | {name: value}
        done = bare.run("check", "--offline", env=environment)
        assert done.returncode == 2 and f"{name} is set, which is for trials only" in done.stderr
        assert not bare.database.exists()


COVERING = """
from pathlib import Path
from carecmon import Better, Cell, Covered, Document, Indicator, Observation, Period, Series, Source, Text, hookimpl
YEARS = {years}
def parse(answer):
    for year in YEARS:
        yield Observation(Series("speed"), Period.parse(str(year)), year - 2000.0, Cell("survey", "page 3"))
@hookimpl
def register_sources():
    covers = (Covered("speed", Period.parse("2012"), Period.parse("2021")),)
    survey = Document("survey", edition="{edition}", data=(Path(__file__),), covers=covers)
    return [Source("survey", "Example Institute", Text("Survey"), "https://example.org", "", "", parse, (survey,))]
@hookimpl
def register_indicators():
    return [Indicator("speed", Text("Speed"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("survey",))]
"""


def test_a_value_that_a_later_edition_leaves_out_is_believed_no_more_and_its_past_says_withdrawn(bare):
    for day, years in enumerate((range(2012, 2022), range(2012, 2021)), 1):
        bare.plugin("speed", source=COVERING.format(years=list(years), edition=day))
        done = bare.at(f"2026-01-0{day}T12:00:00Z", "check", "--offline", "speed", "--format", "json")
    (verdict,) = json.loads(done.stdout)["assessments"]
    assert (verdict["period"], verdict["value"]) == ("2020", 20)
    assert "2021" not in {o["period"] for o in bare.objects("history", "speed")}
    assert believed(bare, "2026-01-01")["2021"] == 21
    past = [o for o in bare.objects("history", "speed", "--vintages") if o["period"] == "2021"]
    assert [(o["edition"], o["value"], o["status"]) for o in past] == [("1", 21, "normal"), ("2", None, "withdrawn")]
    assert "withdrawn" in bare.run("history", "speed", "--vintages").stdout
    (gone,) = [o for o in bare.objects("revisions", "speed") if o["kind"] == "withdrawn"]
    assert (gone["period"], gone["from"], gone["to"], gone["edition"]) == ("2021", 21, None, "2")
    assert "Withdrawn (1)" in bare.run("revisions").stdout


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        pytest.param([], [], id="what is said now"),
        pytest.param(["--vintages"], [("1", "21", "normal", "false"), ("2", "", "withdrawn", "false")], id="all"),
    ],
)
def test_the_export_has_a_withdrawn_value_among_all_editions_only(bare, words, stated):
    for edition, years in enumerate((range(2012, 2022), range(2012, 2021)), 1):
        bare.plugin("speed", source=COVERING.format(years=list(years), edition=edition))
        bare.check("speed")
    assert bare.run("export", "--to", str(bare.folder / "out"), *words).returncode == 0
    with (bare.folder / "out" / "observations.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["period"] == "2021"]
    assert [(row["edition"], row["value"], row["status"], row["judged"]) for row in rows] == stated


def test_nine_months_are_shown_but_compared_with_nine_months_only(bare):
    bare.plugin(SPEED, {"2022": 80.0, "2023": 89.0, "2024-01/2024-09": 69.0}, edition="1")
    bare.target(SPEED, 120)
    (now,) = bare.report(SPEED)["assessments"]
    assert (now["period"], now["value"], now["change"], now["status"]) == (
        "2024-01/2024-09",
        69,
        None,
        "not_enough_data",
    )
    said = {"2023-01/2023-09": 60.0, "2023": 89.0, "2024-01/2024-09": 69.0}
    bare.plugin(SPEED, said, edition="2")
    (now,) = bare.report(SPEED)["assessments"]
    assert (now["value"], now["change"], now["baseline"], now["baseline_period"]) == (69, 9, 60, "2023-01/2023-09")
    bare.plugin(SPEED, {**said, "2022": 80.0, "2024": 95.0}, edition="3")
    (now,) = bare.report(SPEED)["assessments"]
    assert (now["period"], now["change"], now["baseline_period"]) == ("2024", 6, "2022")


def test_the_table_of_revisions_says_the_unit_of_each_value_and_the_name_of_each_state(checked):
    row = next(line for line in checked.run("revisions").stdout.splitlines() if line.startswith(KAZ))
    assert " 8.7 h " in row and " 8.6 h " in row
    states = checked.run("revisions", "energy.interconnection").stdout
    assert "Partially operational" in states and " partial " not in states
    dollars = checked.run("revisions", "cpmm.section-cost").stdout.splitlines()
    assert all(" USD" in line for line in dollars if line.startswith("cpmm.section-cost{"))
