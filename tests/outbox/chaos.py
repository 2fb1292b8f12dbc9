"""A whole installation among random misfortunes, drawn from a seed; what must hold is checked at the end.

The seed decides every misfortune and its order. Threads and sockets add their own timing, so a failing seed may need a
few runs to fail again; the story it prints says what was done.
"""

from __future__ import annotations

import asyncio
import contextvars
import random
import time
import weakref
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import text
from starlette.types import ASGIApp, Receive, Scope, Send

from ringline import Ringline
from ringline.clock import VirtualClock
from ringline.errors import IdempotencyConflict, StoreError
from ringline.messaging.message import Message
from ringline.outbox import NewMessage
from ringline.simulator import Simulator
from ringline.simulator.faults import Fault

T = TypeVar("T")

PEOPLE = tuple(f"+1415555020{n}" for n in range(7))
NUMBERS = ("+15550001111", "+15550002222")
SERVICE = "MG" + "5e4c1ce0" * 4
TEXTS = ("Your table is ready", "See you at nine", "Do not forget your umbrella")
HORIZON = 90.0
HEAL_AFTER = 31.0
HTTP_TIMEOUT = 0.3
PATIENCE = 20.0
PACED_PATIENCE = 90.0
RESTARTED_AFTER = 3.0
COOLDOWN = 40.0
UNDER_WAY = "SELECT message_id FROM attempts WHERE outcome IN ('open', 'unknown', 'abandoned')"
_DIGITS = ".,;:!?"

_life: contextvars.ContextVar[int] = contextvars.ContextVar("life", default=0)


def marked(words: str, number: int) -> str:
    """The text with a number in punctuation: our twin rule does not see it, and we can tell messages apart."""
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return f"{words} ({digits})"


@dataclass
class Sent:
    """One call of `send`: *id* is what it returned, ``None`` when it never came back."""

    body: str
    to: str
    origin: str
    key: str | None = None
    id: str | None = None


@dataclass
class OptOut:
    """Nothing may be opened for these between two attempts' ids."""

    to: str
    origin: str
    after: int
    until: int | None = None


@dataclass
class Story:
    """What was done, and what is owed for it."""

    lines: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    opt_outs: list[OptOut] = field(default_factory=list)
    faults: list[tuple[Fault, int]] = field(default_factory=list)
    cut_off: set[str] = field(default_factory=set)
    """Messages that may have lost an answer by something other than a fault of the simulator."""
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def tell(self, line: str) -> None:
        self.lines.append(line)

    def lost_answers(self) -> int:
        """How many requests may have ended without evidence."""
        hits = 0
        for fault, times in self.faults:
            loses = fault.operation == "create" and (
                fault.answer in ("none", "drop", "garbled")
                or (fault.answer == "error" and fault.code != 20429)
                or fault.answer_after > 0
            )
            if loses:
                hits += times - (fault.times or 0)
        return hits

    def watch(self, message_id: str, stage: str, rank: int) -> None:
        """Hold every look at a message against the one before."""
        before_stage, before_rank = self.seen.get(message_id, ("held", 0))
        if before_stage == "accepted":
            # What was found in the list and never reports is given to a person after all.
            assert stage in ("accepted", "unresolved"), f"{message_id} was accepted and became {stage}"
            assert rank >= before_rank or stage == "unresolved", (
                f"the status of {message_id} went back from {before_rank} to {rank}"
            )
        elif before_stage in ("failed", "refused", "canceled"):
            assert stage == before_stage, f"{message_id} was {before_stage} and became {stage}"
        elif before_stage == "unresolved":
            assert stage in ("unresolved", "accepted"), f"{message_id} was unresolved and became {stage}"
        self.seen[message_id] = (stage, rank)


class Door:
    """What stands before the web application: it may be shut, and it may lose what it is given."""

    def __init__(self, chance: random.Random) -> None:
        self.app: ASGIApp | None = None
        self.loses = 0.0
        self._chance = chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if app is None or self._chance.random() < self.loses:
            await _unavailable(send)
            return
        try:
            await app(scope, receive, send)
        except StoreError:  # the installation died with the request in its hands
            await _unavailable(send)


async def _unavailable(send: Send) -> None:
    await send({"type": "http.response.start", "status": 502, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


class Lives:
    """Knows which installation each task of this loop belongs to, so that one can be ended as a crash ends it."""

    def __init__(self) -> None:
        self._tasks: weakref.WeakKeyDictionary[asyncio.Task[Any], int] = weakref.WeakKeyDictionary()
        self._before: Any = None

    def __enter__(self) -> Lives:
        loop = asyncio.get_running_loop()
        self._before = loop.get_task_factory()
        loop.set_task_factory(self._make)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.get_running_loop().set_task_factory(self._before)

    def _make(self, loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        context = more.get("context")
        self._tasks[task] = context.run(_life.get) if context is not None else _life.get()
        return task

    async def end(self, number: int) -> None:
        """Stop everything that belongs to installation *number*, wherever it is."""
        # Again and again: with its connection gone a task may end up in an error it survives.
        for _ in range(200):
            ended = [task for task, life in list(self._tasks.items()) if life == number and not task.done()]
            if not ended:
                return
            for task in ended:
                task.cancel()
            await asyncio.wait(ended, timeout=0.02)
        raise AssertionError(f"these tasks outlive their installation: {ended}")


class Installation:
    """One process' worth of Ringline."""

    def __init__(self, number: int, lives: Lives, make: Callable[[int], Ringline]) -> None:
        self.number = number
        self._lives = lives
        self._context = contextvars.copy_context()
        self._context.run(_life.set, number)
        self.ringline = self._context.run(make, number)
        self.is_up = False

    async def start(self) -> None:
        await self.call(self._start())
        self.is_up = True

    async def _start(self) -> None:
        await self.ringline.start()
        # No client has been made yet: the worker's tasks have not run.
        self.ringline.credentials._timeout = HTTP_TIMEOUT

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something as part of this installation."""
        return await asyncio.get_running_loop().create_task(work, context=self._context)

    async def close(self) -> None:
        self.is_up = False
        await self.call(self.ringline.close())

    async def crash(self, cut: Callable[[int], object]) -> None:
        """End as a killed process does: nothing reaches the database or the network any more; *cut* sees to that."""
        self.is_up = False
        database = self.ringline.database
        if database.dialect == "sqlite":
            # Works that were handed over before this are committed, as if the crash had come a little later.
            database.close_now()  # type: ignore[attr-defined]
        else:
            cut(self.number)
        await self._lives.end(self.number)
        http = self.ringline._http
        assert http is not None
        await http.close()
        if database.dialect == "postgresql":
            database._pool.terminate()  # type: ignore[attr-defined]


class World:
    """A seed's worth of misfortune. *is_called* says whether the installation has a public URL."""

    def __init__(
        self,
        seed: int,
        simulator: Simulator,
        clock: VirtualClock,
        open_ringline: Callable[[int], Ringline],
        door: Door,
        lives: Lives,
        *,
        is_called: bool,
        workers: int,
        make_app: Callable[[Ringline], ASGIApp],
        cut: Callable[[int], object],
    ) -> None:
        self.chance = random.Random(seed)
        self.simulator = simulator
        self.clock = clock
        self.story = Story()
        self.is_called = is_called
        self._open = open_ringline
        self._door = door
        self._lives = lives
        self._workers = workers
        self._make_app = make_app
        self._cut = cut
        self._numbers = 0
        self._marks = 0
        self.up: list[Installation] = []
        self._is_paced = False
        self._healed_at = 0.0
        self._is_unsteady = False
        """Whether the connections of the database have been broken, so that whatever asks it may fail."""

    # --- the installations ---------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Start as many installations as there are to be."""
        while len(self.up) < self._workers:
            self._numbers += 1
            installation = Installation(self._numbers, self._lives, self._open)
            await installation.start()
            self.up.append(installation)
        self._open_door()

    def _open_door(self) -> None:
        if self.is_called and self.up:
            self._door.app = self._make_app(self.chance.choice(self.up).ringline)

    async def crash(self) -> None:
        victim = self.chance.choice(self.up)
        self.story.tell(f"installation {victim.number} crashes")
        self._door.app = None
        self.up.remove(victim)
        await victim.crash(self._cut)
        self._lose_jobs()
        await self.begin()
        self.story.cut_off |= await self._under_way()

    def _lose_jobs(self) -> None:
        """Where others work on, nobody knows at once that a wake-up is lost; on SQLite the next start does."""
        if self._workers > 1:
            self._healed_at = self.clock.time() + HEAL_AFTER

    async def _under_way(self) -> set[str]:
        """Messages nobody can say of what became of them."""
        return {row["message_id"] for row in await self.rows(UNDER_WAY)}

    async def end(self) -> None:
        self._door.app = None
        while self.up:
            await self._close(self.up.pop())

    async def _close(self, installation: Installation) -> None:
        closing = asyncio.ensure_future(installation.close())
        while not closing.done():
            await asyncio.wait({closing}, timeout=0.1)
            # A worker that waits for its sender's turn ends only if time goes on.
            self.clock.step(0.5)
        await closing

    # --- looking -------------------------------------------------------------------------------------------------

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """What the database says."""
        database = self.up[0].ringline.database
        statement = text(sql)
        for _ in range(20):
            try:
                return list(await self.up[0].call(database.read(lambda tx: tx.all(statement, values))))
            except StoreError:
                if not self._is_unsteady:
                    raise
        raise AssertionError("the database does not come back")

    async def watch(self) -> None:
        """What must hold at any time."""
        twins: Counter[tuple[str, str]] = Counter()
        for row in await self.rows('SELECT id, "to", body, stage, status_rank FROM messages'):
            self.story.watch(row["id"], row["stage"], row["status_rank"])
            if row["stage"] in ("posting", "unknown"):
                twins[row["to"], row["body"].partition(" (")[0]] += 1
        assert all(count == 1 for count in twins.values()), f"twins did not wait for each other: {twins}"

    async def settle(self) -> None:
        """Wait until nothing is due any more: the clock stands still, so what waits for time does not count.

        That also says that no wake-up is lost. Only where a job died with a worker whose siblings cannot know, and
        where senders have a pace, time may go on a little.
        """
        # By how much time may go on: until a lost job is missed, and until the next turns of senders.
        is_healed = self.clock.time() >= self._healed_at
        # In steps of one turn: what is stepped over is given up, and waits for another.
        spans = ([] if is_healed else [HEAL_AFTER]) + [0.1] * 1500 * self._is_paced
        began = stepped = time.monotonic()
        quiet = 0
        due: dict[str, int] = {}
        while quiet < 2:
            await self.simulator.settle()
            due = await self._due()
            quiet = quiet + 1 if not any(due.values()) else 0
            await asyncio.sleep(0.003)
            now = time.monotonic()
            if spans and now - stepped > (0.3 if spans[0] == HEAL_AFTER else 0.05):
                span, due_in = spans.pop(0), self.clock.next_due()
                # No further than to the next turn: one that is stepped over is missed, and another is taken.
                self.clock.step(span if due_in is None or span == HEAL_AFTER else min(span, max(due_in, 1e-4)))
                stepped = now
            if self._workers > 1 and now - stepped > RESTARTED_AFTER:
                # A queue's worker that stopped with its connection begins again after a second of the clock.
                self.clock.step(1.0)
                stepped = now
            if now - began > (PACED_PATIENCE if self._is_paced else PATIENCE):
                raise AssertionError(f"this stays undone although it is due: {due}; {await self._explain()}")
        await self.watch()

    async def _due(self) -> dict[str, int]:
        workers = [f"{installation.ringline.outbox._worker}#%" for installation in self.up]
        mine = " OR ".join(f"worker LIKE '{worker}'" for worker in workers)
        [row] = await self.rows(due_in(mine), now=self.clock.time())
        return dict(row)

    async def _explain(self) -> str:
        told = [f"it is {self.clock.time()}"]
        for installation in self.up:
            told.append(
                f"installation {installation.number} drains {list(installation.ringline.outbox._drains._running)}"
            )
        told += [str(row) for row in await self.rows("SELECT * FROM senders")]
        told += [str(row) for row in await self.rows("SELECT * FROM accounts")]
        if self._workers > 1:
            told += [str(row) for row in await self.rows("SELECT * FROM pgqueuer")]
        return "\n".join(told)

    # --- misfortunes ---------------------------------------------------------------------------------------------

    async def misfortune(self) -> None:
        """One thing happens."""
        kinds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (30, self._send_some),
            (16, self._fault),
            (12, self._time_passes),
            (8, self._time_rushes),
            (6, self._send_with_key),
            (6, self._send_with_cooldown),
            (6, self._cancel),
            (4, self._opt_out),
            (2, self._opt_in),
            (4, self._network_changes),
            (3, self._break_connections),
            (4, self._crash_amid_work),
            (1, self._restart),
            (3 if self._workers > 1 else 0, self._break_database_connections),
        ]
        weights, doings = zip(*kinds, strict=True)
        [doing] = self.chance.choices(doings, weights)
        try:
            await doing()
        except StoreError as error:
            if not self._is_unsteady:
                raise
            self.story.tell(f"that failed: {error}")

    def _new(self, **more: Any) -> dict[str, Any]:
        self._marks += 1
        origin = self.chance.choice((*NUMBERS, SERVICE))
        origin_field = "messaging_service_sid" if origin == SERVICE else "from_"
        return {
            "to": self.chance.choice(PEOPLE),
            "body": marked(self.chance.choice(TEXTS), self._marks),
            origin_field: origin,
            "purpose": self.chance.choice(("notification", "notification", "otp", "marketing", "emergency")),
            "credential": "main",
            **more,
        }

    async def _send(self, installation: Installation, request: dict[str, Any]) -> Message | None:
        origin = request.get("from_") or request["messaging_service_sid"]
        sent = Sent(request["body"], request["to"], origin, request.get("key"))
        self.story.sent.append(sent)
        try:
            message = await installation.call(installation.ringline.messages.send(**request))
        except (Exception, asyncio.CancelledError):
            if installation.is_up and not self._is_unsteady:
                raise
            # The driver has many words for a connection that is cut under it.
            return None
        sent.id = message.id
        return message

    async def _send_some(self) -> None:
        requests = [self._new() for _ in range(self.chance.randint(1, 8))]
        if self.chance.random() < 0.15:
            later = self.clock.now().timestamp() + self.chance.choice((3, 30, 1200))
            requests[0]["send_at"] = _moment(later)
        self.story.tell(f"{len(requests)} messages")
        await asyncio.gather(*(self._send(self.chance.choice(self.up), request) for request in requests))

    async def _send_with_key(self) -> None:
        keyed = [sent for sent in self.story.sent if sent.key is not None]
        if keyed and self.chance.random() < 0.6:
            first = self.chance.choice(keyed)
            request = self._new(to=first.to, body=first.body, key=first.key, purpose="notification")
            request.pop("from_", None)
            request.pop("messaging_service_sid", None)
            request["messaging_service_sid" if first.origin == SERVICE else "from_"] = first.origin
            if self.chance.random() < 0.3:
                request["body"] += " or not"
                self.story.tell(f"key {first.key} with another text")
                known = await self.rows("SELECT id FROM messages WHERE idem_key = :key", key=first.key)
                if not known:
                    return
                try:
                    await self.up[0].call(self.up[0].ringline.messages.send(**request))
                except IdempotencyConflict:
                    return
                raise AssertionError("a key was taken for two different messages")
        else:
            request = self._new(key=f"key-{self._marks}", purpose="notification")
        self.story.tell(f"three times key {request['key']}")
        sent = await asyncio.gather(*(self._send(self.chance.choice(self.up), dict(request)) for _ in range(3)))
        assert len({message.id for message in sent if message is not None}) <= 1

    async def _send_with_cooldown(self) -> None:
        self._marks += 1
        key = self.chance.choice("ab")
        self.story.tell(f"four messages with cooldown {key}")
        words = marked(self.chance.choice(TEXTS), self._marks)
        await asyncio.gather(*(self._enqueue_with_cooldown(f"{words}{n * '!'}", key) for n in range(4)))

    async def _enqueue_with_cooldown(self, body: str, key: str) -> None:
        installation = self.chance.choice(self.up)
        ringline = installation.ringline
        credential = await installation.call(ringline.credentials.get("main"))
        to, origin = self.chance.choice(PEOPLE), self.chance.choice(NUMBERS)
        new = NewMessage(
            account_id=credential.account_sid,
            credential_id=credential.id,
            to=to,
            sender=origin,
            body=body,
            cooldown_key=key,
            cooldown_seconds=COOLDOWN,
        )
        sent = Sent(body, to, origin)
        self.story.sent.append(sent)
        sent.id = (await installation.call(ringline.outbox.enqueue(new))).id

    async def _cancel(self) -> None:
        known = [sent.id for sent in self.story.sent if sent.id is not None]
        if not known:
            return
        installation = self.chance.choice(self.up)
        for message_id in self.chance.sample(known, min(len(known), 3)):
            message = await installation.call(installation.ringline.messages.cancel(message_id))
            self.story.tell(f"cancel {message_id}: {message.stage}")

    async def _opt_out(self) -> None:
        to, origin = self.chance.choice(PEOPLE), self.chance.choice(NUMBERS)
        if self.chance.random() < 0.6:
            # Best while something is being written that will have to be written again.
            self.simulator.faults.throttle(times=3, to=to)
            for words in TEXTS:
                self._marks += 1
                request = self._new(to=to, body=marked(words, self._marks), from_=origin)
                request.pop("messaging_service_sid", None)
                await self._send(self.chance.choice(self.up), request)
            await asyncio.sleep(self.chance.random() * 0.004)
        if self.is_called and self.chance.random() < 0.5:
            await self.simulator.handset(to).send("STOP", origin)
            scope = f"sender/{self.simulator.account_sid}/sms/{origin}"
            told = await self.rows(
                "SELECT 1 AS one FROM suppressions WHERE recipient = :to AND scope = :scope", to=to, scope=scope
            )
            self.story.tell(f"{to} writes STOP to {origin}, {'heard' if told else 'unheard'}")
            if not told:
                return
            last = await self._last_attempt()
        else:
            ringline = self.up[0].ringline
            statement = text("SELECT coalesce(max(id), 0) AS last FROM attempts")

            def work(tx: Any) -> int:
                ringline.outbox.stops.opt_out_in(
                    tx,
                    account_id=self.simulator.account_sid,
                    channel="sms",
                    recipient=to,
                    sender=origin,
                    source="operator",
                )
                return int(tx.one(statement)["last"])

            last = await self.up[0].call(ringline.database.write(work))
            self.story.tell(f"{to} opts out of {origin} after attempt {last}")
            if len(self.up) > 1:
                # A claim that looked before may commit a moment later; whoever looks after it sees it.
                last = await self._last_attempt()
        self.story.opt_outs.append(OptOut(to, origin, last))

    async def _opt_in(self) -> None:
        running = [opt_out for opt_out in self.story.opt_outs if opt_out.until is None]
        if not self.is_called or not running:
            return
        chosen = self.chance.choice(running)
        last = await self._last_attempt()
        for opt_out in running:
            if (opt_out.to, opt_out.origin) == (chosen.to, chosen.origin):
                opt_out.until = last
        self.story.tell(f"{chosen.to} writes START to {chosen.origin}")
        await self.simulator.handset(chosen.to).send("START", chosen.origin)

    async def _last_attempt(self) -> int:
        return int((await self.rows("SELECT coalesce(max(id), 0) AS last FROM attempts"))[0]["last"])

    async def _fault(self) -> None:
        fault = draw_fault(self.chance)
        fault.times = self.chance.choice((1, 1, 2, 4))
        if self.chance.random() < 0.3:
            fault.to = self.chance.choice(PEOPLE)
        self.story.faults.append((self.simulator.faults.add(fault), fault.times))
        self.story.tell(f"fault: {fault}")

    async def _time_passes(self) -> None:
        """As in life: time goes on whatever is under way."""
        seconds = self.chance.choice((0.05, 0.5, 2.0, 7.0))
        self.story.tell(f"{seconds} s pass")
        self.clock.step(seconds)
        await asyncio.sleep(self.chance.random() * 0.02)

    async def _time_rushes(self) -> None:
        seconds = self.chance.choice((1.0, 20.0, 45.0, 100.0, 700.0))
        self.story.tell(f"all is settled, then {seconds} s pass")
        await self.settle()
        self.clock.step(seconds)

    async def _network_changes(self) -> None:
        carrier, chance = self.simulator.carrier, self.chance
        carrier.duplicated = chance.choice((0.0, 0.5))
        carrier.reordered = chance.choice((0.0, 0.5))
        carrier.callback_after = chance.choice((0.0, 0.0, 5.0, 300.0))
        carrier.loss = chance.choice((0.0, 0.2))
        carrier.undelivered = chance.choice((0.0, 0.2))
        carrier.reports_sending = chance.random() < 0.5
        carrier.callbacks = chance.random() < 0.8
        carrier.delivered_after = chance.choice((0.1, 3.0, 400.0))
        self._door.loses = chance.choice((0.0, 0.0, 0.3))
        person = chance.choice(PEOPLE)
        if chance.random() < 0.3:
            carrier.refuse(person, chance.choice((21211, 21614, 21610)))
        else:
            carrier.behave(person)
        self.story.tell(f"the network changes: {carrier}, the door loses {self._door.loses}")

    async def _break_connections(self) -> None:
        self.story.tell("connections break")
        self.story.cut_off |= await self._under_way()
        self.simulator.drop_connections()
        # Whatever is claimed meanwhile may be written on a connection that is about to be found broken.
        await asyncio.sleep(0.05)
        self.story.cut_off |= await self._under_way()

    async def _break_database_connections(self) -> None:
        victim = self.chance.choice(self.up)
        self.story.tell(f"installation {victim.number} loses its database connections")
        self._is_unsteady = True
        self._lose_jobs()
        requests = [self._new() for _ in range(self.chance.randint(0, 10))]
        tasks = [asyncio.ensure_future(self._send(victim, request)) for request in requests]
        await asyncio.sleep(self.chance.random() * 0.03)
        await asyncio.to_thread(self._cut, victim.number)
        await asyncio.gather(*tasks)

    async def _crash_amid_work(self) -> None:
        requests = [self._new() for _ in range(self.chance.randint(0, 10))]
        # Where several work on one database, those that are not struck go on.
        tasks = [asyncio.ensure_future(self._send(self.up[0], request)) for request in requests]
        await asyncio.sleep(self.chance.random() * 0.03)
        await self.crash()
        if tasks:
            await asyncio.wait(tasks)
            for task in tasks:
                if not task.cancelled():
                    task.result()

    async def _restart(self) -> None:
        self.story.tell("an installation is restarted")
        self._door.app = None
        await self._close(self.up.pop(self.chance.randrange(len(self.up))))
        await self.begin()

    async def give_senders_a_pace(self) -> None:
        """A tenth of a second between two messages of each number."""
        self._is_paced = True
        account = self.simulator.account_sid
        senders = [{"id": f"{account}/sms/{origin}", "account_id": account} for origin in NUMBERS]
        statement = text("INSERT INTO senders (id, account_id, interval_s) VALUES (:id, :account_id, 0.1)")
        await self.up[0].call(self.up[0].ringline.database.write(lambda tx: tx.many(statement, senders)))

    async def let_it_end(self) -> None:
        """No more misfortune; all that has begun comes to its end."""
        self.story.tell("the end begins")
        self.simulator.faults.clear()
        carrier = self.simulator.carrier
        carrier.callbacks, carrier.callback_after, self._door.loses = True, 0.0, 0.0
        unsettled = (5.0, 10.0, 30.0, HORIZON, *4 * (15.0,), HORIZON, *4 * (15.0,), *3 * (900.0,))
        for seconds in (0.0, *unsettled, 3600.0, 6 * 3600.0, 12 * 3600.0, *2 * (86_400.0,)):
            self.clock.step(seconds)
            await self.settle()


def due_in(mine: str) -> str:
    """The query for what ought to be done by ``:now``; *mine* tells attempts whose worker lives."""
    return f"""SELECT
            (SELECT count(*) FROM attempts WHERE outcome = 'open' AND ({mine})) AS writing,
            (SELECT count(*) FROM messages JOIN senders ON senders.id = messages.sender_id
                JOIN accounts ON accounts.id = messages.account_id
                WHERE stage = 'ready' AND send_at <= :now AND coalesce(senders.paused_until, 0) <= :now
                AND coalesce(accounts.paused_until, 0) <= :now) AS ready,
            (SELECT count(*) FROM messages WHERE stage = 'held' AND send_at <= :now) AS held,
            (SELECT count(*) FROM messages WHERE stage IN ('held', 'ready') AND expires_at <= :now) AS expired,
            (SELECT count(*) FROM status_events WHERE applied = 0) AS reports,
            (SELECT count(*) FROM messages WHERE poll_at <= :now AND sid IS NOT NULL) AS questions,
            (SELECT count(*) FROM attempts WHERE outcome = 'open' AND opened_at <= :now - 25) AS dead,
            (SELECT count(*) FROM attempts WHERE next_check_at <= :now) AS unknown,
            (SELECT count(*) FROM attempts WHERE copy = 1) AS copies"""


def draw_fault(chance: random.Random) -> Fault:
    """What the next request to Twilio may run into."""
    accept = chance.random() < 0.5
    answer = chance.random()
    operation: Any = chance.choice(("create",) * 8 + ("fetch", "update", "list"))
    if operation != "create":
        # Of a question only the answer can be lost, and a fault must not carry out what it then denies.
        return chance.choice(
            (
                Fault("error", False, operation, status=500, code=20500),
                Fault("error", False, operation, status=429, code=20429, retry_after=2),
                Fault("drop", accept, operation),
                Fault("none", accept, operation),
            )
        )
    if answer < 0.2:
        return Fault("error", False, status=429, code=20429, retry_after=chance.choice((None, None, 0, 2, 30)))
    if answer < 0.3:
        return Fault("none", accept)
    if answer < 0.45:
        return Fault("error", accept, status=chance.choice((500, 502, 503)), code=chance.choice((None, 20500)))
    if answer < 0.6:
        return Fault("drop", accept)
    if answer < 0.65:
        return Fault("garbled")
    if answer < 0.75:
        late: Any = chance.choice(("drop", "none", "error"))
        return Fault(late, execute_after=chance.choice((0.5, 8.0, 25.0)), status=502)
    if answer < 0.8:
        return Fault(copies=2)
    if answer < 0.85:
        return Fault(answer_after=chance.choice((0.5, 3.0)))
    code = chance.choice((21211, 21610, 21606, 21611, 20503, 20409, 30001, 35125))
    return Fault("error", False, status=0, code=code)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
