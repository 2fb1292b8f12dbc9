"""`ringline.sessions`: conversations begun, carried on by whatever happens, and looked at."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, cast

from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.interview.encoding import spec_to_json
from ringline.interview.events import Commanded, Detected, LegEnded, LegStarted, TimerFired, UserSaid
from ringline.interview.masking import opened
from ringline.interview.state import SessionState
from ringline.voice.sessions.calling import LiveCalls
from ringline.voice.sessions.carrying import DEADLINE, Carrier
from ringline.voice.sessions.replaying import asks_of, replay
from ringline.voice.sessions.sealing import Sealing
from ringline.voice.sessions.session import Account, CallOptions, Replayed, Session, Taken, key_of, session_of
from ringline.voice.sessions.store import log as store_log
from ringline.voice.sessions.store import sessions as store
from ringline.voice.sessions.texting import NEVER_SENT, TEXT_CHANNELS, Texting
from ringline.voice.sessions.timers import SessionTimers
from ringline.voice.sessions.transcript import transcript_of
from ringline.voice.sessions.turning import Turning, told_why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch.ticker import Ticker
    from ringline.interview.agent import AgentSpec
    from ringline.interview.events import AnsweredBy, Event
    from ringline.outbox import MessageChange, Outbox
    from ringline.vault import Vault
    from ringline.vault.keyring import Keyring
    from ringline.voice.call import CallChange
    from ringline.voice.calls import Calls
    from ringline.voice.sessions.carrying import Report
    from ringline.voice.sessions.session import Line, OnEnd
    from ringline.voice.sessions.turning import Held, Reduce

KEEP_OFFERS = 86_400.0
TAKEN = "ringline_call_taken"


class Sessions:
    """Every session of an installation. What calls ask for goes to `calls`, which shares its rows."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        outbox: Outbox,
        *,
        vault: Vault,
        keyring: Keyring,
        public_url: str | None,
        calls: Calls | None = None,
        reduce: Reduce | None = None,
    ) -> None:
        """*reduce* is what holds conversations; left out, the one of `ringline.interview`."""
        if reduce is None:
            from ringline.interview.reducing import reduce as ours

            reduce = ours
        reduce = told_why(reduce)
        self._database = database
        self._clock = clock
        self._vault = vault
        self._sealing = Sealing(keyring)
        self._texting = Texting(outbox)
        self._carrier = Carrier(clock, outbox, place_call=self._place_call)
        self._turning = Turning(clock, self._sealing, self._carrier, reduce)
        self._reduce = reduce
        self._calls = calls
        self.live = LiveCalls(
            database, clock, self._turning, self._carrier, calls=calls, vault=vault, public_url=public_url
        )
        self.public_url = public_url
        self._timers = SessionTimers(database, clock, fire=self._fire, redirect=self.live.redirect)
        self._carrier.note_due = self._timers.ticker.note

    @property
    def ticker(self) -> Ticker:
        """What looks at the timers."""
        return self._timers.ticker

    @property
    def on_end(self) -> list[OnEnd]:
        """Who is told of a session's end, in the transaction that ends it."""
        return self._carrier.on_end

    def report_to(self, report: Report) -> None:
        """Tell runs under ``session/<id>`` of what concerns them: a further leg by text, and the end."""
        self._carrier.report = report

    def check_reachable(self) -> None:
        """Raise `RequestError` where Twilio cannot ask what comes next."""
        if not self.public_url:
            raise RequestError(
                "A conversation by phone asks this server after every answer, and no public address is set.",
                field="channel",
                fix="Set RINGLINE_PUBLIC_URL to the address at which Twilio reaches this server, or ask by text: "
                "`channel: sms`.",
            )

    async def account(self, credential: str | None, call: Mapping[str, Any] | None = None) -> Account:
        """Whose credential a conversation is held with: the one of that name, or the one a call to us came by."""
        if call is not None and call["credential_id"] is not None:
            return Account(call["credential_id"], call["account_id"], call["to"])
        found = await self._vault.get(credential)
        return Account(found.id, found.account_sid, found.default_from)

    def new_id(self) -> str:
        """An id for the next session."""
        return new_id("ses", at=self._clock.time())

    # --- beginning ---------------------------------------------------------------------------------------------------

    def begin_in(
        self,
        tx: Transaction,
        spec: AgentSpec,
        *,
        id: str | None = None,
        person: str,
        sender: str | None,
        credential_id: str,
        account_id: str,
        deadline: float,
        run_id: str | None = None,
        step: str | None = None,
        channel: str = "voice",
        direction: str = "outbound",
        purpose: str = "notification",
        call: CallOptions | None = None,
    ) -> str:
        """Write a session down, to be carried by a first leg that has not begun; gives its id.

        At *deadline* it ends, whatever has become of its legs.
        """
        now = self._clock.time()
        text = json.dumps(spec_to_json(spec), ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        session_id = id or self.new_id()
        state = SessionState()
        store_log.add_spec(tx, digest, text, now=now)
        store.add(
            tx,
            {
                "id": session_id,
                "spec": digest,
                "state": self._sealing.state_text(state, session_id=session_id),
                "revision": 0,
                "seq": 0,
                "phase": state.phase,
                "leg": 0,
                "turn": 0,
                "channel": channel,
                "person": person,
                "sender": sender,
                "account_id": account_id,
                "credential_id": credential_id,
                "purpose": purpose,
                "call": (call or CallOptions()).as_text(),
                "run_id": run_id,
                "step": step,
                "outcome": None,
                "reason": None,
                "created_at": now,
                "deadline": deadline,
                "ended_at": None,
            },
        )
        store.add_leg(tx, {"session_id": session_id, "leg": 1, "channel": channel, "direction": direction})
        self._carrier.set_timer(tx, session_id, DEADLINE, n=0, due=deadline)
        return session_id

    def call_in(self, tx: Transaction, session_id: str) -> str:
        """Place the call of the first leg; gives its id."""
        held = self._turning.hold(tx, session_id)
        assert held is not None
        call_id = self._place_call(tx, held, 1)
        store.note_ref(tx, session_id, 1, call_id)
        return call_id

    # --- calls to us -------------------------------------------------------------------------------------------------

    def offer_in(self, tx: Transaction, call_id: str, run_id: str, call: Mapping[str, Any]) -> None:
        """A run was started for a call to us, which waits for the first voice step of it."""
        now = self._clock.time()
        store.offer(tx, {"call_id": call_id, "run_id": run_id, "call": json.dumps(dict(call)), "at": now})

    async def offered(self, run_id: str) -> dict[str, Any] | None:
        """The call that waits for a step of this run, with its ``id``."""
        row = await self._database.read(lambda tx: store.offered_to(tx, run_id))
        return None if row is None else {**json.loads(row["call"]), "id": row["call_id"]}

    def take_offer_in(self, tx: Transaction, call_id: str, session_id: str) -> bool:
        """Carry a session by that call; False when another step was faster."""
        if not store.take_offer(tx, call_id, session_id):
            return False
        store.note_ref(tx, session_id, 1, call_id)
        tx.notify(TAKEN, call_id)
        return True

    def when_taken(self, call_id: str, tell: Callable[[], None]) -> Callable[[], None]:
        """Have *tell* called once a step, of whatever process, takes the call; gives what ends that."""
        return self._database.listen(TAKEN, lambda taken: tell() if taken in ("", call_id) else None)

    async def taker_of(self, call_id: str) -> tuple[str, str | None] | None:
        """The run a call to us waits for, and the session that took it."""
        row = await self._database.read(lambda tx: store.offered(tx, call_id))
        return None if row is None else (row["run_id"], row["taken_by"])

    async def resumable(self, person: str, sender: str | None) -> tuple[str, int] | None:
        """The open session whose call broke off and that a call from this person goes on with, and the leg it is."""

        def read(tx: Transaction) -> tuple[str, int] | None:
            for row in reversed(store.open_of_person(tx, person)):
                if row["phase"] == "between" and (row["sender"] == sender or row["sender"] is None):
                    return row["id"], row["leg"] + 1
            return None

        return await self._database.read(read)

    # --- by text, in the transactions of the step that leads it ------------------------------------------------------

    def start_text_in(self, tx: Transaction, session_id: str, leg: int, channel: str) -> Taken:
        """A conversation by text begins, with its first words."""
        store.begin_leg(tx, session_id, leg, at=self._clock.time())
        return self._by_text(tx, session_id, lambda _: LegStarted(leg, channel))

    def heard_in(self, tx: Transaction, session_id: str, text: str) -> Taken:
        """The person has answered by text; what is said next is sent in the same transaction."""
        return self._by_text(tx, session_id, lambda held: UserSaid(held.state.leg, held.state.turn, text))

    def open_in(self, tx: Transaction, session_id: str) -> Taken:
        """The question that is open now."""
        held = self._turning.hold(tx, session_id)
        if held is None or held.is_over:
            return Taken()
        return Taken(ask=asks_of(store_log.events(tx, session_id)))

    def _by_text(self, tx: Transaction, session_id: str, event: Any) -> Taken:
        held = self._turning.hold(tx, session_id)
        if held is None or held.is_over:
            return Taken()
        self.happened_in(tx, held, event(held))
        if held.end is None and held.ask is None:
            return self.open_in(tx, session_id)
        return Taken(held.ask, held.end)

    def opted_out_in(self, tx: Transaction, *, channel: str, person: str, sender: str) -> None:
        """Somebody wrote STOP: what was asked of them there by text is over."""
        for row in store.open_of_person(tx, person):
            if row["channel"] != channel or row["sender"] not in (None, sender):
                continue
            held = self._turning.hold(tx, row["id"])
            if held is not None:
                self.happened_in(tx, held, LegEnded(held.state.leg, "opted_out", "them"))

    def note_messages(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """A question that could not be sent ends its conversation."""
        for change in changes:
            leg = store.leg_of_ref(tx, change.id) if change.stage in NEVER_SENT and change.run_id else None
            if leg is not None and leg["channel"] in TEXT_CHANNELS:
                self._leg_ended(tx, leg["session_id"], leg["leg"], change.stage)

    # --- whatever else happens ---------------------------------------------------------------------------------------

    def happened_in(self, tx: Transaction, held: Held, event: Event) -> None:
        """Fold in an event that no webhook of a turn brought, and have the person told what follows."""
        actions = self._turning.fold(tx, held, event)
        if held.state.channel in TEXT_CHANNELS:
            if not self._texting.say_in(tx, held, actions):
                self._turning.fold(tx, held, LegEnded(held.state.leg, "refused", "carrier"))
        else:
            self.live.tell_in(tx, held, actions)

    def call_changed(self, tx: Transaction, change: CallChange) -> None:
        """What became of a call: who picked up, and how it ended."""
        leg = store.leg_of_ref(tx, change.id)
        if leg is None:
            return
        if change.answered_by and change.answered_by != leg["answered_by"]:
            store.note_answered_by(tx, leg["session_id"], leg["leg"], change.answered_by)
            held = self._turning.hold(tx, leg["session_id"])
            # Who picks up hears the first words only after the call's own webhook has begun the leg.
            if held is not None and leg["started_at"] is not None:
                self.happened_in(tx, held, Detected(leg["leg"], cast("AnsweredBy", change.answered_by)))
        if change.is_final:
            status = change.stage if change.stage in ("refused", "unresolved") else change.status
            self._leg_ended(tx, leg["session_id"], leg["leg"], status)

    def _leg_ended(self, tx: Transaction, session_id: str, leg: int, status: str) -> None:
        held = self._turning.hold(tx, session_id)
        if held is None:
            return
        store.end_leg(tx, session_id, leg, status=status, at=self._clock.time())
        self.happened_in(tx, held, LegEnded(leg, status))

    def end_of_run_in(self, tx: Transaction, run_id: str, status: str) -> None:
        """The run that wanted to know was canceled or failed; so is over what it asked."""
        if status == "completed":
            return  # its steps had ended before
        for session_id in store.open_of_run(tx, run_id):
            self.end_in(tx, session_id, actor="run")

    def abandoned_in(self, tx: Transaction, step: Any) -> None:
        """A jump led back over the step that led a conversation; *step* has the keys it waited for."""
        for key in step.keys:
            if key.startswith(key_of("")):
                self.end_in(tx, key.removeprefix(key_of("")), actor="run")

    def end_in(self, tx: Transaction, session_id: str, *, actor: str) -> None:
        """End a session now; a live call is hung up."""
        held = self._turning.hold(tx, session_id)
        if held is not None:
            self.happened_in(tx, held, Commanded("end", actor))

    async def end(self, session_id: str, *, actor: str) -> None:
        """The same, in a transaction of its own. Raises `NotFoundError`."""
        await self.get(session_id)
        await self._database.write(lambda tx: self.end_in(tx, session_id, actor=actor))

    async def _fire(self, timer: Row) -> None:
        def work(tx: Transaction) -> None:
            held = self._turning.hold(tx, timer["session_id"])
            if not store.take_timer(tx, timer) or held is None:
                return
            name = timer["name"]
            event: Event = Commanded("end", "deadline") if name == DEADLINE else TimerFired(name, timer["n"])
            self.happened_in(tx, held, event)

        await self._database.write(work)

    def _place_call(self, tx: Transaction, held: Held, leg: int) -> str:
        from ringline.voice.call import CallRequest

        assert self._calls is not None, "who holds conversations by voice hands the calls out"
        row, options = held.row, json.loads(held.row["call"])
        request = CallRequest(
            to=row["person"],
            from_=row["sender"],
            kind="session",
            ref=held.id,
            leg=leg,
            purpose=row["purpose"],
            key=f"{held.id}/{leg}",
            key_scope="session",
            run_id=row["run_id"],
            step=row["step"],
            **options,
        )
        placed = self._calls.place_in(tx, request, credential_id=row["credential_id"], account_id=row["account_id"])
        return placed.id

    # --- looking -----------------------------------------------------------------------------------------------------

    async def named(self, id: str) -> str:
        """The session that an id names: its own, or a call's that carries one. Raises `NotFoundError`."""
        leg = await self._database.read(lambda tx: store.leg_of_ref(tx, id))
        return id if leg is None else str(leg["session_id"])

    async def get(self, session_id: str) -> Session:
        """One session. Raises `NotFoundError`."""
        return await self._database.read(lambda tx: self._session(tx, _known(store.get(tx, session_id), session_id)))

    async def list(self, *, limit: int = 50, before: str | None = None) -> list[Session]:
        """Sessions, newest first; *before* is the id to go on from."""
        return await self._database.read(
            lambda tx: [self._session(tx, row) for row in store.page(tx, before=before, count=limit)]
        )

    def _session(self, tx: Transaction, row: Row) -> Session:
        state = self._sealing.state(row["state"], session_id=row["id"])
        return session_of(row, state, store.legs(tx, row["id"]))

    async def secrets(self, session_id: str) -> dict[str, Any]:
        """What was answered to sensitive questions, by question: for the run that asked, and nobody else."""

        def read(tx: Transaction) -> dict[str, Any]:
            row = _known(store.get(tx, session_id), session_id)
            flow = self._turning.spec(tx, row["spec"]).flow
            answers = self._sealing.state(row["state"], session_id=session_id).answers
            return {name: opened(answer, flow[name]).value for name, answer in answers.items() if answer.sealed}

        return await self._database.read(read)

    async def transcript(self, session_id: str) -> Sequence[Line]:
        """What was said and heard, in order. Raises `NotFoundError`."""

        def read(tx: Transaction) -> list[Row]:
            _known(store.get(tx, session_id), session_id)
            return store_log.events(tx, session_id)

        return transcript_of(await self._database.read(read))

    async def replay(self, session_id: str) -> Replayed:
        """Feed the log through today's code and say where it does otherwise. Raises `NotFoundError`."""

        def read(tx: Transaction) -> tuple[Row, AgentSpec, list[Row]]:
            row = _known(store.get(tx, session_id), session_id)
            return row, self._turning.spec(tx, row["spec"]), store_log.events(tx, session_id)

        row, spec, events = await self._database.read(read)
        return replay(row, spec, events, reduce=self._reduce, sealing=self._sealing)

    # --- keeping -----------------------------------------------------------------------------------------------------

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Delete what people answered to sensitive questions; returns in how many sessions."""
        count = 0
        for number in numbers:
            for row in store.of_person(tx, number):
                state = self._sealing.state(row["state"], session_id=row["id"])
                for answer in state.answers.values():
                    answer.sealed = None
                store.replace_state(tx, row["id"], self._sealing.state_text(state, session_id=row["id"]))
                store_log.erase_sealed(tx, row["id"])
                count += 1
        return count

    async def forget_older_than(self, seconds: float) -> int:
        """Delete sessions that ended so long ago, with their logs; returns how many."""
        before = self._clock.time() - seconds

        def work(tx: Transaction) -> int:
            ids = store.old(tx, before=before)
            store.forget(tx, ids)
            store_log.forget(tx, ids)
            store_log.forget_specs(tx, before=before)
            store.forget_offers(tx, before=self._clock.time() - KEEP_OFFERS)
            return len(ids)

        return await self._database.write(work)


def _known(row: Row | None, session_id: str) -> Row:
    if row is None:
        raise NotFoundError(f"There is no session {session_id}.", fix="List them: ringline calls list")
    return row


__all__ = ["Sessions", "key_of"]
