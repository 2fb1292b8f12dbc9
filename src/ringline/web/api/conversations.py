"""`/api/v1/conversations`: what was said with whom over every channel, and answering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from ringline.app.conversing import find_people
from ringline.app.replying import (
    cost_of,
    keywords_of,
    knowledge_of,
    reachable_of,
    send_reply,
    thread_of,
    ways_to_reply,
)
from ringline.web.api.choosing import Search
from ringline.web.api.conversation_shapes import (
    ConversationOut,
    ConversationPage,
    ReplyIn,
    ThreadEntryOut,
    ThreadOut,
    conversation_out,
    entry_out,
    way_out,
)
from ringline.web.api.messages import IdempotencyKey, MessageOut, message_out, naming_the_credential
from ringline.web.api.opt_outs import opt_out_out
from ringline.web.api.paging import Cursor, Limit, cut
from ringline.web.deeds import deed_of

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.conversations.conversation import Conversation


def build(ringline: Ringline) -> APIRouter:
    """Routes over the conversations of *ringline*; a person is named by number, or by the conversation or contact."""
    router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])
    conversations = ringline.conversations

    async def shown(found: list[Conversation]) -> list[ConversationOut]:
        known = await knowledge_of(ringline, found)
        return [conversation_out(one, known) for one in found]

    @router.get("", operation_id="list_conversations")
    async def list_conversations(
        limit: Limit = 50,
        cursor: Cursor = None,
        show: Annotated[
            Literal["all", "unread", "wrote"], Query(description="All, those unread, or those in which they wrote.")
        ] = "all",
        search: Search = None,
    ) -> ConversationPage:
        """Who was talked with, by messages or calls: the newest first."""
        people = await find_people(ringline, search) if search and search.strip() else None
        found, more = cut(await conversations.list(limit=limit + 1, cursor=cursor, which=show, people=people), limit)
        return ConversationPage(
            items=await shown(found),
            next=found[-1].cursor if more else None,
            unread=await conversations.count_unread(),
        )

    @router.get("/{person}", operation_id="get_conversation")
    async def get(person: str, limit: Limit = 50, cursor: Cursor = None) -> ThreadOut:
        """What was said with one person at all of their numbers, the newest first, and what may be sent to them now."""
        found = await conversations.get(person)
        reachable = await reachable_of(ringline, found)
        entries, more = cut(await thread_of(ringline, reachable, limit=limit + 1, before=cursor), limit)
        known = await knowledge_of(ringline, [found], also=reachable)
        items: list[ThreadEntryOut] = [entry_out(one) for one in entries]
        return ThreadOut(
            conversation=conversation_out(found, known, reachable),
            opt_outs=[opt_out_out(one) for number in reachable for one in known.opt_outs.get(number, ())],
            opt_out_history=[message_out(one) for one in await keywords_of(ringline, reachable)],
            ways=[way_out(way) for way in await ways_to_reply(ringline, reachable)],
            costs=await cost_of(ringline, reachable),
            items=items,
            next=entries[-1].mark if more else None,
        )

    @router.post("/{person}/reply", status_code=202, operation_id="reply_to_conversation")
    async def reply(
        person: str, body: ReplyIn, request: Request, response: Response, key: IdempotencyKey = None
    ) -> MessageOut:
        """Write to them as any message is written; where a rule refuses it, the answer says which."""
        with naming_the_credential():
            message = await send_reply(
                ringline,
                await conversations.get(person),
                text=body.message,
                media=tuple(body.media),
                to=body.to,
                channel=body.channel,
                sender=body.from_,
                content_sid=body.content_sid,
                content_variables=body.content_variables,
                key=key,
                beside=deed_of(request).beside,
            )
        response.headers["Location"] = f"/api/v1/messages/{message.id}"
        return message_out(message)

    @router.post("/{person}/read", operation_id="mark_conversation_read")
    async def read(person: str) -> ConversationOut:
        """Somebody has read what they wrote."""
        return (await shown([await conversations.mark_read(person)]))[0]

    return router
