"""Editions of the Harmonized System, and which of their codes are low carbon technology (LCT).

The list of 124 codes is written in HS 2017; a table says which codes of each other edition stand for them. Editions are
rows of that table, not code: the edition of 2028 is added there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: How strictly codes are chosen, and the statuses of the table that each choice takes.
VARIANTS: Mapping[str, frozenset[str]] = {
    "strict": frozenset({"include", "include_core"}),
    "default": frozenset({"include", "include_core", "include_mixed"}),
    "upper": frozenset({"include", "include_core", "include_mixed", "partial"}),
}
#: The edition that first has codes of its own for electric and hybrid vehicles.
_VEHICLES_SINCE = "HS2017"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: ``codes`` by variant, and ``products``: the codes of this edition that make up an HS 2017 code.

    A product that is merged with another one here is in none of ``products``: it cannot be told apart.
    """

    name: str
    classification: str
    codes: Mapping[str, frozenset[str]]
    products: Mapping[str, frozenset[str]]

    @property
    def note(self) -> str:
        """What a reader of a figure in this edition must know: where its series breaks."""
        if self.name >= _VEHICLES_SINCE:
            return f"codes of {self.name}; break={self.name}"
        return f"codes of {self.name}; before break={_VEHICLES_SINCE}: electric and hybrid vehicles cannot be seen"


@cache
def editions(path: Path) -> Mapping[str, Edition]:
    """Return the editions in the table ``path`` by classification code (``H5``); a code stands once in each."""
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["status"] not in VARIANTS["upper"]:
                raise ValueError(f"{path.name}: {row['edition']} {row['code']}: unknown status {row['status']!r}")
            rows.setdefault(row["comtrade_clcode"], []).append(row)
    return {classification: _edition(classification, of_edition) for classification, of_edition in rows.items()}


def _edition(classification: str, rows: list[dict[str, str]]) -> Edition:
    codes = {
        variant: frozenset(row["code"] for row in rows if row["status"] in statuses)
        for variant, statuses in VARIANTS.items()
    }
    made_of: dict[str, set[str]] = {}
    merged: set[str] = set()
    for row in rows:
        sources = row["lct_hs2017_sources"].split(";")
        if row["status"] in VARIANTS["default"]:
            made_of.setdefault(sources[0], set()).add(row["code"])
            merged.update(sources if len(sources) > 1 else ())
    products = {product: frozenset(parts) for product, parts in made_of.items() if product not in merged}
    return Edition(rows[0]["edition"], classification, codes, products)
