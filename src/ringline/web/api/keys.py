"""`/api/v1/keys`: the secrets by which programs use this API. Each is shown once, when it is made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ringline.access import Role
from ringline.access.principal import check_scopes
from ringline.errors import RequestError
from ringline.web.roles import topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.access import ApiKey, Principal
    from ringline.app import Ringline


class KeyIn(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What it is for.", examples=["order system"])
    role: Role = "operator"
    scopes: list[str] = Field(
        default=[],
        max_length=100,
        description="Narrows the key to some resources: `messages:write`, `runs:read`; empty for all its role may.",
        examples=[["messages:write"]],
    )
    expires_at: AwareDatetime | None = Field(default=None, description="Never if left out.")


class KeyOut(BaseModel):
    """A key without its secret."""

    id: str
    name: str
    shown: str = Field(description="How it begins.")
    role: Role
    scopes: list[str]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class NewKeyOut(KeyOut):
    """The same with the secret, which is shown this once."""

    key: str


def build(ringline: Ringline) -> APIRouter:
    """Routes over the keys of *ringline*."""
    router = APIRouter(prefix="/api/v1/keys", tags=["access"])
    keys = ringline.access.keys

    @router.get("", operation_id="list_keys")
    async def list_all() -> list[KeyOut]:
        """Every key, the newest first. The token in the server's file is none of them."""
        return [KeyOut(**_fields(key)) for key in await keys.list()]

    @router.post("", status_code=201, operation_id="add_key")
    async def add(request: Request, body: KeyIn) -> NewKeyOut:
        """Make a key."""
        known = topics(request.app.routes)
        for scope in check_scopes(body.scopes):
            if scope.partition(":")[0] not in known:
                raise RequestError(
                    f"Nothing is asked for under `{scope}`.", field="scopes", fix=f"There are: {', '.join(known)}."
                )
        _refuse_to_widen(request.state.principal, body.scopes)
        expires_at = None if body.expires_at is None else body.expires_at.timestamp()
        key, secret = await keys.add(
            body.name,
            body.role,
            made_by=request.state.principal.name,
            scopes=body.scopes,
            expires_at=expires_at,
        )
        return NewKeyOut(**_fields(key), key=secret)

    @router.delete("/{key}", status_code=204, operation_id="revoke_key")
    async def revoke(key: str) -> Response:
        """Take a key away, by its id or name; what uses it is refused from now on."""
        await keys.revoke(key)
        return Response(status_code=204)

    return router


def _refuse_to_widen(maker: Principal, scopes: Sequence[str]) -> None:
    """A key that is narrowed to some resources makes none that reaches others."""
    beyond = [one for one in scopes if not _reaches(maker, one)]
    if maker.scopes and (beyond or not scopes):
        raise RequestError(
            f"The key `{maker.name}` reaches less than this one would.",
            field="scopes",
            fix=f"Take some of its own: {', '.join(sorted(maker.scopes))}.",
        )


def _reaches(maker: Principal, scope: str) -> bool:
    topic, _, access = scope.strip().partition(":")
    return maker.is_within(topic, writes=access == "write")


def _fields(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "shown": key.shown,
        "role": key.role,
        "scopes": list(key.scopes),
        "made_by": key.made_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "used_at": key.used_at,
    }
