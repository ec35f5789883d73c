"""Nouns as JSON objects. The names of the keys are a promise to scripts: add, never rename.

Behind each key stands its type and what it means: docs/reference/json.md is made from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from carecmon.model import (
    Alert,
    Assessment,
    Delivery,
    Finding,
    Indicator,
    IndicatorReport,
    Period,
    PluginReport,
    RunReport,
    Scale,
    Series,
    SourceReport,
)

SCHEMA = "carecmon.check/1"

Object = dict[str, Any]


def run_object(report: RunReport, indicators: Mapping[str, Indicator]) -> Object:
    """Return the one object that ``check --format json`` prints. ``indicators`` are the installed ones, by id."""
    return {
        "schema": SCHEMA,  #: text: `carecmon.check/1`; another number only where a key changes its meaning or goes
        "run": about_run(report),  #: object: the run itself
        "plugins": [plugin_object(plugin) for plugin in report.plugins],  #: list of objects: all that were found
        "sources": [source_object(one) for one in report.sources],  #: list of objects: those that feed these indicators
        "indicators": [indicator_object(one) for one in report.indicators],  #: list of objects: those asked for
        "assessments": [
            assessment_object(a, indicators.get(a.series.indicator)) for a in report.assessments
        ],  #: list of objects: the verdict on every series of these indicators, not only the headline ones
        "alerts": [alert_object(alert) for alert in report.alerts],  #: list of objects: those that are active
        "findings": [finding_object(finding) for finding in report.findings],  #: list of objects: those that stand
        "deliveries": [
            delivery_object(delivery) for delivery in report.deliveries
        ],  #: list of objects: open, or made or tried by this run
        "warnings": [*report.warnings, *report.unsent],  #: list of texts: what else people are told, on stderr
    }


def about_run(report: RunReport) -> Object:
    """Return when and how a run was made."""
    return {
        "id": report.id,  #: number or null: of the run in the store; null where nothing was written
        "started": plain(report.started),  #: time
        "finished": plain(report.finished),  #: time
        "as_of": str(report.as_of) if report.as_of else None,  #: text or null: what `--as-of` said
        "offline": report.offline,  #: true or false: no live source was asked
    }


def plugin_object(plugin: PluginReport) -> Object:
    """Return what became of one plugin."""
    return {
        "name": plugin.name,  #: text
        "state": plugin.state.value,  #: text: {PluginState}
        "reason": plugin.reason,  #: text: what is wrong, blank where nothing is
        "remedy": plugin.remedy,  #: text: what to do about it
    }


def source_object(source: SourceReport) -> Object:
    """Return what asking one source gave."""
    return {
        "id": source.id,  #: text
        "plugin": source.plugin,  #: text: whose it is
        "outcome": source.outcome.value,  #: text: {SourceOutcome}
        "releases": list(source.releases),  #: list of numbers: the releases that this run recorded of it
        "error": source.error or None,  #: text or null: why it failed
        "newest": plain(source.newest),  #: time or null: when the newest release of it that is believed was observed
        "added": source.added,  #: number: of values that are new; what is in quarantine does not count
        "revised": source.revised,  #: number: of values that are another now
        "withdrawn": source.withdrawn,  #: number: of values that it does not state any more
    }


def indicator_object(indicator: IndicatorReport) -> Object:
    """Return what one run made of one indicator."""
    return {
        "id": indicator.id,  #: text
        "sector": indicator.sector,  #: text
        "pillar": indicator.pillar,  #: text
        "outcome": indicator.outcome.value,  #: text: {Outcome}
        "releases": list(indicator.releases),  #: list of numbers: the releases that this run recorded for it
        "error": indicator.error or None,  #: text or null: why it failed
    }


def assessment_object(a: Assessment, indicator: Indicator | None) -> Object:
    """Return the verdict on one series. A value is a number in ``unit``; on the state scale the code of a state."""
    return {
        "series": str(a.series),  #: text: such as `cpmm.swd{area=corridor-1,mode=all}`
        "indicator": a.series.indicator,  #: text: its id
        "sector": a.sector,  #: text
        "pillar": a.pillar,  #: text
        "labels": dict(a.series.labels),  #: object: the code of each dimension
        "status": a.status.value,  #: text: {Status}
        "freshness": a.freshness.value,  #: text: {Freshness}
        "calendar": a.calendar,  #: true or false: false where nobody can say when a figure is due; then nothing is late
        "official": a.official,  #: true, false or null: whether the target is official; null without a target
        "method": a.method,  #: text: name and version of how it was judged
        "period": plain(a.period),  #: text or null: the newest period that has a value
        "value": value_of(a.value, indicator),  #: value or null: of that period
        "unit": a.unit,  #: text
        "change": plain(a.change),  #: number or null: against the previous period, computed
        "baseline": value_of(a.baseline, indicator),  #: value or null: from where progress is measured
        "baseline_period": plain(a.baseline_period),  #: text or null: its period
        "expected": value_of(a.expected, indicator),  #: value or null: what the path to the target says for `period`
        "progress": plain(a.progress),  #: number or null: share of the way from baseline to target, 1 at the target
        "elapsed": plain(a.elapsed),  #: number or null: share of the time that `expected` is the path of
        "required_rate": plain(a.required_rate),  #: number or null: percent a year from baseline to target
        "required_from_now": plain(a.required_from_now),  #: number or null: percent a year from value to target
        "projected_2030": value_of(a.projected, indicator),  #: value or null: where it leads if it goes on so
        "target": value_of(a.target, indicator),  #: value or null
        "target_year": a.target_year,  #: number or null
        "sources": list(a.sources),  #: list of texts: the ids of the sources of the judged values
        "why": a.why,  #: text: the verdict in a sentence
        "corrections": [
            {"period": str(period), "says": said} for period, said in a.corrections
        ],  #: list of objects: `period` and, as `says`, which correction its judged value rests on
        "findings": list(a.findings),  #: list of texts: ids of open findings that touch `value`
    }


def alert_object(alert: Alert) -> Object:
    """Return one alert."""
    return {
        "fingerprint": alert.fingerprint,  #: text: its id, always the same for one rule and one series
        "rule": alert.rule,  #: text: the name of the rule
        "series": alert.subject,  #: text: what it is about; the id of a source where it is about a source
        "severity": alert.severity.value,  #: text: {Severity}
        "state": alert.state.value,  #: text: {AlertState}
        "cause": alert.cause.value,  #: text: {Cause}
        "since": plain(alert.since),  #: time: when it came into this state
        "message": alert.message,  #: text: what is wrong, in a sentence
    }


def finding_object(finding: Finding) -> Object:
    """Return one contradiction, with the cells that contradict each other."""
    return {
        "id": finding.id,  #: text
        "check": finding.check,  #: text: the kind of [check](checks.md) that found it
        "severity": finding.severity.value,  #: text: {Severity}
        "indicator": finding.series.indicator if finding.series else None,  #: text or null
        "series": plain(finding.series),  #: text or null
        "period": plain(finding.period),  #: text or null
        "source": finding.source,  #: text: its id
        "cells": [
            asdict(cell) for cell in finding.cells
        ],  #: list of objects: where it is printed: `document`, `location`, `row`, `column`, `raw`
        "found": finding.found,  #: text: what is printed
        "expected": finding.expected,  #: text: what should be
        "message": finding.message,  #: text: both in a sentence
        "acknowledged": finding.acknowledged,  #: text or null: who accepted it, and why
        "mended_by": finding.mended_by,  #: text or null: the later edition or the correction that mends it
    }


def delivery_object(delivery: Delivery) -> Object:
    """Return one message to one person."""
    return {
        "id": delivery.id,  #: number
        "person": delivery.person,  #: text: the name in `[people.NAME]`
        "channel": delivery.channel,  #: text
        "state": delivery.state,  #: text: `queued`, `sending` (elsewhere), `waiting`, `sent`, `dead` or `dropped`
        "alerts": list(delivery.alerts),  #: list of texts: fingerprints
    }


def value_of(value: float | None, indicator: Indicator | None) -> float | int | str | None:
    """Return a value as outputs write it: the code of the state on the state scale, else a number."""
    if value is None or indicator is None or indicator.scale is not Scale.STATE or indicator.states is None:
        return plain(value)  # type: ignore[no-any-return]
    # A point of a path between two states is no state.
    is_state = float(value).is_integer() and 0 <= value < len(indicator.states)
    return indicator.state_code(value) if is_state else plain(value)


def plain(value: object) -> Any:
    """Return ``value`` as JSON writes it: 12 significant digits, times in UTC, periods and series as text."""
    if isinstance(value, float):
        rounded = float(f"{value:.12g}")
        return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date | Period | Series):
        return str(value)
    return value
