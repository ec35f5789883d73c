"""The parts of the documentation that are made from the code. ``make docs`` writes them, a test compares them.

Used by cog inside README.md and other pages: a page says which part it wants between its markers.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: The glossary: each noun of README, and the class whose docstring's first paragraph explains it.
NOUNS = (
    "Indicator", "Series", "Source", "Release", "Observation", "Claim", "Cell", "Target", "Assessment", "Rule",
    "Alert", "Finding", "Delivery", "Channel", "Period", "AsOf",
)  # fmt: skip
CALLED = {"Period": "Reference period", "AsOf": "As of"}


def table(*rows: tuple[str, ...]) -> str:
    head, *body = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join([head, f"|{'---|' * len(rows[0])}", *body])


def exit_codes() -> str:
    source = (ROOT / "carecmon" / "errors.py").read_text("utf-8")
    codes = re.findall(r"^    [A-Z]+ = (\d+)  #: (.+)$", source, re.M)
    return table(("code", "meaning"), *codes)


def commands() -> str:
    import click

    from carecmon.cli import cli

    rows: list[tuple[str, ...]] = []
    for name, command in sorted(cli.commands.items()):
        if isinstance(command, click.Group):
            short = ", ".join(f"`{sub}`" for sub in sorted(command.commands))
            rows.append((f"`carecmon {name}`", f"{first_sentence(command.help)} Commands: {short}."))
        else:
            rows.append((f"`carecmon {name}`", first_sentence(command.help)))
    return table(("command", "does"), *rows)


def hooks() -> str:
    import inspect

    from carecmon import hookspecs

    rows = [
        (f"`{name}({', '.join(inspect.signature(hook).parameters)})`", first_sentence(hook.__doc__))
        for name, hook in vars(hookspecs).items()
        if hasattr(hook, "carecmon_spec")
    ]
    return table(("hook", "what a plugin does there"), *rows)


def glossary() -> str:
    from carecmon import model
    from carecmon.tell import channels

    nouns = {name: getattr(model, name, None) or getattr(channels, name) for name in NOUNS}
    rows = [(CALLED.get(name, name), first_sentence(noun.__doc__)) for name, noun in nouns.items()]
    return table(("word", "means"), *rows)


def indicators() -> str:
    from carecmon import registry

    rows = [
        (f"`{one.id}`", one.title.en, one.unit, one.better.value, ", ".join(d.name for d in one.dimensions))
        for one in registry.load(entry_points=False).indicators.values()
    ]
    return table(("indicator", "title", "unit", "better", "dimensions"), *rows)


def first_sentence(doc: str | None) -> str:
    paragraph = " ".join((doc or "").split("\n\n")[0].split()).replace("``", "`")
    return re.split(r"(?<=[.])\s", paragraph)[0]
