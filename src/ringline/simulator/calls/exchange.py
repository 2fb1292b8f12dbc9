"""The telephone exchange: dials, lets phones ring, connects, and ends calls."""

from __future__ import annotations

import math
from collections.abc import Callable

from ringline.errors import RequestError
from ringline.simulator.calls import detection
from ringline.simulator.calls.conversation import Conversation, Next
from ringline.simulator.calls.course import Course
from ringline.simulator.calls.leg import CallOver, Leg, Redirected
from ringline.simulator.calls.person import Person
from ringline.simulator.calls.phones import SIP_CODES, CallPhones, Reaction
from ringline.simulator.calls.plan import CallPlan
from ringline.simulator.calls.records import Call
from ringline.simulator.calls.reporting import call_parameters, report
from ringline.simulator.calls.steps import Script
from ringline.simulator.calls.tape import Tape
from ringline.simulator.calls.verbs import VERBS
from ringline.simulator.calls.wires import Wires
from ringline.simulator.records import Account, Number, new_sid
from ringline.simulator.sending import E164


class Exchange:
    """All calls that are not over, and how they come about."""

    def __init__(self, wires: Wires, phones: CallPhones) -> None:
        self._wires = wires
        self._phones = phones
        self.live: dict[str, Leg] = {}
        # When each account may dial again, by the monotonic clock.
        self._free_at: dict[str, float] = {}

    # -- calls of the account --------------------------------------------------------------------------------------

    def accept(self, account: Account, call: Call, plan: CallPlan) -> None:
        """Take an outbound call in; it waits for its turn among the account's calls per second."""
        now = self._wires.timeline.monotonic()
        starts = now
        if account.calls_per_second is not None:
            starts = max(now, self._free_at.get(account.sid, 0.0))
            self._free_at[account.sid] = starts + 1 / account.calls_per_second
        call.queue_time = round((starts - now) * 1000)
        leg = self._new_leg(call, plan)
        leg.on_answer = self._lead_outbound
        self._wires.timeline.plan(starts - now + self._wires.carrier.dialled_after, self._dial, leg)

    def call_out(
        self,
        parent: Leg,
        number: str,
        caller: str,
        plan: CallPlan,
        answered: Callable[[Leg], None],
        ended: Callable[[Leg], None],
    ) -> Leg:
        """Call a number for another call; *answered* is told once the person there is ready to talk."""
        call = self._new_call(parent.call.account_sid, number, caller, "outbound-dial", parent=parent.call.sid)
        leg = self._new_leg(call, plan)
        leg.on_answer = lambda child: self._whisper(child, answered)
        leg.on_end = lambda: ended(leg)
        self._wires.timeline.plan(self._wires.carrier.dialled_after, self._dial, leg)
        return leg

    def call_in(self, phone: str, number: Number, script: Script | None) -> Call:
        """A phone calls one of the account's numbers."""
        call = self._new_call(number.account_sid, number.number, phone, "inbound")
        call.status, call.number_sid, call.start = "ringing", number.sid, call.created
        application = self._wires.state.applications.get(number.voice_application_sid)
        source = application or number
        plan = CallPlan(
            url=source.voice_url,
            method=source.voice_method,
            fallback_url=source.voice_fallback_url,
            fallback_method=source.voice_fallback_method,
            status_callback=source.status_callback,
            status_callback_method=source.status_callback_method,
        )
        leg = self._new_leg(call, plan)
        leg.person = Person(leg, script)
        leg.reaction = Reaction("answer", script)
        self._wires.tell("status", call, "ringing")
        if plan.url:
            self._lead(leg, Next(plan.url, plan.method))
        else:
            self._wires.note(call, 11100, f"{number.number} has no voice URL, so nobody answers.", level="0")
            self._wires.timeline.plan(0.0, self.finish, leg, "failed")
        return call

    def new_outbound(self, account: Account, to: str, caller: str) -> Call:
        """The record of a call that `accept` takes."""
        return self._new_call(account.sid, to, caller, "outbound-api")

    # -- the way to the answer -------------------------------------------------------------------------------------

    def _dial(self, leg: Leg) -> None:
        if leg.call.status != "queued":
            return
        leg.call.start = self._wires.timeline.time()
        self._wires.state.save(leg.call)
        report(self._wires, leg.call, leg.plan, "initiated")
        self._wires.timeline.plan(self._wires.carrier.ringing_after, self._ring, leg)

    def _ring(self, leg: Leg) -> None:
        if leg.call.status != "queued":
            return
        phone = leg.call.to
        reaction = self._phones.reaction_to_call(phone)
        habit = self._phones.habit(phone) if reaction is None else None
        fails = next((one for one in (reaction, habit) if one is not None and one.kind == "fail"), None)
        if fails is not None:
            self._give_up(leg, fails)
            return
        leg.rings_until = self._wires.timeline.time() + leg.plan.timeout
        self._set_status(leg, "ringing")
        report(self._wires, leg.call, leg.plan, "ringing")
        # By its sid: whoever waits for hours shall not keep all that belongs to a call that is long over.
        self._wires.timeline.plan(leg.plan.timeout, self._not_answered, leg.call.sid)
        if reaction is None:
            leg.react = lambda chosen: self._react(leg, chosen)
            self._phones.rings(phone, leg.react)
            if habit is not None and habit.after < leg.plan.timeout:
                self._wires.timeline.plan(habit.after, self._react, leg, habit)
        elif reaction.kind != "no_answer" and reaction.after < leg.plan.timeout:
            self._wires.timeline.plan(reaction.after, self._react, leg, reaction)

    def _react(self, leg: Leg, reaction: Reaction) -> None:
        if leg.call.status != "ringing" or reaction.kind == "no_answer":
            return
        leg.call.reaction = reaction.kind
        if leg.react is not None:
            self._phones.stops_ringing(leg.call.phone, leg.react)
        if reaction.kind in ("busy", "decline", "fail"):
            self._give_up(leg, reaction)
        else:
            self._answer(leg, reaction)

    def _give_up(self, leg: Leg, reaction: Reaction) -> None:
        leg.call.reaction = reaction.kind
        leg.call.sip_code = reaction.sip_code or SIP_CODES[reaction.kind]
        self.finish(leg, "failed" if reaction.kind == "fail" else "busy")

    def _not_answered(self, sid: str) -> None:
        leg = self.live.get(sid)
        if leg is not None and leg.call.status == "ringing":
            leg.call.sip_code = SIP_CODES["no_answer"]
            self.finish(leg, "no-answer")

    def _answer(self, leg: Leg, reaction: Reaction) -> None:
        script = reaction.script
        if reaction.kind in ("machine", "fax"):
            script = ()
        leg.reaction, leg.person = reaction, Person(leg, script)
        self._picked_up(leg)
        if reaction.kind == "machine":
            self._wires.timeline.plan(0.0, leg.person_says, reaction.greeting, 0.9)
            if reaction.beep:
                self._wires.timeline.plan(detection.greeting_seconds(reaction), self._beep, leg)
        if leg.on_answer is not None:
            leg.on_answer(leg)

    def _picked_up(self, leg: Leg) -> None:
        leg.call.answered = self._wires.timeline.time()
        self._set_status(leg, "in-progress")
        report(self._wires, leg.call, leg.plan, "answered")
        self._wires.timeline.plan(leg.plan.time_limit, self._out_of_time, leg.call.sid, leg.plan.time_limit)
        leg.person.picks_up()

    def _beep(self, leg: Leg) -> None:
        if not leg.call.is_final:
            leg.call.voicemail_from = self._wires.timeline.time()
            leg.sound("them", "beep", "", detection.BEEP_SECONDS)
            self._wires.tell("beep", leg.call, "")

    def limit(self, leg: Leg, seconds: float) -> None:
        """Let a live call last so many seconds more at most."""
        self._wires.timeline.plan(seconds, self._out_of_time, leg.call.sid, leg.plan.time_limit)

    def _out_of_time(self, sid: str, limit: float) -> None:
        leg = self.live.get(sid)
        if leg is not None and leg.plan.time_limit == limit:
            self.finish(leg, "completed")

    # -- leading ---------------------------------------------------------------------------------------------------

    def _lead_outbound(self, leg: Leg) -> None:
        if leg.plan.recording is not None:
            leg.tapes.append(Tape(self._wires, leg.call, leg.plan.recording))
        plan = leg.plan
        first = Next(twiml=plan.twiml) if plan.twiml and not plan.url else Next(plan.url, plan.method)
        self._lead(leg, first)

    def _lead(self, leg: Leg, first: Next) -> None:
        leg.course = Course(self._led(leg, first), lambda: None)
        leg.course.go_on()

    async def _led(self, leg: Leg, first: Next) -> None:
        """Everything that is done with a call from its answer to its end."""
        following: Next | None = first
        is_first = True
        status = "completed"
        while following is not None:
            talk = Conversation(leg, self._wires, VERBS, lambda: self._picked_up(leg))
            try:
                if is_first:
                    is_first = False
                    following = await self._before_the_first(leg, following)
                status = await talk.lead(following)
                following = None
            except Redirected as redirected:
                following = redirected.args[0]
            except CallOver:
                return
        self.finish(leg, status)

    async def _before_the_first(self, leg: Leg, first: Next) -> Next:
        plan = leg.plan
        if plan.send_digits:
            await self._wires.pass_time(sum(_SECONDS_OF_KEY.get(key, 0.25) for key in plan.send_digits))
        wish = plan.machine_detection
        if wish is None or leg.reaction is None or leg.call.direction == "inbound":
            return first
        found, after = detection.verdict(leg.reaction, wish)
        if wish.is_async:
            if not math.isinf(after):
                self._wires.timeline.plan(after, self._tell_verdict, leg, found, after)
            return first
        await self._wires.pass_time(after)
        leg.call.answered_by = found
        return Next(first.url, first.method, (*first.parameters, *_verdict(found, after)), first.twiml)

    def _tell_verdict(self, leg: Leg, found: str, after: float) -> None:
        wish = leg.plan.machine_detection
        if leg.call.is_final or wish is None:
            return
        leg.call.answered_by = found
        self._wires.state.save(leg.call)
        if wish.callback:
            parameters = [*call_parameters(leg.call), *_verdict(found, after)]
            self._wires.post(leg.call, wish.callback, wish.callback_method, parameters, queue="/amd")

    def _whisper(self, leg: Leg, answered: Callable[[Leg], None]) -> None:
        async def lead() -> None:
            try:
                if leg.plan.url:
                    await Conversation(leg, self._wires, VERBS, lambda: None).lead(Next(leg.plan.url, leg.plan.method))
            except CallOver:
                return
            except Redirected as redirected:
                await self._led(leg, redirected.args[0])
                return
            answered(leg)

        leg.course = Course(lead(), lambda: None)
        leg.course.go_on()

    def redirect(self, leg: Leg, following: Next) -> None:
        """Have a live call go on with another document."""
        if leg.talks_to is not None and leg.call.parent_sid is not None:
            # The dialled person is taken out of the talk; the caller's document goes on.
            leg.talks_to = None
            on_end, leg.on_end = leg.on_end, None
            self._lead(leg, following)
            if on_end is not None:
                on_end()
            return
        leg.interrupt(Redirected(following))

    # -- the end ---------------------------------------------------------------------------------------------------

    def finish(self, leg: Leg, status: str) -> None:
        """End a call; whoever leads it stops, recordings are completed, and the application is told."""
        call = leg.call
        if call.is_final:
            return
        now = self._wires.timeline.time()
        call.end = now
        if call.answered is None and status == "completed":
            status = "completed" if call.direction == "inbound" else "canceled"
        for tape in list(leg.tapes):
            tape.stop()
        leg.tapes.clear()
        if call.answered is not None and call.duration:
            call.price = f"-{self._wires.carrier.price_per_minute * math.ceil(call.duration / 60):.5f}"
            call.price_from = now + self._wires.carrier.price_after
            account = self._wires.state.accounts[call.account_sid]
            account.spent -= float(call.price)
            self._wires.state.save(account)
        if leg.react is not None:
            self._phones.stops_ringing(call.to, leg.react)
        self.live.pop(call.sid, None)
        self._set_status(leg, status)
        report(self._wires, call, leg.plan, "completed")
        leg.interrupt(CallOver())
        on_end, leg.on_end = leg.on_end, None
        if on_end is not None:
            on_end()

    def end_what_was_live(self) -> None:
        """After a restart: no call outlives the exchange that carried it."""
        for call in self._wires.state.calls.values():
            if not call.is_final:
                call.status, call.end = "failed", self._wires.timeline.time()
                self._wires.state.save(call)

    def clear(self) -> None:
        """Drop all calls as if they had never been."""
        for leg in list(self.live.values()):
            if leg.course is not None:
                leg.course.drop()
        self.live.clear()
        self._free_at.clear()
        self._phones.clear()

    # -- records ---------------------------------------------------------------------------------------------------

    def _new_call(self, account_sid: str, to: str, caller: str, direction: str, parent: str | None = None) -> Call:
        now = self._wires.timeline.time()
        owned = self._wires.state.number_at(account_sid, caller)
        call = Call(
            sid=new_sid("CA"),
            account_sid=account_sid,
            to=to,
            from_=caller,
            direction=direction,
            status="queued",
            created=now,
            updated=now,
            order=self._wires.state.next_order(),
            parent_sid=parent,
            number_sid=owned.sid if owned is not None else None,
            listed_from=now + self._wires.carrier.listed_after,
        )
        self._wires.state.add(call)
        return call

    def _new_leg(self, call: Call, plan: CallPlan) -> Leg:
        leg = Leg(call, plan, self._wires, self)
        self.live[call.sid] = leg
        return leg

    def _set_status(self, leg: Leg, status: str) -> None:
        leg.call.status = status
        leg.call.updated = self._wires.timeline.time()
        self._wires.state.save(leg.call)
        until = {"until": leg.rings_until} if status == "ringing" else {}
        self._wires.tell("status", leg.call, status, **until)

    def number_called(self, to: str, phone: str) -> Number:
        """The number a phone wants to call. Raises `RequestError` where that cannot be."""
        if not E164.match(phone):
            raise RequestError(f"{phone!r} is not a phone number such as +14155550123", field="from")
        number = self._wires.state.owner_of(to)
        if number is None or not number.voice:
            owned = ", ".join(sorted(each.number for each in self._wires.state.numbers.values() if each.voice))
            raise RequestError(f"no account takes calls at {to}", field="to", fix=f"call one of {owned}")
        return number


_SECONDS_OF_KEY = {"w": 0.5, "W": 1.0}


def _verdict(found: str, after: float) -> tuple[tuple[str, str], ...]:
    return (("AnsweredBy", found), ("MachineDetectionDuration", str(round(after * 1000))))
