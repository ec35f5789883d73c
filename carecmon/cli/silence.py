"""``carecmon silence``: nobody is told of the alerts that it matches, while it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.matchers import must_exist
from carecmon.cli.moment import MomentType, author_option
from carecmon.cli.output import data_format, say, show, terminal, write_objects
from carecmon.cli.session import Session
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from carecmon.model.silence import Silence

SILENCES = (
    *("id", "state", "starts", "ends", "author", "reason"),
    *("rule", "indicator", "sector", "subject", "labels", "severity", "edits"),
)


@click.group()
def silence() -> None:
    """Mute alerts for a time: they go on living, but nobody is told."""


@silence.command()
@click.option("--rule", default="*", help="Id of a rule, or a pattern.")
@click.option("--indicator", default="*", help="Id of an indicator, or a pattern such as cpmm.*")
@click.option("--sector", default="*", help="A sector, or a pattern.")
@click.option("--subject", default="*", help="A series or a source as alerts name it, or a pattern.")
@click.option("--label", "labels", multiple=True, metavar="NAME=CODE", help="A label of the series; may be repeated.")
@click.option("--severity", type=click.Choice(["info", "warning", "critical"]), help="Only this severity.")
@click.option("--from", "starts", type=MomentType(end=False), metavar="DATE", help="Default: now.")
@click.option(
    "--until", "ends", type=MomentType(end=True), metavar="DATE", required=True, help="A day: to its end, UTC."
)
@click.option("--reason", required=True, help="Why nobody needs to hear of it.")
@click.option("--everything", is_flag=True, help="Needed to mute every alert there is.")
@author_option
@click.pass_obj
def add(session: Session, /, labels: Sequence[str], severity: str | None, everything: bool, **given: Any) -> None:
    """Silence the alerts that fit all of what is given."""
    from carecmon.model import Severity
    from carecmon.model.silence import Silence
    from carecmon.muting import muted_by

    now = session.now
    given["starts"] = max(given["starts"] or now, now)
    made = Silence(0, **given, select=_labels(labels), severity=Severity(severity) if severity else None)
    matchers = (made.rule, made.indicator, made.sector, made.subject)
    if set(matchers) == {"*"} and not made.select and made.severity is None and not everything:
        raise UsageError("this would mute every alert; narrow it (--rule, --indicator ...), or add --everything")
    if made.ends <= now:
        raise UsageError(f"--until {made.ends:%Y-%m-%d %H:%M} UTC is over already")
    with session.writable() as store:
        chosen = {name: getattr(made, name) for name in ("rule", "indicator", "sector", "subject")}
        must_exist(session, store, **chosen, labels=made.select)
        with store.writing():
            kept = store.silences.add(made, now)
        muted = muted_by(session.settings, session.registry, store, kept)
    fits = f"{len(muted)} that fire now" if muted else "none that fires now"
    say(f"carecmon: silence {kept.id} until {kept.ends:%Y-%m-%d %H:%M} UTC; it fits {fits}", quiet=session.quiet)


def _labels(written: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in written]
    for name, equals, code in pairs:
        if not (name and equals and code):
            raise UsageError(f"--label {name}{equals}{code}: a label is written name=code, such as area=CAREC")
    return {name: code for name, _, code in pairs}


@silence.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@data_format()
@click.pass_obj
def list_silences(session: Session, everything: bool, form: str) -> None:
    """List the silences in force and those to come."""
    store = session.open()
    objects: list[dict[str, Any]] = []
    if store is not None:
        with store:
            edits = store.silences.edits()
            objects = [_object(one, session.now) for one in store.silences.all()]
        for one in objects:
            one["edits"] = [_edit(edit) for edit in edits if edit.silence == one["id"]]
    objects = [one for one in objects if everything or one["state"] != "expired"]
    if form != "table":
        write_objects(form, objects, SILENCES)
    elif objects:
        from carecmon.cli.grid import grid

        heads = ("Id", "State", "From", "Until", "Matches", "By", "Reason")
        rows = [
            [str(one["id"]), one["state"], one["starts"][:16], one["ends"][:16], _matches(one), one["author"],
             one["reason"]]
            for one in objects
        ]  # fmt: skip
        show(grid(heads, rows, fold=("Matches", "Reason"), cut=terminal()))
    elif store is not None:
        show("Nothing is silenced.")


def _object(one: Silence, now: datetime) -> dict[str, Any]:
    from carecmon.report import plain

    state = "active" if one.in_force(now) else "pending" if now < one.starts else "expired"
    return {
        "id": one.id,
        "state": state,
        "starts": plain(one.starts),
        "ends": plain(one.ends),
        "author": one.author,
        "reason": one.reason,
        "rule": one.rule,
        "indicator": one.indicator,
        "sector": one.sector,
        "subject": one.subject,
        "labels": dict(one.select),
        "severity": one.severity.value if one.severity else None,
    }


def _edit(edit: Any) -> dict[str, Any]:
    from carecmon.report import plain

    return {"at": plain(edit.at), "ends": plain(edit.ends), "author": edit.author, "reason": edit.reason}


def _matches(one: dict[str, Any]) -> str:
    said = [f"{name} {one[name]}" for name in ("rule", "indicator", "sector", "subject") if one[name] != "*"]
    said += [f"{name}={code}" for name, code in one["labels"].items()]
    said += [one["severity"]] if one["severity"] else []
    return ", ".join(said) or "everything"


@silence.command()
@click.argument("id", type=int)
@click.option("--reason", required=True, help="Why it is no longer needed, or needed for another time.")
@click.option("--at", "ends", type=MomentType(end=True), metavar="DATE", help="When; default: now. Later prolongs it.")
@author_option
@click.pass_obj
def expire(session: Session, id: int, reason: str, ends: datetime | None, author: str) -> None:
    """End silence ID, now or at another time.

    It stays in the list of all, with its history.
    """
    now = session.now
    with session.writable() as store, store.writing():
        store.silences.end(id, ends or now, author=author, reason=reason, now=now)
    say(f"carecmon: silence {id} ends {max(ends or now, now):%Y-%m-%d %H:%M} UTC", quiet=session.quiet)
