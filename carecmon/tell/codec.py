"""Dataclasses as plain JSON, and back by their type hints: a message must be readable long after it was queued."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from carecmon.model import Period, Series

T = TypeVar("T")


def dump(value: object) -> str:
    """Return a dataclass as JSON with sorted keys."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """Read what ``dump`` wrote of a ``kind``; keys that it does not know are left out."""
    found: T = _read(kind, json.loads(text))
    return found


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Period | Series):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(next(one for one in arguments if one is not types.NoneType), value)
    if origin is tuple:
        kinds = arguments[:1] * len(value) if arguments[1:] == (...,) else arguments
        return tuple(_read(one, part) for one, part in zip(kinds, value, strict=True))
    if not isinstance(kind, type):
        return value
    if issubclass(kind, Enum):
        return kind(value)
    if kind in (Period, Series):
        return kind.parse(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], part) for name, part in value.items() if name in hints})
    return float(value) if kind is float else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
