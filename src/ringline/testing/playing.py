"""What each word of a scenario does."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ringline.errors import RinglineError
from ringline.testing import calling
from ringline.testing.call_steps import Answer, Call, ExpectCall, LineChange
from ringline.testing.forms import Step
from ringline.testing.scenario_steps import (
    Broadcast,
    CarrierChange,
    Click,
    Expect,
    ExpectNothing,
    ExpectRun,
    ExpectSent,
    Read,
    Reply,
    Restart,
    RunState,
    Start,
    Text,
    WaitFor,
    WaitUntil,
    Webhook,
)
from ringline.testing.story import Story, Unmet, one_line
from ringline.testing.world import DEFAULT_SENDER, StuckError
from ringline.triggers.published import PublishedTrigger
from ringline.triggers.webhooks import HookRefusal

if TYPE_CHECKING:
    from ringline.testing.world import Arrival
    from ringline.workflow.runs import Run

A_MINUTE = 60.0
_LINK = re.compile(r"https?://\S+")


async def play(step: Step, story: Story) -> None:
    """Do what the step says; raises `Unmet` where it expected something else than what happened."""
    try:
        await _PLAYERS[type(step)](story, step)
    except StuckError as error:
        raise Unmet(str(error)) from error
    except RinglineError as error:
        fix = str(getattr(error, "fix", "") or "")
        raise Unmet(f"{error} ({fix})" if fix else str(error)) from error


async def _start(story: Story, step: Start) -> None:
    name = story.workflow_name(step.start)
    run = await story.world.workflows[name].start(story.filled(step.inputs), key=step.key)
    story.note(f"{name} starts ({run.id})")
    await story.world.rest()


async def _webhook(story: Story, step: Webhook) -> None:
    name = story.workflow_name(step.workflow)
    path = f"/hooks/{name}/{step.webhook.strip('/')}"
    story.note(f"somebody calls {path}")
    body = b"" if step.body is None else json.dumps(story.filled(step.body), ensure_ascii=False).encode()
    headers: Mapping[str, str] = {name.lower(): story.filled(value) for name, value in step.headers.items()}
    headers = {"content-type": "application/json", **headers}
    hooks, method = story.world.ringline.triggers.webhooks, "POST"
    hook = await hooks.find(name, step.webhook.strip("/"), method)
    if isinstance(hook, HookRefusal) and hook.methods:
        method = hook.methods[0]
        hook = await hooks.find(name, step.webhook.strip("/"), method)
    if isinstance(hook, PublishedTrigger):
        headers = hooks.proven(hook, headers, body)
    status, text = await story.world.request(method, story.world.url + path, data=body, headers=headers)
    if status >= 300:
        raise Unmet(f"the webhook {path} answered {status}: {text[:300]}")
    await story.world.rest()


async def _reply(story: Story, step: Reply) -> None:
    text = story.filled(step.reply)
    story.note(f"{step.from_} writes: {one_line(text)}")
    phone = story.handset(step.from_)
    if step.to is None and not phone.inbox:
        raise Unmet(f"nothing has reached {step.from_} to reply to; name the number with `to`")
    await story.world.off_the_clock(phone.reply(text, step.to))
    await story.world.rest()


async def _read(story: Story, step: Read) -> None:
    story.note(f"{step.read} opens the message")
    await story.world.off_the_clock(story.handset(step.read).read())
    await story.world.rest()


async def _click(story: Story, step: Click) -> None:
    number = story.person(step.click).number
    bodies = [arrival.body for arrival in story.world.arrivals if arrival.number == number]
    links = [link for body in reversed(bodies) for link in _LINK.findall(body)]
    wanted = [link.rstrip(".,)") for link in links if step.link is None or step.link in link]
    if not wanted:
        raise Unmet(f"no message on {step.click}'s phone holds {'such a' if step.link else 'a'} link")
    story.note(f"{step.click} opens {wanted[0]}")
    status, page = await story.world.request("GET", wanted[0])
    button = _Button.of(page)
    if status < 400 and button is not None:
        status, page = await story.world.request("POST", urljoin(wanted[0], button or wanted[0]))
    if status >= 400:
        raise Unmet(f"{wanted[0]} answered {status}")
    await story.world.rest()


async def _wait(story: Story, step: WaitFor) -> None:
    await story.world.pass_until(story.world.clock.time() + step.wait)


async def _wait_until(story: Story, step: WaitUntil) -> None:
    until = story.moment(step.wait_until)
    if until < story.world.clock.time():
        raise Unmet(f"{step.wait_until} has passed; it is {story.told(story.world.clock.time())}")
    await story.world.pass_until(until)


async def _expect(story: Story, step: Expect) -> None:
    at = None if step.at is None else story.moment(step.at, step.to)
    until = story.world.clock.time() + (step.within or A_MINUTE) if at is None else at + A_MINUTE
    until += story.world.slack

    def fits() -> Arrival | None:
        return next((arrival for arrival in story.unexpected(step.to) if not _why_not(story, step, arrival, at)), None)

    found = await story.world.watch_for(fits, until)
    if found is not None:
        story.met.add(found.sid)
        return
    came = story.unexpected(step.to)
    if not came:
        raise Unmet(f"no message reached {step.to} by {story.told(until, step.to)}")
    raise Unmet("; ".join(f"{one_line(arrival.body)} {_why_not(story, step, arrival, at)}" for arrival in came[-3:]))


def _why_not(story: Story, step: Expect, arrival: Arrival, at: float | None) -> str:
    """Why this message is not the one; empty if it is."""
    text = Text(contains=step.expect) if isinstance(step.expect, str) else step.expect
    parts = [text.contains] if isinstance(text.contains, str) else text.contains or []
    for part in parts:
        if story.filled(part) not in arrival.body:
            return f"does not contain “{story.filled(part)}”"
    if text.is_ is not None and arrival.body != story.filled(text.is_):
        return f"is not “{story.filled(text.is_)}”"
    if text.matches is not None and not re.search(text.matches, arrival.body):
        return f"does not match {text.matches}"
    if step.from_ is not None and arrival.from_ != step.from_:
        return f"came from {arrival.from_}, not {step.from_}"
    if step.channel is not None and arrival.channel != step.channel:
        return f"came by {arrival.channel}, not {step.channel}"
    if step.media is not None and len(arrival.media_urls) != step.media:
        return f"has {len(arrival.media_urls)} files, not {step.media}"
    if at is not None and not at - 1 <= arrival.at < at + A_MINUTE + story.world.slack:
        return f"came at {story.told(arrival.at, step.to)}, not at {story.told(at, step.to)}"
    return ""


async def _expect_nothing(story: Story, step: ExpectNothing) -> None:
    def anything() -> Arrival | None:
        return next(iter(story.unexpected(step.to)), None)

    found = await story.world.watch_for(anything, story.world.clock.time() + step.expect_nothing)
    if found is not None:
        who = story.name_of(found.number)
        raise Unmet(f"{one_line(found.body)} reached {who} at {story.told(found.at, who if step.to else None)}")


async def _expect_run(story: Story, step: ExpectRun) -> None:
    await story.world.rest()
    wanted = step.expect_run
    name = story.workflow_name(wanted.workflow)
    runs = await story.world.ringline.runs.list(workflow=name, limit=200)
    if wanted.count is not None and len(runs) != wanted.count:
        raise Unmet(f"there are {len(runs)} runs of {name}, not {wanted.count}")
    if not runs:
        if wanted.count == 0:
            return
        raise Unmet(f"{name} has not run")
    problems = _differences(story, wanted, await story.world.ringline.runs.get(runs[0].id))
    if problems:
        raise Unmet(f"the run of {name} " + ", and ".join(problems))


def _differences(story: Story, wanted: RunState, run: Run) -> list[str]:
    problems = []
    if wanted.status is not None and run.status != wanted.status:
        why = f" ({run.error.message})" if run.error is not None else ""
        problems.append(f"is {run.status}, not {wanted.status}{why}")
    if wanted.has_failures is not None and run.has_failures != wanted.has_failures:
        problems.append("has failures" if run.has_failures else "has no failures")
    if wanted.error is not None and (run.error is None or wanted.error not in run.error.message):
        problems.append(f"ended with {run.error.message if run.error else 'no error'}")
    outputs = (run.outputs or [{}])[0]
    for name, value in (wanted.outputs or {}).items():
        expected = story.filled(value)
        if name not in outputs:
            problems.append(f"has no output {name} (it has {', '.join(outputs) or 'none'})")
        elif outputs[name] != expected:
            problems.append(f"has {name} = {outputs[name]!r}, not {expected!r}")
    return problems


async def _expect_sent(story: Story, step: ExpectSent) -> None:
    await story.world.rest()
    number = story.person(step.to).number
    messages = await story.world.ringline.messages.list(to=number, limit=1)
    if not messages:
        raise Unmet(f"no message to {step.to} was written down")
    message, wanted = messages[0], step.expect_sent
    is_so: dict[str, tuple[Any, Any]] = {
        "stage": (wanted.stage, message.stage),
        "status": (wanted.status, message.status),
        "refusal": (wanted.refusal, message.refusal_reason),
        "error": (wanted.error, message.error.code if message.error is not None else None),
    }
    problems = [f"{name} is {now}, not {want}" for name, (want, now) in is_so.items() if want not in (None, now)]
    if problems:
        raise Unmet(f"the last message to {step.to}, {one_line(message.body or '')}: {', '.join(problems)}")


async def _carrier(story: Story, step: CarrierChange) -> None:
    number = story.person(step.to).number
    carrier = story.world.simulator.carrier

    def change() -> None:
        match step.carrier:
            case "delivers":
                carrier.behave(number)
            case "loses":
                carrier.on(number, "sent", reaches_phone=False)
            case "undelivered":
                carrier.on(number, "undelivered", error=step.error or 30003)
            case "failed":
                carrier.on(number, "failed", error=step.error or 30008)
            case "refuses":
                carrier.refuse(number, step.error or 21211)
            case "slow":
                carrier.on(number, delivered_after=step.after or A_MINUTE)

    story.note(f"the network {step.carrier} messages to {step.to}")
    story.world.simulator.call(change)


async def _broadcast(story: Story, step: Broadcast) -> None:
    from ringline.broadcasts.broadcast import Content

    content = Content(
        kind="message" if step.workflow is None else "flow",
        message=step.message,
        sender=step.from_ or (DEFAULT_SENDER if step.workflow is None else None),
        purpose=step.purpose if step.workflow is None else None,
        workflow=step.workflow,
        inputs=step.inputs,
    )
    broadcasts = story.world.ringline.broadcasts
    made = await broadcasts.create(content, name=step.broadcast, key=step.broadcast)
    loaded = await broadcasts.load(made.id, step.to)
    if not (loaded.report or {}).get("new"):
        story.note(f"the broadcast {step.broadcast} has nobody new on the list {step.to}")
        return
    await broadcasts.start(made.id)
    story.note(f"the broadcast {step.broadcast} goes to the list {step.to}")
    await story.world.rest()


async def _restart(story: Story, _: Restart) -> None:
    story.note("the process ends, and another begins")
    await story.world.restart()


class _Button(HTMLParser):
    """Finds where a page's form posts to."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.action = given.get("action") or ""

    @classmethod
    def of(cls, page: str) -> str | None:
        """The address of the page's form; None where it has none that posts."""
        parser = cls()
        parser.feed(page)
        return parser.action


_PLAYERS: dict[type[Step], Callable[[Story, Any], Awaitable[None]]] = {
    Start: _start,
    Webhook: _webhook,
    Reply: _reply,
    Read: _read,
    Click: _click,
    WaitFor: _wait,
    WaitUntil: _wait_until,
    Expect: _expect,
    ExpectNothing: _expect_nothing,
    ExpectRun: _expect_run,
    ExpectSent: _expect_sent,
    CarrierChange: _carrier,
    Broadcast: _broadcast,
    Answer: calling.answer,
    Call: calling.call,
    LineChange: calling.change_line,
    ExpectCall: calling.expect_call,
    Restart: _restart,
}
