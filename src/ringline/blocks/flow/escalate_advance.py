"""What one advance of `flow/escalate@v1` does: what happened goes in, what is to be written and awaited comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.blocks.flow.escalate_calls import ACKNOWLEDGED, CALL_KEY, VOICE, AlertCalls
from ringline.blocks.flow.escalate_outputs import outputs_of
from ringline.blocks.flow.escalate_texts import ACK_LINK, filled
from ringline.errors import PhoneNumberError, RequestError
from ringline.escalation.policy import Level, Words
from ringline.escalation.progress import Acknowledgement, Alert, Progress
from ringline.messaging.channels import rules_of
from ringline.messaging.message import MessageRequest
from ringline.messaging.validation import checked_recipient
from ringline.phone_numbers import check_recipient
from ringline.workflow.block import Done, Effect, StepContext, StepTransaction, Wait
from ringline.workflow.replies import OpenQuestion, reply_key

if TYPE_CHECKING:
    from ringline.escalation.acknowledgements import Acknowledgements
    from ringline.messaging.message import DurableMessages
    from ringline.messaging.replies import Replies
    from ringline.voice.calls import Calls

ARRIVED = frozenset({"delivered", "read"})


class EscalationAdvance:
    """One advance of an escalation: what happened goes in, what is to be written comes out."""

    def __init__(
        self,
        board: Acknowledgements,
        messages: DurableMessages,
        replies: Replies | None,
        id: str,
        progress: Progress,
        texts: dict[str, Any],
        asked: dict[str, Any],
        step: StepContext,
        calls: Calls | None,
    ) -> None:
        self._board = board
        self._messages = messages
        self._replies = replies
        self._id = id
        self._progress = progress
        self._texts = texts
        self._asked = asked
        self._step = step
        self._calls = AlertCalls(calls, asked, step)
        self._effects: list[Effect] = []
        self._fresh: set[str] = set()

    def open(self) -> None:
        """Write down that it begins."""
        progress, step = self._progress, self._step
        late = self._texts["late_answer"]
        self._effects.append(
            lambda on: self._board.open_in(
                on.tx,
                self._id,
                run_id=on.run_id,
                step=step.step,
                words=progress.policy.acknowledge,
                needs_resolution=progress.policy.resolve_within is not None,
                late_answer=None if late is None else filled(late, acknowledged_by="{by}"),
            )
        )

    async def alert(self, now: float) -> None:
        """Alert the people of the level that is on; where nobody can be, those of the next."""
        progress = self._progress
        while True:
            made = [
                await self._alert_one(person.to, person.name, channel, progress.current, now)
                for person in progress.current.people
                for channel in progress.current.channels
            ]
            progress.begin_turn([alert for alert, _ in made], now=now)
            written = [(alert, text) for alert, text in made if alert.message_id is not None]
            if written:
                self._effects.append(lambda on, written=written: self._write_alerts(on, written))  # type: ignore[misc]
            if not progress.is_at_risk or not progress.go_on(to_next_level=True):
                return

    async def _alert_one(self, to: str, name: str | None, channel: str, level: Level, now: float) -> tuple[Alert, str]:
        progress = self._progress
        alert = Alert(self._board.new_token(), to, name, channel, progress.level + 1, at=now)
        text = str(level.message or self._texts["message"])
        if channel == VOICE:
            return await self._call_one(alert, filled(text, level=str(alert.level)), level)
        if self._asked["link"] and ACK_LINK not in text:
            text = f"{text}\n{ACK_LINK}"
        link = self._board.link(alert.token) if ACK_LINK in text else ""
        body = filled(text, ack_link=link, level=str(alert.level))
        try:
            # Replies come from the number in its one written form.
            alert.to = checked_recipient(to, rules_of(channel))
            prepared = await self._messages.prepare(
                self._request(alert.to, channel, body, f"{progress.turn_key}/{channel}/{alert.to}")
            )
        except PhoneNumberError as error:
            # One wrong number must not keep the others from being alerted.
            alert.is_gone, alert.status = True, error.message
            return alert, body
        alert.message_id = prepared.id
        self._fresh.add(prepared.id)
        self._effects.append(prepared.effect)
        return alert, body

    async def _call_one(self, alert: Alert, text: str, level: Level) -> tuple[Alert, str]:
        thanks = self._texts["confirmation"]
        try:
            alert.to = check_recipient(alert.to, field="contacts")
            prepared = await self._calls.prepare(
                alert.to,
                text,
                thanks=thanks and filled(thanks, acknowledged_by=alert.name or alert.to, level=str(alert.level)),
                wait_for=level.wait_for,
                part=f"{self._progress.turn_key}/{VOICE}/{alert.to}",
            )
        except RequestError as error:
            # As with a wrong number: the others are alerted all the same.
            alert.is_gone, alert.is_over, alert.status = True, True, error.message
            return alert, text
        alert.message_id = prepared.id
        self._fresh.add(prepared.id)
        self._effects.append(prepared.effect)
        return alert, text

    def _request(self, to: str, channel: Any, body: str, part: str) -> MessageRequest:
        step = self._step
        return MessageRequest(
            to=to,
            body=body,
            from_=self._asked["from"],
            channel=channel,
            messaging_service_sid=self._asked["service"],
            credential=self._asked["credential"],
            purpose=self._asked["purpose"],
            key=f"{step.key}/{part}",
            run_id=step.run_id,
            step=step.step,
        )

    def _write_alerts(self, on: StepTransaction, written: Sequence[tuple[Alert, str]]) -> None:
        self._board.alert_in(
            on.tx,
            self._id,
            written,
            sender=self._asked["from"],
            service=self._asked["service"],
            credential=self._asked["credential"],
        )

    # --- what happens ------------------------------------------------------------------------------------------

    async def message_changed(self, message_id: str, data: Mapping[str, Any], now: float) -> None:
        """An alert went out, or will not arrive; when nobody of this turn gets theirs, the next level is at once."""
        progress = self._progress
        progress.note_message(message_id, data["stage"], data["status"])
        for alert in progress.alerts:
            if alert.message_id == message_id and alert.sid is None and data["stage"] == "accepted":
                sent = await self._messages.get(message_id)
                alert.sender, alert.service = sent.from_, sent.messaging_service_sid
                alert.account, alert.sid = sent.account_sid, sent.sid
        if progress.phase == "alerting" and progress.is_at_risk and progress.go_on(to_next_level=True):
            await self.alert(now)

    async def call_changed(self, call_id: str, now: float) -> None:
        """Somebody who was called pressed the key, or the call is over."""
        progress = self._progress
        call = await self._calls.get(call_id)
        progress.note_call(call_id, stage=call.stage, status=call.status, is_over=call.is_over)
        alert = next((one for one in progress.alerts if one.message_id == call_id), None)
        if alert is not None and call.pressed == ACKNOWLEDGED and progress.phase == "alerting":
            self._acknowledge(alert, "call", now, None)
            self._write_state("acknowledged")
            await self._stand_down(alert)
        elif progress.phase == "alerting" and progress.is_at_risk and progress.go_on(to_next_level=True):
            await self.alert(now)

    async def time_is_up(self, now: float) -> None:
        """Nobody answered in time: alert again, or the next level. Or it was taken, and not resolved in time."""
        progress = self._progress
        if progress.phase == "alerting":
            goes_on = progress.go_on(to_next_level=False)
        else:
            goes_on = progress.reopen()
            self._write_state("open")
        if goes_on:
            await self.alert(now)

    async def replied(self, data: Mapping[str, Any], now: float) -> None:
        """Somebody wrote; what is neither acknowledgement nor resolution changes nothing."""
        progress = self._progress
        alert = self._alert_of(data["from"], data["channel"])
        if alert is None:
            return
        policy, texts = progress.policy, data["texts"] or [""]
        text = next((one for one in texts if policy.acknowledge.fit(one) or policy.resolve.fit(one)), texts[0])
        if progress.policy.resolve_within is not None and progress.policy.resolve.fit(text):
            if progress.phase == "alerting":
                self._acknowledge(alert, "reply", data["at"], text)
            progress.resolve(data["at"])
            self._write_state("resolved")
        elif progress.phase == "alerting" and progress.policy.acknowledge.fit(text):
            self._acknowledge(alert, "reply", data["at"], text)
            self._write_state("acknowledged")
            if self._texts["confirmation"]:
                await self._tell(alert, self._texts["confirmation"], "confirmation")
        else:
            return
        await self._stand_down(alert)

    async def pressed(self, data: Mapping[str, Any], now: float) -> None:
        """Somebody pressed the button behind their link."""
        progress = self._progress
        alert = next((one for one in progress.alerts if one.token == data["token"]), None)
        if alert is None:
            return
        if data["what"] == "resolve" and progress.phase == "acknowledged":
            progress.resolve(data["at"])
            self._write_state("resolved")
        elif progress.phase == "alerting":
            self._acknowledge(alert, "link", data["at"], None)
            self._write_state("acknowledged")
        else:
            return
        await self._stand_down(alert)

    def _acknowledge(self, alert: Alert, how: str, at: float, answer: str | None) -> None:
        self._progress.acknowledge(Acknowledgement(alert.to, alert.name, how, alert.level, at, answer))

    def _alert_of(self, to: str, channel: str) -> Alert | None:
        """The newest alert to somebody; who was called may answer by a text."""
        mine = self._alerts_of(to, channel)
        return mine[-1] if mine else None

    def _alerts_of(self, to: str, channel: str) -> list[Alert]:
        return [
            one
            for one in self._progress.alerts
            if one.to == to and _answered_on(one.channel) == channel and one.message_id
        ]

    async def _stand_down(self, by: Alert) -> None:
        """Keep what is not sent yet from going out, and tell the others who has it."""
        alerts = [one for one in self._progress.alerts if one.message_id is not None]
        ids = [str(one.message_id) for one in alerts if one.channel != VOICE]
        # Whoever is on the phone meanwhile must not take what is taken. Who has just taken it hears the thanks.
        calls = [str(one.message_id) for one in alerts if one.channel == VOICE and not one.is_over and one is not by]

        def take_back(on: StepTransaction) -> None:
            self._messages.cancel_unsent_in(on.tx, ids)
            self._calls.end_in(on.tx, calls)

        self._effects.append(take_back)
        if not self._texts["notice"] or self._progress.resolved_at is not None:
            return
        told = {(by.to, by.channel)}
        for alert in self._progress.alerts:
            was_told = alert.to == by.to or (alert.to, alert.channel) in told
            # Who has not got the alert need not hear that it is taken.
            if was_told or alert.is_gone or alert.status == "pending" or alert.channel == VOICE:
                continue
            told.add((alert.to, alert.channel))
            await self._tell(alert, self._texts["notice"], "notice")

    async def _tell(self, alert: Alert, text: str, part: str) -> None:
        """A message whose fate nobody waits for."""
        taken = self._progress.acknowledgement
        by = "" if taken is None else taken.name or taken.by
        body = filled(text, acknowledged_by=by, level=str(alert.level))
        key = f"{self._progress.turn_key}/{part}/{alert.channel}/{alert.to}"
        prepared = await self._messages.prepare(self._request(alert.to, alert.channel, body, key))
        self._effects.append(lambda on: prepared.effect(_Unawaited(on)))

    def _write_state(self, status: str) -> None:
        progress = self._progress
        taken, has_ended = progress.acknowledgement, progress.phase == "ended"
        self._effects.append(lambda on: self._board.change_in(on.tx, self._id, status, taken, has_ended=has_ended))

    # --- what comes of it --------------------------------------------------------------------------------------

    def result(self) -> Done | Wait:
        """The end, or what is waited for now."""
        progress = self._progress
        if progress.outcome is None:
            return self._wait()
        if progress.acknowledgement is None:
            self._write_state(progress.outcome)
        return Done(outputs_of(self._id, progress), outcome=progress.outcome, effects=self._effects)

    def _wait(self) -> Wait:
        progress = self._progress
        keys = [f"ack/{self._id}"]
        for alert in progress.alerts:
            # What is written now brings its key along.
            if alert.channel == VOICE:
                if alert.message_id is not None and not alert.is_over and alert.message_id not in self._fresh:
                    keys.append(f"{CALL_KEY}{alert.message_id}")
                continue
            is_open = alert.is_current and not alert.is_gone and alert.status not in ARRIVED
            if alert.message_id is not None and is_open and alert.message_id not in self._fresh:
                keys.append(f"message/{alert.message_id}")
        self._effects.append(self._ask)
        state = {"id": self._id, "progress": progress.as_data(), "texts": self._texts, "asked": self._asked}
        return Wait(tuple(keys), progress.deadline, state, self._effects)

    def _ask(self, on: StepTransaction) -> None:
        """Wait for a reply of everybody who was alerted, and hear at once of one that has come already."""
        from ringline.messaging.replies import (
            Awaited,
        )  # a database comes with it, which checking a definition needs not

        progress = self._progress
        policy = progress.policy
        words = policy.resolve if progress.phase == "acknowledged" else policy.acknowledge
        if progress.phase == "alerting" and policy.resolve_within is not None and not words.is_any:
            words = Words((*words.words, *policy.resolve.words))
        if not words:
            return
        expect = {"type": "text"} if words.is_any else {"type": "keyword", "choices": list(words.words)}
        reason = f"It came while the step `{self._step.step}` of {on.run_id} did not listen."
        everybody = ((one.to, _answered_on(one.channel)) for one in progress.alerts if one.message_id)
        for to, channel in dict.fromkeys(everybody):
            first, alert = self._alerts_of(to, channel)[0], self._alerts_of(to, channel)[-1]
            question = OpenQuestion(
                since=alert.at,
                sender=alert.sender or self._asked["from"],
                service=alert.service or self._asked["service"],
                account=alert.account,
                sid=alert.sid,
                expect=expect,
            )
            awaited = Awaited(channel, to, first.at, question.sender, question.service, question.account)
            key = reply_key(channel, to)
            if self._replies is not None and self._replies.take_in(
                on, awaited, key=key, reason=reason, fits=lambda row: any(map(words.fit, row.texts))
            ):
                continue
            on.wait_for(key, question.as_data())


def _answered_on(channel: str) -> str:
    """Where the replies of somebody come who was alerted on *channel*."""
    return "sms" if channel == VOICE else channel


class _Unawaited:
    """A step's transaction for what nobody waits for."""

    def __init__(self, on: StepTransaction) -> None:
        self.tx = on.tx
        self.run_id = on.run_id

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None:
        """Nobody waits."""

    def report(self, key: str, data: Mapping[str, Any]) -> None:
        """Nobody listens."""
