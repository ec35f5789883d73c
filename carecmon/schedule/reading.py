"""The configuration in force: read again when its file changes, and kept as it is where that makes no sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from carecmon import config, registry
from carecmon.config import Settings, check_against
from carecmon.errors import ConfigError
from carecmon.model import PluginState
from carecmon.registry import Registry
from carecmon.schedule.code import Stamps, in_folders, installed
from carecmon.schedule.journal import Journal
from carecmon.schedule.pulse import Pulse

_Stamp = tuple[int, int, int] | None


@dataclass(slots=True)
class Reading:
    """What indicators.toml said when it last made sense, and the plugins of then."""

    settings: Settings
    registry: Registry
    _code: Stamps = field(init=False)
    _installed: Mapping[str, Stamps] = field(init=False)
    _seen: tuple[_Stamp, Stamps] = field(init=False)

    def __post_init__(self) -> None:
        self._code = in_folders(self.settings.plugin_dirs)
        self._installed = installed(self.registry, self.settings.plugin_dirs)
        self._seen = _stamp(self.settings.path), self._code

    @classmethod
    def of(cls, path: Path) -> Reading:
        """Read ``path``; raise ConfigError where it says what cannot be meant."""
        settings = config.load(path.absolute())
        plugins = registry.load(settings.plugin_dirs)
        _fits(settings, plugins)
        return cls(settings, plugins)

    def again(self, journal: Journal, pulse: Pulse) -> None:
        """Read the file and the plugins in its folders again where they have changed.

        Where what they say cannot be meant, say so loudly and keep the old ones. Installed code is not read again: of
        that, say that it has changed.
        """
        self._look_at_installed(journal, pulse)
        seen = _stamp(self.settings.path), in_folders(self.settings.plugin_dirs)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._take()
        except ConfigError as error:
            said = f"{error}\nthe configuration read before stays in force"
            pulse.config_valid = False
            pulse.mend("indicators.toml", said)
            journal.error(said)
            return
        pulse.config_valid = True
        pulse.mend("indicators.toml", None)
        journal.hide(self.settings)
        journal.info(
            f"{self.settings.path} or the code of a plugin has changed and was read again",
            watched=len(self.settings.watched),
        )
        tell_broken(self.registry, journal, pulse)

    def _take(self) -> None:
        settings = config.load(self.settings.path)
        if settings.database != self.settings.database:
            raise ConfigError(f"database is now {settings.database}; start carecmon run again to move to another store")
        if self.settings.watched and not settings.watched:
            raise ConfigError(f"{settings.path} watches nothing; were that meant, all alerts would end")
        code = in_folders(settings.plugin_dirs)
        plugins = self.registry if code == self._code else registry.load(settings.plugin_dirs, afresh=True)
        _fits(settings, plugins)
        self.settings, self.registry, self._code = settings, plugins, code
        self._seen = self._seen[0], code

    def _look_at_installed(self, journal: Journal, pulse: Pulse) -> None:
        now = installed(self.registry, self.settings.plugin_dirs)
        changed = sorted(name for name, code in now.items() if self._installed.get(name, code) != code)
        if changed and "installed" not in pulse.problems:
            said = f"the installed code of {', '.join(changed)} has changed; start carecmon run again"
            pulse.mend("installed", said)
            journal.error(said)


def tell_broken(plugins: Registry, journal: Journal, pulse: Pulse) -> None:
    """Say which plugins are broken, in the log and on the page, until they are no more."""
    broken = [plugin for plugin in plugins.plugins if plugin.state is PluginState.BROKEN]
    said = [f"plugin {plugin.name}: {plugin.reason}; {plugin.remedy}" for plugin in broken]
    for line in said:
        journal.warning(line)
    pulse.mend("plugins", "\n".join(said) or None)


def _fits(settings: Settings, plugins: Registry) -> None:
    broken = [plugin.name for plugin in plugins.plugins if plugin.state is PluginState.BROKEN]
    check_against(settings, plugins.indicators, plugins.sources, broken_plugins=[*broken, *plugins.disabled])


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
