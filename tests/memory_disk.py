"""Where tests write: a disk in memory, if the machine has one with room to spare."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SHARED = Path("/dev/shm")
_ROOM = 4 * 1024**3
"""What all workers of a run need at most, several times over; containers often give only 64 MB."""


def folder_in_memory() -> Path | None:
    """A folder that needs no disk; None where there is none or it is small."""
    if not _SHARED.is_dir() or not os.access(_SHARED, os.W_OK) or shutil.disk_usage(_SHARED).free < _ROOM:
        return None
    return _SHARED
