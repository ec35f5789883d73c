"""Single cells and pairs of cells: order, ranks, bounds, years read as values, headings, the same fact twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from carecmon.judge.checks.sheet import Figure, Sheet, say
from carecmon.judge.checks.twice import differing, elsewhen
from carecmon.judge.checks.wording import name
from carecmon.model import Check, Claim, ClaimKind, Contradiction, Observation, Period, Series
from carecmon.model.codes import fold

#: "growth of 2025": a year where a number belongs, unless a percent sign or a decimal follows.
_BARE_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d%％]|[.,]\d|\s*(?:%|％|per ?cent|percent))")


def ordered(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A value is at most that of the indicator ``at_most`` for the same labels and period (``at_least``: at least)."""
    for option, word, sign in (("at_most", "at most", 1), ("at_least", "at least", -1)):
        other = check.options.get(option)
        for observation in sheet.stated(check, scope) if other else ():
            figure = sheet.figure(observation)
            limit = sheet.level(Series(other or "", observation.series.labels), observation.period)
            if figure is None or limit is None:
                continue
            low, high = (figure, limit) if sign > 0 else (limit, figure)
            if low.interval.low <= high.interval.high + 1e-9:
                continue
            yield Contradiction(
                figure.series,
                figure.period,
                (figure.cell, limit.cell),
                str(figure),
                f"{word} {limit}, the value of {limit.series}",
                f"{name(sheet, figure.series)}: {figure} in {figure.period} must be {word} that of"
                f" {name(sheet, limit.series)}, which is {limit}.",
            )


def bounds(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A value lies within the bounds of its indicator (or the options ``low`` and ``high``)."""
    for observation in sheet.stated(check, scope):
        indicator = sheet.indicators.get(observation.series.indicator)
        if observation.value is None or indicator is None:
            continue
        low = float(check.options["low"]) if "low" in check.options else indicator.bounds[0]
        high = float(check.options["high"]) if "high" in check.options else indicator.bounds[1]
        low, high = -inf if low is None else low, inf if high is None else high
        if low <= observation.value <= high or (figure := sheet.figure(observation)) is None:
            continue
        if figure.interval.high >= low - 1e-9 and figure.interval.low <= high + 1e-9:
            continue
        limit = f"at least {say(low, figure.unit)}" if figure.value < low else f"at most {say(high, figure.unit)}"
        yield Contradiction(
            figure.series,
            figure.period,
            (figure.cell,),
            str(figure),
            limit,
            f"{name(sheet, figure.series)}: {figure} in {figure.period} is not possible, it is always {limit}.",
        )


def rank_follows_score(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """Of two economies in one edition, the one with the higher printed score has the better (lower) rank.

    ``score`` is the indicator of the scores. Equal scores may have any ranks. Of the contradicting pairs, the ranks
    that take part in most are reported.
    """
    table: dict[Period, list[tuple[Figure, Figure]]] = {}
    for observation in sheet.stated(check, scope):
        rank = sheet.figure(observation)
        score = sheet.level(Series(check.options.get("score", ""), observation.series.labels), observation.period)
        if rank is not None and score is not None:
            table.setdefault(rank.period, []).append((rank, score))
    for rows in table.values():
        wrong = {(i, j) for i, a in enumerate(rows) for j, b in enumerate(rows) if _outranked(a, b)}
        while wrong:
            blamed = max(range(len(rows)), key=lambda row: sum(row in pair for pair in wrong))
            yield _misranked(sheet, rows, blamed, sorted(pair for pair in wrong if blamed in pair))
            wrong = {pair for pair in wrong if blamed not in pair}


def _outranked(a: tuple[Figure, Figure], b: tuple[Figure, Figure]) -> bool:
    """Say whether ``a`` has certainly the higher score and yet the worse rank."""
    return a[1].interval.low > b[1].interval.high + 1e-9 and a[0].value > b[0].value


def _misranked(
    sheet: Sheet, rows: list[tuple[Figure, Figure]], blamed: int, pairs: list[tuple[int, int]]
) -> Contradiction:
    rank, score = rows[blamed]
    other_rank, other_score = rows[next(row for row in pairs[0] if row != blamed)]
    better = score.value > other_score.value
    bound = f"{'better' if better else 'worse'} than {other_rank.value:g}"
    return Contradiction(
        rank.series,
        rank.period,
        (rank.cell, score.cell, other_rank.cell, other_score.cell),
        f"rank {rank.value:g} with {score}",
        f"a rank {bound}, because {name(sheet, other_rank.series)} has {other_score}",
        f"{name(sheet, rank.series)}: rank {rank.value:g} in {rank.period} does not follow the score: {score} should"
        f" rank {bound}, which {name(sheet, other_rank.series)} has with {other_score}.",
    )


def year_as_value(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A growth or a share that is really a year; a period that is later than all other data of the document."""
    for observation in sheet.stated(check, scope):
        value = observation.value
        if value is None or not 1900 <= value < 2100 or not sheet.unit(observation.series).startswith("%"):
            continue
        if f"{value:.0f}" in _BARE_YEAR.findall(observation.cell.raw):
            yield _a_year(sheet, observation, f"{value:.0f}", "value")
    for claim in sheet.claims:
        if not sheet.chosen(claim.series, check, scope):
            continue
        year = _year_printed(claim)
        if year:
            yield _a_year(sheet, claim, year, claim.kind.value.replace("-", " "))
        elif claim.printed_period and claim.printed_period != claim.period and _beyond(sheet, claim):
            yield Contradiction(
                claim.series,
                claim.period,
                (claim.cell,),
                f"the period {claim.printed_period}",
                f"the period {claim.period}",
                f"{name(sheet, claim.series)}: {sheet.figure(claim) or claim.cell.raw} is printed for"
                f" {claim.printed_period}, but the data of the document end before it; {claim.period} is meant.",
            )


def _a_year(sheet: Sheet, said: Observation | Claim, year: str, what: str) -> Contradiction:
    return Contradiction(
        said.series,
        said.period,
        (said.cell,),
        year,
        f"a {what} in percent",
        f"{name(sheet, said.series)}: the {what} printed for {said.period} is {year}, which is a year and no number of"
        " percent.",
    )


def _year_printed(claim: Claim) -> str | None:
    if claim.kind not in (ClaimKind.GROWTH, ClaimKind.REAL_GROWTH, ClaimKind.SHARE):
        return None
    years = _BARE_YEAR.findall(claim.cell.raw)
    if claim.value is not None:
        return next((year for year in years if float(year) == claim.value), None)
    own = {claim.period.text, claim.base_period.text if claim.base_period else ""}
    return next((year for year in years if year not in own), None)


def _beyond(sheet: Sheet, claim: Claim) -> bool:
    """Say whether the printed period is later than everything the document says elsewhere."""
    others: list[Observation | Claim] = [o for group in sheet.observations.values() for o in group]
    others.extend(sheet.claims)
    ends = [other.period.end for other in others if other.cell != claim.cell]
    return claim.printed_period is not None and bool(ends) and claim.printed_period.end > max(ends)


def restated(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """The same fact printed twice in one document is the same number, for the same period."""
    yield from differing(sheet, scope, check)
    for claim in sheet.claimed(ClaimKind.RESTATEMENT, check, scope):
        if claim.printed_period and claim.printed_period != claim.period and not _beyond(sheet, claim):
            yield from elsewhen(sheet, claim)


def heading(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A table stands under the heading of what it holds.

    ``label`` is the dimension whose code the printed heading (location, row and column of the cell) names, when it
    names one. One finding for each heading.
    """
    told = set()
    for observation in sheet.stated(check, scope):
        indicator = sheet.indicators.get(observation.series.indicator)
        label = check.options.get("label", "")
        dimension = indicator.dimension(label) if indicator else None
        own = observation.series.label(label)
        if dimension is None or own is None:
            continue
        cell = observation.cell
        printed_ = fold(f"{cell.location} / {cell.row} / {cell.column}")
        named = {
            code.code: words
            for code in dimension.codes
            for words in (code.name.zh, code.name.ru, code.name.en, *code.aliases)
            if words and fold(words) in printed_
        }
        if not named or own in named or (heading_ := " / ".join(sorted(named.values())), own) in told:
            continue
        told.add((heading_, own))
        yield Contradiction(
            observation.series,
            observation.period,
            (cell,),
            f"under the heading {heading_}",
            f"under the heading of {dimension.codes[own].name.en}",
            f"{name(sheet, observation.series)}: the table stands under the heading {heading_}, but its content is that"
            f" of {dimension.codes[own].name.en}.",
        )
