"""Secrets out of texts: what a person, a log or the store sees of an address, a message or an answer."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"
#: Shorter values are no keys; replacing them would spoil figures.
_SHORTEST = 6
_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/?#\s@]*@")
_PARAMETER = re.compile(
    r"(?i)([?&;](?:[\w.-]*(?:key|token|secret|password|passwd|signature|credential)[\w.-]*|sig|auth|appid)=)[^&#;\s\"']*"
)


class Redactor:
    """Hides the given secrets, and whatever stands in an address where secrets stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Without the end of line that a file of secrets has: a message may repeat the rest alone, or escaped.
        known = {key for secret in secrets if len(key := secret.strip()) >= _SHORTEST}
        forms = {form for key in known for form in (key, quote(key, safe=""), quote_plus(key), ascii(key)[1:-1])}
        self._forms = sorted(forms, key=len, reverse=True)

    @staticmethod
    def of(names: Iterable[str]) -> Redactor:
        """Return one that hides the values of these environment variables."""
        return Redactor(os.environ.get(name, "") for name in names)

    def text(self, text: str) -> str:
        """Return ``text`` without secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return _PARAMETER.sub(rf"\1{HIDDEN}", _USER.sub(rf"\1{HIDDEN}@", text))

    def body(self, body: bytes) -> bytes:
        """Return ``body`` without the known secrets, should a server repeat them; nothing else is touched."""
        for form in self._forms:
            if (raw := form.encode()) in body:
                body = body.replace(raw, HIDDEN.encode())
        return body


class RedactingFilter(logging.Filter):
    """Hides secrets in what a library logs."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self.redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message of ``record`` by one without secrets."""
        record.msg, record.args = self.redactor.text(record.getMessage()), ()
        return True
