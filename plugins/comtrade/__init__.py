"""UN Comtrade: what CAREC countries trade in low carbon technology, computed from what they report each year."""

from pathlib import Path

from carecmon import Order, Source, Text, hookimpl
from carecmon.sources import comtrade
from carecmon.sources.comtrade import Comtrade

CARECMON_API = 1

READER = Comtrade(Path(__file__).parent.parent / "lct" / "lct_codes_by_edition.csv")

COMTRADE = Source(
    id="comtrade",
    publisher="United Nations Statistics Division",
    title=Text(
        "UN Comtrade: trade in low carbon technology",
        "ООН Комтрейд: торговля низкоуглеродными технологиями",
        "联合国商品贸易统计数据库：低碳技术产品贸易",
    ),
    url="https://comtradeplus.un.org",
    licence="UN Comtrade policy on use and re-dissemination: derived figures with attribution, no bulk data",
    citation="carecmon, calculated from United Nations, UN Comtrade database; list of products: IMF",
    parse=READER.parse,
    fetch=READER.fetch,
    order=Order.OBSERVED,
    # A first fill without a key is two requests for each year of a reporter, one a second.
    time_limit=1800.0,
    # Twelve years of all partners with a key: measured 380 MiB for the most rows there can be.
    memory_limit=2048,
    requests=221,
    api=comtrade.API,
    rate=1.0,
    concurrency=1,
)


@hookimpl
def register_sources() -> list[Source]:
    return [COMTRADE]
