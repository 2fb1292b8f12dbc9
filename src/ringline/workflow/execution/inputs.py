"""What a run is given: parameters with their defaults, batches of one length, values fit for their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ringline.errors import RuntimeInputError
from ringline.query.image_data import is_image
from ringline.workflow.block import Manifest
from ringline.workflow.block_fields import FieldSpec
from ringline.workflow.execution.parts import CheckedInput
from ringline.workflow.execution.state import Axis, RunState
from ringline.workflow.explanations import explain, show
from ringline.workflow.kinds import CONTEXT, read_value

if TYPE_CHECKING:
    from ringline.workflow.plan import Plan


def read_inputs(plan: Plan, state: RunState, inputs: Mapping[str, Any]) -> None:
    """Put what the caller gave into the run's slots; raises `RuntimeInputError` naming the input that is wrong."""
    if not isinstance(inputs, Mapping):
        raise RuntimeInputError(f"The inputs of a run are a mapping by name, not {show(inputs)}.", CONTEXT)
    values = state.values
    for name, slot, default in plan.parameters:
        # A None that was given stays None; only an absent value takes the default.
        values[slot] = inputs.get(name, default)
    if plan.batches:
        _read_batches(plan, state, inputs)
    for check in plan.checked_inputs:
        values[check.target] = _checked(check, values[check.source])
    if plan.variables:
        state.variables.update(plan.variables)


def _read_batches(plan: Plan, state: RunState, inputs: Mapping[str, Any]) -> None:
    state.batch_size = size = _batch_size(plan, inputs)
    root = Axis([(index,) for index in range(size)])
    now = plan.clock.now()
    for definition, slot, lineage in plan.batches:
        state.axes.setdefault(lineage[:1], root)
        given = inputs.get(definition.name)
        elements = _elements(definition.name, given, size)
        axis = root
        for level in range(1, len(lineage)):
            axis, elements = _unfold(definition.name, axis, elements, len(lineage), level)
            state.axes[lineage[: level + 1]] = axis
        # Each element of a list is a camera of its own, one value for all of them is one camera.
        names = _names(definition.name, given, axis)
        state.values[slot] = [
            read_value(element, definition.kind, name=name, now=now)
            for element, name in zip(elements, names, strict=True)
        ]


def _batch_size(plan: Plan, inputs: Mapping[str, Any]) -> int:
    """The length of the first list longer than one."""
    for definition, _, _ in plan.batches:
        value = inputs.get(definition.name)
        if isinstance(value, list) and len(value) > 1:
            return len(value)
    return 1


def _elements(name: str, value: Any, size: int) -> list[Any]:
    if value is None:
        raise RuntimeInputError(f"The batch input `{name}` was not given. Hand in a list, or one value.", CONTEXT)
    if not isinstance(value, list):
        return [value] * size
    if len(value) == size:
        return value
    if len(value) == 1:
        return value * size
    raise RuntimeInputError(
        f"The batch input `{name}` has {len(value)} elements, and this run works on {size}. "
        "All batch inputs of a run need one length, or one value that is used for every element.",
        CONTEXT,
    )


def _unfold(name: str, axis: Axis, elements: list[Any], depth: int, level: int) -> tuple[Axis, list[Any]]:
    """One level of nesting opened: the batch of everything inside the lists of the batch above."""
    indices: list[tuple[int, ...]] = []
    parents: list[int] = []
    inner: list[Any] = []
    for position, element in enumerate(elements):
        if not isinstance(element, list):
            raise RuntimeInputError(
                f"The batch input `{name}` must be lists nested {depth} deep; at depth {level + 1} there is "
                f"{show(element)}.",
                CONTEXT,
            )
        for number, value in enumerate(element):
            indices.append((*axis.indices[position], number))
            parents.append(position)
            inner.append(value)
    return Axis(indices, parents, axis), inner


def _names(name: str, given: Any, axis: Axis) -> list[str]:
    """What each element is called: the input's name, with the element's place where a list was given."""
    if not isinstance(given, list):
        return [name] * len(axis)
    # Of a list of one, every element is the first.
    shared = len(given) == 1
    places = [(0, *index[1:]) if shared else index for index in axis.indices]
    return [".".join([name, *(f"[{number}]" for number in place)]) for place in places]


def _checked(check: CheckedInput, value: Any) -> Any:
    step = check.step
    try:
        return field_value(step.manifest, step.spec.by_key[check.field], value)
    except ValidationError as error:
        field = step.spec.by_key[check.field]
        secret = [field.key] if "secret" in (field.direct.kinds or ()) else []
        if value is None:
            raise RuntimeInputError(
                f"The input `{check.input}` has no value, and `{field.key}` of the step `{step.name}` needs one.",
                CONTEXT,
                error,
            ) from error
        reasons = [found.sentence for found in explain(error, {field.key: value}, secret=secret)]
        raise RuntimeInputError(
            f"The input `{check.input}` does not fit the step `{step.name}`: {' '.join(reasons)}", CONTEXT, error
        ) from error


def field_value(manifest: Manifest, field: FieldSpec, value: Any) -> Any:
    """*value* as the field's schema takes it; raises pydantic's `ValidationError` where it does not.

    Values that no definition can hold, such as an image, pass where the field's kinds name them.
    """
    kinds = field.direct.kinds or ()
    if ("timestamp" in kinds and isinstance(value, datetime)) or ("image" in kinds and is_image(value)):
        return value
    copy = manifest.model_copy()
    type(manifest).__pydantic_validator__.validate_assignment(copy, field.name, value)
    return getattr(copy, field.name)
