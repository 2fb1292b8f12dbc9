"""`/api/v1/senders`: how fast each sender is, what waits for it, and pausing it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from ringline.clock import utc
from ringline.messaging.channels import rules_of
from ringline.messaging.validation import checked_sender
from ringline.outbox.calling import LINE
from ringline.outbox.rates import parse_rate, show_rate
from ringline.outbox.senders import FOR_GOOD

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.outbox.senders import Sender

LONGEST_PAUSE = 366 * 86_400
AS_ITS_KIND = "default"
SenderChannel = Literal["sms", "whatsapp", "voice"]

Credential = Annotated[str | None, Query(description="Name of the credential; the default one if left out.")]


class SenderOut(BaseModel):
    """A sender. `rate` is in segments (for WhatsApp, messages) a second, minute or hour."""

    sender: str
    channel: str
    account_sid: str
    rate: str
    has_own_rate: bool = Field(description="Whether somebody has set the rate, rather than what its kind may.")
    waiting: int = Field(description="Messages that are ready to go.")
    waiting_segments: int
    finishes_at: datetime | None = Field(description="When it will have sent them and its share of its pools' work.")
    is_paused: bool
    paused_until: datetime | None = Field(description="Empty where the pause has no end.")
    paused_why: str | None
    pools: list[str]


class ForecastOut(BaseModel):
    """When further segments would go. `rate` is that of all senders together."""

    starts_at: datetime
    finishes_at: datetime | None = Field(description="Empty where a pause has no end.")
    rate: str
    waiting_segments: int = Field(description="What goes first.")


class _SenderIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    channel: SenderChannel = "sms"
    credential: str | None = Field(default=None, description="Name of the credential; the default one if left out.")


class RateIn(_SenderIn):
    """The rate a sender is to have."""

    rate: str = Field(
        description="Such as `10/s` or `30/m`; `unlimited`; or `default` for what Twilio allows its kind.",
        examples=["10/s"],
    )


class PauseIn(_SenderIn):
    """A pause."""

    seconds: float | None = Field(default=None, gt=0, le=LONGEST_PAUSE, description="How long; until resumed if unset.")
    reason: str = Field(default="paused by hand", min_length=1, max_length=200, description="Shown with it.")


class ResumeIn(_SenderIn):
    """The sender whose pause ends."""


def sender_address(sender: str, channel: str) -> str:
    """The sender as it is written down: a number in E.164, a name, a service's SID, or a pool."""
    if channel == "voice":
        return LINE  # the calls of an account share one pace, whatever number they come from
    return sender if sender.startswith("MG") and len(sender) == 34 else checked_sender(sender, rules_of(channel))


def build(ringline: Ringline) -> APIRouter:
    """Routes over the senders of *ringline*."""
    router = APIRouter(prefix="/api/v1/senders", tags=["senders"])
    senders = ringline.outbox.senders

    async def account_of(credential: str | None) -> str:
        return (await ringline.credentials.get(credential)).account_sid

    @router.get("", operation_id="list_senders")
    async def list_all(credential: Credential = None) -> list[SenderOut]:
        """Every sender that has sent something or has been set; without a credential those of all accounts."""
        account_id = None if credential is None else await account_of(credential)
        return [_out(sender) for sender in await senders.list(account_id=account_id)]

    @router.get("/{sender}", operation_id="get_sender")
    async def get(sender: str, channel: SenderChannel = "sms", credential: Credential = None) -> SenderOut:
        """One sender as it stands now."""
        account_id = await account_of(credential)
        return _out(await senders.get(account_id, sender_address(sender, channel), channel=channel))

    @router.get("/{sender}/forecast", operation_id="forecast_sender")
    async def forecast(
        sender: str,
        segments: Annotated[int, Query(ge=0, le=1_000_000_000, description="How many more there would be.")] = 0,
        channel: SenderChannel = "sms",
        credential: Credential = None,
    ) -> ForecastOut:
        """When a sender, a messaging service or a pool (`pool:name`) will have sent so many segments more."""
        found = await ringline.outbox.forecast(
            account_id=await account_of(credential),
            sender=sender_address(sender, channel),
            channel=channel,
            segments=segments,
        )
        return ForecastOut(
            starts_at=utc(min(found.starts_at, FOR_GOOD)),
            finishes_at=utc(found.finishes_at) if found.finishes_at < FOR_GOOD else None,
            rate=show_rate(found.rate),
            waiting_segments=found.waiting,
        )

    @router.put("/{sender}", operation_id="set_sender")
    async def put(sender: str, body: RateIn) -> SenderOut:
        """Set how fast a sender sends; in force for what is sent from now on."""
        as_its_kind = body.rate.strip().lower() == AS_ITS_KIND
        changed = await senders.set_rate(
            await account_of(body.credential),
            sender_address(sender, body.channel),
            None if as_its_kind else parse_rate(body.rate),
            channel=body.channel,
            as_its_kind=as_its_kind,
        )
        return _out(changed)

    @router.post("/{sender}/pause", operation_id="pause_sender")
    async def pause(sender: str, body: PauseIn) -> SenderOut:
        """Send nothing more from it. What has been handed to Twilio goes on."""
        changed = await senders.pause(
            await account_of(body.credential),
            sender_address(sender, body.channel),
            channel=body.channel,
            seconds=body.seconds,
            why=body.reason,
        )
        return _out(changed)

    @router.post("/{sender}/resume", operation_id="resume_sender")
    async def resume(sender: str, body: ResumeIn) -> SenderOut:
        """End its pause, and its account's if Twilio had asked for one."""
        changed = await senders.resume(
            await account_of(body.credential), sender_address(sender, body.channel), channel=body.channel
        )
        return _out(changed)

    return router


def _out(sender: Sender) -> SenderOut:
    until = sender.paused_until
    return SenderOut(
        sender=sender.address,
        channel=sender.channel,
        account_sid=sender.account_id,
        rate=show_rate(sender.rate),
        has_own_rate=sender.has_own_rate,
        waiting=sender.waiting,
        waiting_segments=sender.waiting_segments,
        finishes_at=utc(sender.finishes_at),
        is_paused=until is not None,
        paused_until=None if until is None or until >= FOR_GOOD else utc(until),
        paused_why=sender.paused_why,
        pools=list(sender.pools),
    )
