"""Sums of rows: in any order, and nothing that is lacking is taken for zero."""

from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import CODES, KAZ, answers, body, lct, read, row

from carecmon import Observation


def test_sums_do_not_depend_on_the_order_of_rows_and_have_twelve_digits():
    values = [0.1, 0.2, 0.3, 1e-7, 123456789.123]
    codes = sorted(CODES["H5"]["strict"])[:5]
    rows = [row(KAZ, "2021", "M", code, value) for code, value in zip(codes, values, strict=True)]
    total = row(KAZ, "2021", "M", "TOTAL", 3e9)
    forth, back = read([total, *rows]), read([*reversed(rows), total])
    assert forth == back
    value = forth[lct("lct.imports"), "2021"].value
    assert value == 123.456789723  # 123456789.7230001 USD
    assert forth[lct("lct.imports"), "2021"].cell.raw == "123456789.7230001 of 3000000000.0 USD"


def test_an_amount_that_is_not_given_is_not_counted_and_not_zero():
    total = row(KAZ, "2021", "M", "TOTAL", 1000)
    assert read([total, row(KAZ, "2021", "M", "282520", None)]) == {}
    assert read([row(KAZ, "2021", "M", "TOTAL", None), row(KAZ, "2021", "M", "282520", 5)]) == {}


def test_a_total_without_any_lct_code_is_not_read_as_zero():
    assert read([row(KAZ, "2021", "M", "TOTAL", 1000)]) == {}


def test_a_total_of_zero_has_no_share():
    found = read([row(KAZ, "2021", "M", "TOTAL", 0), row(KAZ, "2021", "M", "282520", 0)])
    assert {series.indicator for series, _ in found} == {"lct.imports"}


def test_an_answer_without_rows_is_an_answer_that_states_nothing(trade, fetch):
    trade.server.add("/public/v1/preview/C/A/HS", body([]), query={"reporterCode": KAZ, "period": "2022"})
    [answer] = [a for a in answers(fetch()) if "2022" in a.url]
    assert [one for one in COMTRADE.parse(answer) if isinstance(one, Observation)] == []
    assert "has no imports and no exports of 2022" in answer.note
