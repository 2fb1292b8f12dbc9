"""Errors of every room in one form: a sentence that begins with a capital and ends with a full stop."""

from __future__ import annotations

_ENDS = (".", "!", "?", "…", ":")


def sentence(text: str) -> str:
    """*text* as a sentence; a command to be typed stays as it is."""
    stripped = text.strip()
    if not stripped or stripped.startswith(("ringline ", "chmod ", "http")):
        return stripped
    return stripped[:1].upper() + stripped[1:] + ("" if stripped.endswith(_ENDS) else ".")
