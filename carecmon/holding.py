"""Whether an answer states what cannot be, and nobody has vouched for it: then it is held back in quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from carecmon.collect.request import Gathered
from carecmon.config import Settings, corrections_in
from carecmon.judge.corrections import in_force
from carecmon.model import Draft
from carecmon.model.quarantine import Impossible
from carecmon.registry import Registry
from carecmon.store import Store


def held_back(answer: Gathered, settings: Settings, registry: Registry, store: Store) -> Draft:
    """Return the draft of an answer, with the reason to hold it back where it states an impossible value.

    Not held back is a cell that a declared correction is about, and one that is believed already: somebody accepted
    it. Documents that a plugin bundles do not come here: who typed them in has seen what they print, and findings
    name it.
    """
    if not answer.impossible or answer.draft.quarantine:
        return answer.draft
    declared = corrections_in([settings.path.parent, *registry.folders])
    suspect = [
        one for one in answer.impossible if in_force(declared, one.series, one.period, answer.source, one.value) is None
    ]
    found = _not_believed(answer.source, suspect, store)
    if not found:
        return answer.draft
    return replace(answer.draft, quarantine=str(replace(found[0], more=len(found) - 1)))


def _not_believed(source: str, suspect: Sequence[Impossible], store: Store) -> list[Impossible]:
    believed = {
        (belief.series, point.period, point.value)
        for belief in store.beliefs({one.series.indicator for one in suspect})
        for point in belief.by_source.get(source, ())
    }
    return [one for one in suspect if (one.series, one.period, one.value) not in believed]
