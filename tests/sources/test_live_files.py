"""Sources that publish whole files, through `carecmon check`: real processes, a real store, a server of our own."""

import json

import pytest

COUNTRIES, POINTS = "/CPMM_Country_Indicators.csv", "/CPMM_BCP_Indicators.csv"
HEAD = "country_code,transport_mode,year,tfi4_overall_average"
POINT_ROWS = "country_code,transport_mode,bcp_name,year,tfi1_inbound_average,margin\nKAZ,rail,Dostyk,2022,76.0,1\n"


class Feed:
    """The data files of CPMM on a server, whose speeds a test sets."""

    def __init__(self, workspace, server):
        self.workspace, self.server = workspace, server
        self.speeds = {year: 20.0 + year - 2010 for year in range(2010, 2025)}
        workspace.config.write_text(
            '[indicators."cpmm.swd"]\nprefer = ["cpmm-data"]\n[sources."cpmm-data"]\nenabled = true\n'
            f'base_url = "{server.url}"\nallow_private_hosts = ["127.0.0.1"]\nrate = 0\n'
            '[sources."cpmm-report"]\nenabled = false\n[sources."progress-report"]\nenabled = false\n',
            "utf-8",
        )
        server.add(POINTS, POINT_ROWS, content_type="text/csv", etag='"points"')

    def check(self, code=0):
        rows = [f"REG,road,{year},{speed}" for year, speed in self.speeds.items()]
        text = "\n".join([HEAD, *rows, ""])
        self.server.add(COUNTRIES, text, content_type="text/csv", etag=f'"{hash(text)}"')
        asked = len(self.server.requests)
        done = self.workspace.run("check", "--format", "json")
        assert done.returncode == code, f"exit {done.returncode}\n{done.stderr}"
        self.asked, self.messages = len(self.server.requests) - asked, done.stderr
        return json.loads(done.stdout)

    def releases(self):
        return json.loads(self.workspace.run("releases", "list", "cpmm-data", "--format", "json").stdout)

    def believed(self):
        done = self.workspace.run("history", "cpmm.swd{area=CAREC,mode=road}", "--format", "json")
        return {one["period"]: one["value"] for one in json.loads(done.stdout)}


@pytest.fixture
def feed(workspace, source_server):
    return Feed(workspace, source_server())


def test_the_files_are_fetched_then_asked_whether_they_changed_then_fetched_again(feed):
    feed.check()
    assert (feed.asked, len(feed.releases()), feed.believed()["2024"]) == (2, 1, 34.0)
    assert "columns that are not used, and kept in the file: margin" in feed.messages
    feed.check()
    assert (feed.asked, len(feed.releases())) == (2, 1)
    feed.speeds[2024] = 33.5
    feed.check()
    assert (feed.asked, len(feed.releases()), feed.believed()["2024"]) == (3, 2, 33.5)


def test_a_value_that_is_gone_from_the_file_is_withdrawn_and_many_are_held_back(feed):
    feed.check()
    del feed.speeds[2010]
    feed.check()
    assert feed.believed().get("2010") is None
    feed.speeds = {2024: 34.0}
    feed.check()
    assert [one["state"] for one in feed.releases()] == ["believed", "believed", "quarantined"]
    assert feed.believed()["2015"] == 25.0


def test_a_file_that_is_no_file_leaves_what_was_believed_and_says_why(feed):
    feed.check()
    feed.server.add(POINTS, "<html>maintenance</html>", content_type="text/html")
    feed.check()
    assert "source cpmm-data failed" in feed.messages and "using what was obtained on" in feed.messages
    assert feed.believed()["2024"] == 34.0


def test_an_unknown_country_refuses_the_answer_and_names_its_row(feed):
    feed.server.add(POINTS, POINT_ROWS.replace("KAZ", "XYZ"), content_type="text/csv")
    feed.check(code=1)
    assert "CPMM_BCP_Indicators.csv, row 2, column 1 (country_code): 'XYZ'" in feed.messages
    assert feed.releases() == []
