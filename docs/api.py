"""The public interface as text: one line a name or member, with types. ``python docs/api.py`` prints it.

``docs/reference/api.txt`` is what it was when carecmon was last released. A test compares: what differs by now must be
named in CHANGELOG.md under Unreleased. At a release the file is written anew: ``python docs/api.py > FILE``.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference" / "api.txt"


def described() -> list[str]:
    """Return every public name of carecmon and its members, and every hook and fixture, with their types."""
    import carecmon
    from carecmon import hookspecs, testing

    lines = [f"API_VERSION = {hookspecs.API_VERSION}"]
    for name in carecmon.__all__:
        lines += _of(name, getattr(carecmon, name))
    for name, hook in vars(hookspecs).items():
        if hasattr(hook, "carecmon_spec"):
            lines.append(f"hook {name}{inspect.signature(hook)}")
    for name, fixture in vars(testing).items():
        if type(fixture).__name__ == "FixtureFunctionDefinition":
            lines.append(f"fixture {name} -> {inspect.signature(fixture._get_wrapped_function()).return_annotation}")
    return lines


def undeclared(before: list[str], now: list[str], unreleased: str) -> list[str]:
    """Return the names that differ between two descriptions and that ``unreleased`` does not mention."""
    differing = {_name(line) for line in set(before) ^ set(now)}
    words = set(re.findall(r"\w+(?:\.\w+)*", unreleased))
    return sorted(name for name in differing if name not in words and name.rpartition(".")[2] not in words)


def unreleased(changelog: str) -> str:
    """Return what CHANGELOG.md says under Unreleased."""
    return re.split(r"^## ", changelog.partition("## Unreleased")[2], flags=re.M)[0]


def _name(line: str) -> str:
    found = re.match(r"(?:hook |fixture |class )?([\w.]+)", line)
    assert found is not None
    return found[1]


def _of(name: str, thing: object) -> list[str]:
    if inspect.isclass(thing):
        return [f"class {name}({', '.join(base.__name__ for base in thing.__bases__)})", *_members(name, thing)]
    if inspect.isfunction(thing):
        return [f"{name}{inspect.signature(thing)}"]
    return [f"{name}: {thing!r}" if isinstance(thing, str) else f"{name}: {type(thing).__name__}"]


def _members(name: str, cls: type) -> list[str]:
    lines = []
    if issubclass(cls, enum.Enum):
        lines += [f"{name}.{member.name} = {member.value!r}" for member in cls]
    if dataclasses.is_dataclass(cls):
        for field in dataclasses.fields(cls):
            default = "" if field.default is dataclasses.MISSING else f" = {field.default!r}"
            if field.default_factory is not dataclasses.MISSING:
                default = " (optional)"
            lines.append(f"{name}.{field.name}: {field.type}{default}")
    for member, value in vars(cls).items():
        function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        if (member.startswith("_") and member != "__init__") or (
            member == "__init__" and dataclasses.is_dataclass(cls)
        ):
            continue
        if isinstance(value, property):
            lines.append(f"{name}.{member} -> {inspect.signature(value.fget).return_annotation}")  # type: ignore[arg-type]
        elif inspect.isfunction(function) and not issubclass(cls, enum.Enum):
            lines.append(f"{name}.{member}{inspect.signature(function)}")
    return lines


if __name__ == "__main__":
    print("\n".join(described()))
