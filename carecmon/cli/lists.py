"""Commands that list what there is. They exit with 0 whatever they list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import data_format, say, show, terminal, write_objects
from carecmon.cli.session import Session, unknown

if TYPE_CHECKING:
    from carecmon.model import AlertState, Release

INDICATORS = ("id", "title", "sector", "pillar", "unit", "cadence", "watched", "sources", "plugin")
SOURCES = ("id", "publisher", "title", "url", "licence", "live", "editions", "plugin", "enabled")
PLUGINS = ("name", "state", "origin", "version", "reason", "remedy")
RELEASES = ("id", "source", "edition", "published", "observed", "state", "reason", "url")
ALERTS = ("fingerprint", "rule", "series", "severity", "state", "cause", "since")
FINDINGS = (
    *("id", "check", "severity", "indicator", "series", "period", "source", "cells"),
    *("found", "expected", "message", "acknowledged", "mended_by"),
)


def _print(
    form: str,
    objects: Sequence[dict[str, Any]],
    columns: Sequence[str],
    shown: Sequence[str],
    fold: Sequence[str] = (),
    style: Callable[[str, dict[str, Any]], str] = lambda name, one: "",
) -> None:
    """Print ``objects``: all ``columns`` for machines, the ``shown`` ones for people."""
    if form != "table":
        write_objects(form, objects, columns)
        return
    if not objects:
        show("None.")
        return
    from carecmon.cli.grid import grid

    rows = [[(_text(one[name]), style(name, one)) for name in shown] for one in objects]
    heads = [name.replace("_", " ").capitalize() for name in shown]
    folded = [name.replace("_", " ").capitalize() for name in fold]
    show(grid(heads, rows, fold=folded, cut=terminal()))


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
    """List the installed indicators, and which are watched."""
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
    shown = ("id", "title", "sector", "watched", "sources")
    _print(form, objects, INDICATORS, shown, ("title", "sources"), lambda name, one: "" if one["watched"] else "dim")
    if form == "table":
        say(
            f"carecmon: {len(objects)} installed, {sum(i.id in watched for i in session.indicators.values())} watched",
            quiet=session.quiet,
        )


@click.command()
@data_format()
@click.pass_obj
def sources(session: Session, form: str) -> None:
    """List the sources: who publishes, and whether they are live."""
    objects = [
        {
            "id": s.id,
            "publisher": s.publisher,
            "title": s.title.say(session.language),
            "url": s.url,
            "licence": s.licence,
            "live": s.live,
            "editions": len(s.documents),
            "plugin": session.registry.owner_of_source.get(s.id),
            "enabled": session.settings.source(s.id).enabled,
        }
        for s in sorted(session.registry.sources.values(), key=lambda s: s.id)
    ]
    _print(
        form, objects, SOURCES, ("id", "publisher", "title", "live", "editions", "url"), ("publisher", "title", "url")
    )


@click.group()
def plugins() -> None:
    """See which plugins are installed."""


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
    _print(form, objects, PLUGINS, PLUGINS[:4], ("origin",), _plugin_style)
    if form == "table":
        for one in objects:
            if one["reason"]:
                say(
                    f"carecmon: plugin {one['name']} {one['state']}: {one['reason']}; {one['remedy'] or ''}".rstrip(
                        "; "
                    )
                )


def _plugin_style(name: str, one: dict[str, Any]) -> str:
    return "red" if name == "state" and one["state"] != "loaded" else ""


@click.group()
def releases() -> None:
    """See which editions were recorded."""


@releases.command("list")
@click.argument("source", required=False)
@data_format()
@click.pass_obj
def list_releases(session: Session, source: str | None, form: str) -> None:
    """List the recorded releases, of one SOURCE or of all."""
    known = sorted(session.registry.sources)
    if source is not None and source not in known:
        raise unknown("source", source, known, "carecmon sources")
    store = session.open()
    objects: list[dict[str, Any]] = []
    if store is not None:
        with store:
            objects = [_release(one) for one in store.releases(source)]
    elif form == "table":
        return
    _print(form, objects, RELEASES, RELEASES[:7], ("reason",))


def _release(one: Release) -> dict[str, Any]:
    from carecmon.report import plain

    state = "believed" if one.believed else "rejected" if one.rejected else "quarantined"
    return {
        "id": one.id,
        "source": one.source,
        "edition": one.edition,
        "published": None if one.published.day is None else str(one.published),
        "observed": plain(one.observed),
        "state": state,
        "reason": one.quarantine,
        "url": one.url,
    }


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also alerts that are inactive or resolved.")
@data_format()
@click.pass_obj
def alerts(session: Session, everything: bool, form: str) -> None:
    """List the alerts that are active, the loudest first."""
    from carecmon.model import AlertState

    store = session.open()
    found = []
    if store is not None:
        with store:
            found = list(store.alerts().values())
    over: tuple[AlertState, ...] = () if everything else (AlertState.INACTIVE, AlertState.RESOLVED)
    found = sorted((a for a in found if a.state not in over), key=lambda a: (-a.severity.rank, a.subject, a.rule))
    from carecmon.report import alert_object

    objects = [alert_object(a) for a in found]
    if form != "table":
        write_objects(form, objects, ALERTS)
        return
    if found:
        show(*_alert_lines(session, found))
    elif store is not None:
        show("No alert is active." if not everything else "There has been no alert.")


def _alert_lines(session: Session, found: Sequence[Any]) -> list[Any]:
    from carecmon.cli import summary, words
    from carecmon.cli.grid import grid

    rows = [
        [
            (a.severity.value, words.SEVERITY_STYLES[a.severity]),
            a.state.value,
            f"{a.since:%Y-%m-%d}",
            a.message or summary.subject(a.subject, session.indicators, session.language),
            (f"{a.rule}, {summary.cause(a.cause)}", "dim"),
        ]
        for a in found
    ]
    return [
        grid(
            ("Severity", "State", "Since", "What", "Rule and cause"),
            rows,
            fold=("What", "Rule and cause"),
            cut=terminal(),
        )
    ]


@click.command()
@click.option("--source", help="Only the findings in this source.")
@data_format()
@click.pass_obj
def findings(session: Session, source: str | None, form: str) -> None:
    """List where sources contradict themselves or each other."""
    from carecmon.report import finding_object

    store = session.open()
    objects: list[dict[str, Any]] = []
    if store is not None:
        with store:
            objects = [finding_object(k.finding) for k in store.findings() if source in (None, k.finding.source)]
    elif form == "table":
        return
    _print(form, objects, FINDINGS, ("severity", "check", "source", "message"), ("message",))
