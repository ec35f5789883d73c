"""What every command starts from: the options of ``carecmon`` itself, and what they lead to, opened when asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import say
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from carecmon.config import Settings
    from carecmon.model import AsOf, Indicator
    from carecmon.registry import Registry
    from carecmon.store import Store


class AsOfType(click.ParamType["AsOf"]):
    """A day to look back from, ``2024-06-01`` or ``published:2024-06-01``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> AsOf:
        """Return the day, or end with exit code 2."""
        from carecmon.model import AsOf

        try:
            return value if isinstance(value, AsOf) else AsOf.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


as_of_option = click.option(
    "--as-of", type=AsOfType(), metavar="[published:]DATE", help="Look at what was believed at the end of that day."
)


@dataclass
class Session:
    """The options of ``carecmon`` itself. Settings, plugins and the store are opened when they are first needed."""

    config: Path | None = None
    verbose: int = 0
    quiet: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings, from the file that the option, the environment or the folder names."""
        from carecmon import config

        return config.load(config.find(self.config, os.environ))

    @cached_property
    def registry(self) -> Registry:
        """What the installed plugins declare."""
        from carecmon import registry

        return registry.load(self.settings.plugin_dirs)

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """The installed indicators by id."""
        return self.registry.indicators

    @property
    def language(self) -> str:
        """The language of titles and names."""
        return self.settings.language

    @property
    def now(self) -> datetime:
        """The time now, UTC."""
        return datetime.now(UTC)

    def open(self) -> Store | None:
        """Open the store for reading; say so and return None before the first check."""
        from carecmon.store import Store

        if not Store.exists(self.settings.database):
            say("carecmon: no check has run yet, so there is nothing to show; run: carecmon check")
            return None
        return Store.open_readonly(self.settings.database)

    def indicator(self, name: str) -> Indicator:
        """Return the indicator called ``name``, by its id or a former one; raise UsageError with near matches."""
        found = self.indicators.get(name) or next((i for i in self.indicators.values() if name in i.aliases), None)
        if found is None:
            raise unknown("indicator", name, sorted(self.indicators), "carecmon indicators")
        return found

    def chosen(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the ids that ``names`` mean, or every watched one where none is named."""
        if names:
            return tuple(dict.fromkeys(self.indicator(name).id for name in names))
        return tuple(name for name in self.watched if name in self.indicators)

    @property
    def watched(self) -> Sequence[str]:
        """The ids that indicators.toml watches, in its order."""
        return tuple(name for name, watch in self.settings.watch.items() if watch.enabled)


def unknown(kind: str, name: str, known: Sequence[str], command: str) -> UsageError:
    """Return the error for a ``name`` that nothing has, with near matches and the command that lists all."""
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    near += [other for other in known if name and name in other and other not in near][: 3 - len(near)]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return UsageError(f"there is no {kind} {name!r}{hint} (all of them: {command})")
