"""`flow/delay@v1`: go on after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ringline.workflow.block import Block, Done, Manifest, Output, SelectorOf, StepContext, Template, Wait, Woken
from ringline.workflow.durations import TemplatedDuration

if TYPE_CHECKING:
    from ringline.clock import Clock


class DelayManifest(Manifest):
    """Waits for a span of time, then goes on."""

    type: Literal["flow/delay@v1"]
    for_: Annotated[TemplatedDuration, Template(), SelectorOf("string", "duration")] = Field(
        title="Wait for", alias="for", description="How long to wait: 30s, 5m, 24h, 3d, or ISO 8601 such as PT24H."
    )


class Delay(Block):
    """A wait for nothing but time; it costs one row, however long it is."""

    manifest: ClassVar[type[Manifest]] = DelayManifest
    title = "Delay"
    icon = "timer"
    outputs = (Output("seconds", ("float",)), Output("until", ("timestamp",)))
    outcomes = ("done",)
    can_wait = True

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def run(self, *, for_: float, step: StepContext) -> Done | Wait:
        if for_ <= 0:
            return Done({"seconds": 0.0, "until": self._clock.now()})
        return Wait(deadline=self._clock.time() + for_, state={"seconds": for_})

    def resume(self, *, woken: Woken, step: StepContext) -> Done:
        return Done({"seconds": woken.state["seconds"], "until": woken.at})
