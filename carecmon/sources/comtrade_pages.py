"""Answers of the UN Comtrade API v1: what a good one is, and the API's own ways of saying no."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from carecmon.model import Fault, Problem, Reply, SourceError
from carecmon.model.payload import Number, json_of

#: As many rows as an answer can have: the preview without a word, and with a key where the API's documents disagree.
CAP_KEYLESS, CAP_WITH_KEY = 500, 100_000
FLOWS = ("M", "X")

#: The gateway that the API stands behind writes a time as hours, with days before them, or as days alone.
_QUOTA = re.compile(
    r"quota.*?replenished in (?P<left>(?:(?P<days>\d+)\.)?(?P<time>\d+:\d\d:\d\d)|(?P<whole>[\d.]+) days)", re.I | re.S
)
_SECONDS = re.compile(r"try again in (\d+) second", re.I)
#: What would make one flow count twice, and the value that every row must have.
_WHOLE = {"partner2Code": "0", "motCode": "0", "customsCode": "C00"}


@dataclass(frozen=True, slots=True)
class Available:
    """One year of one reporter as the API lists it: its edition of the HS, and a checksum that every change moves."""

    reporter: str
    year: str
    classification: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Row:
    """The value of one flow in one year: a reporter's trade with a partner in one commodity, US dollars as written."""

    reporter: str
    period: str
    flow: str
    partner: str
    commodity: str
    classification: str
    value: Number | None


def classify(reply: Reply) -> Problem | None:
    """Tell the API's errors by status and body; None for a good answer and for what every source's rules know."""
    said = _said(reply.body)
    if reply.status in (403, 429) and (match := _QUOTA.search(said)):
        left = match["left"]
        return Problem(Fault.QUOTA, f"Comtrade's quota of calls is used up; replenished in {left}", _seconds(match))
    if reply.status in (401, 403):
        advice = "check the variable that key_env names for this source in indicators.toml, or set one"
        return Problem(Fault.UNAUTHORISED, f"Comtrade refuses the key, or the lack of one: {said}; {advice}")
    if reply.status == 429 and "retry-after" not in reply.headers:
        match = _SECONDS.search(said)
        return Problem(Fault.THROTTLED, f"Comtrade: {said}", float(match[1]) if match else None)
    if reply.status == 414 or (reply.status == 404 and re.search(r"URL Too Long", said, re.I)):
        return Problem(Fault.BAD_REQUEST, f"the address is too long for Comtrade ({said}); ask for fewer codes")
    if reply.status == 404 and re.search(r"has been removed", said, re.I):
        advice = "see whether it opens in a browser; an address that is too long can be answered like this, too"
        return Problem(
            Fault.BAD_REQUEST, f"Comtrade has nothing at this address, for now or for good: {said}; {advice}"
        )
    if reply.status == 404:
        return Problem(Fault.BAD_REQUEST, f"Comtrade knows no such address: {said}; check base_url in indicators.toml")
    if reply.status == 400:
        return Problem(Fault.BAD_REQUEST, f"Comtrade refuses the request: {said}")
    return None


def _seconds(match: re.Match[str]) -> float | None:
    if match["whole"]:
        return float(match["whole"]) * 86_400 if re.fullmatch(r"\d+(\.\d+)?", match["whole"]) else None
    hours, minutes, seconds = map(int, match["time"].split(":"))
    return float(int(match["days"] or 0) * 86_400 + hours * 3600 + minutes * 60 + seconds)


def data_of(body: bytes, where: str) -> list[Mapping[str, Any]]:
    """Return the objects of an answer, numbers as written; raise SourceError where it is none or reports an error."""
    content = json_of(body, where, verbatim=True)
    if isinstance(content, dict) and isinstance(content.get("error"), str) and content["error"].strip():
        raise SourceError(f"{where}: Comtrade reports an error: {content['error'].strip()}", kind=Fault.OTHER)
    data = content.get("data") if isinstance(content, dict) else None
    if not (isinstance(data, list) and all(isinstance(row, dict) for row in data)):
        raise garbled(where, "it has no list of data")
    count = content.get("count", str(len(data)))
    if count != str(len(data)):
        raise SourceError(f"{where}: {len(data)} rows came, the answer counts {count}", kind=Fault.TRUNCATED)
    return data


def rows_of(body: bytes, where: str, cap: int) -> list[Row]:
    """Return the rows of trade in an answer; raise SourceError where they are cut off or one cannot be counted.

    As many rows as ``cap`` are a truncated answer: nobody knows what is missing.
    """
    data = data_of(body, where)
    if len(data) >= cap:
        raise SourceError(
            f"{where}: {len(data)} rows, as many as one answer can have, so it is cut off; ask for less at once",
            kind=Fault.TRUNCATED,
            transient=False,
        )
    return [_row(row, where) for row in data]


def check_asked(rows: Iterable[Row], where: str, **asked: Collection[str]) -> None:
    """Raise SourceError where a row is about something else than ``asked``: allowed values by the name of a field."""
    for row in rows:
        for name, allowed in asked.items():
            if getattr(row, name) not in allowed:
                raise garbled(where, f"a row has {name} {getattr(row, name)!r}, which was not asked for")


def available_of(body: bytes, where: str) -> list[Available]:
    """Return what the API lists as available, in the edition that was reported, each year of a reporter once."""
    found: dict[tuple[str, str], Available] = {}
    for row in data_of(body, where):
        if row.get("isOriginalClassification") is not True:
            continue
        fields = ("reporterCode", "period", "classificationCode", "datasetChecksum")
        one = Available(*(_text(row, field, where) for field in fields))
        before = found.setdefault((one.reporter, one.year), one)
        if one.classification > before.classification:
            found[one.reporter, one.year] = one
    return sorted(found.values(), key=lambda one: (one.year, int(one.reporter)))


def single_reporters(body: bytes, where: str) -> frozenset[str]:
    """Return the codes of reporters that are single countries of today: no group of countries, no expired namesake."""
    content = json_of(body, where, verbatim=True)
    results = content.get("results") if isinstance(content, dict) else None
    if not (isinstance(results, list) and results and all(isinstance(row, dict) for row in results)):
        raise garbled(where, "it has no list of reporters")
    today = (row for row in results if row.get("isGroup") is not True and not row.get("entryExpiredDate"))
    return frozenset(str(code) for row in today for code in [row.get("reporterCode", row.get("id"))] if code)


def is_year(text: str) -> bool:
    """Say whether ``text`` is a year that there can be figures of."""
    return bool(re.fullmatch(r"(19|2[01])[0-9]{2}", text))


def garbled(where: str, found: str) -> SourceError:
    """Return the error for an answer of another structure."""
    return SourceError(f"{where}: not an answer of UN Comtrade as documented: {found}", kind=Fault.GARBLED)


def _row(row: Mapping[str, Any], where: str) -> Row:
    for name, whole in _WHOLE.items():
        if row.get(name) is not None and row[name] != whole:
            raise garbled(where, f"a row has {name} {row[name]!r}: with such rows trade would be counted twice")
    value = row.get("primaryValue")
    if value is not None and (not isinstance(value, Number) or value.startswith("-")):
        raise garbled(where, f"a row has the primaryValue {value!r}, which is no amount")
    names = ("reporterCode", "period", "flowCode", "partnerCode", "cmdCode", "classificationCode")
    reporter, period, flow, partner, commodity, classification = (_text(row, name, where) for name in names)
    return Row(reporter, period, flow, partner, commodity, classification, value)


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise garbled(where, f"a row has {name} {value!r}")
    if name == "period" and not is_year(value):
        raise garbled(where, f"a row has {name} {value!r}, not a year")
    if name in ("reporterCode", "partnerCode") and not (value.isascii() and value.isdigit()):
        raise garbled(where, f"a row has {name} {value!r}, not a code of digits")
    return str(value)


def _said(body: bytes) -> str:
    """Return the words in the body of an error, as far as there are any."""
    try:
        content = json_of(body, "") if len(body) < 1 << 16 else None
    except SourceError:
        content = None
    words = list(_words(content)) if isinstance(content, dict) else []
    return "; ".join(words) or " ".join(body[:300].decode("utf-8", "replace").split()) or "no reason given"


def _words(content: Mapping[str, Any]) -> Iterator[str]:
    inner = content.get("errorObject")
    for holder in (inner if isinstance(inner, dict) else {}, content):
        for name in ("errorMessage", "message", "error"):
            if isinstance(holder.get(name), str) and holder[name].strip():
                yield holder[name].strip()
