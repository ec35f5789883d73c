"""Headers of mails: every one goes through here, for some of their words come from sources.

The modern EmailMessage decodes encoded words inside a text it is given, and on some Pythons what comes out of them
becomes headers of their own. So headers are cleaned, encoded and checked here, and messages are made of the older
classes, which decode nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.header import Header
from email.message import Message

from carecmon.errors import DeliveryError

LONGEST = 150
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: Characters that end a line somewhere, control something, or turn the direction of writing.
_UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def clean(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` as one printable line without encoded words, of at most ``longest`` characters."""
    line = "".join(" " if unicodedata.category(letter) in _UNPRINTABLE else letter for letter in text)
    line = " ".join(line.replace("=?", "= ?").replace("?=", "? =").split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def address(text: str) -> str:
    """Return a plain address; raise DeliveryError where it is none."""
    if len(text) > 254 or _ADDRESS.fullmatch(text) is None:
        raise DeliveryError(
            f"{clean(text)!r} is not an e-mail address; write one such as ops@example.org", permanent=True
        )
    return text


def mailbox(name: str, at: str) -> str:
    """Return ``name`` and address as a header says them; the name is encoded where it is not plain ASCII."""
    words = clean(name, 60)
    if not words or words == at:
        return address(at)
    if words.isascii():
        quoted = words.replace("\\", "").replace('"', "'")
        return f'"{quoted}" <{address(at)}>'
    return f"{Header(words, 'utf-8').encode()} <{address(at)}>"


def subject(text: str) -> str:
    """Return a subject as it stands in the message: cleaned, and encoded where it is not plain ASCII."""
    words = clean(text)
    return words if words.isascii() else Header(words, "utf-8", header_name="Subject").encode()


def write(message: Message, headers: Mapping[str, str]) -> None:
    """Put ``headers`` into ``message``; each must be one line, or lines folded by us."""
    for name, value in headers.items():
        if any(not line.startswith((" ", "\t")) for line in value.split("\n")[1:]) or "\r" in value:
            raise DeliveryError(f"the header {name} would have become several headers; it was not sent", permanent=True)
        message[name] = value


def serialised(message: Message, expected: Mapping[str, str]) -> bytes:
    """Return the bytes of ``message``; raise DeliveryError where its headers are not exactly those ``expected``.

    The last line of defence: whatever got through before, no mail leaves with a header that we did not write.
    """
    body = message.as_bytes(policy=policy.compat32.clone(linesep="\r\n", max_line_length=78))
    found = sorted(message_from_bytes(body.partition(b"\r\n\r\n")[0]).keys())
    wanted = sorted([*expected, "Content-Type", "MIME-Version"])
    if found != wanted:
        odd = sorted(set(found) ^ set(wanted)) or found
        raise DeliveryError(f"the headers of a mail are not ours ({', '.join(odd)}); it was not sent", permanent=True)
    return body
