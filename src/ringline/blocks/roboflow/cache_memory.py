"""What `cache_set` keeps for `cache_get`: values by camera and key, shared by all workflows of a process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

MAX_ENTRIES = 10_000


class CacheMemory:
    """Values by camera and key; the one that was untouched longest makes room when it is full."""

    def __init__(self, limit: int = MAX_ENTRIES) -> None:
        self._limit = limit
        self._values: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._lock = threading.Lock()

    def set(self, camera: str, key: str, value: Any) -> None:
        """Keep *value*."""
        with self._lock:
            self._values[camera, key] = value
            self._values.move_to_end((camera, key))
            while len(self._values) > self._limit:
                self._values.popitem(last=False)

    def get(self, camera: str, key: str) -> Any:
        """The value that was kept last; False where there is none, as Roboflow answers."""
        with self._lock:
            if (camera, key) not in self._values:
                return False
            self._values.move_to_end((camera, key))
            return self._values[camera, key]


SHARED = CacheMemory()
"""Of the process, because Roboflow's blocks share theirs between workflows."""
