"""Where plugins are: the package carecmon_plugins, folders of the user, and entry points. Nothing is imported."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from carecmon.model import PluginReport, PluginState
from carecmon.registry.importing import IN_FOLDER
from carecmon.registry.place import Place

NAMESPACE = "carecmon_plugins"
ENTRY_POINTS = "carecmon"
DISABLE = "CARECMON_DISABLE_PLUGINS"


@dataclass(frozen=True, slots=True)
class Found:
    """The plugins to load, in this order, and what looked like a plugin and cannot be one."""

    places: tuple[Place, ...]
    broken: tuple[PluginReport, ...]
    disabled: tuple[str, ...]


def find(plugin_dirs: Sequence[Path], entry_points: bool) -> Found:
    """Find every plugin: first-party ones, then those of the folders, then entry points, each sorted by name."""
    disabled = {name.strip() for name in os.environ.get(DISABLE, "").replace(",", " ").split()}
    broken: list[PluginReport] = []
    first_party = _first_party()
    shipped = {Path(place.path).parent.parent for place in first_party}
    places = [
        *first_party,
        *(place for folder in plugin_dirs if folder.resolve() not in shipped for place in _in_folder(folder, broken)),
        *(_entry_points() if entry_points else ()),
    ]
    taken: dict[str, Place] = {}
    for place in places:
        if place.name in taken and place.name not in disabled:
            broken.append(_same_name(place, taken[place.name]))
        taken.setdefault(place.name, place)
    kept = tuple(place for name, place in taken.items() if name not in disabled)
    return Found(kept, tuple(broken), tuple(sorted(disabled & set(taken))))


def _first_party() -> list[Place]:
    from importlib import import_module

    found = []
    for folder in import_module(NAMESPACE).__path__:
        for path in sorted(Path(folder).resolve().glob("*/__init__.py")):
            name = path.parent.name
            if name.isidentifier() and not _no_plugin(name):
                found.append(
                    Place(name, f"{NAMESPACE}.{name}", str(path), "", True, "shipped with carecmon", _digest(path))
                )
    return sorted(found, key=lambda place: place.name)


def _in_folder(folder: Path, broken: list[PluginReport]) -> Iterator[Place]:
    try:
        entries = sorted(folder.resolve().iterdir())
    except OSError as exc:
        broken.append(
            PluginReport(
                folder.name, PluginState.BROKEN, f"the plugin folder {folder} cannot be read: {exc.strerror}",
                "create it, or correct plugin_dirs in indicators.toml", str(folder),
            )
        )  # fmt: skip
        return
    for entry in entries:
        path = entry / "__init__.py" if entry.is_dir() else entry
        if path.suffix != ".py" or not path.is_file() or _no_plugin(entry.name):
            continue
        name = entry.name.removesuffix(".py")
        if not name.isidentifier():
            broken.append(
                PluginReport(
                    name, PluginState.BROKEN, f"{name!r} cannot be the name of a plugin",
                    "rename it: letters, digits and underscores, a letter first", str(entry),
                )
            )  # fmt: skip
            continue
        yield Place(name, f"{IN_FOLDER}{name}", str(path), "", False, str(entry), _digest(path))


def _no_plugin(name: str) -> bool:
    return name.startswith((".", "_", "test_")) or name in ("conftest.py", "setup.py", "tests")


def _entry_points() -> list[Place]:
    from importlib.metadata import entry_points

    return [
        Place(
            point.name, point.module, "", point.attr or "", False,
            f"entry point {point.value}" + (f" of {point.dist.name}" if point.dist else ""),
            point.dist.version if point.dist else "",
        )
        for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (point.name, point.value))
    ]  # fmt: skip


def _same_name(place: Place, first: Place) -> PluginReport:
    return PluginReport(
        place.name,
        PluginState.BROKEN,
        f"there are two plugins called {place.name!r}: {first.origin or first.module} and {place.origin}",
        "rename one of them" if not first.first_party else "rename yours: a plugin of carecmon has that name",
        place.origin,
        place.version,
    )


def _digest(path: Path) -> str:
    """Return 12 hex digits of a plugin's code: the data of its documents is no part of what it is."""
    digest = hashlib.sha256()
    files = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    for file in files:
        if "tests" not in file.parts[len(path.parent.parts) :]:
            try:
                content = file.read_bytes()
            except OSError:
                content = b"unreadable"
            digest.update(f"{file.relative_to(path.parent)}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]
