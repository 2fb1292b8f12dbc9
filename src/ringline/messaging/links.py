"""Short links of our own: made while a text is written, stored with its message, counted when they are followed."""

from __future__ import annotations

import re
import secrets
import string
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ringline.errors import NotFoundError, RequestError
from ringline.live import touch
from ringline.messaging import store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

MAX_URL = 2_048
_ALPHABET = string.ascii_letters + string.digits
_CODE_LENGTH = 8
_MAX_PENDING = 10_000


@dataclass(frozen=True, slots=True)
class ShortLink:
    """A short link and how often it was followed. Times are seconds since the epoch."""

    code: str
    url: str
    clicks: int
    last_click_at: float | None
    message_id: str | None = None
    created_at: float = 0.0
    address: str | None = None
    """What people see of it, where a public address is set."""


class Links:
    """Makes, stores and follows links such as ``{public_url}/l/x7Gh2k9Q``.

    Without a public URL nothing can be shortened, and `shorten` says so.
    """

    def __init__(self, database: Database, clock: Clock, *, public_url: str | None) -> None:
        self._database = database
        self._clock = clock
        self._prefix = f"{public_url.rstrip('/')}/l/" if public_url else None
        self._pending: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def shorten(self, url: str) -> str:
        """A short link to *url*, different at every call. It works once the message that holds it is stored."""
        prefix = self.check(url)
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        with self._lock:
            self._pending[code] = url
            # Texts that were rendered and never sent leave their links here; only the oldest may go.
            while len(self._pending) > _MAX_PENDING:
                self._pending.popitem(last=False)
        return prefix + code

    def check(self, url: str) -> str:
        """Raise `RequestError` for what `shorten` would not take; gives how short links begin."""
        if self._prefix is None:
            raise RequestError(
                "A link can be shortened only where it can be reached, and no public address is set.",
                field="shortenUrl",
                fix="Set RINGLINE_PUBLIC_URL to the address at which this server is reached from outside.",
            )
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or len(url) > MAX_URL:
            raise RequestError(
                f"`{str(url)[:80]}` cannot be shortened: it is not an http or https address of at most "
                f"{MAX_URL} characters.",
                field="shortenUrl",
                fix="Give the whole address, with https:// in front.",
            )
        return self._prefix

    def write(self, tx: Transaction, text: str | None, message_id: str) -> None:
        """Store the links that stand in the text of a message, in the transaction that stores the message."""
        if not text or self._prefix is None or not self._pending:
            return
        for code in dict.fromkeys(re.findall(re.escape(self._prefix) + rf"([A-Za-z0-9]{{{_CODE_LENGTH}}})\b", text)):
            url = self._pending.get(code)
            if url is not None:
                store.add_link(tx, code=code, url=url, message_id=message_id, now=self._clock.time())
                tx.after_commit(lambda code=code: self._written(code))  # type: ignore[misc]  # binds this round's code

    def _written(self, code: str) -> None:
        with self._lock:
            self._pending.pop(code, None)

    async def resolve(self, code: str) -> str:
        """Where a link leads, counting the click; `NotFoundError` when there is no such link."""
        now = self._clock.time()

        def click(tx: Transaction) -> str | None:
            found = store.click(tx, code, now)
            if found is not None:
                touch(tx, "links", code)
            return found

        url = await self._database.write(click)
        if url is None:
            raise NotFoundError("There is no such link.", fix="Check the address; it may have been cut off.")
        return url

    async def of_message(self, message_id: str) -> list[ShortLink]:
        """The links a message carries, with their clicks."""
        rows = await self._database.read(lambda tx: store.links_of_message(tx, message_id))
        return [self._of(row) for row in rows]

    async def list(
        self, *, limit: int = 50, before: tuple[float, str] | None = None, search: str | None = None
    ) -> list[ShortLink]:
        """Links, the newest first; *before* are moment and code to go on from, *search* part of where they lead."""
        rows = await self._database.read(lambda tx: store.links_page(tx, before=before, count=limit, search=search))
        return [self._of(row) for row in rows]

    def _of(self, row: Row) -> ShortLink:
        return ShortLink(
            row["code"],
            row["url"],
            int(row["clicks"]),
            row["last_click_at"],
            row["message_id"],
            row["created_at"],
            None if self._prefix is None else self._prefix + row["code"],
        )
