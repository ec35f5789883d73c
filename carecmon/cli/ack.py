"""``carecmon ack``: somebody takes care of an alert."""

from __future__ import annotations

from datetime import datetime

import click

from carecmon.cli.alerts import find
from carecmon.cli.moment import MomentType, author_option
from carecmon.cli.output import say
from carecmon.cli.session import Session
from carecmon.errors import UsageError


@click.command()
@click.argument("fingerprint")
@click.option("--reason", required=True, help="What is done about it.")
@click.option("--until", type=MomentType(end=True), metavar="DATE", help="Remind again after this; default: never.")
@click.option("--withdraw", is_flag=True, help="Take the acknowledgement back: reminders go on.")
@author_option
@click.pass_obj
def ack(session: Session, fingerprint: str, reason: str, until: datetime | None, withdraw: bool, author: str) -> None:
    """Acknowledge an alert: no reminders until it resolves."""
    from carecmon.model import AlertState
    from carecmon.model.silence import Acknowledgement

    now = session.now
    if withdraw and until is not None:
        raise UsageError("--withdraw and --until contradict each other; write one of them")
    if until is not None and until <= now:
        raise UsageError(f"--until {until:%Y-%m-%d %H:%M} UTC is over already")
    with session.writable() as store, store.writing():
        alert = find(store, fingerprint)
        if alert.state in (AlertState.INACTIVE, AlertState.RESOLVED):
            raise UsageError(f"alert {alert.fingerprint} is {alert.state}; there is nothing to acknowledge")
        store.silences.acknowledge(Acknowledgement(alert.fingerprint, now, author, reason, now if withdraw else until))
    done = "takes back the acknowledgement of" if withdraw else "acknowledges"
    ends = "" if withdraw else f", until {until:%Y-%m-%d}" if until else ", until it resolves"
    say(f"carecmon: {author} {done} {alert.fingerprint} ({alert.rule}, {alert.subject}){ends}", quiet=session.quiet)
