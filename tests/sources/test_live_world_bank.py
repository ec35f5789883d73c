"""The World Bank through `carecmon check`: real processes, a real store, a server of our own."""

import pytest
from carecmon_plugins.worldbank import READER

from tests.sources.live import check, history, releases, watch


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
