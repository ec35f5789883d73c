"""What a source says: observations, and claims about observations, each with the cell it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from carecmon.model.period import Period
from carecmon.model.series import Series

NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number is printed: document id, page or table, row, column, and the text of the cell as printed."""

    document: str
    location: str = NOT_RECORDED
    row: str = NOT_RECORDED
    column: str = NOT_RECORDED
    raw: str = NOT_RECORDED

    def __str__(self) -> str:
        place = [part for part in (self.location, self.row, self.column) if part != NOT_RECORDED]
        return f"{self.document}: {' / '.join(place) or NOT_RECORDED}"


class ObservationStatus(IntEnum):
    """The observation status of SDMX, as far as our sources use it. Stored by number; never renumber."""

    NORMAL = 0
    ESTIMATED = 1
    PROVISIONAL = 2
    MISSING = 3  #: the source says that it has no value
    WITHDRAWN = 4  #: a release that covers the cell no longer states it

    @property
    def word(self) -> str:
        """The status as outputs write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one series for one reference period, as a source states it.

    ``value`` is in the indicator's unit and None exactly when the status is missing or withdrawn. ``lower`` and
    ``upper`` are the interval the source prints, in the same unit; ``sample_size`` is a number of samples.
    """

    series: Series
    period: Period
    value: float | None
    cell: Cell
    status: ObservationStatus = ObservationStatus.NORMAL
    note: str | None = None
    lower: float | None = None
    upper: float | None = None
    sample_size: int | None = None


class ClaimKind(StrEnum):
    """What a claim says about observations."""

    CHANGE = "change"  #: value(period) - value(base_period), in the unit of the series
    GROWTH = "growth"  #: (value(period) / value(base_period) - 1) in percent
    REAL_GROWTH = "real-growth"  #: growth in percent after deflating
    DEFLATOR = "deflator"  #: growth in percent of the price index used for REAL_GROWTH
    SHARE = "share"  #: value of the series in percent of the value of ``of``
    TOTAL = "total"  #: the sum of the values of ``parts``, in the unit of the series
    RESTATEMENT = "restatement"  #: the same value again, printed elsewhere in the document, in the unit of the series


class Qualifier(StrEnum):
    """How exactly a printed number is meant."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more than"
    LESS_THAN = "less than"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says *about* observations. Never judged, only checked against what it is about.

    ``value`` is the printed number in the unit that ``kind`` says, None where the text is garbled; ``series`` and
    ``period`` are what it is about, ``base_period`` what it is compared with; ``of`` is the whole of a share and
    ``parts`` the parts of a total. ``printed_period`` is the period as printed where that is a misprint.
    """

    kind: ClaimKind
    series: Series
    period: Period
    value: float | None
    cell: Cell
    base_period: Period | None = None
    qualifier: Qualifier = Qualifier.EXACT
    of: Series | None = None
    parts: tuple[Series, ...] = ()
    printed_period: Period | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader says about an answer beside its content, for people: a column it does not know, a row it left out.

    It is shown when the answer is taken in, and never stored: the answer itself is kept.
    """

    text: str
