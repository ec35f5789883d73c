"""How long the command line takes to start and to check everything shipped. Prints figures, judges nothing.

Whole processes, alternating with ``python -c pass``, medians of seven; run it on a quiet machine.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

REPEATS = 7
#: As where people work: what was compiled once is kept.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Took(NamedTuple):
    """The seconds of a whole process, and of processors: on a busy machine only these can be compared."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s, {self.processor:5.2f} s of processor"


def run(*command: str, cwd: str | None = None) -> Took:
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Took(time.perf_counter() - started, used)


def median(all_of: Iterable[Took]) -> Took:
    return Took(*(statistics.median(column) for column in zip(*all_of, strict=True)))


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


def status_of_many() -> Took:
    """Return what ``status`` takes on 100,000 observations in 10,000 series."""
    with tempfile.TemporaryDirectory() as folder:
        plugins = Path(folder, "mine")
        plugins.mkdir()
        plugins.joinpath("many.py").write_text(MANY, encoding="utf-8")
        settings = 'plugin_dirs = ["mine"]\n[indicators."bench.value"]\n'
        Path(folder, "indicators.toml").write_text(settings, encoding="utf-8")
        run(*carecmon("check", "--offline"), cwd=folder)
        return median(run(*carecmon("status"), cwd=folder) for _ in range(5))


def main() -> None:
    bare, asked = [], []
    for _ in range(REPEATS):
        bare.append(run(sys.executable, "-c", "pass"))
        asked.append(run(*carecmon("--help")))
    extra = Took(*(mine - least for mine, least in zip(median(asked), median(bare), strict=True)))
    print(f"python -c pass              {median(bare)}")
    print(f"carecmon --help, more       {extra} (budget 0.1 s)")
    with tempfile.TemporaryDirectory() as folder:
        run(*carecmon("init"), cwd=folder)
        first = run(*carecmon("check", "--offline"), cwd=folder)
        again = median(run(*carecmon("check", "--offline"), cwd=folder) for _ in range(3))
        status = median(run(*carecmon("status"), cwd=folder) for _ in range(3))
    print(f"check --offline, first      {first} (budget 5 s)")
    print(f"check --offline, unchanged  {again} (budget 3 s)")
    print(f"status                      {status}")
    print(f"status, 100,000 values      {status_of_many()} (budget 0.4 s)")


if __name__ == "__main__":
    main()
