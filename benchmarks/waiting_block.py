"""`bench/hold@v1`: a block that waits for an event or a deadline, and remembers when it was resumed."""

from __future__ import annotations

import time
from typing import Annotated, ClassVar, Literal

from ringline.blocks import Block, Done, Manifest, Output, SelectorOf, Wait
from ringline.workflow.block import StepContext, Woken

RESUMED: list[float] = []
"""The moment of each resumption, by `time.perf_counter`."""

DEFINITION = {
    "version": "1.0",
    "name": "hold",
    "inputs": [
        {"type": "WorkflowParameter", "name": "key", "kind": ["string"]},
        {"type": "WorkflowParameter", "name": "seconds", "kind": ["float"]},
    ],
    "steps": [{"type": "bench/hold@v1", "name": "hold", "key": "$inputs.key", "seconds": "$inputs.seconds"}],
    "outputs": [],
}


class HoldManifest(Manifest):
    """Waits for an event, until a deadline."""

    type: Literal["bench/hold@v1"]
    key: Annotated[str, SelectorOf("string")]
    seconds: Annotated[float, SelectorOf("float")]


class Hold(Block):
    """See the module; an empty key waits for time alone."""

    manifest: ClassVar[type[Manifest]] = HoldManifest
    outputs = (Output("value"),)
    outcomes = ("event", "timeout")
    can_wait = True

    def run(self, *, key: str, seconds: float, step: StepContext) -> Wait:
        assert step.now is not None
        return Wait((key,) if key else (), step.now.timestamp() + seconds, {"note": "x" * 40})

    def resume(self, *, woken: Woken, step: StepContext) -> Done:
        RESUMED.append(time.perf_counter())
        return Done({"value": woken.data.get("value")}, "timeout" if woken.key is None else "event")
