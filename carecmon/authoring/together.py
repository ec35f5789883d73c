"""The line of the contract about several answers of one fetch: none may take back what another one states."""

from __future__ import annotations

from carecmon.authoring.lines import Line, failed, passed
from carecmon.authoring.reading import Read
from carecmon.model import Covered, Draft, Order, Period, Series

Stated = set[tuple[Series, int]]


def agree(read: Read) -> Line | None:
    """Say whether a later answer withdraws what an earlier one states; None where there is nothing to compare.

    Each answer is a release of its own. Of a feed, the newest is believed about all that it covers; editions may
    leave out what earlier ones had.
    """
    if read.source.order is not Order.OBSERVED or len(read.drafts) < 2:
        return None
    what = f"{read.source.id}: its answers do not withdraw each other"
    stated = [_stated(draft) for draft in read.drafts]
    for number, (draft, listed) in enumerate(zip(read.drafts, stated, strict=True)):
        before: Stated = set().union(*stated[:number])
        lost = sorted((str(s), p) for s, p in before - listed if any(_covers(one, s, p) for one in draft.covers))
        if lost:
            series, period = lost[0]
            found = f"answer {number + 1} covers {len(lost)} values of earlier ones and leaves them out, such as"
            remedy = "keep all pages in one answer, Answer({name: body, ...}), or let covers say what each has alone"
            return failed(what, f"{found} {series} {Period.from_key(period)}", remedy)
    return passed(what, f"{len(read.drafts)} answers")


def _stated(draft: Draft) -> Stated:
    return {(batch.series, row[0]) for batch in draft.batches for row in batch.rows}


def _covers(covered: Covered, series: Series, key: int) -> bool:
    period = Period.from_key(key)
    within = covered.first.start <= period.start and period.end <= covered.last.end
    return within and covered.indicator == series.indicator and series.matches(covered.select)
