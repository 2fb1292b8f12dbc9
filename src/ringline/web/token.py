"""The token that opens the API: made once, kept in a file only its owner can read."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from ringline.settings import Settings

_PREFIX = "rlt_"  # lets secret scanners and people recognise it


def api_token(settings: Settings) -> str:
    """The API token of this deployment: the setting's if there is one, else the token file's, made on first use."""
    if settings.api_token is not None:
        return settings.api_token.get_secret_value()
    return load_or_create_token(settings.token_file)


def load_or_create_token(path: Path) -> str:
    """The token in *path*; a missing file is written with mode 0600.

    Raises `ConfigurationError` for a file that others can read or that holds nothing.
    """
    if path.exists():
        return _read(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{_PREFIX}{secrets.token_urlsafe(32)}\n")
    # A link appears whole and only once: processes that start together end with the same token.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    return _read(path)


def _read(path: Path) -> str:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(f"The token file {path} can be read by others. Run: chmod 600 {path}")
    token = path.read_text(encoding="utf-8").strip()
    if not token:
        raise ConfigurationError(f"The token file {path} is empty. Delete it, and a new token is made.")
    return token
