"""Which code plugins have, as far as a glance tells: enough to notice that somebody has changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import carecmon
from carecmon.registry import Registry
from carecmon.registry.importing import folder_of

#: Path, time of change and size of each file.
Stamps = frozenset[tuple[str, int, int]]


def in_folders(plugin_dirs: Iterable[Path]) -> Stamps:
    """Return the stamps of the plugins that lie in the folders of indicators.toml, new ones among them."""
    return frozenset(stamp for folder in plugin_dirs for stamp in _stamps(folder))


def installed(registry: Registry, plugin_dirs: Iterable[Path]) -> Mapping[str, Stamps]:
    """Return the stamps of the other plugins, and of carecmon, by name."""
    folders = [folder.resolve() for folder in plugin_dirs]
    found = {"carecmon": frozenset(_stamps(Path(carecmon.__file__)))}
    for name, place in registry.places.items():
        path = Path(folder_of(place) or "/nowhere")
        if not any(path.is_relative_to(folder) for folder in folders):
            found[name] = frozenset(_stamps(path))
    return found


def _stamps(path: Path) -> Iterator[tuple[str, int, int]]:
    for file in path.rglob("*.py") if path.is_dir() else [path]:
        if "tests" not in file.relative_to(path).parts:
            try:
                found = file.stat()
            except OSError:  # gone in this moment: it is another set of files in any case
                continue
            yield str(file), found.st_mtime_ns, found.st_size
