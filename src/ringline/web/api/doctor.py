"""`/api/v1/doctor`: what is misconfigured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel

from ringline.web.doctor import examine

if TYPE_CHECKING:
    from ringline.app import Ringline


class FindingOut(BaseModel):
    """One thing that was looked at; `level` is `ok`, `warning` or `error`."""

    topic: str
    level: str
    detail: str
    fix: str


def build(ringline: Ringline) -> APIRouter:
    """The examination of *ringline*."""
    router = APIRouter(prefix="/api/v1/doctor", tags=["doctor"])

    @router.get("", operation_id="examine")
    async def look() -> list[FindingOut]:
        """Look at public URL, credentials, webhooks, database, clock and messages; asks Twilio, which takes a while."""
        return [
            FindingOut(topic=one.topic, level=one.level, detail=one.detail, fix=one.fix)
            for one in await examine(ringline)
        ]

    return router
