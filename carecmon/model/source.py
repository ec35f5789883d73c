"""Who publishes: sources, the documents they bundle, the answers they give and the releases these become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecmon.model.check import Check
from carecmon.model.codes import Text
from carecmon.model.period import Period

if TYPE_CHECKING:
    from carecmon.model.observation import Claim, Notice, Observation


class Order(StrEnum):
    """What makes a release of a source newer than another one."""

    EDITION = "edition"  #: documents: edition, then published, observed, id
    OBSERVED = "observed"  #: live feeds: observed, then id


class DatePrecision(StrEnum):
    """How exactly a publication date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Published:
    """When a source published a release, as exactly as is known. ``day`` is the last day that it can have been."""

    day: date | None
    precision: DatePrecision

    @staticmethod
    def parse(text: str | None) -> Published:
        """Read ``2024-05-30``, ``2024-05``, ``2024`` or nothing; raise ValueError for anything else."""
        if not text:
            return Published(None, DatePrecision.UNKNOWN)
        precision = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH, 10: DatePrecision.DAY}.get(len(text))
        try:
            if precision is None or not text.replace("-", "").isdecimal():
                raise ValueError
            return Published(Period.parse(text).end, precision)
        except ValueError:
            raise ValueError(
                f"{text!r} is not a publication date; write 2024-05-30, 2024-05, 2024 or nothing"
            ) from None

    def __str__(self) -> str:
        if self.day is None:
            return "unknown"
        return {"day": f"{self.day}", "month": f"{self.day:%Y-%m}", "year": f"{self.day:%Y}"}[self.precision]


@dataclass(frozen=True, slots=True)
class Covered:
    """Series and periods that a release states completely: what it leaves out there, it withdraws.

    ``indicator`` is an id, ``select`` labels (``*`` or absent: any), ``first`` and ``last`` the reference periods
    between which everything is covered.
    """

    indicator: str
    first: Period
    last: Period
    select: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A published document whose figures are bundled with a plugin; ``data`` is the transcription, one row a cell.

    ``edition`` orders the releases of one source; ``covers`` is what the edition states completely, beyond the
    cells it lists.
    """

    id: str
    edition: str
    data: tuple[Path, ...]
    title: str = ""
    published: Published = field(default_factory=lambda: Published.parse(None))
    url: str = ""
    covers: tuple[Covered, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One raw answer of a source: what ``fetch`` yields and ``parse`` reads.

    ``body`` is the raw content, or the content of several by name: the files of a document, the pages of an answer.
    An empty ``covers`` means that the answer covers only the cells it lists. ``state`` is all that the next fetch is
    handed, as JSON values: it is stored with this answer, so that an interrupted fetch goes on behind it.
    """

    body: bytes | Mapping[str, bytes]
    url: str = ""
    edition: str = ""
    published: Published = field(default_factory=lambda: Published.parse(None))
    covers: tuple[Covered, ...] = ()
    document: str = ""
    note: str | None = None
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source said, cheaply, that nothing changed since the stored state.

    ``state`` replaces the stored state where it is not empty.
    """

    url: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)


Fetch = Callable[[Any, Mapping[str, Any]], "Iterator[Answer | NotModified]"]
Parse = Callable[[Answer], "Iterable[Observation | Claim | Notice]"]


@dataclass(frozen=True, slots=True)
class Source:
    """One publication family, declared once, feeding any number of indicators.

    A source has either ``documents`` (bundled; carecmon reads the files itself) or ``fetch``. ``reader_version``
    is raised when ``parse`` changes, so that stored answers are read again. ``time_limit`` is in seconds, for
    fetching and parsing together; ``memory_limit`` in MiB. ``requests`` is how many requests a first fetch costs;
    more than two, and the source is asked only where indicators.toml enables it.

    ``api`` is the address that its requests begin with (settings may replace it); ``hosts`` are further hosts that
    it asks. ``rate`` is how many requests a second one host gets, 0 for any number; ``concurrency`` how many at once.

    ``files`` are the kinds of file, by suffix, that ``parse`` also reads when a person hands over one: its body
    is then the content by file name, as with documents.
    """

    id: str
    publisher: str
    title: Text
    url: str
    licence: str
    citation: str
    parse: Parse
    documents: tuple[Document, ...] = ()
    fetch: Fetch | None = None
    order: Order = Order.EDITION
    reader_version: str = "1"
    time_limit: float = 60.0
    memory_limit: int = 1024
    hosts: tuple[str, ...] = ()
    requests: int = 0
    checks: tuple[Check, ...] = ()
    api: str = ""
    rate: float = 10.0
    concurrency: int = 4
    files: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Whether asking it needs the network."""
        return self.fetch is not None


@dataclass(frozen=True, slots=True)
class Release:
    """One edition or answer of a source, as the store keeps it. Times are UTC.

    ``accepted`` and ``rejected`` are the times of the decision now in force; a quarantined release has neither
    been accepted nor rejected and is not believed.
    """

    id: int
    source: str
    edition: str
    published: Published
    observed: datetime
    url: str
    digest: str
    accepted: datetime | None
    rejected: datetime | None = None
    quarantine: str | None = None
    reader_version: str = "1"
    note: str | None = None

    @property
    def believed(self) -> bool:
        """Whether it counts now."""
        return self.accepted is not None and self.rejected is None
