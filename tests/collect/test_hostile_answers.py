"""Servers that mean no good, or cannot help it: each answer ends in a named error, in time, with bounded memory."""

import gzip
import subprocess
import sys
import textwrap
import time
import zlib

import pytest

from carecmon import Ask, Fault, Source, SourceError, Text

SOURCE = Source("feed", "P", Text("Feed"), "", "", "", parse=list, fetch=lambda client, state: iter(()), rate=0.0)
CSV = ("text/csv",)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.01)


@pytest.fixture
def server(source_server):
    return source_server()


@pytest.fixture
def client(server, source_client):
    return source_client(SOURCE, server.url)


def error(client, path="/data", **more):
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        client.get(Ask(f"{client.base}{path}", **{"deadline": 5.0, **more}))
    assert time.monotonic() - began < 8
    return caught.value


def test_a_web_page_instead_of_json_is_garbled_and_quoted(server, client):
    server.add("/data", "<!DOCTYPE html><p>Sorry, maintenance", content_type="text/html; charset=utf-8")
    found = error(client)
    assert found.kind is Fault.GARBLED and "maintenance" in str(found) and f"{server.url}/data" in str(found)


def test_a_web_page_that_says_it_is_json_is_garbled(server, client):
    server.add("/data", "  <html>Sorry")
    assert error(client).kind is Fault.GARBLED


def test_another_content_type_than_asked_for_is_garbled(server, client):
    server.add("/data", "a,b", content_type="application/xml")
    assert "application/xml, and text/csv is wanted" in str(error(client, accept=CSV))


@pytest.mark.parametrize("kind", ["application/json", "text/json; charset=utf-8", "application/vnd.sdmx.data+json"])
def test_json_by_any_of_its_names_is_json(server, client, kind):
    server.add("/data", {"a": 1}, content_type=kind)
    assert client.get(Ask(f"{client.base}/data")).json() == {"a": 1}


@pytest.mark.parametrize("body", [b'[{"a": 1}, {"a"', b'{"a": [1, 2', b'{"a": 1}, {"b"'], ids=repr)
def test_json_that_is_cut_off_is_truncated_and_was_asked_for_again(server, client, body):
    server.add("/data", body)
    assert error(client).kind is Fault.TRUNCATED
    assert server.count("/data") == 3


def test_an_answer_that_is_cut_off_once_is_asked_for_again(server, client):
    server.add("/data", {"rows": list(range(1000))})
    server.add("/data", {"rows": list(range(1000))}, cut=100, times=1)
    assert len(client.get(Ask(f"{client.base}/data")).json()["rows"]) == 1000
    assert server.count("/data") == 2


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_fewer_bytes_than_announced_are_truncated(server, client, zipped):
    server.add("/data", {"rows": list(range(1000))}, cut=100, gzip=zipped)
    assert error(client).kind is Fault.TRUNCATED


def test_gzip_that_is_cut_off_is_truncated_although_its_length_is_right(server, client):
    whole = gzip.compress(b"1,2\n" * 5000)
    server.add("/data", whole[: len(whole) // 2], headers={"Content-Encoding": "gzip"}, content_type="text/csv")
    found = error(client, accept=CSV)
    assert found.kind is Fault.TRUNCATED and "gzip is cut off" in str(found)


def test_gzip_that_is_none_is_garbled(server, client):
    server.add("/data", b'{"a": 1}', headers={"Content-Encoding": "gzip"})
    assert error(client).kind is Fault.GARBLED


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "gzip, identity", "zstd"])
def test_an_encoding_that_was_not_asked_for_is_refused(server, client, encoding):
    server.add("/data", gzip.compress(gzip.compress(b"{}")), headers={"Content-Encoding": encoding})
    found = error(client)
    assert found.kind is Fault.GARBLED and repr(encoding) in str(found)


@pytest.mark.parametrize(
    "nothing",
    [gzip.compress(b"") * 100_000, gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 400_000],
    ids=["empty members", "empty blocks"],
)
def test_gzip_that_never_comes_to_anything_is_refused_by_what_is_sent(server, client, nothing):
    server.add("/data", raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + nothing)
    found = error(client, max_bytes=1 << 20)
    assert found.kind is Fault.REFUSED and "packed, it goes on, and more than 1,048,576 bytes" in str(found)


def test_gzip_of_several_members_is_read_whole(server, client):
    body = gzip.compress(b'{"a":') + gzip.compress(b" 1}")
    server.add("/data", body, headers={"Content-Encoding": "gzip"})
    assert client.get(Ask(f"{client.base}/data")).json() == {"a": 1}


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 1_000_003])
def test_gzip_of_any_size_comes_out_as_it_was(server, client, size):
    body = b"".join(b"%d," % (number * 7919 % 104_729) for number in range(size // 4 + 1))[:size]
    server.add("/data", body, gzip=True, content_type="text/csv")
    assert client.get(Ask(f"{client.base}/data", accept=CSV)).body == body


def test_a_huge_announced_length_is_refused_before_anything_is_read(server, client):
    server.add("/data", b"{", headers={"Content-Length": str(10**12)})
    found = error(client)
    assert found.kind is Fault.REFUSED and "1,000,000,000,000 bytes are announced" in str(found)


def test_an_answer_without_a_length_is_read_no_further_than_allowed(server, client):
    server.add("/data", raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + b"1,2\n" * 100_000)
    assert error(client, accept=CSV, max_bytes=10_000).kind is Fault.REFUSED


@pytest.mark.parametrize("text", ["Ã©tat", "ÐšÐ°Ð·Ð°Ñ…ÑÑ‚Ð°Ð½", "it â€™s"])
def test_text_that_was_encoded_twice_is_garbled(server, client, text):
    server.add("/data", {"a": text})
    with pytest.raises(SourceError, match="encoded twice") as caught:
        client.get(Ask(f"{client.base}/data")).json()
    assert caught.value.kind is Fault.GARBLED


@pytest.mark.parametrize("body", ["état".encode("latin-1"), "Казахстан".encode("cp1251")], ids=["latin-1", "cp1251"])
def test_text_in_another_encoding_is_garbled_and_not_guessed(server, client, body):
    server.add("/data", body, content_type="text/csv; charset=windows-1251")
    reply = client.get(Ask(f"{client.base}/data", accept=CSV))
    with pytest.raises(SourceError, match="not utf-8-sig at byte 0") as caught:
        reply.text()
    assert caught.value.kind is Fault.GARBLED


@pytest.mark.parametrize("text", ["Казахстан", "哈萨克斯坦", "là »", "Côte d’Ivoire – 5 €", "Åland"])
def test_text_in_other_languages_is_left_as_it_is(server, client, text):
    server.add("/data", {"a": text})
    assert client.get(Ask(f"{client.base}/data")).json() == {"a": text}


def test_utf_16_is_garbled(server, client):
    server.add("/data", '{"a": 1}'.encode("utf-16"))
    assert "UTF-16" in str(error(client))


def test_a_byte_order_mark_is_no_fault(server, client):
    server.add("/data", b"\xef\xbb\xbf" + b'[{"a": 1}]')
    assert client.get(Ask(f"{client.base}/data")).json() == [{"a": 1}]


@pytest.mark.parametrize(
    "text", ['{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}', '{"a": 1, "a": 2}', '{"a": "\\ud800"}', "[" * 9999 + "]"]
)
def test_json_that_python_alone_would_take_is_garbled(server, client, text):
    server.add("/data", text)
    with pytest.raises(SourceError) as caught:
        client.get(Ask(f"{client.base}/data")).json()
    assert caught.value.kind is Fault.GARBLED


def test_an_empty_answer_is_garbled_and_not_taken_for_no_data(server, client):
    server.add("/data", b"")
    assert "not one byte" in str(error(client))


def test_a_304_that_was_not_asked_for_is_garbled(server, client):
    server.add("/data", b"", status=304)
    assert error(client).kind is Fault.GARBLED


@pytest.mark.parametrize("part", ["headers", "body", "steps", "silence"])
def test_a_slow_loris_gets_no_longer_than_the_deadline(server, client, part):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    loris = {
        "headers": {"raw": head + b"X-More: 1\r\n" * 1000, "pause": 0.05},
        "body": {"raw": head + b"Content-Length: 90000\r\n\r\n" + b" " * 90_000, "pause": 0.01},
        "steps": {"raw": head, "pause": 0.9},
        "silence": {"delay": 30.0},
    }[part]
    server.add("/data", **loris)
    began = time.monotonic()
    found = error(client, deadline=1.0)
    assert found.kind is Fault.OUTAGE and "in time" in str(found)
    assert 0.9 < time.monotonic() - began < 1.6


def test_endless_redirects_end(server, client):
    server.redirect("/data", "/data")
    assert "sent on more than 5 times" in str(error(client))
    assert server.count("/data") == 6


def test_a_redirect_on_the_same_server_is_followed(server, client):
    server.redirect("/data", "/v2/data?page=1")
    server.add("/v2/data", {"a": 1}, query={"page": "1"})
    reply = client.get(Ask(f"{client.base}/data"))
    assert (reply.json(), reply.url) == ({"a": 1}, f"{server.url}/v2/data?page=1")


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://example.org/x", "gopher://example.org", "data:,x"])
def test_a_redirect_to_another_scheme_is_refused(server, client, to):
    server.redirect("/data", to)
    assert error(client).kind is Fault.REFUSED


SPELLINGS = [
    "127.0.0.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost", "LOCALHOST.",
    "[::1]", "[::ffff:127.0.0.1]", "[::]", "169.254.169.254", "[fd00::1]", "[fd00:ec2::254]", "[fe80::1]", "10.0.0.1",
    "172.16.0.1", "192.168.0.1", "100.64.0.1", "100.100.100.200", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "168.63.129.16", "224.0.0.1", "255.255.255.255", "[fec0::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_redirect_to_a_private_address_is_refused_however_it_is_spelled(source_server, source_client, host):
    inside, outside = source_server(), source_server()
    inside.add("/secret", {"secret": 1})
    # The server is asked as "localhost", which is allowed; 127.0.0.1 by any other name is not.
    client = source_client(SOURCE, outside.url.replace("127.0.0.1", "localhost"), private=("localhost",))
    outside.redirect("/data", f"http://{host}:{inside.port}/secret")
    if host.rstrip(".").lower() == "localhost":
        client = source_client(SOURCE, outside.url, private=("127.0.0.1",))
    found = error(client)
    assert found.kind is Fault.REFUSED and inside.requests == [] and len(outside.requests) == 1


def test_a_private_address_is_refused_without_a_redirect_too_and_the_remedy_named(source_server, source_client):
    server = source_server()
    client = source_client(SOURCE, server.url, private=())
    found = error(client)
    assert found.kind is Fault.REFUSED and "allow_private_hosts" in str(found)
    assert server.requests == []


def test_a_name_that_leads_to_a_private_address_is_refused_at_the_connection(source_server, source_client, monkeypatch):
    import socket

    server = source_server()
    client = source_client(SOURCE, f"http://data.example.org:{server.port}", private=())
    loopback = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: loopback)
    found = error(client)
    assert "data.example.org is 127.0.0.1, not a public address" in str(found)
    assert server.requests == []


def test_the_connection_goes_to_the_address_that_was_checked_under_the_name_that_was_asked(
    source_server, source_client, monkeypatch
):
    import socket

    server = source_server()
    server.add("/data", {"a": 1})
    answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]]
    real = socket.getaddrinfo

    def once(host, *rest, **more):
        return answers.pop() if host == "data.example.org" else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    client = source_client(SOURCE, f"http://data.example.org:{server.port}", private=("data.example.org",))
    assert client.get(Ask(f"{client.base}/data")).json() == {"a": 1}
    assert server.requests[0].headers["host"] == f"data.example.org:{server.port}"
    assert answers == []


def test_a_user_name_in_an_address_is_refused_and_not_repeated(client, server):
    server.redirect("/data", "http://user:hunter22@example.org/")
    found = error(client)
    assert found.kind is Fault.REFUSED and "hunter22" not in str(found)


MEASURE = """
import time
from carecmon import Ask, Source, SourceError, Text
from carecmon.collect.client import Clients
from carecmon.collect.request import Address
source = Source("feed", "P", Text("F"), "", "", "", parse=list, fetch=iter, rate=0.0)
client = Clients().of(source, Address({url!r}, "", ("127.0.0.1",)), time.monotonic() + 30)
def peak():  # in KiB; ru_maxrss would be inherited from whoever started us
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
client.get(Ask(client.base + "/small"))
before = peak()
try:
    client.get(Ask(client.base + "/data", accept=("*/*",)))
except SourceError as exc:
    print(exc.kind, peak() - before)
"""


def bomb(megabytes):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(megabytes)), packer.flush()])


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
@pytest.mark.parametrize("kind", ["plain", "nested", "endless"])
def test_a_bomb_is_refused_in_little_memory(server, kind):
    packed = bomb(300)
    answers = {
        "plain": {"body": packed, "headers": {"Content-Encoding": "gzip"}},
        "nested": {"body": gzip.compress(packed), "headers": {"Content-Encoding": "gzip, gzip"}},
        "endless": {"raw": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + bytes(70 << 20)},
    }
    server.add("/small", {})
    server.add("/data", **answers[kind])
    code = textwrap.dedent(MEASURE.format(url=server.url))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    refused, grown = done.stdout.split()[0], int(done.stdout.split()[-1])
    assert refused == ("garbled" if kind == "nested" else "refused"), done.stderr
    allowed = 160 if kind == "endless" else 16  # an answer may have 64 MiB, and is copied once
    assert grown < allowed << 10, f"{grown >> 10} MiB"


def test_a_bomb_inside_a_good_layer_is_no_json(server, client):
    server.add("/data", gzip.compress(bomb(300)), headers={"Content-Encoding": "gzip"})
    assert error(client).kind is Fault.GARBLED


def test_broken_http_is_an_outage(server, client):
    server.add("/data", raw=b"\x16\x03\x01 this is no http\r\n\r\n")
    assert error(client).kind is Fault.OUTAGE


def test_errors_are_told_from_each_other_by_status(server, client):
    kinds = {}
    for status in (400, 401, 403, 404, 414, 429, 451, 500, 501, 503):
        server.add(f"/{status}", {"message": "no"}, status=status, headers={"Retry-After": "0"})
        kinds[status] = str(error(client, f"/{status}").kind)
    assert kinds == {
        400: "bad request", 401: "unauthorised", 403: "unauthorised", 404: "bad request", 414: "bad request",
        429: "throttled", 451: "bad request", 500: "outage", 501: "outage", 503: "outage",
    }  # fmt: skip
