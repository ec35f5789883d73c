"""The figures of the region, which need every country."""

import pytest
from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import (
    INDICATORS,
    KAZ,
    TKM,
    UZB,
    answers,
    body,
    lct,
    observed,
    partners_say,
    state_of,
)

from carecmon import Observation, ObservationStatus
from carecmon.sources.comtrade_sums import members


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


def test_a_revision_of_one_country_revises_the_region_in_the_next_fetch_with_one_request(trade, fetch):
    everybody(trade)
    state = state_of(fetch(key="k"))
    trade.datasets[UZB, "2023"] = ("H6", 1)
    trade.amount[UZB, "2023", "X", "0", "282520"] = 102
    results = fetch(state, key="k")
    assert region_of(results) == []
    trade.server.clear()
    found = observed(later := fetch(state_of(results), key="k"))
    assert [asked.path for asked in trade.server.requests] == ["/data/v1/getDA/C/A/HS"]
    assert len(answers(later)) == 1
    assert region_of(fetch(state_of(later), key="k")) == [], "it has been renewed"
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


def region_of(results):
    return [answer for answer in answers(results) if "region.json" in answer.body]


def moved(trade, factor, year="2023", reporter=KAZ):
    """Give everything that a country imports and exports another unit."""
    trade.datasets[reporter, year] = ("H6", factor)
    for flow in ("M", "X"):
        for code, value in (("TOTAL", 1000), ("282520", 2), ("850760", 2)):
            trade.amount[reporter, year, flow, "0", code] = value * factor


def addresses(results, reporter=KAZ):
    return [answer.url for answer in answers(results) if f"reporterCode={reporter}" in answer.url]


@pytest.mark.parametrize("factor", [0.001, 0.9, 2, 1000])
def test_a_country_that_changes_does_not_move_the_region_before_its_release_is_believed(trade, fetch, factor):
    everybody(trade)
    state = state_of(fetch(key="k"))
    moved(trade, factor)
    results = fetch(state, key="k")
    assert region_of(results) == []
    held = {**state_of(results), "not_believed": addresses(results)}
    assert region_of(fetch(held, key="k")) == []
    found = observed(fetch(state_of(results), key="k"))
    assert found[lct("lct.imports", "CAREC-XPRC"), "2023"].value == pytest.approx((8 * 4 + 4 * factor + 5) / 1e6)


def test_codes_that_change_alone_wait_as_totals_do(trade, fetch):
    everybody(trade)
    state = state_of(fetch(key="k"))
    trade.datasets[KAZ, "2023"] = ("H6", 1)
    trade.amount[KAZ, "2023", "M", "0", "282520"] = 200
    results = fetch(state, key="k")
    assert region_of(results) == []
    held = {**state_of(results), "not_believed": addresses(results)}
    assert region_of(fetch(held, key="k")) == []


def test_the_region_is_renewed_without_the_country_that_is_held_back(trade, fetch):
    everybody(trade)
    state = state_of(fetch(key="k"))
    moved(trade, 1000)
    moved(trade, 2, reporter=UZB)
    results = fetch(state, key="k")
    held = {"not_believed": addresses(results)}
    (answer,) = region_of(later := fetch({**state_of(results), **held}, key="k"))
    imports = lct("lct.imports", "CAREC-XPRC"), "2023"
    assert observed([answer])[imports].value == (7 * 4 + 8 + 4 + 5) / 1e6
    moved(trade, 1)
    assert region_of(again := fetch({**state_of(later), **held}, key="k")) == [], "it says what it said before"
    assert region_of(fetch(state_of(again), key="k")) == []


def test_a_key_that_adds_the_trade_within_the_region_changes_nothing_that_would_have_to_wait(trade, fetch):
    everybody(trade)
    keyless = state_of(fetch())
    (answer,) = region_of(fetch(keyless, key="k"))
    assert lct("lct.intra-share", "CAREC-XPRC").indicator in {series.indicator for series, _ in observed([answer])}


def test_a_flow_that_a_country_no_longer_states_is_not_gone_from_the_region_before_its_release_is_believed(
    trade, fetch
):
    everybody(trade)
    state = state_of(fetch(key="k"))
    trade.datasets[KAZ, "2023"] = ("H6", 1)
    trade.amount[KAZ, "2023", "X", "0", "TOTAL"] = 0
    trade.amount |= {(KAZ, "2023", "X", "0", code): None for code in ("TOTAL", *trade.traded)}
    results = fetch(state, key="k")
    exports = lct("lct.exports", "CAREC-XPRC"), "2023"
    assert region_of(results) == []
    (answer,) = region_of(fetch(state_of(results), key="k"))
    assert exports not in observed([answer])


def test_a_first_answer_about_a_country_that_is_held_back_is_no_part_of_the_region(trade, fetch):
    trade.datasets = {}
    everybody(trade, "2022")
    state = state_of(fetch(key="k"))
    everybody(trade, "2023")
    results = fetch(state, key="k")
    assert {period for series, period in observed(results) if series.label("area") == "CAREC-XPRC"} == {"2022", "2023"}
    (answer,) = region_of(fetch({**state_of(results), "not_believed": addresses(results)}, key="k"))
    assert {period for _, period in observed([answer])} == {"2022"}


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
