"""``carecmon export``: everything in the store, for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.output import say, write
from carecmon.cli.session import Session

if TYPE_CHECKING:
    from carecmon.model import Series


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="export",
    show_default=True,
    help="The folder to write to; it is made where it does not exist.",
)
@click.option("--vintages", is_flag=True, help="One row per edition, not only what each source says now.")
@click.pass_obj
def export(session: Session, folder: Path, vintages: bool) -> None:
    """Write everything as CSV files with a data package.

    In observations.csv every series, period and source has a row, and 'judged' says which value counts; claims.csv
    has what sources say about values; datapackage.json describes both. The paths are printed.
    """
    from carecmon import export as exporting

    store = session.open()
    if store is None:
        return

    def prefer(series: Series) -> Iterator[str]:
        watch = session.settings.watch.get(series.indicator)
        indicator = session.indicators.get(series.indicator)
        yield from (watch.prefer if watch else ()) or (indicator.sources if indicator else ())

    with store:
        observations = exporting.observation_rows(store.all_observations(vintages=vintages), session.indicators, prefer)
        claims = exporting.claim_rows(store.claims(), session.indicators)
        sources = list(session.registry.sources.values())
        paths = exporting.write(folder, observations, claims, sources, vintages=vintages)
    for path in paths:
        write(f"{path}\n")
    say("carecmon: what the columns mean is in datapackage.json", quiet=session.quiet)
