"""The question flows in a definition: their graphs, and the calls that try every way through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.cli.terminal import say

if TYPE_CHECKING:
    from ringline.errors import Fault
    from ringline.interview.flow import QuestionFlow
    from ringline.workflow import Document


@dataclass(frozen=True, slots=True)
class FoundFlow:
    """A list of questions somewhere in a document; *flow* is missing where it cannot be read."""

    step: str | None
    at: str
    language: str
    flow: QuestionFlow | None
    faults: tuple[Fault, ...]
    holder: Mapping[str, Any]
    """What the questions stand in: a step, or the whole file."""


def flows_in(document: Document) -> list[FoundFlow]:
    """Every question flow of a definition, whichever block asks it; also one that stands alone in its file."""
    defaults = document.data.get("defaults")
    usual = defaults.get("language") if isinstance(defaults, Mapping) else None
    return [_found(document, at, holder, step, usual) for at, holder, step in _holders(document.data, (), None)]


def as_data(found: FoundFlow, *, calls: bool) -> dict[str, Any]:
    """A question flow for machines: its graph, its faults and, where wanted, its calls."""
    from ringline.interview.graph import describe

    told: dict[str, Any] = {"step": found.step, "at": found.at, "faults": list(found.faults)}
    if found.flow is not None:
        told["graph"] = describe(found.flow)
        if calls:
            told["calls"] = list(_calls(found.flow, found.language))
    return told


def say_graph(found: FoundFlow) -> None:
    """The graph as Mermaid text, under the name of its step."""
    from ringline.interview.graph import mermaid

    if found.flow is not None:
        say(f"%% {_name(found)}")
        say(mermaid(found.flow))


def say_calls(found: FoundFlow) -> None:
    """The calls: what to answer to each question, and how each ends."""
    if found.flow is None:
        return
    calls = list(_calls(found.flow, found.language))
    for number, call in enumerate(calls, 1):
        say(f"{_name(found)}, call {number} of {len(calls)}")
        for answer in call["answers"]:
            keys = f" or key {answer['keys']}" if answer["keys"] is not None else ""
            spoken = f"say “{answer['say']}”{keys}" if answer["say"] else "stay silent"
            say(f"  {answer['question']}: {spoken}")
        say(f"  → {_ENDS[call['end']]}" + (f": “{call['message']}”" if call["message"] else ""))
        say()


_ENDS = {
    "end": "the interview is complete",
    "end_call": "a rule ends the call",
    "transfer": "a person takes over",
    "max_visits": "the question has been asked as often as it may",
}


def _calls(flow: QuestionFlow, language: str) -> Iterator[dict[str, Any]]:
    from ringline.interview.paths import paths_of

    for path in paths_of(flow, language=language):
        yield {
            "answers": [{"question": question, "say": text, "keys": keys} for question, text, keys in path.answers],
            "questions": list(path.questions),
            "end": path.end,
            "message": path.message,
        }


def _name(found: FoundFlow) -> str:
    return f"step {found.step}" if found.step else found.at


def _holders(
    data: Any, at: tuple[str | int, ...], step: str | None
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any], str | None]]:
    """Whatever asks questions, with the name of the step around it."""
    if isinstance(data, Mapping):
        name = data.get("name")
        step = name if isinstance(name, str) and at else step
        if _asks(data):
            yield at, data, step
        for key, value in data.items():
            if key != "questions":
                yield from _holders(value, (*at, key), step)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _holders(value, (*at, index), step)


def _asks(data: Mapping[str, Any]) -> bool:
    """Whether it is the step of an interview, or looks like one: `questions` may be the word of some other service."""
    listed = data.get("questions")
    if isinstance(listed, Mapping):
        listed = listed.get("questions")
    if not isinstance(listed, list):
        return False
    is_agent = str(data.get("type", "")).startswith("twilio/voice_agent@")
    return is_agent or any(isinstance(one, Mapping) and "question" in one for one in listed)


def _has_goodbye(holder: Mapping[str, Any]) -> bool:
    return bool(holder.get("goodbye")) or "type" not in holder


def _found(
    document: Document, at: tuple[str | int, ...], holder: Mapping[str, Any], step: str | None, usual: Any
) -> FoundFlow:
    from ringline.errors import Fault
    from ringline.interview.reading import read_and_check

    listed = holder["questions"]
    order = {"flow": holder["flow"]} if isinstance(holder.get("flow"), str) else {}
    data = listed if isinstance(listed, Mapping) else {"questions": listed, **order}
    language = holder.get("language", usual)
    is_written_out = isinstance(language, str) and language and not language.startswith("$") and "{{" not in language
    spoken = str(language).partition("-")[0].lower() if is_written_out else "en"
    nested = ("questions", "questions") if isinstance(listed, Mapping) else ("questions",)
    path = ".".join(map(str, (*at, *nested)))
    flow, faults = read_and_check(data, language=spoken, has_goodbye=_has_goodbye(holder), at=path)
    told = []
    for fault in faults:
        keys = tuple(int(key) if key.isdigit() else key for key in fault.path.split("."))
        line, column = document.position(keys) or (None, None)
        field = ".".join(fault.path.split(".")[len(at) :])
        told.append(Fault(fault.severity, fault.message, fault.fix, step, field, line, column, "QuestionFlow"))
    return FoundFlow(step, path, spoken, flow, tuple(told), holder)
