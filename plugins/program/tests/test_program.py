"""The program's page: every figure it prints, for the program itself, the network and the grid."""

import re

import pytest
from carecmon_plugins.program import PAGE, register_indicators, register_sources

from carecmon import NOT_RECORDED, Answer, Observation, Period, Series
from carecmon.model import LANGUAGES

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}
WORDS = {"six": 6, "Six": 6, "Three": 3, "four": 4}


@pytest.fixture(scope="module")
def rows():
    [document] = PAGE.documents
    body = {path.name: path.read_bytes() for path in document.data}
    return list(PAGE.parse(Answer(body, edition=document.edition, document=document.id)))


@pytest.fixture(scope="module")
def observed(rows):
    return {(str(row.series), str(row.period)): row for row in rows}


def numbers_in(raw):
    printed = {float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", raw)}
    return printed | {float(number) for word, number in WORDS.items() if word in raw}


def output(code):
    return f"program.outputs{{area=CAREC,output={code}}}"


def test_the_page_is_an_edition_without_a_known_date():
    assert register_sources() == [PAGE]
    [document] = PAGE.documents
    assert (document.edition, str(document.published)) == ("2023-12", "unknown")


@pytest.mark.parametrize(
    ("series", "period", "value", "raw"),
    [
        ("program.investment{area=CAREC,partner=WLD}", "2001", 247, "combined value of $247 million"),
        ("program.investment{area=CAREC,partner=WLD}", "2017-09", 30500, "As of end September 2017, $30.5 billion"),
        (
            "program.investment{area=CAREC,partner=WLD}",
            "2020",
            40000,
            "From 2001 to 2020, investments in member countries have amounted to $40 billion",
        ),
        (
            "program.investment{area=CAREC,partner=WLD}",
            "2023-12",
            51020,
            "as of December 2023, CAREC has mobilized $51.02 billion",
        ),
        ("program.projects{area=CAREC,partner=WLD}", "2001", 6, "six CAREC-related projects were approved"),
        ("program.projects{area=CAREC,partner=WLD}", "2017-09", 182, "182 CAREC-related projects"),
        ("program.projects{area=CAREC,partner=WLD}", "2020", 213, "covering 213 projects"),
        ("transport.roads-built{area=CAREC}", "2017", 9964, "9,964 kilometers (km)"),
        ("transport.rail-built{area=CAREC}", "2017", 1995, "1,995 km"),
        ("transport.rail-improved{area=CAREC}", "2017", 3433, "3,433 km"),
        (
            "energy.lines{area=CAREC,measure=added}",
            "2017-Q1",
            1697,
            "1,697 kilometers (km) of transmission lines installed or upgraded in Q1, 2017",
        ),
        ("energy.lines{area=CAREC,measure=total}", "2016", 645428, "total of 645,428 km, as of 2016"),
        ("energy.capacity{area=CAREC,measure=added}", "2017-Q1", 5482, "increased by 5,482 megawatts (mw) in Q1, 2017"),
        ("energy.capacity{area=CAREC,measure=total}", "2016", 132156, "total of 132,156 mw as of 2016"),
        ("energy.substations{area=CAREC,measure=new}", "2017-Q1", 870, "870 new substations installed"),
        ("energy.substations{area=CAREC,measure=upgraded}", "2017-Q1", 206, "206 substations upgraded in Q1, 2017"),
        (output("ports-completed"), "2023-12", 1, "1 port (Aktau) completed"),
        (output("bcps-ongoing"), "2023-12", 4, "4 BCPs (Karamyk, Torkham, Chaman, Wagha) ongoing"),
        (output("member-countries"), "2016", 11, "Georgia becomes the 11th member of CAREC"),
    ],
)
def test_a_known_figure_stands_in_its_cell(series, period, value, raw, observed):
    observation = observed[series, period]
    assert (observation.value, observation.cell.raw) == (value, raw)


def test_these_are_all_its_series(observed):
    assert len(observed) == 28
    outputs = {Series.parse(series).label("output") for series, _ in observed} - {None}
    assert outputs == {code.code for code in INDICATORS["program.outputs"].dimension("output").codes}


def test_cumulative_figures_never_fall(rows):
    for indicator in ("program.investment", "program.projects"):
        history = sorted((row.period, row.value) for row in rows if row.series.indicator == indicator)
        values = [value for _, value in history]
        assert len(values) >= 3
        assert values == sorted(values)


def test_a_flow_of_a_quarter_and_a_stock_of_a_year_never_share_a_series(rows):
    for series in {row.series for row in rows if row.series.indicator.startswith("energy.")}:
        kinds = {"Q" in str(row.period) for row in rows if row.series == series}
        assert kinds == {series.label("measure") != "total"}


def test_the_raw_text_holds_the_digits_of_each_value(rows):
    for row in rows:
        scaled = {number * scale for number in numbers_in(row.cell.raw) for scale in (1, 1000)}
        assert any(abs(row.value - number) < 1e-6 for number in scaled), f"{row.value} is not in {row.cell.raw!r}"


def test_every_number_has_its_place_in_the_document(rows):
    for row in rows:
        assert isinstance(row, Observation)
        assert row.cell.document == "seed-000"
        assert NOT_RECORDED not in (row.cell.location, row.cell.row, row.cell.column, row.cell.raw)


def test_no_plan_is_held_as_an_observation(rows):
    values = {row.value for row in rows}
    assert not values & {68, 23000, 108, 38800}
    assert Period.parse("2012") not in {row.period for row in rows}


def test_every_label_is_in_its_code_list(rows):
    for row in rows:
        if (indicator := INDICATORS.get(row.series.indicator)) is not None:
            assert [name for name, _ in row.series.labels] == sorted(d.name for d in indicator.dimensions)
            assert all(code in indicator.dimension(name).codes for name, code in row.series.labels)


@pytest.mark.parametrize("indicator", register_indicators(), ids=lambda indicator: indicator.id)
def test_an_indicator_is_named_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in LANGUAGES)


def test_every_output_is_named_in_three_languages():
    codes = INDICATORS["program.outputs"].dimension("output").codes
    assert all(code.name.translated(language) for code in codes for language in LANGUAGES)
