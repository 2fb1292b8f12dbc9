"""How an answer was understood, in a sentence for the author of its question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.interview.scales import bounds_of

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.understanding import Interpretation

_META = {
    "repeat": "to hear the question again",
    "slower": "to hear it more slowly",
    "help": "help with the question",
    "hold": "a moment",
    "operator": "to speak with a person",
    "skip": "to skip the question",
    "back": "to go back",
    "stop": "to end the call",
    "stop_calling": "not to be called any more",
    "who": "to know who is calling",
}


def in_words(question: Question, found: Interpretation) -> str:
    """What becomes of the answer."""
    match found.status:
        case "ok":
            return f"Understood as {_shown(found.value)}."
        case "ambiguous":
            either = " or ".join(_shown(one) for one in found.alternatives) or "more than one thing"
            return f"Could be {either}, so it is asked which."
        case "out_of_range":
            return f"Understood as {_shown(found.value)}, which is not {_bounds(question)}; it is asked again."
        case "refused":
            return "Somebody who says this does not want to answer."
        case "dont_know":
            return "Somebody who says this does not know the answer."
        case "meta":
            return f"No answer: the person wants {_META.get(str(found.value), str(found.value).replace('_', ' '))}."
        case "silence":
            return "Nothing was said; it is asked again."
        case _:
            return "No answer of this type; it is asked again."


def _shown(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    return f"“{value}”" if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def _bounds(question: Question) -> str:
    low, high = bounds_of(question)
    if low is not None and high is not None:
        return f"between {low:g} and {high:g}"
    if low is not None or high is not None:
        return f"at least {low:g}" if low is not None else f"at most {high:g}"
    return "a whole number" if question.integer else "within bounds"
