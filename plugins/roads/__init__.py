"""Roads and railways: asset management, road safety, and the network built and improved by 2020."""

from functools import partial

from carecmon import Better, Cadence, Check, Dimension, Indicator, Scale, Text, codelists, hookimpl

CARECMON_API = 1

AREA = Dimension("area", codelists.areas())
ROADS = "Roads and Road Asset Management"
SAFETY = "Road Safety"
RAILWAYS = "Railways"

RAM_MATURITY = Indicator(
    id="ram.maturity",
    title=Text(
        "Road asset management (RAM) maturity level",
        "Уровень зрелости управления дорожными активами (RAM)",
        "公路资产管理（RAM）成熟度等级",
    ),
    sector="transport",
    pillar=ROADS,
    unit="level",
    better=Better.HIGHER,
    definition="Maturity of a country's road asset management system, national network: 1 under construction; 2 full"
    " inventory, updated at fixed times, not fully used for decisions; 3 continuous monitoring with cost models,"
    " planning and financial planning.",
    sources=("progress-report",),
    dimensions=(AREA,),
    scale=Scale.ORDINAL,
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(1.0, 3.0),
    headline=({"area": "*"},),
    checks=(Check("bounds"),),
    stock=True,
)

FATALITIES = Indicator(
    id="road.fatalities",
    title=Text(
        "Road fatalities on CAREC road corridors",
        "Число погибших в ДТП на автодорожных коридорах ЦАРЭС",
        "CAREC 国际公路走廊上的道路交通事故死亡人数",
    ),
    sector="transport",
    pillar=SAFETY,
    unit="deaths",
    better=Better.LOWER,
    definition="Deaths a year in road crashes on CAREC international road corridors. The baseline printed with the"
    " target, 82,000 in 2010, is probably the national totals of all roads; half of it is not the 23,000 lives saved a"
    " year that the road safety strategy names for the corridors. No later value was ever published.",
    sources=("progress-report",),
    dimensions=(AREA,),
    # No calendar is known: a baseline and a target year are all that was published.
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, None),
    checks=(Check("bounds"), Check("magnitude")),
)

FATALITY_RATE = Indicator(
    id="road.fatality-rate",
    title=Text("Road traffic death rate", "Смертность в ДТП", "道路交通事故死亡率"),
    sector="transport",
    pillar=SAFETY,
    unit="deaths per 100,000 people",
    better=Better.LOWER,
    definition="Estimated deaths from road traffic injuries per 100,000 people (World Bank SH.STA.TRAF.P5, from the"
    " World Health Organization; SDG indicator 3.6.1). National, all roads.",
    sources=("worldbank",),
    dimensions=(AREA,),
    # Estimates come with each global status report, at no fixed interval.
    cadence=Cadence.IRREGULAR,
    precision=1,
    bounds=(0.0, None),
    headline=({"area": "CAREC"}, {"area": "*"}),
    checks=(Check("bounds"), Check("magnitude")),
)

#: What was built or improved since a fixed start, as the program counts it.
network = partial(
    Indicator,
    sector="transport",
    unit="km",
    better=Better.HIGHER,
    sources=("program-page",),
    dimensions=(AREA,),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, None),
    checks=(Check("bounds"),),
    stock=True,
)

ROADS_BUILT = network(
    id="transport.roads-built",
    title=Text(
        "Roads built or improved, cumulative",
        "Построенные или улучшенные автодороги, нарастающим итогом",
        "累计新建或改善公路",
    ),
    pillar=ROADS,
    definition="Expressways and national highways of the CAREC corridors built, upgraded or improved by the end of the"
    " period under the Transport and Trade Facilitation Strategy 2020.",
)

RAIL_BUILT = network(
    id="transport.rail-built",
    title=Text(
        "New railways built, cumulative",
        "Построенные новые железные дороги, нарастающим итогом",
        "累计新建铁路",
    ),
    pillar=RAILWAYS,
    definition="New railways of the CAREC corridors built by the end of the period under the Transport and Trade"
    " Facilitation Strategy 2020.",
)

RAIL_IMPROVED = network(
    id="transport.rail-improved",
    title=Text(
        "Railways improved, cumulative",
        "Улучшенные железные дороги, нарастающим итогом",
        "累计改善铁路",
    ),
    pillar=RAILWAYS,
    definition="Railways of the CAREC corridors improved by the end of the period under the Transport and Trade"
    " Facilitation Strategy 2020.",
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [RAM_MATURITY, FATALITIES, FATALITY_RATE, ROADS_BUILT, RAIL_BUILT, RAIL_IMPROVED]
