"""One interview of a definition, taken out of it so that it can be held by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ringline.app import block_registry
from ringline.cli.check import refuse_faulty
from ringline.cli.question_flows import flows_in
from ringline.errors import DefinitionError, NotFoundError
from ringline.workflow import Document, check_definition

if TYPE_CHECKING:
    from ringline.cli.question_flows import FoundFlow
    from ringline.errors import Fault
    from ringline.interview.flow import Question, QuestionFlow

_BLOCK = "twilio/voice_agent@v1"
_AROUND = ("next_steps", "outcomes", "on_error", "retry", "step_timeout", "response_mapping", "join", "max_visits")
"""What a step says about its place among others."""
_ADDRESS = ("to", "from", "credential", "channel", "on_drop", "onDrop", "purpose")
"""Whom a step calls and how; here it is always the phone in the terminal, once."""
_OF_FILES = ("version", "name", "description", "steps", "inputs", "outputs", "defaults", "triggers")


@dataclass(frozen=True, slots=True)
class LoneInterview:
    """A workflow that holds one interview and does nothing else.

    *inputs* are the names of those it needs, *takes_over* is the number of whoever a person may be handed over to.
    *notice* says where it is said in more than one language.
    """

    definition: dict[str, Any]
    flow: QuestionFlow
    language: str
    inputs: tuple[str, ...]
    takes_over: str | None
    notice: str = ""


def lone_interview(
    document: Document,
    *,
    to: str,
    from_: str,
    step: str | None = None,
    language: str | None = None,
    linear: bool = False,
) -> LoneInterview:
    """The interview that *document* is, or that its first step with questions holds, or the one called *step*.

    Raises `DefinitionError` with every fault, `NotFoundError` where there is no such interview.
    """
    if "steps" in document.data:
        refuse_faulty(document)
    found = _chosen(flows_in(document), step)
    errors = [fault for fault in found.faults if fault.severity == "error"]
    if errors or found.flow is None:
        raise DefinitionError(errors[0].message if errors else "the questions cannot be read", faults=errors)
    asked = _step(found, to=to, from_=from_, language=language, linear=linear)
    written = json.dumps(asked, ensure_ascii=False, default=str)
    inputs = [one for one in document.data.get("inputs") or [] if re.search(rf"\b{re.escape(one['name'])}\b", written)]
    defaults = _without(document.data.get("defaults") or {}, ("from", "credential"))
    definition = {
        "version": "1.0",
        "name": "interview",
        "inputs": inputs,
        "defaults": defaults,
        "steps": [asked],
        "outputs": [],
    }
    lone = Document.of(definition)
    faults = [fault for fault in check_definition(lone, block_registry()) if fault.severity == "error"]
    if faults:
        raise DefinitionError(faults[0].message, faults=[_placed(fault, document, found.at) for fault in faults])
    (alone,) = flows_in(lone)
    assert alone.flow is not None
    takes_over = asked.get("transfer_to", asked.get("transferTo"))
    is_number = isinstance(takes_over, str) and takes_over.startswith("+")
    names = tuple(one["name"] for one in inputs)
    notice = _mixture(found.flow, found.language, language) if language is not None else ""
    return LoneInterview(definition, alone.flow, alone.language, names, takes_over if is_number else None, notice)


def _mixture(flow: QuestionFlow, written_in: str, language: str) -> str:
    """What to know of an interview in a language that not all of its questions have; empty where they all do."""
    code = language.partition("-")[0].lower()
    lacking = [one.id for one in flow.questions if not _is_in(one, code)] if code != written_in else []
    if not lacking:
        return ""
    shown = ", ".join(f"`{name}`" for name in lacking[:3])
    shown += f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    return (
        f"You will hear two languages: {shown} {'has' if len(lacking) == 1 else 'have'} no `translations` with "
        f"`{code}`. What stands in the file is said as it is; all else is said, and understood, in `{language}`."
    )


def _is_in(question: Question, code: str) -> bool:
    return any(known.partition("-")[0].lower() == code for known, _ in question.translations)


def _placed(fault: Fault, document: Document, at: str) -> Fault:
    """The fault with the line it has in the file; the name of the step was ours."""
    field = fault.field or ""
    if not field.startswith("questions."):
        return replace(fault, step=None)
    keys = [*at.split("."), *field.split(".")[1:]]
    line, column = document.position(tuple(int(key) if key.isdigit() else key for key in keys)) or (None, None)
    return replace(fault, step=None, line=line, column=column)


def _chosen(flows: list[FoundFlow], step: str | None) -> FoundFlow:
    if not flows:
        raise NotFoundError("there is no interview in it", fix="an interview is a step with `questions`")
    for found in flows:
        if step is None or found.step == step:
            return found
    names = ", ".join(found.step for found in flows if found.step is not None)
    raise NotFoundError(f"no step `{step}` asks questions", fix=f"name one that does: {names or 'leave --step out'}")


def _step(found: FoundFlow, *, to: str, from_: str, language: str | None, linear: bool) -> dict[str, Any]:
    """The step that asks these questions, and them alone."""
    holder = _without(found.holder, (*_AROUND, *_ADDRESS))
    if found.step is None:
        holder = _without(holder, _OF_FILES)
    if isinstance(listed := holder["questions"], Mapping):
        holder |= listed
    holder |= {"type": _BLOCK, "name": "interview", "to": to, "from": from_}
    holder |= {"language": language} if language is not None else {}
    holder |= {"flow": "linear"} if linear else {}
    return holder


def _without(data: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}
