"""The checks of one release: which kinds there are, which apply, and the findings they give."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from carecmon.errors import PluginError
from carecmon.judge.checks import cells, changes, growth, sums
from carecmon.judge.checks.sheet import Elsewhere, Sheet, nothing_else
from carecmon.model import (
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


def check_release(
    release: Release,
    source: Source,
    observations: Sequence[Observation],
    claims: Sequence[Claim],
    indicators: Mapping[str, Indicator],
    elsewhere: Elsewhere = nothing_else,
) -> list[Finding]:
    """Return what contradicts itself in one release as printed, in the order of the checks.

    ``elsewhere`` is asked for the observations of other releases, of any source, as (words about where they are
    printed, observation), only to explain a contradiction. Raises ValueError for a check of an unknown kind.
    """
    sheet = Sheet.of(release, source, observations, claims, indicators, elsewhere)
    findings: dict[str, Finding] = {}
    for check, scope in _checks(sheet):
        for contradiction in check_kind(check)(sheet, scope, check):
            finding = _finding(sheet, check, contradiction)
            findings.setdefault(finding.id, finding)
    return list(findings.values())


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


def mend(
    findings: Sequence[Finding],
    release: Release,
    source: Source,
    observations: Sequence[Observation],
    claims: Sequence[Claim],
    indicators: Mapping[str, Indicator],
    later: Iterable[tuple[str, Sequence[Observation]]],
) -> list[Finding]:
    """Return the findings of a release, those that something later mends marked with what mended them.

    ``later`` are, oldest first, the later editions of the same source and the corrected observations, each as (the
    words for ``mended_by``, observations). One mends a finding when it states one of its cells and, with what it
    states laid over the release, the check finds nothing there any more.
    """
    open_ = list(findings)
    for words, newer in later:
        stated = {(o.series, o.period): o for o in newer if o.status is not ObservationStatus.WITHDRAWN}
        if not any(f.mended_by is None and _touches(f, observations, claims, stated) for f in open_):
            continue
        merged = {**{(o.series, o.period): o for o in observations}, **stated}
        left = [c for c in claims if c.kind is not ClaimKind.RESTATEMENT or (c.series, c.period) not in stated]
        known = {(o.series, o.period) for o in observations}
        kept = [o for key, o in merged.items() if key in known]
        still = {(f.check, f.series, f.period) for f in check_release(release, source, kept, left, indicators)}
        open_ = [
            replace(f, mended_by=words)
            if f.mended_by is None
            and _touches(f, observations, claims, stated)
            and (f.check, f.series, f.period) not in still
            else f
            for f in open_
        ]
    return open_


def _touches(
    finding: Finding,
    observations: Sequence[Observation],
    claims: Sequence[Claim],
    stated: Mapping[tuple[Series, Period], Observation],
) -> bool:
    """Say whether something later states a number that stands in one of the finding's cells."""
    cells = set(finding.cells)
    if any(o.cell in cells and (o.series, o.period) in stated for o in observations):
        return True
    return any(c.cell in cells and (c.series, c.period) in stated for c in claims)
