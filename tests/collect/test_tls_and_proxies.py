"""Certificates are verified, an authority of one's own is accepted, and proxies of the environment are used."""

import http.client
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from carecmon import Ask, Fault, Source, SourceError, Text
from carecmon.collect.request import SetupError
from carecmon.registry import isolation

SOURCE = Source("feed", "P", Text("Feed"), "", "", "", parse=list, fetch=lambda client, state: iter(()), rate=0.0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own authority for 127.0.0.1 and localhost, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", made[1], "-out", made[0], "-days", "2", "-subj", "/CN=carecmon test",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


@pytest.fixture(autouse=True)
def _no_proxy_of_ours(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.01)


class Proxy:
    """A small proxy: requests for http, tunnels for https. ``seen`` are the first lines that arrived."""

    def __init__(self):
        self.seen = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                seen.append(f"GET {self.path}")
                target = urlsplit(self.path)
                there = http.client.HTTPConnection(target.hostname, target.port)
                there.request("GET", target.path, headers={"Host": target.netloc})
                answer = there.getresponse()
                body = answer.read()
                there.close()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self):
                seen.append(f"CONNECT {self.path}")
                host, _, port = self.path.partition(":")
                with socket.create_connection((host, int(port))) as there:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=pump, args=(there, self.connection), daemon=True)
                    back.start()
                    pump(self.connection, there)
                    back.join()
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def pump(one, other):
    try:
        while content := one.recv(65536):
            other.sendall(content)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture
def proxy():
    made = Proxy()
    yield made
    made.server.shutdown()
    made.server.server_close()


def get(client):
    return client.get(Ask(f"{client.base}/data", deadline=5.0))


def test_a_certificate_of_an_unknown_authority_is_refused_at_once(source_server, source_client, certificate):
    server = source_server(certificate)
    with pytest.raises(SourceError, match=r"CERTIFICATE_VERIFY_FAILED.*SSL_CERT_FILE") as caught:
        get(source_client(SOURCE, server.url))
    assert caught.value.kind is Fault.OUTAGE and server.requests == [] and "asked" not in str(caught.value)


def test_an_authority_of_ones_own_is_accepted_by_ssl_cert_file(source_server, source_client, certificate, monkeypatch):
    server = source_server(certificate)
    server.add("/data", {"a": 1})
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert get(source_client(SOURCE, server.url)).json() == {"a": 1}


def test_a_certificate_for_another_name_is_refused(source_server, source_client, certificate, monkeypatch):
    server = source_server(certificate)
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    client = source_client(SOURCE, f"https://data.example.org:{server.port}")
    with pytest.raises(SourceError, match=r"[Hh]ostname"):
        get(client)


def test_a_redirect_from_https_to_http_is_refused(source_server, source_client, certificate, monkeypatch):
    safe, plain = source_server(certificate), source_server()
    safe.redirect("/data", f"{plain.url}/data")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with pytest.raises(SourceError, match="from https on to http"):
        get(source_client(SOURCE, safe.url))
    assert plain.requests == []


def test_a_proxy_of_the_environment_is_used_for_http(source_server, source_client, proxy, monkeypatch):
    server = source_server()
    server.add("/data", {"a": 1})
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert get(source_client(SOURCE, server.url)).json() == {"a": 1}
    assert proxy.seen == [f"GET {server.url}/data"]


def test_a_proxy_of_the_environment_is_used_for_https(source_server, source_client, proxy, certificate, monkeypatch):
    server = source_server(certificate)
    server.add("/data", {"a": 1})
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert get(source_client(SOURCE, server.url)).json() == {"a": 1}
    assert proxy.seen == [f"CONNECT 127.0.0.1:{server.port}"]


def test_a_server_that_drips_gets_no_longer_than_the_deadline_through_a_proxy_either(
    source_server, source_client, proxy, certificate, monkeypatch
):
    server = source_server(certificate)
    server.add("/data", [1] * 100, pause=0.1)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    client = source_client(SOURCE, server.url)
    began = time.monotonic()
    with pytest.raises(SourceError, match="no complete answer came in time through the proxy"):
        client.get(Ask(f"{client.base}/data", deadline=1.0))
    assert time.monotonic() - began < 5


def test_hosts_named_in_no_proxy_are_asked_directly(source_server, source_client, proxy, monkeypatch):
    server = source_server()
    server.add("/data", {"a": 1})
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert get(source_client(SOURCE, server.url)).json() == {"a": 1}
    assert proxy.seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost", "[::1]", "169.254.169.254"])
def test_private_addresses_are_not_asked_through_a_proxy_either(source_client, proxy, monkeypatch, host):
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with pytest.raises(SourceError) as caught:
        get(source_client(SOURCE, f"http://{host}:8080", private=()))
    assert caught.value.kind is Fault.REFUSED and proxy.seen == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "the certificates in SSL_CERT_FILE (/nowhere/ca.pem) cannot be read"),
        ("SSL_CERT_FILE", __file__, "cannot be read: "),
        ("HTTPS_PROXY", "ftp://proxy:21", "a proxy that the environment names cannot be used"),
        ("ALL_PROXY", "socks5://proxy:1080", "a proxy that the environment names cannot be used"),
    ],
    ids=["no such file", "a file without certificates", "a proxy of another kind", "a proxy for sockets"],
)  # fmt: skip
def test_an_environment_that_cannot_be_used_is_named_with_what_to_write(source_client, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError) as caught:
        get(source_client(SOURCE, "http://data.example.org"))
    assert said in str(caught.value) and caught.value.remedy.startswith("name ")


def test_a_relative_file_of_certificates_is_found_from_the_folder_of_a_worker(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "ca.pem")
    assert isolation.environment()["SSL_CERT_FILE"] == str(Path.cwd() / "ca.pem")


def test_a_proxy_that_does_not_answer_is_an_outage(source_client, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    with pytest.raises(SourceError) as caught:
        get(source_client(SOURCE, "http://data.example.org"))
    assert caught.value.kind is Fault.OUTAGE and "through the proxy" in str(caught.value)
