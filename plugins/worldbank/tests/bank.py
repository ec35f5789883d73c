"""A World Bank of our own that answers as its interface is documented."""

import json

from carecmon_plugins import energy, lpi, roads
from carecmon_plugins.worldbank import READER, US_CPI, WORLD_BANK

from carecmon import Answer

PRICES = "FP.CPI.TOTL"
SCORE = "LP.LPI.OVRL.XQ"
DEATHS = "SH.STA.TRAF.P5"
OLD, NEW = "2026-07-13", "2026-09-30"
INDICATORS = {i.id: i for plugin in (energy, lpi, roads) for i in plugin.register_indicators()} | {US_CPI.id: US_CPI}
FEEDS = {feed.code: feed for feed in READER.feeds}


def path(code):
    return f"/{FEEDS[code].path}"


def row(code, area, date, value, status=""):
    return {
        "indicator": {"id": code, "value": "a name"},
        "country": {"id": area[:2], "value": "a country"},
        "countryiso3code": area,
        "date": date,
        "value": value,
        "unit": "",
        "obs_status": status,
        "decimal": 1,
    }


def heading(total, page=1, pages=1, updated=OLD, per_page=1000):
    return {
        "page": page,
        "pages": pages,
        "per_page": per_page,
        "total": total,
        "sourceid": "2",
        "lastupdated": updated,
    }


class Bank:
    """The answers of a World Bank whose numbers a test sets: rows by series."""

    def __init__(self, server):
        self.server = server
        self.rows = {code: [row(code, feed.areas[0], "2021", 12.5)] for code, feed in FEEDS.items()}
        self.updated = OLD
        self.per_page_as_text = False
        for code in FEEDS:
            server.add(path(code), lambda asked, code=code: self.answer(code, asked))

    def answer(self, code, asked):
        size, number = int(asked.query["per_page"]), int(asked.query["page"])
        rows = self.rows[code]
        if not rows:
            return [heading(0, 0, 0, self.updated, 0), None]
        pages = -(-len(rows) // size)
        shown = str(size) if self.per_page_as_text else size
        return [heading(len(rows), number, pages, self.updated, shown), rows[(number - 1) * size : number * size]]


def state_of(results):
    return [result.state for result in results if result.state][-1]


def observed(results):
    return [one for answer in results if isinstance(answer, Answer) for one in WORLD_BANK.parse(answer)]


def page(rows, **changes):
    return json.dumps([heading(len(rows), **changes), rows]).encode()


def parsed(*rows):
    return list(READER.parse(Answer(page(list(rows)), "https://example.org")))
