"""The agent that asks a question flow: what each event does to the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview import answering, asides, gatekeeping, legs, moving, parts
from ringline.interview.asking import put
from ringline.interview.events import (
    Commanded,
    Detected,
    KeysPressed,
    LegEnded,
    LegStarted,
    PlaybackDone,
    RecordingPaused,
    Silence,
    TimerFired,
    Transferred,
    UserSaid,
)
from ringline.interview.turn import Turn

if TYPE_CHECKING:
    from ringline.interview.actions import Action
    from ringline.interview.agent import QuestionsAgent
    from ringline.interview.events import Event
    from ringline.interview.state import SessionState

_LISTENING = ("asking", "confirming")


def fold(
    spec: QuestionsAgent, state: SessionState, event: Event, now: float
) -> tuple[SessionState, tuple[Action, ...]]:
    """The state after the event and what it wants done; the same state, and nothing, where the event means nothing."""
    if not _is_current(state, event):
        return state, ()
    turn = Turn(spec, state, now)
    if isinstance(event, UserSaid | KeysPressed | Silence):
        _heard(turn, event)
    elif isinstance(event, LegStarted):
        legs.started(turn, event)
    elif isinstance(event, LegEnded):
        legs.ended(turn, event)
    elif isinstance(event, Detected):
        legs.detected(turn, event.answered_by)
    elif isinstance(event, Transferred):
        legs.transferred(turn, event.status)
    elif isinstance(event, RecordingPaused):
        _paused(turn, is_done=event.done)
    elif isinstance(event, PlaybackDone):
        _played(turn)
    elif isinstance(event, TimerFired):
        legs.timer_fired(turn, event.name)
    elif isinstance(event, Commanded):
        legs.commanded(turn, event)
    return turn.state, tuple(turn.actions)


def _is_current(state: SessionState, event: Event) -> bool:
    """Whether the event is about what is going on now: its leg, its turn, its timer."""
    if state.phase == "ended":
        return False
    if isinstance(event, TimerFired):
        return event.n > 0 and state.timers.get(event.name) == event.n
    if isinstance(event, Commanded):
        return True
    if isinstance(event, LegStarted):
        return event.leg > state.leg
    if isinstance(event, LegEnded):
        is_next = state.phase in ("new", "between") and event.leg > state.leg
        return is_next or (event.leg == state.leg and state.phase != "between")
    if event.leg != state.leg or state.phase in ("new", "between"):
        return False
    if isinstance(event, UserSaid | KeysPressed | Silence):
        return event.turn == state.turn and state.phase in _LISTENING
    if isinstance(event, PlaybackDone):
        return event.turn == state.turn and state.phase == "saying"
    if isinstance(event, Transferred):
        return state.phase == "transferring"
    if isinstance(event, RecordingPaused):
        return state.phase == "saying" and state.then == "ask"
    return True


def _heard(turn: Turn, event: UserSaid | KeysPressed | Silence) -> None:
    question = turn.question
    if question is None:
        moving.finish(turn)
        return
    is_confirming = turn.state.phase == "confirming" and turn.state.pending is not None
    if isinstance(event, Silence):
        if turn.is_text:
            return
        turn.state.is_screened = False
        if is_confirming:
            answering.unconfirmed(turn, question)
        elif turn.state.part is not None:
            parts.silent(turn, question)
        else:
            answering.failed(turn, question, "silence")
        return
    if isinstance(event, KeysPressed):
        turn.state.heard += 1
        turn.state.is_human = True
        turn.state.is_screened = False
        if is_confirming:
            _keyed_at_confirmation(turn, event)
        else:
            answering.keyed(turn, question, event.digits, event.finished_on)
        return
    if asides.wants_no_calls(turn, question, event.text):
        turn.state.heard += 1
        asides.opt_out(turn, by_voice=True)
        return
    if gatekeeping.heard(turn, question, event):
        return
    if event.text.strip():
        turn.state.heard += 1
    if gatekeeping.asks_who(turn, question, event.text):
        asides.follow(turn, question, "who")
    elif is_confirming:
        answering.confirmed(turn, question, event.text, event.confidence)
    else:
        answering.said(turn, question, event.text, event.confidence)


def _keyed_at_confirmation(turn: Turn, event: KeysPressed) -> None:
    question = turn.question
    assert question is not None
    name = asides.by_key(turn, event.digits or (event.finished_on or ""))
    if name is not None:
        asides.follow(turn, question, name)
    else:
        answering.confirmed(turn, question, event.digits, None, keys=True)


def _paused(turn: Turn, *, is_done: bool) -> None:
    """Recording stands still, or could not be made to and is stopped by who carries the call."""
    turn.state.is_paused = is_done
    turn.state.is_recording = turn.state.is_recording and is_done
    question = turn.question
    if question is None:
        moving.finish(turn)
    else:
        put(turn, question)


def _played(turn: Turn) -> None:
    if turn.state.then == "ask":
        # Nobody said whether recording stands still: it is taken to have been stopped.
        _paused(turn, is_done=False)
    elif turn.state.then == "voicemail":
        return
    elif turn.state.then == "" and turn.question is not None:
        put(turn, turn.question)
