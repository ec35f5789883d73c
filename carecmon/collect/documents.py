"""Bundled documents: carecmon reads their files itself, so that a document that is stored already costs nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carecmon.collect.request import Request
from carecmon.collect.wire import BODY
from carecmon.errors import SourceError
from carecmon.model import Answer, Document


@dataclass(frozen=True, slots=True)
class Edition:
    """A document with the content of its files, and the digest of that; ``state`` is for the source's next fetch."""

    document: Document
    body: Mapping[str, bytes]
    digest: str
    state: Mapping[str, Any] = field(default_factory=dict)

    def answer(self) -> Answer:
        """Return what ``parse`` is handed."""
        document = self.document
        # An answer of a live source that is read again: one body, that was no collection of files.
        body = self.body[BODY] if list(self.body) == [BODY] else self.body
        return Answer(
            body, document.url, document.edition, document.published, document.covers, document.id, document.note
        )


def digest_of(body: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of named contents, in hex; the order of the names does not matter."""
    digest = hashlib.sha256()
    for name in sorted(body):
        digest.update(f"{len(name.encode())}:{name}{len(body[name])}:".encode())
        digest.update(body[name])
    return digest.hexdigest()


def line_of(body: Mapping[str, bytes], marks: Sequence[str]) -> str:
    """Return the file and the line that first hold all of ``marks``, as words before a reason; nothing where none does.

    A live answer is one body without a name, and most of what plugins read is not written line by line.
    """
    wanted = [mark.encode() for mark in marks]
    for name in sorted(body) if wanted else ():
        for number, line in enumerate(body[name].splitlines(), 1):
            if name != BODY and all(mark in line for mark in wanted):
                return f"{name}, line {number}: "
    return ""


def new_editions(request: Request) -> list[Edition]:
    """Return the documents of a source that are not stored as they are now; raise SourceError for a missing file."""
    source = request.source
    editions = [_read(source.id, document) for document in source.documents]
    return [
        edition
        for edition in editions
        if (edition.document.edition, edition.digest, source.reader_version) not in request.known
    ]


def _read(source: str, document: Document) -> Edition:
    body = {}
    for path in document.data:
        try:
            body[path.name] = path.read_bytes()
        except OSError as exc:
            raise SourceError(
                f"{source}: the file {path} of the document {document.id} cannot be read: {exc.strerror}",
                transient=False,
            ) from exc
    return Edition(document, body, digest_of(body))
