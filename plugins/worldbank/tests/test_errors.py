"""What the interface answers instead of data, and any JSON at all."""

import json
from contextlib import suppress

import pytest
from carecmon_plugins.worldbank import READER, WORLD_BANK
from carecmon_plugins.worldbank.tests.bank import DEATHS, FEEDS, NEW, SCORE, heading, page, path, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Fault, SourceError
from carecmon.sources.worldbank import WorldBank

INVALID = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}]


def test_a_message_at_status_200_is_an_error_that_costs_its_own_series_only(bank, failing):
    bank.server.add(path(DEATHS), INVALID)
    answers, error = failing()
    assert "SH.STA.TRAF.P5" in str(error) and "not valid (message 120)" in str(error)
    assert (error.kind, error.transient) == (Fault.BAD_REQUEST, False)
    assert len(answers) == len(FEEDS) - 1
    assert bank.server.count(path(DEATHS)) == 1, "a message is not asked for again"


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
        pytest.param({"body": page([row(DEATHS, "KAZ", "2021M13", 9)])}, Fault.GARBLED,
                     f"{DEATHS} of KAZ: the date '2021M13'",
                     id="no month"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "0000", 9)])}, Fault.GARBLED, "the date '0000'", id="year 0"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "1850", 9)])}, Fault.GARBLED, "the date '1850'", id="long ago"),
        pytest.param({"body": page([row(DEATHS, "KAZ", "２０２１", 9)])}, Fault.GARBLED, "the date '２０２１'",
                     id="other digits"),
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


UNREADABLE = {"another structure": "[]", "a date that is none": page([row(DEATHS, "KAZ", "2021M13", 9)])}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_one_unreadable_series_does_not_cost_those_after_it(bank, failing, body):
    bank.server.add(path(DEATHS), body)
    answers, error = failing()
    assert len(answers) == len(FEEDS) - 1
    assert str(error).startswith(f"{DEATHS}: {bank.server.url}{path(DEATHS)}")


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
DATES = st.from_regex(r"[0-9]{4}(Q[0-9]|M[0-9]{2})?", fullmatch=True)
#: A row as it should be, but for some of its fields.
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "indicator": st.sampled_from([{"id": SCORE}, {}]) | JSON,
        "countryiso3code": st.sampled_from(["UZB", "", "ECA"]) | JSON,
        "date": DATES | JSON,
        "value": JSON,
        "obs_status": JSON,
    },
).map(lambda changed: row(DEATHS, "KAZ", "2021", 9.0) | changed)


@FUZZ
@given(st.one_of(JSON, st.lists(FIELDS, max_size=3).map(lambda rows: [heading(len(rows)), rows])))
def test_any_json_gives_observations_or_an_error_of_the_source(content):
    body = json.dumps(content).encode()
    try:
        found = list(READER.parse(Answer(body, "https://example.org")))
    except SourceError:
        return
    assert all(one.value is not None for one in found)


@FUZZ
@given(st.binary(max_size=64))
def test_any_bytes_give_observations_or_an_error_of_the_source(body):
    with suppress(SourceError):
        assert list(READER.parse(Answer(body, "https://example.org"))) == []


#: Messages as they are documented, with anything in the place of any of their parts.
ANY = st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({}) | JSON
SAID = st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "key", "value"), ANY))
MESSAGES = (st.lists(SAID | ANY, max_size=3) | ANY).map(lambda said: {"message": said})
ERRORS = st.one_of(MESSAGES.map(lambda one: [one]), st.lists(MESSAGES | ANY, max_size=2), MESSAGES).map(
    lambda content: json.dumps(content).encode()
)
CUT = st.tuples(ERRORS, st.integers(10, 60)).map(lambda cut: cut[0][: cut[1]])


@pytest.fixture
def refused(server, source_client):
    """Give a function that fetches one series, which is answered so, and returns the error and the requests."""
    reader = WorldBank([FEEDS[DEATHS]])

    def refused(**answer):
        server.add(path(DEATHS), **answer)
        server.clear()
        with pytest.raises(SourceError) as caught:
            list(reader.fetch(source_client(WORLD_BANK, server.url), {}))
        assert str(caught.value).startswith(f"{DEATHS}: {server.url}{path(DEATHS)}")
        return caught.value, len(server.requests)

    return refused


@settings(FUZZ, max_examples=200, suppress_health_check=list(HealthCheck))
@given(body=ERRORS | CUT | st.binary(max_size=64), status=st.sampled_from([200, 400]))
def test_whatever_body_an_error_has_it_is_an_error_of_its_series(refused, body, status):
    error, requests = refused(body=body, status=status)
    if "the World Bank refuses the request" in str(error):
        assert (error.kind, requests) == (Fault.BAD_REQUEST, 1)
    elif status == 400:
        assert (error.kind, requests) == (Fault.THROTTLED, 3)
    else:
        assert error.kind in (Fault.GARBLED, Fault.TRUNCATED)
