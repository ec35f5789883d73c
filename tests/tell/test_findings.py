"""What contradicts what, told to people who read no English: made of the parts of a finding."""

import re

import pytest

from carecmon.model import Cell, Finding, Period, Series, Severity
from carecmon.store import Store
from carecmon.tell.findings import amount, contradiction
from carecmon.tell.language import Language

SERIES = Series.parse("cpmm.swd{area=CAREC,mode=road}")
CELL = Cell("a-report", "Table 2", "Corridor 3", "2022", "12")


def finding(check, found, expected, message="It is wrong."):
    return Finding(
        "f", check, Severity.WARNING, "a-report", SERIES, Period.parse("2022"), (CELL,), found, expected, message
    )


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


SAID = [
    ("printed-change", "USD -12", "USD -5 (USD 74 in 2022 less USD 79 in 2021)"),
    ("printed-change", "+1.9 km/h", "no change, because there is no value for 2021 and 2022"),
    ("printed-growth", "+7%", "+5% (from USD 100 in 2021 to USD 105 in 2022)"),
    ("printed-share", "51%", "49.1% (USD 614,000 million of USD 1,250,000 million)"),
    ("parts-and-total", "USD 10", "USD 9 (USD 4 + USD 5)"),
    ("shares-sum", "103%", "100%"),
    ("magnitude", "less than USD 600 million", "USD 600,000 million, because the parts make up USD 1,250,000 million"),
    ("magnitude", "USD 2", "less than 10 times away from USD 24 in 2020"),
    ("restated", "28.6 km/h", "49.9 km/h, printed elsewhere in the document (3 / 7 / 2021)"),
    ("restated", "28.6 km/h for 2021", "28.6 km/h for 2022"),
    ("conflict", "38.0 km/h in a-report", "12.1 km/h in b-report"),
    ("ordered", "28.2 km/h", "at most 10.6 km/h, the value of cpmm.swod{area=PAK,mode=road}"),
    ("bounds", "120%", "at most 100%"),
    ("rank-follows-score", "rank 40 with 3.1", "a rank better than 35, because Kazakhstan has 2.9"),
    ("rank-follows-score", "rank 30 with 2.1", "a rank worse than 35, because Kazakhstan has 2.9"),
    ("year-as-value", "2025", "a growth in percent"),
    ("year-as-value", "2025", "a share in percent"),
    ("year-as-value", "the period 2025", "the period 2024"),
    ("heading", "under the heading 3", "under the heading of 4"),
    ("real-growth", "109% real", "about 103% real (225% nominal with prices 60% higher)"),
    ("share-growth", "3.0% of imports", "3.58% with 11% and 229% or 4.03% with 11% and 192%"),
    ("of-somebody-else", "USD 3", "at least USD 4"),
]


@pytest.mark.parametrize("language", ["ru", "zh"])
@pytest.mark.parametrize(("check", "found", "expected"), SAID)
def test_every_shape_of_finding_is_a_sentence_without_english(language, check, found, expected):
    said = contradiction(Language(language), finding(check, found, expected)).partition(" [")[0]
    assert not _english(said, finding(check, found, expected)), said


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_no_finding_of_the_shipped_figures_falls_back_to_english(checked, language):
    with Store.open_readonly(checked.database) as store:
        found = [kept.finding for kept in store.findings()]
    assert len(found) > 50
    for one in found:
        said = contradiction(Language(language), one)
        said = said[: said.rindex(" [")]
        assert not _english(said, one), said


def _english(said, finding):
    """Return English words that are neither names of sources, series and documents nor units."""
    for cell in finding.cells:
        for known in (cell.document, cell.location, cell.row, cell.column):
            said = said.replace(known, "") if known else said
    said = re.sub(r"[\w.-]+\{[^}]*\}|[a-z]+(-[a-z]+)+|\([^()]*/[^()]*\)|（[^（）]*/[^（）]*）", "", said)
    return re.findall(r"[A-Za-z]{3,}", said.replace("Building Knowledge and Forming Partnerships", ""))


def test_a_change_of_the_years_before_is_said_to_be_that():
    message = "... -5. The printed change belongs to the previous pair of periods, 2020 to 2021: USD 1 less USD 2 (x)."
    one = finding("printed-change", "USD -12", "USD -5 (USD 74 in 2022 less USD 79 in 2021)", message)
    assert "это изменение за предыдущую пару периодов: 2020 г. — 2021 г." in contradiction(Language("ru"), one)


def test_the_numbers_are_those_of_the_finding_by_the_readers_locale():
    one = finding("printed-change", "USD -1,200", "USD -5.5 (USD 74 in 2022-Q1 less USD 79 in 2021-12)")
    said = plain(contradiction(Language("ru"), one))
    assert said.startswith("2022 г.: напечатано изменение -1 200 долл. США, а по значениям выходит -5,5 долл. США")
    assert "79 долл. США (декабрь 2021 г.)" in said and "74 долл. США (I квартал 2022 г.)" in said
    assert said.endswith("[Table 2 / Corridor 3 / 2022]")


def test_english_readers_get_the_sentence_of_the_check():
    assert contradiction(Language("en"), finding("bounds", "1", "2")) == "It is wrong. [Table 2 / Corridor 3 / 2022]"


def test_what_is_no_amount_stays_as_it_is():
    assert amount(Language("ru"), "н/д") == "н/д" and amount(Language("zh"), "a heading") == "a heading"
