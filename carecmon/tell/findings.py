"""What contradicts what, in the reader's language: made of a finding's parts, not of its English sentence.

The parts are those that `carecmon findings` prints: the check, what was found, what was expected. English readers get
the sentence of the check, which says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from carecmon.model import NOT_RECORDED, Cell, Finding
from carecmon.tell.announcement import Naming
from carecmon.tell.language import N_, Language, forms

_AMOUNT = re.compile(
    r"(?P<bound>about|less than|more than|at most|at least)? ?"
    r"(?P<currency>USD )?(?P<number>[+-]?\d[\d,]*(?:\.\d+)?)(?P<unit>%.*| .*)?"
)
_BOUNDS = {
    "about": N_("about %(amount)s"),
    "less than": N_("less than %(amount)s"),
    "more than": N_("more than %(amount)s"),
    "at most": N_("at most %(amount)s"),
    "at least": N_("at least %(amount)s"),
}
#: Parts that are no amounts.
_WORDS = ("other", "year", "place", "rank", "bound", "times", "heading", "content", "source")

_PERIODS = ("base", "period", "periods")

#: Check -> the shapes of found and expected, and the sentence that is made of their parts. The first that fits counts.
_SENTENCES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "printed-change": (
        (
            r"(?P<found>.*)",
            r"(?P<right>.*?) \((?P<now>.*?) in (?P<period>\S+) less (?P<then>.*?) in (?P<base>\S+)\)",
            N_(
                "the printed change is %(found)s, but from %(then)s in %(base)s to %(now)s in %(period)s it is"
                " %(right)s"
            ),
        ),
        (
            r"(?P<found>.*)",
            r"no change, because there is no value for (?P<periods>.*)",
            N_("a change of %(found)s is printed, but there is no value for %(periods)s"),
        ),
    ),
    "printed-growth": (
        (
            r"(?P<found>.*)",
            r"(?P<right>.*?) \(from (?P<then>.*?) in (?P<base>\S+) to (?P<now>.*?) in (?P<period>\S+)\)",
            N_(
                "the printed growth is %(found)s, but from %(then)s in %(base)s to %(now)s in %(period)s it is"
                " %(right)s"
            ),
        ),
    ),
    "printed-share": (
        (
            r"(?P<found>.*)",
            r"(?P<right>.*?) \((?P<part>.*) of (?P<whole>.*)\)",
            N_("the printed share is %(found)s, but %(part)s is %(right)s of %(whole)s"),
        ),
    ),
    "parts-and-total": (
        (
            r"(?P<found>.*)",
            r"(?P<right>.*?) \(.*\)",
            N_("the printed total is %(found)s, but the printed parts make %(right)s"),
        ),
    ),
    "shares-sum": (
        (r"(?P<found>.*)", r"(?P<right>.*)", N_("the printed shares make %(found)s, and should make %(right)s")),
    ),
    "magnitude": (
        (
            r"(?P<found>.*)",
            r"(?P<right>.*), because the parts make up (?P<whole>.*)",
            N_("%(found)s is printed, but only with %(right)s do the parts make up %(whole)s"),
        ),
        (
            r"(?P<found>.*)",
            r"less than (?P<times>\d+) times away from (?P<then>.*) in (?P<base>\S+)",
            N_("from %(then)s in %(base)s to %(found)s is a jump of more than %(times)s times; it may be right"),
        ),
    ),
    "restated": (
        (
            r"(?P<found>.*)",
            r"(?P<right>.*), printed elsewhere in the document \((?P<place>.*)\)",
            N_("the document prints %(found)s, and %(right)s elsewhere (%(place)s)"),
        ),
        (
            r"(?P<found>.*) for (?P<base>\S+)",
            r".* for (?P<period>\S+)",
            N_("the document prints %(found)s for %(base)s, and for %(period)s elsewhere"),
        ),
    ),
    "conflict": (
        (
            r"(?P<found>.*) in (?P<source>\S+)",
            r"(?P<right>.*) in (?P<other>\S+)",
            N_("%(source)s says %(found)s, %(other)s says %(right)s"),
        ),
    ),
    "ordered": (
        (
            r"(?P<found>.*)",
            r"(?P<right>at (?:most|least) .*), the value of (?P<other>.*)",
            N_("%(found)s is not possible: it must be %(right)s, the value of %(other)s"),
        ),
    ),
    "bounds": ((r"(?P<found>.*)", r"(?P<right>.*)", N_("%(found)s is not possible: it is always %(right)s")),),
    "rank-follows-score": (
        (
            r"rank (?P<rank>\S+) with (?P<found>.*)",
            r"a rank better than (?P<bound>[^,]+), because .* has (?P<right>\S+.*)",
            N_("rank %(rank)s with %(found)s should be better than %(bound)s, the rank with %(right)s"),
        ),
        (
            r"rank (?P<rank>\S+) with (?P<found>.*)",
            r"a rank worse than (?P<bound>[^,]+), because .* has (?P<right>\S+.*)",
            N_("rank %(rank)s with %(found)s should be worse than %(bound)s, the rank with %(right)s"),
        ),
    ),
    "year-as-value": (
        (
            r"the period (?P<base>\S+)",
            r"the period (?P<period>\S+)",
            N_("it is printed for %(base)s, but the data of the document end before; %(period)s is meant"),
        ),
        (r"(?P<year>\d+)", r"a growth in percent", N_("%(year)s is printed as a growth in percent, but is a year")),
        (r"(?P<year>\d+)", r"a share in percent", N_("%(year)s is printed as a share in percent, but is a year")),
    ),
    "heading": (
        (
            r"under the heading (?P<heading>.*)",
            r"under the heading of (?P<content>.*)",
            N_("the table stands under the heading “%(heading)s”, but its content is that of “%(content)s”"),
        ),
    ),
    "real-growth": (
        (
            r"(?P<found>.*) real",
            r"(?P<right>about .*) real \((?P<nominal>.*) nominal with prices (?P<prices>.*) higher\)",
            N_(
                "a growth of %(found)s after inflation is printed, but %(nominal)s with prices %(prices)s higher is"
                " %(right)s"
            ),
        ),
    ),
    "share-growth": (
        (
            r"(?P<found>.*)",
            r"(?P<ways>.* with .* and .*)",
            N_("a share of %(found)s is printed, but the printed growth of the part and of the whole gives %(ways)s"),
        ),
    ),
}
_BELONGS = re.compile(r"The printed change belongs to the previous pair of periods, (?P<base>\S+) to (?P<period>\S+):")


def contradiction(language: Language, finding: Finding, naming: Naming | None = None) -> str:
    """Return one finding in one line: the period, what contradicts what, and the cell where it is printed."""
    where = place(finding.cells[0]) if finding.cells else ""
    if language.code == "en":
        said = finding.message
    else:
        said = _sentence(language, finding, naming)
        said = f"{language.period(finding.period)}{forms(language.code)['is']}{said}" if finding.period else said
    return f"{said} [{where}]" if where else said


def place(cell: Cell) -> str:
    """Return where in a document a cell is, as far as that is known."""
    return " / ".join(part for part in (cell.location, cell.row, cell.column) if part and part != NOT_RECORDED)


def _sentence(language: Language, finding: Finding, naming: Naming | None) -> str:
    for found, expected, sentence in _SENTENCES.get(finding.check, ()):
        parts = _parts((found, finding.found), (expected, finding.expected))
        if parts is not None:
            said = language.gettext(sentence) % {key: _said(language, key, text, naming) for key, text in parts.items()}
            return forms(language.code)["joint"].join([said, *_belongs(language, finding)])
    words = {"found": amount(language, finding.found), "right": amount(language, finding.expected)}
    return language.gettext("printed: %(found)s; expected: %(right)s") % words


def _parts(*pairs: tuple[str, str]) -> dict[str, str] | None:
    parts: dict[str, str] = {}
    for pattern, text in pairs:
        fits = re.fullmatch(pattern, text)
        if fits is None:
            return None
        parts |= fits.groupdict()
    return parts


def _said(language: Language, key: str, text: str, naming: Naming | None) -> str:
    if key == "ways":  # 3.58% with 11% and 229% or 4.03% with 11% and 192%
        return " / ".join(amount(language, way.partition(" with ")[0]) for way in text.split(" or "))
    if key == "content" and naming is not None:
        return next((language.words(label) for label in naming.labels if label.get("en") == text), text)
    if key in _PERIODS:
        return forms(language.code)["comma"].join(_period(language, one) for one in text.split(" and "))
    return text if key in _WORDS else amount(language, text)


def _period(language: Language, text: str) -> str:
    try:
        return language.period(text)
    except ValueError:
        return text


def _belongs(language: Language, finding: Finding) -> Iterator[str]:
    """Yield where a printed change really comes from, where its check has found that."""
    fits = _BELONGS.search(finding.message) if finding.check == "printed-change" else None
    if fits is not None:
        yield language.gettext("it is the change from %(base)s to %(period)s") % {
            key: _period(language, text) for key, text in fits.groupdict().items()
        }


def amount(language: Language, text: str) -> str:
    """Return an amount that a check wrote, such as "at most USD 1,200 million", by the reader's locale."""
    fits = _AMOUNT.fullmatch(text.strip())
    if fits is None:
        return text
    number, unit = fits["number"], f"{fits['currency'] or ''}{(fits['unit'] or '').strip()}".strip()
    value, decimals = float(number.replace(",", "")), len(number.partition(".")[2])
    said = language.quantity(language.number(value, decimals, sign=number.startswith("+")), value, unit)
    return language.gettext(_BOUNDS[fits["bound"]]) % {"amount": said} if fits["bound"] else said
