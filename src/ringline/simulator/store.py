"""The simulated Twilio's memory in one SQLite file, so that it is the same after a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ringline.errors import ConfigurationError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (key TEXT PRIMARY KEY, data BLOB NOT NULL);
"""


class Store:
    """Documents by kind and key, and files; used from one thread.

    What is put is kept once `commit` returns, also when the process is killed a moment later
    (a power cut may lose the last commits: nothing here is worth an fsync per message).
    """

    def __init__(self, path: str | Path) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"the simulator cannot keep its state in {path} ({error});"
                " name a file in a folder that exists and can be written"
            ) from error
        self._open = False

    def put(self, kind: str, key: str, document: str) -> None:
        """Write a document, in place of an earlier one of that kind and key."""
        self._begin()
        self._connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, key, document))

    def remove(self, kind: str, key: str) -> None:
        """Take a document away, if it is there."""
        self._begin()
        self._connection.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    def load(self, kind: str) -> Iterator[tuple[str, str]]:
        """Key and document of everything of one kind, by key."""
        yield from self._connection.execute("SELECT key, document FROM records WHERE kind = ? ORDER BY key", (kind,))

    def put_blob(self, key: str, data: bytes) -> None:
        """Write a file's bytes."""
        self._begin()
        self._connection.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?)", (key, data))

    def blob(self, key: str) -> bytes | None:
        """A file's bytes, or ``None`` when there is no such file."""
        row = self._connection.execute("SELECT data FROM blobs WHERE key = ?", (key,)).fetchone()
        return bytes(row[0]) if row else None

    def remove_blob(self, key: str) -> None:
        """Take a file away, if it is there."""
        self._begin()
        self._connection.execute("DELETE FROM blobs WHERE key = ?", (key,))

    def clear(self) -> None:
        """Take everything away."""
        self._begin()
        self._connection.execute("DELETE FROM records")
        self._connection.execute("DELETE FROM blobs")

    def commit(self) -> None:
        """Keep what was put and removed since the last commit."""
        if self._open:
            self._connection.execute("COMMIT")
            self._open = False

    def close(self) -> None:
        """Commit and close the file."""
        self.commit()
        self._connection.close()

    def _begin(self) -> None:
        if not self._open:
            self._connection.execute("BEGIN")
            self._open = True
