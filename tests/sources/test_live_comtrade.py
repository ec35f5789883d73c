"""UN Comtrade through `carecmon check`: real processes, a real store, a server of our own."""

import json

import pytest
from carecmon_plugins.lct import HERE

from carecmon.sources import hs
from carecmon.sources.comtrade_sums import members
from tests.sources.live import check, history, releases, watch

LCT_CODES = hs.editions(HERE / "lct_codes_by_edition.csv")["H5"].codes["strict"]
PREVIEW = "/public/v1/preview/C/A/HS"
KAZ = 398
WITHOUT_TURKMENISTAN = [int(code) for code in members("CAREC-XPRC") if code != "795"]


def listed(workspace):
    return json.loads(workspace.run("releases", "list", "comtrade", "--format", "json").stdout)


class Trade:
    """A Comtrade to which Kazakhstan, or others, reported some years: one LCT code, 5 % of everything.

    ``factors`` says what a year of a reporter is multiplied by; whoever sets one moves its checksum.
    """

    def __init__(self, server):
        self.server = server
        self.reporters = [KAZ]
        self.checksums = {str(year): year for year in range(2016, 2020)}
        self.factors = {}
        server.add("/public/v1/getDA/C/A/HS", lambda asked: self.body(self.datasets()))
        server.add(PREVIEW, self.answer)
        server.add("/data/v1/getDA/C/A/HS", lambda asked: self.body(self.datasets()))
        server.add("/data/v1/get/C/A/HS", self.answer)
        server.add("/files/v1/app/reference/Reporters.json", {"results": [{"id": 276, "isGroup": False}]})

    def body(self, data):
        return {"elapsedTime": "0.1 secs", "count": len(data), "data": data, "error": ""}

    def datasets(self):
        return [
            {"reporterCode": reporter, "period": int(year), "classificationCode": "H5",
             "isOriginalClassification": True, "datasetChecksum": checksum + self.factors.get((reporter, year), 0)}
            for reporter in self.reporters for year, checksum in self.checksums.items()
        ]  # fmt: skip

    def answer(self, asked):
        mirrored = "reporterCode" not in asked.query
        reporter = 276 if mirrored else int(asked.query["reporterCode"])
        common = {
            "reporterCode": reporter, "partnerCode": 795 if mirrored else 0, "partner2Code": 0,
            "motCode": 0, "customsCode": "C00", "classificationCode": "H5", "flowCode": asked.query["flowCode"],
        }  # fmt: skip
        amounts = {"TOTAL": 4e9, sorted(LCT_CODES)[0]: 2e8}
        return self.body(
            [
                {
                    **common,
                    "period": year,
                    "cmdCode": code,
                    "primaryValue": value * self.factors.get((reporter, year), 1),
                }
                for year in asked.query["period"].split(",")
                for code, value in amounts.items()
            ]
        )


@pytest.fixture
def trade(workspace, source_server):
    trade = Trade(source_server())
    watch(workspace, "lct.import-share", "comtrade", trade.server)
    return trade


def shares(workspace):
    series = "lct.import-share{area=KAZ,codes=default,partner=WLD,product=all}"
    return {one["period"]: one["value"] for one in history(workspace, series)}


def test_comtrade_is_filled_then_asked_what_changed_and_says_what_a_key_would_bring(workspace, trade):
    _, messages = check(workspace)
    assert len(trade.server.requests) == 1 + 2 * 4
    assert messages.count("asked without a key") == 1
    assert shares(workspace) == dict.fromkeys(("2016", "2017", "2018", "2019"), 5.0)
    trade.server.clear()
    _, messages = check(workspace)
    assert len(trade.server.requests) == 1
    assert "without a key" not in messages


def test_a_first_fill_that_was_interrupted_goes_on_with_what_is_lacking(workspace, trade, interrupt_when):
    trade.server.add(PREVIEW, trade.answer, query={"period": "2018"}, delay=100.0, times=1)
    running = workspace.start("check")
    # A loaded machine takes its time to get there, and the answer must not come before the interruption.
    _, _, code = interrupt_when(running, lambda: releases(workspace, "comtrade") == 2, within=60.0)
    assert code == 130
    assert sorted(shares(workspace)) == ["2016", "2017"]
    trade.server.clear()
    check(workspace)
    assert {asked.query["period"] for asked in trade.server.requests if asked.path == PREVIEW} == {"2018", "2019"}
    assert sorted(shares(workspace)) == ["2016", "2017", "2018", "2019"]


def test_a_comtrade_that_lists_nothing_has_failed_before_and_after_it_was_filled(workspace, trade):
    listed, trade.checksums = trade.checksums, {}
    done = workspace.run("check")
    assert (done.returncode, "source comtrade failed" in done.stderr) == (1, True), done.stderr
    trade.checksums = listed
    check(workspace)
    trade.checksums = {}
    _, messages = check(workspace)
    assert "lists no year of any member of CAREC" in messages and "using what was obtained on" in messages


@pytest.mark.parametrize("key", ["", "k"], ids=["without a key", "with a key"])
def test_stored_answers_of_comtrade_are_read_again_without_asking_anyone(workspace, trade, monkeypatch, key):
    if key:
        monkeypatch.setenv("COMTRADE_KEY", key)
        watch(workspace, "lct.import-share", "comtrade", trade.server, 'key_env = "COMTRADE_KEY"')
        trade.reporters = WITHOUT_TURKMENISTAN
        trade.checksums = {"2019": 0}
    check(workspace)
    before, stored = figures(workspace, "CAREC-XPRC" if key else "KAZ"), len(listed(workspace))
    trade.server.clear()
    done = workspace.run("db", "reparse", "comtrade")
    assert (done.returncode, "nothing differs" in done.stdout + done.stderr) == (0, True), done.stderr
    assert (trade.server.requests, len(listed(workspace))) == ([], stored)
    assert figures(workspace, "CAREC-XPRC" if key else "KAZ") == before != {}


def test_a_used_up_quota_keeps_what_came_and_leaves_the_source_alone(workspace, trade):
    quota = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 03:14:17."}
    trade.server.add(PREVIEW, quota, status=403, query={"period": "2018"})
    _, messages = check(workspace)
    assert "quota" in messages
    assert sorted(shares(workspace)) == ["2016", "2017"]
    trade.server.clear()
    check(workspace)
    assert trade.server.requests == []


def test_a_quota_of_twenty_hours_is_waited_for_and_no_longer(workspace, trade):
    quota = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 20:00:00."}
    trade.server.add(PREVIEW, quota, status=403, query={"period": "2018"}, times=1)
    workspace.at("2026-11-02T08:00:00Z", "check")
    trade.server.clear()
    done = workspace.at("2026-11-02T15:00:00Z", "check")
    assert (trade.server.requests, "left alone for 13 hours more" in done.stderr) == ([], True), done.stderr
    workspace.at("2026-11-03T05:00:00Z", "check")
    assert sorted(shares(workspace)) == ["2016", "2017", "2018", "2019"]


def figures(workspace, area="KAZ"):
    found = history(workspace, f"lct.imports{{area={area},codes=default,partner=WLD,product=all}}")
    return {one["period"]: one["value"] for one in found if one["source"] == "comtrade"}


def test_a_year_of_a_country_that_is_in_another_unit_is_held_back(workspace, trade):
    check(workspace)
    trade.factors[KAZ, "2019"] = 1000
    _, messages = check(workspace)
    assert "is not believed: it changes 6 of 12 values by the same factor, about 1000" in messages
    assert figures(workspace) == dict.fromkeys(("2016", "2017", "2018", "2019"), 200.0)


def test_the_region_moves_with_a_country_only_once_the_release_of_the_country_is_believed(
    workspace, trade, monkeypatch
):
    monkeypatch.setenv("COMTRADE_KEY", "k")
    watch(workspace, "lct.import-share", "comtrade", trade.server, 'key_env = "COMTRADE_KEY"')
    trade.reporters = WITHOUT_TURKMENISTAN
    trade.checksums = {"2018": 0, "2019": 0}
    check(workspace)
    assert figures(workspace, "CAREC-XPRC") == {"2018": 2000.0, "2019": 2000.0}
    trade.factors |= {(KAZ, "2018"): 2, (KAZ, "2019"): 2}
    check(workspace)
    assert figures(workspace, "CAREC-XPRC") == {"2018": 2000.0, "2019": 2000.0}
    check(workspace)
    held = [one for one in listed(workspace) if one["state"] == "quarantined"]
    assert len(held) == 1 and "reporterCode=398" in held[0]["url"]
    assert figures(workspace) == {"2018": 200.0, "2019": 200.0}
    assert figures(workspace, "CAREC-XPRC") == {"2018": 2000.0, "2019": 2000.0}
    workspace.run("releases", "accept", str(held[0]["id"]), "--author", "Ada", "--reason", "Kazakhstan says so")
    trade.server.clear()
    check(workspace)
    assert [asked.path for asked in trade.server.requests] == ["/data/v1/getDA/C/A/HS"]
    assert figures(workspace) == {"2018": 400.0, "2019": 400.0}
    assert figures(workspace, "CAREC-XPRC") == {"2018": 2200.0, "2019": 2200.0}


def test_the_region_follows_a_revision_of_a_country_in_the_next_fetch_with_one_request(workspace, trade, monkeypatch):
    monkeypatch.setenv("COMTRADE_KEY", "k")
    watch(workspace, "lct.import-share", "comtrade", trade.server, 'key_env = "COMTRADE_KEY"')
    trade.reporters = WITHOUT_TURKMENISTAN
    trade.checksums = {"2019": 0}
    check(workspace)
    trade.factors[KAZ, "2019"] = 1.25
    check(workspace)
    assert (figures(workspace), figures(workspace, "CAREC-XPRC")) == ({"2019": 250.0}, {"2019": 2000.0})
    trade.server.clear()
    check(workspace)
    assert [asked.path for asked in trade.server.requests] == ["/data/v1/getDA/C/A/HS"]
    assert figures(workspace, "CAREC-XPRC") == {"2019": 2050.0}


def test_a_key_brings_more_in_fewer_requests_and_is_found_nowhere_afterwards(workspace, trade, monkeypatch):
    monkeypatch.setenv("COMTRADE_KEY", "canary-of-a-key")
    watch(workspace, "lct.import-share", "comtrade", trade.server, 'key_env = "COMTRADE_KEY"')
    report, messages = check(workspace)
    assert [asked.path.split("/")[1] for asked in trade.server.requests] == ["data"] * 3 + ["files"] + ["data"] * 2
    assert {asked.headers.get("ocp-apim-subscription-key") for asked in trade.server.requests} == {
        "canary-of-a-key", None
    }  # fmt: skip
    turkmenistan = history(workspace, "lct.import-share{area=TKM,codes=default,partner=WLD,product=all}")
    assert {one["value"] for one in turkmenistan} == {5.0}
    assert "without a key" not in messages
    assert "canary" not in messages + json.dumps(report)
    assert all(b"canary" not in file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file())
