"""The purposes that rules are made for. Any other word is a purpose too, so a slip of the pen would go unnoticed."""

from __future__ import annotations

import difflib

PURPOSES = (
    "marketing", "emergency", "security_alert", "fraud", "otp", "two_factor", "notification", "transactional",
)  # fmt: skip


def purpose_meant(purpose: str | None) -> str | None:
    """The known purpose that *purpose* looks like and is not, if there is one."""
    if not purpose or purpose in PURPOSES:
        return None
    close = difflib.get_close_matches(purpose.lower().replace("-", "_").replace(" ", "_"), PURPOSES, n=1, cutoff=0.75)
    return close[0] if close else None
