"""The fixture as users import it."""

from __future__ import annotations

from ringline.testing import scenario

__all__ = ["scenario"]
