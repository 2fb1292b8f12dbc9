"""The parts of a definition as typed models: what documents are checked against, and what Python declares with.

A workflow written in Python uses the same models and the blocks' own manifests::

    Definition(
        inputs=[WorkflowParameter(name="phone")],
        steps=[Step(SmsManifest(name="remind", to="$inputs.phone", message="Hi"), next_steps=["$steps.log"]), …],
        outputs=[JsonField(name="status", selector="$steps.remind.status")],
    )
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ringline.workflow.block import Manifest
from ringline.workflow.durations import Duration
from ringline.workflow.triggers import Trigger

LANGUAGE_VERSION = "1.17.0"
"""The version of Roboflow's execution engine whose definitions run here."""


def _kind_names(value: Any) -> Any:
    """Kinds may be written as names or as objects with a name."""
    if not isinstance(value, list):
        return value
    return [kind["name"] if isinstance(kind, dict) and isinstance(kind.get("name"), str) else kind for kind in value]


Kinds = Annotated[list[str], BeforeValidator(_kind_names)]
# A number is a name too: YAML reads `name: 5` so, and the reference asks for text.
Name = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class WorkflowParameter(_Part):
    """One value per run."""

    type: Literal["WorkflowParameter", "InferenceParameter"] = "WorkflowParameter"
    name: Name
    kind: Kinds = ["*"]
    default_value: Any = None
    batch_dimensions: ClassVar[int] = 0


class WorkflowImage(_Part):
    """A batch of images, or one."""

    type: Literal["WorkflowImage", "InferenceImage"] = "WorkflowImage"
    name: Name
    kind: Kinds = ["image"]
    batch_dimensions: ClassVar[int] = 1


class WorkflowVideoMetadata(_Part):
    """What is known of the video a batch of images comes from."""

    type: Literal["WorkflowVideoMetadata"] = "WorkflowVideoMetadata"
    name: Name
    kind: Kinds = ["video_metadata"]
    batch_dimensions: ClassVar[int] = 1


class WorkflowBatchInput(_Part):
    """A batch of values; *dimensionality* says how deep lists are nested."""

    type: Literal["WorkflowBatchInput"] = "WorkflowBatchInput"
    name: Name
    kind: Kinds = ["*"]
    dimensionality: Annotated[int, Field(ge=1, le=8)] = 1

    @property
    def batch_dimensions(self) -> int:
        return self.dimensionality


Input = WorkflowParameter | WorkflowImage | WorkflowVideoMetadata | WorkflowBatchInput

INPUT_TYPES: Mapping[str, type[Input]] = {
    "WorkflowParameter": WorkflowParameter,
    "InferenceParameter": WorkflowParameter,
    "WorkflowImage": WorkflowImage,
    "InferenceImage": WorkflowImage,
    "WorkflowVideoMetadata": WorkflowVideoMetadata,
    "WorkflowBatchInput": WorkflowBatchInput,
}


class JsonField(_Part):
    """One value that a run gives back."""

    type: Literal["JsonField"] = "JsonField"
    name: Name
    selector: str
    coordinates_system: Literal["parent", "own"] = "parent"


class Defaults(BaseModel):
    """Fields that steps of ours take from here where they leave them out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    credential: str | None = None
    from_: Annotated[str | None, Field(alias="from")] = None
    country: Annotated[str | None, Field(min_length=2, max_length=2)] = None
    language: str | None = None
    timezone: str | None = None
    purpose: str | None = None

    def given(self) -> dict[str, Any]:
        """What was given, by the keys a definition has for it."""
        values = {info.alias or name: getattr(self, name) for name, info in Defaults.model_fields.items()}
        return {key: value for key, value in values.items() if value is not None}


class Retry(BaseModel):
    """How often a step that raised is tried again, and how long it pauses in between."""

    model_config = ConfigDict(extra="forbid")

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    backoff: Duration = 1.0
    factor: Annotated[float, Field(ge=1, le=100)] = 2.0
    max: Duration = 300.0

    def pause_after(self, attempt: int) -> float:
        """Seconds to wait after the failed *attempt*, counted from 1."""
        return float(min(self.backoff * self.factor ** (attempt - 1), self.max))


def _targets(value: Any) -> Any:
    """``end`` is no target at all, and a lone target is a list of one."""
    if value == "end":
        return []
    return [value] if isinstance(value, str) else value


Targets = Annotated[list[str], BeforeValidator(_targets)]
OnError = Annotated[Literal["fail", "continue"] | Targets, Field(union_mode="left_to_right")]


class StepOptions(BaseModel):
    """The keys any step may have beside its block's fields."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    next_steps: Targets | None = None
    outcomes: dict[str, Targets] = {}
    on_error: OnError = "fail"
    retry: Retry | None = None
    step_timeout: Duration | None = None
    response_mapping: dict[str, str] = {}
    join: Literal["all", "any"] | None = None
    max_visits: Annotated[int, Field(ge=1, le=1000)] = 10


OPTION_KEYS = tuple(StepOptions.model_fields)
TOP_LEVEL_KEYS = ("version", "name", "description", "inputs", "steps", "outputs", "defaults", "triggers", "variables")


@dataclass
class Step:
    """A manifest together with the flow keys that any step may have; durations are written as text."""

    manifest: Manifest
    next_steps: Sequence[str] | str | None = None
    outcomes: Mapping[str, Sequence[str] | str] | None = None
    on_error: str | Sequence[str] | None = None
    retry: Mapping[str, Any] | None = None
    step_timeout: str | None = None
    response_mapping: Mapping[str, str] | None = None
    join: Literal["all", "any"] | None = None
    max_visits: int | None = None

    def options(self) -> dict[str, Any]:
        """The flow keys that were given, in the form a document has them."""
        given = {key: getattr(self, key) for key in OPTION_KEYS}
        return {key: _plain(value) for key, value in given.items() if value is not None}


@dataclass
class Definition:
    """A workflow declared in Python; the compiler takes it wherever it takes a document."""

    inputs: Sequence[Input] = ()
    steps: Sequence[Step | Manifest] = ()
    outputs: Sequence[JsonField] = ()
    version: str = "1.0"
    name: str | None = None
    description: str | None = None
    defaults: Mapping[str, Any] | None = None
    triggers: Sequence[Mapping[str, Any] | Trigger] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The definition in the form of a document; steps stay the manifests they are."""
        data: dict[str, Any] = {
            "version": self.version,
            "inputs": [part.model_dump() for part in self.inputs],
            "steps": [step if isinstance(step, Step) else Step(step) for step in self.steps],
            "outputs": [part.model_dump() for part in self.outputs],
        }
        for key in ("name", "description", "defaults", "triggers", "variables"):
            value = getattr(self, key)
            if value:
                data[key] = _plain(value)
        return data


def _plain(value: Any) -> Any:
    if isinstance(value, Trigger):
        return value.as_data()
    if isinstance(value, Mapping):
        return {key: _plain(element) for key, element in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(element) for element in value]
    return value
