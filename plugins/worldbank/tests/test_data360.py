"""The Logistics Performance Indicators 2.0 from Data360, against a server of our own."""

import json
from contextlib import suppress

import pytest
from carecmon_plugins.lpi import CLEARANCE_DWELL
from carecmon_plugins.worldbank import DATA360, DWELL, LANDLOCKED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Fault, NotModified, ObservationStatus, Series, SourceError

PATH = "/data"


def row(area, year, value, **more):
    return {
        "OBS_VALUE": value, "TIME_PERIOD": year, "REF_AREA": area, "INDICATOR": "DT_DST_LLDC",
        "DATABASE_ID": "WB_LPI_20", "FREQ": "A", "UNIT_MEASURE": "D", "OBS_STATUS": "A", **more,
    }  # fmt: skip


def body(rows, **changes):
    return {"count": len(rows), "value": rows, **changes}


@pytest.fixture
def rows():
    return {area: [row(area, "2024", "7.5")] for area in LANDLOCKED}


@pytest.fixture
def server(source_server, rows):
    server = source_server()

    def answer(asked):
        of_area = rows[asked.query["REF_AREA"]]
        skip, top = int(asked.query["skip"]), int(asked.query["top"])
        return body(of_area[skip : skip + top], count=len(of_area))

    server.add(PATH, answer)
    return server


@pytest.fixture
def fetch(server, source_client):
    return lambda state=None: list(DATA360.fetch(source_client(DATA360, server.url), state or {}))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.001)


def parsed(*rows, **changes):
    answer = Answer(json.dumps(body(list(rows), **changes)).encode(), "https://example.org")
    return list(DATA360.parse(answer))


def test_each_landlocked_country_is_asked_for_once(server, fetch):
    results = fetch()
    assert [asked.query["REF_AREA"] for asked in server.requests] == list(LANDLOCKED)
    assert len(results) == len(server.requests) == DATA360.requests == 8
    assert all(asked.query["DATABASE_ID"] == "WB_LPI_20" for asked in server.requests)


def test_rows_that_stayed_the_same_make_no_answer(fetch):
    state = [result.state for result in fetch()][-1]
    assert [type(result) for result in fetch(state)] == [NotModified] * 8


def test_a_validator_of_the_server_is_repeated_and_spares_the_body(server, fetch):
    server.add(PATH, body([row("KAZ", "2024", "7.5")]), query={"REF_AREA": "KAZ"}, etag='"one"')
    state = [result.state for result in fetch()][-1]
    server.clear()
    assert [type(result) for result in fetch(state)] == [NotModified] * 8
    assert [a.headers.get("if-none-match") for a in server.requests if a.query["REF_AREA"] == "KAZ"] == ['"one"']


def test_a_revised_country_is_the_only_answer(rows, fetch):
    state = [result.state for result in fetch()][-1]
    rows["UZB"] = [row("UZB", "2024", "8.25")]
    [answer] = [result for result in fetch(state) if isinstance(result, Answer)]
    [found] = DATA360.parse(answer)
    assert (found.series, found.value) == (Series.of("lpi2.clearance-dwell", area="UZB"), 8.25)
    assert [(cover.indicator, dict(cover.select)) for cover in answer.covers] == [
        ("lpi2.clearance-dwell", {"area": "UZB"})
    ]


def test_every_page_is_asked_for(server, rows, fetch, monkeypatch):
    monkeypatch.setattr("carecmon.sources.data360.PER_PAGE", 2)
    rows["KAZ"] = [row("KAZ", str(year), "1.5") for year in range(2024, 2019, -1)]
    [answer] = [result for result in fetch() if "KAZ" in result.url]
    assert [str(one.period) for one in DATA360.parse(answer)] == ["2020", "2021", "2022", "2023", "2024"]
    assert [a.query["skip"] for a in server.requests if a.query["REF_AREA"] == "KAZ"] == ["0", "2", "4"]


def test_a_country_without_rows_states_nothing(rows, fetch):
    rows["TKM"] = []
    [answer] = [result for result in fetch() if "TKM" in result.url]
    assert list(DATA360.parse(answer)) == []


def test_the_unit_is_kept_as_published_because_no_document_says_it():
    [found] = parsed(row("KAZ", "2024", "7.50"))
    assert (found.value, found.cell.raw, found.note) == (7.5, "7.50", "unit as published: D")
    assert CLEARANCE_DWELL.unit == "as published"


@pytest.mark.parametrize(
    ("mark", "status"),
    [("A", ObservationStatus.NORMAL), ("E", ObservationStatus.ESTIMATED), ("F", ObservationStatus.ESTIMATED),
     ("P", ObservationStatus.PROVISIONAL), ("X", ObservationStatus.NORMAL)],
)  # fmt: skip
def test_the_status_of_an_observation_is_kept(mark, status):
    [found] = parsed(row("KAZ", "2024", "7.5", OBS_STATUS=mark))
    assert found.status is status
    assert (mark in found.note.partition("D")[2] or "forecast" in found.note) is (mark != "A")


def test_labels_are_those_of_an_indicator_of_its_own():
    assert CLEARANCE_DWELL.sources == (DATA360.id,)
    assert CLEARANCE_DWELL.discontinued is None
    for area in LANDLOCKED:
        [found] = parsed(row(area, "2024", "7.5"))
        assert found.series.label("area") in CLEARANCE_DWELL.dimension("area").codes


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param({"body": []}, Fault.GARBLED, "count", id="another structure"),
        pytest.param({"body": body([], count=3)}, Fault.TRUNCATED, "0 of 3", id="an empty page"),
        pytest.param({"body": body([row("KAZ", "2024", "7.5")] * 4, count=10_000)}, Fault.TRUNCATED, "10000",
                     id="the cap"),
        pytest.param({"body": body([row("DEU", "2024", "7.5")])}, Fault.GARBLED, "DEU", id="another country"),
        pytest.param({"body": body([row("KAZ", "2024", "fast")])}, Fault.GARBLED, "fast", id="no number"),
        pytest.param({"body": body([row("KAZ", "2024", "7.5", UNIT_MULT="3")])}, Fault.GARBLED, "power of '3'",
                     id="thousands"),
        pytest.param({"body": "<html>", "content_type": "text/html"}, Fault.GARBLED, "web page", id="a web page"),
        pytest.param({"body": "", "status": 503}, Fault.OUTAGE, "503", id="outage"),
    ],
)  # fmt: skip
def test_what_is_no_good_answer_is_named(server, fetch, answer, kind, said):
    server.add(PATH, **answer, query={"REF_AREA": "KAZ"})
    with pytest.raises(SourceError) as caught:
        fetch()
    assert (caught.value.kind, said in str(caught.value)) == (kind, True), str(caught.value)


#: A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["count", "value"]), inner),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {"INDICATOR": st.just("DT_DST_LLDC"), "DATABASE_ID": st.just("WB_LPI_20"), "REF_AREA": st.just("KAZ") | JSON},
    optional={"OBS_VALUE": st.sampled_from(["1", "1e999", "nan"]) | JSON, "TIME_PERIOD": st.just("2024") | JSON,
              "UNIT_MULT": JSON, "OBS_STATUS": JSON, "UNIT_MEASURE": JSON},
)  # fmt: skip


@FUZZ
@given(JSON | st.lists(FIELDS, max_size=3).map(body))
def test_any_json_gives_observations_or_an_error_of_the_source(content):
    with suppress(SourceError, ValueError):
        for one in DWELL.parse(Answer(json.dumps(content).encode(), "https://example.org")):
            assert one.value == one.value and abs(one.value) != float("inf")
