"""Whether a condition holds for the answers that were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ringline.interview.operands import UNSURE, Item, as_text, folded, items_of, parts_of, value_of

if TYPE_CHECKING:
    from ringline.interview.flow import Condition, Operator, Question, QuestionFlow
    from ringline.interview.state import Answer

_ANSWERED = ("ok", "defaulted")
_SAID: dict[Operator, str] = {
    "equals": "is",
    "contains": "contains",
    "contains_word": "contains the word",
    "not_equals": "is not",
}


def holds(
    flow: QuestionFlow, question: Question, condition: Condition, answers: Mapping[str, Answer], language: str = "en"
) -> bool:
    """Whether *condition* of *question* holds. `any_other` does; that nothing before it matched is routing's.

    Without an answer to the question it is about, nothing else holds, `not_equals` included.
    """
    if condition.operator == "any_other":
        return True
    about = field_of(flow, question, condition)
    answer = answers.get(about.id) if about is not None else None
    if about is None or answer is None:
        return False
    items = items_of(about, condition.value, about.language or language)
    if condition.operator == "not_equals":
        is_answer = answer.status in _ANSWERED or (about.allow_unsure and answer.status == "dont_know")
        return is_answer and not any(_equals(item, answer, about) for item in items)
    if condition.operator == "equals":
        return any(_equals(item, answer, about) for item in items)
    is_word = condition.operator == "contains_word"
    return any(_contains(item, answer, about, is_word=is_word) for item in items)


def words_match(flow: QuestionFlow, question: Question, words: str, language: str = "en") -> bool:
    """Whether words that are no answer of the question's type are what one of its own conditions looks for.

    "I am a senior engineer" is no number and still what `contains "senior"` waits for: no reason to ask again.
    """
    hay = _Hay((words,))
    for action in question.actions:
        condition = action.condition
        if condition.operator in ("any_other", "not_equals"):
            continue
        if field_of(flow, question, condition) is not question:
            continue
        for item in items_of(question, condition.value, question.language or language):
            if not item.is_typed and hay.has(item, condition.operator):
                return True
    return False


def field_of(flow: QuestionFlow, question: Question, condition: Condition) -> Question | None:
    """The question whose answer the condition is about; ``None`` where there is no such question."""
    if condition.field is None or condition.field == question.id:
        return question
    return next((asked for asked in flow.questions if asked.id == condition.field), None)


def condition_text(question: Question, condition: Condition) -> str:
    """The condition in a few words, as it stands on the edges of the graph."""
    if condition.operator == "any_other":
        return "anything else"
    parts = [as_text(part) for part in parts_of(condition.value)]
    said = f"{_SAID[condition.operator]} {_listed(parts)}"
    return said if condition.field in (None, question.id) else f"{condition.field} {said}"


def _listed(parts: list[str]) -> str:
    return " or ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


class _Hay:
    """The words of an answer, in which those of a condition are looked for."""

    def __init__(self, texts: Iterable[Any]) -> None:
        self._texts = {folded(text) for text in texts if isinstance(text, str)} - {""}

    def has(self, item: Item, operator: Operator) -> bool:
        needle = folded(item.text)
        if not needle:
            return False
        if item.is_word or operator == "contains_word":
            return any(f" {needle} " in f" {text} " for text in self._texts)
        if operator == "contains":
            return any(needle in text for text in self._texts)
        return needle in self._texts


def _equals(item: Item, answer: Answer, about: Question) -> bool:
    if item.is_word:
        return _contains(item, answer, about, is_word=True)
    if item.is_typed:
        return _means(item, answer)
    return _words_of(answer, about).has(item, "equals")


def _contains(item: Item, answer: Answer, about: Question, *, is_word: bool) -> bool:
    operator: Operator = "contains_word" if is_word else "contains"
    if about.type == "multiple_choice" and answer.status in _ANSWERED:
        chosen = next((choice for choice in about.choices if value_of(choice) == answer.value), None)
        if chosen is not None and _Hay((chosen.label,)).has(item, operator):
            return True
    if item.is_typed:
        return _means(item, answer)
    return _words_of(answer, about).has(item, operator)


def _means(item: Item, answer: Answer) -> bool:
    if item.value == UNSURE and answer.status == "dont_know":
        return True
    if answer.status not in _ANSWERED or answer.value is None:
        return False
    if item.range is not None:
        return answer.value in item.range
    if isinstance(item.value, bool) or isinstance(answer.value, bool):
        return item.value is answer.value
    if isinstance(item.value, str) and isinstance(answer.value, str):
        return folded(item.value) == folded(answer.value)
    return bool(item.value == answer.value)


def _words_of(answer: Answer, about: Question) -> _Hay:
    """What was said; of an answer that was no answer too, for which only words can be compared."""
    if answer.status not in (*_ANSWERED, "no_match"):
        return _Hay(())
    return _Hay((answer.raw, answer.text, answer.value if about.type == "text" else None))
