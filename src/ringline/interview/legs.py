"""Calls and text conversations beginning and breaking off, machines that answer, timers, people of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview import moving
from ringline.interview.actions import EndLeg, NewLeg, Outcome, StartRecording
from ringline.interview.asking import MOST_CONFIRMATIONS, ask_to_confirm, put, put_once_more

if TYPE_CHECKING:
    from ringline.interview.events import AnsweredBy, Commanded, LegEnded, LegStarted
    from ringline.interview.turn import Turn

_BEEP = 30.0
# A call that is over before a word was said was hung up by whoever picked up, or called.
_NOT_REACHED: dict[str, Outcome] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "completed": "no_answer",
    "opted_out": "opted_out",
}
_TAKEN = ("completed", "answered")


def started(turn: Turn, event: LegStarted) -> None:
    """Somebody is there: greet and ask the first question, or go on at the open one."""
    state = turn.state
    is_first = state.phase == "new"
    was_transferring = state.phase == "transferring"
    state.leg = event.leg
    state.channel = event.channel
    state.is_outbound = event.direction == "outbound"
    state.heard = state.unheard = 0
    state.is_human = state.is_screened = state.is_greeted = False
    state.then = ""
    state.is_recording = state.is_paused = state.is_overdue = False
    state.phase = "saying"
    if is_first:
        state.language = turn.spec.language
    state.said = []
    for name in ("drop", "beep", "reply"):
        turn.cancel_timer(name)
    if turn.is_text:
        turn.cancel_timer("max_duration")
    else:
        turn.start_timer("max_duration", turn.spec.max_duration)
    if event.answered_by is not None and _is_machine(event.answered_by):
        detected(turn, event.answered_by)
        return
    _greet(turn, is_first=is_first)
    _ask(turn, was_transferring=was_transferring)


def _greet(turn: Turn, *, is_first: bool) -> None:
    """The first words of a leg, and the announcement of what begins with them."""
    state = turn.state
    state.is_greeted = True
    if is_first:
        turn.say(turn.spec.greeting or "", "greeting", language=turn.spec.language)
    else:
        turn.say(turn.sentences.resumed, "greeting")
    if turn.spec.record and not turn.is_text:
        own = turn.spec.recording_notice
        turn.say(own or turn.sentences.recording, "notice", language=turn.spec.language if own else None)
        turn.actions.append(StartRecording())
        state.is_recording = True


def _ask(turn: Turn, *, was_transferring: bool = False) -> None:
    question = turn.question
    if question is None and turn.flow.questions and not turn.state.path:
        moving.come_to(turn, turn.flow.questions[0])
    elif question is None or (was_transferring and question.id in turn.state.answers):
        moving.finish(turn)
    elif turn.state.pending is not None and not question.sensitive and turn.counted("confirm") < MOST_CONFIRMATIONS:
        ask_to_confirm(turn, question)
    else:
        turn.state.pending = None
        put(turn, question)


def ended(turn: Turn, event: LegEnded) -> None:
    """A leg is over, or never came to be."""
    state = turn.state
    if event.status == "opted_out":
        _over(turn, "opted_out", "the person opted out")
    elif state.phase == "new":
        _over(turn, _NOT_REACHED.get(event.status, "failed"), event.status)
    elif state.phase == "transferring":
        _over(turn, "transferred", "hung up after the transfer")
    elif state.is_screened and not state.drops:
        _over(turn, "no_answer", "the call was screened, and nobody came")
    elif state.phase == "between":
        state.leg = event.leg
        _try_another_way(turn)
    else:
        _try_another_way(turn)


def _try_another_way(turn: Turn) -> None:
    """Go on by what `on_drop` names next, after its pause."""
    state = turn.state
    if state.drops >= len(turn.spec.on_drop) or state.cursor is None:
        _over(turn, "partial", "hung up")
        return
    for name in ("max_duration", "reply", "beep"):
        turn.cancel_timer(name)
    state.phase = "between"
    state.then = ""
    state.is_recording = state.is_paused = False
    state.drops += 1
    turn.next_turn()
    turn.start_timer("drop", turn.spec.on_drop[state.drops - 1].after)


def _over(turn: Turn, outcome: Outcome, reason: str) -> None:
    """The session ends where nobody is there to hear it."""
    turn.end(outcome, reason, words="")


def detected(turn: Turn, answered_by: AnsweredBy) -> None:
    """Who answered, according to Twilio. Too late if somebody has answered a question by then."""
    state = turn.state
    if turn.is_text or state.is_human or state.phase == "transferring" or state.then == "hang_up":
        return
    if answered_by == "fax":
        _over(turn, "failed", "a fax answered")
    elif not _is_machine(answered_by):
        if state.then == "voicemail":
            _go_on(turn)
    elif answered_by == "machine_start":
        if state.then != "voicemail":
            _wait_for_beep(turn)
    else:
        reached_machine(turn)


def _is_machine(answered_by: AnsweredBy) -> bool:
    return answered_by == "fax" or answered_by.startswith("machine")


def _go_on(turn: Turn) -> None:
    """It was a person after all: what was held back for the beep is said and asked."""
    turn.cancel_timer("beep")
    if not turn.state.is_greeted:
        _greet(turn, is_first=not turn.state.drops)
        _ask(turn)
    elif turn.question is None or turn.question.sensitive:
        _ask(turn)
    else:
        put_once_more(turn, turn.question)


def _wait_for_beep(turn: Turn) -> None:
    turn.state.phase = "saying"
    turn.state.then = "voicemail"
    turn.state.pending = None
    turn.next_turn()
    turn.start_timer("beep", _BEEP)


def reached_machine(turn: Turn) -> None:
    """A machine listens: leave the message, and nothing else."""
    state = turn.state
    turn.cancel_timer("beep")
    turn.say(turn.spec.voicemail or "", "voicemail", language=turn.spec.language)
    if state.drops and state.cursor is not None:
        # The person had begun: a machine on a later call is only one more way that did not work.
        _hang_up(turn)
        return
    state.answers = {}
    state.heard = 0
    turn.end("voicemail", "a machine answered", words="")


def transferred(turn: Turn, status: str) -> None:
    """How the call to the person who takes over ended."""
    if status in _TAKEN:
        turn.end("transferred", status, words="")
    else:
        moving.transfer_failed(turn)


def timer_fired(turn: Turn, name: str) -> None:
    """A timer that is waited for."""
    state = turn.state
    state.timers[name] = -state.timers[name]
    if name == "max_duration":
        if state.phase == "transferring":
            state.is_overdue = True
        else:
            turn.say(turn.sentences.too_long)
            turn.end(turn.unfinished, "the call took as long as it may")
    elif name == "beep":
        reached_machine(turn)
    elif name == "drop":
        turn.actions.append(NewLeg(turn.spec.on_drop[state.drops - 1].kind, state.leg + 1))
    elif name == "reply":
        question = turn.question
        if question is not None and state.reminders < turn.spec.reminders:
            moving.remind(turn, question)
        else:
            _over(turn, turn.unfinished, "no reply in time")


def commanded(turn: Turn, event: Commanded) -> None:
    """A person of ours interferes."""
    by = f" by {event.actor}" if event.actor else ""
    if event.command == "hang_up" and turn.state.phase not in ("new", "between") and not turn.is_text:
        _hang_up(turn)
    else:
        _over(turn, turn.unfinished, f"ended{by}")


def _hang_up(turn: Turn) -> None:
    turn.state.phase = "saying"
    turn.state.then = "hang_up"
    turn.next_turn()
    turn.actions.append(EndLeg())
