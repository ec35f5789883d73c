"""``make soak``: a simulated year of ticks, with failures of everything around and 50 times kill -9."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.soak import soak

if __name__ == "__main__":
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    said.add_argument("--days", type=int, default=365)
    said.add_argument("--kills", type=int, default=50)
    said.add_argument("--step", type=float, default=240, help="minutes from tick to tick")
    said.add_argument("--keep", type=Path, help="a folder to leave everything in")
    asked = said.parse_args()
    print(f"soak: seed {asked.seed} (again: python -m tests.soak --seed {asked.seed})", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="carecmon-soak-") as folder:
        place = asked.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        counts, wrong = soak(place, asked.seed, asked.days, asked.kills, asked.step, say=print)
    print("\n".join(f"  {name}: {count}" for name, count in counts.items()))
    print("\n".join(f"WRONG: {one}" for one in wrong) or "  nothing lost, nothing twice")
    print(f"soak: {time.monotonic() - began:.0f} s, seed {asked.seed}")
    sys.exit(bool(wrong))
