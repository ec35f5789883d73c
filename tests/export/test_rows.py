"""Rows of observations.csv and claims.csv."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from carecmon.export import CLAIMS, OBSERVATIONS, claim_rows, observation_rows
from carecmon.model import (
    Better,
    Cell,
    Claim,
    ClaimKind,
    Code,
    CodeList,
    Indicator,
    ObservationStatus,
    Period,
    Published,
    Qualifier,
    Scale,
    Series,
    Text,
)

MAY = Published.parse("2024-05")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TIME = Indicator("cpmm.bcp-time", Text("Time"), "transport", "p", "h", Better.LOWER, "d")
STATES = CodeList("states", [Code("none", Text("none")), Code("partial", Text("partly operational"))])
PROJECT = Indicator("x.state", Text("S"), "energy", "p", "state", Better.HIGHER, "d", scale=Scale.STATE, states=STATES)
KNOWN = {TIME.id: TIME, PROJECT.id: PROJECT}
ROAD = Series.of("cpmm.bcp-time", area="CAREC", mode="road")


@dataclass
class Stated:
    period: Period
    value: float | None
    source: str
    edition: str = "2023"
    status: ObservationStatus = ObservationStatus.NORMAL
    published: Published = MAY
    observed: datetime = NOW
    cell: Cell | None = None
    series: Series = ROAD
    note: str | None = None
    lower: float | None = None
    upper: float | None = None
    sample_size: int | None = None


def stated(period, value, source, **more):
    return Stated(Period.parse(period), value, source, **more)


def rows(*values, series=ROAD, prefer=("report", "annex"), **more):
    for value in values:
        value.series = series
    found = observation_rows(values, KNOWN, lambda series: prefer, **more)
    names = [column.name for column in OBSERVATIONS]
    return [dict(zip(names, row, strict=True)) for row in found]


def test_the_columns_are_those_of_the_design_and_what_else_a_source_says_of_the_cell():
    assert " ".join(column.name for column in OBSERVATIONS) == (
        "series indicator period value unit status source edition published observed"
        " document location row column raw judged judged_value correction note lower upper sample_size"
    )


def test_a_value_is_a_bare_number_with_its_unit_apart():
    (row,) = rows(stated("2023", 1083.0, "report", cell=Cell("cpmm-2023", "table 1", "overall", "2023", "1083")))
    assert (row["value"], row["unit"], row["status"], row["published"]) == ("1083", "h", "normal", "2024-05")
    assert (row["document"], row["location"], row["row"], row["column"]) == ("cpmm-2023", "table 1", "overall", "2023")
    assert row["observed"] == "2026-11-22T09:30:00Z"


def test_a_note_and_the_uncertainty_that_a_source_prints_stand_beside_its_value():
    (row,) = rows(stated("2012", 2.46, "report", note="=a tie", lower=2.0, upper=2.93, sample_size=12))
    assert (row["note"], row["lower"], row["upper"], row["sample_size"]) == ("'=a tie", "2", "2.93", "12")
    (row,) = rows(stated("2012", 2.46, "report"))
    assert (row["note"], row["lower"], row["upper"], row["sample_size"]) == ("", "", "", "")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1 + 0.2, "0.3"),
        (1.1 * 3, "3.3"),
        (645428.0, "645428"),
        (123456789012.345, "123456789012.345"),
        (-0.05, "-0.05"),
    ],
)
def test_a_number_is_written_without_the_digits_that_arithmetic_made_up(value, written):
    assert rows(stated("2023", value, "report"))[0]["value"] == written


def test_every_source_has_its_row_and_the_preferred_one_is_judged():
    found = rows(stated("2023", 1.0, "annex"), stated("2023", 2.0, "report"))
    assert [(row["source"], row["judged"]) for row in found] == [("annex", "false"), ("report", "true")]


def test_missing_and_withdrawn_values_fall_through_to_the_next_source():
    gone = stated("2023", None, "report", status=ObservationStatus.WITHDRAWN)
    found = rows(gone, stated("2023", 1.0, "annex"))
    assert [(row["source"], row["value"], row["judged"]) for row in found] == [
        ("annex", "1", "true"),
        ("report", "", "false"),
    ]


def test_corrections_are_laid_over_before_a_value_is_chosen():
    values = stated("2023", 28.2, "report"), stated("2023", 10.6, "annex")
    scaled = rows(*values, overlaid=lambda v: 10.5 if v.value == 28.2 else v.value)
    assert [(row["value"], row["judged"], row["judged_value"]) for row in scaled] == [
        ("10.6", "false", ""),
        ("28.2", "true", "10.5"),
    ]
    dropped = rows(*values, overlaid=lambda v: None if v.value == 28.2 else v.value)
    assert [(row["value"], row["judged"], row["judged_value"]) for row in dropped] == [
        ("10.6", "true", "10.6"),
        ("28.2", "false", ""),
    ]


def test_where_only_the_document_is_known_the_rest_says_not_recorded():
    (row,) = rows(stated("2023", 1.0, "report"), placed=lambda value: Cell("survey"))
    assert (row["document"], row["location"], row["raw"]) == ("survey", "not recorded", "not recorded")


def test_of_several_editions_of_a_source_the_last_is_judged():
    found = rows(stated("2020", 8.7, "report", edition="2020"), stated("2020", 8.6, "report", edition="2022"))
    assert [(row["edition"], row["judged"]) for row in found] == [("2020", "false"), ("2022", "true")]


def test_a_value_that_its_source_withdrew_later_is_not_judged_though_an_older_edition_has_it():
    gone = stated("2020", None, "report", edition="2022", status=ObservationStatus.WITHDRAWN)
    found = rows(stated("2020", 8.7, "report", edition="2020"), gone)
    assert [row["judged"] for row in found] == ["false", "false"]


def test_a_state_is_written_by_its_code():
    (row,) = rows(stated("2024", 1.0, "report"), series=Series("x.state"))
    assert (row["value"], row["unit"]) == ("partial", "state")


def test_an_unknown_publication_date_is_empty():
    (row,) = rows(stated("2023", 1.0, "report", published=Published.parse(None)))
    assert row["published"] == ""


def test_a_claim_keeps_the_printed_text_and_its_place():
    cell = Cell("annex", "table 3", "1 号走廊", "变化", "+660")
    period, base = Period.parse("2022"), Period.parse("2021")
    claim = Claim(ClaimKind.CHANGE, ROAD, period, 660.0, cell, base_period=base, qualifier=Qualifier.EXACT)
    (row,) = claim_rows([(claim, stated("2024", None, "progress-report"))], KNOWN)
    said = dict(zip([column.name for column in CLAIMS], row, strict=True))
    assert (said["kind"], said["value"], said["raw"], said["unit"]) == ("change", "660", "+660", "h")
    assert (said["period"], said["base_period"], said["row"], said["column"]) == ("2022", "2021", "1 号走廊", "变化")


def test_a_share_names_its_whole_and_a_total_its_parts_and_garbled_text_has_no_value():
    cell = Cell("brief", raw="growth of 2025")
    whole, parts = Series("x.all"), (Series("x.a"), Series.of("x.b", area="KAZ"))
    period = Period.parse("2024")
    share = Claim(ClaimKind.SHARE, ROAD, period, None, cell, of=whole, printed_period=Period.parse("2025"), note="=x")
    total = Claim(ClaimKind.TOTAL, ROAD, period, 3.5, cell, parts=parts)
    names = [column.name for column in CLAIMS]
    found = claim_rows([(c, stated("2024", None, "s")) for c in (total, share)], KNOWN)
    first, second = (dict(zip(names, row, strict=True)) for row in found)
    assert (first["kind"], first["value"], first["unit"]) == ("share", "", "percent")
    assert (first["of"], first["printed_period"], first["note"]) == ("x.all", "2025", "'=x")
    assert (second["parts"], second["value"]) == ("x.a x.b{area=KAZ}", "3.5")


def test_a_state_that_is_restated_is_written_by_its_code_and_a_change_of_states_in_steps():
    period, base = Period.parse("2024"), Period.parse("2020")
    again = Claim(ClaimKind.RESTATEMENT, Series("x.state"), period, 1.0, Cell("report", raw="部分投入运营"))
    steps = Claim(ClaimKind.CHANGE, Series("x.state"), period, 1.0, Cell("report", raw="+1"), base_period=base)
    found = claim_rows([(claim, stated("2024", None, "s")) for claim in (again, steps)], KNOWN)
    names = [column.name for column in CLAIMS]
    said = [dict(zip(names, row, strict=True)) for row in found]
    assert [(row["kind"], row["value"], row["unit"]) for row in said] == [
        ("change", "1", "state"),
        ("restatement", "partial", "state"),
    ]
