"""What a message is made of: parts by sector, groups by indicator, in them cards and rows."""

from __future__ import annotations

from dataclasses import dataclass

from carecmon.tell.card import Card


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: a name, what is said about it, a value, a target with its badge, a tag."""

    name: str
    note: str
    value: str
    tag: str
    colour: str
    target: str = ""
    badge: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One indicator with what there is to say about it."""

    title: str
    pillar: str
    cards: tuple[Card, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """New, still firing, resolved, or where things stand: by sector, then by indicator.

    ``more`` is how many belong to it, too, and are not shown.
    """

    heading: str
    sectors: tuple[tuple[str, tuple[Group, ...]], ...]
    count: int
    more: int = 0
