"""What the interface answers instead of data, and any JSON at all."""

import json
import time
from contextlib import suppress
from math import isfinite

import pytest
from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import (
    KAZ,
    TKM,
    answers,
    body,
    preview,
    row,
    state_of,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Ask, Fault, SourceError
from carecmon.model import Notice
from carecmon.model.fetching import Reply
from carecmon.sources.comtrade_pages import available_of, classify, single_reporters

PREVIEW = "/public/v1/preview/C/A/HS"
WAIT = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 03:14:17."}
NO_KEY = {
    "statusCode": 401,
    "message": "Access denied due to missing subscription key. Make sure to include subscription key when making"
    " requests to an API.",
}
POLICY = {"statusCode": 403, "message": "All calls are rejected by policy."}
BAD_KEY = {
    "statusCode": 401,
    "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active"
    " subscription.",
}
LONG = "Request URL Too Long"
REMOVED = "The resource you are looking for has been removed, had its name changed, or is temporarily unavailable."
BUSY = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 1 seconds."}


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param({"status": 403, "body": WAIT}, Fault.QUOTA, "03:14:17", id="quota"),
        pytest.param({"status": 401, "body": NO_KEY}, Fault.UNAUTHORISED, "missing subscription key", id="no key"),
        pytest.param({"status": 401, "body": BAD_KEY}, Fault.UNAUTHORISED, "invalid subscription key", id="bad key"),
        pytest.param({"status": 403, "body": POLICY}, Fault.UNAUTHORISED, "rejected by policy", id="policy"),
        pytest.param({"status": 404, "body": {"statusCode": 404, "message": "Resource not found"}},
                     Fault.BAD_REQUEST, "Resource not found", id="path"),
        pytest.param({"status": 404, "body": LONG, "content_type": "text/plain"}, Fault.BAD_REQUEST,
                     "too long for Comtrade", id="address too long"),
        pytest.param({"status": 414, "body": "<html>Bad Request</html>", "content_type": "text/html"},
                     Fault.BAD_REQUEST, "too long for Comtrade", id="status of an address too long"),
        pytest.param({"status": 404, "body": REMOVED, "content_type": "text/html"}, Fault.BAD_REQUEST,
                     "nothing at this address, for now or for good: The resource", id="removed or unavailable"),
        pytest.param({"status": 400, "body": {"errorObject": {"errorMessage": "one period only"}}},
                     Fault.BAD_REQUEST, "one period only", id="bad request"),
        pytest.param({"status": 502, "body": "<html>", "content_type": "text/html"}, Fault.OUTAGE, "502", id="gateway"),
    ],
)  # fmt: skip
def test_a_refusal_ends_the_fetch_and_keeps_what_came_before(trade, failing, answer, kind, said):
    trade.server.add(PREVIEW, **answer, query={"reporterCode": KAZ, "period": "2023"})
    results, error = failing()
    assert (error.kind, said in str(error)) == (kind, True), str(error)
    assert len(answers(results)) == 1


def test_an_address_that_is_removed_or_unavailable_is_not_told_as_one_that_is_too_long(trade, failing):
    trade.server.add(PREVIEW, REMOVED, status=404, content_type="text/html")
    _, error = failing()
    assert "too long for Comtrade" not in str(error) and "ask for fewer codes" not in str(error)


@pytest.mark.parametrize("answer", [{"status": 401, "body": BAD_KEY}, {"status": 401, "body": NO_KEY}])
def test_what_is_wrong_with_a_key_names_the_setting_to_look_at(trade, failing, answer):
    trade.server.add("/data/v1/getDA/C/A/HS", **answer)
    _, error = failing(key="k")
    assert (error.kind, error.transient) == (Fault.UNAUTHORISED, False)
    assert "key_env" in str(error) and "Access denied" in str(error)
    assert len(trade.server.requests) == 1


@pytest.mark.parametrize(
    ("left", "seconds"),
    [("03:14:17", 11_657), ("23:59:59", 86_399), ("1.02:03:04", 86_400), ("0.5 days", 43_200), ("2.12 days", 86_400),
     ("1.2.3 days", None)],
)  # fmt: skip
def test_a_used_up_quota_says_for_how_long_and_is_believed_for_a_day_at_most(trade, failing, left, seconds):
    trade.server.add(PREVIEW, WAIT | {"message": WAIT["message"].replace("03:14:17", left)}, status=403)
    _, error = failing()
    assert (error.kind, error.retry_after, left in str(error)) == (Fault.QUOTA, seconds, True)
    assert len(trade.calls(PREVIEW)) == 1


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}], ids=["said in the body alone", "and in a header"])
def test_a_second_that_comtrade_wants_to_be_left_alone_is_waited_for_and_then_it_is_asked_again(trade, fetch, headers):
    trade.server.add(PREVIEW, BUSY, status=429, headers=headers, times=1)
    began = time.monotonic()
    assert len(answers(fetch())) == 3
    assert time.monotonic() - began >= 1.0
    assert len(trade.calls(PREVIEW)) == 7


def test_comtrade_that_stays_busy_without_saying_for_how_long_is_asked_three_times(trade, failing):
    trade.server.add(PREVIEW, {"statusCode": 429, "message": "Rate limit is exceeded."}, status=429)
    _, error = failing()
    assert (error.kind, error.retry_after, error.transient) == (Fault.THROTTLED, None, True)
    assert "Comtrade: Rate limit is exceeded." in str(error)
    assert len(trade.calls(PREVIEW)) == 3


def test_too_many_calls_at_once_are_repeated_after_the_wait_that_is_asked_for(trade, fetch):
    trade.server.add(PREVIEW, BUSY, status=429, headers={"Retry-After": "0"}, times=1)
    trade.server.add(PREVIEW, BUSY, status=429, headers={"Retry-After": "0"}, query={"period": "2023"}, times=1)
    assert len(answers(fetch())) == 3


@pytest.mark.parametrize("filled", [False, True], ids=["first fill", "filled"])
@pytest.mark.parametrize("key", [None, "k"])
def test_a_list_without_any_year_is_an_error_and_not_an_empty_or_unchanged_source(trade, fetch, failing, filled, key):
    state = state_of(fetch(key=key)) if filled else {}
    trade.datasets = {}
    results, error = failing(state, key=key)
    assert (results, error.kind, error.transient) == ([], Fault.OTHER, True)
    assert "getDA" in str(error) and "lists no year of any member" in str(error)


def broken(rows, **changes):
    return {"body": body(rows, **changes)}


TOTAL = row(KAZ, "2022", "M", "TOTAL", 1000)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param(broken([TOTAL] * 500), Fault.TRUNCATED, "cut off", id="as many rows as the cap"),
        pytest.param(broken([TOTAL], count=7), Fault.TRUNCATED, "counts 7", id="fewer rows than counted"),
        pytest.param(broken([], error="no such period"), Fault.OTHER, "no such period", id="error text"),
        pytest.param(broken([TOTAL, TOTAL]), Fault.GARBLED, "twice", id="the same row twice"),
        pytest.param(broken([TOTAL | {"motCode": 2100}]), Fault.GARBLED, "counted twice", id="by transport"),
        pytest.param(broken([TOTAL | {"partner2Code": 276}]), Fault.GARBLED, "counted twice", id="second partner"),
        pytest.param(broken([TOTAL | {"customsCode": "C01"}]), Fault.GARBLED, "counted twice", id="procedure"),
        pytest.param(broken([TOTAL | {"reporterCode": 276}]), Fault.GARBLED, "276", id="another reporter"),
        pytest.param(broken([TOTAL | {"period": "2021"}]), Fault.GARBLED, "2021", id="another year"),
        pytest.param(broken([TOTAL | {"period": "202205"}]), Fault.GARBLED, "'202205', not a year", id="a month"),
        pytest.param(broken([TOTAL | {"flowCode": "RX"}]), Fault.GARBLED, "RX", id="another flow"),
        pytest.param(broken([TOTAL | {"partnerCode": 156}]), Fault.GARBLED, "156", id="another partner"),
        pytest.param(broken([TOTAL | {"primaryValue": -5}]), Fault.GARBLED, "-5", id="negative"),
        pytest.param(broken([TOTAL | {"primaryValue": 1e31}]), Fault.GARBLED, "no amount of money", id="too much"),
        pytest.param(broken([TOTAL | {"primaryValue": 1e-31}]), Fault.GARBLED, "no amount of money", id="too little"),
        pytest.param(broken([TOTAL | {"primaryValue": "5"}]), Fault.GARBLED, "'5'", id="text for a number"),
        pytest.param(broken([TOTAL | {"classificationCode": "S4"}]), Fault.GARBLED, "S4", id="no HS"),
        pytest.param({"body": {"count": 0}}, Fault.GARBLED, "no list of data", id="no data"),
        pytest.param({"body": "<html>gateway", "content_type": "text/html"}, Fault.GARBLED, "web page", id="web page"),
        pytest.param({"body": '{"data": ['}, Fault.TRUNCATED, "cut off", id="cut off"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_costs_its_own_year_only(trade, failing, answer, kind, said):
    trade.server.add(PREVIEW, **answer, query={"period": "2022", "flowCode": "M"})
    results, error = failing()
    assert (error.kind, said in str(error)) == (kind, True), str(error)
    assert len(answers(results)) == 2
    assert "2022" not in state_of(results)["reporters"].get(KAZ, {})


def of_rows(count):
    return b'{"data": [' + b",".join([b"{}"] * count) + b"]}"


@pytest.mark.parametrize(("name", "cap"), [("preview.M.json", 500), ("get.M.json", 100_000)])
def test_as_many_rows_as_the_cap_are_cut_off_and_one_fewer_are_read(name, cap):
    for count, kind in ((cap - 1, Fault.GARBLED), (cap, Fault.TRUNCATED), (cap + 1, Fault.TRUNCATED)):
        with pytest.raises(SourceError) as caught:
            list(COMTRADE.parse(Answer({name: of_rows(count)}, "https://example.org")))
        assert (caught.value.kind, count) == (kind, count)


@pytest.mark.parametrize("whose", [{"reporterCode": KAZ}, {"partnerCode": TKM}], ids=["a reporter", "the mirror"])
def test_as_many_rows_as_the_cap_with_a_key_are_an_error(trade, failing, whose):
    trade.server.add("/data/v1/get/C/A/HS", of_rows(100_000), query=whose)
    results, error = failing(key="k")
    assert (error.kind, "100000 rows" in str(error)) == (Fault.TRUNCATED, True)
    assert "region.json" not in {name for answer in answers(results) for name in answer.body}


@pytest.mark.parametrize("written", [b"1e-99999999999999999999", b"1e999", b"NaN", b"[" * 100_000])
def test_numbers_and_nesting_beyond_all_bounds_are_errors_of_the_source(written):
    answer = preview([row(KAZ, "2021", "M", "TOTAL", 4711)])
    files = {name: content.replace(b"4711", written) for name, content in answer.body.items()}
    with pytest.raises(SourceError):
        list(COMTRADE.parse(Answer(files, "https://example.org")))


def test_after_five_answers_that_cannot_be_read_the_rest_waits(trade, failing):
    trade.datasets = {(KAZ, str(year)): ("H5", 1) for year in range(2016, 2025)}
    trade.server.add(PREVIEW, body([], error="out of order"))
    failing()
    assert len(trade.calls("preview")) == 5


def test_a_list_of_reporters_leaves_out_groups_and_expired_namesakes():
    listed = [{"id": 4}, {"id": 97, "isGroup": True}, {"id": 280, "entryExpiredDate": "1990-12-31T00:00:00"}]
    body = json.dumps({"results": listed, "more": False}).encode()
    assert single_reporters(body, "reference") == {"4"}


#: A busy machine is no finding.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "count", "error", "results", "2023", "M", "total", "lct"]), inner)
    ),
    max_leaves=12,
)
ODD = {
    "reporterCode": [398, 860, 97], "period": ["2023", "202305", "9", "0000", 2023, "2999"], "flowCode": ["M", "X"],
    "partnerCode": [0, 156, 795], "cmdCode": ["TOTAL", "282520"], "classificationCode": ["H5", "H6", "S1"],
    "primaryValue": [0, 1e300, 1.7e308, 5e-324, 10**400, 7],
}  # fmt: skip
ODD_ROWS = st.fixed_dictionaries({}, optional={name: st.sampled_from(odd) | JSON for name, odd in ODD.items()})
#: The two figures that a share needs, with one field of each otherwise than it should be.
ONE = st.one_of(
    *(
        st.sampled_from(odd).map(lambda value, name=name: {name: value})
        for name, odd in ODD.items()
        if name != "cmdCode"
    )
)
SHARE = st.tuples(ONE, ONE, st.booleans()).map(
    lambda odd: [
        row(KAZ, "2023", "M", "TOTAL", 9) | odd[0],
        row(KAZ, "2023", "M", "282520", 2) | odd[odd[2]],
    ]
)
ROWS = (st.lists(ODD_ROWS, max_size=4) | SHARE).map(lambda rows: {"count": len(rows), "data": rows})


@FUZZ
@given(
    st.sampled_from(["preview.M.json", "get.X.json", "mirror.M.json", "region.json", "notice.txt"]),
    JSON,
    st.none() | JSON | st.just({"results": [{"id": 276}]}),
)
def test_any_json_gives_observations_or_an_error_of_the_source(name, content, reporters):
    files = {name: json.dumps(content).encode()}
    if reporters is not None:
        files["Reporters.json"] = json.dumps(reporters).encode()
    with suppress(SourceError):
        for item in COMTRADE.parse(Answer(files, "https://example.org")):
            assert isinstance(item, Notice) or item.value is not None


@FUZZ
@given(st.sampled_from(["preview.M.json", "get.X.json", "mirror.M.json"]), ROWS)
def test_any_rows_give_observations_or_an_error_of_the_source(name, content):
    files = {name: json.dumps(content).encode(), "Reporters.json": b'{"results": [{"id": 398}]}'}
    with suppress(SourceError):
        for item in COMTRADE.parse(Answer(files, "https://example.org")):
            assert isfinite(item.value)


AMOUNT = st.sampled_from(["0", "7", "1e30", "1e-30", "1e999", "-1", "NaN"]) | JSON


@FUZZ
@given(
    st.sampled_from(["2023", "0000", "202305", "x"]),
    st.fixed_dictionaries(
        {"total": AMOUNT, "lct": st.lists(AMOUNT, min_size=3, max_size=3) | JSON, "within": st.just([]) | JSON,
         "status": st.sampled_from([0, 1, 99]) | JSON}
    ),
)  # fmt: skip
def test_any_sums_of_the_region_give_observations_or_an_error_of_the_source(year, part):
    files = {"region.json": json.dumps({year: {"M": [part]}}).encode()}
    with suppress(SourceError):
        list(COMTRADE.parse(Answer(files, "https://example.org")))


NAMES = [
    "data", "count", "error", "results", "id", "isGroup", "entryExpiredDate", "reporterCode", "period",
    "classificationCode", "datasetChecksum", "isOriginalClassification", "message", "errorObject", "errorMessage",
]  # fmt: skip
NAMED = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["398", "2023", "H5", "\u0666", "²"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=15,
)  # fmt: skip
LISTED = st.lists(
    st.fixed_dictionaries(
        {"isOriginalClassification": st.just(True) | NAMED},
        optional={
            "reporterCode": st.sampled_from([398, "398", 10**30]) | NAMED,
            "period": st.sampled_from([2023, "2023", 202305]) | NAMED,
            "classificationCode": st.sampled_from(["H5", "H9"]) | NAMED,
            "datasetChecksum": st.integers() | NAMED,
        },
    ),
    max_size=3,
)
BODIES = st.binary(max_size=60) | (
    NAMED | LISTED.map(lambda rows: {"data": rows}) | LISTED.map(lambda rows: {"results": rows})
).map(lambda content: json.dumps(content).encode())


@FUZZ
@given(BODIES)
def test_any_list_of_what_is_available_gives_years_or_an_error_of_the_source(body):
    with suppress(SourceError):
        for one in available_of(body, "getDA"):
            assert one.reporter.isdigit() and one.year.isdigit() and one.classification and one.checksum


@FUZZ
@given(BODIES)
def test_any_list_of_reporters_gives_codes_or_an_error_of_the_source(body):
    with suppress(SourceError):
        assert all(isinstance(code, str) and code for code in single_reporters(body, "Reporters.json"))


@FUZZ
@given(
    st.sampled_from([200, 304, 400, 401, 403, 404, 414, 429, 500, 503]),
    BODIES | st.text(max_size=40).map(lambda said: json.dumps({"message": said}).encode())
    | st.from_regex(r"quota.{0,3}replenished in [\d.:]{1,20}( days)?").map(str.encode),
    st.sampled_from([{}, {"retry-after": "1"}]),
)  # fmt: skip
def test_any_body_of_an_error_is_told_as_a_problem_or_left_to_the_rules_of_every_source(status, body, headers):
    found = classify(Reply(Ask("https://example.org"), "https://example.org", status, headers, body))
    assert (found is None) == (status not in (400, 401, 403, 404, 414, 429) or (status == 429 and bool(headers))) or (
        status == 429 and found is not None and found.kind is Fault.QUOTA
    )
    if found is not None:
        assert found.message and (found.retry_after is None or found.retry_after >= 0)
