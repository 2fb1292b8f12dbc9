"""`twilio/wait_for_reply@v1`: suspend the run until a person answers, and understand what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from pydantic import ConfigDict, Field, field_validator

from ringline.blocks.twilio.asked import Asked, asked_of, nothing_sent
from ringline.blocks.twilio.expectation import Expect, NoMatch, arguments_of, faults_of_expect
from ringline.messaging.message import MessageRequest
from ringline.workflow.block import (
    Block,
    Done,
    Effect,
    Manifest,
    Output,
    SelectorOf,
    StepContext,
    StepReference,
    StepTransaction,
    Template,
    Wait,
    Woken,
)
from ringline.workflow.durations import TemplatedDuration
from ringline.workflow.execution.scope import reply_variable
from ringline.workflow.form_hints import CREDENTIAL, PERSON, SENDER, shown_first
from ringline.workflow.replies import OpenQuestion, interpret, is_answer, reply_key

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.messaging.message import Channel, DurableMessages
    from ringline.messaging.replies import Replies

LONGEST_WAIT = 30 * 86400.0
"""How long a step without `wait_for` waits."""

_REPLY = "reply/"


class WaitForReplyManifest(Manifest):
    """Waits for a person's reply and gives what it means."""

    model_config = ConfigDict(json_schema_extra=shown_first("after", "expect", "wait_for", "no_match"))

    type: Literal["twilio/wait_for_reply@v1"]
    after: Annotated[str | list[str] | None, StepReference(nearest_sender=True)] = Field(
        default=None, description="The step that asks; the nearest one before that sends a message, if left out."
    )
    to: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=PERSON,
        default=None,
        description="Whose reply, where no step before asks: the person's number.",
    )
    from_: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=SENDER,
        default=None,
        alias="from",
        description="The number of ours they write to, where no step before asks.",
    )
    channel: Literal["sms", "whatsapp"] | None = Field(
        default=None, description="Where they write, where no step before asks; sms, if left out."
    )
    expect: Annotated[Expect, Template(nested=True), SelectorOf("*")] = Field(
        title="What counts as an answer",
        default_factory=lambda: Expect(type="text"),
        description="What counts as an answer: text, yes_no, multiple_choice, number or keyword, with its choices, "
        "keywords or bounds; any text, if left out.",
    )
    wait_for: Annotated[TemplatedDuration | None, Template(), SelectorOf("string", "duration")] = Field(
        title="Wait for at most", default=None, description="How long to wait, re-asks included; 30 days, if left out."
    )
    credential: str | None = Field(
        json_schema_extra=CREDENTIAL,
        default=None,
        description="Name of the Twilio credential to ask again with; the default one, if left out.",
    )
    no_match: Annotated[NoMatch | None, Template(always_text=True, nested=True)] = Field(
        title="When the reply is no answer",
        default=None,
        description="What to send when the reply is no answer, and how often to ask again.",
    )

    @field_validator("expect", mode="before")
    @classmethod
    def _type_alone(cls, value: Any) -> Any:
        """`expect: yes_no` says enough."""
        return {"type": value} if isinstance(value, str) and not value.startswith("$") else value


class WaitForReply(Block):
    """A reply that came since the question was sent counts, also if it came before the step began to wait.

    Words that opt out never reach it.
    """

    manifest: ClassVar[type[Manifest]] = WaitForReplyManifest
    title = "Wait for reply"
    icon = "message-circle-reply"
    outputs = (
        Output("value"),
        Output("text", ("string",)),
        Output("understood", ("dictionary",)),
        Output("from", ("string",)),
        Output("received_at", ("string",)),
        Output("media", ("list_of_values",)),
        Output("attempts", ("integer",)),
    )
    outcomes = ("reply", "timeout", "no_match")
    can_wait = True
    takes_replies = True

    def __init__(
        self, *, clock: Clock, replies: Replies | None = None, messages: DurableMessages | None = None
    ) -> None:
        self._clock = clock
        self._replies = replies
        self._messages = messages

    async def run(
        self,
        *,
        after: str | Sequence[str] | None,
        to: str | None,
        from_: str | None,
        channel: str | None,
        expect: Mapping[str, Any],
        wait_for: float | None,
        credential: str | None,
        no_match: Mapping[str, Any] | None,
        step: StepContext,
    ) -> Done | Wait:
        assert self._replies is not None, "who runs durable workflows hands it out"
        asked = await asked_of(
            self._replies, step, after=after, to=to, sender=from_, channel=channel, now=self._clock.time()
        )
        if not asked.was_sent:
            return _ended("timeout", {}, error=nothing_sent(asked, "Nobody was asked, so nobody answers"))
        state = {
            "asked": asdict(asked),
            "expect": arguments_of(expect, step.defaults),
            "deadline": self._clock.time() + (LONGEST_WAIT if wait_for is None else wait_for),
            "texts": _texts(no_match),
            "credential": credential,
            "replies": 0,
        }
        return self._wait(state, step)

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        state = woken.state
        if woken.key is None:
            return _ended("timeout", state.get("last") or {"attempts": state["replies"]})
        if not woken.key.startswith(_REPLY):
            return self._wait(state, step)  # news of what was asked again; only the reply matters
        reply = woken.data
        found = interpret(state["expect"], reply["texts"], reply["at"])
        count = state["replies"] + 1
        outputs = {
            "value": _value(found, reply["texts"]),
            "text": reply["texts"][0] if reply["texts"] else "",
            "understood": {name: getattr(found, name) for name in ("status", "confidence")}
            | {"evidence": list(found.evidence), "alternatives": list(found.alternatives)},
            "from": reply["from"],
            "received_at": reply["received_at"],
            "media": reply["media"],
            "attempts": count,
        }
        if is_answer(state["expect"], found):
            return _ended("reply", outputs, step=step)
        if count > len(state["texts"]):
            return _ended("no_match", outputs, step=step)
        asked = {**state["asked"], "since": reply["at"]}
        again = await self._ask_again(state, count, step)
        return self._wait({**state, "asked": asked, "replies": count, "last": outputs}, step, again)

    @classmethod
    def variables_of(cls, manifest: Manifest) -> Sequence[str]:
        return (reply_variable(manifest.name),)

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, WaitForReplyManifest)
        faults = [] if isinstance(manifest.expect, str) else list(faults_of_expect(manifest.expect))
        if manifest.wait_for is None:
            faults.append(
                (
                    "warning",
                    "wait_for",
                    "The step does not say how long it waits; after 30 days it ends with `timeout`.",
                    "Write `wait_for: 24h`, or what suits the question.",
                )
            )
        return faults

    @classmethod
    def faults_after(
        cls, manifest: Manifest, senders: Mapping[str, type[Block]]
    ) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, WaitForReplyManifest)
        if senders or manifest.to is not None:
            return ()
        return [
            (
                "warning",
                "after",
                f"`{manifest.name}` waits for a reply but nothing sends before it.",
                f"Lead the step that asks to it (`next_steps: [$steps.{manifest.name}]`), or name the person in `to`.",
            )
        ]

    def _wait(self, state: Mapping[str, Any], step: StepContext, again: Effect | None = None) -> Wait:
        assert self._replies is not None
        replies, asked = self._replies, Asked(**state["asked"])
        key = reply_key(asked.channel, asked.person)
        question = OpenQuestion(
            asked.since, asked.sender, asked.service, asked.account, asked.sid, expect=state["expect"]
        )

        def listen(on: StepTransaction) -> None:
            # A reply that is there already is heard before anything is asked again.
            reason = f"It came before the step `{step.step}` of {on.run_id} began to wait for it."
            if replies.take_in(on, asked.awaited, key=key, reason=reason):
                return
            if again is not None:
                again(on)
            on.wait_for(key, question.as_data())

        return Wait(deadline=state["deadline"], state=dict(state), effects=(listen,))

    async def _ask_again(self, state: Mapping[str, Any], count: int, step: StepContext) -> Effect:
        """What sends the next text, in the transaction in which the step begins to wait anew."""
        assert self._messages is not None
        asked = Asked(**state["asked"])
        request = MessageRequest(
            to=asked.person,
            from_=asked.sender,
            body=state["texts"][count - 1],
            channel=cast("Channel", asked.channel),
            messaging_service_sid=None if asked.sender else asked.service,
            credential=state["credential"],
            purpose=asked.purpose,
            key=f"{step.key}/again{count}",
            run_id=step.run_id,
            step=step.step,
        )
        prepared = await self._messages.prepare(request)
        return prepared.effect


def _ended(
    outcome: str, outputs: Mapping[str, Any], *, error: Mapping[str, Any] | None = None, step: StepContext | None = None
) -> Done:
    nothing: dict[str, Any] = {
        "value": None,
        "text": None,
        "understood": None,
        "from": None,
        "received_at": None,
        "media": [],
    }
    variables: dict[str, Any] = {}
    if step is not None:
        variables[reply_variable(step.step)] = [outputs["received_at"], outputs["text"]]
    return Done({**nothing, "attempts": 0, **outputs, "error": error}, outcome=outcome, variables=variables)


def _value(found: Any, texts: Sequence[str]) -> Any:
    if found.status in ("ok", "out_of_range"):
        return found.value
    # Where any text counts, one that asks for help is an answer too.
    return texts[0].strip() if texts else ""


def _texts(no_match: Mapping[str, Any] | None) -> list[str]:
    if no_match is None:
        return []
    written = no_match["message"]
    texts = [written] if isinstance(written, str) else list(written)
    wanted = no_match.get("attempts", len(texts))
    return [texts[min(index, len(texts) - 1)] for index in range(wanted)]
