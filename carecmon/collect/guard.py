"""What httpx connects through: every step of a request ends with its deadline, every address is checked.

This is a network backend, as httpcore below httpx understands it; nothing of either is imported.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from carecmon.collect.addresses import ForbiddenError, resolve

#: Seconds that connecting may take, of the deadline.
CONNECT = 10.0


class OverdueError(Exception):
    """The deadline of the request has passed."""


_current = threading.local()


@contextmanager
def deadline(until: float) -> Iterator[None]:
    """A request runs in one thread from its first step to its last: this is the deadline of all of them."""
    _current.until = until
    try:
        yield
    finally:
        _current.until = None


def _left(timeout: float | None) -> float:
    until = getattr(_current, "until", None)
    left = (until - time.monotonic()) if until is not None else CONNECT
    if left <= 0:
        raise OverdueError
    return left if timeout is None else min(left, timeout)


def guard(transport: Any, private: Collection[str] | None) -> None:
    # httpx has no public way to the place where connections are made.
    transport._pool._network_backend = _Backend(transport._pool._network_backend, private)


class _Backend:
    """Makes connections to checked addresses; with ``private`` None, to anywhere."""

    def __init__(self, inner: Any, private: Collection[str] | None) -> None:
        self._inner = inner
        self._private = private

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> _Stream:
        left = min(_left(timeout), CONNECT)
        if self._private is None:
            return _Stream(self._inner.connect_tcp(host, port, timeout=left, **options))
        addresses = resolve(host, port, self._private, left)
        for place, address in enumerate(addresses):
            try:
                share = min(_left(timeout), CONNECT) / (len(addresses) - place)
                return _Stream(self._inner.connect_tcp(address, port, timeout=share, **options))
            except Exception:
                if place == len(addresses) - 1:
                    raise
        raise OSError(f"{host} has no address")

    def connect_unix_socket(self, *_: Any, **__: Any) -> _Stream:
        raise ForbiddenError("sockets of this machine are not asked")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Stream:
    """A connection whose every step ends with the deadline of the request that makes it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        content: bytes = self._inner.read(max_bytes, _left(timeout))
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, min(_left(timeout), CONNECT)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
