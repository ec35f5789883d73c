"""What one part of the file says about another: ids that must be there, and be there once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from carecmon.config.settings import BUILT_IN_CHANNELS
from carecmon.config.values import near

_NAME = re.compile(r"[\w.-]+")


def problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield what does not fit together in ``raw``, as read from TOML; values of a wrong type are another's business."""
    rules = [rule for rule in _list(raw, "rules") if isinstance(rule, dict)]
    yield from _repeated(rules)
    optional = {str(rule.get("id")): rule.get("opt_in") is True for rule in rules}
    people = _tables(raw, "people")
    channels = [*BUILT_IN_CHANNELS, *_tables(raw, "channels")]
    for kind in ("people", "channels"):
        for name in _tables(raw, kind):
            if _NAME.fullmatch(name) is None:
                quoted = json.dumps(name, ensure_ascii=False)
                yield f"{kind}.{quoted}: a name has letters, digits, '-', '_' and '.' only"
    for name, person in people.items():
        yield from _opt_in(name, person, optional)
        for channel in _list(person, "channels"):
            if isinstance(channel, str) and channel not in channels:
                yield (
                    f'people.{name}.channels: found "{channel}", which is no channel{near(channel, channels)};'
                    f" allowed: {', '.join(channels)}"
                )
    ops = _tables(raw, "smtp", whole=True).get("ops")
    if isinstance(ops, str) and ops not in people:
        yield f'smtp.ops: found "{ops}", but there is no [people.{ops}]{near(ops, list(people))}'
    for name in BUILT_IN_CHANNELS:
        if name in _tables(raw, "channels"):
            yield f"channels.{name}: carecmon has this channel already; give yours another name"


def _repeated(rules: list[dict[str, Any]]) -> Iterator[str]:
    seen: dict[object, int] = {}
    for number, rule in enumerate(rules, start=1):
        identity = rule.get("id")
        if isinstance(identity, str) and seen.setdefault(identity, number) != number:
            yield (
                f'rules[{number - 1}].id: found "{identity}", which is the id of rule number {seen[identity]} already;'
                " an alert is known by its rule, so give this one an id of its own"
            )


def _opt_in(name: str, person: Mapping[str, Any], optional: Mapping[str, bool]) -> Iterator[str]:
    for rule in _list(person, "opt_in"):
        if not isinstance(rule, str):
            continue
        if rule not in optional:
            yield f'people.{name}.opt_in: found "{rule}", but there is no rule with that id{near(rule, list(optional))}'
        elif not optional[rule]:
            yield f'people.{name}.opt_in: the rule "{rule}" reaches everybody anyway; it does not say opt_in = true'


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    return found if isinstance(found, list) else []


def _tables(raw: Mapping[str, Any], key: str, whole: bool = False) -> dict[str, Any]:
    found = raw.get(key)
    if not isinstance(found, dict):
        return {}
    return found if whole else {name: table for name, table in found.items() if isinstance(table, dict)}
