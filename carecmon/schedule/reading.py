"""The configuration in force: read again when its file changes, and kept as it is where that makes no sense."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from carecmon import config, registry
from carecmon.config import Settings, check_against
from carecmon.errors import ConfigError
from carecmon.model import PluginState
from carecmon.registry import Registry
from carecmon.schedule.journal import Journal
from carecmon.schedule.pulse import Pulse

_Stamp = tuple[int, int, int] | None


@dataclass(slots=True)
class Reading:
    """What indicators.toml said when it last made sense, and the plugins of then."""

    settings: Settings
    registry: Registry
    _seen: _Stamp = field(init=False)

    def __post_init__(self) -> None:
        self._seen = _stamp(self.settings.path)

    @classmethod
    def of(cls, path: Path) -> Reading:
        """Read ``path``; raise ConfigError where it says what cannot be meant."""
        settings = config.load(path.absolute())
        plugins = registry.load(settings.plugin_dirs)
        _fits(settings, plugins)
        return cls(settings, plugins)

    def again(self, journal: Journal, pulse: Pulse) -> None:
        """Read the file again if it has changed; where it cannot be meant, say so loudly and keep the old one."""
        seen = _stamp(self.settings.path)
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
        journal.info(f"{self.settings.path} has changed and was read again", watched=len(self.settings.watched))

    def _take(self) -> None:
        settings = config.load(self.settings.path)
        if settings.database != self.settings.database:
            raise ConfigError(f"database is now {settings.database}; start carecmon run again to move to another store")
        moved = settings.plugin_dirs != self.settings.plugin_dirs
        plugins = registry.load(settings.plugin_dirs) if moved else self.registry
        _fits(settings, plugins)
        self.settings, self.registry = settings, plugins


def _fits(settings: Settings, plugins: Registry) -> None:
    broken = [plugin.name for plugin in plugins.plugins if plugin.state is PluginState.BROKEN]
    check_against(settings, plugins.indicators, plugins.sources, broken_plugins=[*broken, *plugins.disabled])


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
