"""``carecmon init`` and ``carecmon config``: the file that says what is watched."""

from __future__ import annotations

from pathlib import Path

import click

from carecmon.cli.output import say, write, write_json
from carecmon.cli.session import Session


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
        f"{settings.path}: {len(watched)} indicators watched, {official} official and"
        f" {len(settings.targets) - official} working targets, {len(settings.rules)} rules,"
        f" {len(settings.people)} people\n"
    )


@config_group.command("schema")
def schema() -> None:
    """Print the JSON Schema of indicators.toml, for editors."""
    from carecmon import config

    write_json(config.schema())
