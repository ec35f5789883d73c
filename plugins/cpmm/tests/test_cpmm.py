"""The CPMM annual reports: every published figure once, each in the edition that printed it."""

import re
from collections import Counter

import pytest
from carecmon_plugins.cpmm import REPORT, register_indicators, register_sources

from carecmon import NOT_RECORDED, Answer, Claim, ClaimKind, Observation, Order, Period, Series

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}


def read(edition):
    document = next(document for document in REPORT.documents if document.edition == edition)
    body = {path.name: path.read_bytes() for path in document.data}
    return list(REPORT.parse(Answer(body, edition=edition, document=document.id)))


@pytest.fixture(scope="module")
def editions():
    return {document.edition: read(document.edition) for document in REPORT.documents}


def observations(rows):
    return {(row.series, str(row.period)): row for row in rows if isinstance(row, Observation)}


def claims(rows, kind):
    return [row for row in rows if isinstance(row, Claim) and row.kind is kind]


def test_the_reports_are_editions_of_one_source_ordered_by_edition(editions):
    assert register_sources() == [REPORT]
    assert REPORT.order is Order.EDITION
    assert list(editions) == ["2015", "2020", "2022", "2023"]
    assert {str(document.published) for document in REPORT.documents} == {"unknown"}


@pytest.mark.parametrize(
    ("edition", "counts"),
    [
        pytest.param("2015", {"cpmm.samples": 1}, id="2015"),
        pytest.param(
            "2020",
            {"cpmm.bcp-time": 43, "cpmm.bcp-cost": 21, "cpmm.section-cost": 18, "cpmm.swd": 13, "cpmm.swod": 13},
            id="2020",
        ),
        pytest.param(
            "2022",
            {"cpmm.bcp-time": 119, "cpmm.bcp-cost": 108, "cpmm.section-cost": 28, "cpmm.swd": 28, "cpmm.swod": 28},
            id="2022",
        ),
        pytest.param(
            "2023",
            {
                "cpmm.bcp-time": 18,
                "cpmm.bcp-cost": 3,
                "cpmm.section-cost": 3,
                "cpmm.swd": 3,
                "cpmm.swod": 3,
                "cpmm.samples": 1,
            },
            id="2023",
        ),
    ],
)
def test_an_edition_has_as_many_observations_as_were_published(editions, edition, counts):
    assert Counter(row.series.indicator for row in editions[edition] if isinstance(row, Observation)) == counts


def test_no_edition_states_a_cell_twice(editions):
    for edition, rows in editions.items():
        stated = [row for row in rows if isinstance(row, Observation)]
        assert len(observations(rows)) == len(stated), edition


@pytest.mark.parametrize(
    ("edition", "series", "year", "value", "location"),
    [
        ("2020", "cpmm.bcp-time{area=CAREC,direction=overall,mode=road}", "2020", 15.1, "2020-report/road-transport"),
        ("2020", "cpmm.bcp-cost{area=CAREC,direction=overall,mode=road}", "2019", 161, "2020-report/road-transport"),
        ("2020", "cpmm.bcp-time{area=KAZ,direction=overall,mode=road}", "2020", 8.7, "2020-report/kazakhstan"),
        ("2022", "cpmm.bcp-time{area=KAZ,direction=overall,mode=road}", "2020", 8.6, "2022-report/kazakhstan"),
        ("2020", "cpmm.bcp-time{area=TJK,direction=overall,mode=road}", "2020", 4.4, "2020-report/tajikistan"),
        ("2022", "cpmm.bcp-time{area=TJK,direction=overall,mode=road}", "2020", 4.7, "?p=142"),
        ("2022", "cpmm.section-cost{area=CAREC,mode=road}", "2021", 1256.1, "2022-report/road-transport"),
        ("2022", "cpmm.swd{area=CAREC,mode=rail}", "2021", 38.0, "?p=133"),
        ("2022", "cpmm.swod{area=CAREC,mode=rail}", "2021", 41.6, "?p=133"),
        ("2022", "cpmm.bcp-time{area=KAZ,direction=inbound,mode=rail}", "2022", 78.0, "2022-report/kazakhstan"),
        ("2022", "cpmm.bcp-time{area=bcp-torkham,direction=inbound,mode=road}", "2021", 120.0, "?p=141"),
        ("2020", "cpmm.bcp-cost{area=corridor-1-prc-kaz-bcps,direction=overall,mode=road}", "2020", 638, None),
        ("2023", "cpmm.bcp-time{area=bcp-tsiteli-khidi,direction=outbound,mode=road}", "2023", 54.9, "?p=440"),
        ("2023", "cpmm.samples{area=CAREC,mode=all}", "2023", 2420, "2023-report/corridor-performance"),
        ("2015", "cpmm.samples{area=CAREC,mode=all}", "2015", 2784, NOT_RECORDED),
    ],
)
def test_a_known_figure_stands_in_its_edition(editions, edition, series, year, value, location):
    row = observations(editions[edition])[Series.parse(series), year]
    assert row.value == value
    assert location in (None, row.cell.location)


def test_a_cell_says_what_the_page_printed(editions):
    row = observations(editions["2022"])[
        Series.parse("cpmm.bcp-time{area=bcp-torkham,direction=outbound,mode=road}"), "2022"
    ]
    assert row.cell.document == "cpmm-report-2022"
    assert (row.cell.row, row.cell.column, row.cell.raw) == ("BCP Peshawar (Torkham) outbound", "TFI1 2022", "24.2")


def test_every_value_is_the_number_in_its_raw_text(editions):
    for rows in editions.values():
        for row in rows:
            assert float(re.sub(r"[,%+]", "", row.cell.raw)) == row.value, row.cell


def test_the_162_dollars_of_another_page_are_a_restatement_not_a_second_observation(editions):
    series = Series.parse("cpmm.bcp-cost{area=CAREC,direction=overall,mode=road}")
    (claim,) = [row for row in claims(editions["2020"], ClaimKind.RESTATEMENT) if row.series == series]
    assert (str(claim.period), claim.value, claim.cell.location) == ("2019", 162.0, "2020-report/key-results")


def contradictions(rows):
    at = observations(rows)
    return {
        (str(row.series), str(row.period)): (at[row.series, str(row.period)].value, row.value)
        for row in claims(rows, ClaimKind.RESTATEMENT)
        if at[row.series, str(row.period)].value != row.value
    }


def test_the_restatements_that_contradict_the_report_are_kept_as_printed(editions):
    assert contradictions(editions["2020"]) == {
        ("cpmm.bcp-cost{area=CAREC,direction=overall,mode=road}", "2019"): (161.0, 162.0),
        ("cpmm.bcp-time{area=bcp-torkham,direction=outbound,mode=road}", "2020"): (50.0, 70.7),
        ("cpmm.bcp-time{area=bcp-chaman,direction=outbound,mode=road}", "2020"): (70.7, 50.0),
    }
    assert contradictions(editions["2022"]) == {
        ("cpmm.swod{area=KAZ,mode=road}", "2021"): (49.9, 28.6),
        ("cpmm.swod{area=KAZ,mode=road}", "2022"): (51.1, 31.2),
        ("cpmm.swd{area=KAZ,mode=road}", "2021"): (28.6, 49.9),
        ("cpmm.swd{area=KAZ,mode=road}", "2022"): (31.2, 51.1),
        ("cpmm.swd{area=UZB,mode=rail}", "2022"): (11.8, 11.9),
    }


def test_the_growth_of_the_slipped_rail_row_follows_from_the_slipped_values(editions):
    at = observations(editions["2022"])
    growth = claims(editions["2022"], ClaimKind.GROWTH)
    assert [(str(row.series), row.value, row.cell.raw) for row in growth] == [
        ("cpmm.swd{area=CAREC,mode=rail}", -67.3, "-67.3%"),
        ("cpmm.swod{area=CAREC,mode=rail}", 29.6, "+29.6%"),
    ]
    for row in growth:
        base, now = at[row.series, "2021"].value, at[row.series, "2022"].value
        assert (now / base - 1) * 100 == pytest.approx(row.value, abs=0.25)


def test_the_shares_of_road_and_rail_in_the_samples_of_2015_are_claims_that_sum_to_100(editions):
    shares = claims(editions["2015"], ClaimKind.SHARE)
    assert {row.series.label("mode"): row.value for row in shares} == {"road": 75.0, "rail": 25.0}
    assert {row.of for row in shares} == {Series.of("cpmm.samples", area="CAREC", mode="all")}


def test_only_pakistan_in_the_2020_report_is_faster_with_delay_than_without(editions):
    found = set()
    for edition, rows in editions.items():
        at = observations(rows)
        for (series, year), row in at.items():
            without = at.get((Series("cpmm.swod", series.labels), year))
            if series.indicator == "cpmm.swd" and without and row.value > without.value:
                found.add((edition, series.label("area"), year))
    assert found == {("2020", "PAK", "2019"), ("2020", "PAK", "2020")}


def test_every_label_is_in_its_code_list_and_every_series_has_all_its_dimensions(editions):
    for rows in editions.values():
        for row in rows:
            for series in (row.series, *([row.of] if isinstance(row, Claim) and row.of else [])):
                indicator = INDICATORS[series.indicator]
                assert [name for name, _ in series.labels] == sorted(d.name for d in indicator.dimensions), series
                for name, code in series.labels:
                    assert code in indicator.dimension(name).codes, series


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_every_title_is_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in ("en", "ru", "zh"))


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_a_year_is_expected_a_year_after_its_end_and_late_half_a_year_later(indicator):
    due = Period.parse("2022").end + indicator.calendar.lag
    assert (due.isoformat(), (due + indicator.calendar.grace).isoformat()) == ("2023-12-31", "2024-07-01")
