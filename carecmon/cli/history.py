"""``carecmon history``: every value of one series, and where each one is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.cells import cell_of
from carecmon.cli.output import data_format, say, show, terminal, write_objects
from carecmon.cli.session import Session, as_of_option, say_as_of, unknown
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rich.console import RenderableType

    from carecmon.model import AsOf, Assessment, Indicator, Period, Series
    from carecmon.store import Store, Vintage

COLUMNS = (
    *("series", "period", "value", "unit", "status", "source", "edition", "published", "observed", "release"),
    *("document", "location", "row", "column", "raw", "note", "lower", "upper", "sample_size", "correction"),
    "days_late",
)


#: What a narrow terminal has no room for, the least important first.
_OPTIONAL = ("Observed", "Printed", "Edition")


@click.command()
@click.argument("series")
@as_of_option
@click.option("--vintages", is_flag=True, help="Every value a period ever had, not only the newest of each source.")
@data_format()
@click.pass_obj
def history(session: Session, series: str, as_of: AsOf | None, vintages: bool, form: str) -> None:
    """Show every value of a series, and where it is printed.

    SERIES is written 'cpmm.swd{area=corridor-1,mode=all}'; labels that leave only one choice can be left out. A former
    name means what it is called today. Values are those of the source; a correction in force (*) stands beside them.
    """
    indicator, asked = named(session, series)
    store = session.open()
    if store is None:
        if form != "table":
            write_objects(form, [], COLUMNS)
        return
    with store:
        one = only(asked, indicator, store)
        found = sorted(store.history(one, as_of, vintages=vintages), key=lambda v: (v.period, v.source))
        judged = _judged(store, one) if as_of is None else None
        late = _arrived_late(session, store, one, indicator, as_of)
        say_as_of(session, store, as_of)
    if indicator.id not in session.watched or not indicator.declares(one):
        say(f"carecmon: {one} is not watched: it keeps its history, and is not judged", quiet=session.quiet)
    objects = [
        {**value_object(session, one, indicator, vintage), "days_late": late.get(vintage.period)} for vintage in found
    ]
    if form == "table":
        show(*_table(one, indicator, found, objects, session.language, judged), *_legend(session, objects))
    else:
        write_objects(form, objects, COLUMNS)


def named(session: Session, text: str) -> tuple[Indicator, Series]:
    """Return the indicator and the series that ``text`` names, wholly or in part; UsageError says what is near.

    What an alias renamed is found under its former name; an indicator that no plugin declares any more, by its id.
    """
    from carecmon.model import Series

    try:
        asked = Series.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    indicator = session.departed(asked.indicator) or session.indicator(asked.indicator)
    today = indicator.today(asked)
    return indicator, today or Series(indicator.id, asked.labels)


def only(asked: Series, indicator: Indicator, store: Store) -> Series:
    """Return the one stored series that ``asked`` means; raise UsageError where that is none or several."""
    known = sorted(store.series(indicator.id))
    if asked in known:
        return asked
    if not known:
        raise UsageError(f"nothing is recorded for {indicator.id} yet; its sources: carecmon show {indicator.id}")
    fitting = [one for one in known if one.matches(dict(asked.labels))]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1 and (len(fitting) < len(known) or not asked.labels):
        examples = ", ".join(f"'{one}'" for one in fitting[:3])
        raise UsageError(f"{asked} means {len(fitting)} series, such as {examples}; name one")
    raise unknown("series", str(asked), [str(one) for one in known], f"carecmon show {indicator.id}")


def value_object(session: Session, series: Series, indicator: Indicator, vintage: Vintage) -> dict[str, Any]:
    """Return one value with everything known about where it comes from, and the correction in force on it."""
    from carecmon.judge.corrections import in_force, words
    from carecmon.report import plain, value_of

    cell = cell_of(vintage, session.registry.sources)
    correction = in_force(session.corrections, series, vintage.period, vintage.source, vintage.value)
    return {
        "series": str(series),
        "period": str(vintage.period),
        "value": value_of(vintage.value, indicator),
        "unit": indicator.unit,
        "status": vintage.status.word,
        "source": vintage.source,
        "edition": vintage.edition,
        "published": None if vintage.published.day is None else str(vintage.published),
        "observed": plain(vintage.observed),
        "release": vintage.release,
        "document": cell.document if cell else None,
        "location": cell.location if cell else None,
        "row": cell.row if cell else None,
        "column": cell.column if cell else None,
        "raw": cell.raw if cell else None,
        "note": vintage.note,
        "lower": plain(vintage.lower),
        "upper": plain(vintage.upper),
        "sample_size": vintage.sample_size,
        "correction": words(correction, indicator) if correction else None,
    }


def _table(
    series: Series,
    indicator: Indicator,
    found: list[Vintage],
    objects: list[dict[str, Any]],
    language: str,
    judged: Assessment | None,
) -> list[RenderableType]:
    from rich.text import Text

    from carecmon.cli import words
    from carecmon.cli.grid import grid

    rests = _rests_on(judged, found)
    rows = [_row(v, one, indicator, language, v is rests) for v, one in zip(found, objects, strict=True)]
    heads = ("Period", "Value", "Source", "Edition", "Published", "Observed", "Printed", "Cell")
    heading = Text(words.title(series, indicator, language), "bold")
    return [
        heading,
        Text(str(series), "dim"),
        Text(),
        grid(heads, rows, right=("Value",), fold=("Printed", "Cell"), optional=_OPTIONAL, cut=terminal()),
        *(
            [Text(f"< the value that is judged, of the newest edition that states it: {judged.why}", "dim")]
            if judged and judged.period
            else ()
        ),
        *(Text(f"{period} arrived {days:,} days late", "dim") for period, days in _late(objects).items()),
        *(Text(f"* {one['period']}, {one['source']}: {one['correction']}", "yellow") for one in _corrected(objects)),
    ]


def _row(v: Vintage, one: dict[str, Any], indicator: Indicator, language: str, judged: bool) -> list[str]:
    from carecmon.cli import words
    from carecmon.model import ObservationStatus

    value = words.value_text(v.value, indicator, language) or v.status.word
    if v.status is not ObservationStatus.NORMAL and v.value is not None:
        value = f"{value} ({v.status.word})"
    return [
        str(v.period),
        f"{value}{_spread(v, indicator)}{_mark(one)}{' <' if judged else ''}",
        v.source,
        v.edition,
        str(v.published),
        f"{v.observed:%Y-%m-%d %H:%M}",
        one["raw"] or "",
        _where(one),
    ]


def _spread(v: Vintage, indicator: Indicator) -> str:
    """Return the interval and the number of samples that the source prints with a value."""
    from carecmon.cli import words

    ends = [words.number(end, indicator.precision) for end in (v.lower, v.upper) if end is not None]
    said = [" to ".join(ends)] if len(ends) == 2 else []
    said += [f"{words.number(v.sample_size, 0)} samples"] if v.sample_size is not None else []
    return f" ({', '.join(said)})" if said else ""


def _late(objects: list[dict[str, Any]]) -> dict[str, int]:
    return {one["period"]: one["days_late"] for one in objects if one["days_late"]}


def _arrived_late(
    session: Session, store: Store, series: Series, indicator: Indicator, as_of: AsOf | None
) -> dict[Period, int]:
    """Return by how many days periods came too late, where the day is known on which each first came."""
    from carecmon.judge.freshness import days_late
    from carecmon.model import DatePrecision, Order

    first = {one.source: one.id for one in reversed(store.releases())}
    came: dict[Period, list[date | None]] = {}
    for one in store.history(series, as_of, vintages=True):
        if one.value is None:
            continue
        source = session.registry.sources.get(one.source)
        # What a feed had when it was first asked may be old; a document may be read years after it came out.
        seen = source is not None and source.order is Order.OBSERVED and one.release != first[one.source]
        day = one.published.day if one.published.precision is DatePrecision.DAY else None
        came.setdefault(one.period, []).append(day or (one.observed.date() if seen else None))
    known = {period: min(day for day in days if day) for period, days in came.items() if all(days)}
    found = {period: days_late(indicator, period, day) for period, day in known.items()}
    return {period: days for period, days in found.items() if days}


def _judged(store: Store, series: Series) -> Assessment | None:
    return next(iter(store.assessments([series.indicator], series)), None)


def _rests_on(judged: Assessment | None, found: Sequence[Vintage]) -> Vintage | None:
    """Return the one value that a verdict rests on, as it is or as a correction has it, None where none is here.

    Of several editions and sources that say the same it is what the newest edition of the first source says.
    """
    if judged is None:
        return None
    corrected = any(period == judged.period for period, _ in judged.corrections)
    there = [
        value
        for value in found
        if value.period == judged.period
        and value.source in judged.sources
        and value.value is not None
        and (corrected or value.value == judged.value)
    ]
    first = min((judged.sources.index(value.source) for value in there), default=0)
    return next((value for value in reversed(there) if value.source == judged.sources[first]), None)


def _where(one: dict[str, Any]) -> str:
    from carecmon.model import NOT_RECORDED

    place = [one[name] for name in ("location", "row", "column") if one[name] not in (None, NOT_RECORDED)]
    said = f"{one['document']}: {' / '.join(place) or NOT_RECORDED}" if one["document"] else ""
    return f"{said} ({one['note']})".strip() if one["note"] else said


def _legend(session: Session, objects: list[dict[str, Any]]) -> list[RenderableType]:
    """Return the titles and addresses of the documents that the values stand in."""
    from rich.padding import Padding
    from rich.text import Text

    sources = session.registry.sources
    known = {one.id: one for source in sources.values() for one in source.documents}
    named = [known[name] for name in dict.fromkeys(one["document"] for one in objects) if name in known]
    told = [
        Padding(Text(f"{one.id}: {', '.join(filter(None, [one.title, one.url]))}"), (0, 0, 0, 2), expand=False)
        for one in named
        if one.title or one.url
    ]
    return [Text("\nDocuments", "bold"), *told] if told else []


def _mark(one: dict[str, Any]) -> str:
    return "*" if one["correction"] else ""


def _corrected(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one value for each correction in force."""
    found = {(one["period"], one["source"], one["correction"]): one for one in objects if one["correction"]}
    return list(found.values())
