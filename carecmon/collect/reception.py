"""The parent's side of the pipe: frames of one plugin's worker become drafts, failures and finished sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from carecmon.collect.contract import Contract
from carecmon.collect.documents import Edition, digest_of, line_of
from carecmon.collect.labels import BrokenContractError, SeriesCheck
from carecmon.collect.redact import Redactor
from carecmon.collect.request import Collected, Failed, Fetching, Gathered, Limits, Request, Unchanged
from carecmon.collect.spool import Sorter
from carecmon.collect.wire import unpack_answer
from carecmon.model import Claim, Document, Draft, Indicator
from carecmon.registry.explain import one_line
from carecmon.registry.isolation import Frame

#: So many remarks of a reader are shown; a file with a thousand odd rows needs not a thousand of them.
MOST_NOTICES = 20


class Order:
    """What is asked of one source in this run: its request, and the editions that are not stored yet."""

    def __init__(self, request: Request, editions: list[Edition]) -> None:
        self.request = request
        self.editions = editions


class Reception:
    """Receives the frames of one source. What an answer states counts only after its explicit end."""

    def __init__(
        self, order: Order, indicators: Mapping[str, Indicator], today: date, limits: Limits, skip_unknown: bool
    ) -> None:
        self._order = order
        self._indicators = indicators
        self._today = today
        self._limits = limits
        self._skip_unknown = skip_unknown
        self._answer: _Incoming | None = None
        self._fetched: tuple[Any, dict[str, bytearray]] = ((), {})
        self._failed = False

    def take(self, frame: Frame, output: str = "") -> Iterator[Collected]:
        """Take one frame; yield what it completes. ``output`` is what the plugin printed."""
        what, *content = frame
        if what == "progress":
            yield Fetching(self._order.request.source.id, *content)
        elif what == "fetched":
            self._fetched = (content[0], {})
        elif what == "body":
            self._fetched[1].setdefault(content[0], bytearray()).extend(content[1])
        elif what == "unmodified":
            yield Unchanged(self._order.request.source.id, self._kept(json.loads(content[0])))
        elif what == "answer":
            self._answer = _Incoming(self._edition_of(content[0]), self._contract(), self._limits)
        elif what == "failed":
            yield self._failure(content, output)
        elif self._answer is not None:
            try:
                yield from self._of_answer(what, content)
            except BrokenContractError as exc:
                yield self._refused(exc, self._answer.edition, output)  # the rest is read and dropped

    def _refused(self, exc: BrokenContractError, edition: Edition, output: str) -> Failed:
        source = f"{self._order.request.source.id}: "
        line = line_of(edition.body, exc.marks)
        reason = f"{source}{line}{str(exc).removeprefix(source)}"
        remedy = "correct that line" if line else "correct what parse makes of that cell"
        return self._failure([reason, f"{remedy}, or the declaration it goes against", "", False, "", None], output)

    def _failure(self, content: list[Any], output: str) -> Failed:
        reason, remedy, detail, transient, kind, retry_after = content
        edition = self.edition
        self._answer, self._failed = None, True
        made = failed(self._order.request, reason, remedy, f"{output}{detail}", edition, transient=transient)
        return replace(made, kind=kind, retry_after=retry_after)

    def _kept(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return what to keep for the next fetch: nothing behind a failure, or what failed would be left out."""
        return {} if self._failed else state

    def _edition_of(self, index: int) -> Edition:
        """Return the document, or what was fetched just now in the same form."""
        if not self._order.request.source.live:
            return self._order.editions[index]
        raw, parts = self._fetched
        body = {name: bytes(content) for name, content in parts.items()}
        answer = unpack_answer(raw, body)
        self._fetched = ((), {})
        document = Document(
            answer.document, answer.edition, (), "", answer.published, answer.url, answer.covers, answer.note
        )
        return Edition(document, body, digest_of(body), self._kept(dict(answer.state)))

    @property
    def edition(self) -> Edition | None:
        """The answer that is coming in just now."""
        return self._answer.edition if self._answer else None

    def _of_answer(self, what: str, content: list[object]) -> Iterator[Gathered]:
        answer = self._answer
        assert answer is not None
        if what == "rows":
            answer.add_rows(content[0])
        elif what == "claims":
            answer.add_claims(content[0])
        elif what == "notice":
            answer.add_notice(str(content[0]))
        elif what == "end":
            if content != [answer.observed, answer.claimed]:
                raise BrokenContractError(
                    f"{self._order.request.source.id}: {answer.observed} observations and {answer.claimed} claims"
                    f" arrived of {content[0]} and {content[1]}"
                )
            absent = self._absent(answer.edition)
            draft = answer.draft(self._order.request, absent)
            self._answer = None
            warnings = (*answer.contract.warnings, *answer.notices)
            stated, impossible = answer.observed + answer.claimed, tuple(answer.contract.impossible)
            yield Gathered(self._order.request.source.id, draft, warnings, stated, impossible)

    def _absent(self, edition: Edition) -> set[str]:
        absent = {covered.indicator for covered in edition.document.covers} - set(self._indicators)
        if absent and not self._skip_unknown:
            raise BrokenContractError(
                f"{self._order.request.source.id}: the document covers {', '.join(sorted(absent))}, which no plugin"
                " declares"
            )
        return absent

    def _contract(self) -> Contract:
        request = self._order.request
        check = SeriesCheck(request.source.id, self._indicators, request.feeds, self._skip_unknown)
        return Contract(request.source.id, self._indicators, check, self._today)


class _Incoming:
    """One answer on its way in."""

    def __init__(self, edition: Edition, contract: Contract, limits: Limits) -> None:
        self.edition = edition
        self.contract = contract
        self.observed = 0
        self.claimed = 0
        self._sorter = Sorter(contract.settle, limits.spool)
        self._claims: list[Claim] = []
        self.notices: list[str] = []

    def add_rows(self, runs: object) -> None:
        assert isinstance(runs, list)
        self.observed += sum(len(run[2]) for run in runs)
        for key, rows, cells in self.contract.rows(runs, self.edition.document.id):
            self._sorter.add(key, rows, cells)

    def add_claims(self, claims: object) -> None:
        assert isinstance(claims, list)
        self.claimed += len(claims)
        self._claims += self.contract.claims(claims)

    def add_notice(self, text: str) -> None:
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(one_line(text))

    def draft(self, request: Request, absent: set[str]) -> Draft:
        """Return the whole answer, without what it covers of ``absent`` indicators: that must not be withdrawn."""
        source, document = request.source, self.edition.document
        batches = self._sorter.finish()
        covers = tuple(covered for covered in document.covers if covered.indicator not in absent)
        # What is left out now must be read once its plugin is back, so this counts as another reading.
        partial = "-partial" if self.contract.partial or absent else ""
        return Draft(
            source.id, source.order, document.edition, document.published, document.url, self.edition.digest,
            batches, tuple(self._claims), covers, f"{source.reader_version}{partial}",
            document.id, document.note, self.edition.body, self.edition.state,
        )  # fmt: skip


def failed(
    request: Request, reason: str, remedy: str, detail: str, edition: Edition | None = None, *, transient: bool = False
) -> Failed:
    """Return a failure of a source, or of one of its documents."""
    source = request.source.id
    if edition is not None and len(request.source.documents) > 1:
        reason = f"{_called(edition)}{reason}"
    elif edition is not None and request.source.live and (url := edition.document.url) not in reason:
        reason = f"{url}: {reason}"
    hide = Redactor.of((*request.secrets, request.address.key_env)).text
    return Failed(source, request.place.name, hide(reason), remedy, transient, hide(detail))


def _called(edition: Edition) -> str:
    """Return how people call one of several: the answers of a live source need not be documents with an id."""
    document = edition.document
    if document.id:
        return f"document {document.id}: "
    name = document.edition or document.url
    return f"answer {name}: " if name else ""
