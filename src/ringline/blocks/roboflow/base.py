"""What Roboflow's blocks have in common: steps that may carry unknown keys, moments that survive a restart, cameras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, ConfigDict

from ringline.query import OperationChain
from ringline.workflow.block import Manifest, SelectorOf, StepTargets

if TYPE_CHECKING:
    from ringline.clock import Clock


def _target(text: str) -> str:
    if not text.startswith("$steps."):
        raise ValueError(f"`{text}` is no step; write `$steps.{text.removeprefix('$')}`")
    return text


Target = Annotated[str, AfterValidator(_target)]
"""A step that a decision leads to, as ``$steps.NAME``."""
NextSteps = Annotated[list[Target], StepTargets()]
Selected = Annotated[Any, SelectorOf("*", literal=False)]
"""A field that takes a selector and nothing else."""
SelectedOrLiteral = Annotated[str | int | float | bool, SelectorOf("*")]
"""A value in the definition, or a selector to one of any kind."""
Image = Annotated[Any, SelectorOf("image", literal=False)]


class RoboflowManifest(Manifest):
    """Fields of a step of Roboflow's; keys its block does not know are ignored, as Roboflow does."""

    model_config = ConfigDict(extra="ignore")


class Stopwatch:
    """Seconds since a moment that may not have come yet.

    It runs by the monotonic clock, so that a change of the wall clock neither shortens nor lengthens a pause; only
    what is kept for another process is a date.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started: float | None = None

    def start(self) -> None:
        """Begin to count from now."""
        self._started = self._clock.monotonic()

    def stop(self) -> None:
        """Forget the moment."""
        self._started = None

    @property
    def seconds(self) -> float | None:
        """Seconds since `start`; None before it."""
        return None if self._started is None else self._clock.monotonic() - self._started

    def dump(self) -> float | None:
        """The moment, in seconds since the epoch."""
        seconds = self.seconds
        return None if seconds is None else self._clock.time() - seconds

    def load(self, moment: float | None) -> None:
        """Take up a moment that `dump` gave; one that lies ahead, by a clock set back, counts as now."""
        if moment is None:
            self._started = None
        else:
            self._started = self._clock.monotonic() - max(0.0, self._clock.time() - moment)


def camera_of(image: Any) -> str:
    """Which video an image belongs to; ``default`` where it does not say."""
    metadata = getattr(image, "video_metadata", None)
    if metadata is None and isinstance(image, Mapping):
        metadata = image.get("video_metadata")
    identifier = metadata.get("video_identifier") if isinstance(metadata, Mapping) else None
    if metadata is not None and not isinstance(metadata, Mapping):
        identifier = getattr(metadata, "video_identifier", None)
    return str(identifier) if identifier else "default"


def transformed(data: Mapping[str, Any], operations: Mapping[str, OperationChain]) -> dict[str, Any]:
    """*data* with the operations of each name applied to its value.

    Raises:
        ValueError: Operations are given for a name that *data* does not have.
    """
    values = dict(data)
    for name, chain in operations.items():
        if name not in values:
            known = ", ".join(f"`{other}`" for other in values) or "none"
            raise ValueError(f"there are operations for `{name}`, and no such value; there are: {known}")
        values[name] = chain(values[name])
    return values
