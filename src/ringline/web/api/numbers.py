"""`/api/v1/numbers`: the numbers of an account, and connecting them to this server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from ringline.web.numbers import ConnectedNumber, connect_numbers, list_numbers

if TYPE_CHECKING:
    from ringline.app import Ringline


class NumberOut(BaseModel):
    """A number and where what arrives at it goes."""

    sid: str
    number: str
    webhook: str
    is_connected: bool
    calls_webhook: str
    takes_calls: bool


class ConnectIn(BaseModel):
    """Which numbers to connect."""

    model_config = ConfigDict(extra="forbid")

    credential: str | None = Field(default=None, description="Name of the credential; the default one if left out.")
    numbers: list[str] = Field(default=[], description="These numbers; all of the account if left out.")
    calls: bool = Field(default=True, description="Calls too, not only messages.")


def _out(number: ConnectedNumber) -> NumberOut:
    return NumberOut(
        sid=number.sid,
        number=number.phone_number,
        webhook=number.sms_url,
        is_connected=number.is_connected,
        calls_webhook=number.voice_url,
        takes_calls=number.takes_calls,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the numbers of *ringline*'s accounts."""
    router = APIRouter(prefix="/api/v1/numbers", tags=["numbers"])

    @router.get("", operation_id="list_numbers")
    async def list_all(
        credential: Annotated[str | None, Query(description="Name; the default one if left out.")] = None,
    ) -> list[NumberOut]:
        """The account's numbers, asked of Twilio now."""
        return [_out(number) for number in await list_numbers(ringline, credential)]

    @router.post("/connect", operation_id="connect_numbers")
    async def connect(body: ConnectIn) -> list[NumberOut]:
        """Have Twilio send what arrives at these numbers to this server."""
        found = await connect_numbers(ringline, body.credential, body.numbers, calls=body.calls)
        return [_out(number) for number in found]

    return router
