"""Energy: the interconnections, the energy work plan and its deliverables, the grid, and its state of health."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from carecmon import (
    Better,
    Cadence,
    Check,
    Dimension,
    Indicator,
    ReleaseCalendar,
    Scale,
    Text,
    codelists,
    hookimpl,
)

CARECMON_API = 1

CODES = Path(__file__).parent / "codes"

AREA = Dimension("area", codelists.areas())
PARTNER = Dimension("partner", codelists.areas())
PROJECT = Dimension("project", codelists.read(CODES / "projects.csv"))
THEME = Dimension("theme", codelists.read(CODES / "themes.csv"))
ACTION = Dimension("action", codelists.read(CODES / "actions.csv"))
DELIVERABLE = Dimension("deliverable", codelists.read(CODES / "deliverables.csv"))
MEASURE = Dimension("measure", codelists.read(CODES / "measures.csv"))

INTERCONNECTIONS = "Better Energy Security through Regional Interconnections"
REFORMS = "Scaled-Up Investments through Market-Oriented Reforms"
GREENING = "Enhancing Sustainability by Greening the Regional Energy System"
WORK_PLAN = "Energy Work Plan"

# The report of May or June already states the year it is published in, so a year's figure is usual by the year's end.
REPORTED = ReleaseCalendar(lag=timedelta(0), grace=timedelta(days=183))
# Countries report a year's trade within the next one.
TRADED = ReleaseCalendar(lag=timedelta(days=365), grace=timedelta(days=183))
# World Bank and Ember publish a year's figure one to two years later.
SURVEYED = ReleaseCalendar(lag=timedelta(days=548), grace=timedelta(days=183))

#: What the energy sector's progress report says of each year: where things stand at its end.
reported = partial(
    Indicator, sector="energy", better=Better.HIGHER, sources=("progress-report",), precision=0, stock=True
)

INTERCONNECTION = reported(
    id="energy.interconnection",
    title=Text(
        "Interconnection projects operational",
        "Ввод в эксплуатацию проектов энергообъединения",
        "互联项目投入运营情况",
    ),
    pillar=INTERCONNECTIONS,
    unit="state",
    definition="Whether the power interconnections TUTAP, TAP and CASA-1000 and the TAPI gas pipeline operate: not,"
    " partially, or fully. CAREC 2030 results framework, energy output 1.",
    dimensions=(PROJECT,),
    scale=Scale.STATE,
    states=codelists.read(CODES / "interconnection-states.csv"),
    calendar=REPORTED,
    headline=({"project": "*"},),
    checks=(Check("conflict"),),
)

ALLIANCE_DONORS = reported(
    id="energy.alliance-donors",
    title=Text(
        "Donors and partners of the CAREC Green Energy Alliance",
        "Доноры и партнёры Альянса зелёной энергетики ЦАРЭС",
        "为 CAREC 绿色能源联盟提供资金的捐助者和发展伙伴",
    ),
    pillar=GREENING,
    unit="partners",
    definition="Donors and development partners that finance the CAREC Green Energy Alliance; for 2022 those that"
    " expressed support. CAREC 2030 results framework, energy output 2.",
    bounds=(0.0, None),
    calendar=REPORTED,
    headline=({},),
    checks=(Check("bounds"),),
)

PILLAR_PROGRESS = reported(
    id="energy.pillar-progress",
    title=Text(
        "Progress of energy pillars and cross-cutting themes",
        "Выполнение по направлениям и сквозным темам энергетики",
        "能源战略支柱和跨领域主题进展",
    ),
    pillar=WORK_PLAN,
    unit="%",
    definition="Share of the work under a pillar or cross-cutting theme of the CAREC Energy Strategy 2030 that is done,"
    " as reported. It does not follow from counting deliverables.",
    dimensions=(THEME,),
    scale=Scale.INTERVAL,
    bounds=(0.0, 100.0),
    calendar=REPORTED,
    headline=({"theme": "*"},),
    checks=(Check("bounds"), Check("heading", {"label": "theme"}), Check("restated")),
)

DELIVERABLES = reported(
    id="energy.deliverables",
    title=Text("Energy deliverables", "Результаты плана работ по энергетике", "能源部门可交付成果"),
    pillar=WORK_PLAN,
    unit="state",
    definition="How far each deliverable of the energy work plans is, from cancelled to completed. A date of completion"
    " and whether it is delayed stand in the note.",
    dimensions=(THEME, ACTION, DELIVERABLE),
    scale=Scale.STATE,
    states=codelists.read(CODES / "deliverable-states.csv"),
    # A deliverable leaves the list when its work plan ends: no next period is owed.
    cadence=Cadence.IRREGULAR,
    headline=({"action": "interconnection-projects"},),
    checks=(Check("heading", {"label": "theme"}), Check("restated")),
)

#: The grid of the region: all that there is is a stock, what is added during a period is none.
grid = partial(
    Indicator,
    sector="energy",
    pillar=INTERCONNECTIONS,
    better=Better.HIGHER,
    sources=("program-page",),
    dimensions=(AREA, MEASURE),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, None),
    headline=({"area": "CAREC", "measure": "*"},),
    checks=(Check("bounds"),),
    stock={"measure": "total"},
)

LINES = grid(
    id="energy.lines",
    title=Text("Transmission lines", "Линии электропередачи", "输电线路"),
    unit="km",
    definition="Length of transmission lines: all that there are at the end of the period (measure total), or installed"
    " or upgraded during it (measure added).",
)

CAPACITY = grid(
    id="energy.capacity",
    title=Text("Power generation capacity", "Мощность электрогенерации", "发电装机容量"),
    unit="MW",
    definition="Capacity of power generation: all that there is at the end of the period (measure total), or added"
    " during it (measure added).",
)

SUBSTATIONS = grid(
    id="energy.substations",
    title=Text("Substations installed or upgraded", "Новые и модернизированные подстанции", "新建或升级的变电站"),
    unit="substations",
    definition="Substations newly installed (measure new) or upgraded (measure upgraded) during the period.",
)

#: Shares that countries have in percent, from the statistics of the World Bank.
national = partial(
    Indicator,
    sector="energy",
    pillar=REFORMS,
    sources=("worldbank",),
    dimensions=(AREA,),
    precision=1,
    bounds=(0.0, 100.0),
    calendar=SURVEYED,
    checks=(Check("bounds"),),
)

RENEWABLE_SHARE = national(
    id="energy.renewable-share",
    title=Text("Renewable electricity share", "Доля возобновляемой электроэнергии", "可再生能源发电占比"),
    pillar=GREENING,
    unit="%",
    better=Better.HIGHER,
    definition="Share of electricity generated from renewable sources, hydropower included.",
    sources=("ember", "worldbank"),
    checks=(Check("bounds"), Check("conflict", {"ember": "5"})),
)

ACCESS = national(
    id="energy.access",
    title=Text("Access to electricity", "Доступ к электроэнергии", "通电率"),
    unit="% of people",
    better=Better.HIGHER,
    definition="Share of people with access to electricity (World Bank EG.ELC.ACCS.ZS).",
)

LOSSES = national(
    id="energy.losses",
    title=Text(
        "Electricity lost in transmission and distribution",
        "Потери электроэнергии при передаче и распределении",
        "输配电损耗率",
    ),
    unit="% of output",
    better=Better.LOWER,
    definition="Electricity lost in transmission and distribution, share of output (World Bank EG.ELC.LOSS.ZS).",
)

ELECTRICITY_EXPORTS = Indicator(
    id="electricity.exports",
    title=Text("Electricity exports", "Экспорт электроэнергии", "电力出口额"),
    sector="energy",
    pillar=INTERCONNECTIONS,
    unit="USD million",
    better=Better.HIGHER,
    definition="Value of electricity exported from the area to the partner (WLD: to everywhere), at current prices.",
    sources=("lct-brief",),
    dimensions=(AREA, PARTNER),
    precision=0,
    bounds=(0.0, None),
    calendar=TRADED,
    headline=({"area": "CAREC-XPRC"},),
    checks=(Check("bounds"), Check("magnitude")),
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [
        INTERCONNECTION,
        ALLIANCE_DONORS,
        PILLAR_PROGRESS,
        DELIVERABLES,
        LINES,
        CAPACITY,
        SUBSTATIONS,
        RENEWABLE_SHARE,
        ACCESS,
        LOSSES,
        ELECTRICITY_EXPORTS,
    ]
