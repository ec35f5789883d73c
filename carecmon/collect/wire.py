"""Answers as plain values, so that they can go through a pipe or into the job of a worker."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from carecmon.model import Answer, Covered, DatePrecision, Period, Published
from carecmon.registry.explain import BrokenPluginError

#: The name under which a body that is no collection of files is kept.
BODY = "answer"
_PIECE = 1 << 20


def pack_answer(answer: Answer) -> tuple[Any, ...]:
    """Return all of an answer but its body; raise BrokenPluginError where its state is not JSON."""
    published = answer.published
    return (
        answer.url, answer.edition,
        (None if published.day is None else published.day.isoformat(), str(published.precision)),
        [(c.indicator, c.first.key, c.last.key, dict(c.select)) for c in answer.covers],
        answer.document, answer.note, pack_state(answer.state),
    )  # fmt: skip


def unpack_answer(raw: Any, body: bytes | Mapping[str, bytes]) -> Answer:
    """Return the answer that was packed, with its body."""
    url, edition, (day, precision), covers, document, note, state = raw
    published = Published(None if day is None else date.fromisoformat(day), DatePrecision(precision))
    covered = tuple(Covered(i, Period.from_key(a), Period.from_key(b), select) for i, a, b, select in covers)
    return Answer(body, url, edition, published, covered, document, note, json.loads(state))


def pack_state(state: Mapping[str, Any]) -> str:
    """Return a state as JSON; raise BrokenPluginError where it is none."""
    try:
        return json.dumps(dict(state), allow_nan=False)
    except (TypeError, ValueError) as exc:
        raise BrokenPluginError(
            f"the state of an answer cannot be kept: {exc}", "use texts, numbers, lists, dicts and None only"
        ) from exc


def files_of(body: bytes | Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return a body by the names it is kept under."""
    return {BODY: body} if isinstance(body, bytes) else body


def pieces(body: bytes | Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield a body in pieces that a pipe takes, each with the name it belongs to."""
    for name, content in files_of(body).items():
        for at in range(0, max(len(content), 1), _PIECE):
            yield name, content[at : at + _PIECE]
