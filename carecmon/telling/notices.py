"""From what was judged to what messages say: alerts, assessments, cells and findings as data, in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from carecmon.model import (
    LANGUAGES,
    Alert,
    Assessment,
    Finding,
    Indicator,
    Rule,
    Series,
    Source,
    Status,
    Text,
)
from carecmon.model.person import Reason
from carecmon.registry import Registry
from carecmon.store import Store
from carecmon.store.history import Vintage
from carecmon.tell.announcement import Announcement, Naming, Origin, Standing, Words

#: Codes that say "not split by this": naming them tells nobody anything.
_WHOLE = ("all", "overall", "as-published")
#: From more series on, those that stand for an indicator are counted by verdict.
MANY = 3


@dataclass(slots=True)
class Notices:
    """Makes notices out of one run's assessments and findings; reads cells only of what is told."""

    registry: Registry
    store: Store
    rules: Mapping[str, Rule]
    assessments: Mapping[str, Assessment]
    findings: Mapping[str, list[Finding]]
    _origins: dict[str, tuple[Origin, ...]] = field(default_factory=dict)

    @staticmethod
    def of(
        registry: Registry,
        store: Store,
        rules: Iterable[Rule],
        assessments: Iterable[Assessment],
        findings: Iterable[Finding],
    ) -> Notices:
        """Return the maker for these assessments and the findings that stand."""
        about: dict[str, list[Finding]] = {}
        for one in findings:
            if one.acknowledged is None and one.mended_by is None:
                about.setdefault(str(one.series) if one.series else one.source, []).append(one)
        by_series = {str(one.series): one for one in assessments}
        return Notices(registry, store, {rule.id: rule for rule in rules}, by_series, about)

    def about(self, alert: Alert) -> tuple[tuple[str, str], ...]:
        """Return the (indicator, sector) pairs that an alert concerns: of its series, or fed by its source."""
        if alert.subject in self.registry.sources:
            fed = [one for one in self.registry.indicators.values() if alert.subject in one.sources]
            return tuple((one.id, one.sector) for one in fed)
        indicator = self._indicator(alert)
        return ((indicator.id, indicator.sector),) if indicator else ()

    def importance(self, alert: Alert) -> tuple[object, ...]:
        """Return a sort key: the loudest first, official targets, then series that stand for their indicator."""
        indicator, one = self._indicator(alert), self.assessments.get(alert.subject)
        headline = (indicator.headline if indicator else ()) or ({"area": "CAREC"},)
        stands_for = one is not None and one.series.matches(headline[0])
        official = one is not None and bool(one.official)
        name = indicator.id if indicator else alert.subject
        where = _place(indicator, one.series) if indicator and one else ()
        return -alert.severity.rank, not official, not stands_for, name, where, alert.subject, alert.rule

    def notice(self, alert: Alert, news: Reason, acknowledged: str = "", *, brief: bool = False) -> Announcement:
        """Return what a message says about ``alert``; ``brief`` leaves out what one line has no room for."""
        rule, indicator = self.rules.get(alert.rule), self._indicator(alert)
        assessment = self.assessments.get(alert.subject)
        source = self.registry.sources.get(alert.subject)
        if source is not None:
            origins: tuple[Origin, ...] = (_origin(source),)
        else:
            origins = () if brief or assessment is None else self._cells(assessment)
        return Announcement(
            alert,
            news.value,
            rule.condition.value if rule else "",
            indicator.sector if indicator else "",
            naming(indicator, Series.parse(alert.subject)) if indicator else None,
            assessment,
            origins,
            () if brief else tuple(self.findings.get(alert.subject, ())),
            (),
            rule.value if rule else None,
            rule.opt_in if rule else False,
            acknowledged,
        )

    def standings(self, indicators: Iterable[str], alerts: Iterable[Alert] = ()) -> tuple[Standing, ...]:
        """Return where the headline series of these indicators stand: the figure for CAREC, or of each country."""
        by_indicator: dict[str, list[Assessment]] = {}
        for one in self.assessments.values():
            by_indicator.setdefault(one.series.indicator, []).append(one)
        firing: dict[str, int] = {}
        for alert in alerts:
            name = alert.subject.partition("{")[0]
            firing[name] = firing.get(name, 0) + 1
        found = []
        for name in indicators:
            indicator, judged = self.registry.indicators.get(name), by_indicator.get(name, [])
            if indicator is None or not judged:
                continue
            headline = indicator.headline_of([one.series for one in judged])
            standing_for = [one for one in judged if one.series in headline]
            counts = Counter(one.status for one in standing_for) if len(standing_for) > MANY else Counter[Status]()
            verdicts = tuple((status, counts[status]) for status in Status if counts[status])
            chosen = min(
                standing_for or judged[:1], key=lambda one: (_urgency(one.status), _place(indicator, one.series))
            )
            named = naming(indicator, chosen.series)
            found.append(Standing(named, chosen, len(judged), firing.get(name, 0), verdicts, chosen.status))
        return tuple(found)

    def _indicator(self, alert: Alert) -> Indicator | None:
        return self.registry.indicators.get(alert.subject.partition("{")[0])

    def _cells(self, assessment: Assessment) -> tuple[Origin, ...]:
        """Return the cells in which the judged value is printed, of the source that was judged first."""
        key = str(assessment.series)
        if key not in self._origins:
            found = {
                vintage.source: Origin(
                    vintage.source,
                    *_words_of(self.registry.sources.get(vintage.source), vintage.source),
                    document=_document(self.registry.sources.get(vintage.source), vintage),
                    url=_url(self.registry.sources.get(vintage.source)),
                    cell=vintage.cell,
                )
                for vintage in self.store.history(assessment.series)
                if vintage.period == assessment.period
            }
            order = [one for one in assessment.sources if one in found] or sorted(found)
            self._origins[key] = tuple(found[one] for one in order)
        return self._origins[key]


def _place(indicator: Indicator, series: Series) -> tuple[int, ...]:
    """Return a sort key: series in the order in which their code lists are written, as tables have them."""
    places = []
    for name, code in series.labels:
        dimension = indicator.dimension(name)
        codes = [one.code for one in dimension.codes] if dimension else []
        places.append(codes.index(code) if code in codes else len(codes))
    return tuple(places)


def _urgency(status: Status) -> int:
    """Return the place of a verdict among those of one indicator: off track first, then any other, then none."""
    order = (Status.REVERSING, Status.STAGNANT, Status.SLOW, Status.ON_TRACK, Status.ACHIEVED)
    return order.index(status) if status in order else len(order)


def naming(indicator: Indicator, series: Series) -> Naming:
    """Return how people call ``series``, in every language."""
    labels = []
    for name, code in series.labels:
        dimension = indicator.dimension(name)
        if code not in _WHOLE and (name, code) != ("partner", "WLD"):
            known = dimension is not None and code in dimension.codes
            labels.append(words(dimension.codes[code].name) if dimension and known else {"en": code})
    return Naming(
        indicator.id,
        str(series),
        indicator.sector,
        indicator.pillar,
        words(indicator.title),
        tuple(labels),
        indicator.unit,
        indicator.precision,
        indicator.better.value,
        tuple(words(state.name) for state in indicator.states or ()),
    )


def words(text: Text) -> Words:
    """Return the words of ``text`` by language, without those that are not translated."""
    return {language: text.say(language) for language in LANGUAGES if text.translated(language)}


def _words_of(source: Source | None, name: str) -> tuple[Words, str]:
    return (words(source.title), source.publisher) if source else ({"en": name}, "")


def _document(source: Source | None, vintage: Vintage) -> str:
    """Return the title of the document that a value is printed in, else its edition, with the day of publication."""
    name = vintage.cell.document if vintage.cell else vintage.edition
    for document in source.documents if source else ():
        if document.id == name or document.edition == vintage.edition:
            name = document.title or name
    return f"{name}, {vintage.published}" if vintage.published.day else name


def _url(source: Source | None) -> str:
    return source.url if source else ""


def _origin(source: Source) -> Origin:
    return Origin(source.id, words(source.title), source.publisher, url=source.url)
