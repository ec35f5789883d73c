"""What is kept of earlier fetches of UN Comtrade: which years are there, and the sums that the region is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from carecmon.model import ObservationStatus
from carecmon.model.fetching import NOT_BELIEVED
from carecmon.model.payload import json_of
from carecmon.sources.comtrade_pages import FLOWS, Available, garbled, is_year
from carecmon.sources.comtrade_sums import GROUPS, MOST_DIGITS, Flow, Sums, sums_of
from carecmon.sources.hs import VARIANTS

#: Stands where the checksum of a year stands that only partners report.
MIRROR = "mirror"


class Filled:
    """What has been fetched already: by reporter and year its checksum, whether it is ``full``, and the sums a flow.

    With them go the address that said so and the sums ``before``. These count as long as its release is held back, and
    in the fetch that changes them: only the next one is told whether the change is believed.
    The digest of the table of codes belongs to it: with other codes, everything must be asked for again.
    """

    def __init__(
        self, codes: str, reporters: dict[str, dict[str, dict[str, Any]]], region: str, held: Collection[str] = ()
    ) -> None:
        self._codes = codes
        self._reporters = reporters
        self.region = region
        entries = ((reporter, year, entry) for reporter, years in reporters.items() for year, entry in years.items())
        self._held = {(reporter, year) for reporter, year, entry in entries if entry.get("url") in held}

    @staticmethod
    def of(state: Mapping[str, Any], codes: str) -> Filled:
        """Return what ``state`` says, or nothing where it was made with another table of codes."""
        region = str(state.get("region") or "")
        if state.get("codes") != codes:
            return Filled(codes, {}, region)
        reporters = {
            reporter: {year: dict(entry) for year, entry in _mapping(years).items() if isinstance(entry, Mapping)}
            for reporter, years in _mapping(state.get("reporters")).items()
        }
        held = state.get(NOT_BELIEVED)
        return Filled(codes, reporters, region, held if isinstance(held, list) else ())

    def state(self) -> dict[str, Any]:
        """Return all of it as JSON values, a copy."""
        reporters = {
            reporter: {year: dict(entry) for year, entry in years.items()}
            for reporter, years in self._reporters.items()
        }
        return {"codes": self._codes, "reporters": reporters, "region": self.region}

    def lacks(self, one: Available, full: bool) -> bool:
        """Say whether a year must be asked for: it is new, it changed, or only totals of it are there."""
        entry = self._reporters.get(one.reporter, {}).get(one.year)
        return entry is None or entry.get("checksum") != one.checksum or (full and not entry.get("full"))

    def years(self, reporter: str | None = None) -> set[str]:
        """Return the years that are there, of one reporter or of any."""
        chosen = self._reporters.values() if reporter is None else [self._reporters.get(reporter, {})]
        return {year for years in chosen for year in years}

    def enter(self, one: Available, full: bool, flows: Mapping[str, Flow], url: str) -> None:
        """Keep a year of a reporter as fetched from ``url``, with the sums of its flows."""
        sums = {code: whole for code, flow in flows.items() if (whole := sums_of(flow))}
        self._put(one.reporter, one.year, one.checksum, full, sums, url)

    def mirrored(self, reporter: str, years: Sequence[str], found: Mapping[tuple[str, str], Sums], url: str) -> None:
        """Keep years of a country that only partners report, those too about which they say nothing."""
        for year in years:
            of_year = {code: whole for (each, code), whole in found.items() if each == year}
            self._put(reporter, year, MIRROR, True, of_year, url)

    def complete(self, reporters: Collection[str]) -> dict[str, dict[str, list[Any]]]:
        """Return, by year and flow, the sums of ``reporters``, for the years and flows that all of them have."""
        found: dict[str, dict[str, list[Any]]] = {}
        for year in sorted(self.years()):
            for code in FLOWS:
                parts = [self._believed(reporter, year).get(code) for reporter in reporters]
                if all(parts):
                    found.setdefault(year, {})[code] = parts
        return found

    def _believed(self, reporter: str, year: str) -> Mapping[str, Any]:
        entry = self._reporters.get(reporter, {}).get(year, {})
        return _mapping(entry.get("before")) if (reporter, year) in self._held else entry

    def _put(self, reporter: str, year: str, checksum: str, full: bool, sums: Mapping[str, Sums], url: str) -> None:
        before = {code: kept for code, kept in self._believed(reporter, year).items() if code in FLOWS}
        stated = {code: _kept(whole) for code, whole in sums.items()}
        entry = {"checksum": checksum, "full": full, "url": url, "before": before, **stated}
        self._reporters.setdefault(reporter, {})[year] = entry
        self._held.discard((reporter, year))
        if any(_changed(kept, stated.get(code)) for code, kept in before.items()):
            self._held.add((reporter, year))


def _kept(whole: Sums) -> dict[str, Any]:
    return {
        "total": str(whole.total),
        "lct": [str(whole.lct[variant]) for variant in VARIANTS],
        "within": [str(whole.within[group]) for group in GROUPS if group in whole.within],
        "status": int(whole.status),
    }


def _changed(before: Any, now: Mapping[str, Any] | None) -> bool:
    """Say whether a flow is gone or otherwise than before."""
    # Without a key nothing was known of the trade within the region: to learn of it is no change.
    known = {name: said for name, said in _mapping(before).items() if said != []}
    return now is None or known != {name: now.get(name) for name in known}


def _mapping(kept: Any) -> Mapping[str, Any]:
    return kept if isinstance(kept, Mapping) else {}


def parts_of(body: bytes, where: str) -> dict[tuple[str, str], list[Sums]]:
    """Return, by year and flow, what ``Filled.complete`` gave, written as JSON; raise SourceError for anything else."""
    content = json_of(body, where)
    try:
        return {
            (_year(year), code): [_sums(part) for part in parts]
            for year, flows in content.items()
            for code, parts in flows.items()
            if code in FLOWS and parts
        }
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation) as exc:
        raise garbled(where, f"the sums of the region are not as carecmon writes them: {exc!r}") from exc


def _year(text: str) -> str:
    if not is_year(text):
        raise ValueError(f"{text!r} is not a year")
    return text


def _sums(part: Mapping[str, Any]) -> Sums:
    lct = dict(zip(VARIANTS, map(_amount, part["lct"]), strict=True))
    within = dict(zip(GROUPS, map(_amount, part["within"]), strict=True)) if part["within"] else {}
    return Sums(_amount(part["total"]), lct, "", "", ObservationStatus(part["status"]), within)


def _amount(text: Any) -> Decimal:
    amount = Decimal(text) if isinstance(text, str) else None
    if amount is None or not amount.is_finite() or amount < 0 or abs(amount.adjusted()) > MOST_DIGITS:
        raise ValueError(f"{text!r} is not an amount")
    return amount
