"""How long the command line takes to start and to check everything shipped. Prints figures, judges nothing.

Whole processes, alternating with ``python -c pass``, medians of seven; run it on a quiet machine.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7
#: As where people work: what was compiled once is kept.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(*command: str, cwd: str | None = None) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, check=True)
    return time.perf_counter() - started


def carecmon(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("carecmon")), *words]


#: A plugin with 10,000 series of 10 periods.
MANY = """
from pathlib import Path
from carecmon import Better, Cell, Document, Indicator, Observation, Period, Series, Source, Text, hookimpl
from carecmon.model import Code, CodeList, Dimension
CODES = ["CAREC", *(f"place-{n:05}" for n in range(9_999))]
AREAS = Dimension("area", CodeList("places", [Code(code, Text(code)) for code in CODES]))
PERIODS = [Period.parse(str(year)) for year in range(2014, 2024)]
def parse(answer):
    for n, code in enumerate(CODES):
        for i, period in enumerate(PERIODS):
            yield Observation(Series.of("bench.value", area=code), period, 100.0 + n % 97 + i, Cell("bench"))
@hookimpl
def register_sources():
    bench = Document("bench", edition="2024", data=(Path(__file__),))
    return [Source("bench", "Example", Text("Bench"), "https://example.org", "CC0-1.0", "none", parse, (bench,))]
@hookimpl
def register_indicators():
    texts = ("bench", "Speed", "h", Better.LOWER, "A number.")
    return [Indicator("bench.value", Text("Value"), *texts, ("bench",), (AREAS,))]
"""


def status_of_many() -> float:
    """Return the median seconds of ``status`` on 100,000 observations in 10,000 series."""
    with tempfile.TemporaryDirectory() as folder:
        plugins = Path(folder, "mine")
        plugins.mkdir()
        plugins.joinpath("many.py").write_text(MANY, encoding="utf-8")
        settings = 'plugin_dirs = ["mine"]\n[indicators."bench.value"]\n'
        Path(folder, "indicators.toml").write_text(settings, encoding="utf-8")
        seconds(*carecmon("check", "--offline"), cwd=folder)
        return statistics.median(seconds(*carecmon("status"), cwd=folder) for _ in range(5))


def main() -> None:
    bare, asked = [], []
    for _ in range(REPEATS):
        bare.append(seconds(sys.executable, "-c", "pass"))
        asked.append(seconds(*carecmon("--help")))
    extra = (statistics.median(asked) - statistics.median(bare)) * 1000
    print(f"carecmon --help             {extra:6.0f} ms over python -c pass    (budget 100 ms)")
    with tempfile.TemporaryDirectory() as folder:
        seconds(*carecmon("init"), cwd=folder)
        first = seconds(*carecmon("check", "--offline"), cwd=folder)
        again = [seconds(*carecmon("check", "--offline"), cwd=folder) for _ in range(3)]
        status = [seconds(*carecmon("status"), cwd=folder) for _ in range(3)]
    print(f"check --offline, first      {first:6.2f} s                          (budget 5 s)")
    print(f"check --offline, unchanged  {statistics.median(again):6.2f} s                          (budget 3 s)")
    print(f"status                      {statistics.median(status):6.2f} s")
    print(f"status, 100,000 values      {status_of_many():6.2f} s                          (budget 0.4 s)")


if __name__ == "__main__":
    main()
