"""Answers of a live source, kept as files so that tests need no network, and the clients that write and read them.

``tests/recorded/SOURCE/`` holds one file a request, named after its address, and ``index.json``: for each file the
address and, where they matter, the headers. The address is that of the source itself, wherever it was asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from carecmon.collect.redact import Redactor
from carecmon.model import Answer, Ask, Client, NotModified, Reply, Source

#: Where recorded answers lie in the folder of a plugin, a folder for each source.
RECORDED = "tests/recorded"
INDEX = "index.json"
#: Headers that a fetch may read: validators, and what the body is.
_KEPT = ("content-type", "etag", "last-modified", "link")
_SUFFIXES = {"json": ".json", "csv": ".csv", "html": ".html", "xml": ".xml", "plain": ".txt"}


class NotRecordedError(Exception):
    """A test asks for an address of which no answer is recorded. The text says which file to write."""


def address_of(source: Source, ask: Ask, base: str) -> str:
    """Return the address of a request without secrets, as if the source itself had been asked."""
    own = source.api.rstrip("/")
    url = f"{own}{ask.url.removeprefix(base)}" if base and ask.url.startswith(base) else ask.url
    if ask.params:
        query = urlencode(sorted((name, str(value)) for name, value in ask.params.items()))
        url = f"{url}{'&' if urlsplit(url).query else '?'}{query}"
    return Redactor().text(url)


def file_name(address: str, kind: str) -> str:
    """Return the name of the file that keeps the answer of ``address``; ``kind`` is a content type."""
    parts = urlsplit(address)
    words = re.sub(r"[^A-Za-z0-9]+", "-", f"{parts.path} {parts.query}").strip("-")[:60].strip("-")
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    suffix = next((suffix for word, suffix in _SUFFIXES.items() if word in kind), ".bin")
    return f"{words or 'answer'}-{digest}{suffix}"


@dataclass(slots=True)
class Recorder:
    """A Client that keeps every good answer it gets in ``folder``."""

    inner: Client
    source: Source
    folder: Path
    index: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The address that requests begin with."""
        return self.inner.base

    @property
    def has_key(self) -> bool:
        """Whether there is a key for this source."""
        return self.inner.has_key

    def get(self, ask: Ask) -> Reply:
        """Ask, and keep the answer."""
        return self._keep(self.inner.get(ask))

    def get_all(self, asks: Iterable[Ask]) -> Iterator[Reply]:
        """Ask in parallel, and keep the answers."""
        return map(self._keep, self.inner.get_all(asks))

    def progress(self, done: int, total: int, what: str) -> None:
        """Tell the person who waits how far a long fetch is."""
        self.inner.progress(done, total, what)

    def close(self) -> None:
        """Write the index; raise OSError where that is not possible."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {"has_key": self.has_key, "answers": dict(sorted(self.index.items()))}
        (self.folder / INDEX).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")

    def _keep(self, reply: Reply) -> Reply:
        address = address_of(self.source, reply.ask, self.base)
        name = file_name(address, reply.headers.get("content-type", ""))
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(reply.body)
        kept = {header: reply.headers[header] for header in _KEPT if header in reply.headers}
        self.index[name] = {"url": address, "headers": kept}
        return reply


class Recorded:
    """A Client that answers from ``folder`` alone. ``asked`` are the addresses, in order."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.asked: list[str] = []
        self._source = source
        self._folder = folder
        index = folder / INDEX
        content = json.loads(index.read_text("utf-8")) if index.exists() else {}
        self.has_key = bool(content.get("has_key"))
        self.note = str(content.get("note", ""))
        self._answers = {one["url"]: (name, one.get("headers", {})) for name, one in content.get("answers", {}).items()}

    @property
    def base(self) -> str:
        """The address that requests begin with."""
        return self._source.api.rstrip("/")

    def get(self, ask: Ask) -> Reply:
        """Return the recorded answer; raise NotRecordedError where there is none."""
        address = address_of(self._source, ask, self.base)
        self.asked.append(address)
        name, headers = self._answers.get(address, ("", {}))
        path = self._folder / name
        if not name or not path.is_file():
            wanted = self._folder / (name or file_name(address, ask.accept[0] if ask.accept else ""))
            raise NotRecordedError(
                f"no answer is recorded for {address}; write it to {wanted} and name it in {INDEX} beside it, or let"
                " carecmon plugins record do both"
            )
        if ask.etag and ask.etag == headers.get("etag"):
            return Reply(ask, address, 304, headers, b"")
        return Reply(ask, address, 200, headers, path.read_bytes())

    def get_all(self, asks: Iterable[Ask]) -> Iterator[Reply]:
        """Return the recorded answers in order."""
        return map(self.get, asks)

    def progress(self, done: int, total: int, what: str) -> None:
        """Say nothing."""

    def answers(self) -> list[Answer | NotModified]:
        """Return all that a first fetch gives."""
        assert self._source.fetch is not None
        return list(self._source.fetch(self, {}))
