"""What is read from an answer."""

import csv
from pathlib import Path

import pytest
from carecmon_plugins import lpi
from carecmon_plugins.worldbank import MEMBERS, READER, WORLD_BANK
from carecmon_plugins.worldbank.tests.bank import (
    DEATHS,
    FEEDS,
    INDICATORS,
    SCORE,
    page,
    parsed,
    row,
)

from carecmon import Answer, ObservationStatus, Series


def published_scores():
    with (Path(lpi.__file__).parent / "2018.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["series"].startswith("lpi.score")]
    return {Series.parse(row["series"]).label("area"): row["value"] for row in rows}


def test_the_published_scores_of_2018_come_through_with_their_decimals():
    scores = published_scores()
    found = parsed(*(row(SCORE, area, "2018", float(score)) for area, score in scores.items()))
    assert {one.series.label("area"): one.value for one in found} == {a: float(s) for a, s in scores.items()}
    assert len(found) == 10


def test_the_edition_of_2023_is_filed_under_2022_and_says_so():
    [found] = parsed(row(SCORE, "CHN", "2022", 3.7))
    assert (str(found.period), found.value) == ("2023", 3.7)
    assert found.note == "filed under 2022 by the World Bank"
    assert (found.cell.row, found.cell.column) == ("CHN", "2022")


def test_only_the_survey_is_filed_under_another_year():
    [found] = parsed(row(DEATHS, "KAZ", "2022", 9.0))
    assert (str(found.period), found.note) == ("2022", None)


def test_a_number_keeps_its_text_as_it_stands_in_the_answer():
    body = page([row(SCORE, "UZB", "2016", 2.404)]).replace(b"2.404", b"2.4040000")
    [found] = READER.parse(Answer(body, "https://example.org"))
    assert (found.cell.raw, found.value) == ("2.4040000", 2.404)
    assert str(found.cell) == f"{SCORE}: page 1 / UZB / 2016"


def test_a_row_without_a_value_states_nothing_but_is_covered(bank, fetch):
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", "2021", None), row(DEATHS, "KAZ", "2020", 9.0)]
    [answer] = [a for a in fetch() if isinstance(a, Answer) and DEATHS in a.url]
    assert [str(one.period) for one in READER.parse(answer)] == ["2020"]
    assert {cover.select["area"] for cover in answer.covers} == set(MEMBERS)
    assert all(cover.first.year <= 1960 and cover.last.year >= 2050 for cover in answer.covers)


@pytest.mark.parametrize(
    ("mark", "status", "note"),
    [
        ("", ObservationStatus.NORMAL, None),
        ("F", ObservationStatus.ESTIMATED, "forecast of the source"),
        ("E", ObservationStatus.ESTIMATED, "estimate of the source"),
        ("P", ObservationStatus.PROVISIONAL, None),
        ("Z", ObservationStatus.NORMAL, "obs_status Z"),
    ],
)
def test_the_status_of_an_observation_is_kept(mark, status, note):
    [found] = parsed(row(DEATHS, "KAZ", "2021", 9.0, mark))
    assert (found.status, found.note) == (status, note)


def test_quarters_and_months_are_read_as_such():
    found = parsed(row("FP.CPI.TOTL", "USA", "2023Q1", 100), row("FP.CPI.TOTL", "USA", "2023M05", 101))
    assert [str(one.period) for one in found] == ["2023-Q1", "2023-05"]


def test_consumer_prices_are_one_series_without_an_area():
    [found] = parsed(row("FP.CPI.TOTL", "USA", "2010", 100))
    assert (found.series, found.value) == (Series("prices.us-cpi"), 100.0)


def test_a_byte_order_mark_does_not_matter():
    body = b"\xef\xbb\xbf" + page([row(DEATHS, "KAZ", "2021", 9.0)])
    assert len(list(READER.parse(Answer(body, "https://example.org")))) == 1


def test_a_blank_code_of_three_letters_is_looked_up_in_the_country():
    odd = row(DEATHS, "KAZ", "2021", 9.0) | {"countryiso3code": "", "country": {"id": "KAZ", "value": ""}}
    assert [one.series.label("area") for one in parsed(odd)] == ["KAZ"]


def test_every_series_bears_labels_of_its_indicator():
    for code, feed in FEEDS.items():
        indicator = INDICATORS[feed.indicator]
        assert WORLD_BANK.id in indicator.sources
        for area in feed.areas:
            [found] = parsed(row(code, area, "2021", 1.0))
            assert [name for name, _ in found.series.labels] == [d.name for d in indicator.dimensions]
            assert all(code in indicator.dimension(name).codes for name, code in found.series.labels)


def test_an_empty_answer_is_an_answer_that_states_nothing(bank, fetch):
    bank.rows[DEATHS] = []
    [answer] = [a for a in fetch() if isinstance(a, Answer) and DEATHS in a.url]
    assert list(READER.parse(answer)) == []
    assert answer.note == "the source answered and has nothing"
