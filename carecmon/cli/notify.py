"""``carecmon notify``: what people would get, tries, what is due, and why somebody was told or not."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.output import data_format, say, show, write
from carecmon.cli.session import Session, unknown
from carecmon.errors import DeliveryError, ExitCode, UsageError

if TYPE_CHECKING:
    from carecmon.config import Person


#: So many lines of the log are shown unless --limit says otherwise.
_LINES = 40


@click.group("notify")
def notify() -> None:
    """Messages to people: preview, try, send, and say why or why not."""


@notify.command()
@click.option("--person", metavar="P", help="Only what this person would get.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("previews"), show_default=True,
    help="The folder to write to.",
)  # fmt: skip
@click.pass_obj
def preview(session: Session, person: str | None, folder: Path) -> None:
    """Write what each person would get now as .eml and .html.

    Where nothing waits for them, an introduction and the most important assessment are written, marked as samples;
    where nobody is configured, for three sample people who read English, Russian and Chinese.
    """
    from carecmon.telling.previews import previews, sample_people

    people = session.settings.people or sample_people()
    if person is not None and person not in people:
        raise _nobody(person, people)
    store = session.open()
    if store is None:
        return
    with store:
        made = previews(
            session.settings,
            session.registry,
            store,
            session.now,
            assessments=store.assessments(session.watched),
            findings=[kept.finding for kept in store.findings()],
            person=person,
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for one in made:
                (folder / f"{one.name}.eml").write_bytes(one.mail)
                inside = b64encode(one.twins.picture).decode() if one.twins.picture else ""
                html = one.twins.html.replace("cid:chart", f"data:image/png;base64,{inside}")
                (folder / f"{one.name}.html").write_text(html, "utf-8")
                write(f"{folder / one.name}.html\n")
        except OSError as exc:
            raise UsageError(f"{folder} cannot be written: {exc.strerror}; name another folder with --to") from exc


@notify.command()
@click.argument("person", metavar="P")
@click.pass_obj
def test(session: Session, person: str) -> None:
    """Send a test message to P through each of their channels, now."""
    from carecmon.tell.channels import Message
    from carecmon.tell.render import render
    from carecmon.telling.carriers import carriers, envelope_of
    from carecmon.telling.previews import test_post

    who = _person(session, person)
    envelope, line_of = envelope_of(session.settings), carriers(session.settings, session.registry)
    failed = not who.channels
    for channel in who.channels:
        try:
            line = line_of(person, channel)
            if line is None:
                raise DeliveryError(f"{person} cannot be reached by it; see carecmon config check", permanent=True)
            post = test_post(who, session.now, envelope.sender.partition("@")[2])
            made = render(post, line.channel.form, envelope, session.settings.templates)
            line.channel.send(Message(post.message_id, person, made.subject, made.body), line.destination)
            write(f"{channel}: accepted\n")
        except DeliveryError as exc:
            failed = True
            say(f"carecmon: {channel}: {exc}")
    sys.exit(ExitCode.UNDELIVERED if failed else ExitCode.OK)


@notify.command()
@click.pass_obj
def flush(session: Session) -> None:
    """Send now what is due; what waits for its hour goes on waiting."""
    from carecmon.store import Store
    from carecmon.store.outbox import Outbox
    from carecmon.telling import send_due

    if (reading := session.open()) is None:
        return
    reading.close()
    with Store.open(session.settings.database) as store:
        started = session.now
        sent = send_due(session.settings, session.registry, store, started)
        after = Outbox(store).summaries(started)
    for shout in sent.unsent:
        say(f"carecmon: undelivered: {shout}")
    for note in sent.notes:
        say(f"carecmon: {note}", quiet=session.quiet)
    states = ("sent", "queued", "waiting", "dead", *(["sending"] if sent.notes else []))
    counts = {state: sum(one.state == state for one in after) for state in states}
    write(", ".join(f"{count} {state}" for state, count in counts.items()) + "\n")
    sys.exit(ExitCode.UNDELIVERED if counts["queued"] or counts["dead"] else ExitCode.OK)


@notify.command()
@click.option("--person", metavar="P", help="Only what concerns this person.")
@click.option("--alert", "mark", metavar="F", help="Only what concerns the alert with this fingerprint.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help=f"Only the newest N; in a table {_LINES} unless given."
)
@data_format()
@click.pass_obj
def log(session: Session, person: str | None, mark: str | None, limit: int | None, form: str) -> None:
    """Say why people were told or not, and what became of messages.

    The table begins with the newest; JSON and CSV have all, the oldest first, for scripts.
    """
    from carecmon.store.outbox import Outbox

    store = session.open()
    if store is None:
        return
    with store:
        outbox = Outbox(store)
        alerts = store.alerts()
        if mark is not None and mark not in alerts:
            found = [one for one in alerts if one.startswith(mark)]
            if len(found) != 1:
                raise unknown("alert", mark, sorted(alerts), "carecmon alerts --all")
            mark = found[0]
        rows: list[dict[str, object]] = [
            {
                "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
                "person": one.person,
                "what": one.what,
                "why": one.why,
                "delivery": one.delivery,
                "alert": one.fingerprint,
                "rule": alerts[one.fingerprint].rule if one.fingerprint in alerts else None,
                "subject": alerts[one.fingerprint].subject if one.fingerprint in alerts else None,
            }
            for one in outbox.history(person, mark)
        ]
        if person is not None and not rows and person not in session.settings.people:
            raise _nobody(person, {*session.settings.people, *(one.person for one in outbox.history())})
    _print_log(rows, form, limit)


@notify.command()
@click.argument("delivery", type=int, required=False)
@click.pass_obj
def retry(session: Session, delivery: int | None) -> None:
    """Queue dead letters again, all or one.

    DELIVERY names the one. They go out with the next flush or check.
    """
    from carecmon.store import Store
    from carecmon.store.outbox import Outbox

    if (reading := session.open()) is None:
        return
    reading.close()
    with Store.open(session.settings.database) as store, store.writing():
        outbox = Outbox(store)
        dead = {one.id: one for one in outbox.deliveries(states=("dead",))}
        if delivery is not None and delivery not in dead:
            raise UsageError(f"delivery {delivery} is no dead letter; those are {', '.join(map(str, dead)) or 'none'}")
        chosen = list(dead) if delivery is None else [delivery]
        for number in chosen:
            outbox.despatch.retry(number, session.now)
            outbox.log(session.now, dead[number].person, "retry", "asked for by hand", delivery=number)
    write(f"{len(chosen)} queued again; send with: carecmon notify flush\n")


def _person(session: Session, name: str) -> Person:
    people = session.settings.people
    if name not in people:
        raise _nobody(name, people)
    return people[name]


def _nobody(name: str, people: Iterable[str]) -> UsageError:
    """Return the error for a person whom nobody knows: there are few, so it names them."""
    from difflib import get_close_matches

    known = sorted(people)
    if not known:
        return UsageError(
            f"there is no person {name!r}: indicators.toml has no [people.] table; docs/mail.md shows one"
        )
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    return UsageError(f"there is no person {name!r}{hint} (there are: {', '.join(known)})")


def _print_log(rows: list[dict[str, object]], form: str, limit: int | None) -> None:
    from carecmon.cli.output import write_objects

    if form != "table":
        write_objects(
            form,
            rows[-limit:] if limit else rows,
            ("at", "person", "what", "why", "delivery", "alert", "rule", "subject"),
        )
        return
    if not rows:
        say("carecmon: nothing was decided or sent yet")
        return
    from rich.table import Table

    from carecmon.cli.words import count

    table = Table(box=None, pad_edge=False)
    for name in ("at", "person", "what", "why", "delivery", "about"):
        table.add_column(name, overflow="fold")
    shown = rows[: -(limit or _LINES) - 1 : -1]
    for row in shown:
        about = f"{row['rule']} {row['subject']} ({row['alert']})" if row["rule"] else row["alert"] or ""
        cells = (row["at"], row["person"], row["what"], row["why"], row["delivery"] or "", about)
        table.add_row(*map(str, cells))
    show(table)
    if len(rows) > len(shown):
        rest = len(rows) - len(shown)
        say(f"carecmon: {count(rest, 'older line')} not shown; --limit {len(rows)} shows all")
