"""`ringline.sessions`: conversations begun, carried on by whatever happens, and looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.interview.masking import opened
from ringline.interview.state import SessionState
from ringline.voice.sessions.by_text import TextTalks
from ringline.voice.sessions.calling import LiveCalls
from ringline.voice.sessions.carrying import DEADLINE, Carrier
from ringline.voice.sessions.happening import Happening
from ringline.voice.sessions.hearing import Hearing, hearing_of
from ringline.voice.sessions.keeping import Keeping
from ringline.voice.sessions.lost_ends import LostEnds
from ringline.voice.sessions.offers import Offers
from ringline.voice.sessions.replaying import replay
from ringline.voice.sessions.sealing import Sealing
from ringline.voice.sessions.session import Account, CallOptions, Replayed, Session, session_of
from ringline.voice.sessions.store import log as store_log
from ringline.voice.sessions.store import sessions as store
from ringline.voice.sessions.texting import Texting
from ringline.voice.sessions.timers import SessionTimers
from ringline.voice.sessions.transcript import transcript_of
from ringline.voice.sessions.turning import Turning, told_why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch.ticker import Ticker
    from ringline.interview.agent import AgentSpec
    from ringline.outbox import Outbox
    from ringline.vault import Vault
    from ringline.vault.keyring import Keyring
    from ringline.voice.calls import Calls
    from ringline.voice.sessions.carrying import Report
    from ringline.voice.sessions.session import Line, OnChange, OnEnd
    from ringline.voice.sessions.turning import Held, Reduce

_RECENT = 20
"""Sessions of a person among which the one on a call is looked for."""


class Sessions:
    """Every session of an installation. What calls ask for goes to `calls`, which shares its rows.

    `live` answers calls, `offers` are calls to us, `by_text` are conversations by text, `happening` is told of
    everything else, and `keeping` erases and forgets.
    """

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
        self._carrier = Carrier(clock, outbox, place_call=self._place_call)
        self._turning = Turning(clock, self._sealing, self._carrier, reduce)
        self._reduce = reduce
        self._calls = calls
        self.public_url = public_url
        self.live = LiveCalls(
            database, clock, self._turning, self._carrier, calls=calls, vault=vault, public_url=public_url
        )
        self.offers = Offers(database, clock)
        self.happening = Happening(
            database,
            clock,
            self._turning,
            texting=Texting(outbox),
            live=self.live,
            offers=self.offers,
            lost_ends=LostEnds(database, clock, calls=calls, vault=vault),
        )
        self.by_text = TextTalks(clock, self._turning, self.happening)
        self.keeping = Keeping(database, clock, self._turning, self.happening, self._sealing)
        self._timers = SessionTimers(database, clock, fire=self.happening.fire, redirect=self.live.redirect)
        self._carrier.note_due = self._timers.ticker.note

    @property
    def ticker(self) -> Ticker:
        """What looks at the timers."""
        return self._timers.ticker

    @property
    def on_change(self) -> list[OnChange]:
        """Who is told, with its id, of a session that begins or goes on, in the transaction that writes it."""
        return self._carrier.on_change

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
        session_id = id or self.new_id()
        state = SessionState()
        store.add(
            tx,
            {
                "id": session_id,
                "spec": self.keeping.add_spec_in(tx, spec),
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
        self._carrier.tell_changed(tx, session_id)
        return session_id

    def call_in(self, tx: Transaction, session_id: str) -> str:
        """Place the call of the first leg; gives its id."""
        held = self._turning.hold(tx, session_id)
        assert held is not None
        call_id = self._place_call(tx, held, 1)
        store.note_ref(tx, session_id, 1, call_id)
        return call_id

    async def end(self, session_id: str, *, actor: str) -> None:
        """End a session now; a live call is hung up. Raises `NotFoundError`."""
        await self.get(session_id)
        await self._database.write(lambda tx: self.happening.end_in(tx, session_id, actor=actor))

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

    async def with_person(self, person: str, *, limit: int = 50, before: str | None = None) -> Sequence[Session]:
        """Sessions with a person, newest first."""

        def read(tx: Transaction) -> Sequence[Session]:
            rows = store.newest_of_person(tx, person, before=before, count=limit)
            return [self._session(tx, row) for row in rows]

        return await self._database.read(read)

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

    async def hearing(self, person: str, call_sid: str) -> Hearing | None:
        """What is asked and was heard on a call with somebody, by its sid; None where no session is on it."""

        def read(tx: Transaction) -> Hearing | None:
            for row in store.newest_of_person(tx, person, before=None, count=_RECENT):
                if any(leg["sid"] == call_sid for leg in store.legs(tx, row["id"])):
                    state = self._sealing.state(row["state"], session_id=row["id"])
                    events = store_log.events(tx, row["id"])
                    return hearing_of(row["id"], self._turning.spec(tx, row["spec"]), state, events)
            return None

        return await self._database.read(read)

    async def replay(self, session_id: str) -> Replayed:
        """Feed the log through today's code and say where it does otherwise. Raises `NotFoundError`."""

        def read(tx: Transaction) -> tuple[Row, AgentSpec, list[Row]]:
            row = _known(store.get(tx, session_id), session_id)
            return row, self._turning.spec(tx, row["spec"]), store_log.events(tx, session_id)

        row, spec, events = await self._database.read(read)
        return replay(row, spec, events, reduce=self._reduce, sealing=self._sealing)


def _known(row: Row | None, session_id: str) -> Row:
    if row is None:
        raise NotFoundError(f"There is no session {session_id}.", fix="List them: ringline calls list")
    return row
