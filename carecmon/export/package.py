"""Writing the files of an export, and the data package that describes them."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from carecmon.errors import UsageError
from carecmon.export.rows import CLAIMS, OBSERVATIONS, Column, Row
from carecmon.model import Source

PACKAGE = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def write(
    folder: Path, observations: Iterable[Row], claims: Iterable[Row], sources: Sequence[Source], *, vintages: bool
) -> list[Path]:
    """Write observations.csv, claims.csv and datapackage.json into ``folder``; return their paths.

    The same store gives the same bytes. Files are complete before they replace older ones, the data package last.
    Raise UsageError where the folder cannot be written.
    """
    key = ["series", "period", "source", *(["edition", "observed"] if vintages else [])]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
        try:
            tables = [
                (_table(draft / "observations.csv", OBSERVATIONS, observations), OBSERVATIONS, key),
                (_table(draft / "claims.csv", CLAIMS, claims), CLAIMS, None),
            ]
            package = _package([_resource(*table) for table in tables], sources)
            text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
            (draft / PACKAGE).write_text(text, encoding="utf-8")
            names = [*(path.name for path, _, _ in tables), PACKAGE]
            return [(draft / name).replace(folder / name) for name in names]
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"cannot export to {folder}: {error.strerror or error}; name another folder with --to"
        ) from error


def _table(path: Path, columns: Sequence[Column], rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\r\n")
        writer.writerow([column.name for column in columns])
        writer.writerows(rows)
    return path


def _resource(path: Path, columns: Sequence[Column], key: list[str] | None) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": name, "type": kind, "description": text} for name, kind, text in columns],
        "missingValues": [""],
    }
    if key:
        schema["primaryKey"] = key
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
    return {
        "name": path.stem,
        "path": path.name,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest.hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": schema,
    }


def _package(resources: list[dict[str, Any]], sources: Sequence[Source]) -> dict[str, Any]:
    package: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": "carecmon",
        "title": "Indicators of the CAREC Program",
        "description": (
            "What each source says about each indicator and reference period. Text that a spreadsheet would run as a"
            " formula has an apostrophe in front; take it off to get the text as printed. Printed numbers such as"
            " +660 are left as they are."
        ),
        "resources": resources,
        "sources": [_source(source) for source in sorted(sources, key=lambda s: s.id)],
    }
    licences = sorted({source.licence for source in sources if source.licence})
    if licences:
        package["licenses"] = [_licence(licence) for licence in licences]
    return package


def _source(source: Source) -> dict[str, str]:
    said: Mapping[str, str] = {"title": f"{source.publisher}: {source.title.en}", "path": source.url}
    return {name: text for name, text in said.items() if text}


def _licence(licence: str) -> dict[str, str]:
    """Return the licence as the standard wants it: an address, an Open Definition id, or words without an id."""
    if licence.startswith(("http://", "https://")):
        return {"path": licence}
    is_id = all(character.isalnum() or character in "-._" for character in licence)
    return {"name": licence} if is_id else {"name": "notspecified", "title": licence}
