"""The World Bank's series, against a server of our own that answers as the interface is documented."""

import csv
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from carecmon_plugins import energy, lpi, roads
from carecmon_plugins.worldbank import LANDLOCKED, MEMBERS, READER, US_CPI, WORLD_BANK, register_indicators
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Fault, NotModified, ObservationStatus, Series, SourceError

SCORE = "LP.LPI.OVRL.XQ"
DEATHS = "SH.STA.TRAF.P5"
OLD, NEW = "2026-07-13", "2026-09-30"
INDICATORS = {i.id: i for plugin in (energy, lpi, roads) for i in plugin.register_indicators()} | {US_CPI.id: US_CPI}
FEEDS = {feed.code: feed for feed in READER.feeds}


def path(code):
    return f"/{FEEDS[code].path}"


def row(code, area, date, value, status=""):
    return {
        "indicator": {"id": code, "value": "a name"},
        "country": {"id": area[:2], "value": "a country"},
        "countryiso3code": area,
        "date": date,
        "value": value,
        "unit": "",
        "obs_status": status,
        "decimal": 1,
    }


def heading(total, page=1, pages=1, updated=OLD, per_page=1000):
    return {
        "page": page,
        "pages": pages,
        "per_page": per_page,
        "total": total,
        "sourceid": "2",
        "lastupdated": updated,
    }


class Bank:
    """The answers of a World Bank whose numbers a test sets: rows by series."""

    def __init__(self, server):
        self.server = server
        self.rows = {code: [row(code, feed.areas[0], "2021", 12.5)] for code, feed in FEEDS.items()}
        self.updated = OLD
        self.per_page_as_text = False
        for code in FEEDS:
            server.add(path(code), lambda asked, code=code: self.answer(code, asked))

    def answer(self, code, asked):
        size, number = int(asked.query["per_page"]), int(asked.query["page"])
        rows = self.rows[code]
        if not rows:
            return [heading(0, 0, 0, self.updated, 0), None]
        pages = -(-len(rows) // size)
        shown = str(size) if self.per_page_as_text else size
        return [heading(len(rows), number, pages, self.updated, shown), rows[(number - 1) * size : number * size]]


@pytest.fixture
def server(source_server):
    return source_server()


@pytest.fixture
def bank(server):
    return Bank(server)


@pytest.fixture
def fetch(server, source_client):
    def fetch(state=None):
        return list(WORLD_BANK.fetch(source_client(WORLD_BANK, server.url), state or {}))

    return fetch


def state_of(results):
    return [result.state for result in results if result.state][-1]


def observed(results):
    return [one for answer in results if isinstance(answer, Answer) for one in WORLD_BANK.parse(answer)]


def page(rows, **changes):
    return json.dumps([heading(len(rows), **changes), rows]).encode()


def parsed(*rows):
    return list(READER.parse(Answer(page(list(rows)), "https://example.org")))


# -- A fetch, and another one --


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


# -- What is read --


def published_scores():
    with (Path(lpi.__file__).parent / "2018.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["series"].startswith("lpi.score")]
    return {Series.parse(row["series"]).label("area"): row["value"] for row in rows}


def test_the_published_scores_of_2018_come_through_with_their_decimals():
    scores = published_scores()
    found = parsed(*(row(SCORE, area, "2018", float(score)) for area, score in scores.items()))
    assert {one.series.label("area"): one.value for one in found} == {a: float(s) for a, s in scores.items()}
    assert len(found) == 10


def test_the_edition_of_2023_is_filed_under_2022_and_says_so():
    [found] = parsed(row(SCORE, "CHN", "2022", 3.7))
    assert (str(found.period), found.value) == ("2023", 3.7)
    assert found.note == "filed under 2022 by the World Bank"
    assert (found.cell.row, found.cell.column) == ("CHN", "2022")


def test_only_the_survey_is_filed_under_another_year():
    [found] = parsed(row(DEATHS, "KAZ", "2022", 9.0))
    assert (str(found.period), found.note) == ("2022", None)


def test_a_number_keeps_its_text_as_it_stands_in_the_answer():
    body = page([row(SCORE, "UZB", "2016", 2.404)]).replace(b"2.404", b"2.4040000")
    [found] = READER.parse(Answer(body, "https://example.org"))
    assert (found.cell.raw, found.value) == ("2.4040000", 2.404)
    assert str(found.cell) == f"{SCORE}: page 1 / UZB / 2016"


def test_a_row_without_a_value_states_nothing_but_is_covered(bank, fetch):
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", "2021", None), row(DEATHS, "KAZ", "2020", 9.0)]
    [answer] = [a for a in fetch() if isinstance(a, Answer) and DEATHS in a.url]
    assert [str(one.period) for one in READER.parse(answer)] == ["2020"]
    assert {cover.select["area"] for cover in answer.covers} == set(MEMBERS)
    assert all(cover.first.year <= 1960 and cover.last.year >= 2050 for cover in answer.covers)


@pytest.mark.parametrize(
    ("mark", "status", "note"),
    [
        ("", ObservationStatus.NORMAL, None),
        ("F", ObservationStatus.ESTIMATED, "forecast of the source"),
        ("E", ObservationStatus.ESTIMATED, "estimate of the source"),
        ("P", ObservationStatus.PROVISIONAL, None),
        ("Z", ObservationStatus.NORMAL, "obs_status Z"),
    ],
)
def test_the_status_of_an_observation_is_kept(mark, status, note):
    [found] = parsed(row(DEATHS, "KAZ", "2021", 9.0, mark))
    assert (found.status, found.note) == (status, note)


def test_quarters_and_months_are_read_as_such():
    found = parsed(row("FP.CPI.TOTL", "USA", "2023Q1", 100), row("FP.CPI.TOTL", "USA", "2023M05", 101))
    assert [str(one.period) for one in found] == ["2023-Q1", "2023-05"]


def test_consumer_prices_are_one_series_without_an_area():
    [found] = parsed(row("FP.CPI.TOTL", "USA", "2010", 100))
    assert (found.series, found.value) == (Series("prices.us-cpi"), 100.0)


def test_a_byte_order_mark_does_not_matter():
    body = b"\xef\xbb\xbf" + page([row(DEATHS, "KAZ", "2021", 9.0)])
    assert len(list(READER.parse(Answer(body, "https://example.org")))) == 1


def test_a_blank_code_of_three_letters_is_looked_up_in_the_country():
    odd = row(DEATHS, "KAZ", "2021", 9.0) | {"countryiso3code": "", "country": {"id": "KAZ", "value": ""}}
    assert [one.series.label("area") for one in parsed(odd)] == ["KAZ"]


def test_every_series_bears_labels_of_its_indicator():
    for code, feed in FEEDS.items():
        indicator = INDICATORS[feed.indicator]
        assert WORLD_BANK.id in indicator.sources
        for area in feed.areas:
            [found] = parsed(row(code, area, "2021", 1.0))
            assert [name for name, _ in found.series.labels] == [d.name for d in indicator.dimensions]
            assert all(code in indicator.dimension(name).codes for name, code in found.series.labels)


def test_an_empty_answer_is_an_answer_that_states_nothing(bank, fetch):
    bank.rows[DEATHS] = []
    [answer] = [a for a in fetch() if isinstance(a, Answer) and DEATHS in a.url]
    assert list(READER.parse(answer)) == []
    assert answer.note == "the source answered and has nothing"


# -- Errors of the interface --

INVALID = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}]


@pytest.fixture
def failing(bank, source_client):
    """Give a function that fetches until the source fails, and returns what came before that, and the error."""

    def failing():
        results = []
        with pytest.raises(SourceError) as caught:
            for result in WORLD_BANK.fetch(source_client(WORLD_BANK, bank.server.url), {}):
                results.append(result)
        return results, caught.value

    return failing


def test_a_message_at_status_200_is_an_error_that_costs_its_own_series_only(bank, failing):
    bank.server.add(path(DEATHS), INVALID)
    answers, error = failing()
    assert "SH.STA.TRAF.P5" in str(error) and "not valid (message 120)" in str(error)
    assert (error.kind, error.transient) == (Fault.BAD_REQUEST, False)
    assert len(answers) == len(FEEDS) - 1
    assert bank.server.count(path(DEATHS)) == 1, "a message is not asked for again"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.001)


def test_a_400_without_a_message_is_throttling_and_is_asked_again(bank, fetch):
    bank.server.add(path(DEATHS), "<html>busy</html>", status=400, content_type="text/html", times=2)
    assert len(fetch()) == len(FEEDS)
    assert bank.server.count(path(DEATHS)) == 3


def test_a_400_without_a_message_every_time_is_said_to_be_throttling(bank, failing):
    bank.server.add(path(DEATHS), "", status=400, content_type="text/xml")
    _, error = failing()
    assert "400 without a reason" in str(error)
    assert (error.kind, error.transient) == (Fault.THROTTLED, True)


def test_a_400_with_a_message_is_not_asked_again(bank, failing):
    bank.server.add(path(DEATHS), INVALID, status=400)
    assert "message 120" in str(failing()[1])
    assert bank.server.count(path(DEATHS)) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param({"status": 502, "body": "bad gateway"}, Fault.OUTAGE, "502", id="outage"),
        pytest.param({"body": "<!DOCTYPE html><p>moved", "content_type": "text/html"}, Fault.GARBLED, "web page",
                     id="a web page"),
        pytest.param({"body": "[{"}, Fault.TRUNCATED, "cut off", id="cut off"),
        pytest.param({"body": "[]"}, Fault.GARBLED, "heading", id="another structure"),
        pytest.param({"body": '[{"page":1,"pages":1,"total":"many"},[]]'}, Fault.GARBLED, "total", id="no number"),
        pytest.param({"body": '[{"page":1,"pages":1,"total":3},null]'}, Fault.GARBLED, "3 rows", id="no rows"),
        pytest.param({"body": '[{"page":1,"pages":1,"total":3},[]]'}, Fault.TRUNCATED, "3 rows", id="fewer rows"),
        pytest.param({"body": '[{"page":1,"pages":999999,"total":3},[]]'}, Fault.GARBLED, "999999", id="pages"),
        pytest.param({"body": page([row(DEATHS, "ECA", "2021", 1)])}, Fault.GARBLED, "ECA", id="another country"),
        pytest.param({"body": page([row(SCORE, "KAZ", "2021", 1)])}, Fault.GARBLED, SCORE, id="another series"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "2021", "9")])}, Fault.GARBLED, "'9'", id="text for a number"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "soon", 9)])}, Fault.GARBLED, "soon", id="no year"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "2021", float("nan"))])}, Fault.GARBLED, "NaN", id="NaN"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "2021", 9)]).replace(b": 9,", b": 1e999,")}, Fault.GARBLED,
                     "1e999", id="infinite"),
    ],
)  # fmt: skip
def test_what_is_no_good_answer_is_named_and_costs_no_series_before_it(bank, failing, answer, kind, said):
    bank.server.add(path(DEATHS), **answer)
    answers, error = failing()
    assert error.kind is kind
    assert DEATHS in str(error) and said in str(error)
    assert len(answers) >= 2


def test_one_unreadable_series_does_not_cost_those_after_it(bank, failing):
    bank.server.add(path(DEATHS), "[]")
    answers, _ = failing()
    assert len(answers) == len(FEEDS) - 1


def test_pages_of_two_loads_of_the_database_are_not_put_together(bank, failing, monkeypatch):
    monkeypatch.setattr("carecmon.sources.worldbank.PER_PAGE", 1)
    bank.rows[DEATHS] = [row(DEATHS, "KAZ", "2021", 9.0), row(DEATHS, "KAZ", "2020", 9.0)]
    bank.server.add(path(DEATHS), [heading(2, 2, 2, NEW), [bank.rows[DEATHS][1]]], query={"page": "2"})
    assert "disagree" in str(failing()[1])


def test_a_lost_page_is_noticed():
    with pytest.raises(SourceError, match="2 rows on 2 pages are promised"):
        rows = json.dumps([heading(2, 1, 2), [row(DEATHS, "KAZ", "2021", 9.0)]]).encode()
        list(READER.parse(Answer(rows, "https://example.org")))


#: A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["page", "pages", "total", "indicator", "id", "country", "countryiso3code", "date", "value"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "indicator": st.sampled_from([{"id": DEATHS}, {"id": SCORE}, {}]) | JSON,
        "countryiso3code": st.sampled_from(["KAZ", "UZB", "", "ECA"]) | JSON,
        "date": st.sampled_from(["2021", "2022", "2021Q9", "1850", "0000", "99999"]) | JSON,
        "value": JSON,
        "obs_status": JSON,
    },
)


@FUZZ
@given(st.one_of(JSON, st.lists(FIELDS, max_size=3).map(lambda rows: [heading(len(rows)), rows])))
def test_any_json_gives_observations_or_an_error_of_the_source(content):
    body = json.dumps(content).encode()
    try:
        found = list(READER.parse(Answer(body, "https://example.org")))
    except (SourceError, ValueError):
        return
    assert all(one.value is not None for one in found)


@FUZZ
@given(st.binary(max_size=64))
def test_any_bytes_give_observations_or_an_error_of_the_source(body):
    with suppress(SourceError, ValueError):
        assert list(READER.parse(Answer(body, "https://example.org"))) == []


# -- What is declared --


def test_the_members_and_those_without_a_coast():
    assert len(MEMBERS) == 11
    assert set(MEMBERS) - set(LANDLOCKED) == {"CHN", "GEO", "PAK"}


def test_the_indicator_of_prices_is_declared_in_three_languages():
    assert register_indicators() == [US_CPI]
    assert all(US_CPI.title.translated(language) for language in ("en", "ru", "zh"))
