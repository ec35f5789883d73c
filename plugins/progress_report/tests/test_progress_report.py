"""The annex of the transport progress report of May 2024, cell by cell, misprints too."""

import re
from pathlib import Path

import pytest
from carecmon_plugins import aviation, cpmm, lpi, roads, wef
from carecmon_plugins.progress_report import PROGRESS_REPORT

from carecmon import Answer, Claim, ClaimKind, Observation, ObservationStatus, Period, Series

#: Annex 1 as printed, apart from the transcription: title, heading, rows; the last column is the change.
ANNEX_1 = Path(__file__).with_name("annex_1.txt").read_text("utf-8")

INDICATORS = {
    indicator.id: indicator
    for plugin in (aviation, cpmm, lpi, roads, wef)
    for indicator in plugin.register_indicators()
}


def cells_of(line):
    return [cell.strip() for cell in line.split("|")]


def table_of(block):
    title, heading, *rows = block.split("\n")
    return pytest.param(title, cells_of(heading), [cells_of(row) for row in rows], id=title)


TABLES = [table_of(block) for block in ANNEX_1.strip().split("\n\n")]


@pytest.fixture(scope="module")
def stated():
    (document,) = PROGRESS_REPORT.documents
    body = {path.name: path.read_bytes() for path in document.data if path.name.startswith("transport")}
    answer = Answer(body, edition=document.edition, published=document.published, document=document.id)
    return list(PROGRESS_REPORT.parse(answer))


@pytest.fixture(scope="module")
def observations(stated):
    return [row for row in stated if isinstance(row, Observation)]


@pytest.fixture(scope="module")
def changes(stated):
    return [row for row in stated if isinstance(row, Claim)]


def values_of(observations):
    return {(row.series, row.period): row for row in observations}


def test_the_edition_is_dated_by_the_day_of_the_meeting():
    (document,) = PROGRESS_REPORT.documents
    assert (document.id, document.edition, str(document.published)) == ("seed-001", "2024", "2024-05-30")


def test_every_transcription_in_the_folder_belongs_to_the_document():
    (document,) = PROGRESS_REPORT.documents
    assert {"transport_annex_1.csv", "transport_table_1.csv"} <= {path.name for path in document.data}
    assert all(path.suffix == ".csv" for path in document.data)


def test_the_whole_document_can_be_read_and_states_no_cell_twice():
    (document,) = PROGRESS_REPORT.documents
    body = {path.name: path.read_bytes() for path in document.data}
    rows = [row for row in PROGRESS_REPORT.parse(Answer(body, document=document.id)) if isinstance(row, Observation)]
    assert len(values_of(rows)) == len(rows)


@pytest.mark.parametrize(("title", "heading", "rows"), TABLES)
def test_a_table_of_the_annex_is_rebuilt_cell_by_cell(observations, changes, title, heading, rows):
    here = f"Annex 1, {title}"
    cells = {(row.cell.row, row.cell.column): row.cell.raw for row in observations if row.cell.location == here}
    printed = {(row.cell.row, row.cell.column): row.cell.raw for row in changes if row.cell.location == here}
    columns = heading[1:3]
    assert cells == {(name, column): raw for name, *raws in rows for column, raw in zip(columns, raws[:2], strict=True)}
    assert printed == {(name, heading[3]): raws[2] for name, *raws in rows if raws[2] not in ("", "-")}


def test_the_annex_is_216_observations_of_which_36_are_dashes_and_66_changes(observations, changes):
    annex = [row for row in observations if row.cell.location.startswith("Annex 1, ")]
    dashes = [row for row in annex if row.cell.raw == "-"]
    assert (len(annex), len(dashes), len(changes)) == (216, 36, 66)
    assert all(row.status is ObservationStatus.MISSING for row in dashes)
    assert {change.kind for change in changes} == {ClaimKind.CHANGE}


def test_no_cell_is_stated_twice(observations):
    assert len(values_of(observations)) == len(observations)


def test_a_score_and_its_rank_are_two_observations_of_one_cell(observations):
    at = values_of(observations)
    score = at[Series.of("lpi.score", area="UZB"), Period.parse("2023")]
    rank = at[Series.of("lpi.rank", area="UZB"), Period.parse("2023")]
    assert (score.value, rank.value, score.cell) == (2.6, 88.0, rank.cell)
    assert score.cell.raw == "2.6[88]"


def test_the_value_of_every_cell_of_the_annex_is_the_number_in_its_raw_text(observations, changes):
    for row in observations:
        if row.cell.location.startswith("Annex 1, ") and row.value is not None:
            score, rank = re.fullmatch(r"([\d.]+)(?: ?\[(\d+)\])?", row.cell.raw).groups()
            assert row.value == float(rank if row.series.indicator.endswith("rank") else score), row.cell
    for change in changes:
        number = re.fullmatch(r"\((.+)\)", change.cell.raw)
        assert change.value == (-float(number[1]) if number else float(change.cell.raw)), change.cell


@pytest.mark.parametrize(
    ("indicator", "mode"), [("cpmm.swd", "all"), ("cpmm.swod", "road"), ("cpmm.swd", "rail"), ("cpmm.swod", "rail")]
)
def test_pooled_road_and_rail_speeds_are_kept_apart(observations, indicator, mode):
    series = Series.of(indicator, area="corridor-6", mode=mode)
    assert [str(row.period) for row in observations if row.series == series] == ["2021", "2022"]


def test_railroad_quality_is_of_periods_that_span_two_years(observations, changes):
    series = Series.of("wef.rail-quality", area="KAZ")
    assert [str(row.period) for row in observations if row.series == series] == ["2016/2017", "2017/2018"]
    (change,) = [row for row in changes if row.series == series]
    assert (str(change.base_period), str(change.period), change.value) == ("2016/2017", "2017/2018", -0.12)


def decimals(raw):
    return len(re.match(r"\D*\d+\.?(\d*)", raw)[1])


def reach(raw):
    """Half a unit of the last place that is printed."""
    return 0.5 * 10 ** -decimals(raw)


def recomputed(observations, changes):
    """Yield each change with the difference of the two columns beside it and how far rounding can part the two."""
    at = values_of(observations)
    for change in changes:
        base, now = (at.get((change.series, period)) for period in (change.base_period, change.period))
        if base.value is None or now.value is None:
            yield change, None, 0.0
        else:
            slack = reach(base.cell.raw) + reach(now.cell.raw) + reach(change.cell.raw)
            yield change, now.value - base.value, slack


def wrong(found):
    return [c for c, difference, slack in found if difference is None or abs(c.value - difference) > slack + 1e-9]


def test_of_the_66_printed_changes_45_contradict_the_columns_beside_them(observations, changes):
    contradicted = wrong(recomputed(observations, changes))
    assert len(contradicted) == 45
    assert sum(change.series.indicator.startswith("cpmm.") for change in contradicted) == 35
    assert sum(change.series.indicator == "lpi.score" for change in contradicted) == 10
    assert not [change for change in contradicted if change.series.indicator.startswith("wef.")]


def test_of_the_contradicted_changes_24_have_the_wrong_sign(observations, changes):
    found = {change: difference for change, difference, _ in recomputed(observations, changes)}
    flipped = [c for c in wrong(recomputed(observations, changes)) if found[c] is not None and c.value * found[c] < 0]
    assert len(flipped) == 24


def test_the_printed_changes_of_the_lpi_are_those_from_2016_to_2018(observations, changes):
    edition = next(d for d in lpi.EDITIONS_SOURCE.documents if d.edition == "2016")
    body = {path.name: path.read_bytes() for path in edition.data}
    of_2016 = {row.series: row.value for row in lpi.EDITIONS_SOURCE.parse(Answer(body, document=edition.id))}
    of_2018 = {row.series: row.value for row in observations if str(row.period) == "2018"}
    printed = [change for change in changes if change.series.indicator == "lpi.score"]
    assert len(printed) == 10
    for change in printed:
        assert change.value == pytest.approx(of_2018[change.series] - of_2016[change.series], abs=0.0151)


def test_the_maturity_of_road_asset_management_is_provisional_and_1_everywhere_but_in_pakistan(observations):
    levels = {row.series.label("area"): row for row in observations if row.series.indicator == "ram.maturity"}
    assert len(levels) == 11
    assert {area for area, row in levels.items() if row.value == 3.0} == {"PAK"}
    assert {row.value for area, row in levels.items() if area != "PAK"} == {1.0}
    assert {(str(row.period), row.status) for row in levels.values()} == {("2019", ObservationStatus.PROVISIONAL)}


def test_the_road_deaths_of_2010_come_with_the_target_they_were_printed_with(observations):
    (deaths,) = [row for row in observations if row.series.indicator == "road.fatalities"]
    assert (str(deaths.series), str(deaths.period), deaths.value) == ("road.fatalities{area=CAREC}", "2010", 82000.0)
    assert "82,000" in deaths.cell.raw
    assert "50%" in deaths.note


def test_every_label_is_in_its_code_list_and_every_series_has_all_its_dimensions(stated):
    for row in stated:
        indicator = INDICATORS[row.series.indicator]
        assert [name for name, _ in row.series.labels] == sorted(d.name for d in indicator.dimensions), row.series
        for name, code in row.series.labels:
            assert code in indicator.dimension(name).codes, row.series


def test_every_value_is_inside_the_bounds_of_its_indicator(observations):
    for row in observations:
        low, high = INDICATORS[row.series.indicator].bounds
        assert row.value is None or low <= row.value <= (high or row.value), row


def test_the_footnote_of_afghanistan_is_kept_as_printed_and_explained(observations):
    rows = [row for row in observations if row.series.label("area") == "AFG" and row.cell.location.startswith("Annex")]
    assert {row.cell.row for row in rows} == {"阿富汗*"}
    assert all("15 August 2021" in row.note for row in rows)
