"""Parts and wholes: totals, shares, and figures a thousand times too small or too large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add

from carecmon.judge.checks.intervals import Interval
from carecmon.judge.checks.sheet import Figure, Sheet, finest, say
from carecmon.judge.checks.wording import name
from carecmon.model import Check, Claim, ClaimKind, Contradiction, Period, Series, Severity

#: How far from exactly 1,000 times a ratio of rounded figures may be and still be a slip of the unit.
SLIP = (700.0, 1400.0)
#: A series that grows or shrinks this much from one period to the next is worth a look, no more.
JUMP = 10.0


@dataclass(frozen=True, slots=True)
class _Sum:
    """A printed whole and the printed parts that should make it up."""

    whole: Figure
    parts: tuple[Figure, ...]

    @property
    def interval(self) -> Interval:
        return reduce(add, (part.interval for part in self.parts))

    @property
    def value(self) -> float:
        return sum(part.value for part in self.parts)

    @property
    def slipped(self) -> float:
        """By which factor, 1,000 or 0.001, the parts must be multiplied to make the whole; else 1."""
        if not self.value or not self.whole.value:
            return 1.0
        ratio = self.whole.value / self.value
        if SLIP[0] < ratio < SLIP[1]:
            return 1000.0
        return 0.001 if ratio and SLIP[0] < 1 / ratio < SLIP[1] else 1.0


def parts_and_total(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A printed total is the sum of its printed parts, where the document prints them all."""
    for claim, total in _totals(sheet, scope, check):
        if total.slipped != 1.0 or total.whole.interval.meets(total.interval):
            continue
        unit = total.whole.unit
        expected = say(total.value, unit, finest(*(part.interval for part in total.parts)))
        yield Contradiction(
            claim.series,
            claim.period,
            (claim.cell, *(part.cell for part in total.parts)),
            str(total.whole),
            f"{expected} ({' + '.join(str(part) for part in total.parts)})",
            f"{name(sheet, claim.series)}: the printed total of {claim.period} is {total.whole}, but its printed parts"
            f" make {expected}.",
        )


def _totals(sheet: Sheet, scope: str | None, check: Check) -> Iterator[tuple[Claim, _Sum]]:
    """Yield the totals whose parts are all printed, and the shares that are totals of shares."""
    for kind in (ClaimKind.TOTAL, ClaimKind.SHARE):
        for claim in sheet.claimed(kind, check, scope):
            whole = sheet.figure(claim)
            parts = [_part(sheet, claim, part) for part in claim.parts]
            known = tuple(part for part in parts if part is not None)
            if whole is not None and known and len(known) == len(parts):
                yield claim, _Sum(whole, known)


def _part(sheet: Sheet, claim: Claim, part: Series) -> Figure | None:
    if claim.kind is ClaimKind.TOTAL:
        return sheet.level(part, claim.period)
    shares = (other for other in sheet.claims if other.kind is ClaimKind.SHARE and other.series == part)
    return next((sheet.figure(s) for s in shares if (s.of, s.period) == (claim.of, claim.period)), None)


def printed_share(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A printed share is the part in percent of the whole, where the document prints both."""
    for claim in sheet.claimed(ClaimKind.SHARE, check, scope):
        figure = sheet.figure(claim)
        part = sheet.level(claim.series, claim.period)
        whole = sheet.level(claim.of, claim.period) if claim.of else None
        if figure is None or part is None or whole is None or not whole.value:
            continue
        share = (part.interval / whole.interval).scaled(100)
        # A part that is 1,000 times off is reported as such, once, by the check of magnitudes.
        if any(figure.interval.meets(share.scaled(slip)) for slip in (1.0, 1e3, 1e-3)):
            continue
        expected = say(part.value / whole.value * 100, "%", share)
        yield Contradiction(
            claim.series,
            claim.period,
            (claim.cell, part.cell, whole.cell),
            str(figure),
            f"{expected} ({part} of {whole})",
            f"{name(sheet, claim.series)}: the printed share of {claim.period} is {figure}, but {part} is {expected} of"
            f" {whole}.",
        )


def shares_sum(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """Shares of one whole do not exceed 100 %, and make 100 % where the option ``complete`` is ``yes``."""
    groups: dict[tuple[Series, Period], list[Figure]] = {}
    for claim in sheet.claimed(ClaimKind.SHARE, check, scope):
        figure = sheet.figure(claim)
        if figure is not None and claim.of is not None:
            groups.setdefault((claim.of, claim.period), []).append(figure)
    for (whole, period), shares in groups.items():
        total = reduce(add, (share.interval for share in shares))
        complete = check.options.get("complete") == "yes"
        if total.low <= 100 + 1e-9 and (total.high >= 100 - 1e-9 or not complete):
            continue
        found = say(sum(share.value for share in shares), "%")
        yield Contradiction(
            whole,
            period,
            tuple(share.cell for share in shares),
            found,
            "100%" if complete else "at most 100%",
            f"{name(sheet, whole)}: its printed shares of {period} make {found}"
            f" ({' + '.join(str(share) for share in shares)}), which {'is not' if complete else 'is more than'} 100%.",
        )


def magnitude(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A figure that others of the document show to be 1,000 times off; and, for information, jumps of ten times."""
    seen = set()
    for claim, total in _totals(sheet, scope, check):
        factor = total.slipped
        for part in total.parts if factor != 1.0 else ():
            if part.cell in seen:
                continue
            seen.add(part.cell)
            right = say(part.value * factor, part.unit)
            yield Contradiction(
                part.series,
                part.period,
                (part.cell, claim.cell, *(other.cell for other in total.parts if other.cell != part.cell)),
                str(part),
                f"{right}, because the parts make up {total.whole}",
                f"{name(sheet, part.series)}: {part} is printed for {part.period}, 1,000 times too"
                f" {'small' if factor > 1 else 'large'}: together with the other parts it makes up {total.whole}, so"
                f" {right} is meant.",
            )
    yield from _jumps(sheet, scope, check)


def _jumps(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    if scope is None:
        return
    by_series: dict[Series, list[Figure]] = {}
    for observation in sheet.stated(check, scope):
        figure = sheet.figure(observation)
        if figure is not None and figure.value > 0:
            by_series.setdefault(figure.series, []).append(figure)
    for figures in by_series.values():
        for then, now in pairwise(sorted(figures, key=lambda figure: figure.period)):
            if not 1 / JUMP < now.value / then.value < JUMP:
                yield _jump(sheet, then, now)


def _jump(sheet: Sheet, then: Figure, now: Figure) -> Contradiction:
    times = now.value / then.value if now.value > then.value else then.value / now.value
    return Contradiction(
        now.series,
        now.period,
        (now.cell, then.cell),
        str(now),
        f"less than {JUMP:g} times away from {then} in {then.period}",
        f"{name(sheet, now.series)}: from {then} in {then.period} to {now} in {now.period} is a jump of"
        f" {times:.0f} times; it may be right.",
        severity=Severity.INFO,
    )
