"""The CAREC Program as a whole: approved investments and projects, and the outputs its own page counts."""

from functools import partial
from pathlib import Path

from carecmon import Better, Cadence, Check, Dimension, Indicator, Order, Source, Text, codelists, hookimpl
from carecmon.sources import documents, transcription

CARECMON_API = 1

HERE = Path(__file__).parent
DOCUMENTS = documents.catalogue(HERE.parent / "documents.toml")

AREA = Dimension("area", codelists.areas())
PARTNER = Dimension("partner", codelists.areas())
OUTPUT = Dimension("output", codelists.read(HERE / "codes" / "outputs.csv"))

#: What the program's page counts up to a day; it is renewed without a calendar.
counted = partial(
    Indicator,
    sector="program",
    sources=("program-page",),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, None),
    checks=(Check("bounds"),),
    stock=True,
)

INVESTMENT = counted(
    id="program.investment",
    title=Text(
        "Investments under the CAREC Program, cumulative",
        "Инвестиции в рамках Программы ЦАРЭС, нарастающим итогом",
        "CAREC 计划累计投资",
    ),
    pillar="Investments and Projects",
    unit="USD million",
    better=Better.HIGHER,
    definition="Value of CAREC-related projects approved from 2001 to the end of the period, at current prices, as the"
    " program counts it. Plans are not counted. Partner WLD: whoever finances.",
    dimensions=(AREA, PARTNER),
)

PROJECTS = counted(
    id="program.projects",
    title=Text(
        "Projects under the CAREC Program, cumulative",
        "Проекты в рамках Программы ЦАРЭС, нарастающим итогом",
        "CAREC 计划累计项目数",
    ),
    pillar="Investments and Projects",
    unit="projects",
    better=Better.HIGHER,
    definition="Number of CAREC-related projects approved from 2001 to the end of the period. Plans are not counted."
    " Partner WLD: whoever finances.",
    dimensions=(AREA, PARTNER),
)

OUTPUTS = counted(
    id="program.outputs",
    title=Text(
        "Members and outputs of the CAREC Program",
        "Участники и результаты Программы ЦАРЭС",
        "CAREC 计划成员与产出",
    ),
    pillar="Members and Outputs",
    unit="count",
    better=Better.NEITHER,
    definition="Counts that the program's page prints: members, institutions, ports, border-crossing points and"
    " logistics centers completed or ongoing, knowledge products. Each output is a count of its own kind.",
    dimensions=(AREA, OUTPUT),
    headline=({"area": "CAREC", "output": "bcps-improved"},),
)

PAGE = Source(
    id="program-page",
    publisher="CAREC Program",
    title=Text("CAREC Program page", "Страница Программы ЦАРЭС", "CAREC 计划网页"),
    url="https://www.carecprogram.org/?page_id=31",
    licence="not stated on the page; attribution to the CAREC Program",
    citation="CAREC Program, what CAREC is, does and has achieved; content to December 2023",
    parse=transcription.reader(),
    documents=(DOCUMENTS["seed-000"].document("2023-12", [HERE / "page.csv"]),),
    order=Order.EDITION,
    checks=(Check("restated"), Check("conflict")),
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [INVESTMENT, PROJECTS, OUTPUTS]


@hookimpl
def register_sources() -> list[Source]:
    return [PAGE]
