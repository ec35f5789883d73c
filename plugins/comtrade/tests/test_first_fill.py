"""Without a key: what a first fill asks for, and what a later fetch asks again."""

import json
import time

from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import (
    CODES,
    INDICATORS,
    KAZ,
    UZB,
    answers,
    dataset,
    lct,
    observed,
    state_of,
)

from carecmon import Answer, Ask, NotModified
from carecmon.model import Notice


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


def test_comtrade_is_asked_once_a_second_as_it_is_shipped(trade, source_client):
    came = []
    trade.datasets = {(KAZ, "2023"): ("H6", 1)}
    for path, answer in (("/public/v1/getDA/C/A/HS", trade.available), ("/public/v1/preview/C/A/HS", trade.answer)):
        trade.server.add(path, lambda asked, answer=answer: came.append(time.monotonic()) or answer(asked))
    list(COMTRADE.fetch(source_client(COMTRADE, trade.server.url, rate=COMTRADE.rate), {}))
    assert len(came) == 3
    assert came[2] - came[0] > 1.0  # two seconds, less what the first one was late


def test_comtrade_is_asked_one_thing_at_a_time_as_it_is_shipped(trade, source_client):
    now, most = [], []

    def slowly(asked):
        now.append(asked)
        most.append(len(now))
        time.sleep(0.1)
        now.pop()
        return {}

    trade.server.add("/slow", slowly)
    client = source_client(COMTRADE, trade.server.url)
    assert len(list(client.get_all([Ask(f"{client.base}/slow", {"n": number}) for number in range(4)]))) == 4
    assert max(most) == 1


def test_the_key_goes_into_a_header_and_nowhere_else(trade, fetch):
    results = fetch(key="canary-key")
    assert trade.server.requests
    assert all(asked.headers["ocp-apim-subscription-key"] == "canary-key" for asked in trade.calls("/v1/get"))
    assert "canary" not in repr(results)
    assert not any("canary" in asked.path + repr(asked.query) for asked in trade.server.requests)
