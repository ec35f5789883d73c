"""Check what one plugin declares, before anybody relies on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from carecmon.model import Code, CodeList, Covered, Dimension, Document, Indicator, Published, Scale, Source, Text
from carecmon.registry.explain import BrokenPluginError
from carecmon.registry.importing import Declared

_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
_DEFAULT_HEADLINE = Indicator.__dataclass_fields__["headline"].default


def validate(declared: Declared) -> None:
    """Raise BrokenPluginError for the first declaration that is incomplete, or contradicts another one."""
    for noun, items in (("source", declared.sources), ("indicator", declared.indicators)):
        for item in items:
            _identity(noun, item.id, item.title)
        _unique(f"{noun} id", (item.id for item in items), "declares it twice")
    for source in declared.sources:
        _source(source)
    for indicator in declared.indicators:
        for reason, remedy in _problems(indicator):
            raise BrokenPluginError(f"indicator {indicator.id}: {reason}", remedy)
    _unique("channel", (_channel_name(channel) for channel in declared.channels), "declares it twice")


def _identity(noun: str, ident: Any, title: Any) -> None:
    if not isinstance(ident, str) or not _ID.fullmatch(ident):
        raise BrokenPluginError(
            f"{ident!r} cannot be the id of {'an' if noun == 'indicator' else 'a'} {noun}",
            "use small Latin letters, digits, dots and hyphens, such as cpmm.swd",
        )
    if not isinstance(title, Text) or not isinstance(title.en, str) or not title.en.strip():
        raise BrokenPluginError(f"{noun} {ident} has no English title, but {title!r}", 'write title=Text("...")')


def _unique(what: str, names: Iterable[str], verb: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BrokenPluginError(f"{what} {name!r}: the plugin {verb}", "remove or rename one of the two")
        seen.add(name)


def _channel_name(channel: Any) -> str:
    name = getattr(channel, "name", None)
    if not isinstance(name, str) or not name:
        raise BrokenPluginError(f"the channel {channel!r} has no name", "give it an attribute name")
    return name


def _source(source: Source) -> None:
    def wrong(reason: str, remedy: str) -> BrokenPluginError:
        return BrokenPluginError(f"source {source.id}: {reason}", remedy)

    if not callable(source.parse):
        raise wrong(f"parse is {source.parse!r}", "give a function that reads an Answer")
    if bool(source.documents) == (source.fetch is not None):
        both = "both documents and fetch" if source.documents else "neither documents nor fetch"
        raise wrong(f"it has {both}", "declare bundled documents, or a function that fetches")
    if source.fetch is not None and not callable(source.fetch):
        raise wrong(f"fetch is {source.fetch!r}", "give a generator of answers")
    for document in source.documents:
        if not isinstance(document, Document) or document.data == ():
            raise wrong(f"{document!r} is not a document with data", "declare Document(id, edition, data=(path,))")
        for reason, remedy in _document_problems(document):
            raise wrong(f"document {document.id}: {reason}", remedy)
        names = [path.name for path in document.data]
        if len(set(names)) < len(names):
            raise wrong(f"document {document.id} has two files called alike: {names}", "rename one of them")
    _unique(f"source {source.id}: document", (document.id for document in source.documents), "declares it twice")
    if not source.time_limit > 0 or not source.memory_limit > 0:
        raise wrong(
            f"time_limit {source.time_limit!r} and memory_limit {source.memory_limit!r} must be above zero",
            "give seconds and MiB, or leave them out",
        )


def _document_problems(document: Document) -> Iterator[tuple[str, str]]:
    if not isinstance(document.data, tuple) or not all(isinstance(path, Path) for path in document.data):
        yield f"data is {document.data!r}", 'give a tuple of paths, such as data=(Path(__file__).with_name("a.csv"),)'
    for name in ("id", "edition", "title", "url"):
        if not isinstance(value := getattr(document, name), str):
            yield f"{name} is {value!r}", f'give text, such as {name}="{value}"'
    if not isinstance(document.published, Published):
        yield f"published is {document.published!r}", 'write published=Published.parse("2024-05-30")'
    for covered in document.covers:
        if not isinstance(covered, Covered):
            yield f"covers has {covered!r}", 'write covers=(Covered("ID", Period.parse("2022"), Period.parse("2023")),)'
        elif covered.first > covered.last:
            yield (
                f"it covers {covered.indicator} from {covered.first} to {covered.last}",
                "put the earlier period first",
            )


def _problems(indicator: Indicator) -> Iterator[tuple[str, str]]:
    names = [str(getattr(dimension, "name", dimension)) for dimension in indicator.dimensions]
    for dimension in indicator.dimensions:
        if not isinstance(dimension, Dimension) or not isinstance(dimension.codes, CodeList):
            yield f"{dimension!r} is not a dimension with a code list", "declare Dimension(name, CodeList(...))"
            return
    if len(set(names)) < len(names):
        yield f"two dimensions have the same name: {', '.join(names)}", "rename one of them"
    if indicator.scale is Scale.STATE and not indicator.states:
        yield "it is on the state scale and has no states", "declare states=CodeList(...), worst first"
    low, high = indicator.bounds
    if low is not None and high is not None and low > high:
        yield f"the lower bound {low} is above the upper bound {high}", "exchange them"
    if any(not isinstance(source, str) for source in indicator.sources) or isinstance(indicator.sources, str):
        yield f"sources is {indicator.sources!r}", "list the ids of sources, as strings in a tuple"
    if indicator.headline is not _DEFAULT_HEADLINE:
        for selection in indicator.headline:
            yield from _labels(indicator, "headline", selection)
    if isinstance(indicator.stock, Mapping):
        yield from _labels(indicator, "stock", indicator.stock)
    elif not isinstance(indicator.stock, bool):
        yield f"stock is {indicator.stock!r}", "give True, or the labels of the series that are stocks"
    for former, today in indicator.aliases.items():
        yield from _labels(indicator, f"alias {former!r}", _labels_in(today))


def _labels(indicator: Indicator, where: str, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, code in labels.items():
        dimension = indicator.dimension(name)
        names = ", ".join(d.name for d in indicator.dimensions) or "none"
        if dimension is None:
            yield f"{where} speaks of the dimension {name!r}, which it has not", f"its dimensions are: {names}"
        elif code != "*" and code not in dimension.codes:
            yield f"{where} has {name}={code}", f"use a code of {dimension.codes.name}{near(code, dimension.codes)}"


def _labels_in(text: str) -> dict[str, str]:
    """Return the labels in ``cpmm.swd{area=CAREC}`` or ``area=CAREC``; none in a bare id."""
    inner = text.partition("{")[2].rstrip("}") if "{" in text else text
    pairs = [pair.partition("=") for pair in inner.split(",") if "=" in pair]
    return {name.strip(): code.strip() for name, _, code in pairs}


def near(code: object, codes: Iterable[Code]) -> str:
    """Return what somebody who wrote ``code`` may have meant, as words to add to a message."""
    from difflib import get_close_matches

    known = [entry.code for entry in codes]
    folded = {entry.casefold(): entry for entry in known}
    matches = [folded[match] for match in get_close_matches(str(code).casefold(), folded, n=3)]
    if matches:
        return f"; near it: {', '.join(matches)}"
    return f": {', '.join(known[:12])}{' ...' if len(known) > 12 else ''}"
