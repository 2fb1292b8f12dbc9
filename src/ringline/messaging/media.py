"""Pictures and files of our own, at an address that only Twilio is told and that stops working by itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.messaging import store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database

KEEP_SECONDS = 48 * 3600.0
"""A message may wait a day before it is sent; Twilio fetches its media then."""
MAX_BYTES = 5_000_000
"""Twilio's limit for pictures in an MMS."""

_SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What stands behind an address."""

    content_type: str
    content: bytes


class Media:
    """Stores files and signs their addresses: ``{public_url}/m/{id}.{expiry}.{signature}``.

    *signing_key* must be the same in every process that serves these addresses.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        public_url: str,
        signing_key: bytes,
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._key = hashlib.sha256(b"ringline media\0" + signing_key).digest()
        self._keep_seconds = keep_seconds

    async def publish(self, content: bytes, content_type: str) -> str:
        """Store a file and return the address at which Twilio can fetch it for two days."""
        if len(content) > MAX_BYTES:
            raise RequestError(
                f"A file of {len(content) / 1e6:.1f} MB is too large; carriers take at most {MAX_BYTES / 1e6:g} MB.",
                field="media",
                fix="Make the picture smaller before sending it.",
            )
        now = self._clock.time()
        media_id = new_id("med", at=now)
        expires_at = float(int(now + self._keep_seconds))
        row = {
            "id": media_id,
            "content_type": content_type,
            "content": content,
            "created_at": now,
            "expires_at": expires_at,
        }
        await self._database.write(lambda tx: store.add_media(tx, row))
        named = f"{media_id}.{int(expires_at)}"
        return f"{self._public_url}/m/{named}.{self._signature(named)}"

    async def open(self, token: str) -> MediaFile:
        """The file behind the last part of an address; `NotFoundError` for a wrong, forged or expired one."""
        named, _, signature = token.rpartition(".")
        media_id, _, expiry = named.partition(".")
        is_ours = hmac.compare_digest(signature.encode(), self._signature(named).encode())
        if not is_ours or not expiry.isdigit() or int(expiry) <= self._clock.time():
            raise _gone()
        row = await self._database.read(lambda tx: store.get_media(tx, media_id))
        if row is None:
            raise _gone()
        return MediaFile(row["content_type"], bytes(row["content"]))

    async def sweep(self) -> int:
        """Delete the files whose addresses have expired, and return how many there were."""
        now = self._clock.time()
        return await self._database.write(lambda tx: store.forget_media(tx, now))

    def _signature(self, named: str) -> str:
        digest = hmac.new(self._key, named.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _gone() -> NotFoundError:
    return NotFoundError(
        "There is no file at this address.", fix="Addresses of media stop working two days after the message was made."
    )
