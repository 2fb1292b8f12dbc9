"""What Twilio asks and tells while a call goes on: what to say first, which key was pressed, how it ended."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from ringline.ids import new_id
from ringline.twilio.calls import CallEvent, is_asked_again, is_machine
from ringline.twilio.statuses import VOICE, rank
from ringline.voice import store
from ringline.voice.announcements import HANG_UP, after_key, after_label, first_document
from ringline.voice.call import Announcement, CallRow
from ringline.voice.rows import call_of

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox import Outbox
    from ringline.vault import Vault
    from ringline.voice.mirroring import Mirror
    from ringline.voice.recordings import Recordings

_log = logging.getLogger(__name__)

Answerer = Callable[[CallRow, Mapping[str, str]], Awaitable[bytes]]
"""Gives the first document of a call that was picked up, from the call and the form that came."""

REJECT = b'<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'


class Answering:
    """The webhooks of calls. An outbound one answers only the call of its row's current attempt."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        outbox: Outbox,
        vault: Vault,
        mirror: Mirror,
        *,
        public_url: str | None,
        recordings: Recordings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._vault = vault
        self._mirror = mirror
        self._recordings = recordings
        self._base = f"{public_url or ''}/twilio"
        self.answerers: dict[str, Answerer] = {"announcement": self._announce}
        self.on_inbound: Answerer | None = None

    async def first(self, call_id: str, n: int, event: CallEvent, form: Mapping[str, str]) -> bytes:
        """Somebody picked up the call that attempt *n* made: what they hear first.

        The request is evidence, and a fence: what comes from an attempt that is not the current one, or from a second
        call, is hung up, so that a copy never talks.
        """

        def work(tx: Transaction) -> CallRow | None:
            is_ours = self._outbox.passes_in(tx, call_id, n, event.sid, account_id=event.account_sid)
            if event.status:
                self._outbox.record_callback_in(tx, event.as_status(), message_id=call_id, attempt_no=n)
            if not is_ours or not store.claim(tx, call_id, event.sid):
                return None
            row = store.get_call(tx, call_id, hold=True)
            if row is None:
                return None
            self._mirror.note_event(tx, row, event)
            if row["started_at"] is None:
                store.change_call(tx, call_id, {"started_at": self._clock.time()})
            fresh = store.get_call(tx, call_id)
            return None if fresh is None else call_of(fresh, store.recordings_of(tx, call_id))

        call = await self._database.write(work)
        if call is None:
            _log.warning("a call that is not, or not any more, %s.%d was hung up: %s", call_id, n, event.sid)
            return HANG_UP
        answerer = self.answerers.get(call.kind)
        if answerer is None:
            _log.error("nobody answers calls of the kind %s; %s was hung up", call.kind, call_id)
            return HANG_UP
        return await answerer(call, form)

    async def pressed(self, call_id: str, event: CallEvent, digits: str, *, left: int) -> bytes:
        """A key was pressed in the menu of an announcement: what is heard then."""

        def work(tx: Transaction) -> bytes:
            row = store.get_call(tx, call_id, hold=True)
            if row is None or row["announcement"] is None or not _is_of(row, event):
                return HANG_UP
            said = Announcement.from_json(row["announcement"])
            label, document = after_key(said, digits, left=left, menu_address=self._menu_of(call_id))
            if label is not None and row["pressed"] is None:
                store.change_call(tx, call_id, {"pressed": label, "updated_at": self._clock.time()})
                self._mirror.tell(tx, call_id)
            return document

        return await self._database.write(work)

    async def status(self, call_id: str | None, n: int | None, event: CallEvent) -> None:
        """A status callback. One of a call that we placed is applied by a job; one of a call that came in, at once."""

        def work(tx: Transaction) -> None:
            if call_id is not None and n is not None:
                # First the report, whose account is locked before calls are everywhere.
                self._outbox.record_callback_in(tx, event.as_status(), message_id=call_id, attempt_no=n)
                row = store.get_call(tx, call_id)
                if row is not None and row["account_id"] == event.account_sid and _may_be(row, event):
                    self._mirror.note_event(tx, row, event)
                return
            row = store.call_by_sid(tx, event.account_sid, event.sid)
            if row is not None and row["direction"] == "inbound":
                self._mirror.note_event(tx, row, event, with_status=True)
            elif not event.is_inbound:
                self._outbox.record_callback_in(tx, event.as_status(), message_id=None, attempt_no=None)

        await self._database.write(work)

    async def detected(self, call_id: str, event: CallEvent) -> None:
        """The verdict on who picked up, which came while the call went on."""

        def work(tx: Transaction) -> None:
            row = store.get_call(tx, call_id, hold=True)
            if row is not None and _is_of(row, event):
                self._mirror.note_event(tx, row, event)

        await self._database.write(work)

    async def inbound(self, event: CallEvent, form: Mapping[str, str]) -> bytes:
        """Somebody calls one of our numbers: what they hear."""
        if self.on_inbound is None:
            _log.info("a call to %s was rejected, as nothing here takes calls", event.to)
            return REJECT
        credentials = await self._vault.list()
        credential = next((one.id for one in credentials if one.account_sid == event.account_sid), None)
        opened = await self._database.write(lambda tx: self._open(tx, event, credential))
        return await self.on_inbound(opened, form)

    def _open(self, tx: Transaction, event: CallEvent, credential_id: str | None) -> CallRow:
        """The row of a call that comes in; the same one for a request that is repeated."""
        row = store.call_by_sid(tx, event.account_sid, event.sid)
        if row is None:
            now = self._clock.time()
            status = event.status or "ringing"
            values = {
                "id": new_id("call", at=now),
                "direction": "inbound",
                "kind": "session",
                "to": event.to,
                "from": event.from_,
                "account_id": event.account_sid,
                "credential_id": credential_id,
                "sid": event.sid,
                "talking_sid": event.sid,
                "stage": "accepted",
                "status": status,
                "status_rank": rank(status, VOICE),
                "purpose": "inbound",
                "started_at": now,
                "created_at": now,
                "updated_at": now,
            }
            store.add_call(tx, values)
            row = store.call_by_sid(tx, event.account_sid, event.sid)
            assert row is not None
        return call_of(row)

    async def _announce(self, call: CallRow, form: Mapping[str, str]) -> bytes:
        said = call.announcement
        if said is None:
            return HANG_UP
        verdict = form.get("AnsweredBy") or call.answered_by
        if is_machine(verdict):
            _log.info("call %s was answered by a machine (%s)", call.id, verdict)
        if call.pressed is not None and is_asked_again(form):
            return after_label(said, call.pressed)
        return first_document(
            said,
            answered_by=verdict,
            menu_address=self._menu_of(call.id),
            recording_address=f"{self._base}/recording/{call.id}",
        )

    def _menu_of(self, call_id: str) -> str:
        return f"{self._base}/voice/{call_id}/menu"


def _is_of(row: Row, event: CallEvent) -> bool:
    """Whether what came is about the call of this row that talks."""
    return bool(row["account_id"] == event.account_sid and row["talking_sid"] in (None, event.sid))


def _may_be(row: Row, event: CallEvent) -> bool:
    """Whether a report is not of a copy of the call."""
    return row["talking_sid"] in (None, event.sid) and row["sid"] in (None, event.sid)
