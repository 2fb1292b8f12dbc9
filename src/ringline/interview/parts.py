"""The last rung of asking again where no keys help: one choice at a time, and long answers piece by piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError

from ringline.interview import answering, speaking
from ringline.interview.asking import expected, listen, tell, unsaid
from ringline.interview.folding import plain
from ringline.interview.operands import value_of
from ringline.interview.state import Answer
from ringline.understanding import Interpretation, is_known, understand

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.turn import Turn

_PARTED = ("multiple_choice", "digits", "phone", "date", "email")
_DATE = ("which_day", "which_month", "which_year")
_EMAIL = ("before_at", "after_at")
_MOST_CHOICES = 9
_MOST_DIGITS = 20
_PHONE_DIGITS = 10
_FEW_WORDS = 2
_LEAST_YEAR, _MOST_YEAR = 1000, 2200
_TIMES_MISSED = 1


def are_possible(turn: Turn, question: Question) -> bool:
    """Whether the question can be asked so. What is sensitive is never kept in parts, which lie open."""
    if turn.is_text or question.sensitive or question.type not in _PARTED:
        return False
    if question.type == "multiple_choice":
        return 0 < len(question.choices) <= _MOST_CHOICES
    return True


def begin(turn: Turn, question: Question, lead: str) -> None:
    """Ask for the first part."""
    turn.state.part = 0
    turn.state.parts = []
    turn.state.counts.pop("missed", None)
    _ask(turn, question, lead)


def ask_again(turn: Turn, question: Question) -> None:
    """Ask for the open part once more, as somebody wanted to hear it again."""
    _ask(turn, question, turn.sentences.not_understood[0] if turn.counted("missed") else "")


def silent(turn: Turn, question: Question) -> None:
    """Nothing came. After some digits that means that there are no more."""
    if turn.state.parts and question.type in ("digits", "phone"):
        _finish(turn, question, "".join(turn.state.parts), 1.0)
    else:
        _missed(turn, question, "silence")


def heard(turn: Turn, question: Question, text: str, confidence: float | None) -> None:
    """Words came for the open part."""
    weight = answering.weight_of(confidence, is_text=turn.is_text)
    whole = answering.interpret(turn, question, text)
    if whole.status in ("meta", "refused"):
        answering.weigh(turn, question, whole, text, "speech", weight)
    elif question.type == "multiple_choice":
        _choice(turn, question, whole, text, weight)
    elif question.type in ("digits", "phone"):
        _digits(turn, question, text, weight)
    elif question.type == "date":
        _date(turn, question, whole, text, weight)
    elif whole.status == "ok":
        answering.weigh(turn, question, whole, text, "speech", weight)
    elif whole.status == "silence":
        _missed(turn, question, "silence")
    else:
        _next(turn, question, text, weight, _EMAIL)


def _choice(turn: Turn, question: Question, whole: Interpretation, text: str, weight: float) -> None:
    part = turn.state.part or 0
    choice = question.choices[part]
    found = _understood(turn, "yes_no", text)
    is_plain = found.status == "ok" and len(plain(text).split()) == 1
    if whole.status == "ok" and not (is_plain and whole.value != value_of(choice)):
        answering.weigh(turn, question, whole, text, "speech", weight)
    elif found.status == "ok" and found.value is True and "modifier" not in found.evidence:
        sure = round(found.confidence * weight, 4)
        answer = Answer("ok", value_of(choice), choice.label, text, "speech", sure, list(found.evidence), True)
        answering.take(turn, question, answer)
    elif found.status == "ok" and found.value is False:
        if part + 1 < len(question.choices):
            turn.state.part = part + 1
            turn.state.counts.pop("missed", None)
            _ask(turn, question, "")
        else:
            answering.failed(turn, question, "no_match")
    else:
        _missed(turn, question, "silence" if found.status == "silence" else "no_match")


def _digits(turn: Turn, question: Question, text: str, weight: float) -> None:
    given = "".join(turn.state.parts)
    if given and turn.sentences.done.search(plain(text)):
        _finish(turn, question, given, weight)
        return
    found = _understood(turn, "digits", text)
    if found.status == "silence":
        silent(turn, question)
        return
    if found.status != "ok" or found.confidence * weight < answering.UNSURE:
        _missed(turn, question, "no_match")
        return
    turn.state.parts.append(str(found.value))
    turn.state.part = len(turn.state.parts)
    turn.state.counts.pop("missed", None)
    given += str(found.value)
    is_enough = question.type == "phone" and len(given) >= _PHONE_DIGITS and _is_ok(turn, question, given)
    if is_enough or len(given) >= (question.length or _MOST_DIGITS):
        _finish(turn, question, given, weight)
    else:
        _ask(turn, question, "")


def _date(turn: Turn, question: Question, whole: Interpretation, text: str, weight: float) -> None:
    part = turn.state.part or 0
    if part == 0:
        found = _understood(turn, "number", text, minimum=1, maximum=31, integer=True)
        if whole.status == "ok" and (found.status != "ok" or len(plain(text).split()) > _FEW_WORDS):
            answering.weigh(turn, question, whole, text, "speech", weight)
            return
    elif part == 1:
        found = _understood(turn, "multiple_choice", text, choices=_months(turn.language))
    else:
        found = _understood(turn, "number", text, minimum=_LEAST_YEAR, maximum=_MOST_YEAR, integer=True)
    if found.status == "ok" and found.confidence * weight >= answering.UNSURE:
        _next(turn, question, str(found.value), weight, _DATE)
    else:
        _missed(turn, question, "silence" if found.status == "silence" else "no_match")


def _next(turn: Turn, question: Question, given: str, weight: float, names: tuple[str, ...]) -> None:
    turn.state.parts.append(given)
    turn.state.part = (turn.state.part or 0) + 1
    turn.state.counts.pop("missed", None)
    if turn.state.part < len(names):
        _ask(turn, question, "")
    elif question.type == "email":
        _finish(turn, question, " @ ".join(turn.state.parts), weight)
    else:
        _finish(turn, question, _iso(turn.state.parts), weight)


def _finish(turn: Turn, question: Question, whole: str, weight: float) -> None:
    """All parts are there: they are understood like an answer in one piece."""
    raw = " ".join(turn.state.parts)
    found = answering.interpret(turn, question, whole) if whole else Interpretation("out_of_range")
    turn.state.part = None
    turn.state.parts = []
    if found.status == "ok":
        found = replace(found, evidence=(*found.evidence, "said in parts"))
    elif found.status != "out_of_range":
        found = Interpretation("no_match")
    answering.weigh(turn, question, found, raw, "speech", weight)


def _missed(turn: Turn, question: Question, failure: Any) -> None:
    """Once for each part it is asked again for nothing, since so much has been given already."""
    if turn.count("missed") <= _TIMES_MISSED:
        s = turn.sentences
        _ask(turn, question, (s.not_heard if failure == "silence" else s.not_understood)[0])
    else:
        answering.failed(turn, question, failure)


def _ask(turn: Turn, question: Question, lead: str) -> None:
    words, expect = _part(turn, question)
    tell(turn, unsaid(turn, f"{lead} {words}".strip(), words), "again" if lead else "question")
    listen(turn, question, expect=expect)


def _part(turn: Turn, question: Question) -> tuple[str, dict[str, Any]]:
    """What is said for the open part, and what counts as an answer to it."""
    s, part = turn.sentences, turn.state.part or 0
    if question.type == "multiple_choice":
        label = question.choices[min(part, len(question.choices) - 1)].label
        return s.is_it.format(label=label), {"type": "yes_no", "language": turn.language}
    if question.type in ("digits", "phone"):
        if not turn.state.parts:
            return s.first_digits, {"type": "digits", "language": turn.language}
        heard = speaking.spelled(turn.state.parts[-1])
        return s.more_digits.format(heard=heard), {"type": "digits", "language": turn.language}
    if question.type == "date":
        kind = "multiple_choice" if part == 1 else "number"
        expect = {"type": kind, "language": turn.language}
        return getattr(s, _DATE[part]), {**expect, "choices": _months(turn.language)} if part == 1 else expect
    return getattr(s, _EMAIL[part]), expected(turn, question)


def _understood(turn: Turn, type: str, text: str, **more: Any) -> Interpretation:
    return understand(type, text, language=turn.language if is_known(turn.language) else "en", **more)


def _is_ok(turn: Turn, question: Question, given: str) -> bool:
    return answering.interpret(turn, question, given).status == "ok"


def _months(language: str) -> list[dict[str, Any]]:
    try:
        names = Locale.parse(language, sep="-").months["stand-alone"]["wide"]
    except (ValueError, UnknownLocaleError):
        names = Locale("en").months["stand-alone"]["wide"]
    return [{"label": names[month], "id": str(month)} for month in range(1, 13)]


def _iso(parts: list[str]) -> str:
    """The date as ISO text; nothing where there is no such day."""
    day, month, year = (int(float(part)) for part in parts)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
