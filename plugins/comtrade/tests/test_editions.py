"""Which codes count, by the edition of the HS in which a year is reported."""

import pytest
from carecmon_plugins.comtrade.tests.trade import CODES, KAZ, answers, body, lct, read, row


def share_in(edition, value_of):
    """Return the import shares by variant, where every code of an edition is worth ``value_of`` it."""
    rows = [row(KAZ, "2021", "M", code, value_of(code), edition) for code in sorted(CODES[edition]["upper"])]
    found = read([row(KAZ, "2021", "M", "TOTAL", 1000, edition), *rows])
    return {codes: found[lct("lct.import-share", codes=codes), "2021"] for codes in ("strict", "default", "upper")}


@pytest.mark.parametrize(
    ("edition", "counts"),
    [
        ("H6", (137, 144, 144)),
        ("H5", (124, 124, 124)),
        ("H4", (113, 113, 119)),
        ("H3", (109, 109, 117)),
        ("H2", (104, 104, 122)),
    ],
)
def test_each_variant_counts_the_codes_of_the_edition_in_the_row(edition, counts):
    shares = share_in(edition, lambda code: 1)
    assert tuple(round(10 * one.value) for one in shares.values()) == counts


def test_a_code_of_another_edition_is_not_counted():
    total = row(KAZ, "2021", "M", "TOTAL", 1000, "H5")
    found = read([total, row(KAZ, "2021", "M", "854142", 7, "H5"), row(KAZ, "2021", "M", "854140", 5, "H5")])
    assert found[lct("lct.import-share"), "2021"].value == 0.5


def test_the_break_between_editions_is_in_the_note_of_each_figure():
    notes = {edition: share_in(edition, lambda code: 1)["default"].note for edition in ("H6", "H5", "H4")}
    assert notes["H6"] == "codes of HS2022; break=HS2022"
    assert notes["H5"] == "codes of HS2017; break=HS2017"
    assert "before break=HS2017" in notes["H4"] and "electric" in notes["H4"]


def test_an_edition_without_a_list_is_named_and_costs_its_own_years_only(trade, failing):
    trade.datasets[KAZ, "2022"] = ("H7", 11)
    results, error = failing()
    assert "H7" in str(error) and "KAZ 2022" in str(error)
    assert len(answers(results)) == 2


def test_a_year_that_is_classified_otherwise_than_listed_is_refused(trade, failing):
    rows = [row(KAZ, "2022", "M", "TOTAL", 1000, "H6"), row(KAZ, "2022", "M", "282520", 1, "H6")]
    trade.server.add("/public/v1/preview/C/A/HS", body(rows), query={"period": "2022"})
    results, error = failing()
    assert "was listed as H5" in str(error)
    assert len(answers(results)) == 2
