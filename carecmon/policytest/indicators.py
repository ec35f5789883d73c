"""Indicators that a test file declares for itself, so that rules can be tested without a plugin."""

from __future__ import annotations

from datetime import timedelta

from carecmon.errors import ConfigError
from carecmon.model import Better, Cadence, Code, CodeList, Indicator, ReleaseCalendar, Scale, Text
from carecmon.policytest.fields import Table

_KEYS = ("title", "sector", "pillar", "unit", "better", "cadence", "scale", "precision", "lowest", "highest",
         "states", "lag", "grace", "sources")  # fmt: skip


def read(name: str, table: Table) -> Indicator:
    """Return the indicator that ``table`` declares; raise ConfigError saying what is wrong with it."""
    table.only(*_KEYS)
    states = table.raw.get("states", [])
    sources = table.raw.get("sources", [])
    for key, found in (("states", states), ("sources", sources)):
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise table.error(key, found, "write a list of texts")
    if table.has("grace") and not table.has("lag"):
        raise ConfigError(f"{table.where}: grace needs lag: how long after a period its value is usual")
    lag = table.duration("lag")
    return Indicator(
        name,
        Text(table.text("title", name)),
        table.text("sector", "tests"),
        table.text("pillar", "tests"),
        table.text("unit", ""),
        table.one_of("better", Better, Better.HIGHER) or Better.HIGHER,
        "Declared by a test of rules.",
        tuple(sources),
        scale=Scale.STATE if states else table.one_of("scale", Scale, Scale.RATIO) or Scale.RATIO,
        cadence=table.one_of("cadence", Cadence, Cadence.ANNUAL) or Cadence.ANNUAL,
        precision=int(table.number("precision", 1) or 0),
        bounds=(table.number("lowest"), table.number("highest")),
        states=CodeList("states", [Code(one, Text(one)) for one in states]) if states else None,
        calendar=ReleaseCalendar(lag, table.duration("grace") or timedelta()) if lag is not None else None,
    )
