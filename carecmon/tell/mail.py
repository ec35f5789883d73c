"""A complete mail: text and HTML with the same content, a picture inside, and headers that are only ours."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.utils import format_datetime
from urllib.parse import quote

from carecmon.tell import headers
from carecmon.tell.announcement import Post

#: References are enough to find the thread with; longer chains only make mails bigger.
_REFERENCES = 12


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whose mail it is: the sender, where answers go, and who reads acknowledgements; empty where nobody does."""

    sender: str = "carecmon@localhost"
    reply_to: str = ""
    ops: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG inside a mail, shown where the HTML says ``cid:NAME``."""

    name: str
    png: bytes


def compose(
    post: Post, envelope: Envelope, subject: str, text: str, html: str, pictures: Iterable[Picture] = ()
) -> bytes:
    """Return the mail; raise DeliveryError where an address or a header is not what it must be."""
    boundary = f"=_{post.message_id.partition('@')[0]}"
    related = [_text("html", html), *(_picture(one, post.message_id) for one in pictures)]
    last = related[0] if len(related) == 1 else _multi("related", f"{boundary}_r", related, type="text/html")
    message = _multi("alternative", f"{boundary}_a", [_text("plain", text), last])
    message["MIME-Version"] = "1.0"
    said = _headers(post, envelope, subject)
    headers.write(message, said)
    return headers.serialised(message, said)


def _headers(post: Post, envelope: Envelope, subject: str) -> dict[str, str]:
    said = {
        "From": headers.mailbox("carecmon", envelope.sender),
        "To": headers.mailbox(post.reader.full_name, post.reader.address),
        "Subject": headers.subject(subject),
        "Date": format_datetime(post.content.at),
        "Message-ID": f"<{post.message_id}>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "list",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": post.reader.language,
    }
    if envelope.reply_to:
        said["Reply-To"] = headers.address(envelope.reply_to)
    if envelope.ops:
        asked = quote(f"unsubscribe {post.reader.name}")
        said["List-Unsubscribe"] = f"<mailto:{headers.address(envelope.ops)}?subject={asked}>"
    if references := [*roots(post), *post.references][-_REFERENCES:]:
        said["References"] = "\n ".join(f"<{one}>" for one in references)
        said["In-Reply-To"] = f"<{references[-1]}>"
    return said


def roots(post: Post) -> list[str]:
    """Return the ids of the mails that never were, one for each alert, so that all about an alert is one thread."""
    domain = post.message_id.partition("@")[2]
    marks = dict.fromkeys(notice.alert.fingerprint for notice in post.notices)
    return [f"alert.{mark}@{domain}" for mark in list(marks)[: _REFERENCES // 2]]


def _text(kind: str, words: str) -> Message:
    """Return a part of text, in whichever encoding is shorter; both survive every server."""
    content = words.replace("\r\n", "\n").encode()
    readable = sum(letter > "\x7f" for letter in words) * 6 < len(words)
    part = Message()
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable" if readable else "base64"
    part.set_payload((b2a_qp(content, istext=True) if readable else encodebytes(content)).decode("ascii"))
    return part


def _picture(picture: Picture, message_id: str) -> Message:
    part = Message()
    part["Content-Type"] = f'image/png; name="{picture.name}.png"'
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-ID"] = f"<{picture.name}>"
    part["Content-Disposition"] = f'inline; filename="{picture.name}.png"'
    part.set_payload(encodebytes(picture.png).decode("ascii"))
    return part


def _multi(kind: str, boundary: str, parts: Iterable[Message], **parameters: str) -> Message:
    whole = Message()
    whole["Content-Type"] = f"multipart/{kind}"
    for name, value in {**parameters, "boundary": boundary}.items():
        whole.set_param(name, value)
    whole.set_payload(list(parts))
    return whole
