"""The lines of the contract that need what a source says: its bundled documents, or its recorded answers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from carecmon.authoring.lines import Line, failed, noted, passed
from carecmon.authoring.place import Plugin
from carecmon.authoring.recording import INDEX, NotRecordedError, Recorded
from carecmon.collect.documents import Edition
from carecmon.collect.gather import Failed, Gathered, Request, gather
from carecmon.collect.wire import files_of
from carecmon.judge.checks import check_release, observations
from carecmon.model import Answer, Document, Draft, Indicator, NotModified, Release, Series, Source
from carecmon.registry import Registry
from carecmon.registry.examining import Examining
from carecmon.registry.explain import explain


@dataclass(slots=True)
class Read:
    """What one source said: ``answers`` raw, ``drafts`` as read; ``stated`` is the value by series, period, edition."""

    source: Source
    answers: list[Answer] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    stated: dict[tuple[Series, int, str], float | None] = field(default_factory=dict)


def answers(source: Source, recorded: Path) -> tuple[Read, list[Line]]:
    """Return the answers of a source without asking anybody, and what is to be said of having them."""
    read = Read(source)
    if source.fetch is None:
        what = f"{source.id}: its documents are there"
        try:
            for document in source.documents:
                body = {path.name: path.read_bytes() for path in document.data}
                read.answers.append(Edition(document, body, "").answer())
        except OSError as exc:
            return read, [failed(what, f"{exc.filename}: {exc.strerror}", "put the file back, or correct data=")]
        return read, [passed(what, f"{len(read.answers)} editions")]
    return _fetched(read, recorded / source.id)


def _fetched(read: Read, folder: Path) -> tuple[Read, list[Line]]:
    source = read.source
    what = f"{source.id}: fetch gives raw answers"
    if not folder.is_dir():
        remedy = f"run: carecmon plugins record, or write tests/recorded/{source.id}/ by hand"
        return read, [failed(what, f"no answer is recorded: there is no {folder}", remedy)]
    handed = [path for path in sorted(folder.iterdir()) if path.suffix.casefold() in source.files]
    if handed and not (folder / INDEX).exists():
        read.answers = [Answer({path.name: path.read_bytes() for path in handed})]
        return read, [noted(what, f"not tried: {', '.join(path.name for path in handed)} is read as if handed over")]
    client = Recorded(source, folder)
    try:
        got = client.answers()
    except NotRecordedError as exc:
        return read, [failed(what, str(exc), "")]
    except Exception as exc:  # whatever fetch does, it costs this line only
        return read, [failed(what, *explain(exc, ""))]
    read.answers = [one for one in got if isinstance(one, Answer)]
    odd = [type(one).__name__ for one in got if not isinstance(one, Answer | NotModified)]
    if odd or not read.answers:
        remedy = "yield Answer(reply.body, ...) and leave reading it to parse"
        return read, [failed(what, f"{odd[0]} instead of an Answer" if odd else "no answer at all", remedy)]
    said = f"{len(read.answers)} from {len(client.asked)} requests"
    return read, [passed(what, f"{said} ({client.note})" if client.note else said)]


def valid(registry: Registry, plugin: Plugin, read: Read, now: datetime) -> Line:
    """Let a worker read the answers, as a check does, and keep what comes; say whether all of it may be stated."""
    what = f"{read.source.id}: observations and claims are valid, labels from code lists"
    with tempfile.TemporaryDirectory(prefix="carecmon-") as folder:
        documents = tuple(_document(one, number, Path(folder)) for number, one in enumerate(read.answers))
        asked = Request(replace(read.source, documents=documents, fetch=None), registry.places[plugin.name])
        came = gather([asked], indicators=registry.indicators, today=now.date(), skip_unknown=registry.incomplete)
        for one in came:
            if isinstance(one, Failed):
                return failed(what, one.error, one.remedy)
            if isinstance(one, Gathered):
                read.drafts.append(replace(one.draft, batches=list(one.draft.batches)))
    for draft in read.drafts:
        for batch in draft.batches:
            read.stated.update({(batch.series, row[0], draft.edition): row[1] for row in batch.rows})
    claims = sum(len(draft.claims) for draft in read.drafts)
    return passed(what, f"{len(read.stated)} observations, {claims} claims")


def _document(answer: Answer, number: int, folder: Path) -> Document:
    """Return an answer as a document, which is how a worker gets one that needs no asking."""
    own = folder / str(number)
    own.mkdir()
    paths = []
    for name, content in files_of(answer.body).items():
        path = own / name.replace("/", "_")
        path.write_bytes(content)
        paths.append(path)
    return Document(
        answer.document, answer.edition, tuple(paths), "", answer.published, answer.url, answer.covers, answer.note
    )


def checked(registry: Registry, read: Read, now: datetime) -> Line:
    """Run the checks over what was read; what they find is no failure of the plugin, but one that breaks is."""
    what = f"{read.source.id}: its checks run"
    with Examining(registry) as examining:
        return _checked(what, examining.sources().get(read.source.id, read.source), examining.indicators(), read, now)


def _checked(what: str, source: Source, indicators: Mapping[str, Indicator], read: Read, now: datetime) -> Line:
    found: Mapping[str, int] = {}
    for draft in read.drafts:
        release = Release(
            0, draft.source, draft.edition, draft.published, now, draft.url, draft.digest, now
        )  # fmt: skip
        stated = list(observations(draft.batches))
        try:
            findings = check_release(release, source, stated, draft.claims, indicators)
        except (ArithmeticError, ValueError) as exc:
            return failed(what, str(exc), "correct the check")
        for one in findings:
            found = {**found, one.check: found.get(one.check, 0) + 1}
    words = ", ".join(f"{count} {check}" for check, count in sorted(found.items()))
    return passed(what, f"findings: {words}" if words else "no finding")
