"""Trade in low carbon technology (LCT): the shares that CAREC countries buy and sell, and with whom."""

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
PARTNER = Dimension("partner", codelists.areas())
PRODUCT = Dimension("product", codelists.read(HERE / "codes" / "products.csv"))
CODES = Dimension("codes", codelists.read(HERE / "codes" / "codes.csv"))
DIMENSIONS = (AREA, CODES, PARTNER, PRODUCT)

PILLAR = "Trade in Low Carbon Technology"
# Countries report a year's trade within the next one; the slowest take half a year more.
CALENDAR = ReleaseCalendar(lag=timedelta(days=365), grace=timedelta(days=183))
# The IMF estimates what countries did not report; less than this is no contradiction.
AGREE = Check("conflict", {"imf-lct": "5"})
REGION = ({"area": "CAREC-XPRC", "partner": "WLD", "product": "all"},)

traded = partial(
    Indicator,
    sector="trade",
    pillar=PILLAR,
    better=Better.HIGHER,
    dimensions=DIMENSIONS,
    precision=1,
    calendar=CALENDAR,
    headline=REGION,
)
share = partial(traded, sources=("lct-brief", "comtrade"), bounds=(0.0, 100.0))
value = partial(
    traded,
    unit="USD million",
    sources=("lct-brief", "comtrade", "imf-lct"),
    bounds=(0.0, None),
    checks=(Check("bounds"), Check("magnitude"), AGREE),
)

IMPORT_SHARE = share(
    id="lct.import-share",
    title=Text(
        "Low carbon technology in imports",
        "Доля низкоуглеродных технологий в импорте",
        "低碳技术产品占进口比重",
    ),
    unit="% of imports",
    definition="Value of imports of low carbon technology products (IMF list of 124 codes, HS 2017) in percent of the"
    " value of all imports of the same area and partner. CAREC-XPRC: simple average of the ten economies.",
    checks=(
        Check("bounds"),
        Check("share-growth", {"part": "lct.imports", "whole": "trade.imports"}),
        Check("conflict"),
    ),
)

EXPORT_SHARE = share(
    id="lct.export-share",
    title=Text(
        "Low carbon technology in exports",
        "Доля низкоуглеродных технологий в экспорте",
        "低碳技术产品占出口比重",
    ),
    unit="% of exports",
    definition="Value of exports of low carbon technology products (IMF list of 124 codes, HS 2017) in percent of the"
    " value of all exports of the same area and partner. CAREC-XPRC: simple average of the ten economies.",
    checks=(
        Check("bounds"),
        Check("share-growth", {"part": "lct.exports", "whole": "trade.exports"}),
        Check("conflict"),
    ),
)

IMPORTS = value(
    id="lct.imports",
    title=Text("Imports of low carbon technology", "Импорт низкоуглеродных технологий", "低碳技术产品进口额"),
    definition="Value of imports of low carbon technology products of the area from the partner (WLD: from everywhere),"
    " at current prices; one product, a published group of products, or all.",
)

EXPORTS = value(
    id="lct.exports",
    title=Text("Exports of low carbon technology", "Экспорт низкоуглеродных технологий", "低碳技术产品出口额"),
    definition="Value of exports of low carbon technology products of the area to the partner (WLD: to everywhere), at"
    " current prices; one product, a published group of products, or all.",
)

INTRA_SHARE = share(
    id="lct.intra-share",
    title=Text(
        "Low carbon technology imported from within the region",
        "Доля внутрирегионального импорта низкоуглеродных технологий",
        "区域内低碳技术产品进口比重",
    ),
    unit="% of LCT imports",
    definition="Imports of low carbon technology of the area that come from the partner group, in percent of all its"
    " imports of low carbon technology.",
    dimensions=(AREA, PARTNER),
    headline=({"area": "CAREC-XPRC", "partner": "CAREC-XPRC"},),
    checks=(Check("bounds"), Check("conflict")),
)

BRIEF = Source(
    id="lct-brief",
    publisher="CAREC Institute",
    title=Text(
        "Economic brief on trade in low carbon technology",
        "Экономический обзор торговли низкоуглеродными технологиями",
        "低碳技术产品贸易经济简报",
    ),
    url="https://www.carecinstitute.org",
    licence="CC BY 3.0 IGO",
    citation="Hans Holzhacker, The CAREC Region's Increasing Trade in Low Carbon Technology, economic brief, CAREC"
    " Institute, August 2025",
    parse=transcription.reader(),
    documents=(DOCUMENTS["seed-004"].document("2025", [HERE / "brief.csv"]),),
    order=Order.EDITION,
    checks=(
        Check("real-growth"),
        Check("parts-and-total"),
        Check("year-as-value"),
        Check("restated"),
    ),
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [IMPORT_SHARE, EXPORT_SHARE, IMPORTS, EXPORTS, INTRA_SHARE]


@hookimpl
def register_sources() -> list[Source]:
    return [BRIEF]
