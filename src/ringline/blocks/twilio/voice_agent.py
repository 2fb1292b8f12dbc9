"""`twilio/voice_agent@v1`: an interview by phone or by text, and its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from ringline.blocks.twilio.voice_agent_faults import faults_of_agent, ids_of
from ringline.blocks.twilio.voice_agent_manifest import VoiceAgentManifest, prefix_of
from ringline.errors import DurableRunRequired, RequestError
from ringline.interview.agent import Navigation, OnDrop, QuestionsAgent
from ringline.interview.reading import read_flow
from ringline.messaging.channels import rules_of
from ringline.messaging.validation import checked_recipient, checked_sender
from ringline.phone_numbers import country_of, time_zones_of
from ringline.workflow.block import Block, Done, Manifest, Output, StepContext, StepTransaction, Wait, Woken
from ringline.workflow.replies import OpenQuestion, reply_key

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.contacts.contacts import Contacts
    from ringline.interview.flow import QuestionFlow
    from ringline.messaging.replies import Replies
    from ringline.voice.sessions.session import Session, Taken
    from ringline.voice.sessions.sessions import Sessions

AFTER_ALL = 300.0
"""Seconds that a session may take beyond what its legs may last."""
LONGEST = 30 * 86_400.0
_KINDS = {
    "number": ("float", "integer"),
    "yes_no": ("boolean",),
    "duration": ("float", "duration"),
    "phone": ("string", "phone_number"),
}
_REPLY = "reply/"
_MOST_VISITS = 3


class VoiceAgent(Block):
    """The step ends with the conversation; each question's answer is an output of its name."""

    manifest: ClassVar[type[Manifest]] = VoiceAgentManifest
    title = "Voice Agent"
    icon = "bot"
    outputs = (
        Output("answers", ("dictionary",)),
        Output("transcript", ("string",)),
        Output("session", ("string",)),
        Output("duration", ("float",)),
        Output("reason", ("string",)),
    )
    outcomes = (
        "completed",
        "ended_by_rule",
        "partial",
        "no_answer",
        "busy",
        "voicemail",
        "transferred",
        "opted_out",
        "failed",
        "refused",
        "unknown",
    )
    failing_outcomes = frozenset({"failed", "refused", "unknown"})
    can_wait = True
    needs_internet = True

    def __init__(
        self,
        *,
        clock: Clock,
        sessions: Sessions | None = None,
        replies: Replies | None = None,
        contacts: Contacts | None = None,
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._replies = replies
        self._contacts = contacts

    async def run(
        self,
        *,
        questions: Sequence[Mapping[str, Any]],
        agent_type: str,
        flow: str,
        to: str | None,
        from_: str | None,
        channel: str,
        greeting: str | None,
        goodbye: str | None,
        language: str | None,
        voice: str | None,
        record: bool,
        recording_notice: str | None,
        ring_timeout: float,
        max_duration: float,
        transfer_to: str | None,
        transfer_message: str | None,
        on_drop: Sequence[Mapping[str, float]],
        reply_within: float,
        reminders: int,
        navigation: Mapping[str, str],
        machine_detection: str,
        voicemail: str | None,
        variables: Any,
        credential: str | None,
        purpose: str | None,
        step: StepContext,
    ) -> Wait:
        from ringline.voice.sessions.session import CallOptions

        sessions = self._kept()
        rules = rules_of("sms" if channel == "voice" else channel)
        asked = _flow(questions, flow)
        spec = QuestionsAgent(
            flow=asked,
            language=language or step.defaults.get("language") or "en",
            channel=channel,  # type: ignore[arg-type]
            greeting=greeting,
            goodbye=goodbye,
            transfer_to=None if not transfer_to else checked_recipient(transfer_to, rules),
            transfer_message=transfer_message,
            voicemail=voicemail,
            voice=voice,
            record=record,
            recording_notice=recording_notice,
            max_duration=max_duration,
            reply_within=reply_within,
            reminders=reminders,
            on_drop=tuple(OnDrop(kind, after) for one in on_drop for kind, after in one.items()),  # type: ignore[arg-type]
            navigation=Navigation(**navigation),
        )
        call = None
        if channel == "voice":
            sessions.check_reachable()
            call = await sessions.offers.offered(step.run_id) if to is None else None
        if to is None and call is None:
            raise RequestError(
                "The step names nobody to ask, and no call that started this run waits for it.",
                field="to",
                fix="Write `to:` and the person's number, or start the workflow by `triggers: [{type: inbound_call}]`.",
            )
        account = await sessions.account(credential, call)
        person = str(call["from"]) if call is not None else checked_recipient(str(to), rules)
        sender = str(call["to"]) if call is not None else from_ or account.default_from
        if sender is None:
            raise RequestError(
                "There is no number of ours to ask from.",
                field="from",
                fix="Write `from:`, or give the credential a default sender.",
            )
        if call is None:
            sender = checked_sender(sender, rules)
        spec = await self._where(spec, person, step)
        deadline = self._clock.time() + _lasts(spec, ring_timeout)
        session_id = sessions.new_id()
        options = CallOptions(round(ring_timeout), round(max_duration), machine_detection, record)

        def begin(on: StepTransaction) -> None:
            sessions.begin_in(
                on.tx,
                spec,
                id=session_id,
                person=person,
                sender=sender,
                credential_id=account.id,
                account_id=account.account_sid,
                deadline=deadline,
                run_id=on.run_id,
                step=step.step,
                channel=channel,
                direction="outbound" if call is None else "inbound",
                purpose=purpose or "notification",
                call=options,
            )
            if call is not None:
                sessions.offers.take_in(on.tx, call["id"], session_id)
            elif channel == "voice":
                sessions.call_in(on.tx, session_id)
            else:
                taken = sessions.by_text.start_in(on.tx, session_id, 1, channel)
                self._listen(on, taken, state, since=self._clock.time())

        state = {
            "session": session_id,
            "person": person,
            "sender": sender,
            "account": account.account_sid,
            "channel": channel,
            "deadline": deadline,
            "variables": prefix_of(variables),
            "secret": [question.id for question in asked.questions if question.sensitive],
            "questions": list(asked.ids),
        }
        return self._wait(state, begin)

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        sessions, state = self._kept(), woken.state
        session_id = state["session"]
        if woken.key is None:
            # The session has its own deadline, which comes first; who ends it is told by the same news.
            await sessions.end(session_id, actor="deadline")
            return await self._done(state)
        if woken.key.startswith(_REPLY):
            texts = woken.data["texts"]

            def hear(on: StepTransaction) -> None:
                taken = sessions.by_text.heard_in(on.tx, session_id, texts[0] if texts else "")
                self._listen(on, taken, state, since=woken.data["at"])

            return self._wait(state, hear)
        if woken.data.get("news") == "leg":
            state = {**state, "channel": woken.data["channel"]}

            def go_on(on: StepTransaction) -> None:
                taken = sessions.by_text.start_in(on.tx, session_id, woken.data["leg"], state["channel"])
                self._listen(on, taken, state, since=self._clock.time())

            return self._wait(state, go_on)
        return await self._done(state)

    @classmethod
    def outputs_of(cls, manifest: Manifest) -> tuple[Output, ...]:
        assert isinstance(manifest, VoiceAgentManifest)
        written: Any = manifest.questions
        listed = written if isinstance(written, list) else []
        kinds = {str(one.get("id")): _kinds(one) for one in listed if isinstance(one, dict)}
        return (*cls.outputs, *(Output(one, kinds[one]) for one in ids_of(listed)))

    @classmethod
    def variables_of(cls, manifest: Manifest) -> Sequence[str]:
        assert isinstance(manifest, VoiceAgentManifest)
        prefix = prefix_of(manifest.variables)
        listed: Any = manifest.questions
        if prefix is None or not isinstance(listed, list):
            return ()
        open_ones = [one for one in listed if isinstance(one, dict) and not one.get("sensitive")]
        return [variable(prefix, one) for one in ids_of(open_ones)]

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, VoiceAgentManifest)
        return list(faults_of_agent(manifest))

    async def _where(self, spec: QuestionsAgent, number: str, step: StepContext) -> QuestionsAgent:
        """The agent with the person's time zone and country: the contact's, else what the number says."""
        person = None if self._contacts is None else await self._contacts.person(number)
        zones = time_zones_of(number)
        by_number = zones[0] if len(zones) == 1 else None
        default = step.defaults.get("timezone") or (zones[0] if zones else None)
        country = None if person is None else person.country
        if country is None and "-" not in spec.language:
            # `en-GB` says it too, and is what the author wrote.
            country = country_of(number)
        zone = None if person is None else person.time_zone
        return replace(spec, timezone=zone or by_number or default, country=country)

    def _kept(self) -> Sessions:
        if self._sessions is None:
            raise DurableRunRequired(
                "A conversation takes longer than a run in memory lives. Run the workflow with Ringline."
            )
        return self._sessions

    def _wait(self, state: Mapping[str, Any], effect: Any) -> Wait:
        from ringline.voice.sessions.session import key_of

        deadline = state["deadline"] + AFTER_ALL
        return Wait((key_of(state["session"]),), deadline=deadline, state=dict(state), effects=(effect,))

    def _listen(self, on: StepTransaction, taken: Taken, state: Mapping[str, Any], *, since: float) -> None:
        """Wait for the reply to the question that is open now, which may be there already."""
        from ringline.messaging.replies import Awaited  # it brings a database, which bare workflows do without

        assert self._replies is not None
        if taken.end is not None or taken.ask is None:
            return
        channel, person = state["channel"], state["person"]
        key = reply_key(channel, person)
        awaited = Awaited(channel, person, since, state["sender"], None, state["account"])
        if self._replies.take_in(on, awaited, key=key, reason=f"It answers a question of {state['session']}."):
            return
        question = OpenQuestion(since, state["sender"], None, state["account"], expect=taken.ask.expect)
        on.wait_for(key, question.as_data())

    async def _done(self, state: Mapping[str, Any]) -> Done:
        from ringline.voice.sessions.transcript import as_text

        sessions = self._kept()
        session = await sessions.get(state["session"])
        secret = await sessions.secrets(session.id) if state["secret"] else {}
        values = {
            name: secret.get(name) if name in state["secret"] else _value(session, name) for name in state["questions"]
        }
        outcome = session.outcome or "unknown"
        prefix = state["variables"]
        variables = (
            {}
            if prefix is None
            else {variable(prefix, name): value for name, value in values.items() if name not in state["secret"]}
        )
        return Done(
            {
                **values,
                "answers": {name: dict(answer) for name, answer in session.answers.items()},
                "transcript": as_text(await sessions.transcript(session.id)),
                "session": session.id,
                "duration": session.duration,
                "reason": session.reason,
                "error": _error(outcome, session.reason),
            },
            outcome=outcome,
            # A rule of the author's own ended it, which is an end as good as the last question.
            otherwise="completed" if outcome == "ended_by_rule" else None,
            variables=variables,
        )


def variable(prefix: str, id: str) -> str:
    """The variable of a question's answer; variables have no hyphens."""
    return prefix + id.replace("-", "_")


def _flow(questions: Sequence[Mapping[str, Any]], kind: str) -> QuestionFlow:
    flow, faults = read_flow({"questions": questions, "flow": kind})
    if flow is None:
        fault = next(fault for fault in faults if fault.severity == "error")
        raise RequestError(fault.message, field=fault.path, fix=fault.fix)
    return flow


def _lasts(spec: QuestionsAgent, ring_timeout: float) -> float:
    """What all legs together may take."""
    by_text = spec.reply_within * len(spec.flow.questions) * _MOST_VISITS
    if spec.channel != "voice":
        return min(by_text, LONGEST) + AFTER_ALL
    total = spec.max_duration + ring_timeout
    for drop in spec.on_drop:
        total += drop.after + (spec.max_duration + ring_timeout if drop.kind == "call" else by_text)
    return min(total, LONGEST) + AFTER_ALL


def _kinds(question: Mapping[str, Any]) -> tuple[str, ...]:
    if question.get("sensitive") is True:
        return ("secret",)
    kind = question.get("type") or question.get("expectedAnswerType") or question.get("expected_answer_type")
    return _KINDS.get(str(kind), ("string",))


def _value(session: Session, id: str) -> Any:
    answer = session.answers.get(id)
    return None if answer is None else answer["value"]


def _error(outcome: str, reason: str) -> dict[str, Any] | None:
    if outcome not in VoiceAgent.failing_outcomes:
        return None
    return {
        "code": f"interview_{outcome}",
        "message": f"The conversation ended as `{outcome}`" + (f": {reason}" if reason else "."),
        "fix": "Look at the call: ringline calls show. Handle the outcome where it may happen again.",
        "retryable": outcome != "refused",
    }
