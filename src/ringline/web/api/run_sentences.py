"""Entries of a run's history in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from ringline.workflow.runs import RunEvent


class RunStepErrorOut(BaseModel):
    """What went wrong in a step, and what to do about it."""

    message: str
    fix: str
    code: int | str | None = None


def error_of(error: Any) -> RunStepErrorOut | None:
    """What went wrong, as the history has it: an error with its fix, or a text that was cut short."""
    if not error:
        return None
    if isinstance(error, Mapping):
        return RunStepErrorOut(
            message=str(error.get("message") or error.get("sentence") or "Something went wrong."),
            fix=str(error.get("fix") or ""),
            code=error.get("code"),
        )
    return RunStepErrorOut(message=str(error), fix="")


def sentence_of(event: RunEvent) -> str:
    """What happened, in a sentence."""
    details = event.details
    match event.kind:
        case "started":
            trigger = details.get("trigger")
            how = trigger.get("type") if isinstance(trigger, Mapping) else None
            return f"The run began: {_TRIGGERS.get(str(how)) or _asked(details.get('by'))}."
        case "paused":
            return "Somebody paused the run."
        case "resumed":
            return "Somebody let the run go on."
        case "retried":
            steps = ", ".join(details.get("steps") or ())
            return f"Somebody had it try again{f' from {steps}' if steps else ''}."
        case "canceled":
            why = details.get("why")
            return f"The run was canceled: {why}." if why else "The run was canceled."
        case "completed":
            return "The run is complete."
        case "failed":
            error = details.get("error") or {}
            return str(error.get("message") or "The run failed.")
        case "wait_ended":
            return _end_of_wait(details)
        case "step_done":
            outcome = details.get("outcome")
            return f"Done: {str(outcome).replace('_', ' ')}." if outcome else "Done."
        case "step_failed":
            error = error_of(details.get("error"))
            return error.message if error is not None else "The step failed."
        case "step_retried":
            return f"It did not work and is tried again: {details.get('error')}"
        case "step_renewed":
            return "There is later news of it."
        case "jumped_back":
            return f"The run goes back to {details.get('to')} (turn {details.get('turn')})."
        case other:
            return f"{other.replace('_', ' ').capitalize()}."


def _asked(by: Any) -> str:
    if not isinstance(by, Mapping):
        return "somebody asked for it"
    name = str(by.get("name"))
    match by.get("kind"):
        case "key":
            return f"a program with the API key “{name}” asked for it"
        case "token":
            return "the command line, or a program with the server's token, asked for it"
        case "broadcast":
            return f"the broadcast “{name}” reached this person"
        case _:
            return f"{name} asked for it"


_TRIGGERS = {
    "schedule": "its time had come",
    "inbound_message": "somebody wrote",
    "inbound_call": "somebody called",
    "message_status": "of what became of a message",
    "webhook": "another system asked for it",
}


def _end_of_wait(details: Mapping[str, Any]) -> str:
    by, data = str(details.get("by") or ""), details.get("data")
    data = data if isinstance(data, Mapping) else {}
    match by.partition("/")[0]:
        case "deadline":
            return "The time was over."
        case "reply":
            return "A reply came."
        case "message" | "delivery":
            return f"The message is {data.get('status') or data.get('stage') or 'decided'}."
        case "call":
            return f"The call is {str(data.get('status') or 'over').replace('-', ' ')}."
        case "session":
            return f"The conversation {'ended' if data.get('news') == 'ended' else 'went on'}."
        case "run":
            return f"The run it started is {data.get('status') or 'over'}."
        case _:
            return "What it waited for has come."
