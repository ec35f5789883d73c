"""The contract of a plugin, tried line by line: ``lines_of`` says which lines there are and how each went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from carecmon.authoring import declared, reading
from carecmon.authoring.known import known_of, wrong
from carecmon.authoring.lines import Line, failed, noted, passed
from carecmon.authoring.place import Plugin, plugin_at
from carecmon.authoring.purity import Tried, trials
from carecmon.authoring.reading import Read
from carecmon.authoring.recording import RECORDED
from carecmon.authoring.together import agree
from carecmon.model import PluginState
from carecmon.registry import Registry

__all__ = ["Line", "lines_of"]


@dataclass(frozen=True, slots=True)
class Trial:
    """One plugin under test, and everything loaded beside it. ``recorded`` is where its recorded answers lie."""

    registry: Registry
    plugin: Plugin
    recorded: Path
    now: datetime
    reads: dict[str, Read] = field(default_factory=dict)


def lines_of(registry: Registry, name: str, *, now: datetime, recorded: Path | None = None) -> Iterator[Line]:
    """Yield the lines of the contract for the plugin called ``name``, each as soon as it is tried.

    ``recorded`` is the folder of its recorded answers, by default ``tests/recorded`` in its folder. Nothing is asked of
    the network, and nothing is stored. A plugin that cannot be loaded gives one line.
    """
    report = next((one for one in registry.plugins if one.name == name), None)
    if report is None or report.state is PluginState.BROKEN:
        reason, remedy = (report.reason, report.remedy) if report else (f"there is no plugin {name!r}", "")
        yield failed("it loads", reason, remedy or "carecmon plugins list shows them all")
        return
    plugin = plugin_at(registry.places[name])
    trial = Trial(registry, plugin, recorded or plugin.folder / RECORDED, now)
    yield passed("it loads", f"indicators: {len(plugin.indicators)}, sources: {len(plugin.sources)}")
    yield declared.version(plugin)
    yield from declared.complete(plugin)
    yield declared.unique(registry, plugin)
    yield declared.sources_exist(registry, plugin)
    yield declared.checks_known(plugin)
    if plugin.sources:
        yield from _reading(trial)


def _reading(trial: Trial) -> Iterator[Line]:
    """Try what the sources read: their documents, or the answers that are recorded."""
    for source in trial.plugin.sources.values():
        read, lines = reading.answers(source, trial.recorded)
        trial.reads[source.id] = read
        yield from lines
    given = {name: read.answers for name, read in trial.reads.items() if read.answers}
    if not given:
        return
    tried = list(_tried(trial))
    yield from tried
    if len(tried) == 1:
        return  # nothing came of it: reading once more would take as long
    lines = [reading.valid(trial.registry, trial.plugin, trial.reads[name], trial.now) for name in given]
    yield from lines
    if failures(lines):
        return  # what was refused is neither compared nor checked
    yield from (line for name in given if (line := agree(trial.reads[name])) is not None)
    yield from _known(trial)
    for name in given:
        yield reading.checked(trial.registry, trial.reads[name], trial.now)


def _tried(trial: Trial) -> Iterator[Line]:
    """Let two processes read all answers; one line where they cannot, else several for each source."""
    reads = {name: read for name, read in trial.reads.items() if read.answers}
    place = trial.registry.places[trial.plugin.name]
    limit = 5.0 + sum(6 * read.source.time_limit for read in reads.values())
    try:
        once, again = trials(place, {name: read.answers for name, read in reads.items()}, limit)
    except TimeoutError as exc:
        yield failed(
            f"{', '.join(reads)}: parse is pure",
            str(exc),
            "read less, or in a quicker way; declare a larger time_limit",
        )
        return
    for name, read in reads.items():
        yield _pure(name, once[name], again[name])
        yield _cells(name, once[name])
        yield _limits(name, read, once[name])


def _pure(name: str, once: Tried, again: Tried) -> Line:
    what = f"{name}: parse is pure"
    if once.refused:
        return failed(what, f"it asks for {once.refused[0]}", "what parse needs must stand in the answer; ask in fetch")
    if once.error or again.error:
        return failed(what, once.error or again.error, "correct what parse makes of that answer")
    if once.digests != again.digests or any(" and " in digest for digest in once.digests):
        remedy = "the same answer must give the same observations in the same order: no sets, no random, no state"
        return failed(what, "it gives something else the second time", remedy)
    return passed(what, f"{len(once.digests)} answers read four times, without network and clock")


def _cells(name: str, tried: Tried) -> Line:
    what = f"{name}: every number has a cell"
    if tried.nowhere:
        remedy = "give each observation Cell(document, location, row, column, raw)"
        return failed(what, f"{tried.nowhere} of {tried.observations} name no document", remedy)
    if tried.unplaced:
        said = f"{tried.unplaced} of {tried.observations} say no more than the document, and are shown as not recorded"
        return noted(what, said)
    return passed(what, f"{tried.observations} observations")


def _limits(name: str, read: Read, tried: Tried) -> Line:
    what = f"{name}: within its limits"
    source = read.source
    took = f"{tried.seconds:.2f} of {source.time_limit:g} s, {tried.memory:.0f} of {source.memory_limit} MiB"
    if tried.seconds > source.time_limit or tried.memory > source.memory_limit:
        return failed(what, took, "read less at once, or declare time_limit and memory_limit as they are needed")
    return passed(what, took)


def _known(trial: Trial) -> Iterator[Line]:
    what = "a known value holds"
    try:
        known = known_of(trial.plugin)
        stated = {name: read.stated for name, read in trial.reads.items()}
        together = {key: value for values in stated.values() for key, value in values.items()}
        indicators = trial.registry.indicators
        wrongs = [said for one in known if (said := wrong(one, together, indicators.get(one.series.indicator)))]
    except ValueError as exc:
        yield failed(what, str(exc), "write series, period and value as the publication has them")
        return
    if wrongs:
        yield failed(what, "; ".join(wrongs), "compare the publication; correct the reader, or tests/known.csv")
        return
    series = {(one.series, one.period.key) for one in known}
    bare = [name for name, values in stated.items() if values and series.isdisjoint((s, p) for s, p, _ in values)]
    if bare:
        remedy = (
            "write a figure or two that you compared with the publication into tests/known.csv: series,period,value"
        )
        yield failed(what, f"none is known for {', '.join(bare)}", remedy)
    else:
        yield passed(what, f"{len(known)} compared")


def failures(lines: Sequence[Line]) -> list[Line]:
    """Return the lines that did not pass."""
    return [line for line in lines if line.passed is False]
