"""The server: the API for programs, the webhooks for Twilio, and a page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ringline.app import Ringline

__all__ = ["create_app"]


def create_app(ringline: Ringline) -> FastAPI:
    """The whole web application over a started *ringline*, which stays the caller's to close."""
    from ringline.web.application import build

    return build(ringline)
