"""What kind of answer a reply is. A source's own rules are asked first; these hold for every source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from carecmon.collect.request import LONGEST_WAIT
from carecmon.errors import Fault
from carecmon.model.fetching import Ask, Problem, Reply

_STATUS = {
    400: Fault.BAD_REQUEST, 401: Fault.UNAUTHORISED, 403: Fault.UNAUTHORISED, 404: Fault.BAD_REQUEST,
    405: Fault.BAD_REQUEST, 406: Fault.BAD_REQUEST, 410: Fault.BAD_REQUEST, 413: Fault.BAD_REQUEST,
    414: Fault.BAD_REQUEST, 422: Fault.BAD_REQUEST, 425: Fault.THROTTLED, 429: Fault.THROTTLED,
}  # fmt: skip
_AGAIN = (502, 503, 504)
_EXCERPT = 160


def problem_of(reply: Reply) -> Problem | None:
    """Return what is wrong with a reply, None where it is a good answer."""
    own = reply.ask.classify(reply) if reply.ask.classify else None
    if own is not None:
        return own
    if reply.status == 304:
        asked = reply.ask.etag or reply.ask.last_modified
        return None if asked else Problem(Fault.GARBLED, "it says not modified, which was not asked")
    if reply.status == 200:
        return _of_body(reply)
    return _of_status(reply)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds, at most six hours, a server wants to be left alone; None where it does not say.

    A date is compared with the server's own clock, where it tells that.
    """
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    try:
        seconds = float(said) if said.isdigit() else _between(headers.get("date", ""), said)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def excerpt(body: bytes) -> str:
    """Return the beginning of an answer as one line, without control characters."""
    text = body[: 4 * _EXCERPT].decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}..."


def _between(now: str, then: str) -> float:
    import time

    began = parsedate_to_datetime(now).timestamp() if now else time.time()
    return parsedate_to_datetime(then).timestamp() - began


def _of_status(reply: Reply) -> Problem:
    status = reply.status
    if status in _STATUS:
        kind = _STATUS[status]
    elif status == 206:
        kind = Fault.TRUNCATED
    elif status == 204:
        kind = Fault.GARBLED
    else:
        kind = Fault.BAD_REQUEST if 400 <= status < 500 and status != 408 else Fault.OUTAGE
    said = f": {excerpt(reply.body)}" if reply.body else ""
    return Problem(kind, f"it answers {status}{said}", retry_after(reply.headers), status in _AGAIN)


def _of_body(reply: Reply) -> Problem | None:
    return next(_problems(reply.ask, reply.headers.get("content-type", ""), reply.body), None)


def _problems(ask: Ask, content_type: str, body: bytes) -> Iterator[Problem]:
    kind = content_type.partition(";")[0].strip().lower()
    start = body[:64].lstrip().lower()
    json = _is_json(ask.accept)
    if start.startswith((b"<!doctype html", b"<html")) and "text/html" not in ask.accept:
        yield Problem(Fault.GARBLED, f"it is a web page: {excerpt(body)}")
    if kind and not _accepted(kind, ask.accept):
        yield Problem(Fault.GARBLED, f"it is {kind}, and {' or '.join(ask.accept)} is wanted: {excerpt(body)}")
    if not body:
        yield Problem(Fault.GARBLED, "it is empty: not one byte")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield Problem(Fault.GARBLED, "it is in UTF-16, and UTF-8 is wanted")
    if json:
        yield from _json_problems(body)


def _json_problems(body: bytes) -> Iterator[Problem]:
    first = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    closing = {b"{": b"}", b"[": b"]"}.get(first)
    if closing is None:
        yield Problem(Fault.GARBLED, f"it is not JSON: {excerpt(body)}")
    elif not body[-64:].rstrip().endswith(closing):
        yield Problem(Fault.TRUNCATED, f"its JSON is cut off after {len(body):,} bytes", again=True)


def _is_json(accept: tuple[str, ...]) -> bool:
    return bool(accept) and all(kind.endswith(("/json", "+json")) for kind in accept)


def _accepted(kind: str, accept: tuple[str, ...]) -> bool:
    if not accept or "*/*" in accept or kind in accept:
        return True
    return any(wanted.endswith("/json") for wanted in accept) and kind.endswith(("/json", "+json"))
