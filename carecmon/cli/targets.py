"""A target as it is written in indicators.toml, in words."""

from __future__ import annotations

from carecmon.model import Target, TargetKind


def target_words(target: Target) -> str:
    """Return what ``target`` asks for: ``-50 % on 2010 by 2030``."""
    by = f" by {target.year}" if target.year else ""
    if target.kind is TargetKind.DIRECTION:
        return "better each year, without a number"
    if target.kind is TargetKind.MILESTONE:
        return f"{target.state or _number(target.value)}{by}"
    if target.rate is not None:
        base = f" than the latest value up to {target.base_until}" if target.base_until else ""
        until = f", until {target.year}" if target.year else ""
        return f"{_number(target.rate * 100)} % a year better{base}{until}"
    if target.change is not None:
        sign = "+" if target.change > 0 else ""
        written = f" ({_number(target.baseline)})" if target.baseline is not None else ""
        return f"{sign}{_number(target.change * 100)} % on {target.base_period}{written}{by}"
    return f"{_number(target.value)}{by}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
