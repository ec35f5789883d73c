"""What the interface answers instead of data, and any JSON at all."""

import json
from contextlib import suppress

import pytest
from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import (
    KAZ,
    answers,
    body,
    preview,
    row,
    state_of,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecmon import Answer, Fault, SourceError
from carecmon.model import Notice
from carecmon.sources.comtrade_pages import single_reporters

PREVIEW = "/public/v1/preview/C/A/HS"
WAIT = {"statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 03:14:17."}
NO_KEY = {
    "statusCode": 401,
    "message": "Access denied due to missing subscription key. Make sure to include subscription key when making"
    " requests to an API.",
}
POLICY = {"statusCode": 403, "message": "All calls are rejected by policy."}
LONG = "Request URL Too Long"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param({"status": 403, "body": WAIT}, Fault.QUOTA, "03:14:17", id="quota"),
        pytest.param({"status": 401, "body": NO_KEY}, Fault.UNAUTHORISED, "missing subscription key", id="no key"),
        pytest.param({"status": 403, "body": POLICY}, Fault.UNAUTHORISED, "rejected by policy", id="policy"),
        pytest.param({"status": 404, "body": {"statusCode": 404, "message": "Resource not found"}},
                     Fault.BAD_REQUEST, "Resource not found", id="path"),
        pytest.param({"status": 404, "body": LONG, "content_type": "text/plain"}, Fault.BAD_REQUEST, "too long",
                     id="address too long"),
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


def test_too_many_calls_at_once_are_repeated_after_the_wait_that_is_asked_for(trade, fetch):
    busy = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 1 seconds."}
    trade.server.add(PREVIEW, busy, status=429, headers={"Retry-After": "0"}, times=1)
    trade.server.add(PREVIEW, busy, status=429, headers={"Retry-After": "0"}, query={"period": "2023"}, times=1)
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
        pytest.param(broken([TOTAL | {"flowCode": "RX"}]), Fault.GARBLED, "RX", id="another flow"),
        pytest.param(broken([TOTAL | {"partnerCode": 156}]), Fault.GARBLED, "156", id="another partner"),
        pytest.param(broken([TOTAL | {"primaryValue": -5}]), Fault.GARBLED, "-5", id="negative"),
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
ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "reporterCode": st.sampled_from([398, 860, 97]) | JSON,
            "period": st.sampled_from(["2023", "202305", "9", "0000", 2023]) | JSON,
            "flowCode": st.sampled_from(["M", "X"]) | JSON,
            "partnerCode": st.sampled_from([0, 156, 795]) | JSON,
            "cmdCode": st.sampled_from(["TOTAL", "282520"]) | JSON,
            "classificationCode": st.sampled_from(["H5", "H6", "S1"]) | JSON,
            "primaryValue": st.sampled_from([0, 1e300, 5e-324, 10**400, 7]) | JSON,
        },
    ),
    max_size=4,
).map(lambda rows: {"count": len(rows), "data": rows})


@FUZZ
@given(
    st.sampled_from(["preview.M.json", "get.X.json", "mirror.M.json", "region.json", "notice.txt"]),
    JSON | ROWS,
    st.none() | JSON | st.just({"results": [{"id": 276}]}),
)
def test_any_json_gives_observations_or_an_error_of_the_source(name, content, reporters):
    files = {name: json.dumps(content).encode()}
    if reporters is not None:
        files["Reporters.json"] = json.dumps(reporters).encode()
    with suppress(SourceError, ValueError):
        for item in COMTRADE.parse(Answer(files, "https://example.org")):
            assert isinstance(item, Notice) or item.value is not None


@FUZZ
@given(st.fixed_dictionaries({"total": JSON, "lct": JSON, "within": JSON, "status": JSON}))
def test_any_sums_of_the_region_give_observations_or_an_error_of_the_source(part):
    files = {"region.json": json.dumps({"2023": {"M": [part]}}).encode()}
    with suppress(SourceError, ValueError):
        list(COMTRADE.parse(Answer(files, "https://example.org")))
