"""Import one plugin and ask it what it declares. The same code runs here, in the probe and in the workers."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

from carecmon import hookspecs
from carecmon.model import Indicator, Source
from carecmon.registry.explain import BrokenPluginError, one_line
from carecmon.registry.place import Place

#: What the modules of plugins in folders are called, before the name of the plugin.
IN_FOLDER = "carecmon_plugin_"
_REGISTER = ("register_sources", "register_indicators", "register_channels")


@dataclass(frozen=True, slots=True)
class Declared:
    """What one plugin declares."""

    sources: tuple[Source, ...]
    indicators: tuple[Indicator, ...]
    channels: tuple[Any, ...]


def new_manager() -> pluggy.PluginManager:
    """Return a plugin manager that knows our hooks and no plugin."""
    manager = pluggy.PluginManager("carecmon")
    manager.add_hookspecs(hookspecs)
    return manager


def folder_of(place: Place) -> str:
    """Return the folder, or the single file, that a plugin's own code lives in."""
    if not place.path:
        module = sys.modules.get(place.module)
        path = Path(getattr(module, "__file__", None) or "")
    else:
        path = Path(place.path)
    return str(path.parent if path.name == "__init__.py" else path) if path.name else ""


def import_plugin(place: Place) -> object:
    """Import the code at ``place`` and return the plugin; whatever its code raises is let through."""
    if place.first_party or not place.path:
        module: object = importlib.import_module(place.module)
    elif place.module in sys.modules and getattr(sys.modules[place.module], "__file__", None) == place.path:
        module = sys.modules[place.module]
    else:
        module = _import_file(place)
    for name in filter(None, place.attribute.split(".")):
        module = getattr(module, name)
    return module


def forget() -> None:
    """Forget the code of the plugins that lie in folders, so that it is imported again as it is now."""
    for name in [name for name in sys.modules if name.startswith(IN_FOLDER)]:
        del sys.modules[name]
    importlib.invalidate_caches()


def register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Register ``plugin``; raise BrokenPluginError, leaving nothing behind, where its hooks are not ours."""
    _check_version(plugin)
    try:
        manager.register(plugin, name=name)
    except (pluggy.PluginValidationError, ValueError) as exc:
        raise BrokenPluginError(one_line(exc), "compare its hooks with carecmon/hookspecs.py") from exc
    try:
        _check_hooks(manager, plugin)
    except BrokenPluginError:
        manager.unregister(plugin)
        raise


def declared_by(manager: pluggy.PluginManager, plugin: object) -> Declared:
    """Call the hooks of ``plugin`` that declare something; raise BrokenPluginError where they give anything else."""
    answers: dict[str, tuple[Any, ...]] = dict.fromkeys(_REGISTER, ())
    for hook in _REGISTER:
        for impl in getattr(manager.hook, hook).get_hookimpls():
            if impl.plugin is plugin:
                answers[hook] += _items(hook, impl.function, impl.function())
    return Declared(answers[_REGISTER[0]], answers[_REGISTER[1]], answers[_REGISTER[2]])


def place_in_code(function: Any) -> str:
    """Return file and line of a function of a plugin, as words to put before a reason."""
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    return f"{code.co_filename}, line {code.co_firstlineno}: " if code else ""


def _import_file(place: Place) -> object:
    package = [str(Path(place.path).parent)] if Path(place.path).name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(place.module, place.path, submodule_search_locations=package)
    if spec is None or spec.loader is None:
        raise BrokenPluginError(
            f"{place.path} is not a Python file", "a plugin is a .py file or a folder with __init__.py"
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[place.module] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[place.module]
        raise
    return module


def _check_version(plugin: object) -> None:
    stated = getattr(plugin, "CARECMON_API", hookspecs.API_VERSION)
    if stated != hookspecs.API_VERSION:
        raise BrokenPluginError(
            f"it was written for version {stated!r} of the plugin interface; this carecmon has version"
            f" {hookspecs.API_VERSION}",
            "install the plugin for this version, or another carecmon; CHANGELOG.md says what differs",
        )


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    callers = manager.get_hookcallers(plugin) or []
    known = [name for name in vars(hookspecs) if getattr(getattr(hookspecs, name), "carecmon_spec", None) is not None]
    for caller in callers:
        if not caller.has_spec():
            from difflib import get_close_matches

            impl = next(impl for impl in caller.get_hookimpls() if impl.plugin is plugin)
            near = get_close_matches(caller.name, known, n=1)
            raise BrokenPluginError(
                f"{place_in_code(impl.function)}there is no hook {caller.name!r}",
                f"rename it to {near[0]}" if near else f"the hooks are {', '.join(known)}",
            )
    if not callers:
        unmarked = [name for name in known if callable(getattr(plugin, name, None))]
        raise BrokenPluginError(
            f"{unmarked[0]} is not marked as a hook" if unmarked else "it has no hooks",
            "put @hookimpl (from carecmon import hookimpl) before " + (unmarked[0] if unmarked else "its hooks"),
        )


def _items(hook: str, function: Any, answer: object) -> tuple[Any, ...]:
    noun = hook.removeprefix("register_")
    if not isinstance(answer, Iterable) or isinstance(answer, str | bytes | dict):
        raise BrokenPluginError(
            f"{place_in_code(function)}{hook} returns {_shown(answer)}, not a list of {noun}", f"return [...] of {noun}"
        )
    wanted = {"register_sources": Source, "register_indicators": Indicator}.get(hook)
    items = tuple(answer)
    for item in items:
        wrong = not isinstance(item, wanted) if wanted else not callable(getattr(item, "send", None))
        if wrong:
            raise BrokenPluginError(
                f"{place_in_code(function)}{hook} returns {_shown(item)} among its {noun}",
                f"return objects of carecmon.{wanted.__name__}" if wanted else "a channel has a name and send()",
            )
    return items


def _shown(item: object) -> str:
    text = repr(item)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(item).__name__})"
