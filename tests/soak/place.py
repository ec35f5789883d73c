"""The folder of a soak: plugins, and an indicators.toml that watches them."""

from tests.soak.world import INDICATORS, PLUGINS, SOURCES, plugin_of, schedule_of

PLUGIN = """
import json
from carecmon import Answer, Better, Cell, Indicator, NotModified, Observation, Order, Period, Series, Source, Text
from carecmon import hookimpl
from carecmon.model import Ask

def fetch_of(number):
    def fetch(client, state):
        reply = client.get(Ask(f"{client.base}/{number}", etag=state.get("etag")))
        if reply.not_modified:
            yield NotModified(reply.url)
        else:
            yield Answer(reply.body, reply.url, state={"etag": reply.etag})
    return fetch

def parse(answer):
    for name, values in sorted(json.loads(answer.body).items()):
        for year, value in sorted(values.items()):
            cell = Cell("answer", "rows", year, "value", str(value))
            yield Observation(Series(name), Period.parse(year), value, cell)

@hookimpl
def register_sources():
    return [Source(f"source-{n}", "Example Institute", Text("Source"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, fetch=fetch_of(n), order=Order.OBSERVED, api="https://example.org/api",
                   rate=0, requests=1) for n in NUMBERS]

@hookimpl
def register_indicators():
    return [Indicator(f"soak.s{n}-{part}", Text(f"Indicator {n} {part}"), "test", "Test", "km/h", Better.HIGHER,
                      "A test.", (f"source-{n}",)) for n in NUMBERS for part in "ab"]
"""
CONFIG = """
plugin_dirs = ["plugins"]
[[targets]]
indicator = "soak.*"
value = 60
year = 2030
base_period = "2012"
official = true
citation = "a test"
[[rules]]
id = "high"
condition = "above"
value = 80
clear = 60
severity = "critical"
[[rules]]
id = "failing"
condition = "source_failing"
severity = "warning"
for = {{ time = "1 day" }}
[people.now]
email = "now@example.org"
remind_after = "3 weeks"
[people.daily]
email = "daily@example.org"
send = "daily"
hour = "09:00"
time_zone = "Asia/Almaty"
[people.weekly]
email = "weekly@example.org"
send = "weekly"
severities = ["critical"]
[retention]
logs = "20 years"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
from = "carecmon@example.org"
"""


def build(folder, ports, smtp_port):
    """Write plugins and configuration into ``folder``."""
    (folder / "plugins").mkdir()
    for plugin in range(PLUGINS):
        numbers = [number for number in range(SOURCES) if plugin_of(number) == plugin]
        (folder / "plugins" / f"soak_{plugin}.py").write_text(f"NUMBERS = {numbers}\n{PLUGIN}", "utf-8")
    blocks = [CONFIG.format(port=smtp_port)]
    for number in range(SOURCES):
        schedule, zone = schedule_of(number)
        blocks.append(
            f'[sources."source-{number}"]\nbase_url = "http://127.0.0.1:{ports[plugin_of(number)]}"\nrate = 0\n'
            f'allow_private_hosts = ["127.0.0.1"]\nschedule = "{schedule}"\ntime_zone = "{zone}"'
        )
    blocks += [f'[indicators."{name}"]' for name in INDICATORS]
    (folder / "indicators.toml").write_text("\n".join(blocks) + "\n", "utf-8")
