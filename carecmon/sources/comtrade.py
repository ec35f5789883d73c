"""UN Comtrade API v1: trade in low carbon technology (LCT) of the CAREC countries, by year, with and without a key.

The first request lists what is available, with a checksum for each year of a reporter: only years whose checksum moved
are asked for. Without a key that is one request for each reporter, year and flow, of trade with the world alone;
with one, twelve years at once, all partners, and for Turkmenistan, which does not report, what its partners do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from carecmon.model import Answer, Client, Notice, NotModified, Observation
from carecmon.sources import comtrade_pages as pages
from carecmon.sources import comtrade_sums as sums
from carecmon.sources import hs
from carecmon.sources.comtrade_fetch import TURKMENISTAN, Filling, available
from carecmon.sources.comtrade_pages import CAP_KEYLESS, CAP_WITH_KEY, FLOWS
from carecmon.sources.comtrade_state import Filled, parts_of
from carecmon.sources.comtrade_sums import area_codes, members

API = "https://comtradeapi.un.org"


class Comtrade:
    """What a source of this API declares: ``fetch`` and ``parse``. ``codes`` is the table of LCT codes by edition."""

    def __init__(self, codes: Path) -> None:
        self._codes = codes

    @property
    def editions(self) -> Mapping[str, hs.Edition]:
        """The editions of the HS for which there are lists, by classification code."""
        return hs.editions(self._codes)

    def fetch(self, client: Client, state: Mapping[str, Any]) -> Iterator[Answer | NotModified]:
        """Yield an answer for each thing that is new: years of a reporter, the mirror of Turkmenistan, the region.

        State: for each year of a reporter its checksum and sums; the digest of the table of codes; that of the region.
        """
        filled = Filled.of(state, hashlib.sha256(self._codes.read_bytes()).hexdigest()[:16])
        listed, said = available(client)
        due = [one for one in listed if filled.lacks(one, client.has_key)]
        filling = Filling(client, self.editions, filled)
        yield from filling.years(due)
        yield from filling.mirror(due)
        yield from filling.region(said)
        filling.finish()
        if not filling.answered:
            yield NotModified(said)

    def parse(self, answer: Answer) -> Iterator[Observation | Notice]:
        """Yield what an answer of ``fetch`` states, by series and period. Its files say what it is about."""
        where = answer.url or "UN Comtrade"
        if not isinstance(answer.body, Mapping):
            raise pages.garbled(where, "the answer is not kept as files")
        found: list[Observation] = []
        for name, body in answer.body.items():
            if name == "notice.txt":
                yield Notice(body.decode("utf-8", "replace"))
            elif name == "region.json":
                for (year, code), parts in parts_of(body, where).items():
                    found += sums.region(year, code, parts)
            elif name.startswith(("preview.", "get.")):
                found += self._of_reporter(body, where, full=name.startswith("get."))
        if "Reporters.json" in answer.body:
            found += self._of_partners(answer.body, where)
        yield from sorted(found, key=lambda one: (one.series, one.period))

    def _of_reporter(self, body: bytes, where: str, *, full: bool) -> Iterator[Observation]:
        rows = pages.rows_of(body, where, CAP_WITH_KEY if full else CAP_KEYLESS)
        pages.check_asked(rows, where, reporter=members(), flow=FLOWS)
        for flow in sums.flows_of(rows, self.editions, where):
            if whole := sums.sums_of(flow):
                yield from sums.stated(whole, area_codes()[flow.reporter], "WLD", flow.code, flow.period)
                if full:
                    yield from sums.breakdown(flow)

    def _of_partners(self, body: Mapping[str, bytes], where: str) -> Iterator[Observation]:
        single = pages.single_reporters(body["Reporters.json"], where)
        mirrors = [content for name, content in body.items() if name.startswith("mirror.")]
        rows = [row for content in mirrors for row in pages.rows_of(content, where, CAP_WITH_KEY)]
        pages.check_asked(rows, where, flow=FLOWS, partner=[TURKMENISTAN])
        area = area_codes()[TURKMENISTAN]
        for (year, code), whole in sums.mirror(rows, TURKMENISTAN, single, self.editions, where).items():
            yield from sums.stated(whole, area, "WLD", code, year)
            if code == "M":
                yield from sums.inside(whole, area, year)
