"""How the tables of the annex of outcome indicators are known: by their titles, in Chinese, Russian or English.

The order counts. A title that speaks of quality speaks of roads or railroads, too, and "commercial speed" is that of
railways, where the same words without it mean roads, or both.
"""

from carecmon.sources.annex import Annex, Kind

RAIL = r"(?=.*(铁路|商业速度|\brail|commercial|железн|коммерческ))"
QUALITY = r"(?=.*(质量|quality|качеств))"
BORDER = r"(?=.*(边境|口岸|border|\bBCP|границ|пограничн|ППГ))"
WITHOUT_DELAY = r"(?=.*(\bSWOD\b|无延误|without delay|без (уч[её]та )?задерж|СБУЗ))"
WITH_DELAY = r"(?=.*(\bSWD\b|延误速度|with delay|с уч[её]том задерж|\bСУЗ))"

WHOLE_ROUTE = {"direction": "overall", "mode": "all"}

ANNEX = Annex(
    kinds=(
        Kind(f"{QUALITY}{RAIL}", "wef.rail-quality", rank="wef.rail-quality-rank"),
        Kind(rf"{QUALITY}(?=.*(公路|道路|road|дорог))", "wef.road-quality", rank="wef.road-quality-rank"),
        Kind(r"\bLPI\b|物流(感知|绩效)指数|logistics perform|эффективности логистики", "lpi.score", rank="lpi.rank"),
        Kind(f"{RAIL}{WITHOUT_DELAY}", "cpmm.swod", {"mode": "rail"}),
        Kind(f"{RAIL}{WITH_DELAY}", "cpmm.swd", {"mode": "rail"}),
        # The annex pools road and rail in all but this one, which stands under roads.
        Kind(WITHOUT_DELAY, "cpmm.swod", {"mode": "road"}),
        Kind(WITH_DELAY, "cpmm.swd", {"mode": "all"}),
        Kind(rf"{BORDER}(?=.*(成本|费用|\bcost|стоимост|расход))", "cpmm.bcp-cost", WHOLE_ROUTE),
        Kind(rf"{BORDER}(?=.*(时间|\btime|hours|врем))", "cpmm.bcp-time", WHOLE_ROUTE),
    ),
    # As the table heads its first row; the code list knows "overall" and "总体".
    overall=("в целом", "всего", "итого", "total", "all corridors", "合计", "总计"),
    location="Annex 1",
)
