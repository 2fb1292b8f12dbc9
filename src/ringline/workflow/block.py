"""The base of every block: its manifest (the fields an author writes), its outputs, and what it does.

A block's ``__init__`` names the services it needs (``messages``, ``clock``, …) as keyword-only parameters; whoever
runs workflows hands out services by those names, and a name nobody hands out is
`BlockInitParameterNotProvidedError` at compile time (a parameter with a default may be absent). One instance serves
one step of one compiled workflow and keeps what it must remember in itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, get_args

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError, core_schema

from ringline.workflow.selectors import FORMS, parse_selector

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

    from ringline.database import Transaction

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Output:
    """One value a step gives: its name and the kinds it may be."""

    name: str
    kinds: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class SelectorOf:
    """Annotation marking a field that takes a selector to one of *kinds*, e.g.
    ``Annotated[str, SelectorOf("string", "secret")]``; elements of lists and values of dicts count too.

    *literal* is False for fields that take nothing but a selector.

    Text that starts with ``$`` passes the field's own schema, so ``Annotated[int, Field(ge=0), SelectorOf("integer")]``
    takes a number or a selector; bounds stand before the marker, because pydantic applies what follows it to selectors
    too. A value that comes from a workflow parameter is checked by the field's schema when the run starts.
    """

    kinds: tuple[str, ...]
    literal: bool

    def __init__(self, *kinds: str, literal: bool = True) -> None:
        object.__setattr__(self, "kinds", kinds or ("*",))
        object.__setattr__(self, "literal", literal)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        inner = handler(source)
        return core_schema.no_info_wrap_validator_function(
            _selector_or_value if self.literal else _selector_only,
            inner,
            serialization=core_schema.wrap_serializer_function_ser_schema(_selector_or_value, schema=inner),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        selector = {"type": "string", "pattern": r"^\$(inputs|steps)\.", "x-ringline-kinds": list(self.kinds)}
        inner = handler(schema)
        # A default and a description belong to the field, which adds them outside.
        return {"anyOf": [selector, inner]} if self.literal else selector


def _selector_or_value(value: Any, otherwise: Any) -> Any:
    """Let a selector through; what it points at is checked by the compiler."""
    if isinstance(value, str) and value.startswith("$"):
        return value
    return otherwise(value)


def _selector_only(value: Any, _otherwise: Any) -> Any:
    selector = parse_selector(value) if isinstance(value, str) else None
    if selector is None or selector.kind == "step":
        raise PydanticCustomError("selector_only", f"only a selector, {FORMS}, can stand here")
    return value


@dataclass(frozen=True, slots=True)
class StepTargets:
    """Annotation marking a control-flow field: a list, or the values of a dict, of ``$steps.<name>``."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "x-widget": "step", "x-targets": True}


@dataclass(frozen=True, slots=True)
class StepReference:
    """Annotation marking a field that names an earlier step as ``$steps.<name>``; the step runs after that one.

    With *nearest_sender* the step speaks of a message: a field left out names the nearest steps before that send one.
    """

    nearest_sender: bool = False

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "x-widget": "step"}


@dataclass(frozen=True, slots=True)
class Template:
    """Annotation marking a ``{{ }}`` template. The engine renders it before the block runs.

    *always_text* is False where a field that is exactly one expression gives the value itself. *nested* fields are
    looked through to their depths, so that every text in lists within mappings may be a template.
    """

    always_text: bool = False
    nested: bool = False

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        # What is more particular, such as a duration, says so itself.
        return {"x-widget": "template", **handler(schema)}


@dataclass(frozen=True, slots=True)
class InnerWorkflow:
    """Annotation marking a field that names another workflow, ``name`` or ``name@version``, or holds its definition.

    A definition that stands in the field is checked together with the one around it.
    """


class Manifest(BaseModel):
    """The fields of a step. Subclasses set ``type: Literal["family/name@v1", …aliases]``.

    The class docstring's first line is the block's description; field descriptions are one line each.
    """

    # Values may be secrets, and pydantic's own texts end up in tracebacks.
    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, arbitrary_types_allowed=True, hide_input_in_errors=True
    )

    type: str
    name: str

    @model_validator(mode="before")
    @classmethod
    def _own_type(cls, data: Any) -> Any:
        """Fill in the block's identifier, which a manifest written in Python need not repeat."""
        if isinstance(data, dict) and "type" not in data:
            names = get_args(cls.model_fields["type"].annotation)
            if names:
                return {"type": names[0], **data}
        return data


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a block may know about where it runs."""

    run_id: str
    step: str
    element: tuple[int, ...] = ()
    """Indices of the batch element, empty for a step that is not on a batch."""
    key: str = ""
    """Idempotency key of this execution: the same when it is repeated after a crash."""
    workflow: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The definition's ``defaults``."""
    now: datetime | None = None
    timeout: float | None = None
    """The step's ``step_timeout`` in seconds."""
    is_durable: bool = False
    """Whether the run is kept: then the block may give `Wait`, and effects are written with the run's state."""
    iteration: tuple[int, ...] = ()
    """How often each loop around the step has turned, outermost first; part of `key`."""
    trial: int = 1
    """Which try of the author's `retry`, or of an operator's retry from a failed step; part of `key`."""


class StepTransaction(Protocol):
    """The transaction in which a step's effects, the run's state and its waits are committed together."""

    tx: Transaction
    run_id: str

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None:
        """Add a key to those that end the step's wait; *data* is kept with it for whoever reports."""
        ...

    def report(self, key: str, data: Mapping[str, Any]) -> None:
        """What the step is to wait for has happened already: it goes on as soon as this is committed."""
        ...


Effect = Callable[[StepTransaction], None]
"""Something a step writes in the transaction that commits its end or its wait. It may run again after a conflict."""


@dataclass(frozen=True, slots=True)
class Woken:
    """What ended a step's wait: an event, or the deadline, for which *key* is None."""

    key: str | None
    data: Mapping[str, Any]
    state: Any
    """What the `Wait` kept."""
    at: datetime
    """When the event was received, or the deadline."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The step's fields as they were when it began to wait, without those that JSON cannot hold."""


class Batch(list[Any]):
    """The values of a field for all elements at once, as blocks with ``whole_batch`` or a negative offset get them.

    A list that is not one is a single value that happens to be a list.
    """


@dataclass(frozen=True, slots=True)
class Done:
    """A step's end: its outputs, and the outcome it ended with where the block declares outcomes."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Variables of the run to set, of those `Block.variables_of` names."""
    otherwise: str | None = None
    """The outcome to follow where the definition has no branch for this one."""
    effects: Sequence[Effect] = ()
    """What is written together with the step's end."""
    follow: tuple[str, ...] = ()
    """Keys that may still bring later values for outputs while the run is open; each goes to `Block.follow`."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A step goes on when one of *keys* is reported or *deadline* (seconds since the epoch) has passed.

    `Block.resume` then says what comes next: `Done`, or another `Wait`. When event and deadline meet, the event wins.
    """

    keys: tuple[str, ...] = ()
    deadline: float | None = None
    state: Any = None
    """What the block wants back when it is woken, of JSON's types; kept until then."""
    effects: Sequence[Effect] = ()
    """What is written together with the wait, such as the message whose answer is awaited."""


@dataclass(frozen=True, slots=True)
class Select:
    """A control-flow step's decision: the targets that may run, as ``$steps.<name>``; empty ends the branch."""

    targets: Sequence[str] = ()


BlockResult = Mapping[str, Any] | Done | Wait | Select


class Block:
    """Subclass, set ``manifest`` and ``outputs``, write ``run``.

    ``run`` takes ``step: StepContext`` only if it names it, and the manifest's fields by name, selectors resolved and
    templates rendered. It may be plain or ``async``. A plain mapping of outputs, or `Done`, ends the step.
    """

    manifest: ClassVar[type[Manifest]]
    title: ClassVar[str] = ""
    """What people call it in the palette and on the canvas; made of its identifier where it is left out."""
    icon: ClassVar[str] = ""
    """Name of a lucide icon, such as ``message-square``."""
    outputs: ClassVar[tuple[Output, ...]] = ()
    outcomes: ClassVar[tuple[str, ...]] = ()
    """Ways the block can end; the first is the good one. Empty for blocks that do not declare outcomes."""
    failing_outcomes: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that mark a run `has_failures` when the definition does not handle them."""
    accepts_none: ClassVar[bool] = False
    """Whether the step still runs when an input from another step is None."""
    whole_batch: ClassVar[bool] = False
    """Whether ``run`` takes all elements at once: batch fields arrive as `Batch`, and it returns a list of results."""
    dimensionality_offset: ClassVar[int] = 0
    """What the block does to nesting: -1 gathers the innermost level into a list."""
    is_control_flow: ClassVar[bool] = False
    can_wait: ClassVar[bool] = False
    needs_internet: ClassVar[bool] = False
    sends_to: ClassVar[str | None] = None
    """The field that holds the recipient, for blocks that send a message."""
    takes_replies: ClassVar[bool] = False
    """Whether the block ends with what a person replied, which then is ``{{SMS reply}}``."""
    acts_at_once: ClassVar[bool] = False
    """Whether ``run`` itself reaches outside (an HTTP request), instead of by effects. Such a step is claimed before it
    runs, so that two workers do not act at once; after a crash it runs again with the same `StepContext.key`."""
    handles_timeout: ClassVar[bool] = False
    """Whether ``run`` itself ends within ``step.timeout``; otherwise the engine cuts it off with an error."""
    placeholders: ClassVar[Mapping[str, str]] = _NOTHING
    """Names that only this block's templates may read, with what they are rendered as: marks that it fills in itself,
    such as a link that differs for each recipient."""
    response_fields: ClassVar[Mapping[str, str]] = _NOTHING
    """Further names ``response_mapping`` may use for outputs, e.g. Twilio's wire names."""

    @classmethod
    def outputs_of(cls, manifest: Manifest) -> tuple[Output, ...]:
        """The outputs of a step with these fields; override where they depend on them."""
        return cls.outputs

    @classmethod
    def outcomes_of(cls, manifest: Manifest) -> tuple[str, ...]:
        """The ways a step with these fields can end; override where they depend on them."""
        return cls.outcomes

    @classmethod
    def variables_of(cls, manifest: Manifest) -> Sequence[str]:
        """Names of the run's variables that a step with these fields sets."""
        return ()

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        """Checks beyond the schema: ``(severity, field, message, fix)`` each."""
        return ()

    @classmethod
    def faults_after(
        cls, manifest: Manifest, senders: Mapping[str, type[Block]]
    ) -> Sequence[tuple[str, str, str, str]]:
        """As `faults_of`, once it is known which steps sent the message that a `StepReference` speaks of."""
        return ()

    def resume(self, *, woken: Woken, step: StepContext) -> BlockResult | Awaitable[BlockResult]:
        """What comes after a `Wait` this block gave. Every block that gives `Wait` overrides it."""
        raise NotImplementedError(f"{type(self).__name__} waits, and does not say what comes after its wait")

    def follow(
        self, *, woken: Woken, step: StepContext
    ) -> Mapping[str, Any] | Awaitable[Mapping[str, Any] | None] | None:
        """Outputs to renew after the step's end, for a key in `Done.follow`; None when nothing has changed."""
        return None

    def dump_state(self) -> Any:
        """What the step remembers between runs, of JSON's types as far as the data it was given are; None for nothing.

        Times in it are seconds since the epoch, so that another process can take it up.
        """
        return None

    def load_state(self, state: Any) -> None:
        """Go on from what `dump_state` gave."""


Text = Annotated[str, SelectorOf("string")]
