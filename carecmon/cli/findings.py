"""``carecmon findings``: where sources contradict themselves or each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.corrections import list_corrections
from carecmon.cli.lists import listing
from carecmon.cli.output import data_format, say
from carecmon.cli.session import AsOfType, Session, say_as_of, unknown, who
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from carecmon.model import AsOf, Finding
    from carecmon.store import KeptFinding, Store

FINDINGS = (
    *("id", "check", "severity", "indicator", "series", "period", "source", "cells"),
    *("found", "expected", "message", "acknowledged", "mended_by", "first_seen", "gone", "acknowledgements"),
)


@click.command()
@click.option("--source", help="Only the findings in this source.")
@click.option("--all", "everything", is_flag=True, help="Also those that no check finds any more.")
@click.option(
    "--as-of",
    type=AsOfType(),
    metavar="[published:]DATE",
    help="Search what was believed at the end of that day, by the checks, corrections and acknowledgements of today.",
)
@click.option("--corrections", is_flag=True, help="List the declared corrections instead, and what each does now.")
@click.option("--acknowledge", metavar="ID", help="Accept the finding ID as known; needs --reason.")
@click.option("--withdraw", metavar="ID", help="Take the acknowledgement of the finding ID back: it is open again.")
@click.option(
    "--reason", metavar="TEXT", help="Why; needed to acknowledge, welcome to withdraw. It is kept with the finding."
)
@click.option("--author", metavar="NAME", help="Who says so. Default: you, as this computer knows you.")
@data_format()
@click.pass_obj
def findings(
    session: Session,
    source: str | None,
    everything: bool,
    as_of: AsOf | None,
    corrections: bool,
    acknowledge: str | None,
    withdraw: str | None,
    reason: str | None,
    author: str | None,
    form: str,
) -> None:
    """List where sources contradict themselves or each other.

    A finding is open until it is acknowledged, or mended by a later edition or a correction; carecmon show names the
    open ones that touch a judged value. --as-of searches again and writes nothing; what it finds says when a check
    first found it, and whether it is gone.
    """
    if corrections:
        if everything or (as_of, acknowledge, withdraw) != (None, None, None):
            raise UsageError("--corrections lists what is declared now; it goes with --source and --format alone")
        return list_corrections(session, form, source)
    if as_of is not None and (everything or acknowledge is not None or withdraw is not None):
        raise UsageError("--as-of looks back; --all, --acknowledge and --withdraw are about what is found now")
    if acknowledge is not None and withdraw is not None:
        raise UsageError("--acknowledge and --withdraw contradict each other; write one of them")
    if acknowledge is not None:
        return _acknowledge(session, acknowledge, author, reason)
    if withdraw is not None:
        return _withdraw(session, withdraw, author, reason)
    if reason is not None or author is not None:
        raise UsageError("--reason and --author belong to --acknowledge ID and --withdraw ID")
    store = session.open()
    objects: list[dict[str, Any]] = []
    if store is not None:
        with store:
            kept = store.findings(gone=everything)
            known = sorted({*session.registry.sources, *(one.finding.source for one in kept)})
            if source is not None and source not in known:
                raise unknown("source", source, known, "carecmon sources")
            found = _kept(kept) if as_of is None else _then(session, store, as_of)
        objects = [one for one in found if source in (None, one["source"])]
    elif form == "table":
        return
    _list(session, form, objects)


def _kept(kept: Sequence[KeptFinding]) -> list[dict[str, Any]]:
    return [kept_object(one) for one in kept]


def _then(session: Session, store: Store, as_of: AsOf) -> list[dict[str, Any]]:
    from carecmon.findings import find_as_of
    from carecmon.report import finding_object

    say_as_of(session, store, as_of)
    found = find_as_of(session.settings, session.registry, store, session.corrections, as_of)
    for error in found.failed.values():
        say(f"carecmon: {error}", quiet=session.quiet)
    past = {one.finding.id: one for one in store.findings(gone=True)}

    def dated(one: Finding) -> dict[str, Any]:
        kept = past.get(one.id)
        if kept is not None:
            return {**kept_object(kept), **finding_object(one)}
        return {**finding_object(one), "first_seen": None, "gone": None, "acknowledgements": []}

    return [dated(one) for one in found.findings]


def kept_object(kept: KeptFinding) -> dict[str, Any]:
    """Return a finding with when it was first seen, when it was no longer found, and who acknowledged it."""
    from carecmon.report import finding_object, plain

    said = [
        {"at": plain(one.at), "author": one.author, "reason": one.reason, "withdrawn": one.withdrawn}
        for one in kept.acknowledgements
    ]
    dates = {"first_seen": plain(kept.first_seen), "gone": plain(kept.gone)}
    return {**finding_object(kept.finding), **dates, "acknowledgements": said}


def _list(session: Session, form: str, objects: list[dict[str, Any]]) -> None:
    if form == "table":
        for one in objects:
            one["state"] = _state(one)
    shown = ("id", "severity", "check", "source", "state", "message")
    listing(form, objects, FINDINGS, shown, ("state", "message"), _style, ("severity", "check"))
    if form == "table" and objects:
        count = sum(one["state"] == "open" for one in objects)
        named = "1 finding" if len(objects) == 1 else f"{len(objects)} findings"
        say(f"carecmon: {named}, {count} of them open", quiet=session.quiet)


def _style(name: str, one: dict[str, Any]) -> str:
    return "" if one["state"] == "open" else "dim"


def _state(one: dict[str, Any]) -> str:
    if one["gone"]:
        return f"gone since {one['gone'][:10]}"
    if one["acknowledged"]:
        return f"acknowledged by {one['acknowledged']}"
    return f"mended by {one['mended_by']}" if one["mended_by"] else "open"


def _acknowledge(session: Session, id: str, author: str | None, reason: str | None) -> None:
    from carecmon.store import FindingAcknowledgement

    author, reason = (author or who()).strip(), (reason or "").strip()
    if not reason or not author:
        raise UsageError("to acknowledge a finding, say why: --reason TEXT")
    with session.writable() as store, store.writing():
        meant = _meant(store, id).id
        store.acknowledge_finding(meant, FindingAcknowledgement(session.now, author, reason))
    said = f"finding {meant} is acknowledged by {author}; the next check counts it as settled"
    say(f"carecmon: {said}", quiet=session.quiet)


def _withdraw(session: Session, id: str, author: str | None, reason: str | None) -> None:
    from carecmon.store import FindingAcknowledgement

    author, reason = (author or who()).strip(), (reason or "").strip()
    with session.writable() as store, store.writing():
        finding = _meant(store, id)
        store.acknowledge_finding(finding.id, FindingAcknowledgement(session.now, author, reason, withdrawn=True))
    said = f"finding {finding.id} is open again; it was acknowledged by {finding.acknowledged}"
    say(f"carecmon: {said}", quiet=session.quiet)


def _meant(store: Store, id: str) -> Finding:
    """Return the finding whose id begins with ``id``; raise UsageError where there is none, or several."""
    found = {kept.finding.id: kept.finding for kept in store.findings(gone=True)}
    meant = [id] if id in found or len(id) < 4 else [one for one in found if one.startswith(id)]
    if len(meant) > 1:
        raise UsageError(f"{len(meant)} findings begin with {id!r}: {', '.join(meant[:3])}; name one")
    if not meant or meant[0] not in found:
        raise UsageError(f"there is no finding {id!r}; `carecmon findings` lists those that there are")
    return found[meant[0]]
