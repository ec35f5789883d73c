"""The console: for trying things out, and for services whose output somebody reads."""

from __future__ import annotations

import sys

from carecmon.tell.channels import Destination, Message


class Console:
    """Print messages on stderr, for stdout belongs to results."""

    name = "console"
    form = "text"

    def send(self, message: Message, to: Destination) -> None:
        """Print one message."""
        line = "-" * 72
        encoding = sys.stderr.encoding or "utf-8"
        text = f"{line}\nTo {message.person}: {message.subject}\n{line}\n{message.body.decode()}\n"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
