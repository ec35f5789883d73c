"""JSON lines: one object per message, appended to a file that another program reads."""

from __future__ import annotations

import os

from carecmon.errors import DeliveryError
from carecmon.tell.channels import Destination, Message


class JsonLines:
    """Append messages to the file that ``path`` names."""

    name = "json-lines"
    form = "json"

    def send(self, message: Message, to: Destination) -> None:
        """Append one line, whole and synced to the disk."""
        if to.path is None:
            raise DeliveryError(
                'a channel of the kind "json-lines" needs path, the file to write to', permanent=True, channel=True
            )
        line = message.body.replace(b"\n", b" ") + b"\n"
        try:
            to.path.parent.mkdir(parents=True, exist_ok=True)
            target = os.open(to.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(target, line)
                os.fsync(target)
            finally:
                os.close(target)
        except OSError as exc:
            raise DeliveryError(f"{to.path} cannot be written: {exc.strerror}", permanent=False, channel=True) from exc
