"""What every part of a call needs: memory, time, the way to the application, and who listens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ringline.simulator.calls.course import Moment
from ringline.simulator.calls.records import Call, Notification
from ringline.simulator.carrier import Carrier
from ringline.simulator.records import new_sid
from ringline.simulator.state import State
from ringline.simulator.timeline import Timeline
from ringline.simulator.webhooks import Callback, Parameters, WebhookAnswer, Webhooks, new_token

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that happens on a call, for whoever watches: ``status``, ``said``, ``heard``, ``keys``, ``listening``,
    ``closed`` (nobody listens any more), ``beep`` or ``notification``. ``text`` is the status, the words or the
    sentence; *more* what else belongs to it, such as until when the phone rings.
    """

    kind: str
    call: Call
    text: str
    at: float
    more: dict[str, Any] = field(default_factory=dict)


Watcher = Callable[[CallEvent], None]


@dataclass(slots=True)
class Wires:
    """Shared by all calls of a simulator; used on its thread only."""

    state: State
    timeline: Timeline
    webhooks: Webhooks
    carrier: Carrier
    base_url: str = ""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _watchers: list[Watcher] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        """Whether a call waits for an answer of the application."""
        return bool(self._tasks)

    def tell(self, kind: str, call: Call, text: str, **more: Any) -> None:
        """Tell everybody who watches."""
        if self._watchers:
            event = CallEvent(kind, call, text, self.timeline.time(), more)
            for watcher in list(self._watchers):
                watcher(event)

    @contextmanager
    def watching(self, watcher: Watcher) -> Iterator[None]:
        """Have *watcher* told what happens meanwhile."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    def note(self, call: Call, code: int, sentence: str, *, level: str = "1", url: str = "") -> None:
        """Write down what Twilio's debugger would say about the call."""
        note = Notification(new_sid("NO"), code, level, sentence, url, self.timeline.time())
        call.notifications.append(note)
        self.state.save(call)
        self.tell("notification", call, f"{code} {sentence}")

    async def pass_time(self, seconds: float) -> None:
        """Go on so many seconds later."""
        if seconds > 0:
            over: Moment[None] = Moment()
            self.timeline.plan(seconds, over.come, None)
            await over

    async def outside(self, work: Coroutine[Any, Any, T]) -> T:
        """What *work* on the event loop gives; as much time passes for the call as the clock has moved meanwhile."""
        done: Moment[T] = Moment()
        began, clock_began = self.timeline.monotonic(), self.timeline.clock_monotonic()

        async def run() -> None:
            result = await work
            elapsed = self.timeline.clock_monotonic() - clock_began
            self.timeline.run_as_of(began + elapsed, done.come, result)
            self.state.commit()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return await done

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()

    async def ask(
        self, call: Call, url: str, method: str, parameters: Parameters, *, is_fresh: bool = False
    ) -> WebhookAnswer:
        """The application's answer to a signed request about the call."""
        token = self.state.accounts[call.account_sid].auth_token
        answer = await self.outside(
            self.webhooks.request(url, parameters, auth_token=token, method=method, is_fresh=is_fresh)
        )
        slow = self.carrier.answers_take
        if slow > 0:
            await self.pass_time(min(slow, 15.0))
            if slow >= 15.0:
                return WebhookAnswer(answer.url, None, "", "", 11203)
        return answer

    def post(
        self, call: Call, url: str, method: str, parameters: Parameters, *, queue: str = "", late: float = 0.0
    ) -> None:
        """Tell the application something without waiting for its answer, in order with what else is in that *queue*."""
        token = self.state.accounts[call.account_sid].auth_token

        def failed(answer: WebhookAnswer) -> None:
            self.note(
                call, 15003, f"{answer.url} was told something and did not take it ({answer.error_code}).", url=url
            )

        callback = Callback(url, parameters, token, method, new_token(), failed)
        key, delay = f"{call.sid}{queue}", self.carrier.callback_after + late
        if delay > 0:
            self.timeline.plan(delay, self.webhooks.post_later, key, callback)
        else:
            self.webhooks.post_later(key, callback)
        if self.carrier.happens(self.carrier.duplicated):
            self.timeline.plan(delay + self.carrier.duplicate_after, self.webhooks.post_later, key, callback)

    async def close(self) -> None:
        """Drop what is on its way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
