"""What a block's manifest says about its fields: which take selectors, templates or step names."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Union, get_args, get_origin

from ringline.workflow.block import InnerWorkflow, Manifest, SelectorOf, StepReference, StepTargets, Template


@dataclass(frozen=True, slots=True)
class Marks:
    """What one place in a field accepts beside a literal."""

    kinds: tuple[str, ...] | None = None
    literal: bool = True
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A manifest's field as the compiler sees it; ``key`` is the name in a document."""

    name: str
    key: str
    is_required: bool
    direct: Marks
    elements: Marks
    is_target: bool = False
    is_reference: bool = False
    is_nearest_sender: bool = False
    """Whether the reference is to steps that send, and found by the compiler where it is left out."""
    is_workflow: bool = False
    """Whether it may hold a definition of its own."""
    is_unchecked: bool = False
    """Whether the field's type takes any value, so that checking one at run time says nothing."""

    @property
    def takes_selectors(self) -> bool:
        return self.direct.kinds is not None or self.elements.kinds is not None

    @property
    def takes_templates(self) -> bool:
        return self.direct.template is not None or self.elements.template is not None

    @property
    def is_secret(self) -> bool:
        """Whether a literal in this field is something to keep out of definitions and messages."""
        word = self.key.lower()
        return "secret" in (self.direct.kinds or ()) and any(
            part in word for part in ("token", "secret", "password", "key")
        )


def fields_of(manifest: type[Manifest]) -> tuple[FieldSpec, ...]:
    """The fields of a step of this block, without its type and name."""
    return tuple(_field(name, info) for name, info in manifest.model_fields.items() if name not in ("type", "name"))


def _field(name: str, info: Any) -> FieldSpec:
    outer = _collect(Marks(), info.metadata)
    direct, elements, inner_marks = _scan(info.annotation)
    has_element_marks = elements.kinds is not None or elements.template is not None
    if outer.kinds is not None or outer.template is not None:
        direct = _merged(direct, outer)
        if not has_element_marks and _holds_elements(info.annotation):
            elements = _merged(elements, outer)
    marks = [*info.metadata, *inner_marks]
    return FieldSpec(
        name=name,
        key=info.alias or name,
        is_required=info.is_required(),
        direct=direct,
        elements=elements,
        is_target=any(isinstance(mark, StepTargets) for mark in marks),
        is_reference=any(isinstance(mark, StepReference) for mark in marks),
        is_nearest_sender=any(isinstance(mark, StepReference) and mark.nearest_sender for mark in marks),
        is_workflow=any(isinstance(mark, InnerWorkflow) for mark in marks),
        is_unchecked=info.annotation is Any,
    )


def _scan(annotation: Any) -> tuple[Marks, Marks, list[Any]]:
    """Marks for the value itself, for elements of a list or dict, and everything else that annotates it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        direct, elements, marks = _scan(arguments[0])
        extra = arguments[1:]
        marked = _collect(Marks(), extra)
        if (marked.kinds is not None or marked.template is not None) and _holds_elements(arguments[0]):
            elements = elements if elements.kinds is not None else _merged(elements, marked)
        return _merged(direct, marked), elements, [*marks, *extra]
    if origin in (Union, types.UnionType):
        direct, elements, marks = Marks(), Marks(), []
        for arm in arguments:
            one, other, more = _scan(arm)
            direct, elements = _merged(direct, one), _merged(elements, other)
            marks.extend(more)
        return direct, elements, marks
    if isinstance(origin, type) and issubclass(origin, Iterable) and arguments:
        inner = arguments[1] if issubclass(origin, Mapping) and len(arguments) > 1 else arguments[0]
        direct, _, marks = _scan(inner)
        return Marks(), direct, marks
    return Marks(), Marks(), []


def _holds_elements(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated or origin in (Union, types.UnionType):
        return any(_holds_elements(argument) for argument in get_args(annotation))
    container = origin or annotation
    return isinstance(container, type) and issubclass(container, list | dict | tuple | Mapping)


def _collect(marks: Marks, metadata: Iterable[Any]) -> Marks:
    for mark in metadata:
        if isinstance(mark, SelectorOf):
            marks = _merged(marks, Marks(kinds=mark.kinds, literal=mark.literal))
        elif isinstance(mark, Template):
            marks = replace(marks, template=mark)
    return marks


def _merged(one: Marks, other: Marks) -> Marks:
    if one.kinds is None or other.kinds is None:
        kinds = one.kinds if other.kinds is None else other.kinds
    else:
        kinds = tuple(dict.fromkeys([*one.kinds, *other.kinds]))
    return Marks(kinds, one.literal and other.literal, other.template or one.template)
