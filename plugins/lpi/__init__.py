"""The Logistics Performance Index of the World Bank, survey edition (2007 to 2023)."""

from datetime import date
from pathlib import Path

from carecmon import (
    Better,
    Cadence,
    Check,
    Covered,
    Dimension,
    Discontinued,
    Indicator,
    Order,
    Period,
    Scale,
    Source,
    Text,
    codelists,
    hookimpl,
)
from carecmon.sources import documents, transcription

CARECMON_API = 1

HERE = Path(__file__).parent
DOCUMENTS = documents.catalogue(HERE.parent / "documents.toml")
EDITIONS = ("2007", "2010", "2012", "2014", "2016", "2018", "2023")

AREA = Dimension("area", codelists.areas())
PILLAR = "Cross-Border Transport and Logistics Facilitation"
SOURCES = ("lpi-editions", "progress-report")
ENDED = Discontinued(
    since=date(2026, 4, 1),
    reason="In April 2026 the World Bank replaced the survey by the Logistics Performance Indicators 2.0, which rest"
    " on tracking data. The edition of 2023 is the last; the two must not be joined.",
    successor="Logistics Performance Indicators 2.0",
)

SCORE = Indicator(
    id="lpi.score",
    title=Text(
        "Logistics Performance Index: score",
        "Индекс эффективности логистики (LPI): оценка",
        "物流感知指数（LPI）：得分",
    ),
    sector="transport",
    pillar=PILLAR,
    unit="score (1-5)",
    better=Better.HIGHER,
    definition="Overall score from 1 (worst) to 5 from the World Bank's survey of logistics professionals. The period"
    " is the edition. The edition of 2023 prints one decimal, so a change of 0.05 or less is inside rounding.",
    sources=(*SOURCES, "worldbank"),
    dimensions=(AREA,),
    scale=Scale.INTERVAL,
    cadence=Cadence.IRREGULAR,
    precision=2,
    bounds=(1.0, 5.0),
    discontinued=ENDED,
    headline=({"area": "*"},),
    checks=(Check("bounds"), Check("conflict")),
)

RANK = Indicator(
    id="lpi.rank",
    title=Text(
        "Logistics Performance Index: rank",
        "Индекс эффективности логистики (LPI): место",
        "物流感知指数（LPI）：排名",
    ),
    sector="transport",
    pillar=PILLAR,
    unit="rank",
    better=Better.LOWER,
    definition="Rank of the overall score among the economies of the edition, equal scores sharing the best rank. The"
    " number of economies changes (150 in 2007, 160 in 2018, 139 in 2023): compare scores, not ranks.",
    sources=SOURCES,
    dimensions=(AREA,),
    scale=Scale.ORDINAL,
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(1.0, None),
    discontinued=ENDED,
    headline=({"area": "*"},),
    checks=(Check("bounds"), Check("rank-follows-score", {"score": "lpi.score"}), Check("conflict")),
)

CLEARANCE_DWELL = Indicator(
    id="lpi2.clearance-dwell",
    title=Text(
        "LPI 2.0: dwell time at the clearance facility",
        "LPI 2.0: время простоя в пункте таможенного оформления",
        "LPI 2.0：清关设施停留时间",
    ),
    sector="transport",
    pillar=PILLAR,
    unit="days",
    better=Better.LOWER,
    definition="How long imported containers stay at the facility where a landlocked country clears them, on average,"
    " from the tracking of containers (Logistics Performance Indicators 2.0, DT_DST_LLDC, mean); of that set the one"
    " nearest to the time at border crossing points of CPMM. Days, by the World Bank's description of the indicator;"
    " the note of each value has the unit that the answer names. It continues no series of the survey.",
    sources=("data360",),
    dimensions=(AREA,),
    cadence=Cadence.IRREGULAR,
    precision=1,
    bounds=(0.0, None),
    headline=({"area": "*"},),
    checks=(Check("bounds"), Check("magnitude")),
)


def covers(edition: str) -> tuple[Covered, ...]:
    """Return what an edition states completely: its own year, every economy."""
    period = Period.parse(edition)
    return tuple(Covered(indicator.id, period, period) for indicator in (SCORE, RANK))


EDITIONS_SOURCE = Source(
    id="lpi-editions",
    publisher="World Bank",
    title=Text(
        "Logistics Performance Index, editions 2007 to 2023",
        "Индекс эффективности логистики, выпуски 2007–2023 годов",
        "物流绩效指数（2007—2023 年各版）",
    ),
    url="https://lpi.worldbank.org",
    licence="not stated in the files; attribution to the World Bank",
    citation="World Bank, Logistics Performance Index, editions 2007, 2010, 2012, 2014, 2016, 2018 and 2023",
    parse=transcription.reader(),
    documents=tuple(
        DOCUMENTS[f"lpi-{edition}"].document(edition, [HERE / f"{edition}.csv"], covers(edition))
        for edition in EDITIONS
    ),
    order=Order.EDITION,
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [SCORE, RANK, CLEARANCE_DWELL]


@hookimpl
def register_sources() -> list[Source]:
    return [EDITIONS_SOURCE]
