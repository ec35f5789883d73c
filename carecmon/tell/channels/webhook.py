"""A webhook: each message as one JSON object by POST, in a form that chat programs understand (``text``)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from carecmon.errors import DeliveryError
from carecmon.tell.channels import Destination, Message

if TYPE_CHECKING:
    from http.client import HTTPConnection

#: Answers that say "later", beside all from 500 on.
_LATER = (408, 409, 421, 425, 429)
#: Answers that say that address or key are wrong, so that nothing else would arrive either.
_SETTINGS = (401, 403, 404, 405, 410)
_TIMEOUT = 30.0


class Webhook:
    """Post messages to ``url``; ``key`` is sent as a bearer token."""

    name = "webhook"
    form = "json"

    def send(self, message: Message, to: Destination) -> None:
        """Post one message; redirects are not followed, for they would carry it to somebody else."""
        if not to.url:
            raise DeliveryError(
                'a channel of the kind "webhook" needs an address: url, or url_env and that variable set',
                permanent=True,
                channel=True,
            )
        host = urlsplit(to.url).hostname or ""
        try:
            status = self._post(message, to.url, to.key)
        except (OSError, ValueError, EOFError) as exc:
            # Never the address itself, nor words that repeat it: it may be the secret.
            raise DeliveryError(
                f"the webhook at {host} cannot be reached ({type(exc).__name__})", permanent=False, channel=True
            ) from None
        if not 200 <= status < 300:
            wrong = status in _SETTINGS or 300 <= status < 400
            later = status in _LATER or status >= 500
            raise DeliveryError(f"the webhook at {host} answered {status}", permanent=not later, channel=wrong or later)

    def _post(self, message: Message, url: str, key: str | None) -> int:
        from http.client import HTTPException

        headers = {"Content-Type": "application/json", "User-Agent": "carecmon", "Idempotency-Key": message.id}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        parts = urlsplit(url)
        connection = _connection(url)
        try:
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", path, message.body, headers)
            answer = connection.getresponse()
            answer.read(65536)
            return answer.status
        except HTTPException as exc:
            raise OSError(type(exc).__name__) from exc
        finally:
            connection.close()


def _connection(url: str) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
