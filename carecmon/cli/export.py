"""``carecmon export``: everything in the store, for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.cells import cell_of
from carecmon.cli.output import say, write
from carecmon.cli.session import Session, as_of_option, say_as_of

if TYPE_CHECKING:
    from carecmon.export import Stated
    from carecmon.model import AsOf, Claim, Correction, Indicator, Period, Release, Series
    from carecmon.store import Store


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="export",
    show_default=True,
    help="The folder to write to; it is made where it does not exist.",
)
@as_of_option
@click.option("--vintages", is_flag=True, help="One row per edition, not only what each source says now.")
@click.pass_obj
def export(session: Session, folder: Path, as_of: AsOf | None, vintages: bool) -> None:
    """Write everything as CSV files with a data package.

    In observations.csv every series, period and source has a row; 'judged' says which value counts, 'judged_value'
    what it is once corrections are laid over it, 'correction' which one that is. claims.csv has what sources say
    about values; datapackage.json describes both. With --as-of: what was believed then. The paths are printed.
    """
    from carecmon import export as exporting

    store = session.open()
    if store is None:
        return

    def prefer(series: Series) -> Iterator[str]:
        watch = session.settings.watch.get(series.indicator)
        indicator = session.indicators.get(series.indicator)
        yield from (watch.prefer if watch else ()) or (indicator.sources if indicator else ())

    corrections = _Corrections(session.corrections, session.indicators)
    with store:
        stated = store.all_observations(vintages=vintages, as_of=as_of)
        placed = partial(cell_of, sources=session.registry.sources)
        observations = exporting.observation_rows(
            stated, session.indicators, prefer, corrections.words, corrections.laid_over, placed
        )
        claims = exporting.claim_rows(_claims(store, as_of), session.indicators)
        sources = list(session.registry.sources.values())
        paths = exporting.write(folder, observations, claims, sources, vintages=vintages)
        say_as_of(session, store, as_of)
    for path in paths:
        write(f"{path}\n")
    say("carecmon: what the columns mean is in datapackage.json", quiet=session.quiet)


class _Corrections:
    """The corrections, looked up by cell."""

    def __init__(self, corrections: Iterable[Correction], indicators: Mapping[str, Indicator]) -> None:
        self._indicators = indicators
        self._by_cell: dict[tuple[Series, Period], list[Correction]] = {}
        for one in corrections:
            self._by_cell.setdefault((one.series, one.period), []).append(one)

    def words(self, value: Stated) -> str:
        """Return the correction in force on a value in words, empty where there is none."""
        from carecmon.judge.corrections import words

        found = self._on(value)
        return words(found, self._indicators.get(value.series.indicator)) if found else ""

    def laid_over(self, value: Stated) -> float | None:
        """Return what is judged in place of a value."""
        from carecmon.judge.corrections import laid_over

        found = self._on(value)
        return laid_over(value.value, found) if found else value.value

    def _on(self, value: Stated) -> Correction | None:
        from carecmon.judge.corrections import in_force

        here = self._by_cell.get((value.series, value.period))
        return in_force(here, value.series, value.period, value.source, value.value) if here else None


def _claims(store: Store, as_of: AsOf | None) -> Iterator[tuple[Claim, Release]]:
    """Yield the claims of the releases believed now, or then."""
    if as_of is None:
        yield from store.claims()
        return
    then = {one.id for one in store.releases(as_of=as_of) if one.believed}
    for release in sorted(then):
        yield from store.claims(release)
