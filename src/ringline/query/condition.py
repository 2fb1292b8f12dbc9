"""The condition language: statements over named values, grouped with "and" and "or".

Every statement of a group is evaluated, whatever the others say, so an error anywhere is an error of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_serializer,
    model_validator,
)

from ringline.errors import EvaluationEngineError, RoboflowQueryLanguageError, UndeclaredSymbolError
from ringline.query.comparators import COMPARATORS, TESTS
from ringline.query.failures import EVALUATION, ROOT, UNEXPECTED, is_undecidable, kind_of
from ringline.query.operation import OperationChain, plain_copy, unknown_name

Values = Mapping[str, Any]
Decide = Callable[[Values], bool]
Read = Callable[[Values], Any]

DETECTION = "_"
"""The name of the value a statement is about when it names none: in filters, the detection."""


class _Written(BaseModel):
    """A part of a condition; dumps as it was written."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    _source: Any = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_source(cls, value: Any, validate: ModelWrapValidatorHandler[Any]) -> Any:
        part = validate(value)
        if isinstance(value, Mapping):
            part.remember(value)
        return part

    def remember(self, written: Mapping[str, Any]) -> None:
        """Keep the form it was written in, which validation does not."""
        self._source = plain_copy(written)

    @model_serializer(mode="plain")
    def _as_written(self) -> Any:
        if self._source is not None:
            return plain_copy(self._source)
        return {name: plain_copy(getattr(self, name)) for name in type(self).model_fields}


class StaticOperand(_Written):
    """A constant, and what is done with it."""

    type: Literal["StaticOperand"]
    value: Any
    operations: OperationChain = Field(default_factory=OperationChain)

    def bind(self, place: str) -> Read:
        value = self.value
        if not self.operations:
            return lambda _values: value
        chain = self.operations.bind(f"{place}.operations")
        return lambda values: chain(value, values)


class DynamicOperand(_Written):
    """One of the named values, and what is done with it."""

    type: Literal["DynamicOperand"]
    operand_name: str = DETECTION
    operations: OperationChain = Field(default_factory=OperationChain)

    def bind(self, place: str) -> Read:
        name = self.operand_name
        chain = self.operations.bind(f"{place}.operations") if self.operations else None

        def read(values: Values) -> Any:
            try:
                value = values[name]
            except KeyError as error:
                known = ", ".join(f"`{other}`" for other in values) or "none"
                raise UndeclaredSymbolError(
                    f"the condition names `{name}`, and there is no such parameter; there are: {known}",
                    context=f"{EVALUATION} | {place}",
                    inner_error=error,
                ) from error
            return value if chain is None else chain(value, values)

        return read


Operand = Annotated[StaticOperand | DynamicOperand, Field(discriminator="type")]


def _known_comparator(name: str) -> str:
    if name not in COMPARATORS:
        raise unknown_name("comparator", name, COMPARATORS)
    return name


def _known_test(name: str) -> str:
    if name not in TESTS:
        raise unknown_name("operator", name, TESTS)
    return name


class Comparator(BaseModel):
    """How two values are compared."""

    type: Annotated[str, AfterValidator(_known_comparator), Field(json_schema_extra={"enum": list(COMPARATORS)})]


class ValueTest(BaseModel):
    """What is asked of one value."""

    type: Annotated[str, AfterValidator(_known_test), Field(json_schema_extra={"enum": list(TESTS)})]


class BinaryStatement(_Written):
    """Two values compared."""

    type: Literal["BinaryStatement"]
    left_operand: Operand
    comparator: Comparator
    right_operand: Operand
    negate: bool = False

    def bind(self, place: str) -> Decide:
        left = self.left_operand.bind(place)
        right = self.right_operand.bind(place)
        compare, name, negate = COMPARATORS[self.comparator.type], self.comparator.type, self.negate

        def decide(values: Values) -> bool:
            try:
                one, other = left(values), right(values)
            except RoboflowQueryLanguageError as error:
                raise _undecided_operand(error, place) from error
            try:
                # bool() and `not` ask the comparison for one answer: an array of answers is an error.
                return not compare(one, other) if negate else bool(compare(one, other))
            except UNEXPECTED as error:
                raise EvaluationEngineError(
                    f"{kind_of(one)} and {kind_of(other)} cannot be compared with `{name}`",
                    context=f"{EVALUATION} | {place}",
                    inner_error=error,
                ) from error

        return decide


class UnaryStatement(_Written):
    """Something asked of one value."""

    type: Literal["UnaryStatement"]
    operand: Operand
    operator: ValueTest
    negate: bool = False

    def bind(self, place: str) -> Decide:
        read = self.operand.bind(place)
        test, name, negate = TESTS[self.operator.type], self.operator.type, self.negate

        def decide(values: Values) -> bool:
            try:
                value = read(values)
            except RoboflowQueryLanguageError as error:
                raise _undecided_operand(error, place) from error
            try:
                return not test(value) if negate else bool(test(value))
            except UNEXPECTED as error:
                raise EvaluationEngineError(
                    f"`{name}` cannot be asked of {kind_of(value)}",
                    context=f"{EVALUATION} | {place}",
                    inner_error=error,
                ) from error

        return decide


class StatementGroup(_Written):
    """Statements joined by "or" (the default) or "and"; ``group(values)`` decides.

    Usable as a pydantic field type; dumps as it was written.
    """

    type: Literal["StatementGroup"]
    statements: list[Statement] = Field(min_length=1)
    operator: Literal["or", "and"] = "or"

    def __call__(self, values: Values) -> bool:
        return self._decide(values)

    @cached_property
    def _decide(self) -> Decide:
        return self.bind(ROOT)

    def bind(self, place: str) -> Decide:
        """The group ready to decide at *place* of a definition, which its errors name."""
        decisions = [statement.bind(f"{place}.statements[{index}]") for index, statement in enumerate(self.statements)]
        if len(decisions) == 1:
            return decisions[0]
        combine = any if self.operator == "or" else all

        def decide(values: Values) -> bool:
            return combine([decision(values) for decision in decisions])

        return decide


Statement = Annotated[BinaryStatement | UnaryStatement | StatementGroup, Field(discriminator="type")]


def _undecided_operand(error: RoboflowQueryLanguageError, place: str) -> RoboflowQueryLanguageError:
    """What a statement raises when an operand could not be read."""
    if not is_undecidable(error):
        return error
    return EvaluationEngineError(str(error), context=f"{EVALUATION} | {place}", inner_error=error)
