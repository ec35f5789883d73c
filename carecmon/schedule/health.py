"""A small web server that says how the scheduler is: /healthz, /readyz, /metrics. It only reads."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from carecmon.errors import UsageError
from carecmon.schedule.metrics import Metrics
from carecmon.schedule.pulse import Pulse

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
_TEXT, _JSON = "text/plain; charset=utf-8", "application/json"
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def endpoint(text: str) -> tuple[str, int]:
    """Return host and port of ``127.0.0.1:9464``; raise UsageError where it is no such thing."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--health {text!r}: write a host and a port, such as 127.0.0.1:9464")
    return host.strip("[]"), int(port)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one question is answered with."""

    status: int
    body: bytes
    kind: str = _TEXT


@dataclass(frozen=True, slots=True)
class Pages:
    """The three pages. ``hosts`` are the names by which they may be asked for, without a port."""

    pulse: Pulse
    metrics: Metrics
    hosts: frozenset[str]

    def answer(self, host: str, path: str) -> Reply:
        """Return the page at ``path``; a name that is none of ours may be a web page that rebinds its own."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        if name.lower() not in self.hosts:
            return Reply(421, b"this is not the host that you asked for; carecmon run --allow-host NAME adds one\n")
        if path == "/healthz":
            dead = self.pulse.dead()
            return Reply(503, f"{dead}\n".encode()) if dead else Reply(200, b"ok\n")
        if path == "/readyz":
            missing = self.pulse.unready()
            body = json.dumps({"ready": not missing, "problems": missing}, ensure_ascii=False)
            return Reply(503 if missing else 200, f"{body}\n".encode(), _JSON)
        if path == "/metrics":
            return Reply(200, self.metrics.text(), _PROMETHEUS)
        return Reply(404, b"there are /healthz, /readyz and /metrics\n")


@contextmanager
def served(where: str | None, pulse: Pulse, metrics: Metrics, names: Collection[str] = ()) -> Iterator[int | None]:
    """Serve the pages at ``where`` meanwhile; yield the port. Without ``where`` nothing is served.

    Raises UsageError where that address cannot be listened at.
    """
    if where is None:
        yield None
        return
    host, port = endpoint(where)
    hosts = frozenset(name.lower() for name in (*_LOOPBACK, host, *names))
    try:
        server = _Server((host, port), _handler(Pages(pulse, metrics, hosts)))
    except OSError as exc:
        raise UsageError(f"--health {where}: nothing can listen there: {exc.strerror or exc}") from exc
    threading.Thread(target=server.serve_forever, args=(0.1,), name="health", daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever hangs up did not want the answer."""


def _handler(pages: Pages) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"pages": pages})


class _Handler(BaseHTTPRequestHandler):
    server_version = "carecmon"
    sys_version = ""
    timeout = 10
    pages: Pages

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def __getattr__(self, name: str) -> Any:
        """Return what answers every other method: that there are only two."""
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _reply(self, *, with_body: bool) -> None:
        try:
            reply = self.pages.answer(self.headers.get("Host", ""), self.path.partition("?")[0])
        except Exception as exc:  # a question must never end what it asks about
            reply = Reply(500, f"{type(exc).__name__}\n".encode())
        self._send(reply, with_body=with_body)

    def _refuse(self) -> None:
        self.close_connection = True
        self._send(Reply(405, b"this only answers GET and HEAD\n"), allow="GET, HEAD")

    def _send(self, reply: Reply, *, with_body: bool = True, allow: str = "") -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if allow:
            self.send_header("Allow", allow)
        self.end_headers()
        if with_body:
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log is for what the scheduler does."""
