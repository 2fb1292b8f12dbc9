"""The part of a handset that makes and takes calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ringline.errors import RequestError
from ringline.simulator.calls.leg import Leg
from ringline.simulator.calls.phones import CallPhones, Reaction
from ringline.simulator.calls.records import Call
from ringline.simulator.calls.steps import Press, Say, Script

if TYPE_CHECKING:
    from ringline.simulator.calls.exchange import Exchange


class OnItsThread(Protocol):
    """Runs a function on the simulator's thread, and gives its result."""

    def __call__(self, work: Callable[[], Any]) -> Any: ...


class Telephone:
    """What one phone does with calls. Each arming holds for the next call, in order; the last one stays in force.

    A phone that rings when it is armed does at once what it is armed with; one that is not armed rings on.
    """

    def __init__(self, number: str, exchange: Exchange, phones: CallPhones, run: OnItsThread) -> None:
        self._number = number
        self._exchange = exchange
        self._call_phones = phones
        self._run = run

    # -- what it does with the next call ---------------------------------------------------------------------------

    def answer(
        self,
        script: Script | None = (),
        *,
        after: float = 2.0,
        verdict: str | None = None,
        verdict_after: float | None = None,
    ) -> None:
        """Pick up *after* so many seconds of ringing, and play the script: a step for each question.

        A step is a text to say, `Say`, `Press`, `Silent`, `Wait`, `HangUp` or `Hold`; instead of steps there may be a
        function that is told what was said and gives the next one. ``None`` leaves it all to `say` and `press`.
        *verdict* and *verdict_after* are what machine detection finds, and when; `math.inf` is never.
        """
        self._arm(Reaction("answer", script, after, verdict=verdict, verdict_after=verdict_after))

    def machine(
        self,
        greeting: str = "Hi, I am not here. Please leave a message after the tone.",
        *,
        beep: bool = True,
        after: float = 10.0,
        verdict: str | None = None,
        verdict_after: float | None = None,
    ) -> None:
        """Let an answering machine take the call."""
        self._arm(Reaction("machine", (), after, greeting, beep, None, verdict, verdict_after))

    def fax(self, *, after: float = 4.0) -> None:
        """Let a fax machine take the call."""
        self._arm(Reaction("fax", (), after))

    def decline(self, *, after: float = 2.0) -> None:
        """Turn the call away, which Twilio calls ``busy``."""
        self._arm(Reaction("decline", (), after))

    def busy(self) -> None:
        """Be engaged."""
        self._arm(Reaction("busy", (), 0.5))

    def no_answer(self) -> None:
        """Ring until the caller gives up."""
        self._arm(Reaction("no_answer"))

    def fail(self, sip_code: int = 480) -> None:
        """Let the carrier fail to reach it."""
        self._arm(Reaction("fail", sip_code=sip_code))

    def react(self, reaction: Reaction) -> None:
        """Treat the call that rings this way, and no other. Raises `RequestError` where none does."""
        if not self._run(lambda: self._call_phones.react(self._number, reaction)):
            raise RequestError(f"{self._number} does not ring", field="number", fix="call it first")

    def disarm(self) -> None:
        """Ring until somebody answers."""
        self._run(lambda: self._call_phones.disarm(self._number))

    # -- calls -----------------------------------------------------------------------------------------------------

    async def call(self, to: str, script: Script | None = ()) -> Call:
        """Call one of the account's numbers; the call goes on as time passes. Gives its record."""
        call: Call = self._run(
            lambda: self._exchange.call_in(self._number, self._exchange.number_called(to, self._number), script)
        )
        return call

    @property
    def is_ringing(self) -> bool:
        """Whether it rings and waits for its owner."""
        return self._call_phones.is_ringing(self._number)

    @property
    def live_leg(self) -> Leg | None:
        """Its end of that call."""
        legs = [leg for leg in self._exchange.live.values() if leg.call.phone == self._number]
        return legs[-1] if legs else None

    @property
    def live_call(self) -> Call | None:
        """The call it is in, or that rings on it."""
        leg = self.live_leg
        return leg.call if leg is not None else None

    def say(self, text: str, confidence: float | None = 0.9, *, is_all: bool = False) -> None:
        """Speak into the call that is going on; where that *is_all*, nobody waits for more."""
        step = Say(text, confidence)
        self._on_leg(lambda leg: leg.person_says(step.text, step.confidence, is_all=is_all))

    def press(self, keys: str, *, more: bool = False) -> None:
        """Press keys during the call that is going on; with *more* nobody hurries, until `stay_silent` ends it."""
        step = Press(keys)
        self._on_leg(lambda leg: leg.person_presses(step.keys, more=more))

    def stay_silent(self) -> None:
        """Let the open question pass, as if its time were over."""
        self._on_leg(Leg.person_gives_up)

    def hang_up(self) -> None:
        """End the call that is going on."""
        self._on_leg(Leg.person_hangs_up)

    def _arm(self, reaction: Reaction) -> None:
        self._run(lambda: self._call_phones.arm(self._number, reaction))

    def _on_leg(self, work: Callable[[Leg], None]) -> None:
        def find_and_do() -> None:
            legs = [
                leg
                for leg in self._exchange.live.values()
                if leg.call.phone == self._number and (leg.call.answered is not None or leg.call.direction == "inbound")
            ]
            if not legs:
                raise RequestError(
                    f"{self._number} is in no call", field="number", fix="call it, or let it pick up, first"
                )
            work(legs[-1])

        self._run(find_and_do)
