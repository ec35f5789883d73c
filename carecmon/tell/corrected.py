"""Corrections that a verdict rests on, in the reader's language; their reasons stay as they were declared."""

from __future__ import annotations

import re

from carecmon.model import Assessment, Period
from carecmon.tell.announcement import Naming
from carecmon.tell.language import N_, Language

#: What an assessment says about a correction: what it does, and why. ``judge.corrections.words`` writes it.
_SAID = re.compile(
    r'the printed (?P<printed>".+?"|\S+) is (?P<does>not judged|judged as|multiplied by|doubtful)'
    r' ?(?P<instead>".+?"|[-+.\de]*) ?\((?P<why>.*)\)',
    re.DOTALL,
)
_DOES = {
    "not judged": N_("%(period)s: %(printed)s is printed, and is not judged"),
    "judged as": N_("%(period)s: %(printed)s is printed, and judged as %(instead)s"),
    "multiplied by": N_("%(period)s: %(printed)s is printed, and judged as %(instead)s"),
    "doubtful": N_("%(period)s: %(printed)s is printed, and is doubtful"),
}


def corrections(language: Language, naming: Naming, assessment: Assessment) -> tuple[str, ...]:
    """Return a line for each correction that the verdict rests on, with its reason."""
    return tuple(_line(language, naming, period, said) for period, said in assessment.corrections)


def remark(language: Language, assessment: Assessment) -> str:
    """Return the few words for where there is room for no more; nothing where no correction is in force."""
    return language.gettext("a correction is in force") if assessment.corrections else ""


def _line(language: Language, naming: Naming, period: Period, said: str) -> str:
    match = _SAID.fullmatch(said)
    if match is None:
        return f"{language.period(period)}: {said}"
    printed, instead = _value(match["printed"], naming), _value(match["instead"] or match["printed"], naming)
    if printed is None or instead is None:
        return f"{language.period(period)}: {said}"
    if match["does"] == "multiplied by":
        instead = float(f"{printed * instead:.12g}")
    words = language.gettext(_DOES[match["does"]]) % {
        "period": language.period(period),
        "printed": language.amount(printed, naming),
        "instead": language.amount(instead, naming),
    }
    return f"{words} ({match['why']})"


def _value(said: str, naming: Naming) -> float | None:
    """Return a number, or the position of a state by its English name; None where there is no such state any more."""
    if not said.startswith('"'):
        return float(said)
    names = [state["en"].casefold() for state in naming.states]
    name = said.strip('"').casefold()
    return float(names.index(name)) if name in names else None
