"""Ember's yearly electricity data: how much of each country's power is renewable."""

from carecmon import Order, Source, Text, hookimpl
from carecmon.sources import ember
from carecmon.sources.downloads import Download

CARECMON_API = 1

EMBER = Source(
    id="ember",
    publisher="Ember",
    title=Text("Yearly electricity data", "Годовые данные об электроэнергетике", "年度电力数据"),
    url="https://ember-energy.org/data/yearly-electricity-data/",
    licence="CC BY 4.0",
    citation="Ember, Yearly Electricity Data",
    parse=ember.parse,
    fetch=Download(
        "yearly_full_release_long_format.csv",
        covers=("energy.renewable-share",),
        deadline=300.0,
        max_bytes=160 << 20,
    ),
    order=Order.OBSERVED,
    time_limit=420.0,
    requests=1,
    api="https://files.ember-energy.org/public-downloads",
    files=(".csv",),
)


@hookimpl
def register_sources() -> list[Source]:
    return [EMBER]
