"""Growth that must fit together: nominal with real, and the growth of a part and of its whole with the share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from carecmon.judge.checks.intervals import WIDER, Interval
from carecmon.judge.checks.sheet import Figure, Sheet, say
from carecmon.judge.checks.wording import name
from carecmon.model import Check, Claim, ClaimKind, Contradiction, Period, Series

_ONE = Interval.exact(1)


def ratio(growth: Figure) -> Interval:
    """Return the ratio of two values that a growth in percent means."""
    return growth.interval.scaled(0.01) + _ONE


@dataclass(frozen=True, slots=True)
class _Pair:
    """A printed real growth, the nominal ones printed for the same, and the deflators that they imply."""

    claim: Claim
    real: Figure
    nominal: tuple[Figure, ...]

    @property
    def deflators(self) -> list[Interval]:
        return [ratio(nominal) / ratio(self.real) for nominal in self.nominal]

    def allows(self, deflators: Sequence[Interval]) -> bool:
        return any(own.meets(deflator) for own in self.deflators for deflator in deflators)


def real_growth(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """Nominal growth, deflated, is the real growth printed beside it: (1 + n) / (1 + d) - 1.

    The printed deflator is taken ten times as inexact as it is printed, but it is one number: where more than half
    of the document's pairs agree on it more exactly, the others must agree too.
    """
    for spell in dict.fromkeys((c.base_period, c.period) for c in sheet.claims if c.kind is ClaimKind.REAL_GROWTH):
        deflators = [figure for claim in _of_spell(sheet, ClaimKind.DEFLATOR, spell) if (figure := sheet.figure(claim))]
        pairs = list(_pairs(sheet, spell))
        if not deflators or not pairs:
            continue
        agreed = _agreed(pairs, [ratio(deflator).widened(WIDER) for deflator in deflators])
        for pair in pairs:
            if sheet.chosen(pair.claim.series, check, scope) and not pair.allows(agreed):
                yield _impossible(sheet, pair, deflators[0])


def _of_spell(sheet: Sheet, kind: ClaimKind, spell: tuple[Period | None, Period]) -> Iterator[Claim]:
    return (claim for claim in sheet.claims if claim.kind is kind and (claim.base_period, claim.period) == spell)


def _pairs(sheet: Sheet, spell: tuple[Period | None, Period]) -> Iterator[_Pair]:
    nominal: dict[Series, list[Figure]] = {}
    for claim in _of_spell(sheet, ClaimKind.GROWTH, spell):
        if figure := sheet.figure(claim):
            nominal.setdefault(claim.series, []).append(figure)
    for claim in _of_spell(sheet, ClaimKind.REAL_GROWTH, spell):
        figure = sheet.figure(claim)
        if figure is not None and figure.value > -100 and claim.series in nominal:
            yield _Pair(claim, figure, tuple(nominal[claim.series]))


def _agreed(pairs: Sequence[_Pair], allowed: Sequence[Interval]) -> list[Interval]:
    """Return where the deflator can lie: where most pairs put it, if those are more than half; else ``allowed``."""
    within = [pair for pair in pairs if pair.allows(allowed)]
    ends = sorted(
        min(max(end, whole.low), whole.high)
        for pair in within
        for own in pair.deflators
        for whole in allowed
        if own.meets(whole)
        for end in (own.low, own.high)
    )
    between = [(low + high) / 2 for low, high in pairwise(ends)]
    spots = [Interval.exact(spot) for spot in dict.fromkeys([*ends, *between])]
    votes = [sum(pair.allows([spot]) for pair in within) for spot in spots]
    most = max(votes, default=0)
    if most * 2 <= len(pairs):
        return list(allowed)
    return [spot for spot, count in zip(spots, votes, strict=True) if count == most]


def _impossible(sheet: Sheet, pair: _Pair, deflator: Figure) -> Contradiction:
    nominal = pair.nominal[0]
    real = (ratio(nominal) / ratio(deflator) - _ONE).scaled(100)
    expected = say(((1 + nominal.value / 100) / (1 + deflator.value / 100) - 1) * 100, "%", Interval(0, 1))
    return Contradiction(
        pair.claim.series,
        pair.claim.period,
        (pair.claim.cell, *(figure.cell for figure in pair.nominal), deflator.cell),
        f"{pair.real} real",
        f"about {expected} real ({nominal} nominal with prices {deflator} higher)",
        f"{name(sheet, pair.claim.series)}: growth of {' or '.join(str(n) for n in pair.nominal)} from"
        f" {pair.claim.base_period} to {pair.claim.period} and of {pair.real} after inflation cannot both be right:"
        f" with prices {deflator} higher, {nominal} is {say(real.low, '%', real)} to {say(real.high, '%', real)} real.",
    )


def share_growth(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A share now is the share then times the growth of the part over the growth of the whole.

    ``part`` and ``whole`` are the indicators whose printed growth counts; their series have the labels of the
    share's, as far as they have them.
    """
    if "part" not in check.options or "whole" not in check.options:
        return
    growths = [claim for claim in sheet.claims if claim.kind is ClaimKind.GROWTH and claim.base_period is not None]
    shares = {series for series, _ in sheet.observations if sheet.chosen(series, check, scope)}
    for series in sorted(shares):
        parts = [claim for claim in growths if _same(claim.series, series, check.options["part"])]
        wholes = [claim for claim in growths if _same(claim.series, series, check.options["whole"])]
        for spell in dict.fromkeys((claim.base_period, claim.period) for claim in parts):
            yield from _share(sheet, series, spell, _figures(sheet, parts, spell), _figures(sheet, wholes, spell))


def _same(series: Series, share: Series, indicator: str) -> bool:
    """Say whether ``series`` belongs to ``indicator`` and has no label that ``share`` has otherwise."""
    return series.indicator == indicator and all(share.label(label) in (None, code) for label, code in series.labels)


def _figures(sheet: Sheet, claims: Sequence[Claim], spell: tuple[Period | None, Period]) -> list[Figure]:
    return [f for c in claims if (c.base_period, c.period) == spell and (f := sheet.figure(c))]


def _share(
    sheet: Sheet, series: Series, spell: tuple[Period | None, Period], parts: list[Figure], wholes: list[Figure]
) -> Iterator[Contradiction]:
    base, period = spell
    now, then = sheet.level(series, period), sheet.level(series, base) if base else None
    if now is None or then is None or not parts or not wholes:
        return
    computed = [(part, whole, then.interval * ratio(part) / ratio(whole)) for part in parts for whole in wholes]
    if any(share.meets(now.interval) for _, _, share in computed):
        return
    ways = " or ".join(f"{say(share.middle, '%', share)} with {part} and {whole}" for part, whole, share in computed)
    yield Contradiction(
        series,
        period,
        (now.cell, then.cell, *(figure.cell for figure in (*parts, *wholes))),
        str(now),
        ways,
        f"{name(sheet, series)}: a share of {then} in {base} cannot become {now} in {period} with the printed growth of"
        f" the part and of the whole; it would be {ways}.",
    )
