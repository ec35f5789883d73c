"""The figures of the region, which need every country."""

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
