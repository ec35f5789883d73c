"""What every command starts from: the options of ``carecmon`` itself, and what they lead to, opened when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import say
from carecmon.errors import CarecmonError, ConfigError, StoreError, UsageError

if TYPE_CHECKING:
    from carecmon.config import Settings
    from carecmon.model import AsOf, Correction, Indicator
    from carecmon.registry import Registry
    from carecmon.store import Store


_NOTHING_YET = "carecmon: no check has run yet, so there is nothing to show; run: carecmon check"
#: Some people type the date of a day that has not begun in UTC.
_FIRST_TO_SEE_A_DAY = timedelta(hours=14)
_NOW, _FAULT, _TESTING = "CARECMON_NOW", "CARECMON_FAULT", "CARECMON_TESTING"


class AsOfType(click.ParamType["AsOf"]):
    """A day to look back from, ``2024-06-01`` or ``published:2024-06-01``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> AsOf:
        """Return the day, or end with exit code 2."""
        from carecmon.model import AsOf

        try:
            found = value if isinstance(value, AsOf) else AsOf.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        now = ((ctx.find_object(Session) if ctx else None) or Session()).now
        if found.day > (now + _FIRST_TO_SEE_A_DAY).date():
            self.fail(f"{found.day} is in the future; today is {now:%Y-%m-%d} (UTC)", param, ctx)
        return found


as_of_option = click.option(
    "--as-of", type=AsOfType(), metavar="[published:]DATE", help="Look at what was believed at the end of that day."
)


@dataclass
class Session:
    """The options of ``carecmon`` itself. Settings, plugins and the store are opened when they are first needed.

    ``reading`` says that the command only shows what is stored; ``meanwhile`` is what it does while plugins are tried.
    """

    config: Path | None = None
    verbose: int = 0
    quiet: bool = False
    trace: Callable[[str], None] | None = None
    reading: bool = False
    meanwhile: Callable[[], object] = lambda: None

    @cached_property
    def settings(self) -> Settings:
        """The settings, from the file that the option, the environment or the folder names."""
        from carecmon import config

        return config.load(config.find(self.config, os.environ))

    @cached_property
    def registry(self) -> Registry:
        """What the installed plugins declare."""
        from carecmon import registry

        before = self._last_summary() if self.reading else {}
        hung, sound = before.get("hung"), before.get("plugins")
        folders = self.settings.plugin_dirs
        return registry.load(folders, trace=self.trace, hung=hung, sound=sound, meanwhile=self.meanwhile)

    def _last_summary(self) -> Mapping[str, Any]:
        """Return what the last check kept: what it found of plugins need not be found again by who only reads."""
        from carecmon.store import Store

        try:
            if not self.settings.plugin_dirs or not Store.exists(self.settings.database):
                return {}
            with Store.open_readonly(self.settings.database) as store:
                last = store.last_run(finished=True)
        except CarecmonError:
            return {}  # what is wrong with the store is said by who needs it
        return last.summary if last else {}

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
        """The time now, UTC; in trials what CARECMON_NOW says."""
        trial = os.environ.get(_NOW)
        if not trial:
            return datetime.now(UTC)
        try:
            found = datetime.fromisoformat(trial)
        except ValueError:
            raise ConfigError(f"{_NOW}={trial!r} is not a time; write 2026-01-31T12:00:00Z") from None
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)

    @cached_property
    def corrections(self) -> Sequence[Correction]:
        """The corrections in force: those beside indicators.toml, then those of plugins."""
        from carecmon import config

        return config.corrections_in([self.settings.path.parent, *self.registry.folders])

    def writable(self) -> Store:
        """Open the store for writing; raise StoreError before the first check."""
        from carecmon.store import Store

        if not Store.exists(self.settings.database):
            raise StoreError(f"there is no store at {self.settings.database} yet; carecmon check makes it")
        return Store.open(self.settings.database)

    def open(self) -> Store | None:
        """Open the store for reading; say so and return None before the first check."""
        from carecmon.store import Store

        if not Store.exists(self.settings.database):
            say(_NOTHING_YET)
            return None
        return Store.open_readonly(self.settings.database)

    def indicator(self, name: str) -> Indicator:
        """Return the indicator called ``name``, by its id or a former one; raise UsageError with near matches."""
        found = self.indicators.get(name) or next((i for i in self.indicators.values() if name in i.aliases), None)
        if found is None and self.departed(name) is not None:
            raise UsageError(
                f"{name} is not watched: no installed plugin declares it any more; its values: carecmon history {name}"
            )
        if found is None:
            error = unknown("indicator", name, sorted(self.indicators), "carecmon indicators")
            raise UsageError("\n".join([str(error), *self._broken_plugins()]))
        return found

    def _broken_plugins(self) -> list[str]:
        """Say of each broken plugin what is wrong with it: what somebody looks for may be one of its indicators."""
        from carecmon.model import PluginState

        broken = [plugin for plugin in self.registry.plugins if plugin.state is PluginState.BROKEN]
        return [f"  the plugin {one.name} is broken: {one.reason}; {one.remedy}" for one in broken]

    @cached_property
    def stored(self) -> frozenset[str]:
        """The ids of indicators of which anything was ever stored; none before the first check."""
        from carecmon.store import Store

        if not Store.exists(self.settings.database):
            return frozenset()
        with Store.open_readonly(self.settings.database) as store:
            return frozenset(series.indicator for series in store.series())

    def departed(self, name: str) -> Indicator | None:
        """Return a stand-in for an indicator that has stored values and that no plugin declares any more."""
        from carecmon.model import Better, Indicator, Text

        if name in self.indicators or any(name in one.aliases for one in self.indicators.values()):
            return None
        if name not in self.stored:
            return None
        return Indicator(name, Text(name), "", "", "", Better.NEITHER, "No installed plugin declares it any more.")

    def chosen(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the ids that ``names`` mean, or every watched one where none is named."""
        if names:
            return tuple(dict.fromkeys(self.indicator(name).id for name in names))
        return tuple(name for name in self.watched if name in self.indicators)

    @property
    def watched(self) -> Sequence[str]:
        """The ids that indicators.toml watches, in its order."""
        return tuple(name for name, watch in self.settings.watch.items() if watch.enabled)


def refuse_trials(environ: Mapping[str, str]) -> None:
    """Raise ConfigError where the environment sets what is for tests only, outside tests."""
    for name in (_NOW, _FAULT):
        if environ.get(name) and environ.get(_TESTING) != "1":
            raise ConfigError(f"{name} is set, which is for trials only; unset it, or set {_TESTING}=1 in a test")


def no_check_yet(store: Store) -> bool:
    """Say so, and return True, where the store holds nothing yet: a first check was begun at most."""
    if store.last_run() is not None or store.releases():
        return False
    say(_NOTHING_YET)
    return True


def say_as_of(session: Session, store: Store, as_of: AsOf | None) -> None:
    """Say what looking back means here: as of when, and how many releases have no exact day of publication."""
    if as_of is None:
        return
    say(f"carecmon: as of {as_of}", quiet=session.quiet)
    imprecise = store.imprecise(as_of) if as_of.published else 0
    if imprecise:
        say(
            f"carecmon: {imprecise} releases have no exact day of publication: a month or a year counts as its last"
            " day, an unknown date as the day on which carecmon observed the release, so earlier dates do not see it",
            quiet=session.quiet,
        )


def who() -> str:
    """Return the name of the user of this computer, who acts where nobody else is named."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user by this number
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def unknown(kind: str, name: str, known: Sequence[str], command: str) -> UsageError:
    """Return the error for a ``name`` that nothing has, with near matches and the command that lists all."""
    folded = {other.casefold(): other for other in known}
    typed = name.casefold()
    near = [folded[other] for other in get_close_matches(typed, folded, n=3, cutoff=0.5)]
    near += [other for other in known if typed and typed in other.casefold() and other not in near][: 3 - len(near)]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return UsageError(f"there is no {kind} {name!r}{hint} (all of them: {command})")
