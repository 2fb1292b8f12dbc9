"""`/api/v1/credentials`: Twilio accounts. Tokens go in and never come out."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ringline.errors import RequestError
from ringline.vault import Credential
from ringline.vault.keyring import save_key
from ringline.web.access import is_loopback

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.settings import Settings


class CredentialIn(BaseModel):
    """An account to keep."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="main", description="What workflows and messages call it.")
    account_sid: str = Field(description="Begins with AC.")
    auth_token: SecretStr = Field(description="The account's auth token, or the secret of the API key.")
    api_key: str | None = Field(default=None, description="SID of an API key (SK…), if the token is its secret.")
    default_from: str | None = Field(default=None, description="Sender of messages that name none.")
    base_url: str | None = Field(default=None, description="Another server instead of Twilio.")


class TokenIn(BaseModel):
    """A credential's new token."""

    model_config = ConfigDict(extra="forbid")

    auth_token: SecretStr


class CredentialOut(BaseModel):
    """An account without its token. `server` is where its requests go, whoever said so."""

    name: str
    account_sid: str
    kind: str
    default_from: str | None
    base_url: str | None
    server: str
    created_at: datetime


class RotatedOut(BaseModel):
    """How many secrets are encrypted with the new key, and the file it is in."""

    secrets: int
    key_file: str


class TestOut(BaseModel):
    """Whether Twilio takes the credential, and what is wrong if not; `unreachable` says that nobody answered."""

    ok: bool
    detail: str
    fix: str
    unreachable: bool


def _out(credential: Credential, settings: Settings) -> CredentialOut:
    return CredentialOut(
        name=credential.name,
        account_sid=credential.account_sid,
        kind=credential.kind,
        default_from=credential.default_from,
        base_url=credential.base_url,
        server=credential.base_url or settings.twilio_url,
        created_at=credential.created_at,
    )


def _refuse_to_leave(server: str | None, wanted: str | None) -> None:
    """A server that runs on a simulator stays there, whatever a credential says."""
    if server is None or wanted is None or not is_loopback(urlsplit(server).hostname or ""):
        return
    if not is_loopback(urlsplit(wanted).hostname or ""):
        raise RequestError(
            f"Everything this server sends goes to {server}, so a credential cannot lead to {wanted}.",
            field="base_url",
            fix="Leave base_url out, or use `ringline serve`, which sends to Twilio.",
        )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the vault of *ringline*."""
    router = APIRouter(prefix="/api/v1/credentials", tags=["credentials"])
    vault = ringline.credentials

    @router.get("", operation_id="list_credentials")
    async def list_all() -> list[CredentialOut]:
        """The accounts by name."""
        return [_out(credential, ringline.settings) for credential in await vault.list()]

    @router.post("", status_code=201, operation_id="add_credential")
    async def add(body: CredentialIn) -> CredentialOut:
        """Keep an account, encrypted."""
        _refuse_to_leave(ringline.settings.twilio_base_url, body.base_url)
        kept = await vault.add(
            body.name,
            body.account_sid,
            body.auth_token.get_secret_value(),
            username=body.api_key,
            base_url=body.base_url,
            default_from=body.default_from,
        )
        return _out(kept, ringline.settings)

    @router.post("/rotate-key", operation_id="rotate_key")
    async def rotate_key() -> RotatedOut:
        """Encrypt every secret with a fresh key. The old one stays in the key file, so that a crash loses nothing."""
        settings = ringline.settings
        if settings.master_key is not None:
            raise RequestError(
                "The key is given by RINGLINE_MASTER_KEY, so it cannot be replaced here.",
                fix="Keep it in a file instead: RINGLINE_MASTER_KEY_FILE.",
            )
        keyring = settings.keyring().with_new_key()
        await asyncio.to_thread(save_key, settings.key_file, keyring)
        return RotatedOut(secrets=await vault.rotate_key(keyring), key_file=str(settings.key_file))

    @router.post("/{name}/test", operation_id="test_credential")
    async def test(name: str) -> TestOut:
        """Ask Twilio whether it is right."""
        result = await vault.test(name)
        return TestOut(ok=result.ok, detail=result.detail, fix=result.fix, unreachable=result.unreachable)

    @router.put("/{name}/token", operation_id="replace_token")
    async def replace(name: str, body: TokenIn) -> CredentialOut:
        """Replace the token, as after a rotation in Twilio's console."""
        return _out(await vault.replace_token(name, body.auth_token.get_secret_value()), ringline.settings)

    @router.delete("/{name}", status_code=204, operation_id="remove_credential")
    async def remove(name: str) -> Response:
        """Forget an account."""
        await vault.remove(name)
        return Response(status_code=204)

    return router
