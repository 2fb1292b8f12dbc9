"""What is wrong with conditions, found by trying every kind of answer on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ringline.interview.conditions import condition_text, field_of, holds
from ringline.interview.faults import FlowFault
from ringline.interview.operands import Item, folded, items_of, names_of, parts_of
from ringline.interview.routing import Exit, exits
from ringline.interview.scales import bounds_of
from ringline.interview.witnesses import Witness, domain_of, witnesses_of

if TYPE_CHECKING:
    from ringline.interview.flow import Condition, Question, QuestionFlow

_MOST_NAMED = 12


def answer_faults(flow: QuestionFlow, language: str) -> Iterator[FlowFault]:
    """Everything of this kind."""
    for index, question in enumerate(flow.questions):
        at = f"questions.{index}"
        is_sound = True
        for i, action in enumerate(question.actions):
            here = f"{at}.actions.{i}.condition.value"
            if (shape := _shape(question, action.condition, here)) is not None:
                is_sound = False
                yield shape
            elif (about := field_of(flow, question, action.condition)) is not None:
                for fault in _items(question, about, action.condition, here, language):
                    is_sound = is_sound and fault.severity != "error"
                    yield fault
        if is_sound:
            yield from _tried(flow, question, at, language)


def _shape(question: Question, condition: Condition, at: str) -> FlowFault | None:
    if condition.operator == "any_other":
        return None
    parts = parts_of(condition.value)
    if not parts or any(isinstance(part, str) and not folded(part) for part in parts):
        return FlowFault(
            "error",
            at,
            f"`{condition.operator}` of question `{question.id}` has nothing to compare with.",
            "Write `value:` and an answer, or use `any_other`.",
        )
    if isinstance(condition.value, Mapping) or any(isinstance(part, Mapping | list | tuple) for part in parts):
        return FlowFault(
            "error",
            at,
            f"`{condition.operator}` of question `{question.id}` compares with one answer or a list of them.",
            'Write a text, a number, or a list such as ["one", "another"].',
        )
    return None


def _items(question: Question, about: Question, condition: Condition, at: str, language: str) -> Iterator[FlowFault]:
    if condition.operator == "any_other":
        return
    low, high = bounds_of(about)
    for item in items_of(about, condition.value, about.language or language):
        if item.range is not None and item.range.is_inverted:
            end, start = f"{item.range.low:g}", f"{item.range.high:g}"
            yield FlowFault(
                "error",
                at,
                f"No number lies in `{item.text}`, with which question `{question.id}` compares.",
                f"Write `{start}-{end}`.",
            )
        elif about.type == "number" and _is_beyond(item, low, high):
            yield FlowFault(
                "warning",
                at,
                f"`{item.text}` is never an answer to `{about.id}`, which goes {_from_to(low, high)}.",
                "Correct it, or set `minimum` and `maximum`; `scale: none` takes no scale from the words.",
            )
        elif about.type == "number" and not item.is_typed and not _is_words(item, about):
            yield FlowFault(
                "warning",
                at,
                f"`{item.text}` is no number and nothing that is said, so it is never an answer to `{about.id}`.",
                "Write numbers in digits or words, a range such as `1-5`, or words that people say.",
            )
        elif about.type == "multiple_choice" and about.choices and not _is_choice(item, about):
            yield FlowFault(
                "warning",
                at,
                f"`{item.text}` is none of the choices of `{about.id}`.",
                f"There is: {', '.join(choice.label for choice in about.choices)}.",
            )


def _is_beyond(item: Item, low: float | None, high: float | None) -> bool:
    if (wanted := item.range) is not None:
        is_below = low is not None and wanted.high is not None and wanted.high <= low
        is_above = high is not None and wanted.low is not None and wanted.low >= high
        touches = (low is not None and low in wanted) or (high is not None and high in wanted)
        return (is_below or is_above) and not touches
    value = item.value
    if not isinstance(value, int | float):
        return False
    return (low is not None and value < low) or (high is not None and value > high)


def _from_to(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {high:g}"
    return f"from {low:g}" if high is None else f"from {low:g} to {high:g}"


def _is_words(item: Item, about: Question) -> bool:
    """Whether somebody may say it: words of letters, to a question that hears words."""
    words = folded(item.text).split()
    return not about.keys_only and "/" not in item.text and all(word.isalpha() and len(word) > 1 for word in words)


def _is_choice(item: Item, about: Question) -> bool:
    return item.is_typed or any(folded(item.text) in folded(name) for one in about.choices for name in names_of(one))


def _tried(flow: QuestionFlow, question: Question, at: str, language: str) -> Iterator[FlowFault]:
    """What shows when every kind of answer is tried on the conditions about the question itself."""
    ways = [way for way in exits(flow, question.id) if way.action is not None]
    own = [way for way in ways if way.action is not None and way.action.condition.field in (None, question.id)]
    own = [way for way in own if way.action is not None and way.action.condition.operator != "any_other"]
    if not own:
        return
    witnesses = witnesses_of(flow, question, language)
    held = [_held_by(flow, question, way, witnesses, language) for way in own]
    seen: set[int] = set()
    for number, (way, tried) in enumerate(zip(own, held, strict=True)):
        fresh = [one for one in tried if one not in seen]
        here = f"{at}.actions.{way.index}.condition"
        if tried and not fresh:
            yield FlowFault(
                "warning",
                here,
                f"The condition `{_text(question, way)}` of `{question.id}` never decides: those before it take "
                f"{_named([witnesses[one] for one in tried])}.",
                "Remove it, or move it before the others.",
            )
        elif not tried and not list(_items(question, question, _condition(way), here, language)):
            yield FlowFault(
                "warning",
                here,
                f"No answer to `{question.id}` {_text(question, way)}.",
                "Correct the value, or remove the condition.",
            )
        elif fresh:
            for other, earlier in zip(own[:number], held, strict=False):
                both = [one for one in tried if one in earlier]
                if both and other.route != way.route and _leads(other) != _leads(way):
                    yield FlowFault(
                        "warning",
                        here,
                        f"{_named([witnesses[one] for one in both])} of `{question.id}` matches both "
                        f"`{_text(question, other)}` and `{_text(question, way)}`; the first of them wins.",
                        "Let each answer match one condition.",
                    )
        seen |= set(tried)
    yield from _gap(flow, question, at, language, len(own) == len(ways))


def _gap(flow: QuestionFlow, question: Question, at: str, language: str, is_all: bool) -> Iterator[FlowFault]:
    """Answers that no condition takes, where all of them can be counted."""
    domain = domain_of(question, language)
    if domain is None or not is_all:
        return
    ways = exits(flow, question.id)
    left = [
        one
        for one in domain
        if not any(
            holds(flow, question, _condition(way), {question.id: one.answer}, language)
            for way in ways
            if way.action is not None
        )
    ]
    if left:
        on = ways[-1].route.question
        verb = "matches" if len(left) == 1 else "match"
        goes = "it goes" if len(left) == 1 else "they go"
        yield FlowFault(
            "warning",
            f"{at}.actions",
            f"{_named(left)} {verb} no condition of `{question.id}`; {goes} on to {f'`{on}`' if on else 'the end'}.",
            "Say what follows: add a condition, or an action with `any_other`.",
        )


def _held_by(flow: QuestionFlow, question: Question, way: Exit, witnesses: list[Witness], language: str) -> list[int]:
    return [
        number
        for number, one in enumerate(witnesses)
        if holds(flow, question, _condition(way), {question.id: one.answer}, language)
    ]


def _condition(way: Exit) -> Condition:
    assert way.action is not None
    return way.action.condition


def _text(question: Question, way: Exit) -> str:
    return condition_text(question, _condition(way))


def _leads(way: Exit) -> tuple[str, str | None, str | None]:
    return way.route.kind, way.route.question, way.route.message


def _named(witnesses: list[Witness]) -> str:
    names = [one.text for one in witnesses[:_MOST_NAMED]]
    if len(witnesses) > _MOST_NAMED:
        return f"{', '.join(names)} and {len(witnesses) - _MOST_NAMED} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
