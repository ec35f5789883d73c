"""Values of the model as plain JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from carecmon.model import (
    Assessment,
    Cell,
    Claim,
    ClaimKind,
    Finding,
    Freshness,
    Period,
    Qualifier,
    Series,
    Severity,
    Status,
)

_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def dump(value: object) -> str:
    """Return a dataclass of the model, or a mapping, as JSON with sorted keys."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)


def assessment(content: str) -> Assessment:
    """Read what ``dump`` wrote of an Assessment."""
    found = json.loads(content)
    return Assessment(
        **{
            **found,
            "series": Series.parse(found["series"]),
            "status": Status(found["status"]),
            "freshness": Freshness(found["freshness"]),
            "period": _period(found["period"]),
            "previous_period": _period(found["previous_period"]),
            "baseline_period": _period(found["baseline_period"]),
            "sources": tuple(found["sources"]),
            "points": tuple((Period.parse(period), value) for period, value in found["points"]),
            "corrections": tuple((Period.parse(period), said) for period, said in found.get("corrections", ())),
            "findings": tuple(found.get("findings", ())),
        }
    )


def finding(content: str) -> Finding:
    """Read what ``dump`` wrote of a Finding."""
    found = json.loads(content)
    return Finding(
        **{
            **found,
            "severity": Severity(found["severity"]),
            "series": None if found["series"] is None else Series.parse(found["series"]),
            "period": _period(found["period"]),
            "cells": tuple(Cell(**cell) for cell in found["cells"]),
        }
    )


def claim(content: str) -> Claim:
    """Read what ``dump`` wrote of a Claim."""
    found = json.loads(content)
    return Claim(
        **{
            **found,
            "kind": ClaimKind(found["kind"]),
            "series": Series.parse(found["series"]),
            "period": Period.parse(found["period"]),
            "cell": Cell(**found["cell"]),
            "base_period": _period(found["base_period"]),
            "qualifier": Qualifier(found["qualifier"]),
            "of": None if found["of"] is None else Series.parse(found["of"]),
            "parts": tuple(Series.parse(part) for part in found["parts"]),
            "printed_period": _period(found["printed_period"]),
        }
    )


def _plain(value: object) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:  # most are: asked first, as a run writes tens of thousands
        return value
    if isinstance(value, Period | Series):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(one) for one in value]
    if is_dataclass(kind):
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    return value if isinstance(value, str | int | float) else str(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)
