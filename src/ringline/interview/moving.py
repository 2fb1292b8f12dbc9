"""From one question to the next, back, to a person, or to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview import speaking
from ringline.interview.actions import Transfer
from ringline.interview.asking import in_turn, open_question, put_once_more, tell, wait_for_reply
from ringline.interview.routing import next_question
from ringline.interview.state import Answer

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.routing import Route
    from ringline.interview.turn import Turn

_NO_ANSWER = ("silence", "no_match", "out_of_range")
_TRANSFERS = 2
_UNHEARD = 2
_CAN_BE_TAKEN_BACK = ("number", "multiple_choice", "date", "time", "duration")


def on(turn: Turn, question: Question, answer: Answer) -> None:
    """Go on from an answered question; *answer* is open, for its conditions."""
    implied = turn.state.implied
    route = _route(turn, question, answer)
    if implied == question.id:
        words = speaking.spoken(question, answer.value, turn.language, turn.sentences)
        said = turn.sentences.implied.format(value=words)
        turn.say(f"{said[:1].upper()}{said[1:]}", "acknowledge")
    else:
        turn.state.implied = None
    follow(turn, route)


def follow(turn: Turn, route: Route) -> None:
    """Do what the flow leads to."""
    if route.kind == "question" and route.question is not None and route.question in turn.flow:
        turn.say(route.message or "", language=turn.written_in)
        come_to(turn, turn.flow[route.question])
    elif route.kind == "transfer":
        transfer(turn, words=route.message)
    elif route.kind == "end_call":
        turn.end("ended_by_rule", route.why, words=route.message, language=turn.written_in)
    else:
        turn.say(route.message or "", language=turn.written_in)
        finish(turn, route.why)


def finish(turn: Turn, why: str = "") -> None:
    """The flow is at its end."""
    answers = turn.state.answers.values()
    if answers and all(answer.status in _NO_ANSWER for answer in answers):
        turn.end("partial" if turn.state.heard else "no_answer", why)
    else:
        turn.end("completed", why)


def come_to(turn: Turn, question: Question) -> None:
    """Open a question, unless it was come to too often."""
    if turn.state.visits.get(question.id, 0) < max(question.max_visits, 1):
        open_question(turn, question)
        return
    if question.id in turn.entered:
        turn.end(turn.unfinished, f"{question.id} was come to too often")
        return
    turn.entered.add(question.id)
    turn.state.cursor = question.id
    given_up(turn, question, Answer("skipped"))


def given_up(turn: Turn, question: Question, answer: Answer) -> None:
    """Go on without an answer, in the way the question wants it."""
    way = question.on_exhausted
    if turn.state.unheard >= _UNHEARD and not turn.is_text:
        turn.end(turn.unfinished, "nobody was heard any more")
    elif way == "end":
        turn.end(turn.unfinished, f"no answer to {question.id}")
    elif way == "transfer" and turn.spec.transfer_to:
        transfer(turn)
    else:
        on(turn, question, answer)


def back(turn: Turn) -> bool:
    """Go back to the question before, whose answer is given anew; false where there is none."""
    state = turn.state
    if len(state.path) < 2:
        return False
    left, before = state.path.pop(), state.path.pop()
    for one in (left, before):
        state.answers.pop(one, None)
        # Who goes back comes to both anew, and only a flow that runs in circles is to be stopped.
        state.visits[one] = max(state.visits.get(one, 0) - 1, 0)
    state.implied = None
    if before not in turn.flow:
        return False
    open_question(turn, turn.flow[before])
    return True


def transfer(turn: Turn, *, words: str | None = None) -> None:
    """Have a person take over. Without one, or after two attempts that failed, go on or end."""
    state = turn.state
    if not turn.spec.transfer_to or state.transfers >= _TRANSFERS:
        turn.say(words or turn.sentences.no_operator)
        turn.end(turn.unfinished, "nobody to transfer to")
        return
    if turn.is_text:
        written = words or turn.spec.transfer_message or turn.sentences.written_transfer
        turn.end("transferred", words=written)
        return
    own = words or turn.spec.transfer_message
    turn.say(own or turn.sentences.transferring, language=turn.written_in if own else None)
    state.transfers += 1
    state.phase = "transferring"
    state.pending = None
    turn.actions.append(Transfer(turn.spec.transfer_to, turn.next_turn()))


def can_transfer(turn: Turn) -> bool:
    """Whether somebody is there to take over."""
    return bool(turn.spec.transfer_to) and turn.state.transfers < _TRANSFERS


def transfer_failed(turn: Turn) -> None:
    """Nobody took the call: go back to the open question, or end where there is none."""
    question = turn.question
    if question is None or question.id in turn.state.answers or turn.state.is_overdue:
        turn.say(turn.sentences.no_operator)
        turn.end(turn.unfinished, "the transfer failed")
    else:
        turn.say(turn.sentences.transfer_failed)
        put_once_more(turn, question)


def remind(turn: Turn, question: Question) -> None:
    """Over text, say once more what is open."""
    turn.state.reminders += 1
    asked = speaking.words_of(question, turn.language)
    tell(turn, in_turn(turn, (turn.sentences.reminder,), question=asked), "again")
    wait_for_reply(turn)


def can_imply(turn: Turn, question: Question, answer: Answer) -> bool:
    """Whether the next question can say the answer, and a no to it can only mean that it was wrong."""
    if question.type == "text":
        return False
    route = _route(turn, question, answer)
    if route.kind != "question" or route.question is None or route.question not in turn.flow:
        return False
    return turn.flow[route.question].type in _CAN_BE_TAKEN_BACK


def _route(turn: Turn, question: Question, answer: Answer) -> Route:
    answers = {**turn.state.answers, question.id: answer}
    return next_question(turn.flow, answers, question.id, turn.language)
