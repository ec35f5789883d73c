"""A first fetch, and another one: what is asked for, and what is taken for unchanged."""

from datetime import UTC, datetime

import pytest
from carecmon_plugins.worldbank import READER, WORLD_BANK
from carecmon_plugins.worldbank.tests.bank import DEATHS, FEEDS, NEW, PRICES, SCORE, observed, path, row, state_of

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
    assert asked.path == path(PRICES) == "/country/USA/indicator/FP.CPI.TOTL"


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


def refusal(number, says):
    return {"body": [{"message": [{"id": number, "key": "Invalid value", "value": says}]}]}


#: What may become of the series that is asked first whether anything changed.
REFUSED = {
    "unknown": refusal("120", "The provided parameter value is not valid"),
    "archived": refusal("175", "The indicator was not found. It may have been deleted or archived."),
    "gone": {"body": "nothing here", "status": 404, "content_type": "text/plain"},
    "another structure": {"body": "[]"},
}


@pytest.fixture(params=REFUSED.values(), ids=REFUSED)
def filled(bank, fetch, request):
    """The state after a good fetch of all series; the one that is asked first is refused from then on."""
    state = state_of(fetch())
    bank.server.add(path(PRICES), **request.param)
    bank.server.clear()
    return state


def test_where_the_series_that_is_asked_first_is_refused_the_next_one_says_whether_anything_changed(
    bank, filled, failing
):
    for _ in range(2):
        results, error = failing(filled)
        assert [type(result) for result in results] == [NotModified]
        assert str(error).startswith(f"{PRICES}: {bank.server.url}{path(PRICES)}")
    asked = [(asked.path, asked.query["per_page"]) for asked in bank.server.requests]
    assert asked == [(path(PRICES), "1"), (path(SCORE), "1")] * 2


def test_a_refused_series_does_not_cost_what_was_revised_in_the_others(bank, filled, failing):
    bank.updated = NEW
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", "2021", 13.0)]
    results, error = failing(filled)
    assert [one.value for one in observed(results)] == [13.0]
    assert len(results) == len(FEEDS) - 1
    assert PRICES in str(error) and not any(code in str(error) for code in FEEDS if code != PRICES)
    assert len(bank.server.requests) == 2 + len(FEEDS) - 1
    assert bank.server.count(path(PRICES)) == 1


def test_a_series_that_was_refused_is_read_again_once_it_is_back(bank, filled, failing, fetch):
    bank.updated = NEW
    state = state_of(failing(filled)[0])
    bank.rows[PRICES] = [row(PRICES, "USA", "2021", 130.0)]
    bank.server.add(path(PRICES), lambda asked: bank.answer(PRICES, asked))
    assert [one.value for one in observed(fetch(state))] == [130.0]


def test_where_every_series_is_refused_nothing_is_said_to_be_unchanged(bank, fetch, failing):
    state = state_of(fetch())
    for code in FEEDS:
        bank.server.add(path(code), **REFUSED["archived"])
    bank.server.clear()
    results, error = failing(state)
    assert results == []
    assert all(code in str(error) for code in FEEDS)
    assert len(bank.server.requests) == len(FEEDS)


@pytest.mark.parametrize(("status", "tries"), [(429, 3), (503, 3), (401, 1)])
def test_what_every_series_would_meet_ends_the_fetch_with_the_series_that_is_asked_first(
    bank, fetch, failing, status, tries
):
    state = state_of(fetch())
    for code in FEEDS:
        bank.server.add(path(code), "busy", status=status)
    bank.server.clear()
    results, _ = failing(state)
    assert results == []
    assert len(bank.server.requests) == tries
