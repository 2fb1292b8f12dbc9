"""`/api/v1/sessions`: conversations by phone and by text, what was said in them, and whether today's code agrees."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ringline.web.api.paging import Cursor, Limit, Page, cut

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.voice.sessions.session import Session


class LegOut(BaseModel):
    """One way a conversation was carried."""

    leg: int
    channel: str
    direction: str
    ref: str | None = Field(description="The call, or our newest message.")
    status: str | None
    started_at: datetime | None
    ended_at: datetime | None


class SessionOut(BaseModel):
    """A conversation as it stands; of a sensitive answer there is only how it ends."""

    id: str
    channel: str
    person: str
    sender: str | None
    phase: str
    outcome: str | None
    reason: str
    answers: dict[str, dict[str, Any]]
    path: list[str] = Field(description="The questions in the order in which they were come to.")
    legs: list[LegOut]
    run_id: str | None
    step: str | None
    created_at: datetime
    ended_at: datetime | None
    duration: float | None


class LineOut(BaseModel):
    """One line of a transcript: who is us, them or note."""

    who: str
    text: str
    at: datetime
    leg: int
    how: str
    confidence: float | None


class DifferenceOut(BaseModel):
    """An event at which today's code does something else."""

    seq: int
    event: dict[str, Any]
    was: list[dict[str, Any]]
    now: list[dict[str, Any]]


class ReplayOut(BaseModel):
    """A log fed through today's code."""

    session: str
    events: int
    differences: list[DifferenceOut]
    stopped: str | None = Field(description="Why the log was not read to its end; null where it was.")


def session_out(session: Session) -> SessionOut:
    """The conversation in the API's form."""
    return SessionOut(
        id=session.id,
        channel=session.channel,
        person=session.person,
        sender=session.sender,
        phase=session.phase,
        outcome=session.outcome,
        reason=session.reason,
        answers={name: dict(answer) for name, answer in session.answers.items()},
        path=list(session.path),
        legs=[
            LegOut(
                leg=leg.leg,
                channel=leg.channel,
                direction=leg.direction,
                ref=leg.ref,
                status=leg.status,
                started_at=leg.started_at,
                ended_at=leg.ended_at,
            )
            for leg in session.legs
        ],
        run_id=session.run_id,
        step=session.step,
        created_at=session.created_at,
        ended_at=session.ended_at,
        duration=session.duration,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the conversations of *ringline*; the id of a call names the conversation on it too."""
    router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])
    sessions = ringline.sessions

    @router.get("", operation_id="list_sessions")
    async def list_all(limit: Limit = 50, cursor: Cursor = None) -> Page[SessionOut]:
        """Conversations, newest first."""
        found, more = cut(await sessions.list(limit=limit + 1, before=cursor), limit)
        return Page(items=[session_out(one) for one in found], next=found[-1].id if more else None)

    @router.get("/{session_id}", operation_id="get_session")
    async def get(session_id: str) -> SessionOut:
        """One conversation."""
        return session_out(await sessions.get(await sessions.named(session_id)))

    @router.get("/{session_id}/transcript", operation_id="get_transcript")
    async def transcript(session_id: str) -> list[LineOut]:
        """What was said and heard, in order."""
        lines = await sessions.transcript(await sessions.named(session_id))
        return [
            LineOut(
                who=line.who,
                text=line.text,
                at=line.at,
                leg=line.leg,
                how=line.how,
                confidence=line.confidence,
            )
            for line in lines
        ]

    @router.get("/{session_id}/replay", operation_id="replay_session")
    async def replay(session_id: str) -> ReplayOut:
        """Feed its log through today's code, and say where that does otherwise. Nothing is changed."""
        found_id = await sessions.named(session_id)
        found = await sessions.replay(found_id)
        return ReplayOut(
            session=found_id,
            events=found.events,
            differences=[
                DifferenceOut(
                    seq=one.seq,
                    event=dict(one.event),
                    was=[dict(action) for action in one.was],
                    now=[dict(action) for action in one.now],
                )
                for one in found.differences
            ],
            stopped=found.stopped,
        )

    @router.post("/{session_id}/end", operation_id="end_session")
    async def end(session_id: str) -> SessionOut:
        """End a conversation now; a live call hears no more and is hung up."""
        found_id = await sessions.named(session_id)
        await sessions.end(found_id, actor="api")
        return session_out(await sessions.get(found_id))

    return router
