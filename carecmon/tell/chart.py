"""One chart: the history, the path to the target, and where it goes on as now. Digits and Latin letters only inside.

A picture is decoration: its caption says the same in words and numbers, for readers whose mail shows no pictures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from carecmon.model import PROJECTED, Assessment, Period
from carecmon.tell import phrases
from carecmon.tell.announcement import Naming, Post, split
from carecmon.tell.language import Language, forms

WIDTH, HEIGHT = 470, 190
MEASURED, PATH, GOES_ON = "#1f4e79", "#1b6e3c", "#b4560f"
#: So many of the newest values stand in the caption.
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart to be drawn. ``legend`` are (mark, colour, words); ``caption`` says it all in words and numbers."""

    spec: dict[str, Any]
    title: str
    caption: str
    legend: tuple[tuple[str, str, str], ...]


def figure(language: Language, post: Post) -> Figure | None:
    """Return the chart of the most important series of a message; None where none has enough of a history."""
    for naming, assessment in _candidates(post):
        if len(assessment.points) > 1:
            return Figure(
                spec(assessment, states=len(naming.states)),
                language.series(naming),
                _caption(language, naming, assessment),
                _legend(language, naming, assessment),
            )
    return None


def _candidates(post: Post) -> Iterator[tuple[Naming, Assessment]]:
    firing, resolved, _ = split(post.notices)
    for notice in (*firing, *resolved):
        if notice.naming is not None and notice.assessment is not None:
            yield notice.naming, notice.assessment
    # In an introduction the worst comes first: official targets, then the longest history.
    for one in sorted(
        post.content.standings,
        key=lambda s: (
            not s.assessment.status.off_track,
            not s.assessment.official,
            s.assessment.target is None,
            -len(s.assessment.points),
            s.naming.series,
        ),
    ):
        yield one.naming, one.assessment


def spec(assessment: Assessment, *, states: int = 0) -> dict[str, Any]:
    """Return the Vega-Lite specification of one series; of ``states``, by their numbers, where it has that many."""
    history = [{"t": _middle(period), "v": value} for period, value in assessment.points]
    layers = [_line(_path(assessment), PATH, [6, 4]), _line(_onwards(assessment), GOES_ON, [2, 3])]
    layers.append(_line(_stays(assessment) if states else [], MEASURED, [1, 3]))
    layers.append({"data": {"values": history}, "mark": {"type": "line", "color": MEASURED, "strokeWidth": 2.5}})
    layers.append(
        {
            "data": {"values": history},
            "mark": {"type": "point", "color": MEASURED, "filled": True, "size": 42, "opacity": 1},
        }
    )
    if assessment.target is not None and assessment.target_year is not None:
        goal = [{"t": assessment.target_year + 0.5, "v": assessment.target}]
        mark = {"type": "point", "shape": "diamond", "filled": True, "size": 130, "color": PATH, "opacity": 1}
        layers.append({"data": {"values": goal}, "mark": mark})
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": "#ffffff",
        "padding": 8,
        "config": _CONFIG,
        "encoding": {
            "x": {
                "field": "t",
                "type": "quantitative",
                "scale": {"zero": False, "nice": False, "padding": 12},
                "axis": _years(assessment),
            },
            "y": {"field": "v", "type": "quantitative", **_values(states)},
        },
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }


def _values(states: int) -> dict[str, Any]:
    """Return scale and axis of the values: numbers as they come, or the numbers of the states, worst at 0."""
    if not states:
        return {"scale": {"zero": False, "nice": True}, "axis": {"title": None, "tickCount": 5}}
    numbers = list(range(states))
    return {"scale": {"domain": [0, states - 1]}, "axis": {"title": None, "values": numbers, "format": "d"}}


def png(spec: dict[str, Any]) -> bytes:
    """Draw ``spec``; twice as many dots as its size, for screens that have them."""
    return _drawn(json.dumps(spec, sort_keys=True))


@lru_cache(maxsize=32)
def _drawn(spec: str) -> bytes:
    """Draw a chart once for all who get it."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(spec, scale=2)
    return drawn


_CONFIG = {
    "font": "DejaVu Sans, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "#4b5563",
        "labelFontSize": 14,
        "gridColor": "#e8ebef",
        "domainColor": "#c7ccd3",
        "tickColor": "#c7ccd3",
    },
}


def _years(assessment: Assessment) -> dict[str, Any]:
    """Return the axis of time: whole years, each in the middle of itself, at most eight labels."""
    years = [period.year for period, _ in assessment.points]
    onwards = [PROJECTED] if _onwards(assessment) else []
    last = max([*years, *onwards, *([assessment.target_year] if assessment.target_year else [])])
    step = next((one for one in (1, 2, 5, 10, 20) if (last - min(years)) / one <= 7), 50)
    ticks = [year + 0.5 for year in range(min(years), last + 1) if (year - last) % step == 0]
    return {"title": None, "values": ticks, "labelExpr": "format(floor(datum.value), 'd')", "grid": False}


def _middle(period: Period) -> float:
    days = (period.end - period.start).days + 1
    return period.time + days / 365.25 / 2


def _line(values: list[dict[str, float]], colour: str, dash: list[int]) -> dict[str, Any]:
    return {"data": {"values": values}, "mark": {"type": "line", "color": colour, "strokeDash": dash, "strokeWidth": 2}}


def _path(one: Assessment) -> list[dict[str, float]]:
    if one.baseline is None or one.baseline_period is None or one.target is None or one.target_year is None:
        return []
    return _between(one, (_middle(one.baseline_period), one.baseline), (one.target_year + 0.5, one.target))


def _onwards(one: Assessment) -> list[dict[str, float]]:
    if one.projected is None or one.value is None or one.period is None:
        return []
    return _between(one, (_middle(one.period), one.value), (PROJECTED + 0.5, one.projected))


def _stays(one: Assessment) -> list[dict[str, float]]:
    """Return how long the newest state has stood by the time of the verdict, which no newer state has replaced."""
    path = _path(one)
    if not path or one.elapsed is None or one.value is None or one.period is None:
        return []
    begin, end = path[0]["t"], path[-1]["t"]
    since, until = _middle(one.period), begin + one.elapsed * (end - begin)
    return [{"t": since, "v": one.value}, {"t": until, "v": one.value}] if until > since + 0.5 else []


def _between(one: Assessment, start: tuple[float, float], end: tuple[float, float]) -> list[dict[str, float]]:
    """Return the way from one point to another: a curve where the method reckons with growth, else a line."""
    (begin, low), (finish, high) = start, end
    if one.method.startswith(("linear", "milestone")) or low <= 0 or high <= 0:
        return [{"t": begin, "v": low}, {"t": finish, "v": high}]
    shares = [step / 24 for step in range(25)]
    return [{"t": begin + (finish - begin) * share, "v": low * (high / low) ** share} for share in shares]


def _caption(language: Language, naming: Naming, one: Assessment) -> str:
    joint = "；" if language.code == "zh" else "; "
    parts = [joint.join(_points(language, naming, one.points[-_LISTED:]))]
    if one.target is not None and one.target_year is not None:
        goal = phrases.target(language, naming, one)
        parts.append(f"{phrases.whose(language, one.official)}{forms(language.code)['is']}{goal}")
    if one.projected is not None:
        words = {"value": language.amount(one.projected, naming), "year": PROJECTED}
        goes_on = language.gettext("%(value)s in %(year)s") % words
        parts.append(f"{language.gettext('if it goes on as now')}{forms(language.code)['is']}{goes_on}")
    return joint.join(parts)


def _points(language: Language, naming: Naming, points: Iterable[tuple[Period, float]]) -> Iterator[str]:
    for period, value in points:
        said = language.amount(value, naming)
        numbered = f"{round(value)} = {said}" if naming.states else language.number(value, naming.precision)
        yield f"{language.period(period)}{forms(language.code)['is']}{numbered}"


def _legend(language: Language, naming: Naming, one: Assessment) -> tuple[tuple[str, str, str], ...]:
    marks = [("●", MEASURED, language.gettext("published"))]
    if naming.states and _stays(one):
        marks.append(("···", MEASURED, language.gettext("no newer state published")))
    if _path(one):
        marks.append(("- -", PATH, language.gettext("path to the target")))
    if _onwards(one):
        marks.append(("···", GOES_ON, language.gettext("if it goes on as now")))
    return tuple(marks)
