"""Trade turnover and investment as two news texts report them."""

import re

import pytest
from carecmon_plugins.trade import COP29_NEWS, FORUM_NEWS, register_indicators, register_sources

from carecmon import NOT_RECORDED, Answer, Claim, ClaimKind, Observation, Qualifier, Series
from carecmon.model import LANGUAGES

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}
NINE_MONTHS = "2024-01/2024-09"


def read(source):
    [document] = source.documents
    body = {path.name: path.read_bytes() for path in document.data}
    return list(source.parse(Answer(body, edition=document.edition, document=document.id)))


@pytest.fixture(scope="module")
def cop29():
    return read(COP29_NEWS)


@pytest.fixture(scope="module")
def forum():
    return read(FORUM_NEWS)


def observed(rows):
    return {(str(row.series), str(row.period)): row for row in rows if isinstance(row, Observation)}


def claims(rows):
    return {(row.kind, str(row.series)): row for row in rows if isinstance(row, Claim)}


def test_each_news_text_is_a_source_of_its_own():
    assert register_sources() == [COP29_NEWS, FORUM_NEWS]
    dates = {source.id: str(source.documents[0].published) for source in register_sources()}
    assert dates == {"cop29-news": "2024-11-14", "forum-news": "unknown"}


def test_azerbaijan_s_trade_of_nine_months_and_its_share_are_held(cop29):
    series = "trade.turnover{area=AZE,partner=CAREC}"
    observation = observed(cop29)[series, NINE_MONTHS]
    assert (observation.value, observation.note) == (4, "printed as approximate")
    assert observation.cell.raw.endswith("approximately $4 billion")
    share = claims(cop29)[ClaimKind.SHARE, series]
    assert (share.value, str(share.of)) == (11.5, "trade.turnover{area=AZE,partner=WLD}")


@pytest.mark.parametrize(
    ("series", "period", "value"),
    [
        ("trade.turnover{area=CENTRAL-ASIA,partner=CHN}", "2023", 89),
        ("trade.turnover{area=KAZ,partner=CHN}", "2023", 41),
        ("trade.turnover{area=CENTRAL-ASIA,partner=CHN}", NINE_MONTHS, 69),
        ("trade.turnover{area=KAZ,partner=CHN}", NINE_MONTHS, 33),
        ("investment.cumulative{area=TJK,kind=all,partner=CHN}", "2007/2023", 4),
        ("investment.cumulative{area=TJK,kind=direct,partner=CHN}", "2007/2023", 2.5),
        ("investment.companies{area=TJK,partner=CHN}", "2024", 700),
    ],
)
def test_the_forum_article_states(series, period, value, forum):
    assert observed(forum)[series, period].value == value


def test_these_are_all_the_figures_of_the_two_texts(cop29, forum):
    assert (len(cop29), len(forum)) == (2, 10)


def test_the_growth_of_a_year_is_a_claim_about_the_year_before(forum):
    growth = claims(forum)[ClaimKind.GROWTH, "trade.turnover{area=CENTRAL-ASIA,partner=CHN}"]
    assert (growth.value, str(growth.base_period), str(growth.period)) == (27, "2022", "2023")


def test_the_89_billion_said_again_of_kazakhstan_alone_contradict_its_41(forum):
    series = "trade.turnover{area=KAZ,partner=CHN}"
    again = claims(forum)[ClaimKind.RESTATEMENT, series]
    assert (again.value, again.qualifier, str(again.period)) == (89, Qualifier.MORE_THAN, "2023")
    assert observed(forum)[series, "2023"].value < again.value


def test_the_investment_said_again_keeps_the_year_that_is_printed(forum):
    again = claims(forum)[ClaimKind.RESTATEMENT, "investment.cumulative{area=TJK,kind=all,partner=CHN}"]
    assert (again.value, str(again.period), str(again.printed_period)) == (4, "2007/2023", "2023")


def test_an_inferred_year_is_marked_in_every_note(forum):
    dated_by_us = [row for row in forum if isinstance(row, Observation) and str(row.period) != "2007/2023"]
    assert len(dated_by_us) == 5
    assert all("inferred to be 2024" in row.note for row in dated_by_us)


def test_the_raw_text_holds_the_digits_of_each_value(cop29, forum):
    for row in (*cop29, *forum):
        printed = {float(found) for found in re.findall(r"\d+(?:\.\d+)?", row.cell.raw)}
        assert row.value in printed, f"{row.value} is not in {row.cell.raw!r}"


def test_every_number_has_its_place_in_the_document(cop29, forum):
    for row in (*cop29, *forum):
        assert NOT_RECORDED not in (row.cell.document, row.cell.location, row.cell.row, row.cell.column, row.cell.raw)


def test_every_label_is_in_its_code_list(cop29, forum):
    for row in (*cop29, *forum):
        indicator = INDICATORS[row.series.indicator]
        for series in filter(None, (row.series, getattr(row, "of", None))):
            assert isinstance(series, Series)
            assert [name for name, _ in series.labels] == sorted(d.name for d in indicator.dimensions)
            assert all(code in indicator.dimension(name).codes for name, code in series.labels)


@pytest.mark.parametrize("indicator", register_indicators(), ids=lambda indicator: indicator.id)
def test_an_indicator_is_named_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in LANGUAGES)
