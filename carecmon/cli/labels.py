"""Which labels need not be said to tell the series of an indicator apart. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from carecmon.model import Indicator, Series

#: Where something is says nothing of with whom, however few the pairs are that a source prints.
_PLACES = ("area", "partner")
_REGION = "CAREC"


def needless(series: Collection[Series], indicator: Indicator) -> frozenset[str]:
    """Return the dimensions that tell none of ``series`` from another: one code in all, or implied by a key.

    A key is a dimension with a code of its own in each series, such as the name of a project. A place stays, for
    it is news even where it is always the same; only the region is not.
    """
    if len(series) < 2:
        return frozenset()
    codes = {one.name: {each.label(one.name) for each in series} for one in indicator.dimensions}
    found = {name for name, said in codes.items() if len(said) == 1 and (name not in _PLACES or said == {_REGION})}
    keys = [name for name, said in codes.items() if name not in _PLACES and len(said) == len(series)]
    return frozenset(found.union(name for name in codes if keys and name not in (*_PLACES, keys[0])))


def shared(series: Sequence[Series], leave: Collection[str]) -> frozenset[str]:
    """Return the dimensions, but for those in ``leave``, in which all of ``series`` have the same code."""
    if len(series) < 2:
        return frozenset()
    return frozenset(
        name for name, code in series[0].labels if name not in leave and all(one.label(name) == code for one in series)
    )
