"""What a channel is. One module per kind of channel, next to this file."""

from typing import Protocol


class Channel(Protocol):
    """Something that carries a message to one address, or raises DeliveryError."""

    name: str

    def send(self, address: str, subject: str, body: str) -> None:
        """Deliver one message."""
