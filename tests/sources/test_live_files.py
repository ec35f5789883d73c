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


def test_stored_files_are_read_again_without_asking_anyone(feed):
    feed.check()
    feed.speeds[2024] = 33.5
    feed.check()
    feed.server.clear()
    done = feed.workspace.run("db", "reparse", "cpmm-data")
    assert (done.returncode, "nothing differs" in done.stdout + done.stderr) == (0, True), done.stderr
    assert (feed.server.requests, len(feed.releases()), feed.believed()["2024"]) == ([], 2, 33.5)


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


# -- Ember and the IMF's table --

EMBER = "/yearly_full_release_long_format.csv"
EMBER_ROWS = (
    "Area,ISO 3 code,Year,Category,Subcategory,Variable,Unit,Value\n"
    "Kazakhstan,KAZ,2023,Electricity generation,Aggregate fuel,Renewables,%,{share}\n"
    "Kazakhstan,KAZ,2023,Electricity generation,Aggregate fuel,Clean,%,99\n"
    "Kazakhstan,KAZ,2023,Electricity generation,Fuel,Hydro,%,8.5\n"
)
IMF = "/table.csv"
IMF_ROWS = (
    "ObjectId,Country,ISO3,Indicator,Unit,Scale,F2022,F2023\n"
    '1,"Kazakhstan, Rep. of",KAZ,Imports of low carbon technology products,US Dollars,Units,,{amount}\n'
    '2,"Kazakhstan, Rep. of",KAZ,Imports of low carbon technology products as percent of GDP,Percent of GDP,Units,,2\n'
)


def watch(workspace, indicator, source, address):
    workspace.config.write_text(
        f'[indicators."{indicator}"]\nprefer = ["{source}"]\n[sources."{source}"]\nenabled = true\n'
        f'base_url = "{address}"\nallow_private_hosts = ["127.0.0.1"]\n',
        "utf-8",
    )


def values(workspace, series, source):
    done = workspace.run("history", series, "--format", "json")
    return {one["period"]: one["value"] for one in json.loads(done.stdout) if one["source"] == source}


def test_embers_file_is_fetched_once_and_then_costs_a_request_without_a_body(workspace, source_server):
    server, series = source_server(), "energy.renewable-share{area=KAZ}"
    watch(workspace, "energy.renewable-share", "ember", server.url)
    server.add(EMBER, EMBER_ROWS.format(share=11.2), etag='"one"', gzip=True)
    workspace.run("check")
    assert values(workspace, series, "ember") == {"2023": 11.2}
    workspace.run("check")
    assert [asked.headers.get("if-none-match") for asked in server.requests] == [None, '"one"']
    server.add(EMBER, EMBER_ROWS.format(share=11.4), etag='"two"', gzip=True)
    workspace.run("check")
    assert (len(server.requests), values(workspace, series, "ember")) == (3, {"2023": 11.4})
    server.add(EMBER, EMBER_ROWS.replace("Value", "Amount"), etag='"three"')
    done = workspace.run("check")
    assert (done.returncode, "no column 'value'" in done.stderr) == (0, True), done.stderr
    assert values(workspace, series, "ember") == {"2023": 11.4}
    assert "nothing differs" in workspace.run("db", "reparse", "ember").stdout


def test_a_revised_table_of_the_imf_is_one_more_release_and_both_are_read_again_without_asking_anyone(
    workspace, source_server
):
    server = source_server()
    series = "lct.imports{area=KAZ,codes=default,partner=WLD,product=all}"
    watch(workspace, "lct.imports", "imf-lct", f"{server.url}{IMF}")
    for amount in (1.5e9, 1.6e9):
        server.add(IMF, IMF_ROWS.format(amount=amount), etag=f'"{amount}"')
        workspace.run("check")
    assert [asked.headers.get("if-none-match") for asked in server.requests] == [None, '"1500000000.0"']
    assert values(workspace, series, "imf-lct") == {"2023": 1600.0}
    kept = json.loads(workspace.run("history", series, "--vintages", "--format", "json").stdout)
    assert sorted(one["value"] for one in kept if one["source"] == "imf-lct") == [1500.0, 1600.0]
    server.close()
    done = workspace.run("db", "reparse", "imf-lct")
    assert (done.returncode, done.stdout) == (0, "2 stored answers read again: nothing differs.\n"), done.stderr
    assert len(server.requests) == 2


def test_the_imfs_table_is_fetched_from_the_address_that_settings_name_and_from_nowhere_without_one(
    workspace, source_server
):
    server = source_server()
    series = "lct.imports{area=KAZ,codes=default,partner=WLD,product=all}"
    watch(workspace, "lct.imports", "imf-lct", f"{server.url}{IMF}")
    server.add(IMF, IMF_ROWS.format(amount=1.5e9), last_modified="Mon, 02 Nov 2026 10:00:00 GMT")
    workspace.run("check")
    workspace.run("check")
    sent = [asked.headers.get("if-modified-since") for asked in server.requests]
    assert sent == [None, "Mon, 02 Nov 2026 10:00:00 GMT"]
    assert values(workspace, series, "imf-lct") == {"2023": 1500.0}
    address = f'base_url = "{server.url}{IMF}"'
    workspace.config.write_text(workspace.config.read_text("utf-8").replace(address, ""), "utf-8")
    done = workspace.run("check")
    assert "no address of the file is known; write it as base_url" in done.stderr and len(server.requests) == 2
