"""Every way a plugin can extend carecmon. Hooks declare; they never fetch, write or send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pluggy import HookimplMarker, HookspecMarker

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from carecmon.model import Indicator, Source
    from carecmon.model.report import RunReport
    from carecmon.tell.channels import Channel

#: The version of all this: raised when a plugin that was right before must be changed. A plugin says
#: ``CARECMON_API = 1`` where it wants to be told.
API_VERSION = 1

hookspec = HookspecMarker("carecmon")
hookimpl = HookimplMarker("carecmon")


@hookspec
def register_sources() -> Iterable[Source]:
    """Return the sources this plugin can read."""
    return ()


@hookspec
def register_indicators() -> Iterable[Indicator]:
    """Return the indicators this plugin measures."""
    return ()


@hookspec
def register_channels() -> Iterable[Channel]:
    """Return the channels this plugin can deliver messages through."""
    return ()


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to ``carecmon``."""


@hookspec
def run_finished(report: RunReport) -> None:
    """Observe a finished run, for example to publish metrics. Must not alter it."""
