"""Whole files from an address: asked for only where they changed since the last time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from carecmon.model import Answer, Ask, Client, Covered, Fault, NotModified, Period, SourceError

#: What servers call a CSV file or a workbook.
TYPES = (
    "text/csv",
    "text/plain",
    "application/csv",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
    "binary/octet-stream",
)

_FIRST, _LAST = Period.parse("1960"), Period.parse("2060")


class Download:
    """A ``fetch`` for sources that publish files: one answer that holds them all, by name.

    ``names`` are below the source's address; none means that the address is that of the file. ``deadline`` is in
    seconds and ``max_bytes`` the limit for each. A file that has not changed costs a request without a body; where
    some have changed, the others are fetched again, so that an answer is always whole. ``covers`` are the indicators
    of which the files state everything: what is gone from them is withdrawn.
    """

    def __init__(self, *names: str, covers: tuple[str, ...], deadline: float = 60.0, max_bytes: int = 64 << 20) -> None:
        self._names = names or ("",)
        self._covers = tuple(Covered(indicator, _FIRST, _LAST) for indicator in covers)
        self._deadline = deadline
        self._max_bytes = max_bytes

    def __call__(self, client: Client, state: Mapping[str, Any]) -> Iterator[Answer | NotModified]:
        if not client.base:
            raise SourceError(
                "no address of the file is known; write it as base_url of the source in indicators.toml, or hand over a"
                " downloaded file with carecmon ingest",
                kind=Fault.BAD_REQUEST,
            )
        known = state.get("files", {})
        urls = [f"{client.base}/{name}".rstrip("/") for name in self._names]
        replies = list(client.get_all(self._ask(url, known.get(_mark(url), {})) for url in urls))
        if all(reply.not_modified for reply in replies):
            yield NotModified(client.base)
            return
        replies = [
            client.get(self._ask(url, {})) if reply.not_modified else reply
            for url, reply in zip(urls, replies, strict=True)
        ]
        files = {
            _mark(url): {"etag": reply.etag, "last_modified": reply.last_modified}
            for url, reply in zip(urls, replies, strict=True)
        }
        body = {
            urlsplit(url).path.rpartition("/")[2] or "file": reply.body
            for url, reply in zip(urls, replies, strict=True)
        }
        url = urls[0] if len(urls) == 1 else client.base
        yield Answer(body, url, covers=self._covers, state={"files": files})

    def _ask(self, url: str, known: Mapping[str, str | None]) -> Ask:
        return Ask(
            url,
            accept=TYPES,
            etag=known.get("etag"),
            last_modified=known.get("last_modified"),
            deadline=self._deadline,
            max_bytes=self._max_bytes,
        )


def _mark(url: str) -> str:
    """Return what an address is kept by: signed ones hold a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
