"""A first fetch, and another one: what is asked for, and what is taken for unchanged."""

from datetime import UTC, datetime

from carecmon_plugins.worldbank import READER, WORLD_BANK
from carecmon_plugins.worldbank.tests.bank import DEATHS, FEEDS, NEW, SCORE, observed, path, row, state_of

from carecmon import Answer, NotModified


def test_a_first_fetch_asks_once_for_each_series_and_never_for_aggregates(bank, fetch):
    results = fetch()
    assert [type(result) for result in results] == [Answer] * len(FEEDS)
    assert len(bank.server.requests) == len(FEEDS) == WORLD_BANK.requests
    for asked in bank.server.requests:
        assert "all" not in asked.path.split("/")
        assert (asked.query["format"], asked.query["source"]) == ("json", "2")


def test_the_eleven_countries_are_asked_for_in_one_request(bank, fetch):
    fetch()
    [asked] = [asked for asked in bank.server.requests if SCORE in asked.path]
    assert asked.path == "/country/AFG;AZE;CHN;GEO;KAZ;KGZ;MNG;PAK;TJK;TKM;UZB/indicator/LP.LPI.OVRL.XQ"


def test_when_nothing_changed_a_second_fetch_costs_one_request_for_one_row(bank, fetch):
    state = state_of(fetch())
    bank.server.clear()
    results = fetch(state)
    assert [type(result) for result in results] == [NotModified]
    [asked] = bank.server.requests
    assert asked.query["per_page"] == "1"
    assert asked.path == "/country/USA/indicator/FP.CPI.TOTL"


def test_a_revised_series_is_the_only_answer_of_a_database_that_was_loaded_again(bank, fetch):
    state = state_of(fetch())
    bank.updated = NEW
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", "2021", 13.0)]
    results = fetch(state)
    [answer] = [result for result in results if isinstance(result, Answer)]
    assert [one.value for one in READER.parse(answer)] == [13.0]
    assert (answer.edition, str(answer.published)) == (NEW, NEW)
    bank.server.clear()
    assert [type(result) for result in fetch(state_of(results))] == [NotModified]
    assert len(bank.server.requests) == 1


def test_on_the_day_of_the_last_load_its_date_is_not_trusted_as_a_key(bank, fetch):
    bank.updated = datetime.now(UTC).date().isoformat()
    state = state_of(fetch())
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", "2021", 13.0)]
    results = fetch(state)
    assert [one.value for one in observed(results)] == [13.0]


def test_an_interrupted_first_fetch_goes_on_with_the_series_that_are_missing(bank, fetch, source_client):
    answers = WORLD_BANK.fetch(source_client(WORLD_BANK, bank.server.url), {})
    state = [next(answers), next(answers)][-1].state
    answers.close()
    bank.server.clear()
    results = fetch(state)
    assert len([result for result in results if isinstance(result, Answer)]) == len(FEEDS) - 2
    assert len(bank.server.requests) == 1 + len(FEEDS) - 2


def test_every_page_is_asked_for_and_read(bank, fetch, monkeypatch):
    monkeypatch.setattr("carecmon.sources.worldbank.PER_PAGE", 5)
    bank.per_page_as_text = True
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", str(year), year / 100) for year in range(2021, 2008, -1)]
    found = [one for one in observed(fetch()) if one.series.indicator == "road.fatality-rate"]
    assert [str(one.period) for one in found] == [str(year) for year in range(2009, 2022)]
    assert bank.server.count(path(DEATHS)) == 3
    assert {one.cell.location for one in found} == {"page 1", "page 2", "page 3"}
