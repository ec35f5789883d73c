"""A sign of life: one request to an address that raises an alarm when it stays away."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from carecmon.collect.redact import HIDDEN, Redactor
from carecmon.errors import SourceError

#: Seconds for the whole request.
LIMIT = 10.0


def ping(url: str) -> None:
    """Ask ``url`` once; raise SourceError where that does not work. The address is a secret: no error repeats it.

    It comes from whoever runs carecmon, so that its host may be a private one.
    """
    from carecmon.collect.transport import Session, TransportError

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError("the address to ping is none; it begins with https:// and names a host")
    redactor = Redactor([url, parts.path.strip("/")])
    session = Session((parts.hostname,), redactor)
    try:
        came = session.get(url, {}, {}, key={}, until=time.monotonic() + LIMIT, max_bytes=1 << 20)
    except TransportError as exc:
        raise SourceError(f"the ping to {parts.hostname} failed: {redactor.text(str(exc))}") from None
    finally:
        session.close()
    if not 200 <= came.status < 300:
        raise SourceError(f"the ping to {parts.hostname} ({HIDDEN}) was answered with {came.status}")
