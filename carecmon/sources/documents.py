"""The catalogue of published documents: one TOML file that says each document once, read by every plugin that uses it.

``[documents.ID]`` has ``title``, ``publisher``, ``language`` (``en``, ``ru`` or ``zh``) and, where they are known,
``url``, ``published`` (``2024-05-30``, ``2024-05`` or ``2024``) and ``note``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from carecmon.model import LANGUAGES, Covered, Document, Published

_REQUIRED = ("title", "publisher", "language")
_OPTIONAL = ("url", "published", "note")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue says about one document."""

    id: str
    title: str
    publisher: str
    url: str
    language: str
    published: Published
    note: str | None = None

    def document(self, edition: str, data: Iterable[Path], covers: Iterable[Covered] = ()) -> Document:
        """Return the document as an edition of a source, with the transcriptions ``data`` of its figures."""
        return Document(
            self.id,
            edition,
            tuple(data),
            title=self.title,
            published=self.published,
            url=self.url,
            covers=tuple(covers),
            note=self.note,
        )


@cache
def catalogue(path: Path) -> Mapping[str, Entry]:
    """Return the documents in the TOML file ``path`` by id; raise ValueError naming the document and the key."""
    tables = tomllib.loads(path.read_text("utf-8")).get("documents", {})
    return {id: _entry(path, id, table) for id, table in tables.items()}


def _entry(path: Path, id: str, table: Mapping[str, Any]) -> Entry:
    where = f"{path.name}: documents.{id}"
    for key in table:
        if key not in _REQUIRED + _OPTIONAL:
            raise ValueError(f"{where}: unknown key {key!r}; a document has {', '.join(_REQUIRED + _OPTIONAL)}")
        if not isinstance(table[key], str):
            raise ValueError(f"{where}.{key}: found {table[key]!r}; write a string")
    missing = [key for key in _REQUIRED if not table.get(key)]
    if missing:
        raise ValueError(f"{where}: {', '.join(missing)} missing")
    if table["language"] not in LANGUAGES:
        raise ValueError(f"{where}.language: found {table['language']!r}; it is one of {', '.join(LANGUAGES)}")
    try:
        published = Published.parse(table.get("published"))
    except ValueError as exc:
        raise ValueError(f"{where}.published: {exc}") from exc
    return Entry(
        id,
        table["title"],
        table["publisher"],
        table.get("url", ""),
        table["language"],
        published,
        table.get("note"),
    )
