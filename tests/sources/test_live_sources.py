"""The World Bank and UN Comtrade through `carecmon check`: real processes, a real store, a server of our own."""

import json
import sqlite3
from contextlib import closing

import pytest
from carecmon_plugins.lct import HERE
from carecmon_plugins.worldbank import READER

from carecmon.sources import hs
from carecmon.sources.comtrade_sums import members

LCT_CODES = hs.editions(HERE / "lct_codes_by_edition.csv")["H5"].codes["strict"]
PREVIEW = "/public/v1/preview/C/A/HS"
KAZ = 398
WITHOUT_TURKMENISTAN = [int(code) for code in members("CAREC-XPRC") if code != "795"]


def watch(workspace, indicator, source, server, more=""):
    """Watch one indicator and ask one live source, so that a run does little else."""
    workspace.config.write_text(
        f'[indicators."{indicator}"]\nprefer = ["{source}"]\n[sources."{source}"]\nenabled = true\n'
        f'base_url = "{server.url}"\nallow_private_hosts = ["127.0.0.1"]\nrate = 0\n{more}',
        "utf-8",
    )


def check(workspace):
    done = workspace.run("check", "--format", "json")
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr}"
    return json.loads(done.stdout), done.stderr


def history(workspace, series):
    done = workspace.run("history", series, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def listed(workspace):
    return json.loads(workspace.run("releases", "list", "comtrade", "--format", "json").stdout)


def releases(workspace, source):
    if not workspace.database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{workspace.database}?mode=ro", uri=True)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'source'").fetchone():
            return 0
        sql = "select count(*) from release join source on source.id = release.source where source.name = ?"
        return db.execute(sql, [source]).fetchone()[0]


# -- World Bank --


def rows(code, values):
    return [
        {"indicator": {"id": code}, "country": {"id": area[:2]}, "countryiso3code": area, "date": date, "value": value,
         "unit": "", "obs_status": "", "decimal": 1}
        for (area, date), value in values.items()
    ]  # fmt: skip


class Bank:
    """A World Bank that has scores of the LPI, and nothing else."""

    def __init__(self, server):
        self.server = server
        self.updated = "2026-07-13"
        self.scores = {("CHN", "2022"): 3.7, ("CHN", "2018"): 3.61, ("UZB", "2018"): 2.58}
        for feed in READER.feeds:
            server.add(f"/{feed.path}", self.answer)

    def answer(self, asked):
        found = rows("LP.LPI.OVRL.XQ", self.scores) if "LPI" in asked.path else []
        head = {"page": 1, "pages": 1, "per_page": 1000, "total": len(found), "lastupdated": self.updated}
        return [head, found or None]


@pytest.fixture
def bank(workspace, source_server):
    bank = Bank(source_server())
    watch(workspace, "lpi.score", "worldbank", bank.server)
    return bank


def test_the_world_bank_is_fetched_then_asked_whether_anything_changed_then_fetched_again(workspace, bank):
    _, messages = check(workspace)
    assert "worldbank" not in messages
    assert len(bank.server.requests) == 6
    live = [one for one in history(workspace, "lpi.score{area=CHN}") if one["source"] == "worldbank"]
    assert [(one["period"], one["value"]) for one in live] == [("2018", 3.61), ("2023", 3.7)]

    before = releases(workspace, "worldbank")
    bank.server.clear()
    check(workspace)
    assert len(bank.server.requests) == 1
    assert releases(workspace, "worldbank") == before

    bank.updated, bank.scores["CHN", "2018"] = "2026-09-30", 3.62
    check(workspace)
    assert releases(workspace, "worldbank") == before + 1
    live = [one for one in history(workspace, "lpi.score{area=CHN}") if one["source"] == "worldbank"]
    assert ("2018", 3.62) in [(one["period"], one["value"]) for one in live]


def test_a_value_that_vanished_is_withdrawn(workspace, bank):
    bank.scores = {("CHN", str(year)): 3.0 + year / 1e4 for year in range(2007, 2019)}
    check(workspace)
    del bank.scores["CHN", "2018"]
    bank.updated = "2026-09-30"
    check(workspace)
    live = {one["period"]: one for one in history(workspace, "lpi.score{area=CHN}") if one["source"] == "worldbank"}
    assert live["2017"]["value"] is not None
    assert "2018" not in live or live["2018"]["value"] is None


def test_values_that_all_became_a_thousand_times_larger_are_held_back(workspace, bank):
    bank.scores = {("CHN", str(year)): 3.0 + year / 1e4 for year in range(2007, 2019)}
    check(workspace)
    bank.scores = {cell: 1000 * value for cell, value in bank.scores.items()}
    bank.updated = "2026-09-30"
    check(workspace)
    live = {one["period"]: one for one in history(workspace, "lpi.score{area=CHN}") if one["source"] == "worldbank"}
    assert live["2017"]["value"] < 5
    assert "quarantined" in workspace.run("releases", "list").stdout


def test_once_the_series_that_is_asked_first_is_archived_a_check_still_brings_what_was_revised(workspace, bank):
    check(workspace)
    archived = {"message": [{"id": "175", "key": "Invalid value", "value": "It may have been deleted or archived."}]}
    bank.server.add("/country/USA/indicator/FP.CPI.TOTL", [archived])
    bank.server.clear()
    _, messages = check(workspace)
    assert "source worldbank failed: FP.CPI.TOTL" in messages and "message 175" in messages
    assert len(bank.server.requests) == 2

    bank.updated, bank.scores["CHN", "2018"] = "2026-09-30", 3.62
    bank.server.clear()
    check(workspace)
    live = [one for one in history(workspace, "lpi.score{area=CHN}") if one["source"] == "worldbank"]
    assert ("2018", 3.62) in [(one["period"], one["value"]) for one in live]
    assert len(bank.server.requests) == 7


def test_stored_answers_are_read_again_without_asking_anyone(workspace, bank):
    check(workspace)
    bank.server.clear()
    done = workspace.run("db", "reparse", "worldbank")
    assert (done.returncode, "nothing differs" in done.stdout + done.stderr) == (0, True), done.stderr
    assert bank.server.requests == []


def test_offline_asks_nobody(workspace, bank):
    workspace.check()
    assert bank.server.requests == []


def test_what_waits_to_be_enabled_is_said_with_its_cost(workspace):
    done = workspace.run("check", "lct.import-share", "energy.access", "--offline")
    assert "waiting to be enabled" in done.stderr
    assert "worldbank (6 requests" in done.stderr and "comtrade (221 requests" in done.stderr
    assert 'under [sources."comtrade"] and [sources."worldbank"] in' in done.stderr


# -- Data360 --


class Tracked:
    """A Data360 that has the mean and the median of each economy; a test sets the means."""

    def __init__(self, server):
        self.server = server
        self.means = {("KAZ", "2023"): "7.5", ("KAZ", "2024"): "8.0", ("UZB", "2024"): "6.5", ("ECS", "2024"): "9.0"}
        server.add("/data", self.answer)

    def answer(self, asked):
        rows = [
            {"OBS_VALUE": value, "TIME_PERIOD": year, "REF_AREA": area, "INDICATOR": asked.query["INDICATOR"],
             "DATABASE_ID": asked.query["DATABASE_ID"], "UNIT_MEASURE": "D", "OBS_STATUS": "A", "UNIT_MULT": 0,
             "COMP_BREAKDOWN_1": statistic}
            for (area, year), mean in self.means.items()
            for statistic, value in (("WB_LPI_M", mean), ("WB_LPI_MD", "1.0"))
        ]  # fmt: skip
        return {"count": len(rows), "value": rows}


@pytest.fixture
def tracked(workspace, source_server):
    tracked = Tracked(source_server())
    watch(workspace, "lpi2.clearance-dwell", "data360", tracked.server)
    return tracked


def test_lpi_2_is_fetched_in_one_request_asked_again_and_revised(workspace, tracked):
    check(workspace)
    dwell = {one["period"]: one["value"] for one in history(workspace, "lpi2.clearance-dwell{area=KAZ}")}
    assert (len(tracked.server.requests), dwell) == (1, {"2023": 7.5, "2024": 8.0})
    check(workspace)
    assert (len(tracked.server.requests), releases(workspace, "data360")) == (2, 1)
    tracked.means["KAZ", "2024"] = "8.5"
    check(workspace)
    dwell = {one["period"]: one["value"] for one in history(workspace, "lpi2.clearance-dwell{area=KAZ}")}
    assert (len(tracked.server.requests), dwell) == (3, {"2023": 7.5, "2024": 8.5})
    done = workspace.run("db", "reparse", "data360")
    assert (done.returncode, "nothing differs" in done.stdout + done.stderr) == (0, True), done.stderr
    assert len(tracked.server.requests) == 3


def test_lpi_2_is_never_spliced_to_the_survey(workspace, tracked):
    check(workspace)
    assert {one["source"] for one in history(workspace, "lpi2.clearance-dwell{area=KAZ}")} == {"data360"}
    survey = workspace.run("history", "lpi.score{area=KAZ}", "--format", "json")
    assert "data360" not in survey.stdout


def test_an_error_of_data360_is_named_and_what_was_obtained_is_used(workspace, tracked):
    check(workspace)
    tracked.server.add("/data", {"statusCode": 500, "message": "Internal server error"}, status=500)
    _, messages = check(workspace)
    assert "source data360 failed" in messages and "it answers 500" in messages
    assert "using what was obtained on" in messages


# -- UN Comtrade --


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
