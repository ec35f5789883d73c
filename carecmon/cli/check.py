"""``carecmon check``: the main job, once."""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import data_format, glyphs, say, show, width, write, write_json
from carecmon.cli.session import Session, as_of_option
from carecmon.errors import CarecmonError, UsageError

if TYPE_CHECKING:
    from carecmon.model import AsOf, RunReport


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--offline", is_flag=True, help="Ask no live source and send nothing; use what is bundled and stored.")
@click.option("--dry-run", is_flag=True, help="Write nothing and send nothing; show what would be found.")
@as_of_option
@click.option("--fail-on", type=click.Choice(["warning", "critical"]), help="Exit with 3 if an alert this loud fires.")
@click.option("--all", "everything", is_flag=True, help="Show every series, not only the headline ones.")
@click.option("--in-process", is_flag=True, help="Run plugins without worker processes, to debug them.")
@click.option("--trace-plugins", is_flag=True, help="Print each call of a plugin's hook with its time, on stderr.")
@data_format("nagios")
@click.pass_obj
def check(
    session: Session,
    ids: tuple[str, ...],
    offline: bool,
    dry_run: bool,
    as_of: AsOf | None,
    fail_on: str | None,
    everything: bool,
    in_process: bool,
    trace_plugins: bool,
    form: str,
) -> None:
    """Ask the sources, judge every series, show where each stands.

    ID limits this to the named indicators. With --as-of or --dry-run nothing is written or sent.
    """
    if trace_plugins:
        session.trace = say
    if as_of is not None and session.open() is None:
        return
    options = {"offline": offline, "dry_run": dry_run, "as_of": as_of, "in_process": in_process}
    try:
        report = _run(session, ids, quiet=session.quiet or form != "table", **options)
    except CarecmonError as error:
        if form != "nagios":
            raise
        from carecmon.report.nagios import unknown

        line, state = unknown(str(error))
        write(f"{line}\n")
        sys.exit(state)
    sys.exit(_print(session, report, form, everything, fail_on))


def _run(session: Session, ids: tuple[str, ...], *, quiet: bool, **options: Any) -> RunReport:
    from carecmon.cli.progress import bar

    session.meanwhile = partial(import_module, "carecmon.run")
    watched = session.watched
    chosen = tuple(dict.fromkeys(session.indicator(name).id for name in ids))
    for name in chosen:
        if name not in watched:
            raise UsageError(f'{name} is not watched; add [indicators."{name}"] to {session.settings.path}')
    with bar(quiet) as progress:
        settings, registry = session.settings, session.registry
        from carecmon import run

        report: RunReport = run.check(settings, registry, now=session.now, only=chosen, progress=progress, **options)
    return report


def _print(session: Session, report: RunReport, form: str, everything: bool, fail_on: str | None) -> int:
    from carecmon.model import Severity
    from carecmon.report import exit_code, nagios_line, run_object

    code = int(exit_code(report, Severity(fail_on) if fail_on else None))
    if form == "nagios":
        line, code = nagios_line(report)
        write(f"{line}\n")
    elif form == "json":
        write_json(run_object(report, session.indicators))
    elif form == "csv":
        from carecmon.cli.verdicts import write_verdicts

        write_verdicts("csv", report.assessments, session.indicators)
    else:
        _print_table(session, report, everything)
    _warn(session, report, form)
    return code


def _print_table(session: Session, report: RunReport, everything: bool) -> None:
    from rich.text import Text

    from carecmon.cli import summary
    from carecmon.cli.headline import by_sector
    from carecmon.cli.table import Look, table
    from carecmon.judge.attention import look_first
    from carecmon.model import Outcome

    look, indicators = Look(width(), glyphs(), session.language), session.indicators
    reported = {i.id: i for i in report.indicators}
    watched = [indicators[name] for name in session.watched if name in reported and name in indicators]
    errors = {i.id: i.error for i in report.indicators if i.outcome is Outcome.FAILED}
    lines = by_sector(report.assessments, watched, errors, summary.news(report), everything=everything)
    show(*table(lines, look))
    first = look_first(report.assessments, report.transitions, indicators, report.findings)
    for part in (
        summary.transitions(report, indicators, look.language),
        summary.look_first(first),
        () if session.quiet else (Text(note, "dim") for note in summary.notes(report)),
    ):
        said = list(part)
        if said:
            show(Text(), *said)


def _warn(session: Session, report: RunReport, form: str) -> None:
    """Say on stderr what did not work; it stands last, where people look."""
    from carecmon.cli import summary

    for what, remedy in summary.problems(report):
        say(f"carecmon: {what}{f'; {remedy}' if remedy else ''}")
    if session.verbose:
        for source in report.sources:
            got = f", releases {', '.join(map(str, source.releases))}" if source.releases else ""
            say(f"carecmon: source {source.id}: {source.outcome.value}{got}")
        _say_who_waits(session, report)
    for warning in report.warnings:
        say(f"carecmon: {warning}", quiet=session.quiet)
    for shout in report.unsent:  # an error, so also where it is to be quiet: nobody would hear of it otherwise
        say(f"carecmon: undelivered: {shout}")


def _say_who_waits(session: Session, report: RunReport) -> None:
    """Say again what the first check has said: which sources wait to be enabled."""
    from carecmon.intake import wait_words, waiting

    waits = waiting(session.settings, session.registry, [one.id for one in report.indicators])
    words = wait_words(session.settings, waits) if waits else ""
    if words and words not in report.warnings:
        say(f"carecmon: {words}")
