"""Commands that read, on the published figures, checked once."""

import csv
import io
import json

import pytest

from carecmon.cli import run
from carecmon.cli.alerts import ALERTS
from carecmon.cli.findings import FINDINGS
from carecmon.cli.lists import INDICATORS, PLUGINS, SOURCES
from carecmon.cli.releases import RELEASES
from carecmon.cli.verdicts import COLUMNS

KAZ = "cpmm.bcp-time{area=KAZ,direction=outbound,mode=road}"


@pytest.fixture
def carecmon(checked, monkeypatch, capsys):
    """Run a command in the checked folder; return its exit code, stdout and stderr."""

    def call(*words):
        monkeypatch.chdir(checked.folder)
        capsys.readouterr()
        code = run(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def objects(carecmon):
    """Run a command with --format json; return what it printed."""

    def call(*words):
        code, out, err = carecmon(*words, "--format", "json")
        assert code == 0, err
        return json.loads(out)

    return call


def test_status_shows_headlines_grouped_by_sector_and_pillar(carecmon):
    code, out, err = carecmon("status")
    assert (code, err) == (0, "")
    assert "TRANSPORT  Road Safety" in out and "and 21 more: carecmon status cpmm.swd" in out


def test_status_of_an_indicator_shows_every_series_of_it(carecmon, objects):
    _, out, _ = carecmon("status", "cpmm.swd")
    assert "more:" not in out and "Corridor 3" in out
    assert {one["indicator"] for one in objects("status", "cpmm.swd")} == {"cpmm.swd"}


def test_status_as_csv_has_the_columns_of_an_assessment(carecmon):
    _, out, _ = carecmon("status", "--format", "csv")
    head, *rows = csv.reader(io.StringIO(out))
    assert tuple(head) == COLUMNS
    (fatalities,) = [dict(zip(head, row, strict=True)) for row in rows if row[0].startswith("road.fatalities")]
    assert (fatalities["official"], fatalities["target"]) == ("true", "41000")


def test_check_prints_the_same_verdicts_as_csv_or_as_one_line_for_nagios(carecmon):
    code, out, _ = carecmon("check", "cpmm.samples", "--offline", "--dry-run", "--format", "csv")
    head, *rows = csv.reader(io.StringIO(out))
    assert (code, tuple(head)) == (0, COLUMNS) and {row[1] for row in rows} == {"cpmm.samples"}
    code, out, _ = carecmon("check", "cpmm.samples", "--offline", "--dry-run", "--format", "nagios")
    assert out.startswith("CARECMON ") and out.count("\n") == 1 and code in (0, 1, 2)


def test_scripts_can_tell_what_is_expected_from_what_has_no_calendar(carecmon, objects):
    assert {one["calendar"] for one in objects("status", "aviation.e-freight")} == {False}
    assert {one["calendar"] for one in objects("status", "cpmm.swd")} == {True}
    code, out, _ = carecmon("status", "aviation.e-freight", "--format", "csv")
    assert code == 0 and {row["calendar"] for row in csv.DictReader(io.StringIO(out))} == {"false"}


def test_nagios_hears_a_warning_where_an_official_target_is_behind(carecmon):
    words = ("check", "energy.interconnection", "--offline", "--dry-run")
    code, out, _ = carecmon(*words, "--format", "nagios")
    assert code == 1 and out.startswith("CARECMON WARNING") and out.count("\n") == 1
    assert carecmon(*words)[0] == 0
    assert carecmon(*words, "--fail-on", "warning")[0] == 3


def test_nagios_hears_unknown_where_the_check_cannot_be_made(carecmon):
    code, out, err = carecmon("check", "nothing.like.it", "--format", "nagios")
    assert (code, err) == (3, "")
    assert out.startswith("CARECMON UNKNOWN - there is no indicator 'nothing.like.it'")


def test_status_as_of_a_day_before_everything_knows_nothing(objects):
    assert {one["status"] for one in objects("status", "cpmm.swd", "--as-of", "2000-01-01")} == {"no_data"}


def test_show_tells_definition_sources_targets_and_the_cell_of_every_value(carecmon):
    code, out, _ = carecmon("show", "road.fatalities")
    assert code == 0
    for words in ("Deaths a year", "progress-report", "OFFICIAL  -50 % on 2010 by 2030", "table 1", "82,000 deaths"):
        assert words in out


def test_show_gives_scripts_the_same(objects):
    shown = objects("show", "road.fatalities")
    (target,) = shown["targets"]
    assert target["official"] is True and "Transport Strategy 2030" in target["citation"]
    (series,) = shown["series"]
    assert series["cell"]["document"] == "seed-001" and series["value"] == 82000
    assert set(shown["title"]) == {"en", "ru", "zh"}


def test_on_a_terminal_show_names_the_rest_of_very_many_series(carecmon, monkeypatch):
    monkeypatch.setattr("carecmon.cli.show.terminal", lambda: True)
    monkeypatch.setattr("carecmon.cli.show._MOST_SERIES", 5)
    _, out, _ = carecmon("show", "lpi.score")
    assert "and 6 more: carecmon show lpi.score --format csv" in out
    assert "Kyrgyz Republic " not in out.partition("Why, and")[0]


def test_a_working_target_is_shown_with_its_rationale(carecmon):
    _, out, _ = carecmon("show", "cpmm.swod")
    assert "working  1.5 % a year better than the latest value up to 2019, until 2030" in out
    assert "Open SDG" in out


def test_show_as_csv_has_one_row_a_series_with_its_cell(carecmon):
    _, out, _ = carecmon("show", "road.fatalities", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["series"], row["document"], row["sources"]) == (
        "road.fatalities{area=CAREC}",
        "seed-001",
        "progress-report",
    )


def test_history_says_where_every_value_comes_from(carecmon, objects):
    _, out, _ = carecmon("history", KAZ)
    assert "country KAZ outbound" in out
    first = objects("history", KAZ)[0]
    assert {"series", "period", "value", "source", "edition", "published", "observed"} <= set(first)
    assert (first["period"], first["value"], first["edition"], first["raw"]) == ("2020", 8, "2022", "8.0")


def test_history_with_vintages_shows_a_revision(objects):
    series = "cpmm.bcp-time{area=KAZ,direction=overall,mode=road}"
    values = {(one["period"], one["edition"]): one["value"] for one in objects("history", series, "--vintages")}
    assert (values["2020", "2020"], values["2020", "2022"]) == (8.7, 8.6)
    newest = {one["period"]: one["edition"] for one in objects("history", series)}
    assert newest["2020"] == "2022"


def test_the_declared_corrections_are_listed_with_what_each_does_now(carecmon, objects):
    found = objects("findings", "--corrections")
    (slipped,) = [one for one in found if one["series"] == "cpmm.swd{area=CAREC,mode=rail}"]
    assert (slipped["printed"], slipped["judged"], slipped["action"], slipped["state"]) == (
        38, 12.1, "override", "applied",
    )  # fmt: skip
    assert {one["source"] for one in objects("findings", "--corrections", "--source", "lct-brief")} == {"lct-brief"}
    code, _, said = carecmon("findings", "--corrections", "--all")
    assert code == 2 and "--corrections lists what is declared now" in said


def test_labels_that_leave_only_one_series_can_be_left_out(carecmon, objects):
    assert objects("history", "road.fatalities")[0]["series"] == "road.fatalities{area=CAREC}"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("show", "CPMM.SWD"), "did you mean cpmm.swd"),
        (("status", "cpmm.swdd"), "did you mean cpmm.swd"),
        (("show", "road.fatality"), "road.fatality-rate"),
        (("history", "cpmm.swd{area=corridor-1,mode=bus}"), "cpmm.swd{area=corridor-1,mode=all}"),
        (("history", "cpmm.swd"), "name one"),
        (("history", "cpmm.swd{"), "one is written"),
        (("history", "aviation.freedoms"), "nothing is recorded"),
        (("releases", "list", "cpmm-reports"), "cpmm-report"),
        (("check", "nothing.like.it"), "carecmon indicators"),
        (("history", KAZ, "--as-of", "yesterday"), "2024-06-01"),
    ],
)
def test_what_does_not_exist_is_code_2_with_what_is_near_it(carecmon, words, hint):
    code, out, err = carecmon(*words)
    assert (code, out) == (2, "")
    assert hint in err and "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("indicators",), INDICATORS),
        (("sources",), SOURCES),
        (("plugins", "list"), PLUGINS),
        (("releases", "list"), RELEASES),
        (("alerts",), ALERTS),
        (("alerts", "--all"), ALERTS),
        (("findings",), FINDINGS),
    ],
)
def test_lists_have_the_same_names_in_json_and_csv_and_a_table(carecmon, objects, words, columns):
    assert all(tuple(one) == columns for one in objects(*words))
    code, out, _ = carecmon(*words, "--format", "csv")
    assert code == 0 and next(csv.reader(io.StringIO(out))) == list(columns)
    code, out, _ = carecmon(*words)
    assert code == 0 and out


def test_indicators_say_which_are_watched(objects):
    assert {one["id"]: one["watched"] for one in objects("indicators")}["cpmm.swd"] is True


def test_releases_of_one_source(objects):
    assert [one["edition"] for one in objects("releases", "list", "cpmm-report")] == ["2015", "2020", "2022", "2023"]


def test_the_configuration_is_checked_and_counted(carecmon):
    code, out, _ = carecmon("config", "check")
    assert code == 0 and "official" in out and "working targets" in out


def test_the_schema_of_the_configuration_is_json_alone(carecmon):
    code, out, err = carecmon("config", "schema")
    assert (code, err) == (0, "") and "properties" in json.loads(out)


def test_export_prints_its_paths_and_nothing_else(carecmon, tmp_path):
    code, out, _ = carecmon("export", "--to", str(tmp_path / "out"))
    assert code == 0
    assert [line.rsplit("/", 1)[1] for line in out.splitlines()] == [
        "observations.csv",
        "claims.csv",
        "datapackage.json",
    ]


def test_export_has_a_unique_key_and_says_which_value_is_judged(carecmon, tmp_path):
    carecmon("export", "--to", str(tmp_path))
    with (tmp_path / "observations.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    keys = [(row["series"], row["period"], row["source"]) for row in rows]
    assert len(set(keys)) == len(keys)
    judged = [(row["series"], row["period"]) for row in rows if row["judged"] == "true"]
    assert len(set(judged)) == len(judged)
    assert {key[:2] for key in keys if key[:2] not in set(judged)} == {
        (row["series"], row["period"]) for row in rows if not row["value"] or "is not judged" in row["correction"]
    } - set(judged)


def test_the_value_that_export_calls_judged_is_the_one_that_was_judged(carecmon, objects, tmp_path):
    carecmon("export", "--to", str(tmp_path))
    with (tmp_path / "observations.csv").open(encoding="utf-8", newline="") as lines:
        judged = {(r["series"], r["period"]): r for r in csv.DictReader(lines) if r["judged"] == "true"}
    verdicts = [one for one in objects("status") if one["value"] is not None]
    assert verdicts
    for one in verdicts:
        row = judged[one["series"], one["period"]]
        value = one["value"] if isinstance(one["value"], str) else float(one["value"])
        assert (row["judged_value"] if isinstance(value, str) else float(row["judged_value"])) == value
        assert row["source"] in one["sources"]


def test_doctor_finds_nothing_wrong(carecmon):
    code, out, _ = carecmon("doctor")
    assert code == 0 and "indicators watched" in out


def test_a_verbose_check_says_what_each_source_gave(carecmon):
    _, _, err = carecmon("-v", "check", "lpi.score", "--offline", "--dry-run", "--format", "json")
    assert "carecmon: source lpi-editions: unchanged" in err


def test_a_quiet_command_says_only_results(carecmon):
    _, _, err = carecmon("-q", "indicators")
    assert err == ""


@pytest.mark.parametrize(
    "words",
    [("status", "--as-of"), ("history", KAZ, "--as-of"), ("check", "--as-of"), ("revisions", "--since")],
)
@pytest.mark.parametrize("day", ["2099-01-01", "published:2099-01-01"])
def test_nobody_looks_back_from_the_future(carecmon, words, day):
    code, out, err = carecmon(*words, day)
    assert (code, out) == (2, "")
    assert "2099-01-01 is in the future; today is 20" in err


def test_the_configuration_can_be_named_from_elsewhere(checked, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["--config", str(checked.config), "releases", "list"]) == 0
    assert "cpmm-report" in capsys.readouterr().out
    monkeypatch.setenv("CARECMON_CONFIG", str(checked.config))
    assert run(["releases", "list"]) == 0
