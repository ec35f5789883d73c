"""``carecmon ingest``: what a person hands over is recorded like what carecmon collects, or refused with the reason."""

import hashlib
import io
import json
import sqlite3
import zipfile

import openpyxl
import pytest

#: In the layout of the data files of CPMM; the figures are of its 2022 report.
HEAD = "country_code,transport_mode,year,tfi1_overall_average,tfi2_overall_average,tfi4_overall_average"
CPMM = f"{HEAD},margin\nREG,road,2021,13.6,357,21.5,\nREG,road,2022,9.9,208,23.4,\nKAZ,rail,2022,67.4,215,12.4,1\n"
ANNEX = "物流感知指数（LPI）\n国家,2023 年,2026 年,变化\n哈萨克斯坦,2.7 [79],2.9 [70],+0.2\n蒙古国,2.5 [97],-,\n"


class Desk:
    """A workspace, with a file to hand over in it."""

    def __init__(self, workspace):
        self.workspace = workspace

    def write(self, text, name="data.csv"):
        content = text.encode() if isinstance(text, str) else text
        (self.workspace.folder / name).write_bytes(content)
        return name

    def hand_over(self, text, *words, name="data.csv", source="cpmm-data", code=0):
        done = self.workspace.run("ingest", self.write(text, name), "--as", source, *words)
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def result(self, text, *words, **more):
        (one,) = json.loads(self.hand_over(text, "--format", "json", *words, **more).stdout)
        return one

    def history(self, series):
        return json.loads(self.workspace.run("history", series, "--format", "json").stdout)


@pytest.fixture
def desk(workspace):
    return Desk(workspace)


def counts(result):
    return tuple(result[name] for name in ("added", "revised", "withdrawn", "unchanged"))


def test_a_file_becomes_a_release_with_its_digest_and_its_content_kept(desk):
    result = desk.result(CPMM)
    assert (result["release"], counts(result), result["quarantine"]) == (1, (9, 0, 0, 0), None)
    assert result["warnings"] == ["data.csv: columns that are not used, and kept in the file: margin"]
    kept = hashlib.sha256(CPMM.encode()).hexdigest()
    assert (desk.workspace.database.parent / "raw" / kept[:2] / f"{kept}.gz").exists()
    with sqlite3.connect(desk.workspace.database) as db:
        assert db.execute("select digest, note from release").fetchall() == [(result["digest"], "ingested: data.csv")]


def test_people_read_what_was_recorded_and_what_comes_next(desk):
    done = desk.hand_over(CPMM)
    assert "cpmm-data: recorded as release 1: 9 added, 0 revised, 0 withdrawn, 0 unchanged" in done.stdout
    assert "margin" in done.stderr and "carecmon check" in done.stderr


def test_the_next_check_judges_what_was_handed_over_before_the_reports(desk):
    desk.hand_over(CPMM)
    report = desk.workspace.report("cpmm.swd")
    (road,) = [one for one in report["assessments"] if one["series"] == "cpmm.swd{area=CAREC,mode=road}"]
    assert road["sources"][0] == "cpmm-data"
    assert (road["period"], road["value"]) == ("2022", 23.4)


def test_the_same_file_twice_makes_no_second_release_also_under_another_name(desk):
    desk.hand_over(CPMM)
    again = desk.result(CPMM)
    renamed = desk.result(CPMM, name="renamed.csv")
    assert (again["release"], again["same_as"]) == (renamed["release"], renamed["same_as"]) == (None, 1)
    assert desk.workspace.count("release") == 1


def test_a_changed_file_is_a_revision_and_the_former_one_again_takes_it_back(desk):
    desk.hand_over(CPMM)
    revised = desk.result(CPMM.replace("23.4", "23.5"))
    back = desk.result(CPMM)
    assert counts(revised) == counts(back) == (0, 1, 0, 8)
    said = [one["value"] for one in desk.history("cpmm.swd{area=CAREC,mode=road}") if one["period"] == "2022"]
    assert said == [23.4]


def test_two_files_are_one_release(desk):
    points = "country_code,transport_mode,bcp_name,year,tfi1_inbound_average\nKAZ,rail,Dostyk,2022,76.0\n"
    result = desk.result(CPMM, desk.write(points, "points.csv"))
    assert (result["release"], result["added"], result["files"]) == (1, 10, ["data.csv", "points.csv"])


def test_a_dry_run_shows_the_same_and_writes_nothing(desk):
    dry = desk.result(CPMM, "--dry-run")
    assert not desk.workspace.database.exists()
    real = desk.result(CPMM)
    assert counts(dry) == counts(real) and dry["dry_run"]
    desk.result(CPMM.replace("23.4", "23.5"), "--dry-run")
    assert desk.workspace.count("release") == 1


def test_a_change_of_unit_is_held_in_quarantine_not_believed(desk):
    desk.hand_over(CPMM)
    heading, *rows = CPMM.strip().split("\n")
    thousandfold = [
        ",".join(str(float(cell) * 1000) if place > 2 and cell else cell for place, cell in enumerate(row.split(",")))
        for row in rows
    ]
    done = desk.hand_over("\n".join([heading, *thousandfold]), code=1)
    assert "held in quarantine, not believed: it changes 9 of 9 values by the same factor, about 1000" in done.stderr
    assert "releases accept 2" in done.stderr
    assert {one["value"] for one in desk.history("cpmm.swd{area=CAREC,mode=road}")} == {21.5, 23.4}


def test_a_negative_speed_is_held_in_quarantine_naming_the_cell_and_the_bound(desk):
    desk.hand_over(CPMM)
    done = desk.hand_over(CPMM.replace("23.4", "-23.4"), code=1)
    said = "it states -23.4 for cpmm.swd{area=CAREC,mode=road} 2022 (data.csv / row 3 / REG / road / 2022 /"
    assert said in done.stderr and "tfi4_overall_average), which is always at least 0" in done.stderr
    assert {one["value"] for one in desk.history("cpmm.swd{area=CAREC,mode=road}")} == {21.5, 23.4}


def test_an_impossible_value_that_was_accepted_once_is_not_held_back_again(desk):
    desk.hand_over(CPMM.replace("23.4", "-23.4"), code=1)
    desk.workspace.run("releases", "accept", "1", "--reason", "as printed")
    assert desk.result(CPMM.replace("23.4", "-23.4").replace("21.5", "21.6"))["quarantine"] is None
    found = [one for one in desk.workspace.report("cpmm.swd")["findings"] if one["source"] == "cpmm-data"]
    assert ("bounds", "2022") in {(one["check"], one["period"]) for one in found}


@pytest.mark.parametrize(("expect", "code"), [(-23.4, 0), (-1.0, 1)], ids=["that value", "another value"])
def test_an_impossible_value_is_believed_where_a_correction_is_declared_for(desk, expect, code):
    (desk.workspace.folder / "corrections.toml").write_text(
        f'[[corrections]]\nseries = "cpmm.swd{{area=CAREC,mode=road}}"\nperiod = "2022"\naction = "override"\n'
        f'expect = {expect}\nvalue = 23.4\nreason = "a sign"\nwho = "Ada"\n'
    )
    desk.hand_over(CPMM.replace("23.4", "-23.4"), code=code)


def test_a_dry_run_names_what_is_revised_from_what_to_what(desk):
    desk.hand_over(CPMM)
    done = desk.hand_over(CPMM.replace("23.4", "23.5").replace("9.9", "10.1"), "--dry-run")
    assert "would be recorded: 0 added, 2 revised" in done.stdout
    assert "  revised: cpmm.swd{area=CAREC,mode=road} 2022: 23.4 km/h to 23.5 km/h\n" in done.stdout
    many = "".join(f"KAZ,rail,{year},1,1,1,\n" for year in range(2010, 2020))
    desk.hand_over(f"{CPMM}{many}")
    for number, speed in enumerate("23456789"):
        many = many.replace(f"20{10 + number},1,1,1", f"20{10 + number},{speed},{speed},1")
    assert desk.hand_over(f"{CPMM}{many}", "--dry-run").stdout.endswith("  and 6 more\n")


REFUSED = {
    "an unknown country among good ones": (
        CPMM.replace("KAZ", "XYZ"),
        r"data.csv, row 4, column 1 (country_code): 'XYZ'",
    ),
    "a year far ahead": (CPMM.replace("KAZ,rail,2022", "KAZ,rail,2090"), "the period begins on 2090-01-01"),
    "a cell stated twice": (f"{CPMM}KAZ,rail,2022,1,2,3,\n", "is stated twice, as"),
    "no table": ("hello, world\n", "a heading with country_code, year and figures"),
    "another encoding": (CPMM.replace("REG", "ЦАРЭС").encode("cp1251"), "data.csv, row 2: the text is not UTF-8"),
    "decimal commas without quotes": (
        CPMM.replace("9.9,208,23.4,", "9,9,208,23,4,"),
        "data.csv, row 3, column 8: '4' behind the last heading; likely a number with a decimal comma",
    ),
    "nothing": ("", "no table of CPMM figures"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_as_a_whole_for(desk, content, said):
    done = desk.hand_over(content, code=1)
    assert said in done.stderr and "nothing was recorded" in done.stderr
    assert not desk.workspace.database.exists()


def bomb():
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(50 << 20))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [(bomb(), "more than 100 is taken for an attack"), (b"PK\x03\x04 and no more", "no sound workbook")],
    ids=["a bomb", "a stump"],
)
def test_a_hostile_workbook_is_refused_by_name(desk, content, said):
    done = desk.hand_over(content, name="data.xlsx", code=1)
    assert "data.xlsx: it" in done.stderr.replace("its part", "it") and said in done.stderr


def test_an_annex_is_an_edition_of_the_progress_report_with_its_claims(desk):
    desk.workspace.check("lpi.score")
    words = ("--edition", "2027", "--published", "2026-05-30")
    result = desk.result(ANNEX, *words, source="progress-report")
    assert counts(result) == (4, 0, 0, 4)  # the figures of 2023 stand in the edition of 2024 already
    assert desk.workspace.count("claim where release = (select max(id) from release)") == 1
    said = desk.history("lpi.score{area=KAZ}")
    assert [(one["value"], one["edition"], one["published"]) for one in said if one["period"] == "2026"] == [
        (2.9, "2027", "2026-05-30")
    ]
    again = desk.result(ANNEX, *words, source="progress-report")
    assert (again["release"], again["same_as"]) == (None, result["release"])
    desk.workspace.check("lpi.score")


WRONG = {
    "a source that does not exist": (["--as", "cpmm-dat"], "did you mean cpmm-data"),
    "a source that reads no files": (
        ["--as", "lct-brief"],
        "those that do: cpmm-data, ember, imf-lct, progress-report",
    ),
    "an edition that is not said": (["--as", "progress-report"], "say which one with --edition"),
    "a date that is none": (["--as", "cpmm-data", "--published", "May"], "--published: 'May' is not"),
    "a date in another form": (
        ["--as", "cpmm-data", "--published", "30.05.2025"],
        "'30.05.2025' is not a publication date; write 2024-05-30, 2024-05, 2024 or nothing",
    ),
    "a day in the future": (
        ["--as", "cpmm-data", "--published", "2999-01-01"],
        "--published: 2999-01-01 is in the future; today is",
    ),
    "an edition that is none": (
        ["--as", "progress-report", "--edition", "garbage"],
        "write the year or the time of it: 2025, 2025-06, 2025-Q2 or 2025-06-30; those of progress-report are 2024",
    ),
    "an edition far ahead": (["--as", "progress-report", "--edition", "2999"], "found 2999, which is years ahead"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_the_command_line_is_wrong_with(desk, words, said):
    done = desk.workspace.run("ingest", desk.write(CPMM), *words)
    assert done.returncode == 2 and said in done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.csv", "there is no such file"),
        (".", "it is no file"),
        ("data.pdf", "reads .csv or .xlsx files, not .pdf"),
    ],
)
def test_a_file_that_cannot_be_meant_is_a_mistake_on_the_command_line(desk, name, said):
    desk.write(CPMM, "data.pdf")
    done = desk.workspace.run("ingest", name, "--as", "cpmm-data")
    assert done.returncode == 2 and said in done.stderr


def test_a_store_that_cannot_be_used_is_code_5(desk):
    (desk.workspace.folder / "db").write_text("a file where the folder should be")
    desk.hand_over(CPMM, code=5)


def test_figures_of_the_imf_that_differ_much_from_another_source_are_a_finding_and_a_little_is_none(desk):
    other = """
from pathlib import Path
from carecmon import *
LABELS = dict(area="KAZ", codes="default", partner="WLD", product="all")
def parse(answer):
    for year in ("2021", "2022"):
        yield Observation(Series.of("lct.imports", LABELS), Period.parse(year), 1500.0, Cell("other"))
@hookimpl
def register_sources():
    other = Document("other", edition="1", data=(Path(__file__),))
    return [Source("other", "P", Text("S"), "", "", "", parse, (other,))]
"""
    desk.workspace.plugin("other", source=other)
    config = desk.workspace.config.read_text("utf-8").replace('[indicators."other"]', "")
    config = config.replace('[indicators."lct.imports"]', '[indicators."lct.imports"]\nprefer = ["other", "imf-lct"]')
    desk.workspace.config.write_text(config, "utf-8")
    table = (
        "ISO3,Indicator,Unit,Scale,F2021,F2022\n"
        "KAZ,Imports of low carbon technology products,US Dollars,Units,1560000000,1700000000\n"
    )
    assert desk.result(table, source="imf-lct")["added"] == 2
    found = [
        one
        for one in desk.workspace.report("lct.imports")["findings"]
        if one["check"] == "conflict" and "imf" in one["source"]
    ]
    assert [(one["series"], one["period"]) for one in found] == [
        ("lct.imports{area=KAZ,codes=default,partner=WLD,product=all}", "2022")
    ]
