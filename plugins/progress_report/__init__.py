"""The sector progress reports to the Senior Officials' Meeting: outcome indicators, their printed changes, energy."""

from pathlib import Path

from carecmon import Check, Order, Source, Text, codelists, hookimpl
from carecmon.sources import annex, documents, transcription

from .annex_tables import ANNEX

CARECMON_API = 1

HERE = Path(__file__).parent
DOCUMENTS = documents.catalogue(HERE.parent / "documents.toml")
STATES = HERE.parent / "energy" / "codes"

PROGRESS_REPORT = Source(
    id="progress-report",
    publisher="CAREC Secretariat",
    title=Text(
        "CAREC sector progress reports and work plans",
        "Отчёты ЦАРЭС о ходе работ по секторам и планы работ",
        "CAREC 部门实施进度报告和工作计划",
    ),
    url="https://www.carecprogram.org",
    licence="not stated in the document; attribution to the CAREC Secretariat",
    citation="CAREC Secretariat, transport and energy sector progress reports and work plans, July 2023 to June 2024",
    parse=annex.reader(
        ANNEX,
        transcription.reader(
            {
                "energy.interconnection": codelists.read(STATES / "interconnection-states.csv"),
                "energy.deliverables": codelists.read(STATES / "deliverable-states.csv"),
            }
        ),
    ),
    files=(".csv", ".xlsx"),
    # One document, several sectors: every transcription in this folder belongs to it.
    documents=(DOCUMENTS["seed-001"].document("2024", sorted(HERE.glob("*.csv"))),),
    order=Order.EDITION,
    checks=(Check("printed-change"), Check("restated")),
)


@hookimpl
def register_sources() -> list[Source]:
    return [PROGRESS_REPORT]
