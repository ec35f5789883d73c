"""``carecmon run``: ask each source when it is due, judge, and tell; until it is told to end."""

from __future__ import annotations

import os
import sys
from datetime import datetime

import click

from carecmon.cli.session import Session


@click.command("run")
@click.option("--due", "once", is_flag=True, help="Do what is due now, and end: for cron and systemd timers.")
@click.option("--health", metavar="HOST:PORT", help="Serve /healthz, /readyz and /metrics there.")
@click.option("--allow-host", "names", multiple=True, metavar="NAME", help="A further name that --health is asked by.")
@click.option(
    "--every", type=click.FloatRange(min=0.05), default=30.0, show_default=True, help="Seconds between ticks."
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to log."
)
@click.pass_obj
def run_(
    session: Session, once: bool, health: str | None, names: tuple[str, ...], every: float, log_format: str
) -> None:
    """Check by itself: each source is asked when its schedule says so.

    Ends on SIGTERM with 0, on Ctrl-C with 130. One at a time looks after a store: a second ends with 5. With --due
    the exit code is that of the run, as for check.
    """
    from carecmon import config
    from carecmon.schedule import daemon
    from carecmon.schedule.journal import Journal
    from carecmon.schedule.reading import Reading

    reading = Reading.of(config.find(session.config, os.environ))
    journal = Journal(log_format, quiet=session.quiet)

    def clock() -> datetime:
        return session.now

    try:
        if once:
            code = daemon.once(reading, journal, clock)
        else:
            code = daemon.forever(reading, journal, clock, health=health, names=names, every=every)
    finally:
        journal.close()
    sys.exit(code)
