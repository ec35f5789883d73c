"""What each kind of check finds in a small document, and what it leaves alone."""

import pytest

from carecmon.judge import checks
from carecmon.judge.checks import KINDS, check_kind
from carecmon.model import (
    Cell,
    Check,
    Code,
    CodeList,
    Contradiction,
    Observation,
    Period,
    Qualifier,
    Scale,
    Series,
    Severity,
    Text,
)


def test_a_change_that_the_printed_values_do_not_make_is_found(paper):
    page = paper().prints("time{area=AAA}", "2021", "24.0").prints("time{area=AAA}", "2022", "21.9")
    page.claims_that("change", "time{area=AAA}", "2022", "+5.1", 5.1, "2021")
    (finding,) = page.findings()
    assert (finding.check, finding.severity) == ("printed-change", Severity.WARNING)
    assert (finding.found, finding.expected) == ("+5.1 h", "-2.1 h (21.9 h in 2022 less 24.0 h in 2021)")
    assert [cell.raw for cell in finding.cells] == ["+5.1", "21.9", "24.0"]
    assert finding.message == (
        "time, AAA: the printed change to 2022 is +5.1 h, but the printed values went from 24.0 h in 2021 to 21.9 h:"
        " -2.1 h, the other way."
    )


def test_a_change_within_rounding_is_right(paper):
    page = paper().prints("time{area=AAA}", "2021", "10.6").prints("time{area=AAA}", "2022", "12.5")
    page.claims_that("change", "time{area=AAA}", "2022", "+2.0", 2.0, "2021")
    assert page.findings() == []


def test_a_change_from_a_cell_that_prints_no_value_is_found(paper):
    page = paper().prints("score{area=AAA}", "2018", "2.42").prints("score{area=AAA}", "2023", "-")
    page.claims_that("change", "score{area=AAA}", "2023", "(0.50)", -0.5, "2018")
    (finding,) = page.findings()
    assert finding.expected == "no change, because there is no value for 2023"
    assert [cell.raw for cell in finding.cells] == ["(0.50)", "-", "2.42"]


def test_a_change_whose_values_are_printed_nowhere_cannot_be_checked(paper):
    page = paper().claims_that("change", "share{area=AAA}", "2024", "0.2 percentage points", 0.2, "2005")
    assert page.findings() == []


def test_the_message_says_where_a_stale_change_comes_from(paper):
    page = paper().prints("time{area=AAA}", "2021", "12.1").prints("time{area=AAA}", "2022", "11.9")
    page.claims_that("change", "time{area=AAA}", "2022", "(4.7)", -4.7, "2021")
    page.elsewhere = [
        Observation(Series.of("time", area="AAA"), Period.parse(year), value, Cell("old"))
        for year, value in (("2019", 19.0), ("2020", 16.8))
    ]
    (finding,) = page.findings()
    assert finding.message.endswith(
        "The printed change belongs to the previous pair of periods, 2020 to 2021: 12.1 h less 16.8 h (another paper)."
    )


def test_a_change_that_fits_no_earlier_pair_is_not_explained(paper):
    page = paper().prints("time{area=AAA}", "2021", "12.1").prints("time{area=AAA}", "2022", "11.9")
    page.claims_that("change", "time{area=AAA}", "2022", "(4.7)", -4.7, "2021")
    page.elsewhere = [Observation(Series.of("time", area="AAA"), Period.parse("2020"), 15.0, Cell("old"))]
    (finding,) = page.findings()
    assert "previous pair" not in finding.message


def test_growth_in_percent_is_checked_where_both_values_are_printed(paper):
    page = paper().prints("time{area=AAA}", "2021", "38.0").prints("time{area=AAA}", "2022", "12.4")
    page.claims_that("growth", "time{area=AAA}", "2022", "-67.3%", -67.3, "2021")
    assert page.findings() == []
    page.claims_that("growth", "time{area=AAA}", "2022", "+2.5%", 2.5, "2021")
    assert "printed-growth" in {finding.check for finding in page.findings()}


def test_a_total_is_the_sum_of_its_parts(paper):
    parts = (Series.of("money", area="BBB"), Series.of("money", area="CCC"))
    page = paper().prints("money{area=BBB}", "2024", "4.1").prints("money{area=CCC}", "2024", "5.2")
    page.claims_that("total", "money{area=AAA}", "2024", "9.4", 9.4, parts=parts)
    assert page.findings() == []
    page.claims_that("total", "money{area=AAA}", "2024", "9.6", 9.6, parts=parts)
    (finding,) = page.findings("parts-and-total")
    assert (finding.found, finding.expected) == (
        "USD 9.6 billion",
        "USD 9.3 billion (USD 4.1 billion + USD 5.2 billion)",
    )


def test_a_printed_share_is_the_part_of_the_whole(paper):
    whole = Series.of("money", area="AAA")
    page = paper().prints("money{area=AAA}", "2024", "1264").prints("money{area=BBB}", "2024", "614")
    page.claims_that("share", "money{area=BBB}", "2024", "48.6%", 48.6, of=whole)
    assert page.findings() == []
    page.claims.clear()
    page.claims_that("share", "money{area=BBB}", "2024", "51%", 51, of=whole)
    (finding,) = page.findings()
    assert (finding.check, finding.found) == ("printed-share", "51%")


@pytest.mark.parametrize(
    ("shares", "options", "found"),
    [
        pytest.param((75, 25), {}, 0, id="they make a whole"),
        pytest.param((40, 25), {}, 0, id="some are not printed"),
        pytest.param((40, 25), {"complete": "yes"}, 1, id="all are printed and something is missing"),
        pytest.param((75, 45), {}, 1, id="more than a whole"),
        pytest.param((50, 51), {}, 0, id="one too many is rounding"),
    ],
)
def test_shares_make_at_most_a_whole(paper, shares, options, found):
    page = paper(Check("shares-sum", {"indicator": "money", **options}))
    for area, share in zip(("BBB", "CCC"), shares, strict=True):
        page.claims_that(
            "share", f"money{{area={area}}}", "2024", f"{share}%", share, of=Series.of("money", area="AAA")
        )
    assert len(page.findings("shares-sum")) == found


def test_a_speed_with_delay_above_the_speed_without_is_found(paper):
    page = paper().prints("slow{area=AAA}", "2020", "28.1").prints("fast{area=AAA}", "2020", "8.0")
    page.prints("slow{area=BBB}", "2020", "8.0").prints("fast{area=BBB}", "2020", "8.0")
    (finding,) = page.findings()
    assert (finding.check, finding.found) == ("ordered", "28.1 km/h")
    assert finding.expected == "at most 8.0 km/h, the value of fast{area=AAA}"


def test_a_rank_that_does_not_follow_the_score_is_found_once(paper):
    page = paper()
    for area, score, rank in (("AAA", "3.61", "26"), ("BBB", "2.81", "119"), ("CCC", "2.44", "71")):
        page.prints(f"score{{area={area}}}", "2018", score).prints(f"rank{{area={area}}}", "2018", rank)
    (finding,) = page.findings()
    assert (finding.check, finding.found) == ("rank-follows-score", "rank 119 with 2.81")


def test_equal_printed_scores_may_have_any_ranks(paper):
    page = paper()
    for area, rank in (("AAA", "79"), ("BBB", "79"), ("CCC", "84")):
        page.prints(f"score{{area={area}}}", "2023", "2.7").prints(f"rank{{area={area}}}", "2023", rank)
    assert page.findings() == []


def test_a_value_outside_its_bounds_is_found_unless_it_may_be_rounding(paper):
    page = paper().prints("share{area=AAA}", "2024", "104").prints("share{area=BBB}", "2024", "100.0")
    (finding,) = page.findings()
    assert (finding.check, finding.found, finding.expected) == ("bounds", "104%", "at most 100%")


def deflated(page, pairs, deflator=60):
    page.claims_that("deflator", "trade{area=AAA}", "2024", f"inflation of {deflator}%", deflator, "2005")
    for area, nominal, real in pairs:
        page.claims_that("growth", f"money{{area={area}}}", "2024", f"{nominal}%", nominal, "2005")
        page.claims_that("real-growth", f"money{{area={area}}}", "2024", f"{real}%", real, "2005")
    return page


def test_nominal_growth_deflated_is_the_real_growth(paper):
    page = deflated(paper(), [("AAA", 719, 411), ("BBB", 294, 145), ("CCC", 360, 125)])
    (finding,) = page.findings()
    assert (finding.check, finding.series) == ("real-growth", Series.of("money", area="CCC"))
    assert (finding.found, finding.expected) == ("125% real", "about 187% real (360% nominal with prices 60% higher)")


def test_a_single_pair_has_the_whole_width_of_the_deflator(paper):
    assert deflated(paper(), [("AAA", 225, 109)]).findings() == []


def test_a_pair_must_agree_with_the_deflator_that_most_pairs_share(paper):
    page = deflated(paper(), [("AAA", 719, 411), ("BBB", 294, 145), ("CCC", 225, 109)])
    assert [finding.series.label("area") for finding in page.findings()] == ["CCC"]


def test_growth_without_a_deflator_cannot_be_checked(paper):
    page = deflated(paper(), [("AAA", 360, 125)])
    del page.claims[0]
    assert page.findings() == []


def test_a_share_changes_with_the_growth_of_part_and_whole(paper):
    page = paper().prints("share{area=AAA}", "2005", "10.6").prints("share{area=AAA}", "2024", "3.0")
    page.claims_that("growth", "money{area=AAA}", "2024", "11%", 11, "2005")
    page.claims_that("growth", "trade{area=AAA}", "2024", "292%", 292, "2005")
    assert page.findings() == []
    page.claims.pop()
    page.claims_that("growth", "trade{area=AAA}", "2024", "229%", 229, "2005")
    (finding,) = page.findings()
    assert (finding.check, finding.found, finding.expected) == ("share-growth", "3.0%", "3.58% with 11% and 229%")


@pytest.mark.parametrize(
    ("kind", "raw", "value", "found"),
    [
        pytest.param("growth", "growth of 2025 unadjusted", 2025, 1, id="a year for a growth"),
        pytest.param("growth", "growth of 2025 unadjusted", None, 1, id="read as no number"),
        pytest.param("growth", "a growth of 2025%", 2025, 0, id="a percent sign makes it a number"),
        pytest.param("growth", "from 2005 to 2024", None, 0, id="its own periods are no values"),
        pytest.param("share", "at 51% in 2024", 51, 0, id="a share beside a year"),
    ],
)
def test_a_year_where_a_percentage_belongs_is_found(paper, kind, raw, value, found):
    page = paper().claims_that(kind, "money{area=AAA}", "2024", raw, value, "2005")
    assert len(page.findings("year-as-value")) == found


def test_a_year_where_an_observed_percentage_belongs_is_found(paper):
    page = paper()
    page.indicator("percent", unit="% of imports")
    page.prints("percent{area=AAA}", "2024", "a share of 2025", 2025.0).prints("time{area=AAA}", "2024", "2025")
    assert [finding.found for finding in page.findings("year-as-value")] == ["2025"]


def test_a_period_later_than_all_data_of_the_document_is_found(paper):
    page = paper().prints("share{area=BBB}", "2024", "4.8")
    page.claims_that("restatement", "share{area=AAA}", "2024", "3.0% in 2025", 3.0, printed_period=Period.parse("2025"))
    (finding,) = page.findings()
    assert (finding.check, finding.found, finding.expected) == ("year-as-value", "the period 2025", "the period 2024")


def test_millions_for_billions_are_found_one_finding_a_cell(paper):
    page = paper().prints("money{area=BBB}", "2024", "more than USD 650 million", 0.65)
    page.prints("money{area=CCC}", "2024", "USD 600 million", 0.6)
    parts = (Series.of("money", area="BBB"), Series.of("money", area="CCC"))
    page.claims_that("total", "money{area=AAA}", "2024", "about USD 1250 billion", 1250, parts=parts)
    findings = page.findings()
    assert [finding.check for finding in findings] == ["magnitude", "magnitude"]
    assert findings[1].found == "USD 0.600 billion"
    assert findings[1].expected == "USD 600 billion, because the parts make up USD 1,250 billion"


def test_a_jump_of_ten_times_is_information(paper):
    page = paper()
    page.indicator("cost", Check("magnitude"))
    page.prints("cost{area=AAA}", "2020", "24").prints("cost{area=AAA}", "2021", "2").prints(
        "cost{area=AAA}", "2022", "9"
    )
    (finding,) = page.findings()
    assert (finding.check, finding.severity) == ("magnitude", Severity.INFO)


def test_the_same_fact_twice_is_the_same_number(paper):
    page = paper().prints("time{area=AAA}", "2020", "70.7")
    page.claims_that("restatement", "time{area=AAA}", "2020", "50.0", 50.0)
    (finding,) = page.findings()
    assert (finding.check, finding.severity, finding.found) == ("restated", Severity.WARNING, "50.0 h")


def test_states_that_differ_are_named_and_the_next_one_is_no_rounding(paper):
    page = paper()
    states = CodeList("states", [Code(code, Text(code.title())) for code in ("planned", "running", "done")])
    page.indicator("link", unit="state", scale=Scale.STATE, states=states, precision=0)
    page.claims_that("restatement", "link{area=AAA}", "2024", "under way", 1.0)
    page.claims_that("restatement", "link{area=AAA}", "2024", "is completed", 2.0)
    (finding,) = page.findings()
    assert (finding.check, finding.severity) == ("restated", Severity.WARNING)
    assert finding.message == "link, AAA: the document prints Done for 2024, and Running elsewhere."


def test_a_difference_of_one_last_place_may_be_rounding(paper):
    page = paper().prints("time{area=AAA}", "2019", "161")
    page.claims_that("restatement", "time{area=AAA}", "2019", "162", 162)
    (finding,) = page.findings()
    assert (finding.check, finding.severity) == ("restated", Severity.INFO)


def test_a_rougher_restatement_agrees(paper):
    page = paper().prints("money{area=AAA}", "2024", "909")
    page.claims_that("restatement", "money{area=AAA}", "2024", "roughly 900", 900, qualifier=Qualifier.ABOUT)
    page.claims_that("restatement", "money{area=AAA}", "2024", "still below 1000", 1000, qualifier=Qualifier.LESS_THAN)
    assert page.findings() == []


def test_the_same_fact_for_two_periods_is_found(paper):
    page = paper().prints("money{area=AAA}", "2007/2023", "4").prints("money{area=BBB}", "2024", "7")
    page.claims_that("restatement", "money{area=AAA}", "2007/2023", "4", 4, printed_period=Period.parse("2023"))
    (finding,) = page.findings()
    assert (finding.check, finding.found) == ("restated", "USD 4 billion for 2023")


def test_a_table_under_the_wrong_heading_is_found_once(paper):
    page = paper()
    for year in ("2023", "2024"):
        page.prints("progress{theme=t1}", year, "55", cell=Cell("paper", "Table 2", "Theme 2: up to 55 %", year, "55"))
    page.prints("progress{theme=t2}", "2024", "70", cell=Cell("paper", "Table 3", "Theme 2", "2024", "70"))
    (finding,) = page.findings()
    assert (finding.check, finding.found) == ("heading", "under the heading Theme 2")


def test_an_author_can_add_a_function(paper):
    def even(observations, claims):
        for observation in observations:
            if observation.value % 2:
                yield Contradiction(
                    observation.series, observation.period, (observation.cell,), "odd", "even", "It is odd."
                )

    page = paper()
    page.indicator("pairs", Check("custom", function=even, severity=Severity.INFO))
    page.prints("pairs{area=AAA}", "2020", "4").prints("pairs{area=AAA}", "2021", "5").prints(
        "time{area=AAA}", "2021", "7"
    )
    (finding,) = page.findings()
    assert (finding.check, finding.severity, finding.message) == ("custom", Severity.INFO, "It is odd.")


def test_a_custom_check_without_a_function_says_so(paper):
    page = paper(Check("custom")).prints("time{area=AAA}", "2020", "4")
    with pytest.raises(ValueError, match="needs a function"):
        page.findings()


def test_a_custom_check_that_fails_names_who_declares_it(paper):
    page = paper()
    page.indicator("pairs", Check("custom", function=lambda observations, claims: 1 / 0))
    page.prints("pairs{area=AAA}", "2020", "4")
    with pytest.raises(ValueError, match="custom check that pairs declares failed: ZeroDivisionError"):
        page.findings()


def test_every_kind_is_documented():
    assert all(f"``{kind}``" in checks.__doc__ for kind in KINDS)


def test_an_unknown_kind_names_the_kinds_there_are(paper):
    with pytest.raises(ValueError, match="'orderd' is not a kind of check; there are printed-change"):
        check_kind(Check("orderd"))
    with pytest.raises(ValueError, match="'orderd'"):
        paper(Check("orderd")).findings()


def test_a_declared_severity_counts_before_the_usual_one(paper):
    page = paper(Check("restated", severity=Severity.CRITICAL)).prints("time{area=AAA}", "2020", "70.7")
    page.claims_that("restatement", "time{area=AAA}", "2020", "50.0", 50.0)
    assert [finding.severity for finding in page.findings()] == [Severity.CRITICAL]


def test_an_id_stays_while_the_same_cells_contradict_each_other(paper):
    def page(raw):
        page = paper().prints("time{area=AAA}", "2020", "70.7", cell=Cell("paper", "table", raw="70.7"))
        return page.claims_that("restatement", "time{area=AAA}", "2020", raw, float(raw)).findings()[0].id

    assert page("50.0") == page("40.0")
    assert len(page("50.0")) == 12


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_release_gives_no_finding(paper, kind):
    if kind != "custom":
        assert paper(Check(kind)).findings() == []
