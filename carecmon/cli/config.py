"""``carecmon init`` and ``carecmon config``: the file that says what is watched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.output import say, write, write_json
from carecmon.cli.session import Session

if TYPE_CHECKING:
    from carecmon.config import Person


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[DIR]")
@click.pass_obj
def init(session: Session, folder: Path) -> None:
    """Write an indicators.toml that watches everything shipped.

    It goes into DIR (default: here), with comments; where one exists, this refuses.
    """
    from carecmon import config

    path = config.write_template(folder)
    write(f"{path}\n")
    where = "" if folder == Path() else f"--config {path} "
    say(f"carecmon: next: carecmon {where}check", quiet=session.quiet)


@click.group("config")
def config_group() -> None:
    """Check indicators.toml, or describe it to an editor."""


@config_group.command("check")
@click.pass_obj
def check(session: Session) -> None:
    """Check indicators.toml without asking any source.

    Names, values, and that everything it names is installed.
    """
    from carecmon import config
    from carecmon.cli.words import count
    from carecmon.model import PluginState

    settings, registry = session.settings, session.registry
    broken = [plugin.name for plugin in registry.plugins if plugin.state is PluginState.BROKEN]
    warnings = config.check_against(
        settings,
        registry.indicators,
        registry.sources,
        broken_plugins=broken,
        channel_kinds=(*config.BUILT_IN_CHANNELS, *registry.channels),
    )
    for warning in warnings:
        say(f"carecmon: {warning}", quiet=session.quiet)
    watched = [name for name in session.watched if name in registry.indicators]
    official = sum(target.official for target in settings.targets)
    write(
        f"{settings.path}: {count(len(watched), 'indicator')} watched, {official} official and"
        f" {count(len(settings.targets) - official, 'working target')}, {count(len(settings.rules), 'rule')},"
        f" {_people(settings.people)}\n"
    )


def _people(people: Mapping[str, Person]) -> str:
    """Return how many people there are, and who: these are the names that notify takes."""
    counted = f"{len(people)} {'person' if len(people) == 1 else 'people'}"
    return f"{counted} ({', '.join(people)})" if people else counted


@config_group.command("schema")
def schema() -> None:
    """Print the JSON Schema of indicators.toml, for editors."""
    from carecmon import config

    write_json(config.schema())
