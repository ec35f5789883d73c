"""The brief on low carbon technology: every printed figure once, misprints too."""

import csv
import re
from collections import Counter

import pytest
from carecmon_plugins import trade
from carecmon_plugins.lct import BRIEF, HERE, register_indicators, register_sources

from carecmon import NOT_RECORDED, Answer, Claim, ClaimKind, Observation, Qualifier, Series, codelists
from carecmon.model import LANGUAGES

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}
ELSEWHERE = {"electricity.exports", "trade.exports", "trade.imports"}
WORDS = {"one-half": 50}


def lct(indicator, area, partner="WLD", product="all"):
    return Series.of(indicator, area=area, partner=partner, product=product, codes="as-published")


@pytest.fixture(scope="module")
def rows():
    [document] = BRIEF.documents
    body = {path.name: path.read_bytes() for path in document.data}
    return list(BRIEF.parse(Answer(body, edition=document.edition, document=document.id)))


@pytest.fixture(scope="module")
def observed(rows):
    return {(row.series, str(row.period)): row for row in rows if isinstance(row, Observation)}


def claimed(rows, kind, series):
    return [row for row in rows if isinstance(row, Claim) and row.kind is kind and row.series == series]


def numbers_in(raw):
    return {float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", raw.replace(", ", " "))} | {
        float(number) for word, number in WORDS.items() if word in raw
    }


def related(row):
    if isinstance(row, Observation):
        return [row.series]
    return [row.series, *row.parts, *([row.of] if row.of else [])]


def table(path):
    with (HERE / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_brief_is_one_edition_of_one_source():
    assert register_sources() == [BRIEF]
    [document] = BRIEF.documents
    assert (document.id, document.edition, str(document.published)) == ("seed-004", "2025", "2025-08-16")


def test_it_holds_this_many_figures_of_each_kind(rows):
    kinds = Counter("observation" if isinstance(row, Observation) else row.kind.value for row in rows)
    assert kinds == {
        "observation": 71,
        "growth": 29,
        "real-growth": 22,
        "share": 24,
        "change": 3,
        "total": 2,
        "restatement": 6,
        "deflator": 1,
    }


def test_no_cell_is_stated_twice(rows):
    cells = Counter((row.series, row.period) for row in rows if isinstance(row, Observation))
    assert [cell for cell, times in cells.items() if times > 1] == []


def test_the_raw_text_holds_the_digits_of_each_value(rows):
    for row in rows:
        scaled = {number * scale for number in numbers_in(row.cell.raw) for scale in (1, 1000)}
        assert any(abs(abs(row.value) - number) < 1e-9 for number in scaled), f"{row.value} is not in {row.cell.raw!r}"


def test_every_number_has_its_place_in_the_document(rows):
    for row in rows:
        assert row.cell.document == "seed-004"
        assert NOT_RECORDED not in (row.cell.location, row.cell.row, row.cell.column, row.cell.raw)


def test_every_label_is_in_its_code_list(rows):
    for row in rows:
        for series in related(row):
            if series.indicator in ELSEWHERE:
                continue
            indicator = INDICATORS[series.indicator]
            assert [name for name, _ in series.labels] == sorted(d.name for d in indicator.dimensions)
            for name, code in series.labels:
                assert code in indicator.dimension(name).codes, f"{series}: {name}={code}"


def test_series_of_other_plugins_bear_areas_of_the_shared_list(rows):
    others = [row.series for row in rows if row.series.indicator in ELSEWHERE]
    assert {series.indicator for series in others} == ELSEWHERE
    for series in others:
        assert [name for name, _ in series.labels] == ["area", "partner"]
        assert all(code in codelists.areas() for _, code in series.labels)
    declared = {indicator.id for indicator in trade.register_indicators()}
    assert {"trade.exports", "trade.imports"} <= declared


INDICATOR_OF = {
    "LCT import share": "lct.import-share",
    "LCT export share": "lct.export-share",
    "LCT share of global trade": "lct.export-share",
}


@pytest.mark.parametrize("share", table("tests/lct_shares.csv"), ids=lambda row: " ".join(list(row.values())[:3]))
def test_it_agrees_with_an_independent_transcription_of_the_shares(share, observed):
    series = lct(INDICATOR_OF[share["indicator"]], codelists.areas().resolve(share["entity"]))
    assert observed[series, share["year"]].value == float(share["value"])


@pytest.mark.parametrize(
    ("series", "period", "value", "raw"),
    [
        pytest.param(lct("lct.imports", "CAREC-XPRC"), "2024", 14400, "USD 14.4 billion in 2024", id="region, imports"),
        pytest.param(lct("lct.exports", "CAREC-XPRC"), "2024", 909, "USD 909 million in 2024", id="region, exports"),
        pytest.param(
            lct("lct.imports", "CAREC-XPRC", "TUR"), "2024", 900, "about USD 0.9 billion each", id="a group's figure"
        ),
        pytest.param(
            lct("lct.imports", "CAREC-XPRC", "USA"), "2024", 500, "USD 0.8, and 0.5 billion, respectively", id="a pair"
        ),
        pytest.param(lct("lct.exports", "CAREC-XPRC", "CHN"), "2023", 0.8, "USD 0.8 million in 2023", id="small"),
        pytest.param(
            lct("lct.imports", "WLD", product="figure-4-main"), "2020", 261000, "USD 261 billion in 2020", id="products"
        ),
        pytest.param(lct("lct.export-share", "JPN"), "2005", 8.7, "up from 8.7% in 2005", id="a partner's share"),
        pytest.param(lct("lct.export-share", "SVK"), "2024", 16.2, "16.2%, 7.2% and 6.5%", id="a comparison"),
        pytest.param(
            Series.of("electricity.exports", area="CAREC-XPRC", partner="CAREC-XPRC"),
            "2024",
            538,
            "USD 538 million",
            id="power",
        ),
        pytest.param(
            Series.of("lct.intra-share", area="CAREC-XPRC", partner="CAREC-XPRC"),
            "2020",
            0.9,
            "up from 0.9% in 2020",
            id="intra",
        ),
    ],
)
def test_a_known_figure_stands_in_its_cell(series, period, value, raw, observed):
    observation = observed[series, period]
    assert (observation.value, observation.cell.raw) == (value, raw)


@pytest.mark.parametrize(
    ("series", "nominal", "real"),
    [
        pytest.param(lct("lct.exports", "CHN"), 719, 411, id="PRC"),
        pytest.param(lct("lct.exports", "KOR"), 227, 104, id="Korea"),
        pytest.param(lct("lct.exports", "DEU"), 219, 99, id="Germany, exports"),
        pytest.param(lct("lct.exports", "USA"), 110, 31, id="USA, exports"),
        pytest.param(lct("lct.exports", "JPN"), 67, 4, id="Japan"),
        pytest.param(lct("lct.exports", "OTHER"), 2025, 88, id="others, garbled as printed"),
        pytest.param(lct("lct.imports", "BEL"), 567, 316, id="Belgium"),
        pytest.param(lct("lct.imports", "USA"), 358, 186, id="USA, imports"),
        pytest.param(lct("lct.imports", "ITA"), 304, 152, id="Italy"),
        pytest.param(lct("lct.imports", "GBR"), 294, 145, id="United Kingdom"),
        pytest.param(lct("lct.imports", "FRA"), 360, 125, id="France, impossible as printed"),
        pytest.param(lct("lct.imports", "DEU"), 225, 109, id="Germany, impossible as printed"),
        pytest.param(lct("lct.imports", "CAN"), 219, 99, id="Canada"),
        pytest.param(lct("lct.imports", "KOR"), 115, 34, id="Korea, imports"),
        pytest.param(lct("lct.imports", "OTHER"), 215, 97, id="others, imports"),
        pytest.param(lct("lct.imports", "CHN"), 11, -31, id="PRC, imports"),
        pytest.param(Series.parse("trade.exports{area=JPN,partner=WLD}"), 19, -26, id="Japan, all goods"),
    ],
)
def test_growth_is_a_pair_of_claims_from_2005_to_2024(series, nominal, real, rows):
    [growth] = claimed(rows, ClaimKind.GROWTH, series)
    [deflated] = claimed(rows, ClaimKind.REAL_GROWTH, series)
    assert (growth.value, deflated.value) == (nominal, real)
    for claim in (growth, deflated):
        assert (str(claim.base_period), str(claim.period)) == ("2005", "2024")


def test_the_deflator_is_held_once(rows):
    [deflator] = [row for row in rows if isinstance(row, Claim) and row.kind is ClaimKind.DEFLATOR]
    assert (deflator.value, str(deflator.base_period), str(deflator.period)) == (60, "2005", "2024")


def test_the_goods_imports_of_the_prc_are_held_as_both_contradicting_numbers(rows):
    series = Series.parse("trade.imports{area=CHN,partner=WLD}")
    assert {claim.value for claim in claimed(rows, ClaimKind.GROWTH, series)} == {229, 192}


def test_the_four_millions_for_billions_stay_as_printed_and_are_marked(observed):
    millions = [row for row in observed.values() if "printed million" in (row.note or "")]
    assert sorted(row.value for row in millions) == [600, 600, 650, 650]
    assert all("million" in row.cell.raw for row in millions)


@pytest.mark.parametrize(
    ("indicator", "group"), [("lct.exports", "lct-top-exporters"), ("lct.imports", "lct-main-consumers")]
)
def test_the_parts_of_global_trade_are_stated_with_their_total(indicator, group, rows, observed):
    [total] = claimed(rows, ClaimKind.TOTAL, lct(indicator, "WLD"))
    assert (total.value, total.qualifier) == (1250000, Qualifier.ABOUT)
    assert total.parts == (lct(indicator, group), lct(indicator, "OTHER"))
    assert all((part, "2024") in observed for part in total.parts)


def test_the_share_printed_for_2025_says_so_and_which_year_is_meant(rows, observed):
    series = lct("lct.import-share", "CHN")
    assert observed[series, "2025"].note == "printed 2025; the context says 2024"
    [claim] = claimed(rows, ClaimKind.RESTATEMENT, series)
    assert (claim.value, str(claim.period), str(claim.printed_period)) == (3.0, "2024", "2025")


def test_the_whole_of_a_share_is_the_same_trade_in_all_products(rows):
    for row in rows:
        if isinstance(row, Claim) and row.kind is ClaimKind.SHARE:
            assert row.of is not None
            assert (row.of.indicator, row.of.label("area")) == (row.series.indicator, row.series.label("area")) or (
                row.series.label("area") in ("lct-top-exporters", "lct-top-importers") and row.of.label("area") == "WLD"
            )


def test_a_share_with_parts_is_their_sum_within_rounding(rows):
    shares = {(row.series, row.of): row for row in rows if isinstance(row, Claim) and row.kind is ClaimKind.SHARE}
    sums = [row for row in shares.values() if row.parts]
    assert sorted(row.value for row in sums) == [26.7, 30.6]
    for row in sums:
        assert abs(row.value - sum(shares[part, row.of].value for part in row.parts)) < 0.2


def test_repetitions_are_about_figures_that_the_document_states(rows, observed):
    claims = [row for row in rows if isinstance(row, Claim) and row.kind is ClaimKind.RESTATEMENT]
    repeated = [claim for claim in claims if claim.printed_period is None]
    assert len(repeated) == 5
    assert all((row.series, str(row.period)) in observed for row in repeated)


def test_the_products_are_the_124_codes_of_the_annex_and_the_groups_of_the_text():
    products = INDICATORS["lct.imports"].dimension("product").codes
    annex = {row["hs2017"] for row in table("lct_hs2017.csv")}
    assert len(annex) == 124
    assert {code.code for code in products if code.code.isdigit()} == annex
    groups = [code for code in products if not code.code.isdigit()]
    assert {member for group in groups for member in group.facts.get("members", "").split(";") if member} <= annex


def test_every_product_with_a_figure_has_a_name_in_every_language(rows):
    products = INDICATORS["lct.imports"].dimension("product").codes
    used = {row.series.label("product") for row in rows} - {None}
    assert all(products[code].name.translated(language) for code in used for language in LANGUAGES)


@pytest.mark.parametrize(
    ("edition", "codes"), [("HS2022", 144), ("HS2017", 124), ("HS2012", 113), ("HS2007", 109), ("HS2002", 104)]
)
def test_each_edition_of_the_harmonized_system_has_its_query_codes(edition, codes):
    of_edition = [row for row in table("lct_codes_by_edition.csv") if row["edition"] == edition]
    asked = {row["code"] for row in of_edition if row["status"].startswith("include")}
    assert len(asked) == codes
    annex = {row["hs2017"] for row in table("lct_hs2017.csv")}
    assert {source for row in of_edition for source in row["lct_hs2017_sources"].split(";") if source} <= annex


@pytest.mark.parametrize("indicator", register_indicators(), ids=lambda indicator: indicator.id)
def test_an_indicator_is_named_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in LANGUAGES)
