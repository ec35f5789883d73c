"""Load every plugin, and keep what is sound."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pluggy

from carecmon.model import Indicator, PluginReport, PluginState, Source
from carecmon.registry.explain import BrokenPluginError, explain
from carecmon.registry.find import find
from carecmon.registry.importing import (
    Declared,
    declared_by,
    folder_of,
    forget,
    import_plugin,
    new_manager,
    register,
)
from carecmon.registry.place import Place
from carecmon.registry.probe import LATE, probing
from carecmon.registry.tracing import Trace, trace_hooks
from carecmon.registry.validate import validate


@dataclass(slots=True)
class Registry:
    """What all sound plugins declare together, and what became of every plugin.

    ``places`` and ``versions`` are by plugin name; ``folders`` are those in which plugins lie, the user's before ours;
    ``warnings`` are about plugins that work nevertheless. ``hung`` are those in folders that used up their time, with
    the digest of their code, reason and remedy.
    """

    manager: pluggy.PluginManager
    plugins: list[PluginReport] = field(default_factory=list)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=dict)
    owner_of_indicator: dict[str, str] = field(default_factory=dict)
    owner_of_source: dict[str, str] = field(default_factory=dict)
    owner_of_channel: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    warnings: list[str] = field(default_factory=list)
    hung: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    @property
    def incomplete(self) -> bool:
        """Whether a plugin is broken or disabled, so that indicators which others feed may be absent."""
        return bool(self.disabled) or any(plugin.state is PluginState.BROKEN for plugin in self.plugins)


def load(
    plugin_dirs: Sequence[Path] = (),
    *,
    entry_points: bool = True,
    time_limit: float = 10.0,
    trace: Trace | None = None,
    afresh: bool = False,
    hung: Mapping[str, Sequence[str]] | None = None,
    sound: Mapping[str, str] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Registry:
    """Find, probe, import and check every plugin; a broken one is in ``plugins``, never an exception.

    1. Find plugins in carecmon_plugins, in ``plugin_dirs`` and, with ``entry_points``, in installed distributions.
    2. Try those from outside in a process of their own, ``time_limit`` seconds each, beside ``meanwhile`` and what
       is next.
    3. Import what is ours, then what passed: register its hooks, ask what it declares, check that, and add it.

    ``trace`` is told each call of a hook, from now on. ``afresh`` reads the code of plugins in folders again, where
    this process has imported it before. ``hung`` and ``sound`` (``versions``) are what an earlier registry said: these
    are not tried while their code is the same, as some would cost their whole time limit again, and the others time.
    """
    if afresh:
        forget()
    found = find(plugin_dirs, entry_points)
    known = _known_to_hang(found.places, hung or {})
    registry = Registry(new_manager(), plugins=list(found.broken), disabled=found.disabled)
    registry.folders = (*plugin_dirs, *dict.fromkeys(Path(p.path).parent.parent for p in found.places if p.first_party))
    outside = [place for place in found.places if not (place.first_party or place.name in known or _is(place, sound))]
    with probing(outside, time_limit) as failed:
        meanwhile()
        for place in found.places:
            failure = known.get(place.name) or (failed().get(place.name) if place in outside else None)
            registry.plugins.append(_load_one(registry, place, failure, trace))
            if failure and place.path and LATE in failure[0]:
                registry.hung[place.name] = (place.version, *failure)
    registry.plugins.sort(key=lambda plugin: (plugin.name, plugin.state is PluginState.BROKEN))
    registry.indicators = dict(sorted(registry.indicators.items()))
    registry.sources = dict(sorted(registry.sources.items()))
    registry.warnings.extend(_sources_that_do_not_exist(registry))
    return registry


def _is(place: Place, sound: Mapping[str, str] | None) -> bool:
    """Say whether a plugin is what was sound before: only of what lies in folders the code is known."""
    return bool(place.path and sound and sound.get(place.name) == place.version)


def _known_to_hang(places: Sequence[Place], hung: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Return reason and remedy of those whose code hung before: only of what lies in folders the code is known."""
    known = {}
    for place in places:
        version, reason, remedy = hung.get(place.name, ("", "", ""))
        if place.path and not place.first_party and place.version == version:
            known[place.name] = (reason, f"{remedy}; it was not tried again: carecmon check does")
    return known


def _load_one(
    registry: Registry, place: Place, failure: tuple[str, str] | None, trace: Trace | None = None
) -> PluginReport:
    try:
        if failure is not None:
            raise BrokenPluginError(*failure)
        with contextlib.redirect_stdout(sys.stderr):  # what a plugin prints must not get between our JSON
            plugin = import_plugin(place)
            register(registry.manager, plugin, place.name)
            if trace is not None:
                trace_hooks(registry.manager, plugin, place.name, trace)
            declared = declared_by(registry.manager, plugin)
        validate(declared)
        _refuse_what_exists(registry, declared)
        _refuse_shared_names(registry, declared)
    except KeyboardInterrupt:
        raise
    except BaseException as exc:  # sys.exit and whatever else a plugin may do costs only that plugin
        if registry.manager.has_plugin(place.name):
            registry.manager.unregister(name=place.name)
        reason, remedy = explain(exc, folder_of(place))
        return PluginReport(place.name, PluginState.BROKEN, reason, remedy, place.origin, place.version)
    _add(registry, place, declared)
    return PluginReport(place.name, PluginState.LOADED, "", "", place.origin, place.version)


def _refuse_what_exists(registry: Registry, declared: Declared) -> None:
    for noun, items, owners in (
        ("source", [source.id for source in declared.sources], registry.owner_of_source),
        ("indicator", [indicator.id for indicator in declared.indicators], registry.owner_of_indicator),
        ("channel", [channel.name for channel in declared.channels], registry.owner_of_channel),
    ):
        for item in items:
            if item in owners:
                raise BrokenPluginError(
                    f"the {noun} {item!r} is already declared by the plugin {owners[item]!r}",
                    f"give the {noun} another id, or take one of the two plugins away",
                )


def _refuse_shared_names(registry: Registry, declared: Declared) -> None:
    """An alert is about a series or about a source, and names it: they cannot have the same name."""
    sources = {*registry.sources, *(source.id for source in declared.sources)}
    indicators = {*registry.indicators, *(indicator.id for indicator in declared.indicators)}
    for name in sorted(sources & indicators):
        raise BrokenPluginError(f"{name!r} is the id of a source and of an indicator", "give one of them another id")


def _add(registry: Registry, place: Place, declared: Declared) -> None:
    registry.places[place.name] = place
    registry.versions[place.name] = place.version
    for source in declared.sources:
        registry.sources[source.id] = source
        registry.owner_of_source[source.id] = place.name
    for indicator in declared.indicators:
        registry.indicators[indicator.id] = indicator
        registry.owner_of_indicator[indicator.id] = place.name
    for channel in declared.channels:
        registry.channels[channel.name] = channel
        registry.owner_of_channel[channel.name] = place.name


def _sources_that_do_not_exist(registry: Registry) -> list[str]:
    return [
        f"the indicator {indicator.id} (plugin {registry.owner_of_indicator[indicator.id]}) names the source"
        f" {source!r}, which no loaded plugin declares"
        for indicator in registry.indicators.values()
        for source in indicator.sources
        if source not in registry.sources
    ]
