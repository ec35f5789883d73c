"""Trade in low carbon technology from UN Comtrade, against a server of our own that answers as documented.

Amounts are made up by a rule; the numbers that the tests expect are worked out from it by hand.
"""

import json
from contextlib import suppress

import pytest
from carecmon_plugins.comtrade import COMTRADE, READER
from carecmon_plugins.lct import register_indicators
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Fault, NotModified, Observation, ObservationStatus, Series, SourceError
from carecmon.model import Notice
from carecmon.sources.comtrade_pages import single_reporters
from carecmon.sources.comtrade_sums import area_codes, members

KAZ, UZB, TKM, CHN, GERMANY, RUSSIA, EUROPEAN_UNION = "398", "860", "795", "156", "276", "643", "97"
INDICATORS = {indicator.id: indicator for indicator in register_indicators()}
CODES = {name: edition.codes for name, edition in READER.editions.items()}


def row(reporter, period, flow, commodity, value, classification="H5", partner="0", **more):
    return {
        "typeCode": "C", "freqCode": "A", "refYear": int(period), "refMonth": 52, "period": period,
        "reporterCode": int(reporter), "reporterISO": None, "flowCode": flow, "partnerCode": int(partner),
        "partner2Code": 0, "classificationCode": classification, "classificationSearchCode": "HS", "cmdCode": commodity,
        "customsCode": "C00", "motCode": 0, "qty": 0, "netWgt": None, "primaryValue": value,
        "isReported": False, "isAggregate": True, **more,
    }  # fmt: skip


def body(rows, **changes):
    return {"elapsedTime": "0.21 secs", "count": len(rows), "data": rows, "error": "", **changes}


def dataset(reporter, year, classification, checksum, **more):
    return {
        "datasetCode": 20031202101182100, "typeCode": "C", "freqCode": "A", "period": int(year),
        "reporterCode": int(reporter), "classificationCode": classification, "classificationSearchCode": "HS",
        "isOriginalClassification": True, "datasetChecksum": checksum, "firstReleased": "2022-03-29T22:50:18.8066667",
        "lastReleased": "2022-05-03T19:12:39.8333333", **more,
    }  # fmt: skip


class Trade:
    """A Comtrade whose data sets and amounts a test sets. LCT codes are worth 2 a piece, everything together 1000."""

    def __init__(self, server):
        self.server = server
        self.datasets = {(KAZ, "2022"): ("H5", 11), (KAZ, "2023"): ("H6", -12), (UZB, "2023"): ("H6", 13)}
        self.converted = []
        self.traded = ["282520", "850760"]
        self.amount = {}
        self.partners_of_turkmenistan = []
        for surface in ("public", "data"):
            server.add(f"/{surface}/v1/getDA/C/A/HS", self.available)
        server.add("/public/v1/preview/C/A/HS", self.answer)
        server.add("/data/v1/get/C/A/HS", self.answer)
        groups = [{"id": 97, "reporterCode": 97, "isGroup": True}, {"id": 588, "reporterCode": 588,
                  "isGroup": False, "entryExpiredDate": "1971-12-31T00:00:00"}]  # fmt: skip
        single = [{"id": int(code), "reporterCode": int(code), "isGroup": False} for code in area_codes()]
        reference = json.dumps({"results": [*single, *groups]})
        server.add("/files/v1/app/reference/Reporters.json", b"\xef\xbb\xbf" + reference.encode())

    def available(self, asked):
        wanted = asked.query["reporterCode"].split(","), asked.query["period"].split(",")
        listed = [
            dataset(reporter, year, *of) for (reporter, year), of in self.datasets.items()
            if reporter in wanted[0] and year in wanted[1]
        ]  # fmt: skip
        return body([*listed, *self.converted])

    def answer(self, asked):
        query = asked.query
        if "reporterCode" not in query:
            return body(self.mirror(query["flowCode"], query["period"].split(",")))
        rows = []
        for year in query["period"].split(","):
            classification = self.datasets[query["reporterCode"], year][0]
            for partner in query["partnerCode"].split(","):
                for code in query["cmdCode"].split(","):
                    value = self.value(query["reporterCode"], year, query["flowCode"], partner, code, classification)
                    if value is not None:
                        one = row(query["reporterCode"], year, query["flowCode"], code, value, classification, partner)
                        rows.append(one)
        return body(rows)

    def value(self, reporter, year, flow, partner, code, classification):
        set_by_test = self.amount.get((reporter, year, flow, partner, code))
        if set_by_test is not None or (reporter, year, flow, partner, code) in self.amount:
            return set_by_test
        if partner not in ("0", CHN, KAZ) or (code != "TOTAL" and code not in CODES[classification]["upper"]):
            return None
        if code == "TOTAL":
            return 1000 if partner == "0" else 100
        return None if code not in self.traded else 2 if partner == "0" else 1

    def mirror(self, flow, years):
        return [
            one for reporter, year, edition, code, value in self.partners_of_turkmenistan if year in years
            for one in [row(reporter, year, flow, code, value, edition, TKM)]
        ]  # fmt: skip

    def calls(self, path):
        return [asked for asked in self.server.requests if path in asked.path]


@pytest.fixture
def trade(source_server):
    return Trade(source_server())


@pytest.fixture
def fetch(trade, source_client):
    def fetch(state=None, key=None):
        return list(COMTRADE.fetch(source_client(COMTRADE, trade.server.url, key=key), state or {}))

    return fetch


@pytest.fixture
def failing(trade, source_client):
    """Give a function that fetches until the source fails, and returns what came before that, and the error."""

    def failing(state=None, key=None):
        results = []
        with pytest.raises(SourceError) as caught:
            for result in COMTRADE.fetch(source_client(COMTRADE, trade.server.url, key=key), state or {}):
                results.append(result)
        return results, caught.value

    return failing


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.001)


def answers(results):
    return [result for result in results if isinstance(result, Answer)]


def state_of(results):
    return [result.state for result in results if result.state][-1]


def observed(results):
    items = [item for answer in answers(results) for item in COMTRADE.parse(answer)]
    return {(one.series, str(one.period)): one for one in items if isinstance(one, Observation)}


def lct(indicator, area="KAZ", codes="default", partner="WLD", product="all"):
    return Series.of(indicator, area=area, codes=codes, partner=partner, product=product)


def preview(rows, code="M"):
    return Answer({f"preview.{code}.json": json.dumps(body(rows)).encode()}, "https://example.org")


def read(rows, code="M"):
    return {(one.series, str(one.period)): one for one in COMTRADE.parse(preview(rows, code))}


# -- Without a key --


def test_a_first_fill_asks_what_there_is_and_then_twice_for_each_year_of_a_reporter(trade, fetch):
    results = fetch()
    assert [type(result) for result in results] == [Answer] * 3
    assert len(trade.calls("getDA")) == 1
    assert len(trade.calls("preview")) == 6
    assert trade.calls("/data/") == []


def test_each_request_has_what_keeps_trade_from_being_counted_twice(trade, fetch):
    fetch()
    for asked in trade.calls("preview"):
        assert {name: asked.query[name] for name in ("partnerCode", "partner2Code", "motCode", "customsCode")} == {
            "partnerCode": "0", "partner2Code": "0", "motCode": "0", "customsCode": "C00"
        }  # fmt: skip
        assert (asked.query["maxRecords"], asked.query["breakdownMode"]) == ("500", "classic")
        assert len(asked.query["reporterCode"].split(",")) == len(asked.query["period"].split(",")) == 1
        assert asked.query["flowCode"] in ("M", "X")


def test_the_codes_asked_for_are_those_of_the_edition_in_which_the_year_is_reported(trade, fetch):
    fetch()
    asked = {call.query["period"]: set(call.query["cmdCode"].split(",")) for call in trade.calls("preview")}
    assert asked["2022"] == {"TOTAL", *CODES["H5"]["upper"]}
    assert asked["2023"] == {"TOTAL", *CODES["H6"]["upper"]}
    assert (len(asked["2022"]), len(asked["2023"])) == (125, 145)


def test_a_whole_address_stays_below_the_limit(trade, fetch):
    from urllib.parse import urlencode

    fetch()
    fetch(key="a key")
    assert max(len(asked.path) + len(urlencode(asked.query)) for asked in trade.server.requests) < 4000


def test_shares_and_values_are_computed_from_lct_codes_and_the_total(fetch):
    found = observed(fetch())
    assert found[lct("lct.import-share"), "2022"].value == 0.4
    assert found[lct("lct.exports"), "2023"].value == 4e-06
    assert found[lct("lct.import-share", "UZB"), "2023"].cell.raw == "4 of 1000 USD"


def test_when_nothing_changed_a_second_fetch_costs_one_request(trade, fetch):
    state = state_of(fetch())
    trade.server.clear()
    assert [type(result) for result in fetch(json.loads(json.dumps(state)))] == [NotModified]
    assert len(trade.server.requests) == 1


def test_a_year_whose_checksum_moved_is_asked_for_again_and_no_other(trade, fetch):
    state = state_of(fetch())
    trade.datasets[KAZ, "2023"] = ("H6", 99)
    trade.amount[KAZ, "2023", "M", "0", "850760"] = 48
    trade.server.clear()
    results = fetch(state)
    assert [asked.query["period"] for asked in trade.calls("preview")] == ["2023", "2023"]
    assert {asked.query["reporterCode"] for asked in trade.calls("preview")} == {KAZ}
    assert observed(results)[lct("lct.import-share"), "2023"].value == 5.0


def test_a_year_that_was_reported_in_the_meantime_is_the_only_one_asked_for(trade, fetch):
    state = state_of(fetch())
    trade.datasets[UZB, "2024"] = ("H6", 5)
    assert {period for _, period in observed(fetch(state))} == {"2024"}


def test_an_interrupted_first_fill_goes_on_where_it_stopped(trade, fetch, source_client):
    coming = COMTRADE.fetch(source_client(COMTRADE, trade.server.url), {})
    first = next(coming)
    coming.close()
    trade.server.clear()
    assert len(answers(fetch(first.state))) == 2
    assert len(trade.calls("preview")) == 4


def test_another_table_of_codes_asks_for_everything_again(trade, fetch):
    state = dict(state_of(fetch()), codes="of another table")
    assert len(answers(fetch(state))) == 3


def test_a_data_set_that_was_converted_from_another_edition_is_not_one(trade, fetch):
    trade.converted = [dataset(KAZ, "2022", "H6", 77, isOriginalClassification=False)]
    fetch()
    assert {c.query["cmdCode"].count(",") for c in trade.calls("preview") if c.query["period"] == "2022"} == {124}


def test_the_next_twelve_years_are_listed_once_the_first_ones_are_over(trade, fetch):
    trade.datasets = {(KAZ, "2027"): ("H6", 1), (KAZ, "2028"): ("H6", 2)}
    assert {period for _, period in observed(fetch())} == {"2027", "2028"}
    assert len(trade.calls("getDA")) == 2


def test_an_answer_covers_its_year_of_trade_in_all_products_with_the_world(fetch):
    answer = answers(fetch())[0]
    assert {(str(c.first), str(c.last)) for c in answer.covers} == {("2022", "2022")}
    assert {c.indicator for c in answer.covers} == set(INDICATORS) - {"lct.intra-share"}
    assert all(c.select == {"area": "KAZ", "partner": "WLD", "product": "all"} for c in answer.covers)


def test_without_a_key_there_is_a_notice_once_and_no_breakdown(fetch):
    results = fetch()
    notices = [one for a in answers(results) for one in COMTRADE.parse(a) if isinstance(one, Notice)]
    assert len(notices) == 1
    assert "key_env" in notices[0].text and "Turkmenistan" in notices[0].text
    assert all("without a key" in answer.note for answer in answers(results))
    for series, _ in observed(results):
        assert (series.label("partner"), series.label("product")) == ("WLD", "all")
        assert series.label("area") in ("KAZ", "UZB")


def test_the_key_goes_into_a_header_and_nowhere_else(trade, fetch):
    results = fetch(key="canary-key")
    assert trade.server.requests
    assert all(asked.headers["ocp-apim-subscription-key"] == "canary-key" for asked in trade.calls("/v1/get"))
    assert "canary" not in repr(results)
    assert not any("canary" in asked.path + repr(asked.query) for asked in trade.server.requests)


# -- Editions of the HS --


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


# -- Sums --


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


# -- With a key --


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


def partners_say(year, edition="H5"):
    """Four of Germany's 1000, and one of Russia's 200; the European Union repeats Germany, and an old namesake both."""
    reports = [
        (GERMANY, "TOTAL", 1000), (GERMANY, "282520", 4), (RUSSIA, "TOTAL", 200), (RUSSIA, "282520", 1),
        (EUROPEAN_UNION, "TOTAL", 1000), (EUROPEAN_UNION, "282520", 4), ("588", "TOTAL", 9), ("588", "282520", 9),
    ]  # fmt: skip
    return [(reporter, year, edition, code, value) for reporter, code, value in reports]


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


def everybody(trade, year="2023"):
    for code in members("CAREC-XPRC"):
        if code != TKM:
            trade.datasets[code, year] = ("H6", int(code))
    trade.partners_of_turkmenistan = partners_say(year)


def test_the_region_is_a_simple_average_of_shares_and_a_sum_of_values(trade, fetch):
    everybody(trade)
    trade.amount[KAZ, "2023", "M", "0", "850760"] = 48  # 5 % instead of 0.4 %
    found = observed(fetch(key="k"))
    share = found[lct("lct.import-share", "CAREC-XPRC"), "2023"]
    assert share.value == round((8 * 0.4 + 5.0 + 500 / 1200) / 10, 12)
    assert share.status is ObservationStatus.ESTIMATED
    assert found[lct("lct.imports", "CAREC-XPRC"), "2023"].value == (8 * 4 + 50 + 5) / 1e6
    assert (lct("lct.import-share", "CAREC-XPRC"), "2022") not in found


def test_there_is_no_figure_of_the_region_while_one_country_is_lacking(trade, fetch):
    everybody(trade)
    del trade.datasets["4", "2023"]
    assert {series.label("area") for series, _ in observed(fetch(key="k"))} >= {"TKM", "KAZ"}
    assert "CAREC-XPRC" not in {series.label("area") for series, _ in observed(fetch(key="k"))}


def test_a_revision_of_one_country_revises_the_region(trade, fetch):
    everybody(trade)
    state = state_of(fetch(key="k"))
    trade.datasets[UZB, "2023"] = ("H6", 1)
    trade.amount[UZB, "2023", "X", "0", "282520"] = 102
    found = observed(fetch(state, key="k"))
    assert found[lct("lct.exports", "CAREC-XPRC"), "2023"].value == (8 * 4 + 104 + 5) / 1e6


def test_the_region_waits_until_every_country_could_be_read_again(trade, fetch, failing):
    everybody(trade)
    state = state_of(fetch(key="k"))
    trade.datasets |= {(UZB, "2023"): ("H6", 1), (KAZ, "2023"): ("H6", 2)}
    trade.amount[KAZ, "2023", "M", "0", "282520"] = 102
    trade.server.add("/data/v1/get/C/A/HS", body([], error="out of order"), query={"reporterCode": UZB}, times=1)
    results, _ = failing(state, key="k")
    assert [answer for answer in answers(results) if "region.json" in answer.body] == []
    found = observed(fetch(state_of(results), key="k"))
    assert found[lct("lct.imports", "CAREC-XPRC"), "2023"].value == (8 * 4 + 104 + 5) / 1e6


def test_every_series_bears_labels_of_its_indicator_and_every_indicator_names_the_source(trade, fetch):
    everybody(trade)
    found = observed(fetch(key="k"))
    assert {series.indicator for series, _ in found} == set(INDICATORS)
    for series in {series for series, _ in found}:
        indicator = INDICATORS[series.indicator]
        assert COMTRADE.id in indicator.sources
        assert [name for name, _ in series.labels] == sorted(dimension.name for dimension in indicator.dimensions)
        assert all(code in indicator.dimension(name).codes for name, code in series.labels)


def test_an_answer_comes_in_series_order(trade, fetch):
    everybody(trade)
    for answer in answers(fetch(key="k")):
        keys = [(one.series, one.period) for one in COMTRADE.parse(answer) if isinstance(one, Observation)]
        assert keys == sorted(keys)
        assert len(keys) == len(set(keys))


# -- Errors of the interface --

PREVIEW = "/public/v1/preview/C/A/HS"
WAIT = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 03:14:17."}
NO_KEY = {
    "statusCode": 401,
    "message": "Access denied due to missing subscription key. Make sure to include subscription key when making"
    " requests to an API.",
}
POLICY = {"statusCode": 403, "message": "All calls are rejected by policy."}
LONG = "Request URL Too Long"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param({"status": 403, "body": WAIT}, Fault.QUOTA, "03:14:17", id="quota"),
        pytest.param({"status": 401, "body": NO_KEY}, Fault.UNAUTHORISED, "missing subscription key", id="no key"),
        pytest.param({"status": 403, "body": POLICY}, Fault.UNAUTHORISED, "rejected by policy", id="policy"),
        pytest.param({"status": 404, "body": {"statusCode": 404, "message": "Resource not found"}},
                     Fault.BAD_REQUEST, "Resource not found", id="path"),
        pytest.param({"status": 404, "body": LONG, "content_type": "text/plain"}, Fault.BAD_REQUEST, "too long",
                     id="address too long"),
        pytest.param({"status": 400, "body": {"errorObject": {"errorMessage": "one period only"}}},
                     Fault.BAD_REQUEST, "one period only", id="bad request"),
        pytest.param({"status": 502, "body": "<html>", "content_type": "text/html"}, Fault.OUTAGE, "502", id="gateway"),
    ],
)  # fmt: skip
def test_a_refusal_ends_the_fetch_and_keeps_what_came_before(trade, failing, answer, kind, said):
    trade.server.add(PREVIEW, **answer, query={"reporterCode": KAZ, "period": "2023"})
    results, error = failing()
    assert (error.kind, said in str(error)) == (kind, True), str(error)
    assert len(answers(results)) == 1


@pytest.mark.parametrize(
    ("left", "seconds"),
    [("03:14:17", 11_657), ("23:59:59", 86_399), ("1.02:03:04", 86_400), ("0.5 days", 43_200), ("2.12 days", 86_400),
     ("1.2.3 days", None)],
)  # fmt: skip
def test_a_used_up_quota_says_for_how_long_and_is_believed_for_a_day_at_most(trade, failing, left, seconds):
    trade.server.add(PREVIEW, WAIT | {"message": WAIT["message"].replace("03:14:17", left)}, status=403)
    _, error = failing()
    assert (error.kind, error.retry_after, left in str(error)) == (Fault.QUOTA, seconds, True)
    assert len(trade.calls(PREVIEW)) == 1


def test_too_many_calls_at_once_are_repeated_after_the_wait_that_is_asked_for(trade, fetch):
    busy = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 1 seconds."}
    trade.server.add(PREVIEW, busy, status=429, headers={"Retry-After": "0"}, times=1)
    trade.server.add(PREVIEW, busy, status=429, headers={"Retry-After": "0"}, query={"period": "2023"}, times=1)
    assert len(answers(fetch())) == 3


def broken(rows, **changes):
    return {"body": body(rows, **changes)}


TOTAL = row(KAZ, "2022", "M", "TOTAL", 1000)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param(broken([TOTAL] * 500), Fault.TRUNCATED, "cut off", id="as many rows as the cap"),
        pytest.param(broken([TOTAL], count=7), Fault.TRUNCATED, "counts 7", id="fewer rows than counted"),
        pytest.param(broken([], error="no such period"), Fault.OTHER, "no such period", id="error text"),
        pytest.param(broken([TOTAL, TOTAL]), Fault.GARBLED, "twice", id="the same row twice"),
        pytest.param(broken([TOTAL | {"motCode": 2100}]), Fault.GARBLED, "counted twice", id="by transport"),
        pytest.param(broken([TOTAL | {"partner2Code": 276}]), Fault.GARBLED, "counted twice", id="second partner"),
        pytest.param(broken([TOTAL | {"customsCode": "C01"}]), Fault.GARBLED, "counted twice", id="procedure"),
        pytest.param(broken([TOTAL | {"reporterCode": 276}]), Fault.GARBLED, "276", id="another reporter"),
        pytest.param(broken([TOTAL | {"period": "2021"}]), Fault.GARBLED, "2021", id="another year"),
        pytest.param(broken([TOTAL | {"flowCode": "RX"}]), Fault.GARBLED, "RX", id="another flow"),
        pytest.param(broken([TOTAL | {"partnerCode": 156}]), Fault.GARBLED, "156", id="another partner"),
        pytest.param(broken([TOTAL | {"primaryValue": -5}]), Fault.GARBLED, "-5", id="negative"),
        pytest.param(broken([TOTAL | {"primaryValue": "5"}]), Fault.GARBLED, "'5'", id="text for a number"),
        pytest.param(broken([TOTAL | {"classificationCode": "S4"}]), Fault.GARBLED, "S4", id="no HS"),
        pytest.param({"body": {"count": 0}}, Fault.GARBLED, "no list of data", id="no data"),
        pytest.param({"body": "<html>gateway", "content_type": "text/html"}, Fault.GARBLED, "web page", id="web page"),
        pytest.param({"body": '{"data": ['}, Fault.TRUNCATED, "cut off", id="cut off"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_costs_its_own_year_only(trade, failing, answer, kind, said):
    trade.server.add(PREVIEW, **answer, query={"period": "2022", "flowCode": "M"})
    results, error = failing()
    assert (error.kind, said in str(error)) == (kind, True), str(error)
    assert len(answers(results)) == 2
    assert "2022" not in state_of(results)["reporters"].get(KAZ, {})


@pytest.mark.parametrize("written", [b"1e-99999999999999999999", b"1e999", b"NaN", b"[" * 100_000])
def test_numbers_and_nesting_beyond_all_bounds_are_errors_of_the_source(written):
    answer = preview([row(KAZ, "2021", "M", "TOTAL", 4711)])
    files = {name: content.replace(b"4711", written) for name, content in answer.body.items()}
    with pytest.raises(SourceError):
        list(COMTRADE.parse(Answer(files, "https://example.org")))


def test_after_five_answers_that_cannot_be_read_the_rest_waits(trade, failing):
    trade.datasets = {(KAZ, str(year)): ("H5", 1) for year in range(2016, 2025)}
    trade.server.add(PREVIEW, body([], error="out of order"))
    failing()
    assert len(trade.calls("preview")) == 5


def test_a_list_of_reporters_leaves_out_groups_and_expired_namesakes():
    listed = [{"id": 4}, {"id": 97, "isGroup": True}, {"id": 280, "entryExpiredDate": "1990-12-31T00:00:00"}]
    body = json.dumps({"results": listed, "more": False}).encode()
    assert single_reporters(body, "reference") == {"4"}


#: A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "count", "error", "results", "2023", "M", "total", "lct"]), inner)
    ),
    max_leaves=12,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "reporterCode": st.sampled_from([398, 860, 97]) | JSON,
            "period": st.sampled_from(["2023", "202305", "9", "0000", 2023]) | JSON,
            "flowCode": st.sampled_from(["M", "X"]) | JSON,
            "partnerCode": st.sampled_from([0, 156, 795]) | JSON,
            "cmdCode": st.sampled_from(["TOTAL", "282520"]) | JSON,
            "classificationCode": st.sampled_from(["H5", "H6", "S1"]) | JSON,
            "primaryValue": st.sampled_from([0, 1e300, 5e-324, 10**400, 7]) | JSON,
        },
    ),
    max_size=4,
).map(lambda rows: {"count": len(rows), "data": rows})


@FUZZ
@given(
    st.sampled_from(["preview.M.json", "get.X.json", "mirror.M.json", "region.json", "notice.txt"]),
    JSON | ROWS,
    st.none() | JSON | st.just({"results": [{"id": 276}]}),
)
def test_any_json_gives_observations_or_an_error_of_the_source(name, content, reporters):
    files = {name: json.dumps(content).encode()}
    if reporters is not None:
        files["Reporters.json"] = json.dumps(reporters).encode()
    with suppress(SourceError, ValueError):
        for item in COMTRADE.parse(Answer(files, "https://example.org")):
            assert isinstance(item, Notice) or item.value is not None


@FUZZ
@given(st.fixed_dictionaries({"total": JSON, "lct": JSON, "within": JSON, "status": JSON}))
def test_any_sums_of_the_region_give_observations_or_an_error_of_the_source(part):
    files = {"region.json": json.dumps({"2023": {"M": [part]}}).encode()}
    with suppress(SourceError, ValueError):
        list(COMTRADE.parse(Answer(files, "https://example.org")))
