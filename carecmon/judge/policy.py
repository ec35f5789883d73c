"""The policy a run judged by, as text: kept with the run, so that causes can be found by it later."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any, TypeVar

from carecmon.errors import StoreError
from carecmon.model import (
    Condition,
    Correction,
    CorrectionAction,
    Hold,
    Period,
    Policy,
    Rule,
    Series,
    Severity,
    Target,
    TargetKind,
)

Noun = TypeVar("Noun", Target, Rule, Hold, Correction, Policy)


def to_json(policy: Policy) -> str:
    """Return ``policy`` as JSON with sorted keys: equal policies give equal text. What is default is left out."""
    return json.dumps(_plain(policy), sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def from_json(text: str) -> Policy:
    """Return the policy written by ``to_json``; raise StoreError where it is not one of this version."""
    try:
        return _noun(Policy, json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"the policy stored with a run cannot be read ({error}); it was written by another version of carecmon:"
            " update carecmon, or run 'carecmon db verify'"
        ) from error


def _plain(value: object) -> Any:
    if isinstance(value, Target | Rule | Hold | Correction | Policy):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not _is_default(value, f.name)}
    if isinstance(value, Period | Series):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _is_default(noun: Target | Rule | Hold | Correction | Policy, name: str) -> bool:
    declared = next(f for f in fields(noun) if f.name == name)
    if declared.default_factory is not MISSING:
        return bool(getattr(noun, name) == declared.default_factory())
    return declared.default is not MISSING and bool(getattr(noun, name) == declared.default)


def _noun(kind: type[Noun], plain: Mapping[str, Any]) -> Noun:
    unknown = plain.keys() - {f.name for f in fields(kind)}
    if unknown:
        raise ValueError(f"unknown in a {kind.__name__.lower()}: {', '.join(sorted(unknown))}")
    return kind(**{name: _READ.get(name, _same)(value) for name, value in plain.items()})


def _same(value: Any) -> Any:
    return value


#: How fields are read that are not plain JSON; a field name means the same in every noun of a policy.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "kind": TargetKind,
    "condition": Condition,
    "severity": Severity,
    "base_period": Period.parse,
    "base_until": Period.parse,
    "period": Period.parse,
    "series": Series.parse,
    "action": CorrectionAction,
    "hold": lambda plain: _noun(Hold, plain),
    "targets": lambda plain: tuple(_noun(Target, one) for one in plain),
    "rules": lambda plain: tuple(_noun(Rule, one) for one in plain),
    "corrections": lambda plain: tuple(_noun(Correction, one) for one in plain),
    "prefer": lambda plain: {indicator: tuple(order) for indicator, order in plain.items()},
    "watched": tuple,
}
