"""The energy half of the progress report: states, percentages and deliverables, under the right theme."""

from collections import Counter

import pytest
from carecmon_plugins.energy import CODES, DELIVERABLES, INTERCONNECTION, register_indicators
from carecmon_plugins.progress_report import PROGRESS_REPORT

from carecmon import (
    NOT_RECORDED,
    Answer,
    Claim,
    ClaimKind,
    Observation,
    ObservationStatus,
    Period,
    Scale,
    Series,
    codelists,
)
from carecmon.model import LANGUAGES

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}
PROJECTS = ("tutap", "tap", "casa-1000", "tapi")


@pytest.fixture(scope="module")
def rows():
    [document] = PROGRESS_REPORT.documents
    body = {path.name: path.read_bytes() for path in document.data if path.name.startswith("energy")}
    return list(PROGRESS_REPORT.parse(Answer(body, edition=document.edition, document=document.id)))


@pytest.fixture(scope="module")
def observed(rows):
    return {(row.series, str(row.period)): row for row in rows if isinstance(row, Observation)}


def interconnection(project):
    return Series.of("energy.interconnection", project=project)


def progress(theme):
    return Series.of("energy.pillar-progress", theme=theme)


def deliverables(rows, location):
    return [
        row
        for row in rows
        if isinstance(row, Observation)
        and row.series.indicator == "energy.deliverables"
        and row.cell.location.startswith(location)
    ]


def state(row):
    return DELIVERABLES.state_code(row.value) if row.value is not None else row.status.word


def test_the_report_reads_every_energy_transcription():
    [document] = PROGRESS_REPORT.documents
    names = {path.name for path in document.data if path.name.startswith("energy")}
    assert names == {
        "energy_table_1.csv",
        "energy_table_2.csv",
        "energy_table_2_percent.csv",
        "energy_work_plan.csv",
    }


@pytest.mark.parametrize("project", PROJECTS)
def test_no_project_operated_in_the_baseline_year(project, observed):
    observation = observed[interconnection(project), "2017"]
    assert INTERCONNECTION.state_code(observation.value) == "none"
    assert observation.cell.raw == "无项目运营"


def test_tutap_operated_in_part_in_2020_and_nothing_is_said_of_the_others(observed):
    assert INTERCONNECTION.state_code(observed[interconnection("tutap"), "2020"].value) == "partial"
    for project in PROJECTS[1:]:
        observation = observed[interconnection(project), "2020"]
        assert (observation.value, observation.status) == (None, ObservationStatus.MISSING)


@pytest.mark.parametrize("year", ["2021", "2022", "2023", "2024"])
@pytest.mark.parametrize("project", PROJECTS)
def test_a_year_without_a_printed_state_is_missing_with_the_note(project, year, observed):
    observation = observed[interconnection(project), year]
    assert observation.status is ObservationStatus.MISSING
    assert "Afghanistan" in observation.note
    assert observation.cell.column == f"{year} 年"


def test_donors_are_counted_until_2022(observed):
    values = {
        period: row.value for (series, period), row in observed.items() if series == Series.of("energy.alliance-donors")
    }
    assert values == {"2017": 0, "2020": 0, "2021": 0, "2022": 3, "2023": None, "2024": None}


@pytest.mark.parametrize(
    ("theme", "values"),
    [
        ("pillar-1", {"2024": 40}),
        ("pillar-2", {"2024": 80}),
        ("pillar-3", {"2024": 70}),
        ("theme-1", {"2023": 50, "2024": 55}),
        ("theme-2", {"2022": 50, "2024": 70}),
        ("theme-3", {"2021": 10, "2022": 60}),
    ],
)
def test_percentages_are_held_with_the_period_printed(theme, values, observed):
    assert {period: row.value for (series, period), row in observed.items() if series == progress(theme)} == values


def test_every_percentage_is_in_its_raw_text(rows):
    percentages = [row for row in rows if row.series.indicator == "energy.pillar-progress"]
    assert len(percentages) == 10
    assert all(f"{row.value:g}%" in row.cell.raw for row in percentages)


#: Counted in the report by hand: the performance indicators of each table, in the order of the table.
PRINTED = {
    "pillar-1": ["in_progress", "in_progress", "completed", "in_progress"],
    "pillar-2": ["completed", "completed", "completed", "completed", "upcoming"],
    "pillar-3": [
        "in_progress",
        "missing",
        "missing",
        "planned",
        "completed",
        "completed",
        "cancelled",
        "under_review",
        "completed",
        "completed",
        "under_review",
    ],
    "theme-1": ["completed", "in_progress", "on_hold"],
    "theme-2": ["upcoming", "completed", "upcoming"],
    "theme-3": ["completed", "on_hold", "moved"],
}


@pytest.mark.parametrize("theme", PRINTED)
def test_every_deliverable_of_the_table_has_its_state(theme, rows):
    printed = [row for row in deliverables(rows, "Energy report, table 2") if row.series.label("theme") == theme]
    assert [state(row) for row in printed] == PRINTED[theme]
    assert {row.period for row in printed} == {Period.parse("2024")}


def test_the_table_has_29_deliverables_and_the_text_three_more(rows):
    assert len(deliverables(rows, "Energy report, table 2")) == 29
    in_text = deliverables(rows, "Energy report, paragraph")
    assert {row.series.label("deliverable") for row in in_text} == {
        "transmission-workshop",
        "nordic-visit",
        "infrastructure-forum",
    }
    assert {state(row) for row in in_text} == {"planned"}


#: How the report prints each state, in Chinese.
WORDING = {
    "completed": "已完成",
    "in_progress": "进行中",
    "upcoming": "即将",
    "planned": "计划",
    "under_review": "审核中",
    "on_hold": "搁置",
    "cancelled": "已取消",
    "moved": "予以推进",
}


def test_the_raw_text_holds_the_state(rows):
    held = [row for row in deliverables(rows, "Energy report") if row.value is not None]
    assert Counter(state(row) for row in held).keys() == WORDING.keys()
    for row in held:
        assert WORDING[state(row)] in row.cell.raw


def test_a_state_printed_with_a_date_keeps_it_in_the_note(rows):
    table = deliverables(rows, "Energy report, table 2")
    dated = {row.series.label("deliverable"): row.note for row in table}
    assert dated["catca-concept"] == "completed 2022-04 as printed"
    assert dated["saving-leaflet"] == "completed 2021-06 as printed"
    assert dated["intermittency-mechanism"] == "completed 2020-08 as printed"


def test_delays_are_flagged(rows):
    delayed = [row for row in rows if (row.note or "").startswith("delayed:")]
    assert {row.series.label("deliverable") for row in delayed} == {"interconnections-operational", "tapi-dialogue"}
    assert all("推迟" in row.cell.raw for row in delayed)
    assert len(delayed) == sum("推迟" in row.cell.raw for row in rows)


def test_what_stands_under_the_wrong_heading_says_so_and_keeps_it(rows):
    misplaced = [row for row in rows if (row.note or "").find("wrong heading") >= 0]
    assert Counter(row.series.indicator for row in misplaced) == {"energy.deliverables": 3, "energy.pillar-progress": 3}
    assert {row.series.label("theme") for row in misplaced} == {"theme-1"}
    assert all("战略支柱 3:" in row.cell.location + row.cell.row for row in misplaced)


def test_what_the_text_repeats_is_a_claim_about_a_deliverable_of_the_table(rows, observed):
    again = [row for row in rows if isinstance(row, Claim) and row.series.indicator == "energy.deliverables"]
    assert Counter(row.series.label("deliverable") for row in again) == {"annual-forum": 2, "efficiency-workshop": 1}
    for claim in again:
        assert claim.kind is ClaimKind.RESTATEMENT
        assert observed[claim.series, str(claim.period)].value == claim.value


def test_every_row_has_its_place_in_the_document(rows):
    for row in rows:
        assert row.cell.document == "seed-001"
        assert NOT_RECORDED not in (row.cell.location, row.cell.column, row.cell.raw)


def test_every_label_is_in_its_code_list(rows):
    for row in rows:
        indicator = INDICATORS[row.series.indicator]
        assert [name for name, _ in row.series.labels] == sorted(d.name for d in indicator.dimensions)
        assert all(code in indicator.dimension(name).codes for name, code in row.series.labels)


def test_a_deliverable_stands_under_the_theme_and_action_of_the_code_lists(rows):
    codes, actions = (INDICATORS["energy.deliverables"].dimension(name).codes for name in ("deliverable", "action"))
    for row in deliverables(rows, "Energy"):
        labels = dict(row.series.labels)
        facts = codes[labels["deliverable"]].facts
        assert (facts["theme"], facts["action"]) == (labels["theme"], labels["action"])
        assert actions[labels["action"]].facts.get("theme", labels["theme"]) == labels["theme"]
    assert {row.series.label("deliverable") for row in deliverables(rows, "Energy")} == {code.code for code in codes}


@pytest.mark.parametrize("indicator", ["energy.lines", "energy.capacity", "energy.substations"])
def test_all_that_there_is_is_a_stock_and_what_was_added_is_none(indicator):
    declared = INDICATORS[indicator]
    stocks = {
        measure.code: declared.for_series(Series.of(indicator, area="CAREC", measure=measure.code)).stock
        for measure in declared.dimension("measure").codes
    }
    assert stocks == {"total": True, "added": False, "new": False, "upgraded": False}


def test_states_are_ordered_worst_first():
    assert [code.code for code in DELIVERABLES.states] == [
        "cancelled",
        "moved",
        "on_hold",
        "tbd",
        "under_review",
        "planned",
        "upcoming",
        "in_progress",
        "completed",
    ]
    assert [code.code for code in INTERCONNECTION.states] == ["none", "partial", "operational"]
    assert {INTERCONNECTION.scale, DELIVERABLES.scale} == {Scale.STATE}


@pytest.mark.parametrize("indicator", register_indicators(), ids=lambda indicator: indicator.id)
def test_an_indicator_is_named_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in LANGUAGES)


@pytest.mark.parametrize("path", sorted(CODES.glob("*.csv")), ids=lambda path: path.stem)
def test_every_code_is_named_in_three_languages(path):
    assert all(code.name.translated(language) for code in codelists.read(path) for language in LANGUAGES)
