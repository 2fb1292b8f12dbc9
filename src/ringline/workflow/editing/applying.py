"""Edits on a definition's text: `apply` gives the text that says what the edits mean and else is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ringline.errors import DefinitionError, RequestError
from ringline.workflow.document import Document, read_document
from ringline.workflow.editing.editor import Editor, Positions
from ringline.workflow.editing.edits import SetPositions, SetText
from ringline.workflow.editing.merging import merge_texts
from ringline.workflow.editing.rewriting import Rewriter, data_before
from ringline.workflow.editing.tree import UntraceableError, copied, is_same, tree_of
from ringline.workflow.registry import BlockRegistry


@dataclass(frozen=True, slots=True)
class Edited:
    """What edits left behind."""

    text: str
    positions: Positions


def apply(
    text: str, edits: Sequence[Any], registry: BlockRegistry, positions: Mapping[str, Mapping[str, float]] | None = None
) -> Edited:
    """The text and the places of its nodes after *edits*, done in their order: all of them or none.

    A text is changed only in the lines it must; comments, quotes, order and indentation stay, and JSON stays JSON.
    Raises `RequestError` for an edit that cannot be done, such as one on a text that cannot be read.
    """
    places: Positions = {node: dict(place) for node, place in (positions or {}).items()}
    waiting: list[Any] = []
    for edit in edits:
        if isinstance(edit, SetText):
            if edit.base is not None:
                text = merge_texts(edit.base, _done(text, waiting, registry, places), edit.text)
            else:
                text = edit.text  # whatever came before is overwritten
            waiting.clear()
        elif isinstance(edit, SetPositions):
            text = _done(text, waiting, registry, places)
            waiting.clear()
            for node, place in edit.positions.items():
                if place is None:
                    places.pop(node, None)
                else:
                    places[node] = {"x": round(place.x, 1), "y": round(place.y, 1)}
        else:
            waiting.append(edit)
    return Edited(_done(text, waiting, registry, places), places)


def _done(text: str, edits: Sequence[Any], registry: BlockRegistry, positions: Positions) -> str:
    if not edits:
        return text
    document = _readable(text)
    editor = Editor(document.data, positions, registry)
    try:
        tree = tree_of(document)
    except UntraceableError:
        tree = None
    before = data_before(tree) if tree is not None else copied(document.data)
    for edit in edits:
        editor.do(edit)
    wanted = copied(document.data)
    if is_same(wanted, before):
        return text
    for expand in (False, True):
        if tree is None:
            break
        try:
            changed = Rewriter(tree, before, expand_aliases=expand).rewritten()
        except UntraceableError:
            break
        if _says(changed, wanted):
            return changed
    changed = _dumped(document, text, wanted)
    if _says(changed, wanted):
        return changed
    raise RequestError(
        "this cannot be changed here, because the text takes the same value in at several places (`<<` or `*name`)",
        field="edits",
        fix="change it in the text itself",
        code="edit",
    )


def _readable(text: str) -> Document:
    try:
        return read_document(text)
    except DefinitionError as error:
        fault = error.faults[0] if error.faults else None
        where = f" in line {fault.line}" if fault is not None and fault.line is not None else ""
        raise RequestError(
            f"the definition cannot be read{where}, so nothing can be changed on the canvas",
            field="edits",
            fix="mend the text first: " + (fault.message if fault is not None else "see its faults"),
            code="unreadable",
        ) from error


def _says(text: str, wanted: Any) -> bool:
    """Whether a text reads as what was wanted."""
    try:
        return is_same(read_document(text).data, wanted)
    except DefinitionError:
        return False


def _dumped(document: Document, text: str, wanted: dict[str, Any]) -> str:
    """The text as ruamel writes it, which keeps comments but may touch other lines too."""
    edited = Document(wanted, text=text, format=document.format).edit()
    _graft(edited, wanted)
    return document.dump(edited)


def _graft(target: Any, wanted: Any) -> None:
    if isinstance(target, dict):
        for key in [key for key in target if str(key) not in wanted]:
            del target[key]
        for key, value in wanted.items():
            if key in target and isinstance(target[key], dict | list) and type(value) is _plain_type(target[key]):
                _graft(target[key], value)
            elif key not in target or target[key] != value:
                target[key] = value
        return
    del target[len(wanted) :]
    for index, value in enumerate(wanted):
        if index >= len(target):
            target.append(value)
        elif isinstance(target[index], dict | list) and type(value) is _plain_type(target[index]):
            _graft(target[index], value)
        elif target[index] != value:
            target[index] = value


def _plain_type(value: Any) -> type:
    return dict if isinstance(value, dict) else list
