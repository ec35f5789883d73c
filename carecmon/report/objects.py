"""Nouns as JSON objects. The names of the keys are a promise to scripts: add, never rename."""

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
)

SCHEMA = "carecmon.check/1"

Object = dict[str, Any]


def run_object(report: RunReport, indicators: Mapping[str, Indicator]) -> Object:
    """Return the one object that ``check --format json`` prints. ``indicators`` are the installed ones, by id."""
    return {
        "schema": SCHEMA,
        "run": {
            "id": report.id,
            "started": plain(report.started),
            "finished": plain(report.finished),
            "as_of": str(report.as_of) if report.as_of else None,
            "offline": report.offline,
        },
        "plugins": [plugin_object(plugin) for plugin in report.plugins],
        "indicators": [indicator_object(indicator) for indicator in report.indicators],
        "assessments": [assessment_object(a, indicators.get(a.series.indicator)) for a in report.assessments],
        "alerts": [alert_object(alert) for alert in report.alerts],
        "findings": [finding_object(finding) for finding in report.findings],
        "deliveries": [delivery_object(delivery) for delivery in report.deliveries],
    }


def plugin_object(plugin: PluginReport) -> Object:
    """Return what became of one plugin."""
    return {"name": plugin.name, "state": plugin.state.value, "reason": plugin.reason, "remedy": plugin.remedy}


def indicator_object(indicator: IndicatorReport) -> Object:
    """Return what one run made of one indicator; ``releases`` are ids."""
    return {
        "id": indicator.id,
        "sector": indicator.sector,
        "pillar": indicator.pillar,
        "outcome": indicator.outcome.value,
        "releases": list(indicator.releases),
        "error": indicator.error or None,
    }


def assessment_object(a: Assessment, indicator: Indicator | None) -> Object:
    """Return the verdict on one series. Values are numbers in ``unit``, or codes of states on the state scale."""
    return {
        "series": str(a.series),
        "indicator": a.series.indicator,
        "sector": a.sector,
        "pillar": a.pillar,
        "labels": dict(a.series.labels),
        "status": a.status.value,
        "freshness": a.freshness.value,
        "official": a.official,
        "method": a.method,
        "period": plain(a.period),
        "value": value_of(a.value, indicator),
        "unit": a.unit,
        "change": plain(a.change),
        "baseline": value_of(a.baseline, indicator),
        "baseline_period": plain(a.baseline_period),
        "expected": value_of(a.expected, indicator),
        "progress": plain(a.progress),
        "elapsed": plain(a.elapsed),
        "required_rate": plain(a.required_rate),
        "required_from_now": plain(a.required_from_now),
        "projected_2030": value_of(a.projected, indicator),
        "target": value_of(a.target, indicator),
        "target_year": a.target_year,
        "sources": list(a.sources),
        "why": a.why,
        "corrections": [{"period": str(period), "says": said} for period, said in a.corrections],
        "findings": list(a.findings),
    }


def alert_object(alert: Alert) -> Object:
    """Return one alert. ``series`` is the id of a source where the alert is about a source."""
    return {
        "fingerprint": alert.fingerprint,
        "rule": alert.rule,
        "series": alert.subject,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "cause": alert.cause.value,
        "since": plain(alert.since),
    }


def finding_object(finding: Finding) -> Object:
    """Return one contradiction, with the cells that contradict each other."""
    return {
        "id": finding.id,
        "check": finding.check,
        "severity": finding.severity.value,
        "indicator": finding.series.indicator if finding.series else None,
        "series": plain(finding.series),
        "period": plain(finding.period),
        "source": finding.source,
        "cells": [asdict(cell) for cell in finding.cells],
        "found": finding.found,
        "expected": finding.expected,
        "message": finding.message,
        "acknowledged": finding.acknowledged,
        "mended_by": finding.mended_by,
    }


def delivery_object(delivery: Delivery) -> Object:
    """Return one message to one person; ``alerts`` are fingerprints."""
    return {
        "id": delivery.id,
        "person": delivery.person,
        "channel": delivery.channel,
        "state": delivery.state,
        "alerts": list(delivery.alerts),
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
