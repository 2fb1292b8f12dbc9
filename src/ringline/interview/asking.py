"""Putting questions: the first time, again in other words, to be confirmed; and what is listened for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ringline.interview import speaking
from ringline.interview.actions import Ask, PauseRecording, Play, ResumeRecording, SayKind
from ringline.interview.masking import WITHOUT_ENDING, mask, read_back
from ringline.interview.scales import bounds_of

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.turn import Turn

Failure = Literal["silence", "no_match", "out_of_range", "low", "rejected"]
FAILURES = ("silence", "no_match", "out_of_range", "low", "rejected")
"""What is counted against the retries of a question."""

MOST_CONFIRMATIONS = 2
"""How often an answer to one question is read back."""

_SHORT, _EXAMPLE, _LAST = 1, 2, 3
_ENDPOINTING = 2.0
_ENDPOINTING_LONG = 3.0
_SLOW_TYPES = ("email", "phone", "number", "digits")
_OF_COUNTRIES = ("date", "time", "phone")
_HOLD = 60.0
_HINTS = 100


def open_question(turn: Turn, question: Question) -> None:
    """Come to a question and put it."""
    state = turn.state
    state.cursor = question.id
    state.path.append(question.id)
    state.visits[question.id] = state.visits.get(question.id, 0) + 1
    state.counts = {}
    state.said = []
    state.pending = None
    state.reminders = 0
    leave_parts(turn)
    turn.entered.add(question.id)
    if state.is_paused and not question.sensitive:
        state.is_paused = False
        turn.actions.append(ResumeRecording())
    put(turn, question)


def leave_parts(turn: Turn) -> None:
    """Expect a whole answer again."""
    turn.state.part = None
    turn.state.parts = []
    turn.state.offered = []


def put(turn: Turn, question: Question) -> None:
    """Put the question in its own words, once recording stands still if it must."""
    leave_parts(turn)
    if question.sensitive and turn.state.is_recording and not turn.state.is_paused:
        turn.state.phase = "saying"
        turn.state.then = "ask"
        turn.next_turn()
        turn.actions.append(PauseRecording())
        return
    words = speaking.words_of(question, turn.language)
    if question.media and not turn.is_text:
        turn.actions.append(Play(question.media))
        turn.state.said.append(words)
    else:
        tell(turn, "\n".join(filter(None, [words, _replies(turn, question)])), "question")
    listen(turn, question)


def put_again(turn: Turn, question: Question, failure: Failure, *, alternatives: tuple[Any, ...] = ()) -> None:
    """Put it in other words after an attempt that failed."""
    leave_parts(turn)
    tell(turn, _other_words(turn, question, failure, alternatives), "again")
    listen(turn, question)


def is_last_resort(turn: Turn, question: Question) -> bool:
    """Whether the question has been asked in other words already, and no keys can help."""
    return _attempts(turn) >= _LAST and not (question.keypad and question.type in speaking.KEYABLE)


def put_once_more(turn: Turn, question: Question) -> None:
    """Come back to the open question after something else."""
    leave_parts(turn)
    asked = speaking.words_of(question, turn.language)
    was = turn.sentences.question_was.format(question=asked)
    tell(turn, unsaid(turn, was, speaking.short(question, turn.sentences), asked), "question")
    listen(turn, question)


def tell(turn: Turn, text: str, kind: SayKind) -> None:
    """Say it and remember that it was said."""
    turn.say(text, kind)
    turn.state.said.append(text)


def unsaid(turn: Turn, *texts: str) -> str:
    """The first of the texts that was not said at this question; numbered where all were."""
    for text in texts:
        if text not in turn.state.said:
            return text
    number = len(turn.state.said) + 1
    return f"{turn.sentences.attempt.format(n=number)} {texts[-1]}"


def in_turn(turn: Turn, variants: tuple[str, ...], **filled: str) -> str:
    """The first variant that was not said at this question."""
    return unsaid(turn, *(variant.format(**filled) for variant in variants))


def listen(
    turn: Turn, question: Question, *, patience: float | None = None, expect: dict[str, Any] | None = None
) -> None:
    """Listen for the answer; over text, wait for the reply."""
    turn.state.phase = "asking"
    turn.state.then = ""
    number = turn.next_turn()
    is_last = _attempts(turn) >= _LAST and _has_keys(question)
    digits = speaking.how_many_keys(question) if question.keypad else None
    turn.actions.append(
        Ask(
            question.id,
            number,
            turn.language,
            speech=turn.is_text or not (question.keys_only or is_last),
            keys=question.keypad and not turn.is_text,
            timeout=patience or question.timeout,
            speech_timeout=question.speech_timeout or _endpointing(question),
            hints=_hints(turn, question, expect),
            digits=digits,
            finish_on="" if question.optional or digits == 1 else "#",
            speech_model=question.speech_model,
            enhanced=question.enhanced,
            profanity_filter=question.profanity_filter,
            sensitive=question.sensitive,
            expect=expect or expected(turn, question),
        )
    )
    wait_for_reply(turn)


def wait_for_reply(turn: Turn) -> None:
    """Over text, let the time run within which a reply must come or a reminder goes out."""
    if turn.is_text:
        turn.start_timer("reply", turn.spec.reply_within / (1 + max(turn.spec.reminders, 0)))


def listen_patiently(turn: Turn, question: Question) -> None:
    """Listen for longer, for who asked to wait."""
    listen(turn, question, patience=max(question.timeout, _HOLD))


def expected(turn: Turn, question: Question) -> dict[str, Any]:
    """Arguments of `understand` for the question."""
    expect: dict[str, Any] = {"type": question.type, "language": turn.language}
    if question.choices:
        expect["choices"] = [
            {
                "label": choice.label,
                **({"id": choice.id} if choice.id is not None else {}),
                **({"synonyms": list(choice.synonyms)} if choice.synonyms else {}),
                **({"keys": [choice.keys]} if choice.keys else {}),
            }
            for choice in question.choices
        ]
    low, high = bounds_of(question)
    if low is not None:
        expect["minimum"] = low
    if high is not None:
        expect["maximum"] = high
    if question.integer:
        expect["integer"] = True
    country = question.country or (turn.spec.country if question.type in _OF_COUNTRIES else None)
    if country:
        expect["country"] = country
    return expect


def ask_to_confirm(turn: Turn, question: Question, *, is_again: bool = False) -> None:
    """Have the pending answer confirmed with yes or no."""
    pending = turn.state.pending
    assert pending is not None
    leave_parts(turn)
    s = turn.sentences
    if pending.answer.sealed is not None:
        last = "" if question.type in WITHOUT_ENDING else read_back(pending.answer.sealed)
        text = s.confirm_ending.format(last=last) if last else s.confirm_hidden
        text = unsaid(turn, text, f"{s.short['yes_no']} {text}")
    elif question.type == "text" and mask(str(pending.answer.value), turn.language) != pending.answer.value:
        # What is masked in the transcript is not read into it.
        text = unsaid(turn, s.confirm_hidden, f"{s.short['yes_no']} {s.confirm_hidden}")
    else:
        value = speaking.spoken(question, pending.answer.value, turn.language, s)
        variants = (s.yes_or_no, *s.confirm) if is_again else s.confirm
        text = in_turn(turn, variants, value=value)
    turn.count("confirm")
    tell(turn, text, "confirm")
    turn.state.phase = "confirming"
    turn.actions.append(
        Ask(
            question.id,
            turn.next_turn(),
            turn.language,
            speech=True,
            keys=question.keypad and not turn.is_text,
            timeout=question.timeout,
            speech_timeout=_ENDPOINTING if question.speech_model else None,
            hints=(s.yes, s.no),
            digits=1,
            finish_on="",
            speech_model=question.speech_model,
            enhanced=question.enhanced,
            profanity_filter=question.profanity_filter,
            sensitive=question.sensitive,
            expect={"type": "yes_no", "language": turn.language},
        )
    )
    wait_for_reply(turn)


def _other_words(turn: Turn, question: Question, failure: Failure, alternatives: tuple[Any, ...]) -> str:
    """The next rung: shorter, then with an example and keys, then by keys alone. Never what was said before."""
    s = turn.sentences
    attempt = _attempts(turn)
    own = question.prompts if turn.language == turn.written_in else ()
    if attempt <= len(own) and own[attempt - 1] not in turn.state.said:
        return own[attempt - 1]
    lead = lead_of(turn, failure)
    if len(alternatives) == 2 and attempt < _LAST and not question.sensitive:
        first, second = (speaking.spoken(question, value, turn.language, s) for value in alternatives)
        which = s.which[min(attempt, len(s.which)) - 1].format(first=first, second=second)
        if which not in turn.state.said:
            turn.state.offered = list(alternatives)
            return which
    was = s.question_was.format(question=speaking.words_of(question, turn.language))
    shortly, example = speaking.short(question, s), speaking.example(question, s)
    last = _last_words(turn, question)
    rungs = {
        _SHORT: was if failure == "silence" else shortly,
        _EXAMPLE: f"{example} {_keys_or_replies(turn, question)}".strip(),
        _LAST: last,
    }
    body = rungs[min(attempt, _LAST)]
    return unsaid(turn, f"{lead} {body}", f"{lead} {was}", f"{lead} {shortly}", f"{lead} {example}", was)


def lead_of(turn: Turn, failure: Failure) -> str:
    """What went wrong, in words that change with each attempt."""
    s = turn.sentences
    leads = {"silence": s.not_heard, "out_of_range": s.out_of_range, "rejected": s.rejected}.get(
        failure, s.not_understood
    )
    return leads[min(_attempts(turn), len(leads)) - 1]


def _has_keys(question: Question) -> bool:
    return question.keypad and question.type in speaking.KEYABLE


def _last_words(turn: Turn, question: Question) -> str:
    s = turn.sentences
    if turn.is_text:
        return speaking.short(question, s)
    if _has_keys(question):
        return speaking.by_keys_only(question, s)
    return s.parts


def _keys_or_replies(turn: Turn, question: Question) -> str:
    return _replies(turn, question) if turn.is_text else speaking.by_keys(question, turn.sentences)


def _replies(turn: Turn, question: Question) -> str:
    return speaking.by_reply(question, turn.sentences) if turn.is_text else ""


def _attempts(turn: Turn) -> int:
    return turn.counted(*FAILURES)


def _endpointing(question: Question) -> float | None:
    """With a named speech model the end of speech must be a number of seconds; longer for what is spelled."""
    if not question.speech_model:
        return None
    return _ENDPOINTING_LONG if question.type in _SLOW_TYPES else _ENDPOINTING


def _hints(turn: Turn, question: Question, expect: dict[str, Any] | None) -> tuple[str, ...]:
    found = list(question.hints)
    for listed in (expect or {}).get("choices", ()):
        found.append(listed["label"])
    for choice in question.choices:
        found += [choice.label, *choice.synonyms]
    if "yes_no" in (question.type, (expect or {}).get("type")):
        found += [turn.sentences.yes, turn.sentences.no]
    return tuple(dict.fromkeys(found))[:_HINTS]
