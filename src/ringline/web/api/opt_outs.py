"""`/api/v1/opt-outs`: who does not want to be written to or called, and how that is known."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from ringline.app.opted_out import OptedOut, list_opt_outs
from ringline.contacts.contact import OptOut
from ringline.web.api.paging import Cursor, Limit, Page, cut

if TYPE_CHECKING:
    from ringline.app import Ringline


class OptOutOut(BaseModel):
    """What a person does not want."""

    id: str
    number: str = Field(description="Their number that it is about.")
    covers: str = Field(description="How far it reaches: `sender`, `service` or `account`.")
    channel: str | None = Field(description="`sms`, `whatsapp` or `voice`; null where it covers all.")
    sender: str | None = Field(description="Our number or messaging service; null where it covers the account.")
    scope: str
    since: datetime
    source: str = Field(
        description="How it is known: `reply`, `twilio` (error 21610), `interview`, or who wrote it down."
    )
    evidence: str | None = Field(description="The message or the answer that says so.")
    ref: str | None = Field(
        description="Id of what says so: `inb_…` for what they wrote, `msg_…` for what Twilio refused, `ses_…`."
    )


class ListedOptOut(OptOutOut):
    """An opt-out and whose it is."""

    name: str | None = Field(description="What the contact with that number is called.")
    contact: str | None = Field(description="The contact with that number; null where nobody has it.")
    conversation: str | None = Field(description="The conversation with them.")


def opt_out_out(one: OptOut) -> OptOutOut:
    """The opt-out in the API's form."""
    return OptOutOut(**_fields(one))


def _listed(one: OptedOut) -> ListedOptOut:
    person = one.person
    return ListedOptOut(
        **_fields(one.opt_out),
        name=None if person is None else person.name,
        contact=None if person is None else person.id,
        conversation=one.conversation,
    )


def _fields(one: OptOut) -> dict[str, Any]:
    covers, _, rest = one.scope.partition("/")
    parts = rest.split("/", 2)
    channel = sender = None
    if covers == "sender" and len(parts) == 3:
        _, channel, sender = parts
    elif covers == "service" and len(parts) == 2:
        sender = parts[1]
    return {
        "id": one.id,
        "number": one.number,
        "covers": covers,
        "channel": channel,
        "sender": sender,
        "scope": one.scope,
        "since": one.since,
        "source": one.source,
        "evidence": one.evidence,
        "ref": one.ref,
    }


def build(ringline: Ringline) -> APIRouter:
    """Routes over the opt-outs of *ringline*. There is none that lifts one: people do, by writing START."""
    router = APIRouter(prefix="/api/v1/opt-outs", tags=["contacts"])

    @router.get("", operation_id="list_opt_outs")
    async def list_all(
        limit: Limit = 50,
        cursor: Cursor = None,
        channel: Annotated[
            Literal["sms", "whatsapp", "voice"] | None,
            Query(description="Only those that hold on this channel; those that cover every channel are among them."),
        ] = None,
        source: Annotated[
            str | None, Query(description="Only those known by `reply`, `twilio` or `interview`.", max_length=100)
        ] = None,
        since: Annotated[AwareDatetime | None, Query(description="Only those since then.")] = None,
        search: Annotated[
            str | None,
            Query(
                description="A number's beginning or last digits, how a contact's name begins, or a contact's id.",
                max_length=200,
            ),
        ] = None,
    ) -> Page[ListedOptOut]:
        """What people do not want, the newest first. Whoever opts in again is on the list no more."""
        found, more = cut(
            await list_opt_outs(
                ringline, limit=limit + 1, before=cursor, search=search, channel=channel, source=source, since=since
            ),
            limit,
        )
        return Page(items=[_listed(one) for one in found], next=found[-1].opt_out.id if more else None)

    return router
