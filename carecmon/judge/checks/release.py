"""The checks of one release: which kinds there are, which apply, and the findings they give."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from carecmon.errors import PluginError
from carecmon.judge.checks import cells, changes, growth, sums
from carecmon.judge.checks.sheet import Elsewhere, Sheet, nothing_else
from carecmon.model import (
    Cell,
    Check,
    Claim,
    ClaimKind,
    Contradiction,
    Finding,
    Indicator,
    Observation,
    ObservationStatus,
    Period,
    Release,
    Series,
    Source,
)

Kind = Callable[[Sheet, str | None, Check], Iterable[Contradiction]]


def _custom(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A check by the author of a plugin."""
    if check.function is None:
        raise ValueError("a check of kind 'custom' needs a function; write Check('custom', function=...)")
    observations = list(sheet.stated(check, scope))
    claims = [claim for claim in sheet.claims if sheet.chosen(claim.series, check, scope)]
    whose = f"the custom check that {scope or sheet.source.id} declares failed"
    try:
        found = list(check.function(observations, claims))
    except PluginError as exc:  # says already what is wrong, and where
        raise ValueError(f"{whose}: {exc}") from exc
    except Exception as exc:
        raise ValueError(f"{whose}: {type(exc).__name__}: {exc}") from exc
    yield from found


#: Every kind that can be declared, and what it does. ``conflict`` reads beliefs, in conflicts.py.
KINDS: Mapping[str, Kind] = {
    "printed-change": changes.printed_change,
    "printed-growth": changes.printed_growth,
    "printed-share": sums.printed_share,
    "parts-and-total": sums.parts_and_total,
    "shares-sum": sums.shares_sum,
    "ordered": cells.ordered,
    "rank-follows-score": cells.rank_follows_score,
    "real-growth": growth.real_growth,
    "share-growth": growth.share_growth,
    "bounds": cells.bounds,
    "year-as-value": cells.year_as_value,
    "magnitude": sums.magnitude,
    "restated": cells.restated,
    "heading": cells.heading,
    "custom": _custom,
    "conflict": lambda *_: (),
}

#: What a claim says of itself is checked wherever there is one; a declaration of the same kind goes first.
ALWAYS = tuple(
    Check(kind)
    for kind in (
        "printed-change", "printed-growth", "printed-share", "parts-and-total", "real-growth", "bounds",
        "year-as-value", "magnitude", "restated",
    )
)  # fmt: skip


def check_kind(check: Check) -> Kind:
    """Return what a check does; raise ValueError naming the kinds there are where its kind is unknown."""
    kind = KINDS.get(check.kind)
    if kind is None:
        raise ValueError(f"{check.kind!r} is not a kind of check; there are {', '.join(KINDS)}")
    return kind


#: Checks of a release by position, each with the indicator that it is declared for, None for those of the source.
_Checks = Mapping[int, tuple[Check, str | None]]
#: Something later than a release: what people call it, and the observations that it states.
Later = tuple[str, Sequence[Observation]]


@dataclass(frozen=True, slots=True)
class _Made:
    """A finding, and the checks that made it, by their positions among those of the release."""

    finding: Finding
    by: list[int]


def check_release(
    release: Release,
    source: Source,
    observations: Sequence[Observation],
    claims: Sequence[Claim],
    indicators: Mapping[str, Indicator],
    elsewhere: Elsewhere = nothing_else,
    later: Iterable[Later] = (),
) -> list[Finding]:
    """Return what contradicts itself in one release as printed, in the order of the checks.

    ``elsewhere`` is asked for the observations of other releases, of any source, as (words about where they are
    printed, observation), only to explain a contradiction. ``later`` are, oldest first, the later editions of the same
    source and the corrected observations: a finding that one of them mends is marked with its words. Raises ValueError
    for a check of an unknown kind.
    """
    sheet = Sheet.of(release, source, observations, claims, indicators, elsewhere)
    checks = dict(enumerate(_checks(sheet)))
    found = _search(sheet, checks)
    return _mended(found, sheet, checks, later) if found else []


def _search(sheet: Sheet, checks: _Checks) -> list[_Made]:
    found: dict[str, _Made] = {}
    for position, (check, scope) in checks.items():
        for contradiction in check_kind(check)(sheet, scope, check):
            finding = _finding(sheet, check, contradiction)
            found.setdefault(finding.id, _Made(finding, [])).by.append(position)
    return list(found.values())


def _checks(sheet: Sheet) -> Iterator[tuple[Check, str | None]]:
    """Yield the checks of a release with the indicator each is declared for, None for those of the source."""
    present = dict.fromkeys(series.indicator for series, _ in sheet.observations)
    present.update(dict.fromkeys(claim.series.indicator for claim in sheet.claims))
    for id in present:
        if id in sheet.indicators:
            yield from ((check, id) for check in sheet.indicators[id].checks)
    yield from ((check, None) for check in (*sheet.source.checks, *ALWAYS))


def _finding(sheet: Sheet, check: Check, found: Contradiction) -> Finding:
    source, edition = sheet.source.id, sheet.release.edition
    return Finding(
        finding_id(check.kind, source, edition, found.series, found.period, found.cells),
        check.kind,
        found.severity or check.severity,
        sheet.source.id,
        found.series,
        found.period,
        found.cells,
        found.found,
        found.expected,
        found.message,
    )


def finding_id(kind: str, source: str, edition: str, series: Series, period: Period, cells: Iterable[object]) -> str:
    """Return the identity of a finding, the same as long as the same cells contradict each other: 12 hex digits."""
    text = "\n".join([kind, source, edition, str(series), str(period), *(str(cell) for cell in cells)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _mended(found: Sequence[_Made], sheet: Sheet, checks: _Checks, later: Iterable[Later]) -> list[Finding]:
    """Return the findings, those that something later mends marked with what mended them.

    Something later mends a finding when it states one of its cells and, with what it states laid over the release,
    the check finds nothing there any more. A check may take long: only those that found something are run again, and
    none where something later repeats what the release, or an edition tried before, says.
    """
    mended: dict[str, str] = {}
    tried = {(one.finding.id, _Over()) for one in found}
    places = _places(sheet, found)
    for words, newer in later:
        stated = {(o.series, o.period): o for o in newer if o.status is not ObservationStatus.WITHDRAWN}
        open_ = [one for one in found if one.finding.id not in mended]
        touched = [one for one in open_ if any(key in stated for key in places[one.finding.id])]
        over = _Over.of(sheet, stated) if touched else _Over()
        asked = [one for one in touched if (one.finding.id, over) not in tried]
        if asked:
            tried.update((one.finding.id, over) for one in asked)
            again = {position: checks[position] for position in sorted({by for one in asked for by in one.by})}
            still = {_about(one.finding) for one in _search(over.laid(sheet, stated), again)}
            mended.update((one.finding.id, words) for one in asked if _about(one.finding) not in still)
    return [replace(one.finding, mended_by=mended.get(one.finding.id)) for one in found]


def _about(finding: Finding) -> tuple[object, ...]:
    return finding.check, finding.series, finding.period


@dataclass(frozen=True, slots=True)
class _Over:
    """What something later says otherwise than a release, as printed, and whose restatements it makes superfluous."""

    said: frozenset[tuple[object, ...]] = frozenset()
    superfluous: frozenset[tuple[Series, Period]] = frozenset()

    @staticmethod
    def of(sheet: Sheet, stated: Mapping[tuple[Series, Period], Observation]) -> _Over:
        """Return what ``stated`` says otherwise in the cells of a release; the document it stands in makes none."""
        return _Over(
            frozenset(
                (key, _as_printed(one))
                for key, one in stated.items()
                if key in sheet.observations
                and [_as_printed(own) for own in sheet.observations[key]] != [_as_printed(one)]
            ),
            frozenset(
                (claim.series, claim.period)
                for claim in sheet.claims
                if claim.kind is ClaimKind.RESTATEMENT and (claim.series, claim.period) in stated
            ),
        )

    def laid(self, sheet: Sheet, stated: Mapping[tuple[Series, Period], Observation]) -> Sheet:
        """Return the release with what is ``stated`` later laid over it."""
        observations = [stated.get(key, own[-1]) for key, own in sheet.observations.items()]
        claims = [
            claim
            for claim in sheet.claims
            if claim.kind is not ClaimKind.RESTATEMENT or (claim.series, claim.period) not in self.superfluous
        ]
        return Sheet.of(sheet.release, sheet.source, observations, claims, sheet.indicators)


def _as_printed(one: Observation) -> tuple[object, ...]:
    cell = one.cell
    said = (one.value, one.status, one.note, one.lower, one.upper, one.sample_size)
    return (*said, cell.location, cell.row, cell.column, cell.raw)


def _places(sheet: Sheet, found: Sequence[_Made]) -> Mapping[str, list[tuple[Series, Period]]]:
    """Return of what series and period the numbers are that stand in the cells of each finding."""
    cells = {cell for one in found for cell in one.finding.cells}
    there: dict[Cell, list[tuple[Series, Period]]] = {}
    printed: Iterable[Observation | Claim] = chain(*sheet.observations.values(), sheet.claims)
    for stands in printed:
        if stands.cell in cells:
            there.setdefault(stands.cell, []).append((stands.series, stands.period))
    return {one.finding.id: [key for cell in one.finding.cells for key in there.get(cell, ())] for one in found}
