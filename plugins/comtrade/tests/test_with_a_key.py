"""With a key: partners, products, trade within the region, and Turkmenistan as its partners report it."""

import json

from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import (
    CHN,
    KAZ,
    RUSSIA,
    TKM,
    UZB,
    body,
    lct,
    observed,
    partners_say,
    row,
    state_of,
)

from carecmon import Answer, NotModified, ObservationStatus, Series


def test_with_a_key_one_request_a_flow_brings_twelve_years_and_all_partners(trade, fetch):
    fetch(key="k")
    kazakhstan = [asked for asked in trade.calls("/data/v1/get/") if asked.query.get("reporterCode") == KAZ]
    assert [asked.query["flowCode"] for asked in kazakhstan] == ["M", "X"]
    assert kazakhstan[0].query["period"] == "2022,2023"
    partners = kazakhstan[0].query["partnerCode"].split(",")
    assert {"0", CHN, UZB, RUSSIA, "842", "699", "251", "757"} <= set(partners) and KAZ not in partners
    assert trade.calls("preview") == []


def test_with_a_key_an_unchanged_source_still_costs_one_request(trade, fetch):
    state = state_of(fetch(key="k"))
    trade.server.clear()
    assert [type(result) for result in fetch(state, key="k")] == [NotModified]
    assert len(trade.server.requests) == 1


def test_years_that_were_filled_without_a_key_are_filled_up_once_there_is_one(trade, fetch):
    state = state_of(fetch())
    found = observed(fetch(state, key="k"))
    assert found[lct("lct.import-share", partner="CHN"), "2022"].value == 2.0
    assert {period for _, period in found} >= {"2022", "2023"}


def test_trade_with_a_partner_is_compared_with_all_trade_with_that_partner(fetch):
    found = observed(fetch(key="k"))
    assert found[lct("lct.imports", partner="CHN"), "2022"].value == 2e-06
    assert found[lct("lct.import-share", partner="CHN"), "2022"].value == 2.0


def products(found, period):
    labels = {series.label("product") for series, of in found if (series.label("area"), of) == ("KAZ", period)}
    return labels - {"all", None}


def test_products_are_codes_of_hs_2017_also_where_they_were_divided_later(trade, fetch):
    trade.traded = ["282520", "854142", "854143", "850730"]
    found = observed(fetch(key="k"))
    solar = found[lct("lct.imports", product="854140"), "2023"]
    assert (solar.value, solar.cell.column) == (4e-06, "854141 + 854142 + 854143 + 854149")
    assert products(found, "2023") == {"282520", "854140", "850730"}


def test_products_that_an_older_edition_does_not_tell_apart_are_counted_and_not_shown(trade, fetch):
    trade.datasets = {(KAZ, "2016"): ("H3", 1)}
    trade.traded = ["282520", "850780"]
    found = observed(fetch(key="k"))
    assert products(found, "2016") == {"282520"}, "850780 of HS 2007 holds three products"
    assert found[lct("lct.imports"), "2016"].value == 4e-06


def test_the_share_from_within_the_region_counts_members_other_than_the_country_itself(fetch):
    found = observed(fetch(key="k"))
    kazakhstan = Series.of("lct.intra-share", area="KAZ", partner="CAREC")
    uzbekistan = Series.of("lct.intra-share", area="UZB", partner="CAREC-XPRC")
    assert found[kazakhstan, "2023"].value == 50.0  # the PRC: 2 of 4
    assert found[uzbekistan, "2023"].value == 50.0  # Kazakhstan: 2 of 4; the PRC is not in this group


def test_goods_that_a_country_brings_back_are_not_trade_within_the_region():
    rows = [row(CHN, "2021", "M", code, value, partner=partner) for code, value, partner in
            [("TOTAL", 1000, "0"), ("282520", 8, "0"), ("282520", 3, CHN), ("282520", 2, KAZ)]]  # fmt: skip
    answer = Answer({"get.M.json": json.dumps(body(rows)).encode()}, "https://example.org")
    found = {one.series: one.value for one in COMTRADE.parse(answer)}
    assert found[Series.of("lct.intra-share", area="CHN", partner="CAREC")] == 25.0


def test_turkmenistan_is_the_sum_of_what_single_partners_report_and_is_marked_as_an_estimate(trade, fetch):
    trade.partners_of_turkmenistan = partners_say("2022") + partners_say("2023", "H6")
    found = observed(fetch(key="k"))
    one = found[lct("lct.imports", "TKM"), "2022"]
    assert (one.value, one.status) == (5e-06, ObservationStatus.ESTIMATED)
    assert "2 partners" in one.note and "FOB" in one.note
    assert found[lct("lct.export-share", "TKM"), "2023"].value == round(500 / 1200, 12)
    assert all("reporterCode" not in c.query for c in trade.calls("/v1/get/") if c.query["partnerCode"] == TKM)


def test_the_mirror_is_not_asked_for_where_turkmenistan_reports_itself(trade, fetch):
    trade.datasets = {(TKM, "2023"): ("H6", 3)}
    fetch(key="k")
    assert trade.calls("Reporters.json") == []
