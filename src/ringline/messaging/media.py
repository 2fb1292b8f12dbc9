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
from ringline.vault.keyring import Keyring

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

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

    *key* must be the same in every process that serves these addresses. Without *public_url* nothing can be published.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        key: bytes | Keyring,
        public_url: str | None,
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._prefix = f"{public_url.rstrip('/')}/m/" if public_url else None
        self._key = key.derive("media") if isinstance(key, Keyring) else key
        self._keep_seconds = keep_seconds

    async def publish(self, content: bytes, content_type: str) -> str:
        """Store a file and return the address at which Twilio can fetch it for two days."""
        if self._prefix is None:
            raise RequestError(
                "The message holds a picture, and no public address is set at which Twilio could fetch it; "
                "pictures are never given to anybody else to serve.",
                field="media",
                fix="Set RINGLINE_PUBLIC_URL to the address at which this server is reached from outside, or give the "
                "URL of a picture.",
            )
        if len(content) > MAX_BYTES:
            raise RequestError(
                f"A file of {len(content) / 1e6:.1f} MB is too large; carriers take at most {MAX_BYTES / 1e6:g} MB.",
                field="media",
                fix="Make the picture smaller before sending it.",
            )
        now = self._clock.time()
        media_id = new_id("med", at=now)
        expires_at = int(now + self._keep_seconds)
        row = {
            "id": media_id,
            "content_type": content_type,
            "content": content,
            "created_at": now,
            "expires_at": float(expires_at),
        }
        await self._database.write(lambda tx: store.add_media(tx, row))
        return self._prefix + self._token(media_id, expires_at)

    def keep_until(self, tx: Transaction, url: str, moment: float) -> str:
        """The address to use for a message that is sent at *moment*, seconds since the epoch; the file stays as long.

        Addresses that are not ours come back as they are.
        """
        if self._prefix is None or not url.startswith(self._prefix):
            return url
        media_id, _, _ = url[len(self._prefix) :].partition(".")
        expires_at = int(moment + self._keep_seconds)
        store.keep_media(tx, media_id, float(expires_at))
        return self._prefix + self._token(media_id, expires_at)

    async def open(self, token: str) -> MediaFile:
        """The file behind the last part of an address; `NotFoundError` for a wrong, forged or expired one."""
        media_id, _, rest = token.partition(".")
        expiry = rest.partition(".")[0]
        is_number = expiry.isascii() and expiry.isdigit() and len(expiry) < 16
        if not is_number or not hmac.compare_digest(token.encode(), self._token(media_id, int(expiry)).encode()):
            raise _gone()
        if int(expiry) <= self._clock.time():
            raise _gone()
        row = await self._database.read(lambda tx: store.get_media(tx, media_id))
        if row is None:
            raise _gone()
        return MediaFile(row["content_type"], bytes(row["content"]))

    async def sweep(self) -> int:
        """Delete the files whose addresses have expired, and return how many there were."""
        now = self._clock.time()
        return await self._database.write(lambda tx: store.forget_media(tx, now))

    def _token(self, media_id: str, expires_at: int) -> str:
        named = f"{media_id}.{expires_at}"
        digest = hmac.new(self._key, named.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
        return f"{named}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _gone() -> NotFoundError:
    return NotFoundError(
        "There is no file at this address.", fix="Addresses of media stop working two days after their message."
    )
