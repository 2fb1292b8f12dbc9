"""One party of a call: the phone at its end, the person who holds it, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringline.simulator.calls.course import Course
from ringline.simulator.calls.ear import Ear, GivesUp, Pressed, Spoken
from ringline.simulator.calls.person import Person
from ringline.simulator.calls.phones import Reaction
from ringline.simulator.calls.plan import CallPlan
from ringline.simulator.calls.records import Call, Line
from ringline.simulator.calls.speech_time import KEY_SECONDS, seconds_to_say, spoken_within
from ringline.simulator.calls.tape import Tape
from ringline.simulator.calls.wires import Wires

if TYPE_CHECKING:
    from ringline.simulator.calls.exchange import Exchange


class CallOver(Exception):  # noqa: N818 - not a fault
    """The call has ended; whoever leads it stops."""


class Redirected(Exception):  # noqa: N818 - not a fault
    """The call is to go on with another document."""


class Leg:
    """A call that is not over yet."""

    def __init__(self, call: Call, plan: CallPlan, wires: Wires, exchange: Exchange) -> None:
        self.call = call
        self.plan = plan
        self.wires = wires
        self.exchange = exchange
        self.person = Person(self, ())
        self.reaction: Reaction | None = None
        self.ear: Ear | None = None
        self.course: Course | None = None
        self.talks_to: Leg | None = None
        """The other person, while two are connected."""
        self.tapes: list[Tape] = []
        self.on_key: Callable[[str], None] | None = None
        self.on_answer: Callable[[Leg], None] | None = None
        self.on_end: Callable[[], None] | None = None
        self.react: Callable[[Reaction], None] | None = None
        """Tells the exchange what the phone's owner does while it rings."""
        self._talk: Course | None = None

    # -- what the person does --------------------------------------------------------------------------------------

    def person_says(self, text: str, confidence: float | None) -> None:
        """The person begins to speak."""
        if self.call.answered is None or self.call.is_final:
            return
        lasts = seconds_to_say(text)
        self.note("them", text)
        self.sound("them", "said", text, lasts)
        if self.talks_to is not None:
            self.talks_to.note("us", text)
            self.talks_to.sound("us", "said", text, lasts)
        elif self.ear is not None:
            self.ear.take(Spoken(text, confidence, lasts))

    def person_presses(self, keys: str) -> None:
        """The person presses keys one after another."""
        if self.call.answered is None or self.call.is_final:
            return
        self.note("them", keys, keys=True)
        self.sound("them", "keys", keys, len(keys) * KEY_SECONDS)
        for index, key in enumerate(keys):
            self.wires.timeline.plan(index * KEY_SECONDS, self._press, key)

    def person_gives_up(self) -> None:
        """Whoever holds the phone lets the question pass."""
        if self.ear is not None:
            self.ear.take(GivesUp())

    def person_hangs_up(self) -> None:
        """The person ends the call."""
        if not self.call.is_final and (self.call.answered is not None or self.call.direction == "inbound"):
            self.exchange.finish(self, "completed")

    def _press(self, key: str) -> None:
        if self.call.is_final:
            return
        if self.on_key is not None:
            self.on_key(key)
        elif self.ear is not None:
            self.ear.take(Pressed(key))

    # -- what is heard ---------------------------------------------------------------------------------------------

    async def hear(self, text: str, lasts: float, ear: Ear | None = None) -> Spoken | Pressed | GivesUp | None:
        """Speak to the person; breaks off at a sign in *ear*, if one is given, and gives that sign."""
        if not text:
            if ear is not None:
                return await ear.next(lasts)
            await self.wires.pass_time(lasts)
            return None
        began = self.wires.timeline.time()
        self.note("us", text)
        index = len(self.call.transcript) - 1
        sounds = self.sound("us", "said", text, lasts)
        if ear is None:
            await self.wires.pass_time(lasts)
            return None
        sign = await ear.next(lasts)
        if sign is not None:
            passed = self.wires.timeline.time() - began
            heard = spoken_within(text, passed)
            self.call.transcript[index] = self.call.transcript[index]._replace(text=heard)
            for tape, place in sounds:
                tape.cut(place, heard, passed)
        return sign

    def listen(self, ear: Ear, prompt_lasts: float, prompt: tuple[str, ...] = ()) -> None:
        """Begin to take what comes from the phone, and let the person know after which prompt."""
        self.ear = ear
        ear.patient = self.person.by_hand
        self.person.is_asked(prompt_lasts, prompt)
        ear.patient = self.person.by_hand
        self.wires.tell("listening", self.call, "")

    def note(self, who: str, text: str, *, keys: bool = False) -> None:
        """Write a line of the transcript."""
        line = Line("us" if who == "us" else "them", text, self.wires.timeline.time(), "keys" if keys else "said")
        self.call.transcript.append(line)
        self.wires.tell("keys" if keys else "heard" if who == "them" else "said", self.call, text)

    def sound(self, who: str, kind: str, text: str, lasts: float) -> list[tuple[Tape, int]]:
        """Put what can be heard on all tapes that run; gives the places."""
        if not self.tapes:
            return []
        now = self.wires.timeline.time()
        return [(tape, tape.put(who, kind, text, now, lasts)) for tape in self.tapes]

    def converse(self) -> None:
        """Let the person go through the rest of the script in a talk with another one."""
        if self._talk is None:
            self._talk = Course(self.person.converse(), lambda: None)
            self._talk.go_on()

    # -- steering --------------------------------------------------------------------------------------------------

    def interrupt(self, why: Exception) -> None:
        """Stop what leads the call, where it stands."""
        self.ear = None
        self.on_key = None
        if self._talk is not None:
            self._talk.drop()
            self._talk = None
        if self.course is not None:
            self.course.interrupt(why)
