"""What happens to conversations beside the turns of a call: reports on calls, timers, and people of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ringline.interview.events import Commanded, Detected, LegEnded, TimerFired
from ringline.voice.sessions.carrying import ASK_TWILIO, DEADLINE, HANG_UP
from ringline.voice.sessions.quiet_hours import first_moment_for
from ringline.voice.sessions.session import key_of
from ringline.voice.sessions.store import sessions as store
from ringline.voice.sessions.texting import TEXT_CHANNELS

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.interview.events import AnsweredBy, Event
    from ringline.voice.call import CallChange
    from ringline.voice.sessions.calling import LiveCalls
    from ringline.voice.sessions.lost_ends import LostEnds
    from ringline.voice.sessions.offers import Offers
    from ringline.voice.sessions.texting import Texting
    from ringline.voice.sessions.turning import Held, Turning

REPLY = "reply"
"""The reducer's timer for an open question by text."""


class Happening:
    """Folds in what no webhook of a turn brings, and has the person told what follows."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        turning: Turning,
        *,
        texting: Texting,
        live: LiveCalls,
        offers: Offers,
        lost_ends: LostEnds,
    ) -> None:
        self._database = database
        self._clock = clock
        self._turning = turning
        self._texting = texting
        self._live = live
        self._offers = offers
        self._lost_ends = lost_ends

    def happened_in(self, tx: Transaction, held: Held, event: Event) -> None:
        """Fold in one event."""
        actions = self._turning.fold(tx, held, event)
        if held.state.channel in TEXT_CHANNELS:
            if not self._texting.say_in(tx, held, actions):
                self._turning.fold(tx, held, LegEnded(held.state.leg, "refused", "carrier"))
        else:
            self._live.tell_in(tx, held, actions)

    # --- calls -------------------------------------------------------------------------------------------------------

    def call_changed(self, tx: Transaction, change: CallChange) -> None:
        """What became of a call: who picked up, and how it ended."""
        leg = store.leg_of_ref(tx, change.id)
        if leg is None:
            if change.is_final:
                # Who called has hung up before anybody talked to them.
                self._offers.withdraw_in(tx, change.id)
            return
        if change.answered_by and change.answered_by != leg["answered_by"]:
            store.note_answered_by(tx, leg["session_id"], leg["leg"], change.answered_by)
            held = self._turning.hold(tx, leg["session_id"])
            # Who picks up hears the first words only after the call's own webhook has begun the leg.
            if held is not None and leg["started_at"] is not None:
                self.happened_in(tx, held, Detected(leg["leg"], cast("AnsweredBy", change.answered_by)))
        if change.is_final:
            status = change.stage if change.stage in ("refused", "unresolved") else change.status
            self.leg_ended_in(tx, leg["session_id"], leg["leg"], status)

    def leg_ended_in(self, tx: Transaction, session_id: str, leg: int, status: str) -> None:
        """A call or a conversation by text is over, or never came to be."""
        held = self._turning.hold(tx, session_id)
        if held is None:
            return
        store.cancel_timer(tx, session_id, f"{ASK_TWILIO}{leg}")
        store.end_leg(tx, session_id, leg, status=status, at=self._clock.time())
        self.happened_in(tx, held, LegEnded(leg, status))

    # --- people of ours ----------------------------------------------------------------------------------------------

    def end_of_run_in(self, tx: Transaction, run_id: str, status: str) -> None:
        """The run that wanted to know was canceled or failed; so is over what it asked."""
        if status == "completed":
            return  # its steps had ended before
        for session_id in store.open_of_run(tx, run_id):
            self.end_in(tx, session_id, actor="run")

    def abandoned_in(self, tx: Transaction, step: Any) -> None:
        """A jump led back over the step that led a conversation; *step* has the keys it waited for."""
        for key in step.keys:
            if key.startswith(key_of("")):
                self.end_in(tx, key.removeprefix(key_of("")), actor="run")

    def end_in(self, tx: Transaction, session_id: str, *, actor: str) -> None:
        """End a session now; a live call is hung up."""
        held = self._turning.hold(tx, session_id)
        if held is not None:
            self.happened_in(tx, held, Commanded("end", actor))

    # --- time --------------------------------------------------------------------------------------------------------

    async def fire(self, timer: Row) -> None:
        """A timer is due."""
        if timer["name"].startswith(ASK_TWILIO):
            await self._lost_ends.ask(timer)
        elif timer["name"].startswith(HANG_UP):
            await self._live.hang_up(timer)
        else:
            await self._database.write(lambda tx: self._fire_in(tx, timer))

    def _fire_in(self, tx: Transaction, timer: Row) -> None:
        held = self._turning.hold(tx, timer["session_id"])
        if held is not None and not held.is_over and self._waits_for_morning(tx, held, timer):
            return
        if not store.take_timer(tx, timer) or held is None:
            return
        name = timer["name"]
        event: Event = Commanded("end", "deadline") if name == DEADLINE else TimerFired(name, timer["n"])
        self.happened_in(tx, held, event)

    def _waits_for_morning(self, tx: Transaction, held: Held, timer: Row) -> bool:
        """Put a reminder off that would come while people sleep; True where it was."""
        if timer["name"] != REPLY or held.state.reminders >= held.spec.reminders:
            return False
        now = self._clock.time()
        later = first_moment_for(held.row["person"], held.spec.timezone, now)
        return later > now and store.put_off_timer(tx, timer, later=later)
