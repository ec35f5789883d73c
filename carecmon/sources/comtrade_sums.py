"""Rows of trade -> values and shares of low carbon technology (LCT). Pure.

Sums are exact and do not depend on the order of rows; what comes of them is rounded to 12 significant digits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache

from carecmon import codelists
from carecmon.model import Cell, Observation, ObservationStatus, Period, Series
from carecmon.sources.comtrade_pages import Row, garbled
from carecmon.sources.hs import VARIANTS, Edition

#: What cells name as their document; the address is kept with the release.
DOCUMENT = "UN Comtrade"
WORLD, TOTAL = "0", "TOTAL"
REGION = "CAREC-XPRC"
#: The areas whose trade with a member is trade within the region.
GROUPS = (REGION, "CAREC")
#: Breakdowns by partner and product choose codes by this variant only.
BREAKDOWN = "default"
INDICATORS = {
    "M": ("lct.imports", "lct.import-share", "imports"),
    "X": ("lct.exports", "lct.export-share", "exports"),
}
#: Amounts of more digits before or behind the point are none, and their shares could be infinite.
MOST_DIGITS = 30
_MILLION = Decimal(1_000_000)


@dataclass(slots=True)
class Flow:
    """What one reporter says about one flow in one year: US dollars by partner and commodity."""

    reporter: str
    period: str
    code: str
    edition: Edition
    values: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def total(self, partner: str) -> Decimal | None:
        """Return the value of all goods traded with ``partner``, None where none is stated."""
        return self.values.get(partner, {}).get(TOTAL)

    def sum(self, partner: str, codes: Collection[str]) -> Decimal | None:
        """Return the value of those of ``codes`` that were traded with ``partner``, None where none was."""
        found = [value for code, value in self.values.get(partner, {}).items() if code in codes]
        return sum(found, Decimal(0)) if found else None


@dataclass(frozen=True, slots=True)
class Sums:
    """One flow of one area with one partner: US dollars of all goods, and of LCT by variant.

    ``within`` is the LCT traded with the other countries of each of ``GROUPS``, empty where partners are not known.
    ``how`` says in a cell which codes were added up.
    """

    total: Decimal
    lct: Mapping[str, Decimal]
    note: str
    how: str
    status: ObservationStatus = ObservationStatus.NORMAL
    within: Mapping[str, Decimal] = field(default_factory=dict)


@cache
def area_codes() -> Mapping[str, str]:
    """Return our area codes by Comtrade's: members, partners and the world."""
    kinds = ("member", "partner", "world")
    listed = (area for area in codelists.areas() if area.facts.get("kind") in kinds and area.facts.get("comtrade"))
    return {area.facts["comtrade"]: area.code for area in listed}


@cache
def members(group: str = "CAREC") -> tuple[str, ...]:
    """Return Comtrade's codes of the countries in a group, as its code list orders them."""
    by_area = {area: code for code, area in area_codes().items()}
    return tuple(by_area[area] for area in codelists.areas()[group].facts["members"].split(";"))


def flows_of(rows: Iterable[Row], editions: Mapping[str, Edition], where: str) -> list[Flow]:
    """Return rows gathered to flows; raise SourceError for an unknown edition, or a row that counts twice."""
    flows: dict[tuple[str, str, str], Flow] = {}
    for row in rows:
        edition = editions.get(row.classification)
        if edition is None:
            raise garbled(where, f"a row is classified {row.classification!r}; lists exist for {', '.join(editions)}")
        key = (row.reporter, row.period, row.flow)
        flow = flows.setdefault(key, Flow(*key, edition))
        if flow.edition is not edition:
            raise garbled(
                where, f"{' '.join(key)} is classified {flow.edition.classification} and {row.classification}"
            )
        by_commodity = flow.values.setdefault(row.partner, {})
        if row.commodity in by_commodity:
            raise garbled(where, f"{' '.join(key)} states {row.commodity} with partner {row.partner} twice")
        if row.value is not None:
            by_commodity[row.commodity] = _amount(row.value, where)
    return [flows[key] for key in sorted(flows)]


def _amount(written: str, where: str) -> Decimal:
    try:
        amount = Decimal(written)
    except InvalidOperation as exc:  # an exponent beyond what decimal numbers have
        raise garbled(where, f"a row has the primaryValue {written}") from exc
    if abs(amount.adjusted()) > MOST_DIGITS:
        raise garbled(where, f"a row has the primaryValue {written}, which is no amount of money")
    return amount


def sums_of(flow: Flow, partner: str = WORLD) -> Sums | None:
    """Return the sums of a flow with one partner; None where no total is stated, or no LCT with the world at all.

    With the world, a total without a single LCT code is not read as zero: the codes may not have been served.
    """
    total = flow.total(partner)
    if total is None or flow.sum(WORLD, flow.edition.codes["upper"]) is None:
        return None
    lct = {variant: flow.sum(partner, flow.edition.codes[variant]) or Decimal(0) for variant in VARIANTS}
    within = {}
    if partner == WORLD and len(flow.values) > 1:
        codes = flow.edition.codes[BREAKDOWN]
        for group in GROUPS:
            others = (member for member in members(group) if member != flow.reporter)
            within[group] = sum((flow.sum(member, codes) or Decimal(0) for member in others), Decimal(0))
    return Sums(total, lct, flow.edition.note, f"{flow.edition.classification} codes", within=within)


def mirror(
    rows: Iterable[Row], area: str, single: Collection[str], editions: Mapping[str, Edition], where: str
) -> dict[tuple[str, str], Sums]:
    """Return what ``single`` reporters say of their trade with ``area``, by year and by the flow of ``area``.

    Their exports are its imports. Groups of countries are left out: their members report for themselves.
    """
    others = [row for row in rows if row.reporter in single and row.reporter != area]
    found: dict[tuple[str, str], list[Flow]] = {}
    for flow in flows_of(others, editions, where):
        if flow.total(area) is not None:
            found.setdefault((flow.period, "M" if flow.code == "X" else "X"), []).append(flow)
    summed = {key: _mirrored(flows, area, key[1]) for key, flows in sorted(found.items())}
    return {key: whole for key, whole in summed.items() if whole.lct["upper"]}


def _mirrored(flows: Sequence[Flow], area: str, code: str) -> Sums:
    def add(variant: str, reporters: Collection[str] | None = None) -> Decimal:
        chosen = (flow for flow in flows if reporters is None or flow.reporter in reporters)
        return sum((flow.sum(area, flow.edition.codes[variant]) or Decimal(0) for flow in chosen), Decimal(0))

    total = sum((flow.total(area) or Decimal(0) for flow in flows), Decimal(0))
    priced = "imports are valued without freight (FOB)" if code == "M" else "exports are valued with freight (CIF)"
    return Sums(
        total,
        {variant: add(variant) for variant in VARIANTS},
        f"mirror data: reported by {len(flows)} partners, each in its own edition of the HS; {priced}",
        "codes of partners",
        ObservationStatus.ESTIMATED,
        {group: add(BREAKDOWN, members(group)) for group in GROUPS},
    )


def stated(sums: Sums, area: str, partner: str, code: str, period: str) -> Iterator[Observation]:
    """Yield value and share for each variant; with a single partner for the default one only."""
    value_id, share_id, goods = INDICATORS[code]
    year = Period.parse(period)
    for variant in VARIANTS if partner == "WLD" else (BREAKDOWN,):
        labels = {"area": area, "codes": variant, "partner": partner, "product": "all"}
        lct = sums.lct[variant]
        cell = Cell(
            DOCUMENT, f"{goods} {period}", area, f"{partner}, {sums.how}, {variant}", f"{lct} of {sums.total} USD"
        )
        yield _of(Series.of(value_id, labels), year, lct / _MILLION, cell, sums)
        if sums.total:
            yield _of(Series.of(share_id, labels), year, 100 * lct / sums.total, cell, sums)


def breakdown(flow: Flow) -> Iterator[Observation]:
    """Yield what a flow says by partner and by product, and the share that comes from within the region."""
    area, world = area_codes()[flow.reporter], sums_of(flow)
    if world is None:
        return
    for partner, code in area_codes().items():
        if partner not in (WORLD, flow.reporter) and (sums := sums_of(flow, partner)):
            yield from stated(sums, area, code, flow.code, flow.period)
    value_id, _, goods = INDICATORS[flow.code]
    year = Period.parse(flow.period)
    for product, codes in flow.edition.products.items():
        value = flow.sum(WORLD, codes)
        if value is not None:
            labels = {"area": area, "codes": BREAKDOWN, "partner": "WLD", "product": product}
            cell = Cell(DOCUMENT, f"{goods} {flow.period}", area, " + ".join(sorted(codes)), f"{value} USD")
            yield _of(Series.of(value_id, labels), year, value / _MILLION, cell, world)
    if flow.code == "M":
        yield from inside(world, area, flow.period)


def inside(sums: Sums, area: str, period: str) -> Iterator[Observation]:
    """Yield which share of an area's imports of LCT comes from the countries of each group."""
    whole = sums.lct[BREAKDOWN]
    for group, lct in sums.within.items() if whole else ():
        cell = Cell(DOCUMENT, f"imports {period}", area, f"from {group}, {sums.how}", f"{lct} of {whole} USD")
        series = Series.of("lct.intra-share", area=area, partner=group)
        yield _of(series, Period.parse(period), 100 * lct / whole, cell, sums)


def region(year: str, code: str, parts: Collection[Sums]) -> Iterator[Observation]:
    """Yield the figures of the region for one year from those of all its countries.

    Values are sums; shares are simple averages of the countries' shares, as the brief on LCT has them; the share
    from within the region is that of the sums.
    """
    period, count = Period.parse(year), len(parts)
    status = max(part.status for part in parts)
    note = f"{count} countries{', some by mirror data' if status else ''}"
    whole = Sums(
        sum((part.total for part in parts), Decimal(0)),
        {variant: sum((part.lct[variant] for part in parts), Decimal(0)) for variant in VARIANTS},
        note,
        f"sum of {count} countries",
        status,
        {group: sum((part.within[group] for part in parts), Decimal(0)) for group in GROUPS}
        if all(part.within for part in parts)
        else {},
    )
    _, share_id, goods = INDICATORS[code]
    yield from (one for one in stated(whole, REGION, "WLD", code, year) if one.series.indicator != share_id)
    for variant in VARIANTS if all(part.total for part in parts) else ():
        share = sum((100 * part.lct[variant] / part.total for part in parts), Decimal(0)) / count
        labels = {"area": REGION, "codes": variant, "partner": "WLD", "product": "all"}
        text = f"simple average of {count} shares"
        cell = Cell(DOCUMENT, f"{goods} {year}", REGION, f"{text}, {variant}", text)
        yield _of(Series.of(share_id, labels), period, share, cell, whole)
    if code == "M":
        yield from inside(whole, REGION, year)


def _of(series: Series, period: Period, value: Decimal, cell: Cell, sums: Sums) -> Observation:
    return Observation(series, period, float(f"{value:.12g}"), cell, sums.status, sums.note)
