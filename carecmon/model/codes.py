"""Code lists: the closed sets of codes that dimensions and states draw from, with names in three languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

LANGUAGES = ("en", "ru", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in English, Russian and Chinese; English stands in for a missing one."""

    en: str
    ru: str | None = None
    zh: str | None = None

    def say(self, language: str) -> str:
        """Return the words in ``language``, or in English where there is no translation."""
        return getattr(self, language, None) or self.en if language in LANGUAGES else self.en

    def translated(self, language: str) -> bool:
        """Say whether ``say`` would not have to fall back to English."""
        return language == "en" or bool(getattr(self, language, None))

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class Code:
    """One code, its names, what sources call it, and facts about it (``kind``, ``country``, ``corridors`` ...)."""

    code: str
    name: Text
    aliases: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


class CodeList:
    """An ordered set of codes. A name resolves by exact alias only, after folding case, blanks and footnote marks."""

    def __init__(self, name: str, codes: Iterable[Code]) -> None:
        self.name = name
        self._codes = {code.code: code for code in codes}
        self._by_name: dict[str, str] = {}
        for code in self._codes.values():
            for alias in dict.fromkeys((code.code, code.name.en, code.name.ru, code.name.zh, *code.aliases)):
                if alias:
                    owner = self._by_name.setdefault(fold(alias), code.code)
                    if owner != code.code:
                        raise ValueError(f"code list {name}: {alias!r} names both {owner!r} and {code.code!r}")

    def resolve(self, printed: str) -> str:
        """Return the code of what a source printed; raise ValueError with near matches where none is known."""
        found = self._by_name.get(fold(printed))
        if found is None:
            from difflib import get_close_matches

            near = get_close_matches(fold(printed), self._by_name, n=3)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise ValueError(f"{printed!r} is not in the code list {self.name!r}{hint}")
        return found

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def __getitem__(self, code: str) -> Code:
        return self._codes[code]

    def __iter__(self) -> Iterator[Code]:
        return iter(self._codes.values())

    def __len__(self) -> int:
        return len(self._codes)


def fold(name: str) -> str:
    """Return ``name`` without what printing varies: case, width, runs of blanks, footnote marks."""
    text = unicodedata.normalize("NFKC", name.rstrip("*¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜ† \t")).casefold()
    return " ".join(text.split())
