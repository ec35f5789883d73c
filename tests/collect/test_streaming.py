"""A million streamed rows in order, and fewer in the worst order, in a process that is measured alone."""

import json
import subprocess
import sys

import pytest

STREAM = """
PLACES = CodeList("many", [Code(f"a{i}", Text(f"A {i}")) for i in range(SERIES)])
MANY = Indicator("NAME.many", Text("Many"), "s", "p", "km", Better.HIGHER, "d", ("NAME",), (Dimension("area", PLACES),),
                 headline=())
MONTHS = [Period.parse(f"{1990 + m // 12}-{m % 12 + 1:02d}") for m in range(100)]
ALL = [Series.of("NAME.many", area=f"a{i}") for i in range(SERIES)]

@hookimpl
def register_indicators(): return [MANY]

def parse(answer):
    ordered = ((s, m) for s in ALL for m in MONTHS) if ORDERED else ((s, m) for m in MONTHS for s in ALL)
    for series, month in ordered:
        yield Observation(series, month, 1.5, Cell("doc", "Table 1", "row", "column", "1.5"))
"""

MEASURE = """
import json, sys, time
from datetime import date
from pathlib import Path
from carecmon import registry
from carecmon.collect.gather import Request, gather
loaded = registry.load([Path(sys.argv[1])], entry_points=False)
source = loaded.sources["stream"]
began = time.perf_counter()
(result,) = gather([Request(source, loaded.places["stream"])], indicators=loaded.indicators, today=date(2026, 1, 1))
rows = sum(len(batch.rows) for batch in result.draft.batches)
# ru_maxrss would be inherited from the tests that started us.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([rows, len(result.draft.batches), peak // 1024, time.perf_counter() - began]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
@pytest.mark.parametrize(
    ("ordered", "series", "megabytes"),
    [pytest.param(True, 10_000, 300, id="series by series"), pytest.param(False, 3_000, 150, id="period by period")],
)
def test_streamed_rows_need_little_memory_in_any_order(plugins, ordered, series, megabytes):
    code = STREAM.replace("NAME", "stream").replace("SERIES", str(series)).replace("ORDERED", str(ordered))
    plugins.write("stream", code + "MORE = dict(time_limit=120.0)\n")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(plugins.folder)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[:2] == [series * 100, series]
    assert json.loads(done.stdout)[2] < megabytes
