"""What a request does, on its way into the log: an entry for all that was done, and none for what was not.

Sends are written down in the transaction that takes the message, and cost nothing more. Whatever else changes something
may take several transactions: it is written down as begun before them, and as done before the answer says that it was.
Where the process dies between, the entry stays, and reads as not known to have been finished.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers

from ringline.errors import StoreError
from ringline.web.masking import masked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ringline.access import AuditLog, Principal
    from ringline.access.audit import Outcome
    from ringline.database import Transaction
    from ringline.outbox import OutboxRow

_logger = logging.getLogger(__name__)

SENDS = frozenset({"send_message", "reply_to_conversation", "place_call"})
"""Operations whose routes write their entry themselves, with `deed_of`, where they write the message down."""

_IN_STEPS = frozenset({"import_contacts", "load_recipients", "connect_numbers", "rotate_key"})
"""What may be refused when a part of it is done already."""

_BY_NAME = frozenset({"users", "keys", "credentials", "workflows", "pools", "lists", "broadcasts", "drafts"})
"""What people know by its name, and not by its id; a person's name does not belong in the log."""

_TOLD = ("to", "from", "from_", "channel", "workflow", "version", "role", "status", "list", "shown", "scopes")
_MOST_READ = 64_000


def deed_of(request: Request) -> Deed:
    """What this request does, for a route that writes it down itself."""
    deed: Deed = request.state.deed
    return deed


class Deed:
    """One request that changes or sends something."""

    def __init__(
        self, log: AuditLog, who: Principal, operation: str, topic: str, parameters: Mapping[str, Any]
    ) -> None:
        self._log = log
        self._who = who
        self._operation = operation
        self._topic = topic
        self._named = [str(value) for value in parameters.values()]
        self._entry: int | None = None

    def beside(self, tx: Transaction, row: OutboxRow) -> None:
        """Write down in *tx*, which takes the message, that it was sent."""
        details = {"to": row.to, "from": row.sender, "channel": row.channel, "status": row.status}
        self._log.record_in(tx, self._who, self._operation, row.id, _shown(details))

    async def begin(self) -> None:
        """Write down that it is about to be done."""
        self._entry = await self._log.begin(self._who, self._operation, self._subject({}))

    async def end(self, status: int, made: Mapping[str, Any]) -> None:
        """Write down what came of it: the *status* of the answer, and what it says was *made*."""
        assert self._entry is not None
        try:
            if status < 400:
                await self._finish("done", made, _shown(made) if self._topic != "me" else {})
            elif status >= 500 or self._operation in _IN_STEPS:
                await self._finish("failed", {}, {"answer": status})
            else:
                await self._log.withdraw(self._entry)
        except StoreError:
            # It stays as begun, which is true of it, and whoever did it is told what came of it.
            _logger.exception("The log does not say what came of %s (entry %s).", self._operation, self._entry)

    async def _finish(self, outcome: Outcome, made: Mapping[str, Any], details: Mapping[str, Any]) -> None:
        assert self._entry is not None
        await self._log.end(self._entry, self._who, self._subject(made), details, outcome=outcome)

    def _subject(self, made: Mapping[str, Any]) -> str:
        if self._topic == "me":
            return self._who.name
        of_name = self._topic in _BY_NAME
        return masked(" ".join(self._named) or str((made.get("name") if of_name else None) or made.get("id") or ""))


def _shown(details: Mapping[str, Any]) -> dict[str, str]:
    # Numbers are hidden here too: whoever is erased must not stay in the log.
    return {name: masked(_said(details[name])) for name in _TOLD if details.get(name) not in (None, "", [])}


def _said(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list | tuple | set) else str(value)


async def recorded(app: ASGIApp, deed: Deed, scope: Scope, receive: Receive, send: Send) -> None:
    """Have *app* answer, and write down what came of the deed, which has begun."""
    try:
        await app(scope, receive, _Recorded(send, deed).send)
    except Exception:
        # It is answered further out. What the log knows to have been done already stays so.
        await deed.end(500, {})
        raise


class _Recorded:
    """Writes down what came of a deed before the answer says so."""

    def __init__(self, send: Send, deed: Deed) -> None:
        self._send = send
        self._deed = deed
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """One message of the answer; its start is held until the body shows what was made."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            body = b"" if message.get("more_body", False) else message.get("body", b"")
            await self._deed.end(start["status"], _made(start, body))
            await self._send(start)
        await self._send(message)


def _made(start: Message, body: bytes) -> dict[str, Any]:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    if not body or len(body) > _MOST_READ or not kind.startswith("application/json"):
        return {}
    found = json.loads(body)
    return found if isinstance(found, dict) else {}
