"""The only module that imports httpx: one GET, with a hard deadline, hard limits, and checked addresses.

httpx has time limits for each step, but none for the whole; it decodes what it gets without a limit; it follows
redirects anywhere. So its connections go through guard.py, and decoding and redirects are done here. Requests go
straight to its transports: redirects, cookies and logging of its client are not wanted, and cost much of its time.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from carecmon.collect.addresses import ForbiddenError, check_url
from carecmon.collect.guard import OverdueError, deadline, guard
from carecmon.collect.redact import RedactingFilter, Redactor
from carecmon.collect.request import SetupError, sendable
from carecmon.errors import Fault

# The command line of httpx takes three times as long to import as the rest of it; it can do without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
import httpx  # noqa: E402

REDIRECTS = 5
#: Beyond this many decoded bytes, an answer that grew more than this many times is a bomb.
_BOMB_BYTES, _BOMB_RATIO = 4 << 20, 250
_CHUNK = 1 << 16
_LOGGERS = ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.http2")


class TransportError(Exception):
    """No complete answer came. ``again``: asking once more may help; ``dead``: the host did not answer in time."""

    def __init__(self, message: str, kind: Fault, *, again: bool = False, dead: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.again = again
        self.dead = dead


@dataclass(frozen=True, slots=True)
class Exchange:
    """A complete answer, decoded, of whatever status. ``url`` is where it came from, after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Session:
    """Connections, reused between requests and shared by threads. ``private`` are hosts that may be private."""

    def __init__(self, private: Collection[str], redactor: Redactor) -> None:
        _silence(redactor)
        self._private = frozenset(host.lower() for host in private)
        self._client = _client()
        # What proxies of the environment lead to is looked up there; the way to a proxy is the user's own choice.
        guard(self._client._transport, self._private)
        for proxied in self._client._mounts.values():
            if proxied is not None:
                guard(proxied, None)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(
        self,
        url: str,
        params: Mapping[str, str | int],
        headers: Mapping[str, str],
        *,
        key: Mapping[str, str],
        until: float,
        max_bytes: int,
    ) -> Exchange:
        """Ask; return the complete answer, or raise TransportError by ``until`` (of time.monotonic) at the latest.

        The headers in ``key`` go nowhere but to the origin of ``url``.
        """
        with deadline(until), _translated(self, url):
            target = httpx.URL(url)
            if params:
                target = target.copy_merge_params(dict(params))
            origin = target
            for _ in range(REDIRECTS + 1):
                check_url(str(target), self._private)
                own = _same_origin(target, origin)
                if key and own and target.scheme != "https" and target.host not in self._private:
                    raise ForbiddenError("a key is not sent over http, where anybody can read it")
                response = self._send(target, {**headers, **key} if own else headers, until)
                try:
                    if not response.has_redirect_location:
                        return _complete(response, str(target), max_bytes)
                    target = _next(target, response)
                finally:
                    response.close()
            raise TransportError(f"it is sent on more than {REDIRECTS} times", Fault.OUTAGE)

    def way(self, url: str) -> str:
        """Return what a failed connection says of its way: where a proxy stands between, it may be to blame."""
        try:
            direct = self._client._transport_for_url(httpx.URL(url)) is self._client._transport
        except httpx.InvalidURL:
            return ""
        return "" if direct else " through the proxy that the environment names"

    def _send(self, target: httpx.URL, headers: Mapping[str, str], until: float) -> httpx.Response:
        left = max(until - time.monotonic(), 0.001)
        limits = {"connect": left, "read": left, "write": left, "pool": left}
        sent = httpx.Headers(_every_request())
        for name, value in headers.items():
            if not sendable(value):  # not said which value: it may be a secret
                raise ForbiddenError(f"the header {name} holds a character that no header can carry")
            sent[name] = value
        request = httpx.Request("GET", target, headers=sent, extensions={"timeout": limits})
        return self._client._transport_for_url(target).handle_request(request)


def _client() -> httpx.Client:
    """Return the client that the environment's proxies and certificates make; raise SetupError where they cannot be."""
    try:
        return httpx.Client(
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0),
        )
    except OSError as exc:
        named = [f"{name} ({os.environ[name]})" for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        raise SetupError(
            f"the certificates in {named[0] if named else 'this installation'} cannot be read: {exc.strerror or exc}",
            "name a file of certificates in PEM form, or unset the variable",
        ) from exc
    except (ImportError, ValueError, httpx.InvalidURL) as exc:
        raise SetupError(
            f"a proxy that the environment names cannot be used: {exc}",
            "name one for http in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, such as http://proxy.example.org:3128",
        ) from exc


def _next(target: httpx.URL, response: httpx.Response) -> httpx.URL:
    sent_to = target.join(response.headers["location"])
    if target.scheme == "https" and sent_to.scheme == "http":
        raise ForbiddenError("it sends from https on to http")
    return sent_to.copy_with(fragment=None)


def _same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _complete(response: httpx.Response, url: str, max_bytes: int) -> Exchange:
    headers = {name.lower(): value for name, value in response.headers.items()}
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise _too_long(f"{int(declared):,} bytes are announced", max_bytes)
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        body = _plain(response, max_bytes)
    elif encoding in ("gzip", "x-gzip"):
        body = _unzipped(response, max_bytes)
    else:
        raise TransportError(f"it is encoded as {encoding!r}, which was not asked for", Fault.GARBLED)
    return Exchange(url, response.status_code, headers, body)


def _plain(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise _too_long("it goes on", max_bytes)
    return bytes(body)


def _unzipped(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    wire = 0
    unzip = zlib.decompressobj(31)
    try:
        for chunk in response.iter_raw(_CHUNK):
            wire += len(chunk)
            if wire > max_bytes:  # what is sent may unpack to nothing at all, for ever
                raise _too_long("packed, it goes on", max_bytes)
            while chunk:
                if unzip.eof:  # one layer may have several members, one behind the other
                    unzip = zlib.decompressobj(31)
                body += unzip.decompress(chunk, _CHUNK)
                chunk = unzip.unconsumed_tail or unzip.unused_data
                if len(body) > max_bytes:
                    raise _too_long("unpacked, it goes on", max_bytes)
                if len(body) > _BOMB_BYTES and len(body) > (wire - len(chunk)) * _BOMB_RATIO:
                    raise TransportError(f"unpacked, it grows more than {_BOMB_RATIO} times", Fault.REFUSED)
    except zlib.error as exc:
        raise TransportError(f"it is not gzip as it says: {exc}", Fault.GARBLED) from exc
    # What the last turn could not hand out, for want of room, is still inside.
    body += unzip.flush()
    if wire and not unzip.eof:
        raise TransportError(f"its gzip is cut off after {wire:,} bytes", Fault.TRUNCATED, again=True)
    return bytes(body)


def _too_long(what: str, max_bytes: int) -> TransportError:
    return TransportError(f"{what}, and more than {max_bytes:,} bytes are not taken", Fault.REFUSED)


@contextmanager
def _translated(session: Session, url: str) -> Iterator[None]:
    """Say what went wrong as a TransportError, with the way that a connection took."""
    try:
        yield
    except ForbiddenError as exc:
        raise TransportError(f"refused: {exc}", Fault.REFUSED) from exc
    except (OverdueError, TimeoutError, httpx.TimeoutException) as exc:
        raise TransportError(f"no complete answer came in time{session.way(url)}", Fault.OUTAGE, dead=True) from exc
    except httpx.LocalProtocolError as exc:  # its words repeat what was to be sent, which may hold a secret
        raise TransportError("refused: the request is none that can be sent", Fault.REFUSED) from exc
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
        raise TransportError(f"refused: {exc}", Fault.REFUSED) from exc
    except httpx.RemoteProtocolError as exc:
        cut = "without sending complete message body" in str(exc) or "incomplete chunked read" in str(exc)
        raise TransportError(str(exc), Fault.TRUNCATED if cut else Fault.OUTAGE, again=True) from exc
    except httpx.ConnectError as exc:
        tls = "ssl" in str(exc).lower() or "certificate" in str(exc).lower()
        own = "; for an authority of your own, name its file in SSL_CERT_FILE" if tls else ""
        raise TransportError(
            f"no connection{session.way(url)}: {exc}{own}", Fault.OUTAGE, again=not tls, dead=tls
        ) from exc
    except OSError as exc:  # the name is not known
        raise TransportError(f"no connection{session.way(url)}: {exc}", Fault.OUTAGE, again=True) from exc
    except httpx.HTTPError as exc:
        raise TransportError(f"{exc or type(exc).__name__}", Fault.OUTAGE, again=True) from exc


@cache
def _every_request() -> Mapping[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        name = f"carecmon/{version('carecmon')}"
    except PackageNotFoundError:
        name = "carecmon"
    return {"Accept-Encoding": "gzip", "Connection": "keep-alive", "User-Agent": name}


def _silence(redactor: Redactor) -> None:
    """httpx logs whole addresses at INFO, httpcore headers at DEBUG."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.addFilter(RedactingFilter(redactor))
