"""The names in JSON are a promise."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from carecmon.model import (
    AsOf,
    Assessment,
    Better,
    Cell,
    Code,
    CodeList,
    Finding,
    Freshness,
    Indicator,
    IndicatorReport,
    Outcome,
    Period,
    PluginReport,
    PluginState,
    Scale,
    Series,
    Severity,
    SourceOutcome,
    SourceReport,
    Status,
    Text,
)
from carecmon.report import SCHEMA, finding_object, plain, run_object, value_of

STATES = CodeList("states", [Code("none", Text("none")), Code("partial", Text("partly")), Code("done", Text("done"))])
PROJECT = Indicator(
    "energy.interconnection",
    Text("Project"),
    "energy",
    "Pillar 1",
    "state",
    Better.HIGHER,
    "d",
    scale=Scale.STATE,
    states=STATES,
)
VERDICT = Assessment(
    Series.of("energy.interconnection", project="tap"),
    "energy",
    "Pillar 1",
    Status.SLOW,
    Freshness.LATE,
    official=True,
    method="milestone/1",
    unit="state",
    why="because",
    period=Period.parse("2024"),
    value=1.0,
    change=1.0,
    target=2.0,
    target_year=2030,
    expected=1.5,
    required_rate=-3.4061234567899999,
    sources=("progress-report",),
)


@pytest.fixture
def run(report, alert, delivery):
    whole = report(
        plugins=[PluginReport("water", PluginState.BROKEN, "SyntaxError", "correct it")],
        sources=[SourceReport("gauge", "water", SourceOutcome.FAILED, error="no answer")],
        indicators=[IndicatorReport("energy.interconnection", "energy", "Pillar 1", Outcome.JUDGED, (7,))],
        assessments=[VERDICT],
        alerts=[alert()],
        findings=[finding()],
        deliveries=[delivery("sent")],
        warnings=["a rule fits nothing"],
        unsent=["mail.example.org refuses"],
        as_of=AsOf.parse("published:2024-06-01"),
    )
    return run_object(whole, {PROJECT.id: PROJECT})


def finding():
    series = Series.of("energy.interconnection", project="tap")
    cell = Cell("doc", "table 1", "row", "column", "+660")
    period = Period.parse("2024")
    return Finding("f1", "printed-change", Severity.WARNING, "s", series, period, (cell,), "+660", "-440", "wrong")


NAMES = {
    "run": "id started finished as_of offline",
    "plugins": "name state reason remedy",
    "sources": "id plugin outcome releases error newest added revised withdrawn",
    "indicators": "id sector pillar outcome releases error",
    "assessments": (
        "series indicator sector pillar labels status freshness calendar official method period value unit change"
        " baseline baseline_period expected progress elapsed required_rate required_from_now projected_2030 target"
        " target_year sources why corrections findings"
    ),
    "alerts": "fingerprint rule series severity state cause since message",
    "findings": (
        "id check severity indicator series period source cells found expected message acknowledged mended_by"
    ),
    "deliveries": "id person channel state alerts",
    "warnings": "",
}


def test_a_run_has_these_parts_and_no_others(run):
    assert list(run) == ["schema", *NAMES]
    assert run["schema"] == SCHEMA


@pytest.mark.parametrize("part", [part for part, names in NAMES.items() if names])
def test_each_part_has_these_names_and_no_others(part, run):
    one = run[part] if part == "run" else run[part][0]
    assert set(one) == set(NAMES[part].split())


def test_a_source_that_failed_and_what_stderr_says_stand_in_it(run):
    (source,) = run["sources"]
    assert (source["outcome"], source["error"], source["newest"]) == ("failed", "no answer", None)
    assert run["warnings"] == ["a rule fits nothing", "mail.example.org refuses"]


def test_a_run_is_json_without_any_help(run):
    assert json.loads(json.dumps(run, allow_nan=False)) == run


def test_a_state_is_printed_by_its_code_and_a_point_between_two_states_as_a_number(run):
    (said,) = run["assessments"]
    assert (said["value"], said["target"], said["expected"]) == ("partial", "done", 1.5)


def test_a_verdict_says_whose_target_it_is(run):
    assert run["assessments"][0]["official"] is True


def test_times_are_written_in_utc():
    almaty = timezone(timedelta(hours=5))
    assert plain(datetime(2026, 1, 1, 3, tzinfo=almaty)) == "2025-12-31T22:00:00Z"
    assert plain(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


def test_numbers_have_twelve_significant_digits():
    assert plain(0.1 + 0.2) == 0.3
    assert json.dumps(plain(41000.0)) == "41000"


def test_a_position_outside_the_declared_states_stays_a_number():
    assert value_of(5.0, PROJECT) == 5


def test_a_finding_about_no_series_has_null_there():
    said = finding_object(replace(finding(), series=None, period=None))
    assert (said["indicator"], said["series"], said["period"]) == (None, None, None)
    assert said["cells"][0]["raw"] == "+660"
