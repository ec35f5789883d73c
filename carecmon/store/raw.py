"""Raw answers, kept as they came: one gzip file for each content, named by its SHA-256."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from pathlib import Path
from uuid import uuid4

from carecmon.errors import StoreError
from carecmon.store.faults import fault


class Raw:
    """The folder ``raw`` beside the database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the content with this digest is kept."""
        return self._folder / sha256[:2] / f"{sha256}.gz"

    def put(self, content: bytes) -> str:
        """Keep ``content``; return its SHA-256. A file appears whole or not at all."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, gzip.compress(content, compresslevel=6, mtime=0))
        except OSError as exc:
            raise StoreError(
                f"{path} cannot be written: {exc}. Free some space, or make the folder {self._folder} writable;"
                " nothing was recorded"
            ) from exc
        fault("answer")
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the content with this digest; raise StoreError where it is missing or no longer itself."""
        path = self.path(sha256)
        try:
            content = gzip.decompress(path.read_bytes())
        except FileNotFoundError:
            raise StoreError(
                f"{path} is missing: this raw answer was deleted. Restore the folder from a backup"
            ) from None
        except (OSError, EOFError, zlib.error) as exc:
            raise StoreError(f"{path} cannot be read: {exc}. Restore it from a backup") from exc
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StoreError(f"{path} no longer has the content it is named after. Restore it from a backup")
        return content

    @staticmethod
    def _write(path: Path, packed: bytes) -> None:
        draft = path.with_name(f".{uuid4().hex}.part")
        with draft.open("xb") as part:  # no temporary file: its rights would shut out everybody else
            try:
                part.write(packed)
                part.flush()
                os.fsync(part.fileno())
                draft.replace(path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name, too, must survive a power cut
        finally:
            os.close(folder)
