"""A web server on loopback that answers as a test scripts it."""

from __future__ import annotations

import gzip as gzip_format
import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: What a scripted answer may be: JSON, text or bytes, or a function that makes one of these from the request.
Body = bytes | str | dict[str, Any] | list[Any]
_TYPES = {".csv": "text/csv", ".html": "text/html", ".xlsx": "application/octet-stream", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that arrived; ``at`` is when, by time.monotonic."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float


@dataclass(slots=True)
class _Route:
    path: str
    body: Body | Callable[[Asked], Body]
    status: int
    headers: Mapping[str, str]
    query: Mapping[str, str] | None
    times: int | None
    delay: float
    pause: float
    cut: int | None
    gzip: bool
    raw: bytes | None

    def fits(self, asked: Asked) -> bool:
        wanted = self.query or {}
        return self.path == asked.path and all(asked.query.get(name) == value for name, value in wanted.items())


_NOTHING = _Route(
    "", {"message": "nothing here"}, 404, {"Content-Type": "application/json"}, None, None, 0.0, 0.0, None, False, None
)


@dataclass(slots=True)
class SourceServer:
    """A web server on loopback with scripted answers. ``url`` is its address, without a slash at the end."""

    certificate: tuple[Path, Path] | None = None
    requests: list[Asked] = field(default_factory=list)
    _routes: list[_Route] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def add(
        self,
        path: str,
        body: Body | Callable[[Asked], Body] = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        content_type: str | None = None,
        times: int | None = None,
        delay: float = 0.0,
        pause: float = 0.0,
        cut: int | None = None,
        gzip: bool = False,
        raw: bytes | None = None,
    ) -> None:
        """Answer requests for ``path`` (with ``query`` at least) like this.

        With ``etag`` or ``last_modified``, a conditional request that repeats it gets a 304. ``delay`` are seconds
        before the answer; ``pause`` seconds between one byte and the next; ``cut`` closes the connection after so
        many bytes of the body, whose full length was promised; ``gzip`` compresses it; ``raw`` is sent instead of
        everything. ``headers`` win over those made here.
        """
        kind = content_type or _TYPES.get(Path(path).suffix, "application/json")
        made = {"Content-Type": kind, "ETag": etag, "Last-Modified": last_modified, **(headers or {})}
        kept = {name: value for name, value in made.items() if value is not None}
        with self._lock:
            self._routes.insert(
                0, _Route(path, body, status, kept, query, times, delay, pause, cut, gzip, raw)
            )  # fmt: skip

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        """Send requests for ``path`` on to another address."""
        self.add(path, status=status, headers={"Location": to})

    def count(self, path: str) -> int:
        """Return how many requests for ``path`` arrived."""
        return sum(asked.path == path for asked in self.requests)

    def clear(self) -> None:
        """Forget the requests that arrived, not the answers."""
        self.requests.clear()

    def close(self) -> None:
        """Stop."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _choose(self, asked: Asked) -> _Route | None:
        with self._lock:
            self.requests.append(asked)
            for route in self._routes:
                if route.fits(asked) and route.times != 0:
                    if route.times is not None:
                        route.times -= 1
                    return route
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what is tested."""


def _handler(server: SourceServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): ", ".join(self.headers.get_all(name, ())) for name in self.headers}
            asked = Asked(parts.path, query, headers, time.monotonic())
            route = server._choose(asked)
            if route is None:
                route = _NOTHING
            server._closing.wait(route.delay)
            content, cut = _content(route, asked)
            if route.pause:
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    if server._closing.wait(route.pause):
                        break
            else:
                self.wfile.write(content)
            self.close_connection = self.close_connection or cut

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def _content(route: _Route, asked: Asked) -> tuple[bytes, bool]:
    """Return the whole answer as bytes, and whether the connection ends with it."""
    if route.raw is not None:
        return route.raw, True
    body = route.body(asked) if callable(route.body) else route.body
    if isinstance(body, dict | list):
        body = json.dumps(body, ensure_ascii=False)
    if isinstance(body, str):
        body = body.encode()
    status, headers = route.status, {"Date": formatdate(usegmt=True), **route.headers}
    if _repeats(headers, asked):
        status, body = 304, b""
    if route.gzip and body:
        body = gzip_format.compress(body)
        headers = {"Content-Encoding": "gzip", **headers}
    headers = {"Content-Length": str(len(body)), **headers}
    head = f"HTTP/1.1 {status} Scripted\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    wrong = headers["Content-Length"] != str(len(body))
    return head.encode("latin-1") + b"\r\n" + body[: route.cut], wrong or route.cut is not None


def _repeats(headers: Mapping[str, str], asked: Asked) -> bool:
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    return bool(etag and asked.headers.get("if-none-match") == etag) or bool(
        modified and asked.headers.get("if-modified-since") == modified
    )
