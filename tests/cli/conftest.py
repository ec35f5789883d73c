"""A small run with hand-made verdicts: every status, both kinds of target, states, long titles."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from carecmon import codelists
from carecmon.model import (
    Alert,
    AlertState,
    Assessment,
    Better,
    Cause,
    Code,
    CodeList,
    Dimension,
    Freshness,
    Indicator,
    IndicatorReport,
    Outcome,
    Period,
    PluginReport,
    PluginState,
    RunReport,
    Scale,
    Series,
    Severity,
    SourceOutcome,
    SourceReport,
    Status,
    Text,
    Transition,
    fingerprint,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
AREA = Dimension("area", codelists.areas())
MODE = Dimension("mode", codelists.modes())
PROJECTS = CodeList("projects", [Code("casa-1000", Text("CASA-1000")), Code("tap", Text("TAP"))])
NAMES = {"none": "none", "partial": "partly operational", "operational": "fully operational"}
STATES = CodeList("states", [Code(code, Text(name)) for code, name in NAMES.items()])
FREIGHT = "Cross-Border Transport and Logistics Facilitation"

INDICATORS = [
    Indicator(
        "cpmm.bcp-time",
        Text("Time to clear a border-crossing point", "Время пересечения границы", "边境口岸通关时间"),
        "transport",
        FREIGHT,
        "h",
        Better.LOWER,
        "Hours a truck or train takes to clear a border-crossing point.",
        ("cpmm-report",),
        (AREA, MODE),
    ),
    Indicator(
        "road.fatalities",
        Text("Road crash fatalities", "Погибшие в ДТП", "道路交通事故死亡人数"),
        "transport",
        "Road Safety",
        "deaths",
        Better.LOWER,
        "Deaths in road crashes in one year.",
        ("progress-report",),
        (AREA,),
        precision=0,
    ),
    Indicator(
        "energy.interconnection",
        Text("Interconnection project"),
        "energy",
        "Better Energy Security through Regional Interconnections",
        "state",
        Better.HIGHER,
        "State of a cross-border project.",
        ("progress-report",),
        (Dimension("project", PROJECTS),),
        scale=Scale.STATE,
        states=STATES,
        headline=({"project": "*"},),
    ),
    Indicator(
        "energy.renewable-share",
        Text("Renewable energy in final consumption"),
        "energy",
        "Enhancing Sustainability by Greening the Regional Energy System",
        "percent",
        Better.HIGHER,
        "Share of renewable energy.",
        ("worldbank",),
        (AREA,),
    ),
]


def verdict(series, status, *, sector="transport", pillar=FREIGHT, values=(), official=False, **more):
    points = tuple((Period.parse(period), value) for period, value in values)
    last = dict(period=points[-1][0], value=points[-1][1]) if points else {}
    if len(points) > 1:
        last |= dict(previous_period=points[-2][0], change=points[-1][1] - points[-2][1])
    settled = dict(official=official, method="open_sdg/1", unit="", why="made by hand", freshness=Freshness.EXPECTED)
    return Assessment(Series.parse(series), sector, pillar, status, **{**settled, **last, "points": points, **more})


def verdicts():
    base = dict(baseline_period=Period.parse("2019"), target_year=2030)
    hours = [("2019", 12.2), ("2020", 15.1), ("2021", 14.4), ("2022", 12.4), ("2023", 13.0)]
    road = dict(base, target=10.3, baseline=12.2, expected=11.4)
    rail = dict(base, target=30.0, baseline=42.0, expected=36.1, freshness=Freshness.LATE)
    deaths = dict(target=41000.0, baseline=82000.0, baseline_period=Period.parse("2010"), expected=55312.4)
    deaths |= dict(pillar="Road Safety", official=True, target_year=2030, required_rate=-3.406)
    power = dict(sector="energy", pillar=INDICATORS[2].pillar, official=True, target=2.0, target_year=2030)
    time, project = "cpmm.bcp-time", "energy.interconnection"
    few = [("2021", 9.0), ("2022", 1083.25)]
    return [
        verdict(f"{time}{{area=CAREC,mode=road}}", Status.REVERSING, values=hours, **road),
        verdict(f"{time}{{area=CAREC,mode=rail}}", Status.ON_TRACK, values=[("2022", 40.2), ("2023", 35.0)], **rail),
        verdict(f"{time}{{area=corridor-3,mode=road}}", Status.NO_TARGET, values=few, official=None),
        verdict("road.fatalities{area=CAREC}", Status.SLOW, values=[("2010", 82e3), ("2021", 57200.0)], **deaths),
        verdict(f"{project}{{project=casa-1000}}", Status.STAGNANT, values=[("2023", 0.0), ("2024", 1.0)], **power),
        verdict(f"{project}{{project=tap}}", Status.ACHIEVED, values=[("2024", 2.0)], **power),
    ]


def alert(subject, severity=Severity.WARNING, state=AlertState.FIRING, rule="off-track-official", **more):
    settled = dict(cause=Cause.FIRST_ASSESSMENT, since=NOW, message=f"{subject} is off track")
    return Alert(fingerprint(rule, subject), rule, subject, severity, state, **{**settled, **more})


def finished(**more):
    """A run over the verdicts above; ``more`` replaces what a test is about."""
    found = verdicts()
    judged = {a.series.indicator for a in found}
    outcomes = {i.id: Outcome.JUDGED if i.id in judged else Outcome.NO_DATA for i in INDICATORS}
    report = RunReport(
        id=1,
        started=NOW,
        finished=NOW,
        offline=False,
        plugins=[PluginReport("cpmm", PluginState.LOADED)],
        sources=[SourceReport("cpmm-report", "cpmm", SourceOutcome.RECORDED, (1,), newest=NOW)],
        indicators=[IndicatorReport(i.id, i.sector, i.pillar, outcomes[i.id]) for i in INDICATORS],
        assessments=found,
    )
    return replace(report, **more)


def transition(changed, before=AlertState.INACTIVE):
    return Transition(before, changed)


@pytest.fixture
def made():
    """The hand-made parts, by name."""
    from types import SimpleNamespace

    return SimpleNamespace(**{k: v for k, v in globals().items() if not k.startswith("_")})
