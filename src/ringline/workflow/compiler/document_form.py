"""Second phase, first half: whether the document has the parts a definition has, each of the right form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ringline.errors import WorkflowSyntaxError
from ringline.workflow.compiler.draft import Draft, OutputDraft
from ringline.workflow.compiler.findings import PARSING, Path
from ringline.workflow.compiler.triggers import read_triggers
from ringline.workflow.definition import INPUT_TYPES, TOP_LEVEL_KEYS, Defaults, JsonField
from ringline.workflow.explanations import explain, listed, show, suggestion
from ringline.workflow.kinds import KINDS
from ringline.workflow.selectors import parse_output_selector

_Model = TypeVar("_Model", bound=BaseModel)


def read_document(draft: Draft) -> None:
    """Take the document apart: inputs, outputs, defaults, triggers and variables; steps have a phase of their own."""
    data = draft.document.data
    _check_top_level(draft, data)
    for key in ("name", "description"):
        value = data.get(key)
        if value is not None and not isinstance(value, str):
            _fault(draft, f"`{key}` must be text, not {show(value)}.", "Write it in quotes.", at=(key,), field=key)
        else:
            setattr(draft, key, value)
    for path, written in parts(draft, "inputs"):
        _read_input(draft, path, written)
    for path, written in parts(draft, "outputs"):
        _read_output(draft, path, written)
    _read_defaults(draft, data.get("defaults"))
    read_triggers(draft, data.get("triggers"))
    _read_variables(draft, data.get("variables"))


def parts(draft: Draft, key: str) -> Iterator[tuple[Path, Any]]:
    """The elements of one of the three lists every definition has."""
    data = draft.document.data
    if key not in data:
        _fault(draft, f"The definition has no `{key}`.", f"Add `{key}: []`, a list that may be empty.", field=key)
        return
    value = data[key]
    if not isinstance(value, list):
        shape = "nothing" if value is None else show(value)
        _fault(draft, f"`{key}` must be a list, not {shape}.", f"Write `{key}: []` for none.", at=(key,), field=key)
        return
    for index, element in enumerate(value):
        yield (key, index), element


def _check_top_level(draft: Draft, data: Mapping[str, Any]) -> None:
    if data.get("dynamic_blocks_definitions"):
        _fault(
            draft,
            "The definition brings Python blocks of its own (`dynamic_blocks_definitions`), which are not run here.",
            "Write the block in a package and offer it through the entry point `ringline.blocks`.",
            at=("dynamic_blocks_definitions",),
            field="dynamic_blocks_definitions",
        )
    for key in data:
        meant = suggestion(key, TOP_LEVEL_KEYS)
        if key not in TOP_LEVEL_KEYS and meant is not None and meant not in data:
            draft.findings.warning(
                "unknown_key",
                f"`{key}` is not a key of a definition and is ignored.",
                f"Did you mean `{meant}`?",
                at=(key,),
                on_key=True,
                field=key,
            )


def _read_input(draft: Draft, path: Path, written: Any) -> None:
    if isinstance(written, Mapping) and isinstance(written.get("name"), str):
        draft.known_names.add(written["name"])
    model = _typed(draft, path, written, INPUT_TYPES, "an input", "WorkflowParameter")
    if model is None:
        return
    value = _checked(draft, path, written, model, f"the input `{written.get('name', path[1])}`")
    if value is None:
        return
    draft.input_order.append((path, value))
    draft.inputs.setdefault(value.name, value)
    for index, kind in enumerate(value.kind):
        if kind not in KINDS:
            meant = suggestion(kind, KINDS)
            draft.findings.warning(
                "unknown_kind",
                f"`{kind}` is no kind that any block knows.",
                f"Did you mean `{meant}`?" if meant else 'Use `"*"` for any value.',
                at=(*path, "kind", index),
                field=f"inputs.{value.name}.kind",
            )


def _read_output(draft: Draft, path: Path, written: Any) -> None:
    model = _typed(draft, path, written, {"JsonField": JsonField}, "an output", "JsonField")
    if model is None:
        return
    value = _checked(draft, path, written, model, f"the output `{written.get('name', path[1])}`")
    if value is None:
        return
    draft.outputs.append(OutputDraft(path, value, parse_output_selector(value.selector)))


def _typed(
    draft: Draft, path: Path, written: Any, types: Mapping[str, type[Any]], what: str, usual: str
) -> type[Any] | None:
    """The model for the ``type`` of an input or output, or ``None`` after saying what is wrong with it."""
    place = f"{path[0]}[{path[1]}]"
    if not isinstance(written, Mapping):
        said = f"`{place}` must be a mapping, not {show(written)}."
        _fault(draft, said, f"Write `type: {usual}`.", at=path, field=place)
        return None
    kind = written.get("type")
    if not isinstance(kind, str):
        said = "has no `type`" if kind is None else f"has the type {show(kind)}"
        _fault(draft, f"`{place}` {said}.", f"Write `type: {usual}`.", at=path, field=place)
        return None
    model = types.get(kind)
    if model is None:
        meant = suggestion(kind, types)
        fix = f"Did you mean `{meant}`?" if meant else f"Use one of {listed(types)}."
        _fault(draft, f"`{kind}` is no type of {what}.", fix, at=(*path, "type"), field=place)
    return model


def _checked(draft: Draft, path: Path, written: Any, model: type[_Model], of: str) -> _Model | None:
    try:
        return model.model_validate(written)
    except ValidationError as error:
        known = [info.alias or name for name, info in model.model_fields.items()]
        for found in explain(error, written, known=known, of=of):
            exists = found.path[-1:] != () and _has(written, found.path)
            _fault(
                draft,
                found.sentence,
                found.fix,
                at=(*path, *found.path) if exists else path,
                on_key=found.is_unknown_key,
                field=found.field,
            )
        return None


def _has(value: Any, path: Path) -> bool:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _read_defaults(draft: Draft, written: Any) -> None:
    if written is None:
        return
    if not isinstance(written, Mapping):
        said = f"`defaults` must be a mapping, not {show(written)}."
        _fault(draft, said, "Write `defaults: {language: en}`.", at=("defaults",), field="defaults")
        return
    draft.defaults = _checked(draft, ("defaults",), written, Defaults, "`defaults`") or draft.defaults


def _read_variables(draft: Draft, written: Any) -> None:
    if written is None:
        return
    if not isinstance(written, Mapping):
        _fault(
            draft,
            f"`variables` must be a mapping of names to first values, not {show(written)}.",
            "Write `variables: {attempts: 0}`.",
            at=("variables",),
            field="variables",
        )
        return
    draft.variables = dict(written)


def _fault(draft: Draft, message: str, fix: str, **place: Any) -> None:
    draft.findings.error(WorkflowSyntaxError, PARSING, message, fix, **place)
