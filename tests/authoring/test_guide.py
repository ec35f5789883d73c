"""docs/plugins.md is right: its plugin is written to files as it stands there, and does what the page says."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from carecmon import Order, Source, Text

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.S))


@pytest.fixture
def schools(bench):
    """Give the folder of the plugin of the page, in a folder with its settings."""
    for name, text in EXAMPLES.items():
        if name.startswith("schools/"):
            path = bench.plugins / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    (bench.folder / "indicators.toml").write_text(EXAMPLES["indicators.toml"], "utf-8")
    return bench.plugins / "schools"


def check(bench, *words, code=0):
    """Check offline; return what is said of each series, by name."""
    done = bench.run("check", "--offline", "--all", "--format", "json", *words, code=code)
    report = json.loads(done.stdout)
    return {one["series"]: one for one in report["assessments"]}, report, done.stderr


def test_it_keeps_the_contract_and_its_own_tests_pass(bench, schools):
    assert bench.lines("schools") == []
    pytest_of = [sys.executable, "-m", "pytest", "-q", "-p", "carecmon.testing", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*pytest_of, "--import-mode=importlib", schools], cwd=bench.folder, capture_output=True, text=True
    )
    assert "2 passed" in done.stdout, done.stdout


def test_a_newer_edition_revises_and_what_it_covers_and_leaves_out_is_withdrawn(bench, schools):
    seen, _, _ = check(bench)
    kazakhstan = seen["schools.online{area=KAZ,kind=all}"]
    assert (kazakhstan["value"], kazakhstan["period"]) == (94.0, "2023")
    assert seen["schools.online{area=UZB,kind=all}"]["value"] is None
    revisions = bench.run("revisions").stdout
    assert "91.4" in revisions and "91.6" in revisions and "70.1" in revisions


def test_without_coverage_a_row_that_is_gone_withdraws_nothing(bench, schools, change):
    change(schools / "__init__.py", "covers=(Covered(ONLINE.id, *covered), Covered(PROGRAMME.id, *covered)),", "")
    assert check(bench)[0]["schools.online{area=UZB,kind=all}"]["value"] == 70.1


def test_a_state_is_printed_by_its_name_and_reaches_its_milestone(bench, schools):
    seen, _, _ = check(bench)
    programme = seen["schools.programme{area=KAZ}"]
    assert programme["status"] == "achieved"
    assert "done" in bench.run("status", "schools.programme").stdout


def test_with_a_calendar_the_next_figure_is_late_and_without_one_never(bench, schools, change):
    seen, _, _ = check(bench)
    assert seen["schools.online{area=KAZ,kind=all}"]["freshness"] in ("late", "missing")
    change(
        schools / "__init__.py", "calendar=ReleaseCalendar(lag=timedelta(days=150), grace=timedelta(days=60)),", ""
    )  # fmt: skip
    seen, _, _ = check(bench)
    assert seen["schools.online{area=KAZ,kind=all}"]["freshness"] not in ("late", "missing", "due")


def test_a_changed_reader_is_used_once_its_version_is_raised(bench, schools, change):
    declared = "parse=transcription.reader({PROGRAMME.id: STATES}),"
    mend = """
from dataclasses import replace
READ = transcription.reader({PROGRAMME.id: STATES})
def mended(answer):
    for one in READ(answer):
        yield replace(one, value=95.0) if one.value == 94.0 else one

"""
    check(bench)
    change(schools / "__init__.py", declared, "parse=mended,")
    change(schools / "__init__.py", "REPORT = Source(", f"{mend}\nREPORT = Source(")
    assert check(bench)[0]["schools.online{area=KAZ,kind=all}"]["value"] == 94.0
    change(schools / "__init__.py", "parse=mended,", 'parse=mended, reader_version="2",')
    assert check(bench)[0]["schools.online{area=KAZ,kind=all}"]["value"] == 95.0


def test_an_edition_that_is_a_number_is_refused(bench, schools, change):
    change(schools / "__init__.py", "edition=year,", "edition=int(year),")
    ((line, found, remedy),) = bench.lines("schools", code=1)
    assert line == "it loads" and "edition is 2022" in found and 'edition="2022"' in remedy


def test_a_source_that_fails_costs_nothing_where_something_older_is_stored_and_else_the_exit_code(
    bench, schools, change
):
    good = (schools / "2023.csv").read_text("utf-8")
    change(schools / "2023.csv", 'area=KAZ,kind=all}",2023,94.0', 'area=Kazakhstan,kind=all}",2023,94.0')
    (schools / "2022.csv").rename(schools / "2022.gone")
    seen, _, said = check(bench, code=1)
    assert "2022.csv" in said
    (schools / "2022.gone").rename(schools / "2022.csv")
    seen, _, said = check(bench)
    assert seen["schools.online{area=KAZ,kind=all}"]["value"] == 91.4
    assert "area=Kazakhstan is not in the code list" in said
    (schools / "2023.csv").write_text(good, "utf-8")
    assert check(bench)[0]["schools.online{area=KAZ,kind=all}"]["value"] == 94.0


def test_a_number_without_a_place_says_not_recorded(bench, schools, change):
    change(schools / "2023.csv", "94.0,94.0,table 2,Kazakhstan,2023,", "94.0,94.0,,,,")
    change(schools / "2023.csv", "91.6,91.6,table 2,Kazakhstan,2022,", "91.6,,,,,")
    assert "1 of 8 say no more than the document" in bench.run("plugins", "test", "my-plugins/schools").stdout
    check(bench)
    bench.run("export", "--to", "out")
    with (bench.folder / "out" / "observations.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["indicator"] == "schools.online" and row["value"] == "94"]
    assert (row["document"], row["location"], row["raw"]) == ("schools-2023", "not recorded", "94.0")


def test_pages_are_one_answer_and_what_has_no_number_is_missing(tmp_path, source_server, source_client):
    example = {}
    exec(EXAMPLES["paged.py"], example)
    source = Source(
        "users", "Example Institute", Text("Users"), "https://example.org", "CC BY 4.0", "Example Institute",
        example["parse"], fetch=example["fetch"], order=Order.OBSERVED, api="https://api.example.org",
    )  # fmt: skip
    server = source_server()
    rows = [("KAZ", "2022", "92.3", ""), ("KAZ", "2023", "92.9", "E"), ("UZB", "2023", None, "")]
    for page, some in enumerate((rows[:2], rows[2:]), start=1):
        data = [dict(zip(("country", "year", "value", "flag"), row, strict=True)) for row in some]
        server.add("/internet-users", {"pages": 2, "data": data}, query={"page": str(page)})
    (answer,) = source.fetch(source_client(source, server.url), {})
    assert [(str(one.series), str(one.period), one.value, one.status.name) for one in source.parse(answer)] == [
        ("internet.users{area=KAZ}", "2022", 92.3, "NORMAL"),
        ("internet.users{area=KAZ}", "2023", 92.9, "ESTIMATED"),
        ("internet.users{area=UZB}", "2023", None, "MISSING"),
    ]
    assert [asked.query["page"] for asked in server.requests] == ["1", "2"]
