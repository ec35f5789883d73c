"""The Logistics Performance Indicators 2.0 from Data360, against a server of our own."""

import json
from contextlib import suppress

import pytest
from carecmon_plugins.lpi import CLEARANCE_DWELL
from carecmon_plugins.worldbank import DATA360, DWELL, LANDLOCKED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Fault, NotModified, ObservationStatus, SourceError

PATH = "/data"


def row(area, year, value, statistic="WB_LPI_M", **more):
    return {
        "OBS_VALUE": value, "TIME_FORMAT": "P1Y", "UNIT_MULT": 0, "COMMENT_OBS": None, "OBS_STATUS": "A",
        "DATABASE_ID": "WB_LPI_20", "INDICATOR": "DT_DST_LLDC", "REF_AREA": area, "SEX": "_Z", "AGE": "_Z",
        "URBANISATION": "_Z", "COMP_BREAKDOWN_1": statistic, "COMP_BREAKDOWN_2": "_Z", "COMP_BREAKDOWN_3": "_Z",
        "TIME_PERIOD": year, "FREQ": "A", "UNIT_MEASURE": "D", "UNIT_TYPE": None, **more,
    }  # fmt: skip


def statistics(area, year, mean):
    """What one economy has in one year: the mean, the median and a spread."""
    others = ("WB_LPI_MD", "4.0"), ("WB_LPI_IQR_75_25", "6.5")
    return [row(area, year, mean), *(row(area, year, value, statistic) for statistic, value in others)]


def body(rows, **changes):
    return {"count": len(rows), "value": rows, **changes}


@pytest.fixture
def rows():
    """Rows of the economies wanted, of one that is not, and of a group of them."""
    return {area: statistics(area, "2024", "7.5") for area in (*LANDLOCKED, "NPL", "ECS")}


@pytest.fixture
def server(source_server, rows):
    server = source_server()

    def answer(asked):
        everything = [row for of_area in rows.values() for row in of_area]
        skip, top = int(asked.query["skip"]), int(asked.query["top"])
        return body(everything[skip : skip + top], count=len(everything))

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


def values(answer):
    return {(one.series.label("area"), str(one.period)): one.value for one in DATA360.parse(answer)}


def test_one_request_brings_the_mean_of_every_landlocked_country(server, fetch):
    [answer] = fetch()
    assert [dict(asked.query) for asked in server.requests] == [
        {"DATABASE_ID": "WB_LPI_20", "INDICATOR": "DT_DST_LLDC", "skip": "0", "top": "1000"}
    ]
    assert DATA360.requests == 1
    assert values(answer) == {(area, "2024"): 7.5 for area in LANDLOCKED}
    assert {cover.select["area"] for cover in answer.covers} == set(LANDLOCKED)


def test_median_and_spread_and_parts_of_a_whole_are_passed_over():
    found = parsed(*statistics("KAZ", "2024", "7.5"), row("KAZ", "2024", "9.0", URBANISATION="U"))
    assert [(one.value, one.cell.location) for one in found] == [(7.5, "WB_LPI_M")]


def test_an_answer_without_the_statistic_that_is_wanted_is_refused_with_those_that_are_there():
    with pytest.raises(SourceError, match="none is wanted; COMP_BREAKDOWN_1 is MEAN"):
        parsed(row("KAZ", "2024", "7.5", "MEAN"))


def test_a_single_statistic_without_a_name_is_the_one_that_is_meant():
    assert [one.value for one in parsed(row("KAZ", "2024", "7.5", "_Z"))] == [7.5]


def test_a_value_that_is_a_number_and_no_text_is_not_lost():
    [found] = parsed(row("KAZ", "2024", 7.25))
    assert (found.value, found.cell.raw) == (7.25, "7.25")


def test_a_row_without_a_value_states_nothing():
    assert parsed(row("KAZ", "2024", None), row("KGZ", "2024", "")) == []


def test_rows_that_stayed_the_same_make_no_answer(server, fetch):
    [answer] = fetch()
    server.clear()
    assert [type(result) for result in fetch(answer.state)] == [NotModified]
    assert len(server.requests) == 1


def test_a_validator_of_the_server_is_repeated_and_spares_the_body(server, fetch):
    server.add(PATH, body(statistics("KAZ", "2024", "7.5")), etag='"one"')
    [answer] = fetch()
    server.clear()
    assert [type(result) for result in fetch(answer.state)] == [NotModified]
    assert [asked.headers.get("if-none-match") for asked in server.requests] == ['"one"']


def test_a_revised_country_makes_an_answer(rows, fetch):
    state = [result.state for result in fetch()][-1]
    rows["UZB"] = statistics("UZB", "2024", "8.25")
    [answer] = fetch(state)
    assert values(answer)["UZB", "2024"] == 8.25


def test_a_revised_median_alone_makes_no_answer(rows, fetch):
    state = [result.state for result in fetch()][-1]
    rows["UZB"][1]["OBS_VALUE"] = "4.75"
    assert [type(result) for result in fetch(state)] == [NotModified]


def test_every_page_is_asked_for_and_none_of_them_speaks_for_all(server, rows, fetch, monkeypatch):
    monkeypatch.setattr("carecmon.sources.data360.PER_PAGE", 20)
    rows["KAZ"] = [one for year in range(2024, 2019, -1) for one in statistics("KAZ", str(year), "1.5")]
    [answer] = fetch()
    assert [period for area, period in values(answer) if area == "KAZ"] == ["2020", "2021", "2022", "2023", "2024"]
    assert [asked.query["skip"] for asked in server.requests] == ["0", "20", "40"]
    assert all(entry["etag"] is None for entry in answer.state.values())


def test_a_country_without_rows_states_nothing(rows, fetch):
    del rows["TKM"]
    [answer] = fetch()
    assert "TKM" not in {area for area, _ in values(answer)}


def test_an_empty_answer_is_an_answer_that_states_nothing_and_says_so(rows, fetch):
    [filled] = fetch()
    rows.clear()
    [answer] = fetch(filled.state)
    assert values(answer) == {}
    assert {cover.select["area"] for cover in answer.covers} == set(LANDLOCKED)
    assert (filled.note, answer.note) == (None, "the source answered and has nothing")
    assert [type(result) for result in fetch(answer.state)] == [NotModified]


def test_rows_without_any_value_are_nothing_too(rows, fetch):
    rows.update((area, [row(area, "2024", None)]) for area in rows)
    [answer] = fetch()
    assert answer.note == "the source answered and has nothing"


def test_the_unit_is_days_and_what_the_answer_calls_it_is_kept():
    [found] = parsed(row("KAZ", "2024", "7.50"))
    assert (found.value, found.cell.raw, found.note) == (7.5, "7.50", "unit as published: D")
    assert CLEARANCE_DWELL.unit == "days"


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
        pytest.param({"body": body([row("KAZ", "2024", "7.5", INDICATOR="AV_DT")])}, Fault.GARBLED, "AV_DT",
                     id="another indicator"),
        pytest.param({"body": body([row("KAZ", "2024", ["7.5"])])}, Fault.GARBLED, "['7.5']", id="a list for a value"),
        pytest.param({"body": body([row("KAZ", "2024", "1_0")])}, Fault.GARBLED, "1_0", id="a number of Python"),
        pytest.param({"body": body([row("KAZ", "24", "7.5")])}, Fault.GARBLED, "24", id="no year"),
        pytest.param({"body": body([row("KAZ", "2024", "fast")])}, Fault.GARBLED, "fast", id="no number"),
        pytest.param({"body": body([row("KAZ", "2024", "7.5", UNIT_MULT="3")])}, Fault.GARBLED, "power of '3'",
                     id="thousands"),
        pytest.param({"body": "<html>", "content_type": "text/html"}, Fault.GARBLED, "web page", id="a web page"),
        pytest.param({"body": "", "status": 503}, Fault.OUTAGE, "503", id="outage"),
    ],
)  # fmt: skip
def test_what_is_no_good_answer_is_named(server, fetch, answer, kind, said):
    server.add(PATH, **answer)
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
#: A row as it should be, but for some of its fields.
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "OBS_VALUE": st.sampled_from(["1", "1e999", "nan"]) | JSON,
        "TIME_PERIOD": st.from_regex(r"[0-9]{4}(-[0-9]{2}|-Q[0-9])?", fullmatch=True) | JSON,
        **dict.fromkeys(("INDICATOR", "DATABASE_ID", "REF_AREA", "UNIT_MULT", "OBS_STATUS", "UNIT_MEASURE"), JSON),
    },
).map(lambda changed: row("KAZ", "2024", "7.5") | changed)


@FUZZ
@given(JSON | st.lists(FIELDS, max_size=3).map(body))
def test_any_json_gives_observations_or_an_error_of_the_source(content):
    with suppress(SourceError):
        for one in DWELL.parse(Answer(json.dumps(content).encode(), "https://example.org")):
            assert one.value == one.value and abs(one.value) != float("inf")
