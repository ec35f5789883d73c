"""The lines of the contract that need nothing but what a plugin declares."""

from __future__ import annotations

from collections.abc import Iterator

from carecmon.authoring.lines import Line, failed, noted, passed
from carecmon.authoring.place import Plugin
from carecmon.hookspecs import API_VERSION
from carecmon.judge.checks import check_kind
from carecmon.model import LANGUAGES, Better, Indicator, Source, Text
from carecmon.registry import Registry

_SAID = {"ru": "Russian", "zh": "Chinese"}
_ORIGIN = ("publisher", "citation", "licence")


def version(plugin: Plugin) -> Line:
    """Say which version of the plugin interface it was written for; another one than ours would not have loaded."""
    stated = getattr(plugin.module, "CARECMON_API", None)
    what = "it says which interface it was written for"
    if stated is None:
        return noted(what, "it does not", f"write CARECMON_API = {API_VERSION} into its __init__.py")
    return passed(what, f"version {stated}")


def complete(plugin: Plugin) -> Iterator[Line]:
    """Say for each indicator and source what its declaration lacks."""
    for indicator in plugin.indicators.values():
        yield _line(f"{indicator.id}: declared completely", list(_lacks(indicator)))
    for source in plugin.sources.values():
        line = _line(f"{source.id}: declared completely", list(_source_lacks(source)))
        yield line if line.passed is False else _address(line, source)


def unique(registry: Registry, plugin: Plugin) -> Line:
    """Say that ids are its own; two plugins with the same one are never both loaded."""
    rivals = [one for one in registry.plugins if "already declared by the plugin" in one.reason]
    mine = [one for one in rivals if repr(plugin.name) in one.reason]
    if mine:
        return failed("its ids are its own", f"plugin {mine[0].name}: {mine[0].reason}", mine[0].remedy)
    former = [name for indicator in plugin.indicators.values() for name in indicator.aliases if "=" not in name]
    taken = [name for name in former if name in registry.indicators]
    if taken:
        remedy = "an alias is a former id; take it away, or rename the indicator that has it"
        return failed("its ids are its own", f"the alias {taken[0]} is an indicator of its own", remedy)
    return passed("its ids are its own", ", ".join([*plugin.indicators, *plugin.sources][:4]))


def sources_exist(registry: Registry, plugin: Plugin) -> Line:
    """Say that every source which its indicators name is declared by somebody."""
    what = "its indicators have sources"
    named = {source: one.id for one in plugin.indicators.values() for source in one.sources}
    for source, indicator in named.items():
        if source not in registry.sources:
            return failed(what, f"{indicator} names {source!r}, which no plugin declares", "correct the id")
    if bare := [one.id for one in plugin.indicators.values() if not one.sources]:
        return noted(what, f"{', '.join(bare)}: none, so no figure will ever come")
    return passed(what, ", ".join(named))


def checks_known(plugin: Plugin) -> Line:
    """Say that the checks it declares exist."""
    declared = [(one.id, check) for one in plugin.indicators.values() for check in one.checks]
    declared += [(source.id, check) for source in plugin.sources.values() for check in source.checks]
    for owner, check in declared:
        try:
            check_kind(check)
        except ValueError as exc:
            return failed("its checks exist", f"{owner}: {exc}", "correct the kind; docs/reference/checks.md has all")
    return passed("its checks exist", f"{len(declared)} declared")


def _line(what: str, lacks: list[str]) -> Line:
    if lacks:
        return failed(what, f"no {', no '.join(lacks)}", "add what is missing to the declaration")
    return passed(what)


def _address(line: Line, source: Source) -> Line:
    """Say where an address is missing: some documents have none, and some interfaces are told by the settings."""
    if source.live and not source.api:
        return noted(line.what, "no api, so it is asked only where settings name a base_url")
    return line if source.url else noted(line.what, "no url: the citation is all that leads to it")


def _lacks(indicator: Indicator) -> Iterator[str]:
    yield from _untranslated(indicator.title)
    for name in ("unit", "definition", "sector", "pillar"):
        if not str(getattr(indicator, name) or "").strip():
            yield name
    if not isinstance(indicator.better, Better):
        yield "direction (better)"
    for code in indicator.states or ():
        yield from (f"{lack} of the state {code.code}" for lack in _untranslated(code.name))


def _source_lacks(source: Source) -> Iterator[str]:
    yield from _untranslated(source.title)
    for name in _ORIGIN:
        if not str(getattr(source, name) or "").strip():
            yield name


def _untranslated(title: Text) -> Iterator[str]:
    for language in LANGUAGES:
        if not title.translated(language):
            yield f"title in {_SAID[language]}"
