"""One process per SQLite file.

What a process has claimed and not finished is swept at its next start, so a second process would take the first one's
messages for abandoned.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ringline.errors import StoreError


class FileLock:
    """A lock on ``<file>.lock`` that ends with the process that took it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> FileLock:
        """Lock *path* for this process; raises `StoreError`, naming the holder, if somebody else has it."""
        lock_path = path.with_name(path.name + ".lock")
        try:
            descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"the database {path} cannot be opened for writing: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreError(
                f"the database {path} is in use by another Ringline process{f' (pid {holder})' if holder else ''}. "
                "A SQLite database belongs to one process: stop the other one, talk to its API, or use Postgres "
                "(RINGLINE_DATABASE_URL) for several processes"
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        return cls(descriptor)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
