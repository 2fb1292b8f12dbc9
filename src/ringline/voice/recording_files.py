"""Recordings in a folder that all processes see, for installations whose database is to stay small."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class RecordingFiles:
    """Files by recording, whole or not there at all. A write and a read block; run them in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, id: str, content: bytes) -> None:
        """Write a recording; only its owner may read it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{id}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(id))

    def read(self, id: str, start: int, end: int) -> bytes | None:
        """The bytes from *start* up to, and without, *end*; None where the recording is not in the folder."""
        try:
            with self._path(id).open("rb") as file:
                file.seek(start)
                return file.read(max(0, end - start))
        except FileNotFoundError:
            return None

    def drop(self, id: str) -> None:
        """Delete a recording, if it is there."""
        self._path(id).unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.recording"
