"""The ``carecmon`` command. Command modules import click only; work is imported when it is done."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from carecmon.cli.ack import ack
from carecmon.cli.alerts import alerts
from carecmon.cli.anywhere import anywhere, general_options
from carecmon.cli.backtest import backtest
from carecmon.cli.check import check
from carecmon.cli.config import config_group, init
from carecmon.cli.db import db
from carecmon.cli.doctor import doctor
from carecmon.cli.export import export
from carecmon.cli.findings import findings
from carecmon.cli.history import history
from carecmon.cli.ingest import ingest
from carecmon.cli.leaving import leave
from carecmon.cli.lists import indicators, sources
from carecmon.cli.notify import notify
from carecmon.cli.output import lead_nowhere, say
from carecmon.cli.plugins import plugins
from carecmon.cli.releases import releases
from carecmon.cli.revisions import revisions
from carecmon.cli.rules import rules
from carecmon.cli.run import run_
from carecmon.cli.session import Session, refuse_trials
from carecmon.cli.show import show_
from carecmon.cli.silence import silence
from carecmon.cli.status import status
from carecmon.errors import CarecmonError, ExitCode


class Commands(click.Group):
    """The built-in commands; plugins are asked for theirs only when the typed one is not among them."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, which takes the general options too: nobody remembers on which side of it they belong."""
        super().add_command(anywhere(cmd), name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called ``cmd_name``."""
        return super().get_command(ctx, cmd_name) or self._from_plugins(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which they are met, not of the alphabet."""
        return list(self.commands)

    def _from_plugins(self, ctx: click.Context, name: str) -> click.Command | None:
        session = ctx.ensure_object(Session)
        session.config = session.config or ctx.params.get("config")
        try:
            session.registry.manager.hook.register_commands(cli=self)
        except CarecmonError:
            return None  # without settings there are no plugins; the mistyped command is what to say
        return super().get_command(ctx, name)


#: Commands that show what is stored. They do not try again a plugin that hung in the last check.
READING = (
    "status",
    "show",
    "history",
    "revisions",
    "indicators",
    "sources",
    "alerts",
    "findings",
    "releases",
    "export",
)


@click.group(
    cls=Commands,
    params=list(general_options()),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="carecmon", prog_name="carecmon")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, verbose: int, quiet: bool) -> None:
    """Watch the indicators of the CAREC Program: every vintage kept, every series judged against 2030.

    Start with: carecmon init, then: carecmon check. Exit codes: 0 done, 1 something could not be judged, 2 wrong
    command line or configuration, 3 alerts at or above --fail-on, 4 messages undelivered, 5 the store cannot be
    used, 130 interrupted.
    """
    refuse_trials(os.environ)
    session = ctx.ensure_object(Session)
    session.config, session.verbose, session.quiet = config, verbose, quiet
    session.reading = ctx.invoked_subcommand in READING


for command in (
    *(init, check, status, show_, history, revisions, indicators, sources, alerts, findings, releases),
    *(ack, silence, backtest, rules, notify),
    *(ingest, export, plugins, config_group, run_, doctor, db),
):
    cli.add_command(command)


def main() -> None:
    """Run ``carecmon``: errors people can act on are one message and an exit code; a traceback means a bug."""
    leave(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run ``carecmon`` with ``arguments``; return the exit code."""
    _hold_standard_streams()
    try:
        cli.main(arguments, prog_name="carecmon", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("carecmon: interrupted; what was recorded before is kept")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except CarecmonError as error:
        say(f"carecmon: {error}")
        return int(error.exit_code)
    except PermissionError as error:
        if error.filename is None:  # not about a file, so a bug: it shows where
            raise
        say(f"carecmon: {error.filename}: permission denied; make it readable, or run as its owner")
        return ExitCode.PARTIAL
    except OSError as error:
        if error.filename is not None or error.errno != errno.ENOSPC:
            raise
        lead_nowhere(sys.stdout)
        say(f"carecmon: cannot write the results: {error.strerror}")
        return ExitCode.PARTIAL
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return ExitCode.OK


def _hold_standard_streams() -> None:
    """Take the numbers of closed standard streams, so that no file we open gets what is written to them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8")  # nobody hears what is said, and nothing fails
