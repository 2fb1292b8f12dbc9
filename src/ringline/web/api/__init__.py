"""`/api/v1`: a file per resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from ringline.web.api import credentials, doctor, inbound, messages, numbers, runs, workflows

if TYPE_CHECKING:
    from ringline.app import Ringline

_RESOURCES = (messages, inbound, workflows, runs, credentials, numbers, doctor)


def build(ringline: Ringline) -> APIRouter:
    """Every resource under one router."""
    router = APIRouter(prefix="/api/v1")
    for resource in _RESOURCES:
        router.include_router(resource.build(ringline))
    return router
