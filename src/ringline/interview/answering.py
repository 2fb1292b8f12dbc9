"""From words and keys to an answer: understood, weighed, confirmed, asked for again or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.interview import asides, moving, parts, speaking
from ringline.interview.asking import (
    FAILURES,
    MOST_CONFIRMATIONS,
    Failure,
    ask_to_confirm,
    expected,
    is_last_resort,
    lead_of,
    listen,
    put_again,
)
from ringline.interview.conditions import words_match
from ringline.interview.masking import WITHOUT_ENDING, as_logged, hidden, opened
from ringline.interview.state import Answer, AnswerStatus, Pending
from ringline.local_time import read_zone
from ringline.understanding import Interpretation, is_known, understand

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.turn import Turn

_SURE = 0.80
UNSURE = 0.50
"""Below this an answer is not one."""
_STRAY = 0.3
_STRAY_WORDS = 2
_LEAST, _REST, _UNKNOWN = 0.6, 0.4, 0.9
_FAINT = _LEAST + _REST * _STRAY
_LATEST = 32_503_680_000.0
_READ_BACK_TYPES = ("phone", "email", "digits")
_SAID_BACK_TYPES = ("date", "time", "duration")
_ANSWER_OF: dict[Failure, AnswerStatus] = {
    "silence": "silence",
    "no_match": "no_match",
    "out_of_range": "out_of_range",
    "low": "no_match",
    "rejected": "no_match",
}


def said(turn: Turn, question: Question, text: str, confidence: float | None) -> None:
    """Words came for the open question."""
    found = _chosen(turn, text) or interpret(turn, question, text)
    if found.status == "silence" or _is_stray(question, found, text, confidence):
        if turn.is_text:
            failed(turn, question, "no_match")
        elif turn.count("stray") == 1:
            listen(turn, question)
        else:
            failed(turn, question, "silence")
        return
    turn.state.counts.pop("stray", None)
    if turn.state.part is not None:
        parts.heard(turn, question, text, confidence)
        return
    if asides.instead(turn, question, found, text):
        return
    how = "text" if turn.is_text else "speech"
    weigh(turn, question, found, text, how, weight_of(confidence, is_text=turn.is_text))


def _is_stray(question: Question, found: Interpretation, text: str, confidence: float | None) -> bool:
    """Whether it is a sound rather than an answer: one that the recogniser hardly believes in and nothing is in."""
    if confidence is None or not 0 < confidence < _STRAY:
        return False
    is_short = question.type == "text" and len(text.split()) <= _STRAY_WORDS
    return found.status in ("no_match", "ambiguous") or (found.status == "ok" and is_short)


def _chosen(turn: Turn, text: str) -> Interpretation | None:
    """One of two answers that were offered, by its name or its place: "the second" is not 2 then."""
    question, offered = turn.question, turn.state.offered
    turn.state.offered = []
    if question is None or len(offered) != 2:
        return None
    labels = [speaking.spoken(question, value, turn.language, turn.sentences) for value in offered]
    language = turn.language if is_known(turn.language) else "en"
    found = understand("multiple_choice", text, language=language, choices=labels)
    return replace(found, value=offered[labels.index(found.value)]) if found.status == "ok" else None


def keyed(turn: Turn, question: Question, digits: str, finished_on: str | None) -> None:
    """Keys came for the open question. A valid answer wins over keys that mean the same everywhere."""
    if not question.keypad:
        failed(turn, question, "no_match")
        return
    found = interpret(turn, question, digits, keys=True) if digits else Interpretation("silence")
    navigation = asides.by_key(turn, digits or (finished_on or ""))
    is_answer = found.status == "ok" and (question.type in speaking.KEYABLE or navigation is None)
    if navigation is not None and not is_answer:
        asides.follow(turn, question, navigation)
    elif found.status == "silence":
        failed(turn, question, "no_match" if digits else "silence")
    else:
        weigh(turn, question, found, digits, "keypad", 1.0)


def interpret(turn: Turn, question: Question, text: str, *, keys: bool = False) -> Interpretation:
    """What the words or keys mean as an answer of this question."""
    expect = expected(turn, question)
    is_number = turn.is_text and text.strip().isascii() and text.strip().isdigit()
    if is_number and question.type in ("multiple_choice", "yes_no"):
        keys = True
    now = datetime.fromtimestamp(min(max(turn.now, 0), _LATEST), _zone(turn.spec.timezone))
    try:
        if not is_known(turn.language):
            expect["language"] = "en"
        found = understand(expect.pop("type"), text, keys=keys, now=now, **expect)
    except RequestError:
        # A list that is missing is for the check to say; on a call any words count.
        found = understand("text", text, language="en")
    wrong_length = question.type == "digits" and question.length and len(str(found.value)) != question.length
    if found.status == "ok" and wrong_length:
        return Interpretation("out_of_range", found.value, found.confidence, found.evidence)
    return found


def confirmed(turn: Turn, question: Question, text: str, confidence: float | None, *, keys: bool = False) -> None:
    """Something came while an answer waits for a yes."""
    pending = turn.state.pending
    assert pending is not None
    found = _yes_or_no(turn, text, keys=keys)
    is_yes = found.status == "ok" and found.value is True
    if keys and is_yes:
        take(turn, question, replace(pending.answer, confirmed=True))
        return
    if found.status == "meta" and asides.is_possible(found.value):
        asides.follow(turn, question, str(found.value))
        return
    other = interpret(turn, question, text, keys=keys) if question.type not in ("yes_no", "text") else None
    if other is not None and other.status == "ok":
        secret = pending.answer.sealed if pending.answer.sealed is not None else pending.answer.value
        if other.value != secret and str(other.value) != secret:
            turn.state.pending = None
            if is_yes:
                # "Yes, eight" to "is it nine?" says two things.
                other = replace(other, evidence=(*other.evidence, "modifier"))
            how = "keypad" if keys else "text" if turn.is_text else "speech"
            weight = 1.0 if keys else weight_of(confidence, is_text=turn.is_text)
            weigh(turn, question, other, text, how, weight)
            return
    if is_yes and "modifier" not in found.evidence:
        take(turn, question, replace(pending.answer, confirmed=True))
        return
    if found.status == "ok" and found.value is False:
        turn.state.pending = None
        failed(turn, question, "rejected")
        return
    unconfirmed(turn, question)


def unconfirmed(turn: Turn, question: Question) -> None:
    """Neither yes nor no came. Asked twice, what was surely heard counts unless much depends on it."""
    pending = turn.state.pending
    assert pending is not None
    if turn.counted("confirm") < MOST_CONFIRMATIONS:
        ask_to_confirm(turn, question, is_again=True)
    elif pending.answer.confidence >= _SURE and not question.sensitive and "modifier" not in pending.answer.evidence:
        take(turn, question, pending.answer)
    else:
        turn.state.pending = None
        failed(turn, question, "low")


def failed(turn: Turn, question: Question, failure: Failure, *, alternatives: tuple[Any, ...] = ()) -> None:
    """An attempt without an answer: ask again in other words, or give the question up."""
    turn.state.pending = None
    turn.state.counts.pop("stray", None)
    turn.count(failure)
    if turn.counted(*FAILURES) > max(question.retries, 0):
        _give_up(turn, question, failure)
    elif is_last_resort(turn, question) and parts.are_possible(turn, question):
        parts.begin(turn, question, lead_of(turn, failure))
    else:
        put_again(turn, question, failure, alternatives=alternatives)


def take(turn: Turn, question: Question, answer: Answer) -> None:
    """The answer stands; go on."""
    answer = replace(answer, asked=1 + turn.counted(*FAILURES))
    turn.state.answers[question.id] = as_logged(answer, question, turn.language)
    turn.state.pending = None
    turn.state.unheard = 0
    if answer.status == "ok" and answer.value is not None and question.type != "text":
        turn.state.is_human = True
    moving.on(turn, question, opened(answer, question))


def weigh(turn: Turn, question: Question, found: Interpretation, text: str, how: str, weight: float) -> None:
    """Do what follows from an answer that was understood so; *weight* is what the recogniser leaves of its rule's."""
    status = found.status
    if status == "ok":
        confidence = round(found.confidence * weight, 4)
        answer = Answer(
            "ok", found.value, _canonical(question, found.value, text), text, how, confidence, list(found.evidence)
        )
        _band(turn, question, answer, is_faint=weight < _FAINT)
    elif status == "meta" and asides.is_possible(found.value):
        asides.follow(turn, question, str(found.value))
    elif turn.state.implied and _takes_back(turn, text):
        moving.back(turn)
    elif how != "keypad" and words_match(turn.flow, question, text, turn.language):
        evidence = [*found.evidence, "words that a condition looks for"]
        _settle(turn, question, Answer("ok", None, text.strip(), text, how, weight, evidence))
    elif status == "refused":
        _settle(turn, question, Answer("refused", None, text.strip(), text, how, weight, list(found.evidence)))
    elif status == "dont_know":
        is_final = question.optional or question.allow_unsure or turn.counted("dont_know")
        if is_final:
            _settle(turn, question, Answer("dont_know", None, text.strip(), text, how, weight, list(found.evidence)))
        else:
            turn.count("dont_know")
            failed(turn, question, "no_match")
    else:
        failed(
            turn,
            question,
            "out_of_range" if status == "out_of_range" else "no_match",
            alternatives=found.alternatives if status == "ambiguous" else (),
        )


def _settle(turn: Turn, question: Question, answer: Answer) -> None:
    take(turn, question, hidden(answer, question) if question.sensitive else answer)


def _band(turn: Turn, question: Question, answer: Answer, *, is_faint: bool) -> None:
    """Accept, confirm or ask again, by how sure it is and what the question wants."""
    sure = answer.confidence
    kept = hidden(answer, question) if question.sensitive else answer
    if sure < UNSURE:
        failed(turn, question, "low")
        return
    can_confirm = question.confirm != "never" and turn.counted("confirm") < MOST_CONFIRMATIONS
    if can_confirm and _must_confirm(question, answer):
        turn.state.pending = Pending(as_logged(kept, question, turn.language))
        ask_to_confirm(turn, question)
        return
    if sure < _SURE and question.confirm != "never" and question.type != "text":
        if not can_confirm:
            # It was read back as often as may be: what is not sure by now is asked for again.
            failed(turn, question, "low")
            return
        if is_faint or not _is_low_risk(question) or not moving.can_imply(turn, question, answer):
            turn.state.pending = Pending(as_logged(kept, question, turn.language))
            ask_to_confirm(turn, question)
            return
        turn.state.implied = question.id
    if question.confirm == "auto" and question.type in _SAID_BACK_TYPES and answer.how == "speech":
        turn.state.implied = None if question.sensitive else question.id
    take(turn, question, kept)


def _must_confirm(question: Question, answer: Answer) -> bool:
    if question.confirm == "always":
        return True
    if "modifier" in answer.evidence:
        return True
    if question.sensitive and answer.how != "text":
        return question.type not in WITHOUT_ENDING
    return answer.how == "speech" and question.type in _READ_BACK_TYPES


def _is_low_risk(question: Question) -> bool:
    """Whether little depends on the answer: nothing branches on it."""
    return not question.actions and not question.sensitive


def _takes_back(turn: Turn, text: str) -> bool:
    found = _yes_or_no(turn, text)
    return found.status == "ok" and found.value is False


def _yes_or_no(turn: Turn, text: str, *, keys: bool = False) -> Interpretation:
    keys = keys or (turn.is_text and text.strip() in ("1", "2"))
    return understand("yes_no", text, language=turn.language if is_known(turn.language) else "en", keys=keys)


def _give_up(turn: Turn, question: Question, failure: Failure) -> None:
    only_silence = turn.counted("silence") == turn.counted(*FAILURES)
    unheard = turn.state.unheard + 1 if only_silence and not question.optional else 0
    asked = turn.counted(*FAILURES)
    status = "no_match" if failure == "silence" and not only_silence else _ANSWER_OF[failure]
    answer = Answer(status, how="text" if turn.is_text else "speech", asked=asked)
    if question.on_exhausted == "default":
        answer = replace(answer, status="defaulted", value=question.default, text=str(question.default))
    elif question.on_exhausted == "skip":
        answer = replace(answer, status="skipped")
    kept = hidden(answer, question) if question.sensitive else answer
    turn.state.answers[question.id] = kept
    turn.state.unheard = unheard
    moving.given_up(turn, question, answer)


def _zone(name: str | None) -> tzinfo:
    """The person's zone; UTC where it is not known."""
    try:
        return read_zone(name) if name else UTC
    except ValueError:
        return UTC


def _canonical(question: Question, value: Any, text: str) -> str:
    if question.type == "multiple_choice":
        return speaking.label_of(question, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text.strip()


def weight_of(confidence: float | None, *, is_text: bool) -> float:
    """How much the recogniser is trusted. What it says of 0 means that it says nothing."""
    if is_text:
        return 1.0
    if confidence is None or not 0 < confidence <= 1:
        return _UNKNOWN
    return _LEAST + _REST * confidence
