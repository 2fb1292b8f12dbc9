"""What a definition gets to know of an escalation that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.clock import utc

if TYPE_CHECKING:
    from ringline.escalation.progress import Progress


def outputs_of(escalation_id: str, progress: Progress) -> dict[str, Any]:
    """The step's outputs: who has it and how, and what became of every alert."""
    taken = progress.acknowledgement
    return {
        "acknowledged_by": taken and taken.by,
        "name": taken and taken.name,
        "level": taken and taken.level,
        "how": taken and taken.how,
        "answer": taken and taken.answer,
        "acknowledged_at": taken and utc(taken.at),
        "resolved_at": utc(progress.resolved_at),
        "alerts": [
            {
                "to": alert.to,
                "name": alert.name,
                "channel": alert.channel,
                "level": alert.level,
                "status": alert.status,
                "message_id": alert.message_id,
            }
            for alert in progress.alerts
        ],
        "escalation_id": escalation_id,
        "error": _error(progress),
    }


def _error(progress: Progress) -> dict[str, Any] | None:
    if progress.outcome == "acknowledged":
        return None
    if progress.outcome == "failed":
        return {
            "code": "nobody_reached",
            "message": f"None of the {len(progress.alerts)} alerts could be sent.",
            "fix": "Look at `alerts` for what became of each; check the numbers and the sender.",
            "retryable": True,
        }
    levels = len(progress.policy.levels)
    return {
        "code": "nobody_acknowledged",
        "message": f"Nobody acknowledged: {levels} level{'s' if levels > 1 else ''}, {len(progress.alerts)} alerts.",
        "fix": "Add a level, or more time; the outcome `exhausted` may lead to a last resort.",
        "retryable": False,
    }
