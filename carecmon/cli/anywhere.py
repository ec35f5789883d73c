"""The options of ``carecmon`` itself, which may also stand behind the name of a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from carecmon.cli.session import Session

_PATH = click.Path(path_type=Path)


def general_options() -> list[click.Option]:
    """Return the options, made anew: click lets no two commands share one."""
    return [
        click.Option(["--config"], type=_PATH, help="Default: $CARECMON_CONFIG, then ./indicators.toml."),
        click.Option(["-v", "--verbose"], count=True, help="Say more, on stderr."),
        click.Option(["-q", "--quiet"], is_flag=True, help="Say nothing but results and errors."),
    ]


def anywhere(command: click.Command) -> click.Command:
    """Let ``command``, or every command of a group, take the general options; its own of the same name win."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            anywhere(one)
        return command
    taken = {flag for param in command.params for flag in param.opts}
    for option in general_options():
        if not taken.intersection(option.opts):
            option.expose_value, option.callback = False, _note
            option.is_eager = True  # others look into the settings while they are read
            command.params.append(option)
    return command


def _note(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    if not value:
        return
    from carecmon.cli.session import Session

    session: Session = ctx.ensure_object(Session)
    if option.name == "config":
        session.config = value
    elif option.name == "verbose":
        session.verbose += value
    else:
        session.quiet = True
