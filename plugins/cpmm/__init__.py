"""Corridor Performance Measurement and Monitoring: how fast and at what cost freight moves along the corridors."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from carecmon import (
    Better,
    Check,
    Dimension,
    Indicator,
    Order,
    ReleaseCalendar,
    Source,
    Text,
    codelists,
    hookimpl,
)
from carecmon.sources import documents, transcription

CARECMON_API = 1

HERE = Path(__file__).parent
DOCUMENTS = documents.catalogue(HERE.parent / "documents.toml")

AREA = Dimension("area", codelists.areas())
DIRECTION = Dimension("direction", codelists.directions())
MODE = Dimension("mode", codelists.modes())

CROSS_BORDER = "Cross-Border Transport and Logistics Facilitation"
ROADS = "Roads and Road Asset Management"

# Publication dates are not known. The progress report of May 2024 has the figures of 2022 but not those of 2023, so a
# report comes between 5 and 17 months after its year: usual within a year, late after a year and a half.
CALENDAR = ReleaseCalendar(lag=timedelta(days=365), grace=timedelta(days=183))
USUAL_CHECKS = (Check("bounds"), Check("magnitude"), Check("conflict"))
# The data files hold whole series as the publisher sees them now. Without them, the shipped configuration prefers the
# progress report for rail speeds: the row of the 2022 report slipped.
REPORTS = ("cpmm-report", "progress-report")
SOURCES = ("cpmm-data", *REPORTS)

measured = partial(
    Indicator,
    sector="transport",
    sources=SOURCES,
    dimensions=(AREA, MODE),
    bounds=(0.0, None),
    calendar=CALENDAR,
    headline=({"area": "CAREC", "mode": "*"}, {"area": "*", "mode": "*"}),
    checks=USUAL_CHECKS,
)
#: What a border crossing takes, which a trip may do in either direction.
border = partial(
    measured,
    pillar=CROSS_BORDER,
    better=Better.LOWER,
    dimensions=(AREA, DIRECTION, MODE),
    headline=({"area": "CAREC", "direction": "overall", "mode": "*"}, {"area": "*", "direction": "overall"}),
)

SWD = measured(
    id="cpmm.swd",
    title=Text("Speed with delay (SWD)", "Скорость с учётом задержек (СУЗ)", "延误速度（SWD）"),
    pillar=CROSS_BORDER,
    unit="km/h",
    better=Better.HIGHER,
    definition="Average speed of a freight trip along a CAREC corridor, stops and border crossings included: distance"
    " divided by total time. CPMM's trade facilitation indicator 4. The mode 'all' pools road and rail.",
    precision=1,
    checks=(Check("ordered", {"at_most": "cpmm.swod"}), *USUAL_CHECKS),
)

SWOD = measured(
    id="cpmm.swod",
    title=Text("Speed without delay (SWOD)", "Скорость без учёта задержек (СБУЗ)", "平均无延误交通速度（SWOD）"),
    pillar=ROADS,
    unit="km/h",
    better=Better.HIGHER,
    definition="Average speed of a freight trip along a CAREC corridor while moving: distance divided by moving time;"
    " says how good the infrastructure is. Never below the speed with delay of the same trips.",
    precision=1,
)

BCP_TIME = border(
    id="cpmm.bcp-time",
    title=Text(
        "Time to clear a border-crossing point",
        "Время прохождения пункта пропуска через границу (ППГ)",
        "边境口岸清关时间",
    ),
    unit="h",
    definition="Average time to move cargo across a border, from entry to exit of the border-crossing points of each of"
    " the two countries: formalities, waiting, loading and unloading. CPMM's trade facilitation indicator 1. The"
    " overall value of a country is weighted by observations, so it need not lie midway between outbound and inbound.",
    precision=1,
)

BCP_COST = border(
    id="cpmm.bcp-cost",
    title=Text(
        "Cost of border-crossing clearance",
        "Стоимость прохождения пункта пропуска через границу (ППГ)",
        "边境口岸清关成本",
    ),
    unit="USD",
    definition="Sum of fees and payments for the activities at a border-crossing point, unofficial payments included;"
    " US dollars of the year. CPMM's trade facilitation indicator 2.",
    precision=0,
)

SECTION_COST = measured(
    id="cpmm.section-cost",
    title=Text("Cost to travel a corridor section", "Стоимость проезда участка коридора", "走廊路段运输成本"),
    pillar=CROSS_BORDER,
    unit="USD per 500 km per 20 t",
    better=Better.LOWER,
    definition="Total cost of transport along a corridor section, brought to 500 kilometres and 20 tonnes of cargo;"
    " US dollars of the year. CPMM's trade facilitation indicator 3.",
    precision=0,
)

SAMPLES = measured(
    id="cpmm.samples",
    title=Text("CPMM trip samples", "Число выборочных рейсов ИМЭК (CPMM)", "走廊绩效测量和监测（CPMM）样本数"),
    pillar=CROSS_BORDER,
    unit="samples",
    # More samples make better figures, but their number says nothing about the corridors.
    better=Better.NEITHER,
    definition="Trips logged in a year by the partner associations, on which that year's CPMM averages rest.",
    sources=REPORTS,
    precision=0,
    headline=({"area": "CAREC", "mode": "*"},),
    checks=(Check("bounds"), Check("conflict")),
)

REPORT = Source(
    id="cpmm-report",
    publisher="CAREC Program",
    title=Text(
        "CPMM annual reports",
        "Годовые отчёты по измерению и мониторингу эффективности коридоров (ИМЭК)",
        "走廊绩效测量和监测年度报告",
    ),
    url="https://cpmm.carecprogram.org",
    licence="not stated on the pages; attribution to the CAREC Program",
    citation="CAREC Program, Corridor Performance Measurement and Monitoring, annual reports 2015, 2020, 2022, 2023",
    parse=transcription.reader(),
    # No edition restates a whole earlier year, so each covers only the cells it lists.
    documents=tuple(
        DOCUMENTS[f"cpmm-report-{edition}"].document(edition, [HERE / f"{edition}.csv"])
        for edition in ("2015", "2020", "2022", "2023")
    ),
    order=Order.EDITION,
    checks=(
        Check("restated"),
        Check("printed-growth"),
        Check("shares-sum", {"indicator": "cpmm.samples", "complete": "yes"}),
    ),
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [SWD, SWOD, BCP_TIME, BCP_COST, SECTION_COST, SAMPLES]


@hookimpl
def register_sources() -> list[Source]:
    return [REPORT]
