"""`roboflow_core/rate_limiter@v1`: let a branch run at most once per while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import NextSteps, RoboflowManifest, Selected, Stopwatch
from ringline.workflow.block import Block, Manifest, Select, SelectorOf

if TYPE_CHECKING:
    from ringline.clock import Clock


class RateLimiterManifest(RoboflowManifest):
    """Runs the next steps at most once in a number of seconds."""

    type: Literal["roboflow_core/rate_limiter@v1"]
    cooldown_seconds: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="Seconds that must pass until the next steps may run again."
    )
    depends_on: Selected = Field(description="Any value of the branch that is limited.")
    next_steps: NextSteps = Field(description="Steps that run when enough time has passed.")
    video_reference_image: Annotated[Any, SelectorOf("image")] = Field(
        default=None, description="Image of a video whose own time counts instead of the clock's."
    )


class RateLimiter(Block):
    """Remembers when it last let its branch run; the elements of a batch compete for the one run."""

    manifest: ClassVar[type[Manifest]] = RateLimiterManifest
    title = "Rate limiter"
    icon = "gauge"
    is_control_flow = True

    def __init__(self, *, clock: Clock) -> None:
        self._last_run = Stopwatch(clock)
        self._last_video_time: float | None = None

    def run(
        self, *, cooldown_seconds: float, depends_on: Any, next_steps: Sequence[str], video_reference_image: Any
    ) -> Select:
        video_time = _seconds_in_video(video_reference_image)
        if not self._may_run(cooldown_seconds, video_time):
            return Select()
        self._last_run.start()
        self._last_video_time = video_time
        return Select(next_steps)

    def _may_run(self, cooldown: float, video_time: float | None) -> bool:
        elapsed = self._last_run.seconds
        # Still images all are frame 0 of some video: where its time stands still, the clock's counts.
        if video_time is not None and self._last_video_time not in (None, video_time):
            elapsed = video_time - (self._last_video_time or 0.0)
        # A video that begins again has a smaller time than before: nothing is known of how long ago that was.
        return elapsed is None or elapsed >= cooldown or elapsed < 0

    def dump_state(self) -> Any:
        return {"last_run": self._last_run.dump(), "last_video_time": self._last_video_time}

    def load_state(self, state: Any) -> None:
        self._last_run.load(state["last_run"])
        self._last_video_time = state["last_video_time"]


def _seconds_in_video(image: Any) -> float | None:
    """The time of a frame in its video; None for a live camera, and where there is no frame rate."""
    metadata = getattr(image, "video_metadata", None)
    fps = getattr(metadata, "fps", None)
    number = getattr(metadata, "frame_number", None)
    if not fps or number is None or getattr(metadata, "comes_from_video_file", None) is False:
        return None
    return float(number) / float(fps)
