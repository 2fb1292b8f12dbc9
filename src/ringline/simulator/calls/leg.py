"""One party of a call: the phone at its end, the person who holds it, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ringline.simulator.calls.course import Course
from ringline.simulator.calls.ear import Ear, GivesUp, Pressed, Spoken
from ringline.simulator.calls.person import Person
from ringline.simulator.calls.phones import Reaction
from ringline.simulator.calls.plan import CallPlan
from ringline.simulator.calls.question import Question
from ringline.simulator.calls.records import Call, Line
from ringline.simulator.calls.speech_time import KEY_SECONDS, seconds_to_say, spoken_after, spoken_within
from ringline.simulator.calls.tape import Tape
from ringline.simulator.calls.wires import Wires

if TYPE_CHECKING:
    from ringline.simulator.calls.exchange import Exchange


_SILENT = {"silent": True}


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
        self.question: Question | None = None
        """What is being listened for."""
        self.rings_until: float | None = None
        self._talk: Course | None = None
        self._unheard: tuple[float, Spoken] | None = None
        """What the person said last while nobody listened, and when they began."""

    # -- what the person does --------------------------------------------------------------------------------------

    def person_says(self, text: str, confidence: float | None, *, is_all: bool = False) -> None:
        """The person begins to speak; where that *is_all*, nobody waits for more once it is said."""
        if self.call.answered is None or self.call.is_final:
            return
        lasts = seconds_to_say(text)
        self._write_down({"say": text, "confidence": confidence} if confidence != 0.9 else text)
        self.note("them", text)
        self.sound("them", "said", text, lasts)
        if self.talks_to is not None:
            self.talks_to.note("us", text)
            self.talks_to.sound("us", "said", text, lasts)
        elif self.ear is None:
            self._unheard = (self.wires.timeline.time(), Spoken(text, confidence, lasts))
        else:
            ear = self.ear
            ear.take(Spoken(text, confidence, lasts))
            if is_all:
                self.wires.timeline.plan(lasts, ear.take, GivesUp())

    def person_presses(self, keys: str, *, more: bool = False) -> None:
        """The person presses keys one after another, and with *more* takes their time for further ones."""
        if self.call.answered is None or self.call.is_final:
            return
        self._write_down({"press": keys})
        self.note("them", keys, keys=True)
        self.sound("them", "keys", keys, len(keys) * KEY_SECONDS)
        for index, key in enumerate(keys):
            self.wires.timeline.plan(index * KEY_SECONDS, self._press, key, more)

    def person_gives_up(self) -> None:
        """Whoever holds the phone lets the question pass."""
        if self.ear is not None:
            self.ear.take(GivesUp())

    def person_hangs_up(self) -> None:
        """The person ends the call."""
        if not self.call.is_final and (self.call.answered is not None or self.call.direction == "inbound"):
            self._write_down({"hang_up": True})
            self.exchange.finish(self, "completed")

    def _write_down(self, step: Any) -> None:
        """Keep what the person does, as a script would say it: a step for each time they are asked."""
        script = self.call.script
        is_hang_up = isinstance(step, dict) and "hang_up" in step
        if self.ear is None and not is_hang_up:
            return
        if script and script[-1] == _SILENT:
            script[-1] = step
        elif script and all(isinstance(one, dict) and "press" in one for one in (step, script[-1])):
            script[-1] = {"press": script[-1]["press"] + step["press"]}
        else:
            script.append(step)

    def _press(self, key: str, more: bool) -> None:
        if self.call.is_final:
            return
        if self.on_key is not None:
            self.on_key(key)
        elif self.ear is not None:
            self.ear.take(Pressed(key, more))

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

    def listen(
        self, ear: Ear, prompt_lasts: float, prompt: tuple[str, ...] = (), question: Question | None = None
    ) -> None:
        """Begin to take what comes from the phone, and let the person know after which prompt."""
        self.ear = ear
        self.question = question
        self._hear_the_rest(ear)
        self.call.script.append({**_SILENT})
        ear.patient = self.person.by_hand
        self.person.is_asked(prompt_lasts, prompt)
        ear.patient = self.person.by_hand
        asks = {} if question is None else {"question": question.as_dictionary()}
        self.wires.tell("listening", self.call, "", after=prompt_lasts, **asks)

    def _hear_the_rest(self, ear: Ear) -> None:
        """Who is in the middle of speaking when somebody begins to listen is heard from there on."""
        unheard, self._unheard = self._unheard, None
        if unheard is None:
            return
        began, spoken = unheard
        passed = self.wires.timeline.time() - began
        if rest := spoken_after(spoken.text, passed):
            ear.take(Spoken(rest, spoken.confidence, spoken.lasts - passed))

    def stop_listening(self) -> None:
        """Take nothing more."""
        self.ear = self.question = None
        if not self.call.is_final:
            self.wires.tell("closed", self.call, "")

    def note(self, who: str, text: str, *, keys: bool = False) -> None:
        """Write a line of the transcript."""
        line = Line("us" if who == "us" else "them", text, self.wires.timeline.time(), "keys" if keys else "said")
        self.call.transcript.append(line)
        lasts = 0.0 if keys else seconds_to_say(text)
        self.wires.tell("keys" if keys else "heard" if who == "them" else "said", self.call, text, lasts=lasts)

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
        self.ear = self.question = None
        self.on_key = None
        if self._talk is not None:
            self._talk.drop()
            self._talk = None
        if self.course is not None:
            self.course.interrupt(why)
