"""What each phone does with calls that come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ringline.simulator.calls.steps import Script

Kind = Literal["answer", "busy", "decline", "no_answer", "fail", "machine", "fax"]

# What the network answers for a call that is not taken, as SIP has it.
SIP_CODES = {"busy": 486, "decline": 603, "no_answer": 487, "fail": 480}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a phone does with a call, *after* so many seconds of ringing.

    *script* is what the person does (``None``: whatever is asked of the phone by hand). *verdict* and *verdict_after*
    replace what machine detection finds and when; an infinite time means never.
    """

    kind: Kind = "answer"
    script: Script | None = ()
    after: float = 2.0
    greeting: str = ""
    beep: bool = True
    sip_code: int | None = None
    verdict: str | None = None
    verdict_after: float | None = None


class CallPhones:
    """The reactions phones are armed with, each for one call; the last one stays in force."""

    def __init__(self) -> None:
        self._armed: dict[str, list[Reaction]] = {}
        self._used: set[str] = set()
        self._ringing: dict[str, list[Callable[[Reaction], None]]] = {}
        self.habit: Callable[[str], Reaction | None] = lambda _: None
        """What a phone does with a call that it is not armed for, unless its owner does something before."""

    def arm(self, number: str, reaction: Reaction) -> None:
        """Have the next call that comes in treated this way; one that rings already is treated so at once."""
        ringing = self._ringing.pop(number, [])
        for react in ringing:
            react(reaction)
        queue = self._armed.setdefault(number, [])
        if number in self._used:
            queue.clear()
            self._used.discard(number)
        queue.append(reaction)
        if ringing:
            self._used.add(number)

    def react(self, number: str, reaction: Reaction) -> bool:
        """Treat the call that rings this way, and no other; whether there was one."""
        ringing = self._ringing.pop(number, [])
        for react in ringing:
            react(reaction)
        return bool(ringing)

    def disarm(self, number: str) -> None:
        """Let calls ring until somebody takes them."""
        self._armed.pop(number, None)
        self._used.discard(number)

    def reaction_to_call(self, number: str) -> Reaction | None:
        """What the phone does with a call that comes in now; ``None``: it rings until somebody takes it."""
        queue = self._armed.get(number)
        if not queue:
            return None
        if len(queue) > 1:
            return queue.pop(0)
        self._used.add(number)
        return queue[0]

    def rings(self, number: str, react: Callable[[Reaction], None]) -> None:
        """A phone rings and nothing is decided; *react* is told what its owner does."""
        self._ringing.setdefault(number, []).append(react)

    def stops_ringing(self, number: str, react: Callable[[Reaction], None]) -> None:
        """Nobody took it in time."""
        waiting = self._ringing.get(number, [])
        if react in waiting:
            waiting.remove(react)

    def is_ringing(self, number: str) -> bool:
        """Whether the phone rings and waits for its owner."""
        return bool(self._ringing.get(number))

    def clear(self) -> None:
        """Forget everything."""
        self._armed.clear()
        self._used.clear()
        self._ringing.clear()
