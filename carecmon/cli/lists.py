"""Commands that list what there is. They exit with 0 whatever they list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from carecmon.cli.output import data_format, say, show, terminal, write_objects
from carecmon.cli.session import Session

INDICATORS = ("id", "title", "sector", "pillar", "unit", "cadence", "watched", "sources", "plugin")
PLUGINS = ("name", "state", "origin", "version", "reason", "remedy")
SOURCES = ("id", "publisher", "title", "url", "licence", "live", "editions", "plugin", "enabled", "waiting", "requests")


def listing(
    form: str,
    objects: Sequence[dict[str, Any]],
    columns: Sequence[str],
    shown: Sequence[str],
    fold: Sequence[str] = (),
    style: Callable[[str, dict[str, Any]], str] = lambda name, one: "",
    optional: Sequence[str] = (),
) -> None:
    """Print ``objects``: all ``columns`` for machines, the ``shown`` ones for people.

    Those in ``fold`` and ``optional`` give way on a narrow terminal.
    """
    if form != "table":
        write_objects(form, objects, columns)
        return
    if not objects:
        show("None.")
        return
    from carecmon.cli.grid import grid

    rows = [[(_text(one[name]), style(name, one)) for name in shown] for one in objects]
    heads, folded, left = ([_head(name) for name in names] for names in (shown, fold, optional))
    show(grid(heads, rows, fold=folded, optional=left, cut=terminal()))


def _head(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


@click.command()
@data_format()
@click.pass_obj
def indicators(session: Session, form: str) -> None:
    """List the installed indicators, and which are watched.

    Last come those that no plugin declares any more and of which values are stored.
    """
    watched = set(session.watched)
    objects = [
        {
            "id": i.id,
            "title": i.title.say(session.language),
            "sector": i.sector,
            "pillar": i.pillar,
            "unit": i.unit,
            "cadence": i.cadence.value,
            "watched": i.id in watched,
            "sources": list(i.sources),
            "plugin": session.registry.owner_of_indicator.get(i.id),
        }
        for i in sorted(session.indicators.values(), key=lambda i: (i.sector, i.pillar, i.id))
    ]
    gone = session.stored - set(session.indicators)
    objects += ({**dict.fromkeys(INDICATORS), "id": name, "watched": False, "sources": []} for name in sorted(gone))
    shown = ("id", "title", "sector", "watched", "sources")
    listing(
        form, objects, INDICATORS, shown, ("title", "sources"),
        lambda name, one: "" if one["watched"] else "dim", ("sources", "sector"),
    )  # fmt: skip
    if form == "table":
        count = sum(i.id in watched for i in session.indicators.values())
        kept = f"; {len(gone)} with values, but no plugin any more" if gone else ""
        say(f"carecmon: {len(session.indicators)} installed, {count} watched{kept}", quiet=session.quiet)


@click.command()
@data_format()
@click.pass_obj
def sources(session: Session, form: str) -> None:
    """List the sources: who publishes, live or not, asked or not."""
    from carecmon.intake import wait_words, waiting

    waits = waiting(session.settings, session.registry)
    objects: list[dict[str, Any]] = [
        {
            "id": s.id,
            "publisher": s.publisher,
            "title": s.title.say(session.language),
            "url": s.url,
            "licence": s.licence,
            "live": s.live,
            "editions": len(s.documents),
            "plugin": session.registry.owner_of_source.get(s.id),
            "enabled": session.settings.enabled(s),
            "waiting": s in waits,
            "requests": s.requests if s.live else None,
        }
        for s in sorted(session.registry.sources.values(), key=lambda s: s.id)
    ]
    for one in objects if form == "table" else ():
        one["asked"] = "yes" if one["enabled"] else "no, waits" if one["waiting"] else "no, disabled"
    shown = ("id", "publisher", "title", "live", "asked", "editions", "url")
    listing(
        form, objects, SOURCES, shown, ("publisher", "title"),
        lambda name, one: "" if one["enabled"] else "dim", ("url", "editions", "publisher"),
    )  # fmt: skip
    if form == "table" and waits:
        say(f"carecmon: {wait_words(session.settings, waits)}", quiet=session.quiet)
