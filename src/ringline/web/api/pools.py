"""`/api/v1/pools`: several senders that share their work, and stand wherever one sender may as `pool:name`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from ringline.messaging.message import Channel
from ringline.web.api.senders import sender_address

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.outbox.pool_list import PoolView

Credential = Annotated[str | None, Query(description="Name of the credential; the default one if left out.")]


class RejectedOut(BaseModel):
    """A sender that Twilio has refused with that error; it is left out until it is added again."""

    sender: str
    code: int


class PoolOut(BaseModel):
    """A pool of senders."""

    name: str
    channel: str
    account_sid: str
    geo_match: str
    senders: list[str]
    rejected: list[RejectedOut]


class _PoolIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    senders: list[str] = Field(default=[], max_length=10_000, description="Numbers, short codes or names.")
    channel: Channel = "sms"
    credential: str | None = Field(default=None, description="Name of the credential; the default one if left out.")


class PoolIn(_PoolIn):
    """A pool to be made."""

    name: str = Field(description="Small letters, digits, - and _.", examples=["alerts"])
    geo_match: Literal["area", "country", "none"] = Field(
        default="area",
        description="How near to the recipient the sender has to be where there is one: its country and, within North "
        "America, its area code (`area`); its `country`; or `none`.",
    )


class MembersIn(_PoolIn):
    """Senders to be added."""


def build(ringline: Ringline) -> APIRouter:
    """Routes over the pools of *ringline*."""
    router = APIRouter(prefix="/api/v1/pools", tags=["senders"])
    pools = ringline.outbox.pools

    async def account_of(credential: str | None) -> str:
        return (await ringline.credentials.get(credential)).account_sid

    def checked(senders: list[str], channel: str) -> list[str]:
        return [sender_address(sender, channel) for sender in senders]

    @router.get("", operation_id="list_pools")
    async def list_all(credential: Credential = None) -> list[PoolOut]:
        """All pools; without a credential those of all accounts."""
        account_id = None if credential is None else await account_of(credential)
        return [_out(pool) for pool in await pools.list(account_id=account_id)]

    @router.post("", status_code=201, operation_id="create_pool")
    async def create(body: PoolIn) -> PoolOut:
        """Make a pool; one of that name gets the senders added."""
        senders = checked(body.senders, body.channel)
        account_id = await account_of(body.credential)
        return _out(await pools.create(account_id, body.name, senders, channel=body.channel, geo_match=body.geo_match))

    @router.post("/{name}/senders", operation_id="add_to_pool")
    async def add(name: str, body: MembersIn) -> PoolOut:
        """Add senders; one that Twilio had refused is tried again."""
        senders = checked(body.senders, body.channel)
        return _out(await pools.add(await account_of(body.credential), name, senders, channel=body.channel))

    @router.delete("/{name}/senders/{sender}", operation_id="remove_from_pool")
    async def remove(name: str, sender: str, channel: Channel = "sms", credential: Credential = None) -> PoolOut:
        """Take a sender out; what waits for it goes to others."""
        senders = checked([sender], channel)
        return _out(await pools.remove(await account_of(credential), name, senders, channel=channel))

    @router.delete("/{name}", status_code=204, operation_id="delete_pool")
    async def delete(name: str, channel: Channel = "sms", credential: Credential = None) -> None:
        """Delete a pool from which nothing waits to be sent."""
        await pools.delete(await account_of(credential), name, channel=channel)

    return router


def _out(pool: PoolView) -> PoolOut:
    return PoolOut(
        name=pool.name,
        channel=pool.channel,
        account_sid=pool.account_id,
        geo_match=pool.geo_match,
        senders=list(pool.senders),
        rejected=[RejectedOut(sender=sender, code=code) for sender, code in pool.rejected],
    )
