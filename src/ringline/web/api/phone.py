"""`/api/v1/phone`: what whoever holds a simulated phone sees of a call: what would answer, what was understood."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from ringline.app import Ringline


class FittingOut(BaseModel):
    """Words that answer, and keys that do the same."""

    text: str
    keys: str | None


class OpenOut(BaseModel):
    """The question that is open."""

    question: str
    text: str
    type: str
    answers: list[FittingOut] = Field(description="Answers that fit, one of each kind.")
    odd: str = Field(description="Something that does not quite fit.")
    is_confirming: bool = Field(description="Whether the person is asked if they were understood.")
    navigation: dict[str, str] = Field(
        description="What keys do beside answering, by key: `repeat`, `skip`, `operator` or `back`."
    )


class HeardOut(BaseModel):
    """Something said or keyed in, and what became of it."""

    question: str
    text: str
    how: str
    recognised: float | None = Field(description="How sure the recogniser was of the words.")
    status: str
    value: Any
    confidence: float = Field(description="How sure we are of the meaning.")
    evidence: list[str]
    leads_to: str | None
    because: str = Field(description="The condition that won; empty where none did.")


class HearingOut(BaseModel):
    """A conversation on a call."""

    session: str
    open: OpenOut | None
    heard: list[HeardOut]


def build(ringline: Ringline) -> APIRouter:
    """The route over the conversations of *ringline*."""
    router = APIRouter(prefix="/api/v1/phone", tags=["phone"])

    @router.get("/hearing", operation_id="get_hearing")
    async def hearing(
        person: Annotated[str, Query(description="The number of the phone.")],
        call: Annotated[str, Query(description="Twilio's sid of the call.")],
    ) -> HearingOut | None:
        """What a call asks at this moment, what would answer it, and what was understood so far; null of one that
        asks nothing, such as an announcement.
        """
        found = await ringline.sessions.hearing(person, call)
        return None if found is None else HearingOut.model_validate(asdict(found))

    return router
