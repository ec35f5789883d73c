"""Perceived quality of roads and railroads, from the Global Competitiveness Index of the World Economic Forum."""

from datetime import date
from functools import partial

from carecmon import (
    Better,
    Cadence,
    Check,
    Dimension,
    Discontinued,
    Indicator,
    Scale,
    Text,
    codelists,
    hookimpl,
)

CARECMON_API = 1

AREA = Dimension("area", codelists.areas())
ROADS = "Roads and Road Asset Management"
RAILWAYS = "Railways"
# The progress report reprints the index; the editions themselves were not read.
SOURCES = ("progress-report",)
ROADS_ENDED = Discontinued(
    since=date(2020, 1, 1),
    reason="The Global Competitiveness Index is no longer updated; the last road values are those of 2019.",
)
RAILWAYS_ENDED = Discontinued(
    since=date(2019, 1, 1),
    reason="The Global Competitiveness Index is no longer updated; the last railroad values are those of 2017-2018.",
)

quality = partial(
    Indicator,
    sector="transport",
    sources=SOURCES,
    dimensions=(AREA,),
    cadence=Cadence.IRREGULAR,
    headline=({"area": "*"},),
)
score = partial(
    quality,
    unit="score (1-7)",
    better=Better.HIGHER,
    scale=Scale.INTERVAL,
    precision=2,
    bounds=(1.0, 7.0),
    checks=(Check("bounds"),),
)
rank = partial(
    quality,
    unit="rank",
    better=Better.LOWER,
    scale=Scale.ORDINAL,
    precision=0,
    bounds=(1.0, None),
)

ROAD_QUALITY = score(
    id="wef.road-quality",
    title=Text(
        "Perceived road quality (WEF GCI)",
        "Восприятие качества дорог (ГИК ВЭФ)",
        "对公路质量的感知（世界经济论坛全球竞争力指数）",
    ),
    pillar=ROADS,
    definition="Perceived quality of roads, from 1 (worst) to 7 (best), in the year's Global Competitiveness Index.",
    discontinued=ROADS_ENDED,
)

ROAD_QUALITY_RANK = rank(
    id="wef.road-quality-rank",
    title=Text(
        "Perceived road quality: rank (WEF GCI)",
        "Восприятие качества дорог: место (ГИК ВЭФ)",
        "对公路质量的感知：排名（世界经济论坛全球竞争力指数）",
    ),
    pillar=ROADS,
    definition="Rank of the perceived road quality among the economies of the year's index.",
    discontinued=ROADS_ENDED,
    checks=(Check("bounds"), Check("rank-follows-score", {"score": "wef.road-quality"})),
)

RAIL_QUALITY = score(
    id="wef.rail-quality",
    title=Text(
        "Perceived railroad quality (WEF GCI)",
        "Восприятие качества железных дорог (ГИК ВЭФ)",
        "对铁路质量的感知（世界经济论坛全球竞争力指数）",
    ),
    pillar=RAILWAYS,
    definition="Perceived quality of railroads, from 1 (worst) to 7 (best), in the Global Competitiveness Index;"
    " an edition spans two years.",
    discontinued=RAILWAYS_ENDED,
)

RAIL_QUALITY_RANK = rank(
    id="wef.rail-quality-rank",
    title=Text(
        "Perceived railroad quality: rank (WEF GCI)",
        "Восприятие качества железных дорог: место (ГИК ВЭФ)",
        "对铁路质量的感知：排名（世界经济论坛全球竞争力指数）",
    ),
    pillar=RAILWAYS,
    definition="Rank of the perceived railroad quality among the economies of the index's edition.",
    discontinued=RAILWAYS_ENDED,
    checks=(Check("bounds"), Check("rank-follows-score", {"score": "wef.rail-quality"})),
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [ROAD_QUALITY, ROAD_QUALITY_RANK, RAIL_QUALITY, RAIL_QUALITY_RANK]
