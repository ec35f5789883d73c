"""What stands below the table of ``check``: what changed, what is broken, what to look at first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from carecmon.cli import words
from carecmon.model import (
    AlertState,
    Cause,
    Indicator,
    Outcome,
    PluginState,
    RunReport,
    Series,
    Severity,
    SourceOutcome,
    Transition,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

#: Of more than this, only the rule and the indicator are said: in all, and of one rule.
_MOST_TRANSITIONS, _MOST_OF_A_RULE = 10, 5


def subject(name: str, indicators: Mapping[str, Indicator], language: str = "en") -> str:
    """Return what an alert is about, by its title; a source by its id."""
    try:
        series = Series.parse(name)
    except ValueError:
        return name
    indicator = indicators.get(series.indicator)
    return words.title(series, indicator, language) if indicator else name


def transitions(
    report: RunReport, indicators: Mapping[str, Indicator], language: str = "en"
) -> Iterator[RenderableType]:
    """Yield how many alerts changed their state, and each of them once.

    The loudest have a line of their own, with what is wrong; the others are gathered by rule. In a first run, where
    everything is new, information is among the others.
    """
    from rich.text import Text

    changed = report.transitions
    if not changed:
        return
    ordered = sorted(changed, key=lambda t: (-t.alert.severity.rank, t.alert.subject, t.alert.rule))
    of_rule = Counter(map(_alike, ordered))
    told = [one for one in ordered if not report.first_run or one.alert.severity is not Severity.INFO]
    told = [one for one in told if of_rule[_alike(one)] <= _MOST_OF_A_RULE][:_MOST_TRANSITIONS]
    rest = [one for one in ordered if one not in told]
    yield Text(f"{words.count(len(changed), 'alert')} changed:", "bold")
    yield _hanging([*(_transition(one, indicators, language) for one in told), *_gathered(rest)])
    if rest:
        yield Text("  each of them: carecmon alerts", "dim")


def _gathered(changed: Sequence[Transition]) -> Iterator[tuple[Text, Text, Text]]:
    """Yield a line for each rule with how many series of which indicators it is about, the most first."""
    from rich.text import Text

    groups: dict[tuple[Severity, AlertState, str, Cause], Counter[str]] = {}
    for one in changed:
        groups.setdefault(_alike(one), Counter())[one.alert.subject.partition("{")[0]] += 1
    for (severity, state, rule, why), about in groups.items():
        ordered = sorted(about.items(), key=lambda one: (-one[1], one[0]))
        said = Text(f"{rule}, {about.total():,}: {', '.join(_counted(*one) for one in ordered)}")
        said.append(f" ({cause(why)})", "dim")
        yield Text(severity.value, words.SEVERITY_STYLES[severity]), Text(state.value), said


def _alike(one: Transition) -> tuple[Severity, AlertState, str, Cause]:
    return one.alert.severity, one.alert.state, one.alert.rule, one.alert.cause


def _counted(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number:,}"


def _transition(one: Transition, indicators: Mapping[str, Indicator], language: str) -> tuple[Text, Text, Text]:
    from rich.text import Text

    alert = one.alert
    was = "" if one.before is AlertState.INACTIVE else f", was {one.before.value}"
    if one.before is alert.state:
        was = ", for something new"
    said = Text((alert.message or subject(alert.subject, indicators, language)).rstrip("."))
    said.append(f" ({cause(alert.cause)})", "dim")
    severity = Text(alert.severity.value, words.SEVERITY_STYLES[alert.severity])
    return severity, Text(f"{alert.state.value}{was}"), said


def _hanging(rows: Sequence[Sequence[Text]]) -> RenderableType:
    """Return short cells beside a long one, which folds under its own beginning."""
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for place in range(len(rows[0])):
        grid.add_column(no_wrap=place < len(rows[0]) - 1, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 0, 2), expand=False)


def cause(why: Cause) -> str:
    """Return why an alert changed, in words."""
    return why.value.replace("_", " ")


def problems(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield what did not work, each once and with what to do: ``(what, remedy)``."""
    said = [source.error for source in report.sources if source.error]
    for plugin in report.plugins:
        if plugin.state is PluginState.BROKEN:
            yield f"plugin {plugin.name} is broken: {_sentence(plugin.reason)}", plugin.remedy
    for source in report.sources:
        if source.outcome is SourceOutcome.FAILED:
            older = f"using what was obtained on {source.newest:%Y-%m-%d}" if source.newest else "nothing older to use"
            yield f"source {source.id} failed: {_sentence(source.error)}", f"{older}; a later check asks it again"
    for indicator in report.indicators:
        if indicator.outcome is Outcome.FAILED and not any(error in indicator.error for error in said):
            yield f"indicator {indicator.id} was not judged: {_sentence(indicator.error)}", ""


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") or "no reason given"


def look_first(sentences: Sequence[str]) -> Iterator[RenderableType]:
    """Yield a heading and the sentences that say what to look at first, the most important first."""
    from rich.text import Text

    if sentences:
        yield Text("Look at first:", "bold")
        yield _hanging([(Text(f"{place}.", "dim"), Text(said)) for place, said in enumerate(sentences, 1)])


def notes(report: RunReport) -> Iterator[str]:
    """Yield what a reader of the table should know about how it came to be."""
    if report.as_of:
        yield f"As of {report.as_of}. Nothing was written."
    elif report.id is None:
        yield "A dry run: nothing was written, nothing sent."
    asleep = [source.id for source in report.sources if source.outcome is SourceOutcome.OFFLINE]
    if report.offline and not report.as_of:
        which = f" ({', '.join(asleep)})" if asleep else ""
        yield f"Offline: live sources were not asked{which}."
    if report.not_watched:
        named = words.count(report.not_watched, "installed indicator")
        yield f"{named} {'is' if report.not_watched == 1 else 'are'} not watched: carecmon indicators"
    yield from figures(report)
    fallen_back = standing_in(report)
    if fallen_back:
        yield fallen_back
    if not report.changed and not fallen_back and not report.first_run and report.id is not None:
        since = last_change(report)
        yield f"Nothing changed since {since:%Y-%m-%d %H:%M} UTC." if since else "Nothing changed."


def figures(report: RunReport) -> Iterator[str]:
    """Yield what the releases recorded by this run brought; not in a first run, where everything is new."""
    said = []
    for source in report.sources:
        counts = [(source.added, "added"), (source.revised, "revised"), (source.withdrawn, "withdrawn")]
        told = ", ".join(f"{number:,} {what}" for number, what in counts if number)
        if source.releases and told:
            said.append(f"{source.id}: {told}")
    if said and not report.first_run:
        yield f"New figures: {'; '.join(said)} (carecmon revisions --since {report.started:%Y-%m-%d})"


def standing_in(report: RunReport) -> str:
    """Say which sources failed and have something older to judge on, and from when; empty where none did."""
    failed = [s for s in report.sources if s.outcome is SourceOutcome.FAILED and s.newest is not None]
    if not failed:
        return ""
    older = ", ".join(f"{s.id} of {s.newest.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for s in failed if s.newest)
    return f"{words.count(len(failed), 'source')} failed; judged on what was stored: {older}"


def last_change(report: RunReport) -> datetime | None:
    """Return when something last changed: a release was recorded, or an alert changed its state."""
    times = [source.newest for source in report.sources if source.newest] + [alert.since for alert in report.alerts]
    return max(times).astimezone(UTC) if times else None


def news(report: RunReport) -> set[Series]:
    """Return the series whose alerts changed; in a first run everything did, so only what is loud counts."""
    found = set()
    for one in report.transitions:
        if report.first_run and one.alert.severity.rank == 0:
            continue
        try:
            found.add(Series.parse(one.alert.subject))
        except ValueError:
            continue  # about a source
    return found
