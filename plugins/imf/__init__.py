"""The IMF's table of trade in low carbon technology: a second opinion on what is computed from UN Comtrade."""

from carecmon import Order, Source, Text, hookimpl
from carecmon.sources import imf
from carecmon.sources.downloads import Download

CARECMON_API = 1

TABLE = Source(
    id="imf-lct",
    publisher="International Monetary Fund",
    title=Text(
        "Trade in low carbon technology products",
        "Торговля продукцией низкоуглеродных технологий",
        "低碳技术产品贸易",
    ),
    url="https://climatedata.imf.org",
    licence="IMF terms: reuse with attribution, dates of access required",
    citation="International Monetary Fund, Climate Change Indicators Dashboard, Trade in Low Carbon Technology",
    parse=imf.parse,
    fetch=Download(covers=("lct.imports", "lct.exports")),
    order=Order.OBSERVED,
    requests=1,
    files=(".csv", ".xlsx"),
)


@hookimpl
def register_sources() -> list[Source]:
    return [TABLE]
