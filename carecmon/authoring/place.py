"""The plugin in a folder or a file: where it is, and what it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carecmon.model import Indicator, Source
from carecmon.registry.importing import declared_by, folder_of, import_plugin, new_manager, register
from carecmon.registry.place import Place


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin on its own: its module, and what it declares, by id. ``folder`` is where its files lie."""

    name: str
    folder: Path
    module: Any
    sources: Mapping[str, Source]
    indicators: Mapping[str, Indicator]


def plugin_at(place: Place) -> Plugin:
    """Import the plugin at ``place``; raise whatever its code raises, and BrokenPluginError for wrong hooks."""
    module = import_plugin(place)
    manager = new_manager()
    register(manager, module, place.name)
    declared = declared_by(manager, module)
    return Plugin(
        place.name,
        files_of(place),
        module,
        {source.id: source for source in declared.sources},
        {indicator.id: indicator for indicator in declared.indicators},
    )


def files_of(place: Place) -> Path:
    """Return the folder in which the files of a plugin lie: its own, or the one that its single file is in."""
    path = Path(folder_of(place))
    return path if path.is_dir() else path.parent


def place_of(folder: Path) -> Place:
    """Return the place of the plugin in ``folder``, shipped or not."""
    from carecmon.registry.find import find

    shipped = {place.path: place for place in find((), entry_points=False).places}
    path = str((folder / "__init__.py").resolve())
    return shipped.get(path) or Place(folder.name, f"carecmon_plugin_{folder.name}", path, origin=str(folder))
