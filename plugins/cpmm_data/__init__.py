"""The data files of CPMM: averages by country and by border-crossing point, from 2010 on, fetched or handed over."""

from carecmon import Order, Source, Text, hookimpl
from carecmon.sources import cpmm_files
from carecmon.sources.downloads import Download

CARECMON_API = 1

DATA = Source(
    id="cpmm-data",
    publisher="CAREC Program",
    title=Text(
        "CPMM data files",
        "Файлы данных измерения и мониторинга эффективности коридоров (ИМЭК)",
        "走廊绩效测量和监测数据文件",
    ),
    url="https://cpmm.carecprogram.org/data/",
    licence="not stated on the pages; attribution to the CAREC Program",
    citation="CAREC Program, Corridor Performance Measurement and Monitoring, data files",
    parse=cpmm_files.parse,
    fetch=Download(
        "CPMM_Country_Indicators.csv",
        "CPMM_BCP_Indicators.csv",
        covers=("cpmm.swd", "cpmm.swod", "cpmm.bcp-time", "cpmm.bcp-cost", "cpmm.section-cost"),
    ),
    # The files have no edition: what they say on a day replaces what they said before.
    order=Order.OBSERVED,
    requests=2,
    api="https://cpmm.carecprogram.org/data",
    files=(".csv", ".xlsx"),
)


@hookimpl
def register_sources() -> list[Source]:
    return [DATA]
