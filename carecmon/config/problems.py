"""From pydantic's errors to sentences: the key's full path, what was found, and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args, get_origin

from carecmon.config.fields import Table
from carecmon.config.file import File
from carecmon.config.secrets import hides, looks_secret
from carecmon.config.values import near

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Place = Sequence[str | int]
_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that is neither nan nor inf",
    "bool_type": "true or false",
    "list_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
}


def sentences(error: ValidationError, raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for each problem in ``error``, which came of reading ``raw``."""
    for detail in error.errors(include_url=False):
        yield from _sentences(detail, raw)


def path(place: Place, raw: Mapping[str, Any]) -> str:
    """Return ``place`` as the file would write it, and which entry of a list that is: targets[2].year (...)."""
    written = ""
    entry = ""
    here: Any = raw
    for depth, step in enumerate(place):
        if isinstance(step, int):
            written += f"[{step}]"
            here = here[step] if isinstance(here, list) and step < len(here) else None
            if depth == 1:
                entry = _entry(str(place[0]), step, here)
        else:
            plain = step.replace("_", "").replace("-", "").isalnum()
            written += ("." if written else "") + (step if plain else json.dumps(step, ensure_ascii=False))
            here = here.get(step) if isinstance(here, dict) else None
    return written + entry


def _entry(name: str, index: int, table: Any) -> str:
    title = table.get("id", table.get("indicator")) if isinstance(table, dict) else None
    return f" (number {index + 1}{f', {title}' if isinstance(title, str) else ''})"


def _sentences(detail: ErrorDetails, raw: Mapping[str, Any]) -> Iterator[str]:
    place = detail["loc"]
    where = path(place, raw)
    key = str(place[-1]) if place else ""
    if detail["type"] == "extra_forbidden":
        yield f"{where}: {_unknown(key, known(place[:-1]))}"
    elif detail["type"] == "missing":
        yield f"{where}: missing; {_description(place)}"
    elif detail["type"] == "value_error":
        for line in str(detail["ctx"]["error"]).splitlines():
            found = "" if isinstance(detail["input"], dict) or hides(key) else f"found {show(detail['input'])}; "
            yield f"{where}: {found}{line}"
    else:
        allowed = _WANTED.get(detail["type"]) or detail["msg"].removeprefix("Input should be ")
        yield f"{where}: found {'something else' if hides(key) else show(detail['input'])}; allowed: {allowed}"


def show(value: object) -> str:
    """Return ``value`` much as TOML writes it, cut to a length that can be read."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= 80 else f"{written[:77]}..."


def known(place: Place) -> list[str]:
    """Return the keys that the table at ``place`` may have."""
    table = _table(place)
    return [field.alias or name for name, field in table.model_fields.items()]


def _unknown(key: str, allowed: list[str]) -> str:
    if looks_secret(key):
        named = [each for each in allowed if each.endswith("_env")]
        named = get_close_matches(key, named, n=1) or named
        instead = f" with {' or '.join(named)}" if named else ""
        return f"a secret is never written in this file; name the environment variable that holds it{instead}"
    return f"unknown key{near(key, allowed)} (allowed here: {', '.join(allowed)})"


def _description(place: Place) -> str:
    key = str(place[-1])
    fields = _table(place[:-1]).model_fields
    return next((field.description or "" for name, field in fields.items() if key in (name, field.alias)), "")


def _table(place: Place) -> type[Table]:
    """Return the model of the table at ``place``; names in a table of tables and list indices are stepped over."""
    table: type[Table] = File
    steps = iter(place)
    for step in steps:
        field = next((f for name, f in table.model_fields.items() if step in (name, f.alias)), None)
        if field is None:
            break
        inner = [each for each in (field.annotation, *get_args(field.annotation)) if _is_table(each)]
        if not inner:
            break
        table = inner[0]
        if get_origin(field.annotation) in (dict, list):
            next(steps, None)
    return table


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Table)
