"""Whoever holds the phone during a call: plays a script, or leaves everything to somebody's hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.simulator.calls.speech_time import seconds_to_say
from ringline.simulator.calls.steps import HangUp, Hold, Press, Say, Script, Silent, Step, Wait

if TYPE_CHECKING:
    from ringline.simulator.calls.leg import Leg

REACTION = 0.5
"""Seconds from the end of a prompt until a person answers."""
SILENT_IN_TALK = 3.0
"""How long `Silent` lasts where two people talk and nobody listens for an end."""


@dataclass(eq=False, slots=True)
class _Planned:
    step: Say | Press | HangUp


class Person:
    """Takes one step of the script each time it is asked for something."""

    def __init__(self, leg: Leg, script: Script | None) -> None:
        self._leg = leg
        self._steps: deque[Step] = deque()
        self._asked = None if script is None or isinstance(script, Sequence) else script
        if isinstance(script, Sequence):
            self._steps.extend([script] if isinstance(script, str) else script)
        self.by_hand = script is None
        """Whether somebody steers the phone live; then nobody hurries them."""
        # The step that is planned but has not been done; it is taken back if the question is asked anew before.
        self._planned: _Planned | None = None
        # How many lines were told to the function, and those of the prompt that it was told before they were said.
        self._lines_told = 0
        self._told_ahead: tuple[str, ...] = ()
        self._prompt: tuple[str, ...] = ()

    def picks_up(self) -> None:
        """The call is connected."""
        self._hang_up_in_time()

    def is_asked(self, prompt_lasts: float, prompt: tuple[str, ...] = ()) -> None:
        """Somebody listens, after a prompt that takes so long."""
        self._prompt = prompt
        if self._planned is not None:
            self._steps.appendleft(self._planned.step)
            self._planned = None
        delay = 0.0
        step = self._next()
        while isinstance(step, Wait):
            delay += step.seconds
            step = self._next()
        if step is None or isinstance(step, Silent):
            return
        if isinstance(step, Hold):
            self.by_hand = True
            return
        if isinstance(step, HangUp) and step.after is not None:
            self._steps.appendleft(step)  # it comes at its own time
            return
        if isinstance(step, str):
            step = Say(step)
        at = delay + prompt_lasts + REACTION
        if isinstance(step, Say | Press) and step.at is not None:
            at = delay + prompt_lasts + step.at
        elif isinstance(step, Say | Press) and step.into is not None:
            at = delay + step.into
        else:
            # An answer to the question; a step at a moment of its own is done even if nobody listens any more.
            self._planned = _Planned(step)
            self._leg.wires.timeline.plan(at, self._do_planned, self._planned)
            return
        self._leg.wires.timeline.plan(at, self._do, step)

    async def converse(self) -> None:
        """Go through the rest of the script in a talk with another person."""
        pass_time = self._leg.wires.pass_time
        while True:
            await pass_time(REACTION)
            step = self._next()
            if step is None:
                return
            if isinstance(step, Hold):
                self.by_hand = True
                return
            if isinstance(step, Silent | Wait):
                await pass_time(step.seconds if isinstance(step, Wait) else SILENT_IN_TALK)
                continue
            step = Say(step) if isinstance(step, str) else step
            self._do(step)
            if isinstance(step, HangUp):
                return
            await pass_time(seconds_to_say(step.text) if isinstance(step, Say) else 1.0)

    def _next(self) -> Step | None:
        if not self._steps and self._asked is not None:
            given = self._asked(self._heard_since())
            if given is None:
                return Silent()
            self._steps.extend([given] if isinstance(given, str) or not isinstance(given, Sequence) else given)
        return self._steps.popleft() if self._steps else None

    def _heard_since(self) -> str:
        """What was said since the last step, the prompt of this question with it."""
        lines = [line.text for line in self._leg.call.transcript if line.who == "us"]
        fresh = lines[self._lines_told :]
        for told in self._told_ahead:
            if fresh and told.startswith(fresh[0]):  # it may have been broken off
                fresh.pop(0)
        self._lines_told, self._told_ahead = len(lines), self._prompt
        return " ".join([*fresh, *self._prompt])

    def _hang_up_in_time(self) -> None:
        if self._steps and isinstance(self._steps[0], HangUp) and self._steps[0].after is not None:
            self._leg.wires.timeline.plan(self._steps[0].after, self._leg.person_hangs_up)

    def _do_planned(self, planned: _Planned) -> None:
        if planned is self._planned:
            self._planned = None
            self._do(planned.step)

    def _do(self, step: Say | Press | HangUp) -> None:
        if isinstance(step, HangUp):
            self._leg.person_hangs_up()
            return
        if isinstance(step, Say):
            self._leg.person_says(step.text, step.confidence)
        else:
            self._leg.person_presses(step.keys)
        self._hang_up_in_time()
