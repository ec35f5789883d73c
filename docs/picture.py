"""Draw the picture of README: some lines of what ``carecmon check --offline`` shows in a terminal.

Run by ``make docs`` in the repository; the figures are the shipped ones, so it changes only with them or the table.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from carecmon import config, registry, run
from carecmon.cli.headline import by_sector
from carecmon.cli.session import Session
from carecmon.cli.table import Look, table

SHOWN = (
    "cpmm.swd", "cpmm.bcp-time", "transport.roads-built", "road.fatalities", "energy.interconnection",
    "energy.pillar-progress", "lct.import-share",
)  # fmt: skip
WIDTH = 170


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(config.write_template(Path(folder)))
        plugins = registry.load(entry_points=False)
        report = run.check(settings, plugins, now=Session().now, offline=True)
    assessments = [one for one in report.assessments if one.series.indicator in SHOWN]
    lines = by_sector(assessments, [plugins.indicators[name] for name in SHOWN])
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for part in table(lines, Look(WIDTH)):
        console.print(part, highlight=False)
    drawn = console.export_svg(title="carecmon check", unique_id="check")
    # No font is fetched from anywhere: whoever looks has one of equal width.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.S).replace("Fira Code", "DejaVu Sans Mono")
    picture.write_text(drawn, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
