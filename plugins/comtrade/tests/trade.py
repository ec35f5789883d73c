"""A Comtrade of our own that answers as documented, and what its answers come to.

Amounts are made up by a rule; the numbers that the tests expect are worked out from it by hand.
"""

import json

from carecmon_plugins.comtrade import COMTRADE, READER
from carecmon_plugins.lct import register_indicators

from carecmon import Answer, Observation, Series
from carecmon.sources.comtrade_sums import area_codes

KAZ, UZB, TKM, CHN, GERMANY, RUSSIA, EUROPEAN_UNION = "398", "860", "795", "156", "276", "643", "97"
INDICATORS = {indicator.id: indicator for indicator in register_indicators()}
CODES = {name: edition.codes for name, edition in READER.editions.items()}


def row(reporter, period, flow, commodity, value, classification="H5", partner="0", **more):
    return {
        "typeCode": "C", "freqCode": "A", "refYear": int(period), "refMonth": 52, "period": period,
        "reporterCode": int(reporter), "reporterISO": None, "flowCode": flow, "partnerCode": int(partner),
        "partner2Code": 0, "classificationCode": classification, "classificationSearchCode": "HS", "cmdCode": commodity,
        "customsCode": "C00", "motCode": 0, "qty": 0, "netWgt": None, "primaryValue": value,
        "isReported": False, "isAggregate": True, **more,
    }  # fmt: skip


def body(rows, **changes):
    return {"elapsedTime": "0.21 secs", "count": len(rows), "data": rows, "error": "", **changes}


def dataset(reporter, year, classification, checksum, **more):
    return {
        "datasetCode": 20031202101182100, "typeCode": "C", "freqCode": "A", "period": int(year),
        "reporterCode": int(reporter), "classificationCode": classification, "classificationSearchCode": "HS",
        "isOriginalClassification": True, "datasetChecksum": checksum, "firstReleased": "2022-03-29T22:50:18.8066667",
        "lastReleased": "2022-05-03T19:12:39.8333333", **more,
    }  # fmt: skip


class Trade:
    """A Comtrade whose data sets and amounts a test sets. LCT codes are worth 2 a piece, everything together 1000."""

    def __init__(self, server):
        self.server = server
        self.datasets = {(KAZ, "2022"): ("H5", 11), (KAZ, "2023"): ("H6", -12), (UZB, "2023"): ("H6", 13)}
        self.converted = []
        self.traded = ["282520", "850760"]
        self.amount = {}
        self.partners_of_turkmenistan = []
        for surface in ("public", "data"):
            server.add(f"/{surface}/v1/getDA/C/A/HS", self.available)
        server.add("/public/v1/preview/C/A/HS", self.answer)
        server.add("/data/v1/get/C/A/HS", self.answer)
        groups = [{"id": 97, "reporterCode": 97, "isGroup": True}, {"id": 588, "reporterCode": 588,
                  "isGroup": False, "entryExpiredDate": "1971-12-31T00:00:00"}]  # fmt: skip
        single = [{"id": int(code), "reporterCode": int(code), "isGroup": False} for code in area_codes()]
        reference = json.dumps({"results": [*single, *groups]})
        server.add("/files/v1/app/reference/Reporters.json", b"\xef\xbb\xbf" + reference.encode())

    def available(self, asked):
        wanted = asked.query["reporterCode"].split(","), asked.query["period"].split(",")
        listed = [
            dataset(reporter, year, *of) for (reporter, year), of in self.datasets.items()
            if reporter in wanted[0] and year in wanted[1]
        ]  # fmt: skip
        return body([*listed, *self.converted])

    def answer(self, asked):
        query = asked.query
        if "reporterCode" not in query:
            return body(self.mirror(query["flowCode"], query["period"].split(",")))
        rows = []
        for year in query["period"].split(","):
            classification = self.datasets[query["reporterCode"], year][0]
            for partner in query["partnerCode"].split(","):
                for code in query["cmdCode"].split(","):
                    value = self.value(query["reporterCode"], year, query["flowCode"], partner, code, classification)
                    if value is not None:
                        one = row(query["reporterCode"], year, query["flowCode"], code, value, classification, partner)
                        rows.append(one)
        return body(rows)

    def value(self, reporter, year, flow, partner, code, classification):
        set_by_test = self.amount.get((reporter, year, flow, partner, code))
        if set_by_test is not None or (reporter, year, flow, partner, code) in self.amount:
            return set_by_test
        if partner not in ("0", CHN, KAZ) or (code != "TOTAL" and code not in CODES[classification]["upper"]):
            return None
        if code == "TOTAL":
            return 1000 if partner == "0" else 100
        return None if code not in self.traded else 2 if partner == "0" else 1

    def mirror(self, flow, years):
        return [
            one for reporter, year, edition, code, value in self.partners_of_turkmenistan if year in years
            for one in [row(reporter, year, flow, code, value, edition, TKM)]
        ]  # fmt: skip

    def calls(self, path):
        return [asked for asked in self.server.requests if path in asked.path]


def answers(results):
    return [result for result in results if isinstance(result, Answer)]


def state_of(results):
    return [result.state for result in results if result.state][-1]


def observed(results):
    items = [item for answer in answers(results) for item in COMTRADE.parse(answer)]
    return {(one.series, str(one.period)): one for one in items if isinstance(one, Observation)}


def lct(indicator, area="KAZ", codes="default", partner="WLD", product="all"):
    return Series.of(indicator, area=area, codes=codes, partner=partner, product=product)


def preview(rows, code="M"):
    return Answer({f"preview.{code}.json": json.dumps(body(rows)).encode()}, "https://example.org")


def read(rows, code="M"):
    return {(one.series, str(one.period)): one for one in COMTRADE.parse(preview(rows, code))}


def partners_say(year, edition="H5"):
    """Four of Germany's 1000, and one of Russia's 200; the European Union repeats Germany, and an old namesake both."""
    reports = [
        (GERMANY, "TOTAL", 1000), (GERMANY, "282520", 4), (RUSSIA, "TOTAL", 200), (RUSSIA, "282520", 1),
        (EUROPEAN_UNION, "TOTAL", 1000), (EUROPEAN_UNION, "282520", 4), ("588", "TOTAL", 9), ("588", "282520", 9),
    ]  # fmt: skip
    return [(reporter, year, edition, code, value) for reporter, code, value in reports]
