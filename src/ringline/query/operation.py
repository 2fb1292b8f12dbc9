"""What an operation is, and chains of them: read from JSON once, run as closures."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Union

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticCustomError, core_schema

from ringline.errors import RoboflowQueryLanguageError
from ringline.query.failures import ROOT, UNEXPECTED, at_place, unexpected

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

Variables = Mapping[str, Any]
"""The global parameters of a chain, by name."""

Step = Callable[[Any, Variables], Any]
"""One operation ready to run: the value so far and the variables give the next value."""

NO_VARIABLES: Variables = {}

# One module per family; a new family is added here, a new operation in its family's module only.
_FAMILIES: tuple[str, ...] = (
    "scalars",
    "sequences",
    "classification",
    "reading_detections",
    "choosing_detections",
    "changing_detections",
    "images",
)

# More names than this are not spelled out in an error.
_LISTED_NAMES = 20


class Operation(BaseModel):
    """Subclass in a family's module, set ``type``, ``takes`` and ``gives``, declare parameters, write ``apply``.

    Keys an operation does not know are ignored, as in Roboflow's engine. ``apply`` never changes its input.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    takes: ClassVar[tuple[str, ...]] = ("*",)
    """Kinds of value the operation accepts."""
    gives: ClassVar[tuple[str, ...]] = ("*",)
    """Kinds of value it may produce."""

    type: str

    def apply(self, value: Any, variables: Variables) -> Any:
        """The next value; raises `InvalidInputTypeError` or `OperationError`."""
        raise NotImplementedError(f"{type(self).__name__} has no apply")

    def bind(self, place: str) -> Step:
        """The operation ready to run at *place* of a definition; override to prepare nested chains."""
        return self.apply


@cache
def operation_classes() -> Mapping[str, type[Operation]]:
    """Every operation's class by its ``type``, in alphabetical order."""
    for family in _FAMILIES:
        import_module(f"ringline.query.{family}")
    known = {subclass.__name__: subclass for subclass in Operation.__subclasses__() if _is_ours(subclass)}
    return dict(sorted(known.items()))


def _is_ours(subclass: type[Operation]) -> bool:
    return subclass.__module__.startswith("ringline.query.")


class OperationChain:
    """A chain of operations: ``chain(value)`` applies them left to right; the empty chain gives the value itself.

    Usable as a pydantic field type: it validates the JSON form and dumps it back as it was written.
    Raises pydantic's `ValidationError` where the JSON form is wrong (`run_operations` turns it into ours).
    """

    def __init__(self, operations: Iterable[Operation | Mapping[str, Any]] = ()) -> None:
        written = list(operations)
        self.operations: tuple[Operation, ...] = self.validate(written).operations if written else ()
        self._source: list[Any] = plain_copy(written)

    @classmethod
    def validate(cls, written: Any) -> OperationChain:
        """The chain that *written*, any value, is; raises pydantic's `ValidationError` where it is none."""
        return _chain_adapter().validate_python(written)

    @classmethod
    def of(cls, operations: Iterable[Operation], *, written: Any) -> OperationChain:
        """The chain of *operations*, checked already, that dumps as *written*."""
        chain = cls()
        chain.operations = tuple(operations)
        chain._source = plain_copy(written)
        return chain

    @property
    def source(self) -> list[Any]:
        """The chain as it was written, in plain lists and dicts."""
        return plain_copy(self._source)  # type: ignore[no-any-return]

    def __call__(self, value: Any, variables: Variables | None = None) -> Any:
        return self._run(value, NO_VARIABLES if variables is None else variables)

    def __len__(self) -> int:
        return len(self.operations)

    def __bool__(self) -> bool:
        return bool(self.operations)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, OperationChain):
            return self._source == other._source
        return self._source == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"OperationChain({' → '.join(operation.type for operation in self.operations) or 'empty'})"

    def __reduce__(self) -> Any:
        return OperationChain, (self.source,)

    @cached_property
    def _run(self) -> Step:
        return self.bind(ROOT)

    def bind(self, place: str) -> Step:
        """The chain ready to run at *place* of a definition, which its errors name."""
        places = [f"{place}[{index}]" for index in range(len(self.operations))]
        steps = [operation.bind(where) for operation, where in zip(self.operations, places, strict=True)]
        if not steps:
            return _identity
        if len(steps) == 1:
            return _located(steps[0], places[0])
        located = tuple(_located(step, where) for step, where in zip(steps, places, strict=True))

        def run(value: Any, variables: Variables) -> Any:
            for step in located:
                value = step(value, variables)
            return value

        return run

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        known = tuple(operation_classes().values())
        one = handler.generate_schema(Annotated[Union[known], Field(discriminator="type")])  # noqa: UP007 - from a tuple
        several = core_schema.list_schema(core_schema.no_info_before_validator_function(_check_name, one))
        return core_schema.no_info_wrap_validator_function(
            _validate_chain,
            several,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda chain: chain.source),
        )


def _validate_chain(value: Any, validate: Callable[[Any], list[Operation]]) -> OperationChain:
    if isinstance(value, OperationChain):
        return value
    return OperationChain.of(validate(value), written=value)


def _check_name(value: Any) -> Any:
    """Say which operation was meant where the name is wrong, before the union says that nothing fits."""
    if not isinstance(value, Mapping):
        return value
    if "type" not in value:
        raise PydanticCustomError("operation_without_type", "an operation needs `type`, the name of what it does")
    name = value["type"]
    if isinstance(name, str) and name in operation_classes():
        return value
    raise unknown_name("operation", name, operation_classes())


def unknown_name(what: str, name: Any, known: Iterable[str]) -> PydanticCustomError:
    """The validation error for a name outside the language, with the nearest names inside it."""
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.5)
    if near:
        advice = f"did you mean {' or '.join(f'`{choice}`' for choice in near)}?"
    elif len(names) <= _LISTED_NAMES:
        advice = f"there are {', '.join(f'`{choice}`' for choice in names)}"
    else:
        advice = "`ringline schema` lists them"
    return PydanticCustomError(
        f"unknown_{what}",
        "there is no {what} {name}; {advice}",
        {"what": what, "name": repr(name), "advice": advice},
    )


@cache
def _chain_adapter() -> TypeAdapter[OperationChain]:
    return TypeAdapter(OperationChain)


def plain_copy(value: Any) -> Any:
    """*value* with every mapping a dict and every sequence a list; models in their JSON form; the rest as it is."""
    try:
        return _copied(value)
    except RecursionError:
        raise PydanticCustomError("nested_too_deeply", "this is nested too deeply to be read") from None


def _copied(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, OperationChain):
        return value.source
    if isinstance(value, Mapping):
        return {key: _copied(element) for key, element in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [_copied(element) for element in value]
    return value


def _identity(value: Any, _variables: Variables) -> Any:
    return value


def _located(step: Step, place: str) -> Step:
    """*step* with its errors saying where in the definition they arose."""

    def run(value: Any, variables: Variables) -> Any:
        try:
            return step(value, variables)
        except RoboflowQueryLanguageError as error:
            at_place(error, place)
            raise
        except UNEXPECTED as error:
            raise unexpected(error, value, place) from error

    return run
