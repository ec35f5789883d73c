"""The folder of a new plugin, written from templates so that it works at once."""

from __future__ import annotations

import json
import keyword
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from carecmon.authoring.recording import INDEX, RECORDED, file_name
from carecmon.errors import UsageError
from carecmon.hookspecs import API_VERSION

#: The recorded answer of a new http-json plugin: what its fetch asks for, and what came.
_ANSWER = {"updated": "2026-01-01", "rows": [{"area": "KAZ", "year": 2022, "value": 61.5}, {"area": "KAZ", "year": 2023, "value": 63.0}]}  # fmt: skip  # noqa: E501


def write_plugin(name: str, parent: Path, kind: str) -> list[Path]:
    """Write the folder ``name`` below ``parent`` for a source of this ``kind``; return its files.

    Raises UsageError for a name that no plugin can have, or where something of that name exists.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith(("_", "test_")) or name == "tests":
        raise UsageError(f"{name!r} cannot be the name of a plugin: letters, digits and underscores, a letter first")
    if not name.isascii() or name != name.lower():
        raise UsageError(f"{name!r}: use small Latin letters, because the ids of its indicators begin with it")
    folder = parent / name
    if folder.exists() or (parent / f"{name}.py").exists():
        raise UsageError(f"{folder} exists already; choose another name, or take that one away")
    words = {
        "name": name,
        "id": name.replace("_", "-").rstrip("-"),
        "words": name.replace("_", " "),
        "api": API_VERSION,
    }
    written = [
        _write(folder / path, Template(template.read_text("utf-8")).substitute(words))
        for path, template in _templates(kind, name)
    ]
    if kind == "http-json":
        written += _recorded(folder, words["id"])
    return sorted(written)


def _templates(kind: str, name: str) -> list[tuple[str, Traversable]]:
    top = files("carecmon.authoring") / "templates" / kind
    found = []
    for template in top.iterdir():
        own = template.name.removesuffix(".template")
        path = {"test.py": f"tests/test_{name}.py", "known.csv": "tests/known.csv"}.get(own, own)
        found.append((path, template))
    return found


def _recorded(folder: Path, source: object) -> list[Path]:
    url = f"https://api.example.org/{source}/values?format=json"
    name = file_name(url, "application/json")
    index = {
        "note": "made by hand, as an example",
        "has_key": False,
        "answers": {name: {"url": url, "headers": {"content-type": "application/json"}}},
    }
    place = folder / RECORDED / str(source)
    return [
        _write(place / name, json.dumps(_ANSWER, indent=2) + "\n"),
        _write(place / INDEX, json.dumps(index, indent=2) + "\n"),
    ]


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path
