"""A key goes where it belongs and stands nowhere else; what cannot be sent is named and not repeated."""

import logging

import pytest

from carecmon import Fault, SourceError
from tests.collect.asking import error, get, source

KEY = "canary-8f3a91c7d2"


@pytest.fixture
def server(source_server):
    return source_server()


def test_a_key_goes_in_its_header_and_nowhere_else(server, source_client, caplog):
    caplog.set_level(logging.DEBUG)
    server.add("/data", lambda asked: {"you sent": asked.headers["x-key"]}, headers={"X-Echo": KEY, "ETag": KEY})
    client = source_client(source(), server.url, key=KEY)
    reply = get(client, key_header="X-Key", params={"page": 1})
    assert client.has_key and server.requests[0].headers["x-key"] == KEY
    assert KEY not in f"{reply} {reply.json()} {caplog.text} {server.requests[0].path}"
    assert server.requests[0].query == {"page": "1"}


def test_a_key_that_a_server_repeats_in_an_error_is_hidden(server, source_client):
    server.add("/data", {"message": f"the key {KEY} is wrong"}, status=401)
    found = error(source_client(source(), server.url, key=KEY), key_header="X-Key")
    assert KEY not in str(found) and "the key *** is wrong" in str(found)


def test_what_looks_like_a_key_in_an_address_is_hidden(server, source_client):
    server.add("/data", {}, status=404)
    found = error(source_client(source(), server.url), "/data?api_key=abc&page=2&subscription-key=def#x")
    assert "api_key=***&page=2&subscription-key=***" in str(found)


def test_a_key_does_not_follow_a_redirect_to_another_server(server, source_server, source_client):
    other = source_server()
    other.add("/data", {})
    server.redirect("/data", f"{other.url}/data")
    get(source_client(source(), server.url, key=KEY), key_header="X-Key")
    assert "x-key" in server.requests[0].headers and "x-key" not in other.requests[0].headers


def test_a_key_is_not_sent_in_the_clear_to_a_public_host(source_client):
    found = error(source_client(source(), "http://data.example.org", key=KEY, private=()), key_header="X-Key")
    assert found.kind is Fault.REFUSED and "over http" in str(found)


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_a_key_may_end_with_a_line_as_a_file_of_secrets_does(server, source_client, end):
    server.add("/data", lambda asked: {"you sent": asked.headers["x-key"]})
    reply = get(source_client(source(), server.url, key=f"{KEY}{end}"), key_header="X-Key")
    assert server.requests[0].headers["x-key"] == KEY
    assert reply.json() == {"you sent": "***"}


@pytest.mark.parametrize("inside", ["\n", "\x7f", "ключ", "\u200b"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(server, source_client, inside):
    with pytest.raises(SourceError, match="TEST_KEY holds a character") as found:
        source_client(source(), server.url, key=f"{KEY}{inside}more")
    assert KEY not in str(found.value) and "more" not in str(found.value)
    assert "TEST_KEY" in found.value.remedy


@pytest.mark.parametrize("value", ["hush\nhush", "hush é"])
def test_a_header_that_cannot_be_sent_is_named_and_not_repeated(server, source_client, value):
    found = error(source_client(source(), server.url), headers={"X-Own": value})
    assert found.kind is Fault.REFUSED and "the header X-Own" in str(found) and "hush" not in str(found)


def test_an_etag_that_cannot_be_sent_back_is_left_out(server, source_client):
    server.add("/data", {"a": 1})
    assert get(source_client(source(), server.url), etag='"é"').json() == {"a": 1}
    assert "if-none-match" not in server.requests[0].headers


def test_without_a_key_nothing_is_sent(server, source_client):
    server.add("/data", {})
    client = source_client(source(), server.url)
    get(client, key_header="X-Key")
    assert not client.has_key and "x-key" not in server.requests[0].headers
