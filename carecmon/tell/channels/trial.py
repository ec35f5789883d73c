"""Whether the mail server takes us, without a mail."""

from __future__ import annotations

from carecmon.tell.channels.email import Server, _connected


def try_server(server: Server) -> None:
    """Connect, protect, log in and leave; raise DeliveryError saying what does not work."""
    with _connected(server):
        pass
