"""``carecmon alerts``: what fires, or fired then, and how it came to that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.alertpage import page
from carecmon.cli.matchers import must_exist
from carecmon.cli.output import data_format, say, show, terminal, write_csv, write_json, write_objects
from carecmon.cli.session import AsOfType, Session
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from carecmon.model import Alert, AsOf
    from carecmon.model.silence import Beside
    from carecmon.store import PastTransition, Store

ALERTS = (
    *("fingerprint", "rule", "series", "severity", "state", "cause", "since", "message"),
    *("acknowledged", "silenced_until", "inhibited_by", "indicator", "sector"),
)
HISTORY = ("at", "before", "state", "severity", "cause", "message", "run", "last_release")


_as_of = click.option(
    "--as-of", type=AsOfType(), metavar="DATE", help="As it stood at the end of that day, by what was stored by then."
)


@click.group("alerts", invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also alerts that are inactive or resolved.")
@click.option("--rule", default="*", metavar="R", help="Only of this rule, or of rules that fit a pattern.")
@click.option("--indicator", default="*", metavar="ID", help="Only about this indicator, or those that fit a pattern.")
@click.option("--sector", default="*", metavar="S", help="Only about this sector.")
@click.option("--severity", type=click.Choice(["info", "warning", "critical"]), help="Only this severity, and louder.")
@_as_of
@data_format()
@click.pass_context
def alerts(ctx: click.Context, /, everything: bool, as_of: AsOf | None, form: str, **wanted: Any) -> None:
    """List the alerts that are active, the loudest first.

    --as-of shows the states that the checks of that time had stored: nothing is judged again. What a rule would have
    raised by what was published by some day: carecmon backtest RULE --published.
    """
    session: Session = ctx.obj
    then = _moment(session, as_of)
    if ctx.invoked_subcommand is not None:
        if as_of is not None:
            raise UsageError("write --as-of behind the command: carecmon alerts show FINGERPRINT --as-of DATE")
        return
    store = session.open()
    found: list[Alert] = []
    standing: Mapping[str, Beside] = {}
    if store is not None:
        with store:
            must_exist(session, store, **{name: wanted[name] for name in ("rule", "indicator", "sector")})
            found, standing = _listed(session, store, everything, then)
        if as_of is not None:
            say(f"carecmon: as of {as_of}, by the states stored then", quiet=session.quiet)
    chosen = list(_chosen(session, found, **wanted))
    if form != "table":
        write_objects(form, [_listed_object(session, alert, standing[alert.fingerprint]) for alert in chosen], ALERTS)
    elif chosen:
        show(_table(session, chosen, standing))
    elif found:
        show(f"None of the {len(found)} alerts fits what you asked for; carecmon alerts lists them.")
    elif store is not None:
        said = "There has been no alert" if everything else "No alert is active"
        show(f"{said}." if then is None else f"{said} as of {as_of}.")


def _moment(session: Session, as_of: AsOf | None) -> datetime | None:
    """Return the moment to look back from; raise UsageError where alerts have no past on that axis."""
    if as_of is not None and as_of.published:
        raise UsageError(
            f"alerts have the states that checks gave them, none by day of publication; --as-of {as_of.day} shows those"
            " of that day, carecmon backtest RULE --published what a rule would have raised by what was published"
        )
    return None if as_of is None else min(as_of.moment, session.now)


def _chosen(
    session: Session, found: Sequence[Alert], rule: str, indicator: str, sector: str, severity: str | None
) -> Iterator[Alert]:
    """Yield the alerts that were asked for; one about a source concerns all indicators that it feeds."""
    from fnmatch import fnmatchcase

    from carecmon.judge.silence import about
    from carecmon.model import Severity
    from carecmon.verdicts import watch

    lowest = Severity(severity).rank if severity else None
    watched = None if (indicator, sector) == ("*", "*") else watch(session.settings, session.registry)
    for alert in found:
        pairs = [(indicator, sector)] if watched is None else about(alert, watched)
        fits = fnmatchcase(alert.rule, rule) and (lowest is None or alert.severity.rank >= lowest)
        if fits and any(fnmatchcase(one, indicator) and fnmatchcase(its, sector) for one, its in pairs):
            yield alert


def _listed_object(session: Session, alert: Alert, beside: Beside) -> dict[str, Any]:
    """Return an alert of a list, with what rows are grouped by."""
    from carecmon.model import Series

    name = None if alert.subject in session.registry.sources else Series.parse(alert.subject).indicator
    indicator = session.indicators.get(name or "")
    return {
        **_object(alert, beside),
        "indicator": name,
        "sector": indicator.sector if indicator else None,
    }


def _listed(
    session: Session, store: Store, everything: bool, then: datetime | None
) -> tuple[list[Alert], Mapping[str, Beside]]:
    from carecmon.model import AlertState
    from carecmon.muting import beside_now, beside_then

    over: tuple[AlertState, ...] = () if everything else (AlertState.INACTIVE, AlertState.RESOLVED)
    found = sorted(
        (one for one in store.alerts(then).values() if one.state not in over),
        key=lambda a: (-a.severity.rank, a.subject, a.rule),
    )
    stand = beside_now if then is None else beside_then
    return found, stand(session.settings, session.registry, store, then or session.now) if found else {}


def _object(alert: Alert, beside: Beside) -> dict[str, Any]:
    from carecmon.report import alert_object, plain

    ends = max((silence.ends for silence in beside.silences), default=None)
    return {
        **alert_object(alert),
        "acknowledged": beside.acknowledged.author if beside.acknowledged else None,
        "silenced_until": plain(ends) if ends else None,
        "inhibited_by": beside.inhibited_by,
    }


def _table(session: Session, found: Sequence[Alert], standing: Mapping[str, Beside]) -> RenderableType:
    from carecmon.cli import summary, words
    from carecmon.cli.grid import grid

    rows: list[list[str | tuple[str, str]]] = [
        [
            (a.fingerprint, "dim"),
            (a.severity.value, words.SEVERITY_STYLES[a.severity]),
            ("\n" if terminal() else ", ").join((a.state.value, *_beside_words(standing[a.fingerprint]))),
            f"{a.since:%Y-%m-%d}",
            a.message or summary.subject(a.subject, session.indicators, session.language),
            (f"{a.rule}, {summary.cause(a.cause)}", "dim"),
        ]
        for a in found
    ]
    heads = ("Alert", "Severity", "State", "Since", "What", "Rule and cause")
    return grid(heads, rows, fold=("What", "Rule and cause"), cut=terminal())


def _beside_words(beside: Beside) -> Iterator[str]:
    if beside.acknowledged:
        yield f"acknowledged by {beside.acknowledged.author}"
    if beside.silences:
        yield f"silenced until {max(silence.ends for silence in beside.silences):%Y-%m-%d}"
    if beside.inhibited_by:
        yield "inhibited"


@alerts.command("show")
@click.argument("fingerprint")
@_as_of
@data_format()
@click.pass_obj
def show_alert(session: Session, fingerprint: str, as_of: AsOf | None, form: str) -> None:
    """Show one alert, with its evidence and its whole history.

    Every change of its state with the cause, what stands beside it, and who was told, or not, and why.

    FINGERPRINT is as `carecmon alerts` prints it; its first letters are enough while they fit one alert only.
    """
    then = _moment(session, as_of)
    store = session.open()
    if store is None:
        return
    with store:
        alert = find(store, fingerprint, then)
        past = [one for one in store.transitions(alert.fingerprint) if then is None or one.at <= then]
        told = told_about(store, alert.fingerprint, then)
        standing = _listed(session, store, True, then)[1][alert.fingerprint]
        acknowledgements = store.silences.acknowledgements(alert.fingerprint, then)
    history = [_history_object(one) for one in past]
    if form == "csv":
        write_csv(HISTORY, ([one[name] for name in HISTORY] for one in history))
    elif form == "json":
        write_json(
            {
                **_object(alert, standing),
                "message": alert.message,
                "evidence": dict(alert.evidence),
                "history": history,
                "acknowledgements": [_plain(one) for one in acknowledgements],
                "silences": [_plain(one) for one in standing.silences],
                "told": told,
            }
        )
    else:
        about = session.indicators.get(alert.subject.partition("{")[0])
        show(*page(alert, past, standing, told, about))


def find(store: Store, fingerprint: str, then: datetime | None = None) -> Alert:
    """Return the alert whose fingerprint begins like this; raise UsageError where it is not exactly one."""
    found = [alert for mark, alert in store.alerts(then).items() if mark.startswith(fingerprint.casefold())]
    if len(found) == 1 and fingerprint:
        return found[0]
    problem = "fits no alert" if not found else f"fits {len(found)} alerts"
    there = "" if then is None else f" of {then:%Y-%m-%d}"
    raise UsageError(f"{fingerprint!r} {problem}{there}; carecmon alerts --all prints the fingerprint of each")


def told_about(store: Store, fingerprint: str, then: datetime | None = None) -> list[dict[str, Any]]:
    """Return who was told of an alert, or not, and why, oldest first."""
    from carecmon.report import plain
    from carecmon.store.outbox import Outbox

    return [
        {"at": plain(one.at), "person": one.person, "what": one.what, "why": one.why}
        for one in Outbox(store).history(fingerprint=fingerprint)
        if then is None or one.at <= then
    ]


def _history_object(one: PastTransition) -> dict[str, Any]:
    from carecmon.report import plain

    alert = one.transition.alert
    return {
        "at": plain(one.at),
        "before": one.transition.before.value,
        "state": alert.state.value,
        "severity": alert.severity.value,
        "cause": alert.cause.value,
        "message": alert.message,
        "run": one.run,
        "last_release": one.last_release,
        "evidence": dict(alert.evidence),
    }


def _plain(noun: Any) -> dict[str, Any]:
    from dataclasses import asdict

    from carecmon.report import plain

    return {name: plain(value) if isinstance(value, datetime) else value for name, value in asdict(noun).items()}
