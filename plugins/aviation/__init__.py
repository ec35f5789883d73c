"""Aviation: three counts that the Transport Strategy 2030 names and nobody has published yet."""

from carecmon import Better, Cadence, Check, Dimension, Indicator, Text, codelists, hookimpl

CARECMON_API = 1

AREA = Dimension("area", codelists.areas())
PILLAR = "Aviation"
MEMBERS = len([area for area in codelists.areas() if area.facts.get("kind") == "member"])

FREEDOMS = Indicator(
    id="aviation.freedoms",
    title=Text(
        "Country pairs with unrestricted third and fourth freedoms",
        "Пары стран с неограниченными третьей и четвёртой свободами воздуха",
        "实现无限制第三和第四自由权利的 CAREC 成员国对数量",
    ),
    sector="transport",
    pillar=PILLAR,
    unit="country pairs",
    better=Better.HIGHER,
    definition="Pairs of CAREC members whose airlines may carry passengers and freight between the two countries"
    " without restriction (third and fourth freedoms of the air). No figure was ever published.",
    dimensions=(AREA,),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, MEMBERS * (MEMBERS - 1) / 2),
    checks=(Check("bounds"),),
    stock=True,
)

E_FREIGHT = Indicator(
    id="aviation.e-freight",
    title=Text(
        "Countries with paperless air cargo (e-freight)",
        "Страны с безбумажными авиагрузоперевозками (e-freight)",
        "采用无纸化航空电子货运系统的 CAREC 成员国数量",
    ),
    sector="transport",
    pillar=PILLAR,
    unit="countries",
    better=Better.HIGHER,
    definition="CAREC members that have adopted paperless (electronic) air cargo. No figure was ever published.",
    dimensions=(AREA,),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, float(MEMBERS)),
    checks=(Check("bounds"),),
    stock=True,
)

E_VISA = Indicator(
    id="aviation.e-visa",
    title=Text(
        "Countries with an electronic visa system",
        "Страны с системой электронных виз",
        "采用电子签证系统的国家数量",
    ),
    sector="transport",
    pillar=PILLAR,
    unit="countries",
    better=Better.HIGHER,
    definition="CAREC members that issue visas electronically. No figure was ever published.",
    dimensions=(AREA,),
    cadence=Cadence.IRREGULAR,
    precision=0,
    bounds=(0.0, float(MEMBERS)),
    checks=(Check("bounds"),),
    stock=True,
)


@hookimpl
def register_indicators() -> list[Indicator]:
    return [FREEDOMS, E_FREIGHT, E_VISA]
