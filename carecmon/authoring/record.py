"""Ask a live source once, for the answers that its tests need."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from carecmon.authoring.recording import Recorder
from carecmon.collect.client import Clients
from carecmon.collect.request import Address
from carecmon.model import Source


def record_source(source: Source, folder: Path, address: Address) -> int:
    """Fetch all of ``source`` as a first check does, keep each answer in ``folder``; return how many there are.

    Asks politely, as ``check`` does, within the time limit of the source, where ``address`` says. The key of the source
    is in no file. The answers replace those recorded before.
    Raises SourceError for what is no good answer; then everything stays as it was.
    """
    assert source.fetch is not None
    clients = Clients()
    client = clients.of(source, address, time.monotonic() + source.time_limit)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".recording-", dir=folder.parent) as draft:
        recorder = Recorder(client, source, Path(draft) / folder.name)
        try:
            for _ in source.fetch(recorder, {}):
                pass
        finally:
            client.close()
            clients.close()
        recorder.close()
        if folder.is_dir():
            shutil.rmtree(folder)
        recorder.folder.rename(folder)
    return len(recorder.index)
