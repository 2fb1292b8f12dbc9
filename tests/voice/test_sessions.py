"""Sessions in the database: a transaction per turn, the same bytes for who asks again, timers, and the log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ringline import Ringline
from ringline.app.timing import Timing
from ringline.clock import VirtualClock
from ringline.database import Transaction
from ringline.interview.agent import OnDrop, QuestionsAgent
from ringline.interview.flow import Question, QuestionFlow
from ringline.voice.sessions.calling import HANG_UP
from ringline.voice.sessions.session import CallOptions, SessionEnd
from ringline.voice.sessions.sessions import Sessions
from ringline.voice.sessions.store import log as store_log

PERSON, OURS, ACCOUNT = "+14155550123", "+15550001111", "AC" + "0" * 32
PUBLIC = "https://ringline.example"
SECRET = "4111 1111 1111 1234"

FLOW = QuestionFlow(
    (
        Question("coming", "Are you coming?", "yes_no"),
        Question("guests", "How many guests?", "number", confirm="never"),
    )
)
AGENT = QuestionsAgent(FLOW, greeting="Hello from Acme.", goodbye="Thank you, goodbye.")


@dataclass
class Placed:
    """A call, as far as a session has to do with it."""

    id: str
    direction: str = "outbound"
    sid: str | None = None


@dataclass
class FakeCalls:
    """Calls that are only written down."""

    placed: list[Any] = field(default_factory=list)
    redirected: list[tuple[str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)

    def place_in(self, tx: Transaction, request: Any, **about: Any) -> Placed:
        self.placed.append(request)
        return Placed(f"call_{len(self.placed)}")

    async def redirect(self, id: str, url: str) -> None:
        self.redirected.append((id, url))

    async def hang_up(self, id: str) -> None:
        self.hung_up.append(id)


@dataclass
class Stage:
    """Sessions, and a worker's view of them."""

    ringline: Ringline
    sessions: Sessions
    calls: FakeCalls
    ended: list[SessionEnd]

    def another_worker(self) -> Sessions:
        return _sessions(self.ringline, self.calls)

    async def begin(self, agent: QuestionsAgent = AGENT, **changes: Any) -> str:
        def work(tx: Transaction) -> str:
            session = self.sessions.begin_in(
                tx,
                agent,
                person=PERSON,
                sender=OURS,
                credential_id="cred",
                account_id=ACCOUNT,
                deadline=self.ringline.clock.time() + 3600,
                call=CallOptions(),
                **changes,
            )
            if agent.channel == "voice":
                self.sessions.call_in(tx, session)
            return session

        return await self.ringline.database.write(work)

    async def picked_up(self, session: str, leg: int = 1, **form: str) -> str:
        call = Placed(f"call_{leg}")
        return (await self.sessions.live.first(session, leg, call, {"CallSid": f"CA{leg}", **form})).decode()

    async def turn(self, session: str, turn: int, part: str = "answer", *, leg: int = 1, **form: str) -> str:
        fields = {"CallSid": f"CA{leg}", "CallStatus": "in-progress", **form}
        return (await self.sessions.live.turn(session, leg, turn, part, fields, None)).decode()

    async def says(self, session: str, text: str, turn: int, **form: str) -> str:
        return await self.turn(session, turn, SpeechResult=text, Confidence="0.95", **form)

    async def hangs_up(self, leg: int = 1, status: str = "completed") -> None:
        await self.ringline.database.write(lambda tx: self.sessions.happening.call_changed(tx, change(leg, status)))

    async def now(self, session: str) -> int:
        return (await self.sessions.get(session)).turn


def change(leg: int, status: str, **changes: Any) -> Any:
    from ringline.voice.call import CallChange

    about = CallChange(f"call_{leg}", "session", None, leg, status, None, None, is_final=True)
    return about._replace(**changes)


def _sessions(ringline: Ringline, calls: FakeCalls) -> Sessions:
    return Sessions(
        ringline.database,
        ringline.clock,
        ringline.outbox,
        vault=ringline.credentials,
        keyring=ringline.settings.keyring(),
        public_url=PUBLIC,
        calls=calls,  # type: ignore[arg-type]
    )


@pytest.fixture
async def stage(database_url: str, clock: VirtualClock) -> AsyncIterator[Stage]:
    async with Ringline(database_url, clock=clock, worker=False, timing=Timing()) as ringline:
        calls = FakeCalls()
        sessions = _sessions(ringline, calls)
        ended: list[SessionEnd] = []
        sessions.on_end.append(lambda _, end: ended.append(end))
        yield Stage(ringline, sessions, calls, ended)


async def test_a_call_from_the_greeting_to_the_end(stage: Stage) -> None:
    session = await stage.begin()
    assert [call.ref for call in stage.calls.placed] == [session]
    first = await stage.picked_up(session)
    assert "Hello from Acme." in first
    assert "Are you coming?" in first
    assert f"{PUBLIC}/twilio/turn/{session}.1.1.answer#rc=5&amp;rp=ct,rt,5xx" in first
    second = await stage.says(session, "yes please", 1)
    assert "How many guests?" in second
    last = await stage.says(session, "three", await stage.now(session))
    assert "Thank you, goodbye." in last
    assert "<Hangup" in last
    found = await stage.sessions.get(session)
    assert found.outcome == "completed"
    assert {name: answer["value"] for name, answer in found.answers.items()} == {"coming": True, "guests": 3}
    assert [end.outcome for end in stage.ended] == ["completed"]


async def test_any_worker_takes_the_next_turn(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    stage.sessions = stage.another_worker()
    assert "How many guests?" in await stage.says(session, "yes", 1)


async def test_a_request_that_comes_again_gets_the_same_bytes_and_changes_nothing(stage: Stage) -> None:
    session = await stage.begin()
    assert await stage.picked_up(session) == await stage.picked_up(session)
    once = await stage.says(session, "yes", 1)
    before = await stage.sessions.get(session)
    assert await stage.says(session, "no", 1) == once
    assert await stage.sessions.get(session) == before


async def test_a_request_with_the_same_token_gets_the_same_bytes_wherever_it_comes(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    form = {"CallSid": "CA1", "CallStatus": "in-progress", "SpeechResult": "yes", "Confidence": "0.9"}
    once = await stage.sessions.live.turn(session, 1, 1, "answer", form, "token-1")
    now = await stage.now(session)
    assert await stage.sessions.live.turn(session, 1, now, "answer", form, "token-1") == once
    assert await stage.now(session) == now


async def test_a_late_request_of_an_older_turn_gets_what_is_asked_now(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    current = await stage.says(session, "yes", 1)
    before = await stage.sessions.get(session)
    assert await stage.turn(session, 1, "silence") == current
    assert await stage.sessions.get(session) == before


async def test_another_call_cannot_speak_in_it(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    assert (await stage.says(session, "no", 1, CallSid="CAother")).encode() == HANG_UP
    assert (await stage.sessions.get(session)).answers == {}
    assert (await stage.turn("ses_unknown", 1)).encode() == HANG_UP


async def test_a_call_that_nobody_takes_ends_the_session(stage: Stage) -> None:
    for number, (status, outcome) in enumerate(
        {"busy": "busy", "no-answer": "no_answer", "completed": "no_answer", "failed": "failed"}.items()
    ):
        session = await stage.begin()
        await stage.hangs_up(number + 1, status)
        assert (await stage.sessions.get(session)).outcome == outcome


async def test_a_call_that_was_never_placed_says_so(stage: Stage) -> None:
    session = await stage.begin()
    refused = change(1, "queued", stage="refused")
    await stage.ringline.database.write(lambda tx: stage.sessions.happening.call_changed(tx, refused))
    assert (await stage.sessions.get(session)).outcome == "refused"
    assert (await stage.sessions.replay(session)).differences == []


async def test_who_hangs_up_in_the_middle_leaves_partial_answers(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    await stage.says(session, "yes", 1)
    await stage.hangs_up()
    assert stage.ended[0].outcome == "partial"
    assert stage.ended[0].answers["coming"]["value"] is True
    # What comes after the end changes nothing more.
    await stage.says(session, "three", 2)
    assert (await stage.sessions.get(session)).answers.keys() == {"coming"}


async def test_a_dropped_call_goes_on_at_the_open_question_by_a_new_one(stage: Stage, clock: VirtualClock) -> None:
    agent = replace(AGENT, on_drop=(OnDrop("call", 120.0),))
    session = await stage.begin(agent)
    await stage.picked_up(session)
    await stage.says(session, "yes", 1)
    await stage.hangs_up()
    assert stage.ended == []
    await clock.advance(119)
    await stage.sessions.ticker._swept.sweep()
    assert len(stage.calls.placed) == 1
    await clock.advance(1)
    await stage.sessions.ticker._swept.sweep()
    assert [(call.ref, call.leg) for call in stage.calls.placed] == [(session, 1), (session, 2)]
    again = await stage.picked_up(session, 2)
    assert "How many guests?" in again
    assert "Are you coming?" not in again
    await stage.turn(session, await stage.now(session), leg=2, SpeechResult="two", Confidence="0.9")
    assert [end.outcome for end in stage.ended] == ["completed"]


async def test_who_calls_back_goes_on_where_the_call_broke_off(stage: Stage) -> None:
    session = await stage.begin(replace(AGENT, on_drop=(OnDrop("call", 3000.0),)))
    await stage.picked_up(session)
    await stage.says(session, "yes", 1)
    assert await stage.sessions.offers.resumable("call_in", PERSON, OURS) is None
    await stage.hangs_up()
    assert await stage.sessions.offers.resumable("call_in", PERSON, OURS) == (session, 2)
    assert await stage.sessions.offers.resumable("call_in", PERSON, "+15550009999") is None
    call = Placed("call_back", "inbound")
    body = await stage.sessions.live.first(session, 2, call, {"CallSid": "CA9"})  # type: ignore[arg-type]
    assert b"How many guests?" in body
    assert (await stage.sessions.get(session)).legs[1].direction == "inbound"


async def test_a_call_that_lasts_too_long_is_told_to_hear_the_end(stage: Stage, clock: VirtualClock) -> None:
    session = await stage.begin(replace(AGENT, max_duration=60.0))
    await stage.picked_up(session)
    await clock.advance(61)
    await stage.sessions.ticker._swept.sweep()
    await stage.sessions.ticker._swept.sweep()
    [(call, url)] = stage.calls.redirected
    assert call == "call_1"
    *_, leg, turn, part = url.removeprefix(PUBLIC).partition("#")[0].rpartition("/")[2].split(".")
    heard = await stage.turn(session, int(turn), part, leg=int(leg))
    assert "Thank you, goodbye." in heard
    assert "<Hangup" in heard
    assert stage.ended[0].outcome in ("partial", "no_answer")


async def test_at_its_deadline_a_session_ends_and_a_ringing_call_is_hung_up(stage: Stage, clock: VirtualClock) -> None:
    await stage.begin()
    await clock.advance(3600)
    await stage.sessions.ticker._swept.sweep()
    await stage.sessions.ticker._swept.sweep()
    assert stage.calls.hung_up == ["call_1"]
    assert len(stage.ended) == 1


async def test_a_sensitive_answer_lies_nowhere_openly(stage: Stage) -> None:
    card = Question("card", "Your card number, please?", "digits", length=16, sensitive=True, confirm="never")
    session = await stage.begin(replace(AGENT, flow=QuestionFlow((card, *FLOW.questions))))
    await stage.picked_up(session)
    await stage.turn(session, 1, Digits=SECRET.replace(" ", ""))
    await stage.says(session, "yes", await stage.now(session))
    assert (await stage.sessions.get(session)).answers["card"]["status"] == "ok"
    assert (await stage.sessions.secrets(session)) == {"card": SECRET.replace(" ", "")}

    def everything(tx: Transaction) -> str:
        from ringline.database.schema import metadata

        names = [name for name in metadata.tables if name.startswith("session")]
        return json.dumps([tx.all(metadata.tables[name].select()) for name in names], default=repr)

    kept = await stage.ringline.database.read(everything)
    for secret in (SECRET, SECRET.replace(" ", "")):
        assert secret not in kept
    said = [line.text for line in await stage.sessions.transcript(session)]
    assert "…1234" in said
    assert not any("1111" in line for line in said)
    # The log is whole all the same: today's code does what was done.
    replayed = await stage.sessions.replay(session)
    assert (replayed.differences, replayed.stopped, replayed.events) == ([], None, 3)


async def test_a_number_that_nobody_asked_for_is_masked_in_the_log(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    await stage.says(session, "yes, and my number is 415 555 0123 by the way", 1)
    heard = [line.text for line in await stage.sessions.transcript(session) if line.who == "them"]
    assert heard == ["yes, and my number is [phone …0123] by the way"]
    # What the state, and whoever reads the answers, has of it is the same.
    assert (await stage.sessions.get(session)).answers["coming"]["raw"] == heard[0]
    assert (await stage.sessions.replay(session)).differences == []


async def test_a_person_who_is_forgotten_is_nowhere_in_it(stage: Stage) -> None:
    card = Question("card", "Your card number, please?", "digits", length=16, sensitive=True, confirm="never")
    said = Question("said", "What else, Ann?", "text")
    agent = replace(AGENT, greeting="Hello Ann.", flow=QuestionFlow((card, said, *FLOW.questions)))
    session = await stage.begin(agent, run_id="run_1", step="ask")
    await stage.picked_up(session)
    await stage.turn(session, 1, Digits=SECRET.replace(" ", ""))
    await stage.says(session, "the blue house", await stage.now(session))
    assert await stage.ringline.database.write(lambda tx: stage.sessions.keeping.erase_in(tx, [PERSON])) == 1
    assert await stage.sessions.secrets(session) == {}

    def everything(tx: Transaction) -> str:
        from ringline.database.schema import metadata

        names = [name for name in metadata.tables if name.startswith("session")]
        return json.dumps([tx.all(metadata.tables[name].select()) for name in names], default=repr)

    kept = await stage.ringline.database.read(everything)
    for secret in (PERSON, "Ann", "blue house", "1234", "4111"):
        assert secret not in kept, secret
    # How it went stays, for who counts: it was ended, and whoever waits for it was told.
    assert [end.outcome for end in stage.ended] == ["partial"]
    found = await stage.sessions.get(session)
    assert {name: answer["status"] for name, answer in found.answers.items()} == {"card": "ok", "said": "ok"}
    assert not any(line.text for line in await stage.sessions.transcript(session) if line.who == "them")
    replayed = await stage.sessions.replay(session)
    assert replayed.events == 0
    assert replayed.stopped is not None
    assert "erased" in replayed.stopped


async def test_a_call_of_the_next_day_but_one_begins_anew(stage: Stage, clock: VirtualClock) -> None:
    session = await stage.begin(replace(AGENT, on_drop=(OnDrop("call", 3000.0),)))
    await stage.picked_up(session)
    await stage.hangs_up()
    await clock.advance(86_399)
    assert await stage.sessions.offers.resumable("call_in", PERSON, OURS) == (session, 2)
    await clock.advance(2)
    assert await stage.sessions.offers.resumable("call_in", PERSON, OURS) is None


async def test_who_calls_back_while_we_call_them_is_called_no_more(stage: Stage, clock: VirtualClock) -> None:
    session = await stage.begin(replace(AGENT, on_drop=(OnDrop("call", 60.0),)))
    await stage.picked_up(session)
    await stage.says(session, "yes", 1)
    await stage.hangs_up()
    await clock.advance(60)
    await stage.sessions.ticker._swept.sweep()
    found = await stage.sessions.offers.resumable("call_in", PERSON, OURS)
    assert found == (session, 3)
    call = Placed("call_in", "inbound")
    assert b"How many guests?" in await stage.sessions.live.first(session, 3, call, {"CallSid": "CA9"})  # type: ignore[arg-type]
    await stage.sessions.ticker._swept.sweep()
    assert stage.calls.hung_up == ["call_2"]
    # That call's end is no end of the conversation, and the same request again finds the same leg.
    await stage.hangs_up(2, "canceled")
    assert stage.ended == []
    assert await stage.sessions.offers.resumable("call_in", PERSON, OURS) == (session, 3)


async def test_a_replay_finds_what_today_would_be_done_otherwise(stage: Stage) -> None:
    session = await stage.begin()
    await stage.picked_up(session)
    await stage.says(session, "yes", 1)
    assert (await stage.sessions.replay(session)).differences == []

    def change_the_past(tx: Transaction) -> None:
        tx.run(store_log.session_events.update().values(actions_hash="of another release"))

    await stage.ringline.database.write(change_the_past)
    found = await stage.sessions.replay(session)
    assert [one.seq for one in found.differences] == [1, 2]
    assert found.differences[1].now[0]["kind"] == "say"


async def test_old_sessions_are_forgotten_with_their_logs(stage: Stage, clock: VirtualClock) -> None:
    session = await stage.begin()
    await stage.hangs_up(status="busy")
    open_one = await stage.begin()
    await clock.advance(1000)
    assert await stage.sessions.keeping.forget_older_than(999) == 1
    assert [one.id for one in await stage.sessions.list()] == [open_one]
    assert await stage.ringline.database.read(lambda tx: store_log.events(tx, session)) == []


async def test_a_run_that_is_canceled_ends_what_it_asked(stage: Stage) -> None:
    session = await stage.begin(run_id="run_1", step="ask")
    await stage.picked_up(session)
    await stage.ringline.database.write(lambda tx: stage.sessions.happening.end_of_run_in(tx, "run_1", "canceled"))
    assert (await stage.sessions.get(session)).ended_at is not None
    await stage.sessions.ticker._swept.sweep()
    assert [call for call, _ in stage.calls.redirected] == ["call_1"]
