"""From one delivery's data to the bytes that its channel carries: once, before the first attempt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecmon.tell import chart
from carecmon.tell.announcement import Announcement, Post
from carecmon.tell.headers import clean
from carecmon.tell.language import forms
from carecmon.tell.letter import Letter, letter
from carecmon.tell.mail import Envelope, Picture, compose

if TYPE_CHECKING:
    from jinja2 import Environment

OURS = Path(__file__).parent / "templates"
PICTURE = "chart"
_FONTS = {
    "zh": "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',Arial,sans-serif",
    "": "'Segoe UI',Roboto,Helvetica,Arial,'Noto Sans',sans-serif",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A delivery in its final form: what is stored, and sent however often it takes."""

    subject: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Twins:
    """The same message as text and as HTML, with its picture (PNG) where there is one."""

    letter: Letter
    text: str
    html: str
    picture: bytes | None = None


def render(post: Post, form: str, envelope: Envelope, templates: Path | None = None) -> Rendered:
    """Return ``post`` as a channel of this ``form`` carries it: mail, text or json.

    ``templates`` is a folder whose letter.html and letter.txt come before ours.
    """
    pair = twins(post, envelope.ops, templates, picture=f"cid:{PICTURE}" if form == "mail" else None)
    subject = clean(pair.letter.subject)
    if form == "mail":
        pictures = [Picture(PICTURE, pair.picture)] if pair.picture else []
        return Rendered(subject, compose(post, envelope, subject, pair.text, pair.html, pictures))
    if form == "json":
        return Rendered(subject, _object(post, subject, pair.text))
    return Rendered(subject, pair.text.encode())


def twins(post: Post, ops: str, templates: Path | None = None, *, picture: str | None = None) -> Twins:
    """Return the text and the HTML of ``post``; ``picture`` is the address under which the HTML finds its chart."""
    words = letter(post, ops)
    drawn = None
    if picture is not None and words.figure is not None:
        drawn = _drawn(words.figure)
    language = words.language
    said = {
        "letter": words,
        "person": post.reader.full_name,
        "lang": language.code,
        "sep": forms(language.code)["is"],
        "fonts": _FONTS.get(language.code, _FONTS[""]),
        "upper": language.code != "zh",
        "number": language.number,
        "picture": picture if drawn else None,
    }
    environment = _environment(templates, language.code)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True
    )
    text = environment.get_template("letter.txt").render(said)
    html = environment.get_template("letter.html").render(said)
    return Twins(words, _tidy(text), html, drawn)


def _drawn(figure: chart.Figure) -> bytes | None:
    """Draw the chart; a mail without its picture says the same, so no picture is better than no mail."""
    try:
        return chart.png(figure.spec)
    except Exception:
        return None


@cache
def _environment(templates: Path | None, language: str) -> Environment:
    """Return the templates for one language; HTML is escaped, text is not."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folders = [OURS] if templates is None else [templates, OURS]
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _tidy(text: str) -> str:
    """Return ``text`` without trailing blanks, and never more than one empty line."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _object(post: Post, subject: str, text: str) -> bytes:
    """Return a message as the JSON object that json-lines and webhook carry; ``text`` is what chat programs show."""
    found: dict[str, Any] = {
        "schema": "carecmon/message/1",
        "id": post.message_id,
        "person": post.reader.name,
        "kind": post.content.kind,
        "at": post.content.at.isoformat(),
        "subject": subject,
        "text": text,
        "alerts": [_alert(one) for one in post.notices],
    }
    return json.dumps(found, ensure_ascii=False).encode()


def _alert(notice: Announcement) -> dict[str, Any]:
    alert, one = notice.alert, notice.assessment
    return {
        "fingerprint": alert.fingerprint,
        "rule": alert.rule,
        "series": alert.subject,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "cause": alert.cause.value,
        "since": alert.since.isoformat(),
        "news": notice.news,
        "value": one.value if one else None,
        "period": str(one.period) if one and one.period else None,
        "target": one.target if one else None,
        "official": one.official if one else None,
    }
