"""Asking UN Comtrade: which requests a fetch is made of, with and without a key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from carecmon.model import Answer, Ask, Client, Covered, Fault, Period, SourceError
from carecmon.sources import comtrade_pages as pages
from carecmon.sources import comtrade_sums as sums
from carecmon.sources.comtrade_pages import FLOWS, Available
from carecmon.sources.comtrade_state import Filled
from carecmon.sources.comtrade_sums import REGION, WORLD, Flow, area_codes, members
from carecmon.sources.hs import Edition

KEY_HEADER = "Ocp-Apim-Subscription-Key"
#: The first year that is asked for: ten years up to the latest usable one when this was written.
FIRST_YEAR = 2016
#: Years in one request with a key, and in one list of what is available.
YEARS_AT_ONCE = 12
#: Years in one request for all reporters, so that their rows stay below the cap.
MIRROR_YEARS_AT_ONCE = 4
TURKMENISTAN = "795"
#: A request for twelve years, in seconds and bytes: 54,000 rows, as many as there can be, are 53 MB.
DEADLINE, MAX_BYTES = 120.0, 256 << 20
#: After so many answers that cannot be read, the rest is left for another day.
MOST_FAILURES = 5
#: Faults of one answer alone; any other one would meet the next request, too.
_ITS_OWN = (Fault.GARBLED, Fault.TRUNCATED, Fault.OTHER)
_LAST = Period.parse("2100")
_INTRA = "lct.intra-share"

WITHOUT_KEY = (
    "UN Comtrade was asked without a key: trade with the world only. Partners, products, trade within the region,"
    " Turkmenistan's mirror data and with it the average of the region need a key (key_env in indicators.toml)"
)


def available(client: Client) -> tuple[list[Available], str]:
    """Return the years that the members have reported, and the address that said so; SourceError where none has.

    One request lists twelve years; the next twelve are asked for once the last two of them come.
    """
    first, found, said = FIRST_YEAR, list[Available](), ""
    surface = "data" if client.has_key else "public"
    while True:
        years = [str(year) for year in range(first, first + YEARS_AT_ONCE)]
        params = {"reporterCode": ",".join(members()), "period": ",".join(years)}
        url = f"{client.base}/{surface}/v1/getDA/C/A/HS"
        reply = client.get(Ask(url, params, key_header=KEY_HEADER, classify=pages.classify))
        of_page = pages.available_of(reply.body, reply.url)
        found += [one for one in of_page if one.reporter in members() and one.year in years]
        said = said or reply.url
        first += YEARS_AT_ONCE
        if not any(one.year in years[-2:] for one in found) or first > _LAST.year:
            break
    if not found:
        raise SourceError(
            f"{said}: Comtrade lists no year of any member of CAREC since {FIRST_YEAR}; all but one of them have"
            " reported for years, so it is out of order, or lists them otherwise than it did",
            kind=Fault.OTHER,
        )
    return found, said


class Filling:
    """One fetch on its way: what is there already, what came, and what failed."""

    def __init__(self, client: Client, editions: Mapping[str, Edition], filled: Filled) -> None:
        self._client = client
        self._editions = editions
        self._filled = filled
        self._full = client.has_key
        self._failures: list[SourceError] = []
        self.answered = False

    def years(self, due: Sequence[Available]) -> Iterator[Answer]:
        """Yield the answers about reported years: one year of a reporter, or, with a key, up to twelve of them.

        One that cannot be read does not cost the others; its years are asked for again the next time.
        """
        more = {} if self._full else {"notice.txt": WITHOUT_KEY.encode()}
        done = 0
        for batch in self._batches(due):
            self._client.progress(done, len(due), f"{area_codes()[batch[0].reporter]} {batch[0].year}")
            done += len(batch)
            try:
                body, url, flows = self._get(batch)
            except SourceError as exc:
                self._fail(exc)
            else:
                yield self._answer(batch, {**body, **more}, url, flows)
                more = {}

    def mirror(self, due: Sequence[Available]) -> Iterator[Answer]:
        """Yield what the partners of Turkmenistan report of years with anything new that it does not report itself."""
        reported = {one.year for one in due if one.reporter == TURKMENISTAN}
        new = {one.year for one in due} | (self._filled.years() - self._filled.years(TURKMENISTAN))
        years = sorted(new - reported)
        if not years or not self._full:
            return
        url = f"{self._client.base}/files/v1/app/reference/Reporters.json"
        reference = self._client.get(Ask(url, classify=pages.classify))
        for start in range(0, len(years), MIRROR_YEARS_AT_ONCE):
            batch = years[start : start + MIRROR_YEARS_AT_ONCE]
            self._client.progress(start, len(years), f"partners of TKM {batch[0]}")
            try:
                answer = self._of_partners(batch, reference.body)
            except SourceError as exc:
                self._fail(exc)
            else:
                yield answer

    def region(self, said: str) -> Iterator[Answer]:
        """Yield the figures of the region where they changed: for the years in which all its countries have some.

        Not after a failure: what is lacking then would look as if it had been withdrawn.
        """
        complete = self._filled.complete(members(REGION))
        body = json.dumps(complete, sort_keys=True).encode()
        digest = hashlib.sha256(body).hexdigest()
        if self._failures or not complete or digest == self._filled.region:
            return
        self._filled.region = digest
        self.answered = True
        since = Period.parse(str(FIRST_YEAR))
        covers = tuple(Covered(name, since, _LAST, {"area": REGION}) for name in _indicators(full=True))
        note = "added up by carecmon from the answers about the countries of the region"
        yield Answer({"region.json": body}, said, covers=covers, note=note, state=self._filled.state())

    def finish(self) -> None:
        """Raise one SourceError for all that failed, if anything did."""
        if self._failures:
            waits = [exc.retry_after for exc in self._failures if exc.retry_after is not None]
            raise SourceError(
                "; ".join(str(exc) for exc in self._failures),
                kind=self._failures[0].kind,
                transient=any(exc.transient for exc in self._failures),
                retry_after=max(waits, default=None),
            )

    def _fail(self, exc: SourceError) -> None:
        self._failures.append(exc)
        if exc.kind not in _ITS_OWN or len(self._failures) >= MOST_FAILURES:
            self.finish()

    def _batches(self, due: Sequence[Available]) -> Iterator[Sequence[Available]]:
        if not self._full:
            yield from ([one] for one in due)
            return
        for reporter in members():
            years = [one for one in due if one.reporter == reporter]
            for start in range(0, len(years), YEARS_AT_ONCE):
                yield years[start : start + YEARS_AT_ONCE]

    def _get(self, batch: Sequence[Available]) -> tuple[dict[str, bytes], str, list[Flow]]:
        """Return both flows of some years of one reporter as bodies, their address, and what they say, checked."""
        reporter, years = batch[0].reporter, [one.year for one in batch]
        codes = self._codes_of(batch)
        partners = [code for code in area_codes() if code != reporter] if self._full else [WORLD]
        body: dict[str, bytes] = {}
        url, flows = "", list[Flow]()
        for code in FLOWS:
            ask = self._request(code, years, codes, reporterCode=reporter, partnerCode=",".join(partners))
            reply = self._client.get(ask)
            rows = pages.rows_of(reply.body, reply.url, pages.CAP_WITH_KEY if self._full else pages.CAP_KEYLESS)
            pages.check_asked(rows, reply.url, reporter=[reporter], period=years, flow=[code], partner=partners)
            found = sums.flows_of(rows, self._editions, reply.url)
            self._check_editions(batch, found, reply.url)
            flows += found
            body[f"{'get' if self._full else 'preview'}.{code}.json"] = reply.body
            url = url or reply.url
        return body, url, flows

    def _check_editions(self, batch: Sequence[Available], flows: Iterable[Flow], where: str) -> None:
        listed = {one.year: one.classification for one in batch}
        for flow in flows:
            if (found := flow.edition.classification) != listed[flow.period]:
                reason = f"{flow.period} is classified {found} and was listed as {listed[flow.period]}"
                raise pages.garbled(where, f"{reason}, so the codes of another edition were asked for")

    def _codes_of(self, batch: Sequence[Available]) -> list[str]:
        for one in batch:
            if one.classification not in self._editions:
                raise SourceError(
                    f"{area_codes()[one.reporter]} {one.year} is classified {one.classification}; the table of LCT"
                    f" codes has {', '.join(self._editions)} only; add the codes of that edition to it",
                    transient=False,
                )
        wanted = [self._editions[one.classification].codes["upper"] for one in batch]
        return sorted(frozenset[str]().union(*wanted))

    def _answer(self, batch: Sequence[Available], body: dict[str, bytes], url: str, flows: Sequence[Flow]) -> Answer:
        notes = [] if self._full else ["asked without a key: trade with the world only"]
        for one in batch:
            of_year = {flow.code: flow for flow in flows if flow.period == one.year}
            self._filled.enter(one, self._full, of_year, url)
            lacking = [sums.INDICATORS[code][2] for code in FLOWS if code not in of_year]
            notes += [f"the source answered and has no {' and no '.join(lacking)} of {one.year}"] if lacking else []
        self.answered = True
        covers = tuple(_covers(batch[0].reporter, [one.year for one in batch], self._full))
        return Answer(body, url, covers=covers, note="; ".join(notes) or None, state=self._filled.state())

    def _of_partners(self, years: Sequence[str], reporters: bytes) -> Answer:
        codes = sorted({code for edition in self._editions.values() for code in edition.codes["upper"]})
        body, rows, url = {"Reporters.json": reporters}, list[pages.Row](), ""
        for code in FLOWS:
            reply = self._client.get(self._request(code, years, codes, partnerCode=TURKMENISTAN))
            found = pages.rows_of(reply.body, reply.url, pages.CAP_WITH_KEY)
            pages.check_asked(found, reply.url, period=years, flow=[code], partner=[TURKMENISTAN])
            body[f"mirror.{code}.json"] = reply.body
            rows += found
            url = url or reply.url
        single = pages.single_reporters(reporters, url)
        self._filled.mirrored(TURKMENISTAN, years, sums.mirror(rows, TURKMENISTAN, single, self._editions, url), url)
        self.answered = True
        note = "mirror data: Turkmenistan does not report these years; what its partners report is added up"
        covers = tuple(_covers(TURKMENISTAN, years, True))
        return Answer(body, url, covers=covers, note=note, state=self._filled.state())

    def _request(self, code: str, years: Sequence[str], codes: Sequence[str], **whose: str) -> Ask:
        """Return the request for one flow, with all that keeps trade from being counted twice."""
        path = "data/v1/get" if self._full else "public/v1/preview"
        params: dict[str, str | int] = {
            **whose, "period": ",".join(years), "partner2Code": 0, "motCode": 0, "customsCode": "C00",
            "flowCode": code, "cmdCode": ",".join([sums.TOTAL, *codes]),
            "maxRecords": pages.CAP_WITH_KEY if self._full else pages.CAP_KEYLESS,
            "format": "JSON", "breakdownMode": "classic", "includeDesc": "false",
        }  # fmt: skip
        url = f"{self._client.base}/{path}/C/A/HS"
        return Ask(url, params, key_header=KEY_HEADER, classify=pages.classify, deadline=DEADLINE, max_bytes=MAX_BYTES)


def _indicators(*, full: bool) -> list[str]:
    return [name for value, share, _ in sums.INDICATORS.values() for name in (value, share)] + [_INTRA] * full


def _covers(reporter: str, years: Iterable[str], full: bool) -> Iterator[Covered]:
    """Yield what an answer states completely: without a key nothing but the trade in all products with the world."""
    area = {"area": area_codes()[reporter]}
    select = area if full else {**area, "partner": "WLD", "product": "all"}
    for year in map(Period.parse, years):
        for name in _indicators(full=full):
            yield Covered(name, year, year, select)
