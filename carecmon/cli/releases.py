"""``carecmon releases``: which editions were recorded, and whether they are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.lists import listing
from carecmon.cli.output import data_format, say
from carecmon.cli.session import Session, as_of_option, say_as_of, unknown, who
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from carecmon.model import AsOf, Release
    from carecmon.store import Decision

RELEASES = (
    *("id", "source", "edition", "published", "observed", "state", "reason", "url"),
    *("decided", "author", "decision"),
)


@click.group()
def releases() -> None:
    """See which editions were recorded; believe one, or not."""


@releases.command("list")
@click.argument("source", required=False)
@as_of_option
@data_format()
@click.pass_obj
def list_releases(session: Session, source: str | None, as_of: AsOf | None, form: str) -> None:
    """List the recorded releases, of one SOURCE or of all.

    They stand in the order in which they are believed, the last word last. A quarantined release withdraws or
    rescales too much, or states what cannot be: it is not believed until somebody accepts it.
    """
    known = sorted(session.registry.sources)
    store = session.open()
    objects: list[dict[str, Any]] = []
    if store is not None:
        with store:
            # A source that no plugin declares any more keeps its releases.
            if source is not None and source not in {*known, *(one.source for one in store.releases())}:
                raise unknown("source", source, known, "carecmon sources")
            decisions = {} if as_of else store.care.decisions()
            objects = [release_object(one, decisions.get(one.id)) for one in store.releases(source, as_of)]
            say_as_of(session, store, as_of)
    elif source is not None and source not in known:
        raise unknown("source", source, known, "carecmon sources")
    elif form == "table":
        return
    listing(form, objects, RELEASES, RELEASES[:7], ("reason",), _style)


def release_object(one: Release, decision: Decision | None) -> dict[str, Any]:
    """Return a release with the decision in force; ``reason`` is why it was held in quarantine."""
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
        "decided": plain(decision.at) if decision else None,
        "author": decision.author if decision else None,
        "decision": decision.reason if decision else None,
    }


def _style(name: str, one: dict[str, Any]) -> str:
    return {"quarantined": "yellow", "rejected": "red"}.get(one["state"], "") if name == "state" else ""


_author = click.option("--author", metavar="NAME", help="Who decides this. Default: you, as this computer knows you.")
_reason = click.option("--reason", required=True, metavar="TEXT", help="Why. It is kept with the decision.")


@releases.command()
@click.argument("id", type=int)
@_author
@_reason
@click.pass_obj
def accept(session: Session, id: int, author: str | None, reason: str) -> None:
    """Believe release ID from now on; the next check judges with it."""
    _decide(session, id, author, reason, accepting=True)


@releases.command()
@click.argument("id", type=int)
@_author
@_reason
@click.pass_obj
def reject(session: Session, id: int, author: str | None, reason: str) -> None:
    """Stop believing release ID.

    One in quarantine is settled as not believed. What was believed before it counts again. Nothing is deleted:
    releases accept takes this back.
    """
    _decide(session, id, author, reason, accepting=False)


def _decide(session: Session, id: int, author: str | None, reason: str, *, accepting: bool) -> None:
    author, reason = (author or who()).strip(), reason.strip()
    if not author or not reason:
        raise UsageError("a decision on a release needs an author and a reason; give --reason with some words")
    with session.writable() as store, store.writing():
        one = store.release(id)
        decide = store.accept if accepting else store.reject
        changed = decide(id, author=author, reason=reason, now=session.now)
    name = f"release {id} ({one.source} {one.edition})".replace(" )", ")")
    if not changed:
        say(f"carecmon: {name} is {'believed' if accepting else 'rejected'} already; nothing changed")
    elif accepting:
        say(f"carecmon: {name} is believed from now on, says {author}; carecmon check judges with it")
    elif one.believed:
        say(f"carecmon: {name} is not believed any more, says {author}; carecmon check judges without it")
    else:
        say(f"carecmon: {name} stays not believed, says {author}; it does not wait for a decision any more")
