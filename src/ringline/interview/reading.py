"""From what an author wrote, or has already, to a question flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from ringline.interview import values
from ringline.interview.checking import check_flow
from ringline.interview.faults import FlowFault
from ringline.interview.flow import (
    Choice,
    Condition,
    ConditionalAction,
    Confirm,
    OnExhausted,
    Operator,
    Question,
    QuestionFlow,
    QuestionType,
    Step,
)
from ringline.interview.operands import items_of
from ringline.interview.spellings import as_written, keys_of
from ringline.interview.values import Reader, UnexpectedValueError

__all__ = ["FlowFault", "read_and_check", "read_flow"]

FLOW_KINDS = ("branching", "linear")

_QUESTION: dict[str, Reader] = {
    "id": values.identifier,
    "question": values.text,
    "type": values.one_of(*get_args(QuestionType)),
    "retries": values.whole,
    "timeout": values.seconds,
    "choices": values.anything,
    "actions": values.anything,
    "next": values.text,
    "optional": values.yes_or_no,
    "minimum": values.number,
    "maximum": values.number,
    "integer": values.yes_or_no,
    "scale": values.scale,
    "confirm": values.one_of(*get_args(Confirm)),
    "sensitive": values.yes_or_no,
    "on_exhausted": values.one_of(*get_args(OnExhausted)),
    "default": values.anything,
    "max_visits": values.whole,
    "allow_unsure": values.yes_or_no,
    "keypad": values.yes_or_no,
    "keys_only": values.yes_or_no,
    "length": values.whole,
    "country": values.text,
    "help": values.text,
    "prompts": values.texts,
    "translations": values.by_language,
    "language": values.text,
    "hints": values.texts,
    "speech_model": values.text,
    "speech_timeout": values.duration,
    "enhanced": values.yes_or_no,
    "profanity_filter": values.yes_or_no,
    "media": values.text,
}
_CHOICE: dict[str, Reader] = {
    "label": values.text,
    "id": values.text,
    "synonyms": values.texts,
    "keys": values.keys,
}
_ACTION: dict[str, Reader] = {
    "condition": values.anything,
    "action": values.one_of(*get_args(Step)),
    "next": values.text,
    "message": values.text,
}
_CONDITION: dict[str, Reader] = {
    "field": values.text,
    "operator": values.one_of(*get_args(Operator)),
    "value": values.anything,
}


def read_flow(
    data: Mapping[str, Any] | Sequence[Any], *, at: str = "questions"
) -> tuple[QuestionFlow | None, list[FlowFault]]:
    """The flow of a list of questions, or of ``{questions: […], flow: linear}``, and what is wrong with its form.

    *at* is where the list stands in its document; the paths of faults begin with it. There is a flow where no fault is
    an error. What it says is held against itself by `check_flow`.
    """
    faults: list[FlowFault] = []
    linear = False
    listed: Any = data
    if isinstance(data, Mapping):
        beside = at.rpartition(".")[0] or None
        written, faults = keys_of(
            data, ("questions", "flow"), kind="flow", called="A question flow", at=beside or "flow"
        )
        listed = data.get(written.get("questions", "questions"))
        linear = data.get("flow") == "linear"
        if data.get("flow") not in (None, *FLOW_KINDS):
            faults.append(
                FlowFault(
                    "error",
                    f"{beside}.flow" if beside else "flow",
                    f"`flow` must be `branching` or `linear`, and it is {values.shown(data['flow'])}.",
                    "Write `flow: linear` to ask in the order of the list, or remove it.",
                )
            )
    if isinstance(listed, str | bytes) or not isinstance(listed, Sequence) or not listed:
        written_as = "empty" if listed in (None, []) else values.shown(listed)
        faults.append(
            FlowFault(
                "error",
                at,
                f"An interview needs a list of questions, and it is {written_as}.",
                "Write `questions:` and under it a list, each with `id` and `question`.",
            )
        )
        return None, faults
    questions = [_question(one, f"{at}.{index}", index, faults) for index, one in enumerate(listed)]
    if any(fault.severity == "error" for fault in faults):
        return None, faults
    return QuestionFlow(tuple(question for question in questions if question is not None), linear), faults


def read_and_check(
    data: Mapping[str, Any] | Sequence[Any],
    *,
    language: str = "en",
    has_goodbye: bool = True,
    at: str = "questions",
) -> tuple[QuestionFlow | None, list[FlowFault]]:
    """As `read_flow`, with all that `check_flow` finds; every path is spelled as the author wrote it."""
    flow, faults = read_flow(data, at=at)
    if flow is None:
        return None, faults
    listed = data["questions"] if isinstance(data, Mapping) else data
    for fault in check_flow(flow, language=language, has_goodbye=has_goodbye):
        path = as_written({"questions": listed}, fault.path).removeprefix("questions")
        faults.append(replace(fault, path=at + path))
    return flow, faults


def _question(data: Any, at: str, index: int, faults: list[FlowFault]) -> Question | None:
    if not isinstance(data, Mapping):
        message = f"Question {index + 1} must be a mapping with `id` and `question`, and it is {values.shown(data)}."
        faults.append(FlowFault("error", at, message, "Write `- id: name` and under it `question: …`."))
        return None
    name = data.get("id")
    called = f"Question `{name}`" if isinstance(name, str) and name.strip() else f"Question {index + 1}"
    read, written = _read(data, _QUESTION, kind="question", called=called, at=at, faults=faults)
    _need(("id", "question"), data, written, called, at, faults)
    if "choices" in read:
        read["choices"] = _each(read["choices"], written["choices"], called, at, faults, _choice)
    if "actions" in read:
        read["actions"] = _each(read["actions"], written["actions"], called, at, faults, _action)
    if {"id", "question"} - set(read):
        return None
    return _with_default(Question(**read))


def _with_default(question: Question) -> Question:
    """The default as the value that an answer would have: 5 for "five", the id for a choice's label."""
    if question.default is None:
        return question
    (item, *others) = items_of(question, [question.default], question.language or "en")
    return question if others or item.value is None else replace(question, default=item.value)


def _choice(data: Any, at: str, called: str, faults: list[FlowFault]) -> Choice | None:
    if isinstance(data, str) and data.strip():
        return Choice(data.strip())
    if isinstance(data, int) and not isinstance(data, bool):
        return Choice(str(data))
    if not isinstance(data, Mapping):
        message = (
            f"A choice of {_lower(called)} must be a text or a mapping with `label`, and it is {values.shown(data)}."
        )
        faults.append(FlowFault("error", at, message, "Write a text, or `{label: Billing, synonyms: [invoice]}`."))
        return None
    plain = {key: str(one) if isinstance(one, int) and not isinstance(one, bool) else one for key, one in data.items()}
    read, written = _read(plain, _CHOICE, kind="choice", called=f"A choice of {_lower(called)}", at=at, faults=faults)
    if "label" not in written and "id" in read:
        read["label"] = read["id"]
    elif "label" not in written:
        message = f"A choice of {_lower(called)} has no `label`."
        faults.append(FlowFault("error", at, message, "Write `label:` and what the person may say."))
    return Choice(**read) if "label" in read else None


def _action(data: Any, at: str, called: str, faults: list[FlowFault]) -> ConditionalAction | None:
    which = f"An action of {_lower(called)}"
    if not isinstance(data, Mapping):
        message = f"{which} must be a mapping with `condition` and `action`, and it is {values.shown(data)}."
        faults.append(
            FlowFault("error", at, message, "Write `- condition: {operator: equals, value: …}` and `action:`.")
        )
        return None
    read, written = _read(data, _ACTION, kind="action", called=which, at=at, faults=faults)
    _need(("condition",), data, written, which, at, faults)
    condition = read.get("condition")
    if "condition" not in read:
        return None
    here = f"{at}.{written['condition']}"
    if not isinstance(condition, Mapping):
        message = (
            f"The condition of {_lower(called)} must be a mapping with `operator`, and it is {values.shown(condition)}."
        )
        faults.append(FlowFault("error", here, message, "Write `{operator: equals, value: …}`."))
        return None
    which = f"A condition of {_lower(called)}"
    parts, names = _read(condition, _CONDITION, kind="condition", called=which, at=here, faults=faults)
    _need(("operator",), condition, names, which, here, faults)
    if "operator" not in parts:
        return None
    return ConditionalAction(Condition(**parts), **{name: one for name, one in read.items() if name != "condition"})


def _each(listed: Any, key: str, called: str, at: str, faults: list[FlowFault], read: Any) -> tuple[Any, ...]:
    if isinstance(listed, str | bytes) or not isinstance(listed, Sequence):
        message = f"`{key}` of {_lower(called)} must be a list, and it is {values.shown(listed)}."
        faults.append(FlowFault("error", f"{at}.{key}", message, f"Write `{key}:` and under it a list."))
        return ()
    found = [read(one, f"{at}.{key}.{index}", called, faults) for index, one in enumerate(listed)]
    return tuple(one for one in found if one is not None)


def _read(
    data: Mapping[str, Any],
    readers: Mapping[str, Reader],
    *,
    kind: str,
    called: str,
    at: str,
    faults: list[FlowFault],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that are right, by our names; and how each key is written. A key without a value is left out."""
    written, wrong = keys_of(data, tuple(readers), kind=kind, called=called, at=at)
    faults += wrong
    read: dict[str, Any] = {}
    for key, spelling in written.items():
        value = data[spelling]
        if value is None:
            continue
        try:
            read[key] = readers[key](value)
        except UnexpectedValueError as unexpected:
            faults.append(
                FlowFault(
                    "error",
                    f"{at}.{spelling}",
                    f"`{spelling}` of {_lower(called)} must be {unexpected.expected}, and it is {values.shown(value)}.",
                    f"Write for example `{spelling}: {unexpected.example}`.",
                )
            )
    return read, written


def _need(
    keys: Sequence[str],
    data: Mapping[str, Any],
    written: Mapping[str, str],
    called: str,
    at: str,
    faults: list[FlowFault],
) -> None:
    for key in keys:
        if key not in written or data[written[key]] is None:
            faults.append(FlowFault("error", at, f"{called} has no `{key}`.", f"Write `{key}:` and its value."))


def _lower(called: str) -> str:
    return called[0].lower() + called[1:]
