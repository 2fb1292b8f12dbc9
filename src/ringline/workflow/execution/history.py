"""What happened in one advance, as entries of the run's timeline: short, in JSON's types, without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringline.clock import utc
from ringline.workflow.execution.answers import Answer
from ringline.workflow.execution.parts import StepPlan
from ringline.workflow.execution.progress import label_of
from ringline.workflow.kinds import written

LONGEST = 400
"""Characters of one value in the history; the whole of it is in the run's outputs or in the message."""


@dataclass(slots=True)
class History:
    """Entries in the order in which things happened; each has ``at``, ``kind`` and mostly ``step``."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, at: float, **details: Any) -> None:
        """One entry; details that are None are left out."""
        given = {name: value for name, value in details.items() if value is not None}
        self.entries.append({"at": round(at, 3), "kind": kind, **given})

    def ended(self, step: StepPlan, element: int | None, at: float, answer: Answer | None) -> None:
        """A step, or one element of it, is done."""
        if answer is None:
            self.add("step_done", at, step=step.name)
            return
        secrets = {output.name for output in step.spec.block.outputs_of(step.manifest) if "secret" in output.kinds}
        outputs = {
            name: short("********" if name in secrets else value)
            for name, value in answer.outputs.items()
            if value is not None and value != [] and name not in ("error", "outcome")
        }
        error = answer.error
        # What has no way of its own may take another outcome's.
        ways = step.outcome_edges
        took = answer.otherwise if answer.outcome not in ways and answer.otherwise in ways else None
        self.add(
            "step_failed" if answer.failure is not None else "step_done",
            at,
            step=label_of(step, element),
            outcome=answer.outcome if answer.failure is None else None,
            took=took,
            outputs=outputs or None,
            error=short(error) if error else None,
        )

    def woken(self, step: StepPlan, element: int | None, at: float, key: str | None, data: Mapping[str, Any]) -> None:
        """A wait has ended, by an event or by its deadline."""
        self.add(
            "wait_ended",
            at,
            step=label_of(step, element),
            by="deadline" if key is None else key,
            data={name: short(value) for name, value in data.items()} or None,
        )

    def renewed(self, step: StepPlan, element: int | None, at: float, outputs: Mapping[str, Any]) -> None:
        """Later news about a step that was done."""
        shown = {name: short(value) for name, value in outputs.items() if value is not None}
        self.add("step_renewed", at, step=label_of(step, element), outputs=shown)

    def retries(self, step: StepPlan, element: int | None, at: float, error: Exception, until: float) -> None:
        """A step failed and is tried again."""
        again = utc(until).isoformat(timespec="seconds")
        self.add("step_retried", at, step=label_of(step, element), error=short(str(error)), again_at=again)

    def jumped(self, step: StepPlan, target: StepPlan, at: float, turn: int) -> None:
        """The run goes back to a step upstream."""
        self.add("jumped_back", at, step=step.name, to=target.name, turn=turn)


_encode = json.JSONEncoder(ensure_ascii=False, default=lambda odd: f"<{type(odd).__name__}>").encode


def short(value: Any) -> Any:
    """A value for people to recognise: as JSON, cut where it is long."""
    plain = value if value is None or type(value) in (int, float, bool) else written(value)
    if isinstance(plain, str):
        return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
    if isinstance(plain, int) or (isinstance(plain, float) and plain - plain == 0):
        return plain
    text = _encode(plain)
    return json.loads(text) if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
