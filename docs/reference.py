"""The reference pages, made from the code: ``python docs/reference.py`` writes them, a test compares them."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"
#: Tables that stand inside another one, and how.
_INSIDE = {"HoldTable": "`for = { ... }` in `[[rules]]`"}
#: What ``fetch`` has to do with; all other public names are nouns.
FETCHING = ("Ask", "Reply", "Client", "Problem", "Fault", "SourceError", "Answer", "NotModified", "Covered")


def hooks() -> str:
    from carecmon import hookspecs

    parts = [
        "A plugin is a module with functions marked `@hookimpl` (`from carecmon import hookimpl`). All are optional,"
        " and may leave out arguments. They declare; none fetches, writes or sends.",
        f"This is version {hookspecs.API_VERSION} of the interface. A plugin that says"
        f" `CARECMON_API = {hookspecs.API_VERSION}` is refused by a carecmon that has another one, which names both.",
    ]
    for name, hook in vars(hookspecs).items():
        if hasattr(hook, "carecmon_spec"):
            parts.append(f"## `{name}{_signature(hook)}`\n\n{_prose(hook.__doc__)}")
    return _page("Hooks", parts)


def nouns() -> str:
    import carecmon

    names = [name for name in carecmon.__all__ if name not in FETCHING and inspect.isclass(getattr(carecmon, name))]
    parts = [
        "Everything that a declaration or `parse` is made of: `from carecmon import ...`.",
        *(_of_class(name, getattr(carecmon, name)) for name in names),
        f"## `NOT_RECORDED`\n\nThe text `{carecmon.NOT_RECORDED}`: what a cell says where its place is not known.",
    ]
    return _page("Nouns", parts)


def fetcher() -> str:
    import carecmon
    from carecmon.collect import client

    limits = (
        f"A request is tried {client.TRIES} times where that is worth it, with pauses from {client.PAUSE:g} s on that"
        f" double. A run waits at most {client.HOST_WAIT:g} s for one host; a source that wants more is asked in a"
        " later run."
    )
    parts = [
        "What `fetch(client, state)` asks with, and what it yields. `state` is what the newest answer carried in"
        " `Answer.state`, an empty dict the first time. Where newest answers are in quarantine or rejected,"
        ' `state["not_believed"]` lists their addresses, so that nothing is computed from them.',
        limits,
        *(_of_class(name, getattr(carecmon, name)) for name in FETCHING),
    ]
    return _page("Fetcher", parts)


def checks() -> str:
    from carecmon.judge import checks

    intro, _, listed = (checks.__doc__ or "").partition("\n``")
    rows, kind = [], ""
    for line in f"``{listed}".split("\n"):
        found = re.match(r"``([a-z-]+)``( \*)?\s+(.*)", line)
        if found:
            kind = found[1]
            rows.append([f"`{kind}`", "always" if found[2] else "where declared", found[3].replace("``", "`")])
        elif line.strip():
            rows[-1][2] += f" {line.strip()}".replace("``", "`")
    missing = set(checks.KINDS) - {row[0].strip("`") for row in rows}
    assert not missing, f"the docstring of carecmon.judge.checks lacks {sorted(missing)}"
    parts = [*map(_prose, intro.split("\n\n")), _table(("kind", "runs", "what it holds"), rows)]
    return _page("Checks", parts)


def rules() -> str:
    from carecmon.config.file import HoldTable, RuleTable
    from carecmon.model import Condition

    source = inspect.getsource(Condition)
    said = {name: text.replace("``", "`") for name, text in re.findall(r'= "([a-z_]+)"  #: (.+)', source)}
    conditions = [(f"`{one.value}`", said[one.value]) for one in Condition]
    parts = [
        "A rule is a condition with a severity. [Rules and alerts](../rules.md) says how they live.",
        _table(("condition", "fires while"), conditions),
        "## `[[rules]]`",
        _keys(RuleTable.model_json_schema()),
        "## `for`",
        _keys(HoldTable.model_json_schema()),
    ]
    return _page("Rules", parts)


def settings() -> str:
    from carecmon import config

    schema = config.schema()
    tables = schema["$defs"]
    parts = [
        "What `indicators.toml` may say. `carecmon config check` reads it and names what is wrong;"
        " `carecmon config schema` prints this as a JSON Schema for editors.",
        "## At the top",
        _keys(schema),
    ]
    for name, table in sorted(tables.items()):
        if table.get("properties"):
            used = _used(schema, name)
            parts += [f"## {used or _INSIDE[name]}", _prose(table.get("description")), _keys(table)]
    return _page("indicators.toml", parts)


def testing() -> str:
    from carecmon import testing

    parts = [_prose((testing.__doc__ or "").split("\n\n", 1)[0])]
    rows = []
    for name, fixture in vars(testing).items():
        if type(fixture).__name__ == "FixtureFunctionDefinition":
            rows.append((f"`{name}`", _first(fixture._get_wrapped_function().__doc__)))
    parts.append(_table(("fixture", "gives"), rows))
    parts += [_of_class(name, getattr(testing, name), "testing") for name in ("SourceServer", "Clock", "Outbox")]
    return _page("Test kit", parts)


#: The parts of the JSON object, and the functions that write them.
JSON_PARTS = {
    "": "run_object",
    "run": "about_run",
    "plugins": "plugin_object",
    "sources": "source_object",
    "indicators": "indicator_object",
    "assessments": "assessment_object",
    "alerts": "alert_object",
    "findings": "finding_object",
    "deliveries": "delivery_object",
}


def fields(part: str) -> list[tuple[str, str, str]]:
    """Return each key of a part of the JSON object with its type and what it means."""
    from carecmon import model
    from carecmon.report import objects

    found: list[tuple[str, str, str]] = []
    for line in inspect.getsource(getattr(objects, JSON_PARTS[part])).split("\n"):
        if key := re.match(r' {8}"(\w+)": ', line):
            found.append((key[1], "", ""))
        if said := re.search(r"#: (.+)$", line):
            kind, _, means = said[1].partition(": ")
            if means.startswith("{"):
                means = ", ".join(f"`{one.value}`" for one in getattr(model, means.strip("{}")))
            found[-1] = (found[-1][0], kind, means)
    lacking = [name for name, kind, _ in found if not kind]
    assert not lacking, f"carecmon/report/objects.py does not say what {lacking} of {part or 'the object'} are"
    return found


def json_object() -> str:
    from carecmon.report import objects

    parts = [
        "`carecmon check --format json` prints one object on stdout, and nothing else there. Keys may be added; none is"
        " renamed or changes its meaning under this name of the schema.",
        "A time is a text such as `2026-11-22T09:30:00Z`, always UTC. A value is a number in the unit of its series, of"
        " 12 significant digits; on the state scale the code of a state, and a number between two states. What is not"
        " known is `null`.",
        "Parts of it are printed by other commands too, as a list: `assessments` by `carecmon status`, `alerts` by"
        " `carecmon alerts` (with `acknowledged`, `silenced_until`, `inhibited_by`, `indicator`, `sector`), `findings`"
        " by `carecmon findings` (with `first_seen`, `gone` and `acknowledgements`: who made one"
        " or took it back, when and why). `check --format csv` and `status --format csv` have"
        " the keys of `assessments` but `labels` as columns, with blanks between the ids of `sources` and `findings`.",
    ]
    for part, function in JSON_PARTS.items():
        rows = [(f"`{name}`", kind, means) for name, kind, means in fields(part)]
        said = _prose(getattr(objects, function).__doc__).removeprefix("Return ") if part else ""
        parts += [f"## `{part}`" if part else "## The object", said[:1].upper() + said[1:]]
        parts.append(_table(("key", "type", "means"), rows))
    return _page("JSON", parts)


PAGES: Mapping[str, Callable[[], str]] = {
    "hooks.md": hooks,
    "nouns.md": nouns,
    "fetcher.md": fetcher,
    "checks.md": checks,
    "rules.md": rules,
    "indicators-toml.md": settings,
    "testing.md": testing,
    "json.md": json_object,
}


def _of_class(name: str, cls: type, module: str = "") -> str:
    parts = [f"## `{name}`", _prose(cls.__doc__)]
    if issubclass(cls, enum.Enum):
        comments = dict(re.findall(r"^    ([A-Z_]+) = .*?  #: (.+)$", inspect.getsource(cls), re.M))
        rows = [(f"`{name}.{one.name}`", f"`{one.value}`", comments.get(one.name, "")) for one in cls]
        parts.append(_table(("name", "value", "means"), rows))
    elif dataclasses.is_dataclass(cls):
        rows = [
            (f"`{one.name}`", f"`{one.type}`", _default(one))
            for one in dataclasses.fields(cls)
            if not one.name.startswith("_")
        ]
        parts.append(_table(("field", "type", "default"), rows))
    methods = [f"- `{member}`: {_first(text)}" for member, text in _methods(cls)]
    return "\n\n".join([*parts, *(["\n".join(methods)] if methods else [])])


def _methods(cls: type) -> Iterator[tuple[str, str | None]]:
    for name, value in vars(cls).items():
        function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        if name.startswith("_") or (issubclass(cls, enum.Enum) and not isinstance(value, property)):
            continue
        if isinstance(value, property):
            yield name, value.__doc__
        elif inspect.isfunction(function):
            yield f"{name}{_signature(function)}", function.__doc__


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        shown = str(field.default) if isinstance(field.default, enum.Enum) else repr(field.default)
        return f"`{shown}`"
    return "" if field.default_factory is dataclasses.MISSING else "empty"


def _signature(function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    named = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(signature.replace(parameters=named)))


def _keys(schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", [])
    rows = []
    for name, key in schema.get("properties", {}).items():
        default = "" if key.get("default") in (None, [], {}) else f"`{key['default']}`"
        default = "required" if name in needed else default
        rows.append((f"`{name}`", key.get("description", ""), default))
    return _table(("key", "says", "default"), rows)


def _used(schema: Mapping[str, Any], table: str) -> str:
    """Return how a table is written in the file, blank where it only stands inside another one."""
    for name, key in schema["properties"].items():
        text = str(key)
        if f"'#/$defs/{table}'" in text:
            written = f"[[{name}]]" if key.get("type") == "array" else f"[{name}]"
            return f"`{written if 'additionalProperties' not in key else f'[{name}.NAME]'}`"
    return ""


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [f"| {' | '.join(str(cell).replace('|', 'or') for cell in row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def _prose(doc: str | None) -> str:
    return inspect.cleandoc(doc or "").replace("``", "`")


def _first(doc: str | None) -> str:
    return " ".join(_prose(doc).split("\n\n")[0].split())


def _page(title: str, parts: list[str]) -> str:
    made = "<!-- Made from the code by docs/reference.py; change it there, then: make docs -->"
    return "\n\n".join([f"# {title}", made, *(part for part in parts if part)]) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), "utf-8")
