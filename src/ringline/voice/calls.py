"""`ringline.calls`: place a call, and see what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableSequence, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.outbox import NewMessage
from ringline.voice import store
from ringline.voice.announcements import inline
from ringline.voice.answering import Answerer, Answering
from ringline.voice.call import (
    Announcement,
    CallChange,
    CallRequest,
    CallRow,
    MachineDetection,
    OnCallChange,
    PreparedCall,
    StepTransaction,
)
from ringline.voice.checking import check_call, check_ssml, read_menu
from ringline.voice.mirroring import Mirror
from ringline.voice.recordings import Later, Recordings
from ringline.voice.rows import call_of

if TYPE_CHECKING:
    from pathlib import Path

    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.outbox import Beside, MessageChange, Outbox, OutboxRow
    from ringline.twilio.client import TwilioClient
    from ringline.vault import Vault

__all__ = ["Announcement", "Answerer", "CallChange", "CallRequest", "CallRow", "Calls", "PreparedCall"]


TELL = "tell_call"


class Calls:
    """The calls of this installation. Nothing here raises because Twilio or a rule said no: the call says so.

    *public_url* is where Twilio reaches this installation. Without it a call says its message and nothing else.
    """

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        clock: Clock,
        outbox: Outbox,
        vault: Vault,
        *,
        public_url: str | None,
        recordings_folder: Path | None = None,
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock
        self._outbox = outbox
        self._vault = vault
        self.public_url = None if public_url is None else public_url.rstrip("/")
        self.on_change: list[OnCallChange] = []
        """Who is told, in the transaction that records it, what has become of calls."""
        self.on_later: list[Later] = []
        """Who is told of a call of which more is known after its end: its price, a recording."""
        self.recordings = Recordings(
            database, clock, dispatcher, clients=self._client, on_later=self.on_later, folder=recordings_folder
        )
        self._mirror = Mirror(clock, outbox, self.on_change, self.on_later)
        self.answering = Answering(
            database, clock, outbox, vault, self._mirror, public_url=self.public_url, recordings=self.recordings
        )
        outbox.on_resource.append(self._mirror.note_resource)

    # --- placing -------------------------------------------------------------------------------------------------

    async def place(
        self,
        *,
        to: str,
        message: str | None = None,
        from_: str | None = None,
        voice: str | None = None,
        language: str = "en",
        repeat: int = 1,
        play: Sequence[str] = (),
        menu: Mapping[str, Any] | None = None,
        menu_prompt: str | None = None,
        record: bool = False,
        notice: str | None = None,
        voicemail: str | None = None,
        machine_detection: MachineDetection | None = None,
        ring_timeout: int = 60,
        max_duration: int = 3_600,
        credential: str | None = None,
        purpose: str = "notification",
        send_at: float | None = None,
        key: str | None = None,
        beside: Beside | None = None,
    ) -> CallRow:
        """Write a call down to be placed, and return it as it stands then.

        *menu* is a label for each key that may be pressed. With *record* the call is recorded once *notice* has been
        said. Left out, *machine_detection* is what *voicemail* needs. The same *key* again returns the first call.
        *beside* is called in the transaction that writes a new call down.

        Raises:
            RequestError: A field is wrong; the sentence says which, and what to do.
            IdempotencyConflict: The key came before with another content.
            CredentialError: There is no such credential.
        """
        said = Announcement(
            message=message,
            voice=voice,
            language=language,
            repeat=repeat,
            play=tuple(play),
            notice=notice,
            record=record,
            menu=read_menu(menu or {}),
            menu_prompt=menu_prompt,
            voicemail=voicemail,
        )
        request = CallRequest(
            to=to,
            from_=from_,
            announcement=said,
            credential=credential,
            ring_timeout=ring_timeout,
            max_duration=max_duration,
            machine_detection=machine_detection or ("message_end" if voicemail is not None else "off"),
            record=record,
            purpose=purpose,
            send_at=send_at,
            key=key,
            key_scope="api",
        )
        check_ssml(said)
        checked, credential_id, account_id = await self._checked(request)
        return await self._database.write(
            lambda tx: self.place_in(tx, checked, credential_id=credential_id, account_id=account_id, beside=beside)
        )

    async def prepare(self, request: CallRequest) -> PreparedCall:
        """The call ready to be written down with other things. Raises as `place`."""
        checked, credential_id, account_id = await self._checked(request)
        call_id = new_id("call", at=self._clock.time())

        def effect(on: StepTransaction) -> None:
            again, asked = 0, checked
            row = self.place_in(on.tx, asked, credential_id=credential_id, account_id=account_id, id=call_id)
            while row.stage == "canceled" and row.sid is None:
                # It was taken back before it was placed when the run ended, and now the run is tried again.
                again += 1
                asked = replace(checked, key=f"{checked.key}/anew{again}")
                row = self.place_in(on.tx, asked, credential_id=credential_id, account_id=account_id, id=call_id)
            key = f"call/{row.id}"
            if row.is_over:
                on.report(key, {"stage": row.stage, "status": row.status})
            else:
                on.wait_for(key)

        return PreparedCall(call_id, effect)

    def place_in(
        self,
        tx: Transaction,
        request: CallRequest,
        *,
        credential_id: str,
        account_id: str,
        id: str | None = None,
        beside: Beside | None = None,
    ) -> CallRow:
        """Write a call down in the caller's transaction; it is placed if that commits.

        The same key gives the first call back. What may not be placed is a row too, with stage ``refused``; for a
        session that is told to `on_change` a moment later, when its own transaction is over.
        """
        checked, now = check_call(request), self._clock.time()
        row = self._outbox.enqueue_in(
            tx, self._new(checked, id or new_id("call", at=now), credential_id=credential_id, account_id=account_id)
        )
        if not row.found:
            self._add(tx, checked, row, now)
            if beside is not None:
                beside(tx, row)
            if row.is_decided and checked.kind == "session":
                self._dispatcher.enqueue(tx, TELL, row.id)
        return self._get_in(tx, row.id)

    # --- looking and ending ------------------------------------------------------------------------------------------

    async def get(self, id: str) -> CallRow:
        """The call as it stands now; `NotFoundError` if there is none of that id."""
        return await self._database.read(lambda tx: self._get_in(tx, id))

    def get_in(self, tx: Transaction, id: str) -> CallRow:
        """As `get`, as this transaction sees it."""
        return self._get_in(tx, id)

    async def list(self, *, limit: int = 50, before: str | None = None, **filters: Any) -> list[CallRow]:
        """Calls, newest first; *before* is the id to go on from.

        *filters* are values of ``status``, ``to``, ``from``, ``direction``, ``run_id``, ``kind`` and ``ref``;
        ``since`` and ``until`` are ids, ``runs`` is a list; ``people`` are numbers, and ``ids`` calls beside theirs.
        """

        def read(tx: Transaction) -> list[CallRow]:
            rows = store.page(tx, filters, before=before, count=limit)
            return [call_of(row, store.recordings_of(tx, row["id"])) for row in rows]

        return await self._database.read(read)

    async def with_person(self, number: str, *, limit: int = 50, before: str | None = None) -> Sequence[CallRow]:
        """Calls to and of one person, the newest first."""

        def read(tx: Transaction) -> Sequence[CallRow]:
            rows = store.with_person(tx, number, before=before, count=limit)
            return [call_of(row, store.recordings_of(tx, row["id"])) for row in rows]

        return await self._database.read(read)

    def after_in(self, tx: Transaction, after: str, count: int) -> Sequence[CallRow]:
        """Calls whose ids follow that one, in the order of ids; without their recordings."""
        return [call_of(row) for row in store.calls_after(tx, after, count)]

    async def hang_up(self, id: str) -> CallRow:
        """End a call, whether it waits, rings or goes on; what is over already comes back as it stands."""
        call = await self.get(id)
        if call.is_over:
            return call
        if call.direction == "outbound":
            await self._outbox.cancel(id)
        elif call.sid is not None:
            await (await self._client(call.credential_id)).end_call(call.sid, is_answered=True)
        return await self.get(id)

    def end_of_run_in(self, tx: Transaction, run_id: str) -> int:
        """End what a run says on the phone, in the caller's transaction; returns how many calls there were."""
        return self.end_many_in(tx, store.open_of_run(tx, run_id))

    def end_many_in(self, tx: Transaction, ids: Sequence[str]) -> int:
        """End calls, in the caller's transaction; returns how many of them there are."""
        return self._outbox.stops.cancel_many_in(tx, ids)

    async def redirect(self, id: str, url: str) -> None:
        """Have a live call go on with what stands at *url*. Raises `RequestError` where it is not live."""
        call = await self.get(id)
        if call.is_over or call.sid is None:
            raise RequestError(
                f"call {id} is {call.status}, so it cannot be sent elsewhere",
                code="not_live",
                fix="only a call that goes on can",
            )
        await (await self._client(call.credential_id)).redirect_call(call.sid, url)

    async def forget_texts(self, seconds: float) -> int:
        """Erase what calls said that are over for longer than that; how many there were."""
        before = self._clock.time() - seconds
        return await self._database.write(lambda tx: store.forget_texts(tx, before))

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Forget what was said to and by these people, and their recordings; returns in how many calls.

        What goes on is hung up. That there was a call stays, for who counts them.
        """
        found = [call_id for number in numbers for call_id in store.of_person(tx, number)]
        self.end_many_in(tx, found)
        for call_id in found:
            store.forget_text(tx, call_id)
            self.recordings.drop_in(tx, [row["id"] for row in store.recordings_of(tx, call_id)])
        return len(found)

    # --- being told --------------------------------------------------------------------------------------------------

    @property
    def answerers(self) -> dict[str, Answerer]:
        """Who gives the first document of a call that was picked up, by the call's kind."""
        return self.answering.answerers

    @property
    def on_known(self) -> MutableSequence[Callable[[Transaction, str], None]]:
        """Told, in its transaction, of every call of which more became known; for who counts them."""
        return self._mirror.on_known

    @property
    def on_inbound(self) -> Callable[[CallRow, Mapping[str, str]], Awaitable[bytes]] | None:
        """Who takes calls that come in; without anybody they are rejected."""
        return self.answering.on_inbound

    @on_inbound.setter
    def on_inbound(self, answerer: Answerer | None) -> None:
        self.answering.on_inbound = answerer

    def note_changes(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """What has become of rows of the outbox; those that are calls are taken in here."""
        self._mirror.note_changes(tx, changes)

    def handlers(self) -> dict[str, Handler]:
        """What the dispatcher has to run."""
        return {TELL: self._tell, **self.recordings.handlers()}

    async def _tell(self, id: str) -> None:
        await self._database.write(lambda tx: self._mirror.tell(tx, id))

    # --- pieces --------------------------------------------------------------------------------------------------

    async def _checked(self, request: CallRequest) -> tuple[CallRequest, str, str]:
        credential = await self._vault.get(request.credential)
        if request.from_ is None:
            request = replace(request, from_=credential.default_from)
        return check_call(request), credential.id, credential.account_sid

    def _new(self, request: CallRequest, id: str, *, credential_id: str, account_id: str) -> NewMessage:
        said = request.announcement
        is_inline = self.public_url is None
        if is_inline and request.kind != "announcement":
            raise RequestError(
                "A conversation needs an address at which Twilio reaches this server, and none is set.",
                field="public_url",
                fix="Set RINGLINE_PUBLIC_URL; `ringline dev` sets it for the simulator.",
            )
        options: dict[str, Any] = {
            "ring_timeout": request.ring_timeout,
            "time_limit": request.max_duration,
            "machine_detection": request.machine_detection,
        }
        if is_inline and said is not None:
            options["twiml"] = inline(said)
        elif request.kind != "announcement":
            # Whoever speaks first must not wait for the verdict.
            options["async_amd"] = request.machine_detection != "off"
        return NewMessage(
            account_id=account_id,
            credential_id=credential_id,
            to=request.to,
            sender=request.from_,
            channel="voice",
            body=said.message if said is not None else None,
            options=options,
            purpose=request.purpose,
            # Nothing would tell a copy of such a call from the first one.
            policy="strict" if is_inline else None,
            send_at=request.send_at,
            key=request.key,
            key_scope=request.key_scope,
            run_id=request.run_id,
            step=request.step,
            id=id,
        )

    def _add(self, tx: Transaction, request: CallRequest, row: OutboxRow, now: float) -> None:
        said = request.announcement
        store.add_call(
            tx,
            {
                "id": row.id,
                "direction": "outbound",
                "kind": request.kind,
                "ref": request.ref,
                "leg": request.leg,
                "to": row.to,
                "from": row.sender,
                "account_id": row.account_id,
                "credential_id": row.credential_id,
                "stage": row.stage,
                "status": row.status,
                "announcement": None if said is None else replace(said, record=said.record or request.record).as_json(),
                "purpose": request.purpose,
                "refusal_reason": row.refusal_reason,
                "refusal_sentence": row.refusal_sentence,
                "run_id": request.run_id,
                "step": request.step,
                "ended_at": now if row.is_decided else None,
                "created_at": now,
                "updated_at": now,
            },
        )

    @staticmethod
    def _get_in(tx: Transaction, id: str) -> CallRow:
        row = store.get_call(tx, id)
        if row is None:
            raise NotFoundError(f"there is no call {id!r}", fix="`ringline calls list` shows those there are")
        return call_of(row, store.recordings_of(tx, id))

    async def _client(self, credential_id: str | None) -> TwilioClient:
        if credential_id is None:
            raise RequestError(
                "No credential of the account that this call came to is known.",
                code="unknown_credential",
                fix="Add it: ringline credentials add",
            )
        return await self._vault.client(credential_id)
