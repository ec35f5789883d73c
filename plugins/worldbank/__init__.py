"""The World Bank's open data: series that feed indicators of several sectors, and consumer prices to deflate by."""

from datetime import timedelta

from carecmon import Better, Indicator, Order, ReleaseCalendar, Source, Text, codelists, hookimpl
from carecmon.sources import data360, worldbank
from carecmon.sources.data360 import Data360
from carecmon.sources.worldbank import WorldBank

CARECMON_API = 1

MEMBERS = tuple(area.code for area in codelists.areas() if area.facts.get("kind") == "member")
#: Members without access to the sea: all but the PRC, Georgia and Pakistan.
LANDLOCKED = tuple(area for area in MEMBERS if area not in ("CHN", "GEO", "PAK"))
ATTRIBUTION = "World Bank, World Development Indicators"

US_CPI = Indicator(
    id="prices.us-cpi",
    title=Text(
        "Consumer prices in the United States",
        "Индекс потребительских цен в США",
        "美国消费者价格指数",
    ),
    sector="trade",
    pillar="Prices",
    unit="index, 2010 = 100",
    better=Better.NEITHER,
    definition="Consumer price index of the United States, average of the year, 2010 = 100 (World Bank FP.CPI.TOTL)."
    " For deflating amounts in US dollars: the brief on low carbon technology does so, with a factor of 1.60 from 2005"
    " to 2024.",
    sources=("worldbank",),
    precision=1,
    bounds=(0.0, None),
    calendar=ReleaseCalendar(lag=timedelta(days=120), grace=timedelta(days=183)),
)

READER = WorldBank(
    [
        worldbank.Feed("FP.CPI.TOTL", US_CPI.id, ("USA",), labelled=False),
        # The edition of 2023 stands under 2022, with one decimal; the older ones stand under their own years.
        worldbank.Feed("LP.LPI.OVRL.XQ", "lpi.score", MEMBERS, filed={"2022": "2023"}),
        worldbank.Feed("SH.STA.TRAF.P5", "road.fatality-rate", MEMBERS),
        worldbank.Feed("EG.ELC.RNEW.ZS", "energy.renewable-share", MEMBERS),
        worldbank.Feed("EG.ELC.ACCS.ZS", "energy.access", MEMBERS),
        worldbank.Feed("EG.ELC.LOSS.ZS", "energy.losses", MEMBERS),
    ]
)

WORLD_BANK = Source(
    id="worldbank",
    publisher="World Bank",
    title=Text(
        "World Development Indicators",
        "Показатели мирового развития",
        "世界发展指标",
    ),
    url="https://data.worldbank.org",
    licence="CC BY 4.0",
    citation=ATTRIBUTION,
    parse=READER.parse,
    fetch=READER.fetch,
    order=Order.OBSERVED,
    time_limit=300.0,
    requests=len(READER.feeds),
    api=worldbank.API,
    rate=5.0,
    concurrency=2,
)

#: The mean, as CPMM's figures are averages; the median and the spread stay in the answers that are kept.
MEAN = "WB_LPI_M"
DWELL = Data360([data360.Feed("WB_LPI_20", "DT_DST_LLDC", "lpi2.clearance-dwell", LANDLOCKED, MEAN)])

DATA360 = Source(
    id="data360",
    publisher="World Bank",
    title=Text(
        "Logistics Performance Indicators 2.0 (Data360)",
        "Показатели эффективности логистики 2.0 (Data360)",
        "物流绩效指标 2.0（Data360）",
    ),
    url="https://data360.worldbank.org",
    licence="CC BY 4.0",
    citation="World Bank, Logistics Performance Indicators 2.0 (WB_LPI_20), Data360",
    parse=DWELL.parse,
    fetch=DWELL.fetch,
    order=Order.OBSERVED,
    reader_version="2",
    time_limit=300.0,
    requests=DWELL.requests,
    api=data360.API,
    rate=5.0,
    concurrency=2,
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [US_CPI]


@hookimpl
def register_sources() -> list[Source]:
    return [WORLD_BANK, DATA360]
