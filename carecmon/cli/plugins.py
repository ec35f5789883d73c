"""``carecmon plugins``: which plugins there are, and the kit for people who write one."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.lists import PLUGINS, listing
from carecmon.cli.output import data_format, glyphs, say, write, write_objects
from carecmon.cli.session import Session, unknown
from carecmon.errors import ConfigError, ExitCode, UsageError

if TYPE_CHECKING:
    from carecmon.authoring.contract import Line
    from carecmon.collect.request import Address
    from carecmon.model import Source
    from carecmon.registry import Registry

LINES = ("line", "passed", "found", "remedy")
KINDS = ("document", "http-json")


@click.group()
def plugins() -> None:
    """See which plugins are installed; write, test and record one."""


@plugins.command("list")
@data_format()
@click.pass_obj
def list_plugins(session: Session, form: str) -> None:
    """List the plugins, where each was found, and why one is broken."""
    objects = [
        {
            "name": p.name,
            "state": p.state.value,
            "origin": p.origin,
            "version": p.version,
            "reason": p.reason or None,
            "remedy": p.remedy or None,
        }
        for p in session.registry.plugins
    ]
    listing(
        form, objects, PLUGINS, PLUGINS[:4], ("origin",),
        lambda name, one: "red" if name == "state" and one["state"] != "loaded" else "",
    )  # fmt: skip
    if form == "table":
        for one in objects:
            if one["reason"]:
                said = f"carecmon: plugin {one['name']} {one['state']}: {one['reason']}; {one['remedy'] or ''}"
                say(said.rstrip("; "))


@plugins.command("new")
@click.argument("name")
@click.option("--source", type=click.Choice(KINDS), default="document", show_default=True, help="Where figures are.")
@click.option("--to", type=click.Path(path_type=Path), help="Default: the first of plugin_dirs, else my-plugins.")
@click.pass_obj
def new(session: Session, name: str, source: str, to: Path | None) -> None:
    """Write a new plugin, which passes its own tests at once.

    NAME is the name of its folder: letters, digits and underscores.
    """
    from carecmon.authoring.scaffold import write_plugin

    dirs = _plugin_dirs(session)
    parent = to or (dirs[0] if dirs else Path("my-plugins"))
    written = write_plugin(name, parent, source)
    write("".join(f"{path}\n" for path in written))
    if parent.resolve() not in [folder.resolve() for folder in dirs]:
        say(f'carecmon: to have it checked, write plugin_dirs = ["{parent}"] into indicators.toml', quiet=session.quiet)
    watched = f'[indicators."{name.replace("_", "-").rstrip("-")}.share"]'
    say(f"carecmon: to have its indicator watched, write {watched} there", quiet=session.quiet)
    say(f"carecmon: try it: carecmon plugins test {parent / name}", quiet=session.quiet)


@plugins.command("test")
@click.argument("name")
@data_format()
@click.pass_obj
def test(session: Session, name: str, form: str) -> None:
    """Try whether a plugin keeps the contract, line by line.

    NAME is a plugin, or the path of one. Exits with 1 if a line does not hold.
    """
    from carecmon.authoring.contract import failures, lines_of

    registry, known = _registry(session, name)
    lines = []
    for line in lines_of(registry, known, now=session.now):
        lines.append(line)
        if form == "table":
            _print(line)
    bad = failures(lines)
    if form == "table":
        say(f"carecmon: {known}: {len(lines)} lines, {len(bad)} failed", quiet=session.quiet)
    else:
        rows = [dict(zip(LINES, (one.what, one.passed, one.found, one.remedy or None), strict=True)) for one in lines]
        write_objects(form, rows, LINES)
    sys.exit(ExitCode.PARTIAL if bad else ExitCode.OK)


@plugins.command("record")
@click.argument("name")
@click.option("--source", "only", help="Record this source only.")
@click.option("--base-url", help="Ask there instead, in the place of the source's own address.")
@click.option("--key-env", default="", help="The environment variable that holds the key of the source.")
@click.pass_obj
def record(session: Session, name: str, only: str | None, base_url: str | None, key_env: str) -> None:
    """Keep the answers of a plugin's live sources for its tests.

    NAME is a plugin, or the path of one. Each source is asked once, as by a first check. The answers go into
    tests/recorded/SOURCE in its folder; keys are left out.
    """
    from carecmon.authoring.place import files_of
    from carecmon.authoring.record import record_source
    from carecmon.authoring.recording import RECORDED

    registry, known = _registry(session, name)
    _refuse_broken(registry, known)
    live = [s for s in registry.sources.values() if registry.owner_of_source[s.id] == known and s.live]
    chosen = [source for source in live if only in (None, source.id)]
    if not chosen:
        ids = ", ".join(source.id for source in live) or "none"
        raise UsageError(f"{known} has no live source {only or ''}".rstrip() + f"; its live sources: {ids}")
    folder = files_of(registry.places[known]) / RECORDED
    for source in chosen:
        kept = record_source(source, folder / source.id, _address(session, source, base_url, key_env))
        write(f"{folder / source.id}: {kept} answers\n")


def _address(session: Session, source: Source, base_url: str | None, key_env: str) -> Address:
    """Return how a source is asked: as indicators.toml says, and then as the options say."""
    from urllib.parse import urlsplit

    from carecmon.collect.request import Address

    try:
        said = session.settings.source(source.id)
        address = Address(said.base_url or "", said.key_env or "", said.allow_private_hosts, said.rate)
    except ConfigError:
        address = Address()
    if base_url:  # whoever names a host of their own network here means it
        host = urlsplit(base_url).hostname or ""
        address = replace(address, base=base_url, private=(*address.private, host))
    return replace(address, key_env=key_env) if key_env else address


def _print(line: Line) -> None:
    marks = {True: "✔" if glyphs() else "ok", False: "✗" if glyphs() else "!!", None: "–" if glyphs() else "--"}
    write(f"{marks[line.passed]}  {line.what}{': ' if line.found else ''}{line.found}\n")
    if line.remedy and line.passed is not True:
        write(f"   {line.remedy}\n")


def _plugin_dirs(session: Session) -> list[Path]:
    """Return the folders that indicators.toml names; none where there is no such file yet."""
    try:
        return list(session.settings.plugin_dirs)
    except ConfigError:
        if session.config is not None:
            raise
        return []


def _registry(session: Session, name: str) -> tuple[Registry, str]:
    """Return what is loaded, the plugin called ``name`` or lying there included, and its name."""
    from carecmon import registry

    dirs = _plugin_dirs(session)
    path = Path(name)
    lies = path.exists() and (path.is_file() or (path / "__init__.py").exists())
    if lies:
        path = path.resolve()
        dirs = list(dict.fromkeys([*(folder.resolve() for folder in dirs), path.parent]))
    loaded = registry.load(dirs)
    known = path.stem if lies else name
    if known not in {one.name for one in loaded.plugins}:
        names = sorted(one.name for one in loaded.plugins)
        raise unknown("plugin", name, names, "carecmon plugins list; one that lies elsewhere: name its path")
    return loaded, known


def _refuse_broken(registry: Registry, name: str) -> None:
    broken = next((one for one in registry.plugins if one.name == name and one.reason), None)
    if broken is not None:
        raise UsageError(f"the plugin {name} is broken: {broken.reason}; {broken.remedy}")
