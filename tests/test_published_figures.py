"""What the published figures give as scripts and people read it: the annex again, and whose targets these are."""

import csv
import re
import tomllib
from pathlib import Path

import pytest

from carecmon import codelists

ROOT = Path(__file__).parent.parent
ANNEX = ROOT / "plugins" / "progress_report" / "tests" / "annex_1.txt"


def assessment(report, series):
    return next(one for one in report["assessments"] if one["series"] == series)


def test_road_fatalities_are_judged_against_the_official_target(checked):
    fatalities = assessment(checked.first, "road.fatalities{area=CAREC}")
    assert fatalities["official"] is True
    assert (fatalities["target"], fatalities["target_year"], fatalities["baseline"]) == (41000, 2030, 82000)
    assert fatalities["required_rate"] == pytest.approx(-3.406, abs=0.0005)


def whose(place):
    """Return, for each indicator that a target is written for, whether that is official."""
    written = {}
    for target in tomllib.loads(place.config.read_text("utf-8"))["targets"]:
        named = target["indicator"]
        for indicator in [named] if isinstance(named, str) else named:
            written.setdefault(indicator, set()).add(target["official"])
    assert all(len(flags) == 1 for flags in written.values()), "a test of its own is needed where an indicator has both"
    return {indicator: flags.pop() for indicator, flags in written.items()}


def test_every_target_says_whose_it_is_also_where_it_is_a_direction_without_a_number(checked):
    written = whose(checked)
    judged = [one for one in checked.first["assessments"] if one["official"] is not None]
    assert {one["indicator"] for one in judged} == set(written)
    assert {one["series"] for one in judged if one["official"] is not written[one["indicator"]]} == set()
    directions = {one["indicator"] for one in judged if one["target"] is None and one["status"] != "no_data"}
    assert {"ram.maturity", "energy.alliance-donors", "cpmm.swd"} <= directions


def test_only_what_the_program_published_is_official(checked):
    networks = {"transport.roads-built", "transport.rail-built", "transport.rail-improved"}
    assert {indicator for indicator, official in whose(checked).items() if official} == {
        *("road.fatalities", "energy.interconnection"),
        *networks,
    }
    for name in networks:
        assert assessment(checked.first, f"{name}{{area=CAREC}}")["status"] == "achieved"


def test_the_reason_of_a_verdict_says_whose_target_it_is(checked):
    for one in checked.first["assessments"]:
        if one["official"] is not None and one["value"] is not None and one["status"] != "discontinued":
            said = "Official target: " if one["official"] else "Working target, not official: "
            other = "Working target" if one["official"] else "Official target"
            assert said in one["why"] and other not in one["why"], one["series"]


def test_survey_indices_without_successor_say_discontinued(checked):
    ended = {one["status"] for one in checked.first["assessments"] if one["indicator"].startswith(("lpi.", "wef."))}
    assert ended == {"discontinued"}


def test_a_change_is_computed_from_the_values_and_never_copied_from_the_document(checked):
    pooled = assessment(checked.first, "cpmm.swd{area=CAREC,mode=all}")
    assert (pooled["value"], pooled["change"]) == (20.1, pytest.approx(1.2))  # the annex prints (1.7)


def annex_tables():
    for block in ANNEX.read_text("utf-8").strip().split("\n\n"):
        title, head, *rows = block.splitlines()
        yield pytest.param(title, head.split(" | "), [re.split(r" \| ?", row) for row in rows], id=title)


@pytest.fixture(scope="module")
def exported(checked):
    """Return the rows of observations.csv and of claims.csv in which the progress report states Annex 1."""
    folder = checked.folder / "export"
    done = checked.run("export", "--to", str(folder))
    assert done.returncode == 0, done.stderr
    files = []
    for name in ("observations.csv", "claims.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            files.append([row for row in csv.DictReader(lines) if row["source"] == "progress-report"])
    return files


def area_of(series):
    return re.search(r"[{,]area=([^,}]+)", series)[1]


def printed(figure):
    """Return the numbers of a printed figure, "1.95 [160]" or "(1.7)", each None where there is a dash."""
    score, rank = re.fullmatch(r"([-+(]?[\d.]*\)?)(?: ?\[(\d+)\])?", figure).groups()
    number = None if score in ("", "-") else -float(score[1:-1]) if score.startswith("(") else float(score)
    return number, int(rank) if rank else None


@pytest.mark.parametrize(("title", "head", "rows"), list(annex_tables()))
def test_the_annex_can_be_rebuilt_from_the_numbers_of_the_export(exported, title, head, rows):
    values, claims = ([row for row in part if row["location"] == f"Annex 1, {title}"] for part in exported)
    ranked = {row["indicator"] for row in values if row["indicator"].endswith("rank")}
    found = {(row["row"], row["column"], row["indicator"] in ranked): row for row in values}
    changes = {row["row"]: row for row in claims if row["kind"] == "change"}
    assert (len(found), len(changes)) == (len(values), len(claims)), "a cell stands there twice"
    for name, *figures in rows:
        area = codelists.areas().resolve(name.rstrip("*"))
        for column, figure in zip(head[1:3], figures[:2], strict=True):
            for number, rank in zip(printed(figure), (False, True), strict=True):
                if rank and not ranked:
                    continue
                row = found.pop((name, column, rank))
                assert (row["value"] and float(row["value"])) == ("" if number is None else number), row
                assert (row["status"] == "missing") is (number is None)
                assert (area_of(row["series"]), row["period"]) == (area, "/".join(re.findall(r"\d{4}", column)))
        if printed(change := figures[2])[0] is not None:
            row = changes.pop(name)
            assert (float(row["value"]), row["raw"].lstrip("'"), area_of(row["series"])) == (
                *(printed(change)[0], change, area),
            )
            years = [re.findall(r"\d{4}", column) for column in head[1:3]]
            assert [row["base_period"], row["period"]] == ["/".join(year) for year in years]
    assert (found, changes) == ({}, {})


WORDS = [
    ["check", "--offline"],
    ["check", "--offline", "--all"],
    ["status", "--all"],
    ["show", "cpmm.bcp-time"],
    ["show", "road.fatalities"],
    ["history", "cpmm.swd{area=CAREC,mode=road}"],
    ["alerts", "--all"],
    ["notify", "preview"],
    ["indicators"],
    ["sources"],
]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_nothing_that_is_printed_leaves_out_whose_target_it_is(checked, words):
    done = checked.run(*words)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        if re.search(r"\b(by|in) 2030\b|working path", line):
            assert re.search(r"official|working", line, re.I), line
