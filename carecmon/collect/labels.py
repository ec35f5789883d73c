"""Whether a source may state a series at all: the indicator is declared, fed by it, and the labels are its own."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from carecmon.collect.spool import Key
from carecmon.errors import PluginError
from carecmon.model import Indicator, Series
from carecmon.registry.validate import near

_REMEMBERED = 65_536


class BrokenContractError(PluginError):
    """An answer says something that carecmon cannot keep; the answer is refused as a whole.

    ``marks`` are texts by which the line is found in the answer's files, where these are texts.
    """

    def __init__(self, message: str, *marks: object) -> None:
        super().__init__(message)
        self.marks = tuple(str(mark) for mark in marks)


class SeriesCheck:
    """Checks each series of one source once. ``skipped`` counts, by indicator, what belongs to absent plugins."""

    def __init__(
        self, source: str, indicators: Mapping[str, Indicator], feeds: frozenset[str], skip_unknown: bool
    ) -> None:
        self._source = source
        self._indicators = indicators
        self._feeds = feeds
        self._skip_unknown = skip_unknown
        self._sound: dict[Key, bool] = {}
        self.skipped: dict[str, int] = {}

    def accepts(self, key: Key, count: int = 1, *, feeding: bool = True) -> bool:
        """Say whether the series is to be kept; raise BrokenContractError where it is wrong.

        It is not wrong, but not kept either, where its indicator may belong to a plugin that is not loaded.
        """
        known = self._sound.get(key)
        if known is None:
            if len(self._sound) > _REMEMBERED:  # a million series must not fill the memory
                self._sound.clear()
            known = self._sound[key] = self._is_declared(key)
        if not known:
            self.skipped[key[0]] = self.skipped.get(key[0], 0) + count
        elif feeding:
            self._feeds_it(key)
        return known

    def _is_declared(self, key: Key) -> bool:
        indicator = self._indicators.get(key[0])
        if indicator is not None:
            self._check_labels(indicator, Series(*key))
        elif not self._skip_unknown:
            close = get_close_matches(key[0], self._indicators, n=3)
            raise BrokenContractError(
                f"{self._source}: {Series(*key)}: no plugin declares the indicator {key[0]!r}"
                + (f"; near it: {', '.join(close)}" if close else ""),
                Series(*key),
            )
        return indicator is not None

    def _check_labels(self, indicator: Indicator, series: Series) -> None:
        names = sorted(dimension.name for dimension in indicator.dimensions)
        if [name for name, _ in series.labels] != names:
            raise BrokenContractError(
                f"{self._source}: {series}: its labels are {', '.join(name for name, _ in series.labels) or 'none'};"
                f" the dimensions of {indicator.id} are {', '.join(names) or 'none'}, all needed, sorted by name",
                series,
            )
        for dimension in indicator.dimensions:
            code = series.label(dimension.name)
            if code not in dimension.codes:
                raise BrokenContractError(
                    f"{self._source}: {series}: {dimension.name}={code} is not in the code list"
                    f" {dimension.codes.name!r}{near(code, dimension.codes)}",
                    series,
                )

    def _feeds_it(self, key: Key) -> None:
        indicator = self._indicators[key[0]]
        if self._source not in indicator.sources and key[0] not in self._feeds:
            raise BrokenContractError(
                f"{self._source}: it states {Series(*key)}, but the sources of {key[0]} are"
                f" {', '.join(indicator.sources) or 'none'}; name it there, or in prefer in indicators.toml",
                Series(*key),
            )
