"""Trade in goods and investment between CAREC countries and their partners, as the news reports them."""

from pathlib import Path

from carecmon import Better, Cadence, Check, Dimension, Indicator, Order, Source, Text, codelists, hookimpl
from carecmon.sources import documents, transcription

CARECMON_API = 1

HERE = Path(__file__).parent
DOCUMENTS = documents.catalogue(HERE.parent / "documents.toml")

AREA = Dimension("area", codelists.areas())
PARTNER = Dimension("partner", codelists.areas())
KIND = Dimension("kind", codelists.read(HERE / "codes" / "investment-kinds.csv"))

GOODS = "Trade in Goods"
INVESTMENT = "Investment"

TURNOVER = Indicator(
    id="trade.turnover",
    title=Text("Trade turnover", "Товарооборот", "贸易额"),
    sector="trade",
    pillar=GOODS,
    unit="USD billion",
    better=Better.HIGHER,
    definition="Exports and imports of goods together, of the area with the partner, at current prices, in the period:"
    " nine months are never compared with a year.",
    sources=("cop29-news", "forum-news"),
    dimensions=(AREA, PARTNER),
    # Officials quote it when they speak; nobody publishes it on a calendar here.
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, None),
    headline=({"area": "CENTRAL-ASIA", "partner": "CHN"},),
    checks=(Check("bounds"), Check("conflict")),
)

IMPORTS = Indicator(
    id="trade.imports",
    title=Text("Imports of all goods", "Импорт всех товаров", "全部货物进口额"),
    sector="trade",
    pillar=GOODS,
    unit="USD billion",
    better=Better.NEITHER,
    definition="Imports of all goods of the area from the partner (WLD: from everywhere), at current prices. The brief"
    " on low carbon technology prints its growth only, which is kept as claims.",
    sources=("lct-brief",),
    dimensions=(AREA, PARTNER),
    precision=0,
    bounds=(0.0, None),
    checks=(Check("bounds"), Check("conflict")),
)

EXPORTS = Indicator(
    id="trade.exports",
    title=Text("Exports of all goods", "Экспорт всех товаров", "全部货物出口额"),
    sector="trade",
    pillar=GOODS,
    unit="USD billion",
    better=Better.HIGHER,
    definition="Exports of all goods of the area to the partner (WLD: to everywhere), at current prices. The brief on"
    " low carbon technology prints its growth only, which is kept as claims.",
    sources=("lct-brief",),
    dimensions=(AREA, PARTNER),
    precision=0,
    bounds=(0.0, None),
    checks=(Check("bounds"), Check("conflict")),
)

CUMULATIVE = Indicator(
    id="investment.cumulative",
    title=Text(
        "Investment from a partner country, cumulative",
        "Инвестиции страны-партнёра, нарастающим итогом",
        "伙伴国累计投资",
    ),
    sector="trade",
    pillar=INVESTMENT,
    unit="USD billion",
    better=Better.HIGHER,
    definition="Investment from the partner in the economy of the area, summed over the whole reference period; of the"
    " kind direct, or of all kinds.",
    sources=("forum-news",),
    dimensions=(AREA, KIND, PARTNER),
    cadence=Cadence.IRREGULAR,
    precision=1,
    bounds=(0.0, None),
    headline=({"area": "*", "kind": "all"},),
    checks=(Check("bounds"),),
    stock=True,
)

COMPANIES = Indicator(
    id="investment.companies",
    title=Text(
        "Companies with capital of a partner country",
        "Компании с капиталом страны-партнёра",
        "有伙伴国资本的企业数",
    ),
    sector="trade",
    pillar=INVESTMENT,
    unit="companies",
    better=Better.NEITHER,
    definition="Companies with capital of the partner that operate in the area.",
    sources=("forum-news",),
    dimensions=(AREA, PARTNER),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, None),
    headline=({"area": "*"},),
    checks=(Check("bounds"),),
    stock=True,
)

COP29_NEWS = Source(
    id="cop29-news",
    publisher="a news agency that the text does not name",
    title=Text(
        "News of the CAREC session at COP29", "Новость о сессии ЦАРЭС на COP29", "COP29 中亚区域经济合作会议新闻"
    ),
    url="",
    licence="not stated in the text; two figures are quoted",
    citation="News of the high-level session on partnership with CAREC at COP29, Baku, 14 November 2024",
    parse=transcription.reader(),
    documents=(DOCUMENTS["seed-002"].document("2024-11-14", [HERE / "cop29_news.csv"]),),
    order=Order.EDITION,
    checks=(Check("restated"),),
)

FORUM_NEWS = Source(
    id="forum-news",
    publisher="SR-CENTER.INFO",
    title=Text(
        "Article on the China-Central Asia forum",
        "Статья о форуме «Китай — Центральная Азия»",
        "中国—中亚合作论坛文章",
    ),
    url="",
    licence="not stated in the text; figures are quoted",
    citation="Gulnara Safarli, Expanding Horizons: The China-Central Asia Forum on Partnership and Green Initiatives,"
    " SR-CENTER.INFO (undated; 2024 by inference)",
    parse=transcription.reader(),
    documents=(DOCUMENTS["seed-003"].document("2024", [HERE / "forum_news.csv"]),),
    order=Order.EDITION,
    checks=(Check("restated"),),
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [TURNOVER, IMPORTS, EXPORTS, CUMULATIVE, COMPANIES]


@hookimpl
def register_sources() -> list[Source]:
    return [COP29_NEWS, FORUM_NEWS]
