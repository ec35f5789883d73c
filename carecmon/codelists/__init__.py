"""The code lists that more than one plugin uses. One CSV file each, next to this one; plugins read their own alike.

Columns: ``code``, ``en``, ``ru``, ``zh``, ``aliases`` (separated by ``;``); further columns are facts.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from carecmon.model import Code, CodeList, Text

_NAMED = ("code", "en", "ru", "zh", "aliases")


def read(path: Path, name: str | None = None) -> CodeList:
    """Return the code list in the CSV file ``path``."""
    with path.open(encoding="utf-8", newline="") as lines:
        codes = [
            Code(
                row["code"],
                Text(row["en"], row["ru"] or None, row["zh"] or None),
                tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
                {fact: value for fact, value in row.items() if fact not in _NAMED and value},
            )
            for row in csv.DictReader(lines)
        ]
    return CodeList(name or path.stem, codes)


@cache
def areas() -> CodeList:
    """CAREC, its corridors, countries and groups, border-crossing points, and partner countries."""
    return read(Path(__file__).with_name("areas.csv"))


@cache
def modes() -> CodeList:
    """Road, rail, and both pooled."""
    return read(Path(__file__).with_name("modes.csv"))


@cache
def directions() -> CodeList:
    """Outbound, inbound, and both."""
    return read(Path(__file__).with_name("directions.csv"))
