"""What a channel is. One module per kind of channel, next to this file; plugins add others by register_channels()."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered message. ``id`` stays the same however often it is sent, so that a repeat can be recognised.

    ``body`` is in the channel's ``form``: a complete mail (``mail``), plain text in UTF-8 (``text``), or a JSON object
    (``json``).
    """

    id: str
    person: str
    subject: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes. ``address`` is a person's e-mail address, where they have one.

    The others come from the channel's table in indicators.toml; ``url`` and ``key`` are the secrets themselves, read
    from the environment variables that the table names: never show them.
    """

    address: str = ""
    url: str | None = None
    key: str | None = None
    path: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """Something that carries a message to one person, or raises DeliveryError.

    ``name`` is the ``kind`` that [channels.NAME] asks for. ``form`` says what it wants to carry: mail, text or json.
    """

    name: str
    form: str

    def send(self, message: Message, to: Destination) -> None:
        """Deliver one message. Return only when it was accepted for good; sending it again must do no harm."""
