"""Who stands between us and the person: services and people that ask who is calling before they fetch somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview import answering, asides, legs
from ringline.interview.asking import listen_patiently, put
from ringline.interview.folding import plain

if TYPE_CHECKING:
    from ringline.interview.events import UserSaid
    from ringline.interview.flow import Question
    from ringline.interview.turn import Turn

_SERVICE_WORDS = 8
_LEAST_WORDS = 2
_TIMES_TOLD = 2
_TIMES_HELD = 3


def heard(turn: Turn, question: Question, event: UserSaid) -> bool:
    """Deal with a machine, or with who screens a call of ours; false where the words are the person's."""
    state = turn.state
    if not state.is_outbound or turn.is_text or state.is_human:
        return False
    if state.is_screened:
        _while_waiting(turn, question, event)
        return True
    if state.heard > 0:
        return False
    words = len(plain(event.text).split())
    if words >= _SERVICE_WORDS and _asks_who(turn, event.text):
        state.heard += 1
        _tell(turn, question)
        return True
    if asides.sounds_like_machine(event.text):
        legs.reached_machine(turn)
        return True
    return False


def asks_who(turn: Turn, question: Question, text: str) -> bool:
    """Whether somebody wants to know, in few words, who is calling and what for.

    Later on, what people say in their own words may hold the same.
    """
    if turn.is_text or (question.type == "text" and turn.state.heard > 1):
        return False
    return _LEAST_WORDS <= len(plain(text).split()) < _SERVICE_WORDS and _asks_who(turn, text)


def introduce(turn: Turn) -> None:
    """Say who calls, and what for."""
    turn.say(turn.spec.greeting or "", "greeting", language=turn.spec.language)
    turn.say(turn.sentences.screened, "message")


def _asks_who(turn: Turn, text: str) -> bool:
    return turn.sentences.screening.search(plain(text)) is not None


def _tell(turn: Turn, question: Question) -> None:
    """No question is put yet: a service only writes down what it hears, and the person comes after it."""
    turn.state.is_screened = True
    turn.count("told")
    introduce(turn)
    listen_patiently(turn, question)


def _while_waiting(turn: Turn, question: Question, event: UserSaid) -> None:
    text = event.text
    if not text.strip():
        answering.failed(turn, question, "silence")
        return
    turn.state.heard += 1
    if _asks_who(turn, text) and turn.counted("told") < _TIMES_TOLD:
        _tell(turn, question)
    elif turn.sentences.on_hold.search(plain(text)) and turn.count("held") <= _TIMES_HELD:
        listen_patiently(turn, question)
    elif asides.sounds_like_machine(text):
        turn.state.is_screened = False
        legs.reached_machine(turn)
    else:
        turn.state.is_screened = False
        found = answering.interpret(turn, question, text)
        if found.status == "meta" and found.value in ("stop", "operator"):
            asides.follow(turn, question, str(found.value))
            return
        # The person is there now, and has heard nothing yet: "hello?" is no answer.
        turn.say(turn.spec.greeting or "", "greeting", language=turn.spec.language)
        put(turn, question)
