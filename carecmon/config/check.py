"""The configuration against what the plugins declare: ids, labels, states and directions that must exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase

from carecmon.config.settings import Person, Settings
from carecmon.config.values import near
from carecmon.errors import ConfigError
from carecmon.model import Better, Indicator, Rule, Scale, Source, Target, TargetKind

Indicators = Mapping[str, Indicator]
#: What to do about a file that watches nothing.
REMEDY = "carecmon init writes, in another folder, one that watches everything shipped"


def check_against(
    settings: Settings,
    registry_indicators: Indicators,
    registry_sources: Mapping[str, Source],
    *,
    broken_plugins: Collection[str] = (),
    channel_kinds: Collection[str] | None = None,
) -> list[str]:
    """Return warnings; raise ConfigError listing every name in ``settings`` that nothing declares.

    While some plugin is broken, an unknown id may be its own, and is a warning. ``channel_kinds`` are those that
    plugins offer (None: not known yet, so not checked).
    """
    unknown = [*_unknown_indicators(settings, registry_indicators), *_unknown_sources(settings, registry_sources)]
    errors = [*_policy_errors(settings, registry_indicators), *_kind_errors(settings, channel_kinds)]
    warnings: list[str] = []
    if broken_plugins:
        perhaps = f"perhaps a broken plugin declares it ({', '.join(sorted(broken_plugins))})"
        warnings += [f"{line}; {perhaps}" for line in unknown]
    else:
        errors = [*unknown, *errors]
    if errors:
        count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
        raise ConfigError("\n  ".join([f"{settings.path} does not fit the plugins ({count}):", *errors]))
    return [
        *_nothing_watched(settings),
        *warnings,
        *_policy_warnings(settings, registry_indicators),
        *_source_warnings(settings, registry_indicators, registry_sources),
        *(line for each in settings.people.values() for line in _person_warnings(each, settings, registry_indicators)),
    ]


def _nothing_watched(settings: Settings) -> Iterator[str]:
    if not settings.watched:
        yield f"{settings.path.name} watches nothing: it has no [indicators.] table that is enabled; {REMEDY}"


def _policy_errors(settings: Settings, indicators: Indicators) -> Iterator[str]:
    for target in settings.targets:
        yield from (f"[[targets]] for {target.indicator}: {line}" for line in _target_errors(target, indicators))
    for rule in settings.rules:
        yield from (f'rule "{rule.id}": {line}' for line in _label_errors(rule, indicators))


def _policy_warnings(settings: Settings, indicators: Indicators) -> Iterator[str]:
    for index, target in enumerate(settings.targets):
        lines = _target_warnings(settings, index, indicators)
        yield from (f"[[targets]] for {target.indicator}: {line}" for line in lines)
    for rule in settings.rules:
        yield from _rule_warnings(rule, indicators)


def _kind_errors(settings: Settings, kinds: Collection[str] | None) -> Iterator[str]:
    for channel in settings.channels.values() if kinds is not None else ():
        if channel.kind not in (kinds or ()):
            offered = ", ".join(sorted(kinds or ())) or "none"
            yield f'channels.{channel.name}.kind: found "{channel.kind}"; the plugins offer: {offered}'


def _unknown_indicators(settings: Settings, indicators: Indicators) -> Iterator[str]:
    known = sorted(indicators)
    for name in settings.watch:
        if name not in indicators:
            yield f'indicators."{name}": no plugin declares this indicator{near(name, known)}'
    chosen = [(f"[[targets]] for {target.indicator}", target.indicator) for target in settings.targets]
    chosen += [(f'rule "{rule.id}"', rule.indicator) for rule in settings.rules]
    for where, name in chosen:
        if not _is_pattern(name) and name not in indicators:
            yield f'{where}: no plugin declares the indicator "{name}"{near(name, known)}'


def _unknown_sources(settings: Settings, sources: Mapping[str, Source]) -> Iterator[str]:
    known = sorted(sources)
    for name in settings.sources:
        if name not in sources:
            yield f'sources."{name}": no plugin declares this source{near(name, known)}'
    for indicator, watch in settings.watch.items():
        for name in watch.prefer:
            if name not in sources:
                yield f'indicators."{indicator}".prefer: no plugin declares the source "{name}"{near(name, known)}'


def _target_errors(target: Target, indicators: Indicators) -> Iterator[str]:
    yield from _label_errors(target, indicators)
    for indicator in _chosen(target.indicator, indicators):
        if target.state is not None:
            yield from _state_errors(target.state, indicator)
        elif indicator.scale is Scale.STATE and target.kind is not TargetKind.DIRECTION:
            states = ", ".join(code.code for code in indicator.states or ())
            yield f"{indicator.id} has states, not numbers; write state = one of {states}"
        if indicator.better is Better.NEITHER and (target.kind is TargetKind.DIRECTION or target.rate is not None):
            yield f"{indicator.id} does not say which way is better; write a value instead"
        lowest, highest = indicator.bounds
        if target.value is not None and (
            (lowest is not None and target.value < lowest) or (highest is not None and target.value > highest)
        ):
            yield f"value {target.value:g} is outside what {indicator.id} can be ({lowest} to {highest})"


def _state_errors(state: str, indicator: Indicator) -> Iterator[str]:
    states = [code.code for code in indicator.states or ()]
    if not states:
        yield f'{indicator.id} has no states, so it cannot be "{state}"'
    elif state not in states:
        yield f'"{state}" is not a state of {indicator.id}{near(state, states)}; its states are {", ".join(states)}'


def _label_errors(chooser: Target | Rule, indicators: Indicators) -> Iterator[str]:
    """Yield each selected label that no chosen indicator has."""
    chosen = list(_chosen(chooser.indicator, indicators))
    pairs = [(name, code) for name, codes in chooser.select.items() for code in codes.split("|")] if chosen else []
    for name, code in pairs:
        dimensions = [dimension for each in chosen if (dimension := each.dimension(name)) is not None]
        if not dimensions:
            names = sorted({dimension.name for each in chosen for dimension in each.dimensions})
            yield f"select.{name}: {chooser.indicator} has no such label{near(name, names)}; it has {', '.join(names)}"
        elif code != "*" and all(code not in dimension.codes for dimension in dimensions):
            codes = [each.code for dimension in dimensions for each in dimension.codes]
            lists = ", ".join(sorted({dimension.codes.name for dimension in dimensions}))
            yield f'select.{name}: "{code}" is not in the code list {lists}{near(code, codes)}'


def _target_warnings(settings: Settings, index: int, indicators: Indicators) -> Iterator[str]:
    target = settings.targets[index]
    chosen = [indicator.id for indicator in _chosen(target.indicator, indicators)]
    if not chosen and _is_pattern(target.indicator):
        yield "the pattern fits no indicator, so the target is never used"
    elif chosen and not any(name in settings.watch for name in chosen):
        yield "it is not watched, so the target is never used"
    ended = [name for name in chosen if indicators[name].discontinued]
    if ended:
        yield f"{', '.join(ended)} is discontinued and no longer judged"
    for earlier in settings.targets[:index]:
        same = (earlier.indicator, dict(earlier.select)) == (target.indicator, dict(target.select))
        if same and earlier.rate is None:
            yield "an earlier target fits the same series, so this one is never used"
            return


def _rule_warnings(rule: Rule, indicators: Indicators) -> Iterator[str]:
    chosen = list(_chosen(rule.indicator, indicators))
    if not any(fnmatchcase(each.sector, rule.sector) for each in chosen):
        sectors = sorted({each.sector for each in indicators.values()})
        hint = near(rule.sector, sectors) if rule.sector not in sectors else ""
        yield f'rule "{rule.id}" fits no indicator, so it never fires{hint}; sectors are {", ".join(sectors)}'


def _source_warnings(settings: Settings, indicators: Indicators, sources: Mapping[str, Source]) -> Iterator[str]:
    for name, each in settings.sources.items():
        source = sources.get(name)
        if source is not None and not source.live and (each.base_url or each.schedule or each.key_env):
            yield f'sources."{name}": its documents come with the plugin; it has no address, schedule or key'
    for name, watch in settings.watch.items():
        indicator = indicators.get(name)
        for preferred in watch.prefer:
            if indicator is not None and preferred in sources and preferred not in indicator.sources:
                feeding = ", ".join(indicator.sources) or "none"
                yield f'indicators."{name}".prefer: "{preferred}" is not among its sources ({feeding})'


def _person_warnings(person: Person, settings: Settings, indicators: Indicators) -> Iterator[str]:
    by_mail = "email" in person.channels
    if by_mail and person.email is None:
        yield f"people.{person.name}: has no email, so mail cannot reach them"
    elif by_mail and settings.smtp is None and not set(person.channels) - {"email"}:
        yield f"people.{person.name}: cannot be reached, for there is no [smtp]"
    if not person.channels:
        yield f"people.{person.name}: cannot be reached, for channels is empty"
    sectors = sorted({each.sector for each in indicators.values()})
    for sector in person.sectors:
        if not any(fnmatchcase(each, sector) for each in sectors):
            yield f'people.{person.name}.sectors: there is no sector "{sector}"{near(sector, sectors)}'
    for name in person.indicators:
        if not any(_chosen(name, indicators)):
            yield f'people.{person.name}.indicators: "{name}" fits no indicator{near(name, sorted(indicators))}'


def _chosen(name: str, indicators: Indicators) -> Iterator[Indicator]:
    return (each for each in indicators.values() if fnmatchcase(each.id, name))


def _is_pattern(name: str) -> bool:
    return any(mark in name for mark in "*?[")
