"""Addresses, patience and manners of the client, against a real server on loopback."""

import socket
import threading
import time
from email.utils import formatdate
from urllib.parse import urlsplit

import pytest

from carecmon import Ask, Fault, Problem, SourceError
from carecmon.collect.client import SourceClient
from carecmon.collect.hosts import Hosts
from carecmon.collect.request import Address
from tests.collect.asking import error, get, source


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.05)


@pytest.fixture
def server(source_server):
    return source_server()


# Addresses


def test_settings_replace_the_address_of_the_source_also_in_links_that_begin_with_it(server, source_client):
    server.add("/mirror/v2/data", {"a": 1})
    client = source_client(source(api="https://api.example.org"), f"{server.url}/mirror/")
    assert client.base == f"{server.url}/mirror"
    assert client.get(Ask("https://api.example.org/v2/data")).json() == {"a": 1}
    assert get(client, "/v2/data").url == f"{server.url}/mirror/v2/data"


def test_an_address_that_only_begins_alike_is_not_replaced():
    client = SourceClient(source(api="https://a.example.org/v1"), Address("http://x"), None, Hosts({}), 0.0, print)
    assert client._aimed("https://a.example.org/v1/x") == "http://x/x"
    assert client._aimed("https://a.example.org/v12/x") == "https://a.example.org/v12/x"
    assert client._aimed("https://b.example.org/v1/x") == "https://b.example.org/v1/x"


def test_without_settings_the_base_is_what_the_source_declares():
    client = SourceClient(source(api="https://a.example.org/"), Address(), None, Hosts({}), 0.0, print)
    assert client.base == "https://a.example.org"


def test_parameters_and_headers_arrive(server, source_client):
    server.add("/data", {}, query={"a": "1", "b": "x y;z"})
    get(source_client(source(), server.url), params={"a": 1, "b": "x y;z"}, headers={"X-More": "2"})
    (asked,) = server.requests
    assert asked.headers["x-more"] == "2" and asked.headers["accept"] == "application/json"
    assert asked.headers["user-agent"].startswith("carecmon/") and asked.headers["accept-encoding"] == "gzip"


def test_a_conditional_request_is_answered_not_modified(server, source_client):
    server.add("/data", {"a": 1}, etag='"one"', last_modified="Wed, 01 Jan 2025 00:00:00 GMT")
    client = source_client(source(), server.url)
    first = get(client)
    again = get(client, etag=first.etag)
    since = get(client, last_modified=first.last_modified)
    assert (first.not_modified, again.not_modified, since.not_modified) == (False, True, True)
    assert again.body == b""


def test_a_dialect_decides_first_what_an_answer_is(server, source_client):
    def classify(reply):
        if reply.status == 200 and b"Invalid value" in reply.body:
            return Problem(Fault.BAD_REQUEST, "the code is not known")
        if reply.status == 400 and not reply.body:
            return Problem(Fault.THROTTLED, "it is busy")
        return None

    server.add("/known", {"a": 1})
    server.add("/unknown", [{"message": "Invalid value"}])
    server.add("/busy", {"a": 2})
    server.add("/busy", b"", status=400, times=2)
    client = source_client(source(), server.url)
    assert get(client, "/known", classify=classify).json() == {"a": 1}
    assert error(client, "/unknown", classify=classify).kind is Fault.BAD_REQUEST
    assert get(client, "/busy", classify=classify).json() == {"a": 2}
    assert (server.count("/unknown"), server.count("/busy")) == (1, 3)


# Patience


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_is_worth_asking_again_is_asked_again(server, source_client, status):
    server.add("/data", {"a": 1})
    server.add("/data", "busy", status=status, times=2)
    assert get(source_client(source(), server.url)).json() == {"a": 1}
    assert server.count("/data") == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_what_would_only_fail_again_is_asked_once(server, source_client, status):
    server.add("/data", {"message": "no such code"}, status=status)
    found = error(source_client(source(), server.url))
    assert server.count("/data") == 1
    assert f"it answers {status}" in str(found) and "no such code" in str(found)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, Fault.GARBLED), (206, Fault.TRUNCATED), (401, Fault.UNAUTHORISED), (404, Fault.BAD_REQUEST),
        (408, Fault.OUTAGE), (418, Fault.BAD_REQUEST), (500, Fault.OUTAGE), (599, Fault.OUTAGE),
    ],
)  # fmt: skip
def test_a_status_says_what_kind_of_failure_it_is(server, source_client, status, kind):
    server.add("/data", b"" if status == 204 else {"a": 1}, status=status)
    assert error(source_client(source(), server.url)).kind is kind


def test_pauses_grow_and_are_not_alike(server, source_client, monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.2)
    server.add("/data", "busy", status=503)
    error(source_client(source(), server.url))
    first, second, third = (asked.at for asked in server.requests)
    assert 0.1 <= second - first <= 0.45 and 0.2 <= third - second <= 0.8


def test_retry_after_in_seconds_is_waited_for(server, source_client):
    server.add("/data", {"a": 1})
    server.add("/data", "wait", status=429, headers={"Retry-After": "1"}, times=1)
    get(source_client(source(), server.url))
    first, second = (asked.at for asked in server.requests)
    assert 1.0 <= second - first < 1.5


def test_retry_after_as_a_date_is_counted_by_the_clock_of_the_server(server, source_client):
    clock = 1_000_000_000  # the server lives in 2001
    headers = {"Date": formatdate(clock, usegmt=True), "Retry-After": formatdate(clock + 3000, usegmt=True)}
    server.add("/data", "wait", status=503, headers=headers)
    found = error(source_client(source(), server.url))
    assert found.kind is Fault.OUTAGE and found.retry_after == 3000


@pytest.mark.parametrize(("said", "kept"), [("999999", 21600), ("-5", None), ("soon", None), ("0", 0)])
def test_retry_after_is_capped_and_nonsense_is_no_wish(server, source_client, said, kept):
    server.add("/data", "wait", status=429, headers={"Retry-After": said})
    assert error(source_client(source(), server.url)).retry_after == kept


def test_a_long_wish_is_passed_on_and_nobody_else_asks_the_host_meanwhile(server, source_client):
    server.add("/data", "wait", status=429, headers={"Retry-After": "3600"})
    server.add("/other", {})
    client = source_client(source(), server.url)
    assert error(client).retry_after == 3600
    found = error(client, "/other")
    assert found.kind is Fault.THROTTLED and 3590 < found.retry_after <= 3600
    assert len(server.requests) == 1


def test_an_exhausted_quota_is_not_asked_again(server, source_client):
    def classify(reply):
        return Problem(Fault.QUOTA, "out of call volume quota", 7200.0) if reply.status == 403 else None

    server.add("/data", {"message": "quota"}, status=403)
    found = error(source_client(source(), server.url), classify=classify)
    assert (found.kind, found.retry_after, server.count("/data")) == (Fault.QUOTA, 7200.0, 1)


def test_a_host_that_does_not_answer_costs_one_time_out(source_client):
    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        client = source_client(source(concurrency=4), f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        assert error(client, deadline=1.0).kind is Fault.OUTAGE
        for number in range(20):
            assert "not asked again in this run" in str(error(client, f"/{number}", deadline=1.0))
        assert time.monotonic() - began < 1.5


def test_many_requests_at_once_to_a_dead_host_cost_one_time_out_too(source_client):
    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        client = source_client(source(concurrency=4), f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(SourceError):
            list(client.get_all(Ask(f"{client.base}/{number}", deadline=1.0) for number in range(40)))
        assert time.monotonic() - began < 1.6


def test_a_refused_connection_is_tried_again_and_then_the_host_is_dead(source_client):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    client = source_client(source(), f"http://127.0.0.1:{port}")
    found = error(client)
    assert found.kind is Fault.OUTAGE and "asked 3 times" in str(found)
    assert "not asked again in this run" in str(error(client, "/other"))


def test_a_name_that_does_not_exist_is_an_outage(source_client):
    found = error(source_client(source(), "http://no-such-host.invalid"))
    assert found.kind is Fault.OUTAGE and "no-such-host.invalid" in str(found)


def test_looking_up_a_name_takes_no_longer_than_the_deadline(source_client, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3) or [])
    began = time.monotonic()
    assert error(source_client(source(), "http://slow.example.org"), deadline=0.5).kind is Fault.OUTAGE
    assert time.monotonic() - began < 1.0


def test_no_request_begins_after_the_time_of_the_source_is_up(server, source_client):
    server.add("/data", {}, delay=10.0)
    client = source_client(source(), server.url, seconds=0.5)
    began = time.monotonic()
    error(client)
    assert time.monotonic() - began < 1.0


# Manners


def test_a_host_is_asked_no_faster_than_it_likes(server, source_client):
    server.add("/data", {})
    client = source_client(source(concurrency=8), server.url, rate=20.0)
    list(client.get_all(Ask(f"{client.base}/data") for _ in range(11)))
    times = sorted(asked.at for asked in server.requests)
    assert times[-1] - times[0] >= 0.4  # at 20 a second half a second, less what the first one was late


def test_no_more_requests_at_once_than_the_source_allows(server, source_client):
    most, now, lock = 0, 0, threading.Lock()

    def count(asked):
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        return {}

    server.add("/data", count)
    client = source_client(source(concurrency=3), server.url)
    assert len(list(client.get_all(Ask(f"{client.base}/data") for _ in range(20)))) == 20
    assert most == 3


def test_replies_come_in_the_order_of_the_asks_with_their_tags(server, source_client):
    server.add("/slow", {}, delay=0.2)
    server.add("/fast", {})
    client = source_client(source(), server.url)
    asks = [Ask(f"{client.base}/{'slow' if n % 3 == 0 else 'fast'}", tag=n) for n in range(9)]
    assert [reply.ask.tag for reply in client.get_all(asks)] == list(range(9))


def test_what_came_before_a_failure_is_given_before_it_is_raised(server, source_client):
    server.add("/good", {})
    client = source_client(source(concurrency=1), server.url)
    paths = ["good", "good", "bad", *["good"] * 50]
    given = []
    with pytest.raises(SourceError):
        given.extend(reply.url for reply in client.get_all(Ask(f"{client.base}/{path}") for path in paths))
    assert len(given) == 2
    assert server.count("/good") < 20


def test_asks_are_drawn_as_they_are_needed(server, source_client):
    server.add("/data", {})
    drawn = 0
    client = source_client(source(concurrency=2), server.url)

    def asks():
        nonlocal drawn
        while True:
            drawn += 1
            yield Ask(f"{client.base}/data")

    replies = client.get_all(asks())
    for _ in range(5):
        next(replies)
    replies.close()
    assert drawn < 20


def test_connections_are_used_again(server, source_client, monkeypatch):
    made = []
    real = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda to, *a, **k: made.append(to[1]) or real(to, *a, **k))
    server.add("/data", {"a": 1})
    client = source_client(source(), server.url)
    for _ in range(10):
        get(client)
    assert made.count(urlsplit(server.url).port) == 1  # others may be made meanwhile: what earlier tests gave up


def test_cookies_are_not_kept(server, source_client):
    server.add("/data", {}, headers={"Set-Cookie": "session=1; Path=/"})
    client = source_client(source(), server.url)
    get(client)
    get(client)
    assert "cookie" not in server.requests[1].headers


def test_a_header_of_the_plugin_takes_the_place_of_ours_however_it_is_written(server, source_client):
    server.add("/data", {})
    client = source_client(source(), server.url)
    client.get(Ask(f"{client.base}/data", headers={"user-agent": "mine/1", "accept-encoding": "identity"}))
    sent = server.requests[0].headers
    assert (sent["user-agent"], sent["accept-encoding"]) == ("mine/1", "identity")
