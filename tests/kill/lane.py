"""A lane tells one story after another to its end: it has the simulator, the people, the other system and time."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import pickle
import random
import select
import shutil
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kill.points import Strike
from kill.shared_time import (
    BUSY,
    DUE,
    NEVER,
    REQUESTS,
    RESTING,
    SEEN,
    START,
    STRUCK,
    TURNS,
    Bell,
    Memory,
    SharedClock,
    Slot,
)
from kill.stories import HOST, Act, Hook, Says, Story
from kill.troubles import Trouble
from kill.verdict import Ending, Placed, judge
from kill.worker import LENGTH, Plan, settings_at
from kill.zygote import Zygote
from memory_disk import folder_in_memory
from ringline.simulator import Simulator
from ringline.simulator.records import ReceivedMessage
from ringline.testing.stillness import Stillness
from ringline.web.server import address, listen

PATIENCE = 60.0
"""Real seconds that one moment of a story may take."""
LONGEST = 30 * 3600.0
"""Virtual seconds after which a story that has not ended is a failure."""
QUIET = 20.0
"""So long nothing is due before anybody asks whether all is decided."""
FROZEN_FOR = 100.0
LETTING_GO_ON = 0.05
ANSWER_AGAIN_AFTER = 30.0
LOOK_AGAIN = 0.02
"""Real seconds after which a lane looks for itself, though nobody rang."""
SETTLED = 0.002
"""What one worker tells another goes through the server of the database, where nobody sees it."""


class Stuck(Exception):  # noqa: N818 - what the story is
    """A story that does not go on, or a worker that ended by itself."""


@dataclass(frozen=True)
class Case:
    """One story with one trouble, and where it is struck; no strike for the telling that others are compared with."""

    database: str
    story: str
    trouble: str
    seed: str
    strike: Strike | None = None
    mutation: str | None = None


@dataclass
class Outcome:
    """How a case went."""

    case: Case
    failures: list[str]
    is_reached: bool = True
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    passed: float = 0.0


@dataclass
class _Living:
    """A worker as the lane sees it."""

    number: int
    pid: int
    pipe: socket.socket
    slot: Slot
    told: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    is_up: bool = False
    is_frozen: bool = False
    counts: Counter[str] | None = None


@dataclass
class _Order:
    act: Act
    number: int
    worker: _Living | None = None


class _Stillness(Stillness):
    """Rings when the simulator's loop comes to rest."""

    def __init__(self, clock: SharedClock, bell: Bell) -> None:
        super().__init__(clock)
        self._bell = bell

    def stands(self) -> None:
        self._bell.ring()


class Lane:
    """One of several that work side by side. *clean* gives the URL of an empty database."""

    def __init__(self, clean: Callable[[], str], workers: int, home: Path) -> None:
        self._clean = clean
        self._workers = workers
        self._home = home
        self._memory = Memory()
        import multiprocessing

        settings_at(str(home))
        self._listener = listen("127.0.0.1", 0)
        self._lock = multiprocessing.get_context("fork").Lock()
        self._zygote = Zygote(self._memory, self._lock, self._listener)

    def close(self) -> None:
        self._zygote.close()

    def tell(
        self, case: Case, story: Story, trouble: Trouble, unkilled: Ending | None
    ) -> tuple[Outcome, Ending | None]:
        """Tell it once."""
        began = time.monotonic()
        telling = _Telling(self, case, story, trouble)
        ending, failures = None, []
        try:
            with telling:
                ending = telling.to_the_end()
            is_freeze = case.strike is not None and case.strike.signal == signal.SIGSTOP
            failures = judge(story, ending, unkilled, frozen=FROZEN_FOR + 1.0 if is_freeze else 0.0)
        except (Stuck, AssertionError) as error:
            failures = [str(error) or repr(error)]
        outcome = Outcome(
            case,
            failures,
            telling.is_reached or case.strike is None,
            time.monotonic() - began,
            telling.counts,
            telling.clock.monotonic(),
        )
        return outcome, ending


class _Telling:
    def __init__(self, lane: Lane, case: Case, story: Story, trouble: Trouble) -> None:
        self._lane = lane
        self._case = case
        self._story = story
        self._trouble = trouble
        self._memory = lane._memory
        self._memory.clear()
        self.clock = SharedClock(self._memory.numbers)
        self._stillness = _Stillness(self.clock, self._memory.bell)
        self._simulator = Simulator(clock=self.clock, new_loop=self._stillness.new_loop)
        self.is_reached = False
        self.counts: Counter[str] = Counter()
        self._living: dict[int, _Living] = {}
        self._numbers = itertools.count()
        self._orders: list[_Order] = []
        self._order_numbers = itertools.count(1)
        self._results: dict[int, Any] = {}
        self._sent: dict[str, str] = {}
        self._future: list[tuple[float, int, Callable[[], None]]] = []
        self._future_order = itertools.count()
        self._outside: set[Future[Any]] = set()
        self._arrived: list[ReceivedMessage] = []
        self._said: set[int] = set()
        self._insisted: set[str] = set()
        self._called: list[str] = []
        self._waiting_words: list[tuple[Says, Future[Any], int]] = []
        self._posting: list[tuple[Hook, Future[Any], int]] = []

    # --- life --------------------------------------------------------------------------------------------------------

    def __enter__(self) -> _Telling:
        self._url = self._lane._clean()
        self._public = address(self._lane._listener)
        self._simulator.start()
        self._simulator.connect(f"{self._public}/twilio/sms")
        for who, reacts in self._story.phones.items():
            self._simulator.handset(who).answer(reacts)
        self._trouble.make(self._simulator, random.Random(f"{self._case.seed}/trouble"))
        self._arrivals = self._simulator.arrivals(self._arrived.append)
        self._arrivals.__enter__()
        self._thread = self._simulator._running.thread
        server = self._thread.submit(asyncio.start_server(self._serve_target, "127.0.0.1", 0)).result()
        self._server = server
        self._target = f"{HOST}:{server.sockets[0].getsockname()[1]}/target"
        for _ in range(self._lane._workers):
            self._fork(self._case.strike)
        self._until(lambda: all(worker.is_up for worker in self._living.values()))
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._living.values()):
            os.kill(worker.pid, signal.SIGKILL)
            self._lane._zygote.exit_status(worker.pid)
            worker.pipe.close()
        self._arrivals.__exit__(None, None, None)
        self._simulator.call(self._server.close)
        self._simulator.close()
        self._drop_leftovers()

    def _drop_leftovers(self) -> None:
        """Requests that came when nobody was there any more must not reach the next story's workers."""
        listener = self._lane._listener
        while True:
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return

    def _fork(self, strike: Strike | None) -> None:
        number = next(self._numbers)
        plan = Plan(
            slot=number,
            url=self._url,
            home=str(self._lane._home),
            account=(self._simulator.account_sid, self._simulator.auth_token),
            twilio=self._simulator.base_url,
            public_url=self._public,
            http_timeout=self._trouble.http_timeout,
            strike=strike,
            mutation=self._case.mutation,
            outbox={"max_unknown": {"once": 6, "strict": 6, "urgent": 3}, **self._story.outbox},
        )
        pid, pipe = self._lane._zygote.fork(plan)
        pipe.setblocking(False)
        self._living[number] = _Living(number, pid, pipe, self._memory.slot(number))

    # --- the whole of it ---------------------------------------------------------------------------------------------

    def to_the_end(self) -> Ending:
        """Let everything happen, and say how it stands then."""
        for act in self._story.acts:
            self._at(act.at, lambda act=act: self._order(act))  # type: ignore[misc]
        for says in self._story.says:
            if says.at is not None:
                self._at(says.at, lambda says=says: self._say(says, 1))  # type: ignore[misc]
        for hook in self._story.hooks:
            self._at(hook.at, lambda hook=hook: self._post(hook, 1))  # type: ignore[misc]
        asked_at = 0.0
        while True:
            self._come_to_rest()
            if self._do_what_is_due():
                continue
            due, now = self._next_due(), self.clock.monotonic()
            if due - now > QUIET or (self._lane._workers > 1 and now - asked_at > QUIET):
                asked_at = now
                if self._is_over():
                    break
            if due == NEVER or due > LONGEST:
                raise Stuck(
                    f"nothing goes on after {self.clock.monotonic():.0f} s, and there is {self._ask('undecided')}"
                )
            self._pass_until(due)
        tables = self._ask("tables")
        self._collect_counts()
        at_twilio = [one for one in self._simulator.messages if one.direction == "outbound-api"]
        placed = [Placed.of(call) for call in self._simulator.calls if call.direction == "outbound-api"]
        return Ending(tables, [*at_twilio, *placed], list(self._called), dict(self._sent), set(self._insisted))

    def _is_over(self) -> bool:
        if self._future or self._orders or not all(self._has_said(says) for says in self._story.says):
            return False
        if self._simulator._running.timeline.next_due() is not None and self._simulator.carrier.callback_after > 0:
            return False
        return not self._ask("undecided")

    def _has_said(self, says: Says) -> bool:
        return id(says) in self._said

    # --- time --------------------------------------------------------------------------------------------------------

    def _at(self, moment: float, work: Callable[[], None]) -> None:
        self._future.append((moment, next(self._future_order), work))
        self._future.sort(key=lambda one: one[:2])

    def _do_what_is_due(self) -> bool:
        done = False
        for says in self._story.says:
            if says.at is None and not self._has_said(says):
                came = [one for one in self._arrived if one.phone == says.who]
                if came:
                    self._said.add(id(says))
                    self._at(came[0].at - START.timestamp() + says.after, lambda says=says: self._say(says, 1))  # type: ignore[misc]
                    done = True
        while self._future and self._future[0][0] <= self.clock.monotonic() + 1e-6:
            self._future.pop(0)[2]()
            done = True
        return done

    def _next_due(self) -> float:
        here = self.clock.next_due()
        dues = [NEVER if here is None else self.clock.monotonic() + max(0.0, here)]
        dues += [worker.slot[DUE] for worker in self._living.values() if not worker.is_frozen]
        dues += [moment for moment, _, _ in self._future[:1]]
        return min(dues)

    def _pass_until(self, moment: float) -> None:
        # A little more, or a moment that was reckoned from a date would be missed by the date's last digit.
        self.clock.step(max(0.0, moment - self.clock.monotonic()) + 1e-6)
        now = self.clock.monotonic()
        for worker in self._living.values():
            if worker.slot[DUE] <= now and not worker.is_frozen:
                worker.told += 1
                self._tell(worker, "wake", worker.told)

    def _come_to_rest(self) -> None:
        """Return when nothing more can happen unless time passes."""
        began, seen, since = time.monotonic(), None, 0.0
        settle = SETTLED if len(self._living) > 1 or not self._url.startswith("sqlite") else 0.0
        self._listen(0.0)
        while True:
            if self._is_still():
                turns = tuple(worker.slot[TURNS] for worker in self._living.values())
                now = time.monotonic()
                if turns != seen:
                    seen, since = turns, now
                if now - since >= settle:
                    return
            else:
                seen = None
            if time.monotonic() - began > PATIENCE:
                raise Stuck(self._why_not_still())
            self._listen(LOOK_AGAIN if seen is None else settle)

    def _is_still(self) -> bool:
        living = [worker for worker in self._living.values() if not worker.is_frozen]
        requests = 0.0
        for worker in living:
            slot = worker.slot
            if not worker.is_up or not slot[RESTING] or slot[BUSY] or slot[SEEN] != worker.told:
                return False
            requests += slot[REQUESTS]
        if requests > self._simulator.held_requests or self._simulator.is_busy or self._outside:
            return False
        if any(order.worker is not None for order in self._orders):
            return False
        return self._stillness.is_still()

    def _why_not_still(self) -> str:
        told = [f"time has not passed for {PATIENCE:g} s; it is {self.clock.monotonic():.3f}"]
        for worker in self._living.values():
            names = {"resting": RESTING, "busy": BUSY, "requests": REQUESTS, "seen": SEEN, "turns": TURNS}
            told.append(
                f"worker {worker.number}: up {worker.is_up}, told {worker.told}, frozen {worker.is_frozen}, "
                f"{ {name: worker.slot[place] for name, place in names.items()} }"
            )
        told.append(f"simulator busy {self._simulator.is_busy}, held {self._simulator.held_requests}")
        told.append(f"orders {[(order.act.doing, order.worker and order.worker.number) for order in self._orders]}")
        told.append(f"outside {len(self._outside)}, simulator's loop still {self._stillness.is_still()}")
        return "; ".join(told)

    def _until(self, fits: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not fits():
            self._listen(LOOK_AGAIN)
            if time.monotonic() - began > PATIENCE:
                raise Stuck(self._why_not_still())

    # --- workers -----------------------------------------------------------------------------------------------------

    def _listen(self, seconds: float) -> None:
        pipes = {worker.pipe: worker for worker in self._living.values()}
        bell = self._memory.bell
        ready, _, _ = select.select([bell.heard, *pipes], [], [], seconds)
        for pipe in ready:
            if pipe is bell.heard:
                bell.quieten()
            else:
                self._hear(pipes[pipe])
        self._look_outside()
        if self._memory.numbers[STRUCK] and not self.is_reached:
            self._note_strike()

    def _hear(self, worker: _Living) -> None:
        try:
            received = worker.pipe.recv(1 << 20)
        except BlockingIOError:
            return
        except ConnectionResetError:
            received = b""
        if not received:
            self._bury(worker)
            return
        worker.received += received
        while len(worker.received) >= LENGTH.size:
            [length] = LENGTH.unpack_from(worker.received)
            if len(worker.received) < LENGTH.size + length:
                return
            message = pickle.loads(bytes(worker.received[LENGTH.size : LENGTH.size + length]))
            del worker.received[: LENGTH.size + length]
            self._heard(worker, *message)

    def _heard(self, worker: _Living, what: str, *values: Any) -> None:
        if what == "up":
            worker.is_up = True
            self._hand_out()
        elif what == "counts":
            worker.counts = Counter(values[0])
        elif what == "failed":
            raise Stuck(f"{[order.act.doing for order in self._orders if order.number == values[0]]}: {values[1]}")
        else:
            number, result = values
            [order] = [one for one in self._orders if one.number == number]
            self._orders.remove(order)
            self._results[number] = result
            self._hand_out()
            if order.act.doing == "send":
                for key, sent in result.items():
                    assert self._sent.setdefault(key, sent) == sent, f"{key} gave two messages"

    def _bury(self, worker: _Living) -> None:
        status = self._lane._zygote.exit_status(worker.pid)
        worker.pipe.close()
        del self._living[worker.number]
        struck = self._memory.numbers[STRUCK]
        if status != -signal.SIGKILL or struck != worker.number + 1:
            raise Stuck(f"worker {worker.number} ended by itself with {status}")
        assert self._case.strike is not None
        self.is_reached = True
        for order in self._orders:
            if order.worker is worker:
                order.worker = None
        self._fork(None)
        self._hand_out()

    def _note_strike(self) -> None:
        strike = self._case.strike
        assert strike is not None
        if strike.signal != signal.SIGSTOP:
            return  # its pipe tells
        [worker] = [one for one in self._living.values() if one.number + 1 == self._memory.numbers[STRUCK]]
        self.is_reached = worker.is_frozen = True
        for _ in range(4):
            # The others go on as they can; they may have to wait for what the frozen one holds.
            self.clock.step(FROZEN_FOR / 4)
            for other in self._living.values():
                if not other.is_frozen and other.is_up:
                    other.told += 1
                    self._tell(other, "wake", other.told)
            ends = time.monotonic() + LETTING_GO_ON
            while time.monotonic() < ends:
                self._listen(0.005)
        worker.is_frozen = False
        os.kill(worker.pid, signal.SIGCONT)
        worker.told += 1
        self._tell(worker, "wake", worker.told)

    def _tell(self, worker: _Living, *message: Any) -> None:
        told = pickle.dumps(message)
        try:
            worker.pipe.setblocking(True)
            worker.pipe.sendall(LENGTH.pack(len(told)) + told)
        except (BrokenPipeError, ConnectionResetError):
            return  # it has died; the pipe's other direction tells that
        finally:
            worker.pipe.setblocking(False)

    def _order(self, act: Act) -> int:
        order = _Order(self._made_concrete(act), next(self._order_numbers))
        self._orders.append(order)
        self._hand_out()
        return order.number

    def _made_concrete(self, act: Act) -> Act:
        given = json.loads(json.dumps(act.given).replace('"TARGET"', json.dumps(self._target)))
        for request in given.get("requests", ()):
            seconds = request.pop("send_in", None)
            if seconds is not None:
                request["send_at"] = START.timestamp() + seconds
        return Act(act.at, act.doing, given)

    def _hand_out(self) -> None:
        """Orders go out one after another; what nobody answered is asked of another worker."""
        able = [worker for worker in self._living.values() if worker.is_up and not worker.is_frozen]
        if not able:
            return
        for order in self._orders[:1]:
            if order.worker is None:
                order.worker = able[order.number % len(able)]
                self._tell(order.worker, "do", order.number, order.act.doing, order.act.given)

    def _ask(self, doing: str) -> Any:
        number = self._order(Act(0.0, doing, {}))
        self._until(lambda: number in self._results)
        return self._results.pop(number)

    def _collect_counts(self) -> None:
        for worker in list(self._living.values()):
            self._tell(worker, "counts")
        self._until(lambda: all(worker.counts is not None for worker in self._living.values()))
        for worker in self._living.values():
            self.counts.update(worker.counts or {})

    # --- the people and the other system ----------------------------------------------------------------------------

    def _say(self, says: Says, times: int) -> None:
        self._said.add(id(says))
        self._waiting_words.append((says, self._out(self._simulator.handset(says.who).send(says.text, says.to)), times))

    def _insist(self, says: Says, seen: int, times: int) -> None:
        """Twilio tells nobody again. A person who sees that nothing has come of it writes again."""
        if self._received_by(says.who) == seen:
            self._insisted.add(says.who)
            self._say(says, times + 1)

    def _received_by(self, who: str) -> int:
        return sum(1 for one in self._arrived if one.phone == who)

    def _post(self, hook: Hook, times: int) -> None:
        self._posting.append((hook, self._out(_request(self._public, hook)), times))

    def _out(self, work: Any) -> Future[Any]:
        future = self._thread.submit(work)
        self._outside.add(future)
        return future

    def _look_outside(self) -> None:
        self._outside = {future for future in self._outside if not future.done()}
        now = self.clock.monotonic()
        for entry in [one for one in self._waiting_words if one[1].done()]:
            self._waiting_words.remove(entry)
            says, future, times = entry
            sid = future.result().sid
            tries = [one for one in self._simulator.webhooks if one.parameters.get("MessageSid") == sid]
            if not any(one.status is not None and one.status < 300 for one in tries) and times < 4:
                seen = self._received_by(says.who)
                self._at(
                    now + ANSWER_AGAIN_AFTER, lambda says=says, seen=seen, times=times: self._insist(says, seen, times)
                )  # type: ignore[misc]
        for posted in [one for one in self._posting if one[1].done()]:
            self._posting.remove(posted)
            hook, answer, times = posted
            is_taken = answer.exception() is None and answer.result() == 202
            if (not is_taken and times < 5) or times == 1:
                self._at(now + 5.0, lambda hook=hook, times=times: self._post(hook, times + 1))  # type: ignore[misc]
            elif not is_taken:
                raise Stuck(f"{hook.path} answers {answer.exception() or answer.result()}")

    async def _serve_target(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            self._called.append(headers.get("idempotency-key") or lines[0])
            # The same whenever it is asked: a run whose worker was killed meanwhile asks once more.
            status = "503 Service Unavailable" if self._story.target_is_down else "200 OK"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked was killed
        finally:
            writer.close()


async def _request(address: str, hook: Hook) -> int:
    """POST it, and give the answer's status. Raises `OSError` when no answer comes."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        body = json.dumps(hook.body).encode()
        writer.write(
            f"POST {hook.path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"X-Event: {hook.body['event']}\r\nAuthorization: Bearer battery\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        line = await reader.readline()
        if not line:
            raise ConnectionResetError("no answer")
        return int(line.split()[1])
    finally:
        writer.close()


def copied(template: Path, folder: Path) -> str:
    """The URL of a SQLite file that is a copy of *template*."""
    path = folder / "case.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def fresh_folder() -> Path:
    """Somewhere on a disk in memory, where there is one."""
    return Path(tempfile.mkdtemp(prefix="ringline-kill-", dir=folder_in_memory()))


def named(mapping: Mapping[str, Any], name: str) -> Any:
    """The entry, or a sentence with those there are."""
    if name not in mapping:
        raise SystemExit(f"there is no {name!r}; use one of {', '.join(mapping)}")
    return mapping[name]
