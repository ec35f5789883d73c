"""How long the command line takes to start and to check everything shipped. Prints figures, judges nothing.

Whole processes, alternating with ``python -c pass``, medians of seven; run it on a quiet machine.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7


def seconds(*command: str, cwd: str | None = None) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, capture_output=True, check=True)
    return time.perf_counter() - started


def carecmon(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("carecmon")), *words]


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


if __name__ == "__main__":
    main()
