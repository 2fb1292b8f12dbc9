"""A definition's text as a tree whose every value knows where it begins and ends, so that a part can be put anew.

The tree's containers are those of the data: who changes the data in place and hands it to `rewriting` gets a text in
which only what was changed is written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard library's, missing from its stubs
from typing import Any, Literal

from ringline.workflow.document import Document
from ringline.workflow.yaml_text import compose_yaml

Kind = Literal["scalar", "mapping", "sequence", "alias"]

_ALIAS = re.compile(r"(?:[\s:,\[{?-]|#[^\n]*\n)*(\*[^\s,\[\]{}]+)")
_BLANK = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"[-+0-9.eEa-z]+")


@dataclass(eq=False, slots=True)
class Node:
    """A value in the text. ``end`` is the end of what it says, without blank lines and comments that follow."""

    kind: Kind
    start: int
    end: int
    value: Any
    is_flow: bool = True
    """Whether it stands in brackets or on a line of its own; False for block collections."""
    style: str | None = None
    """How a scalar is written: quotes, `|`, `>`, or None for plain."""
    entries: list[Entry] = field(default_factory=list)
    """Of a mapping: what is written in it itself, without what `<<` takes in."""
    items: list[Node] = field(default_factory=list)
    """Of a sequence."""
    dashes: list[int] = field(default_factory=list)
    """Of a block sequence: where each item's dash stands."""

    def key(self, name: str) -> Entry | None:
        """The entry of that name, if it is written here."""
        return next((entry for entry in self.entries if entry.name == name), None)


@dataclass(eq=False, slots=True)
class Entry:
    """A key with its value; *colon* is where the colon ends."""

    name: str
    start: int
    colon: int
    node: Node


@dataclass(eq=False, slots=True)
class Tree:
    """A text, its root, and whether it is JSON."""

    text: str
    root: Node
    is_json: bool


class UntraceableError(Exception):
    """The text says what it says in a way whose parts cannot be told apart, such as keys with `?`."""


def tree_of(document: Document) -> Tree:
    """The tree of a document that came from text; its values are the document's own data."""
    if document.format == "json":
        start = _skip(document.text, 0)
        return Tree(document.text, _json(document.text, start, document.data), True)
    composed = compose_yaml(document.text)
    if composed is None:
        raise UntraceableError
    return Tree(document.text, _Tracer(document.text).node(composed, document.data, 0), False)


class _Tracer:
    """Walks ruamel's nodes beside the data they were read to."""

    def __init__(self, text: str) -> None:
        self.text = text

    def node(self, found: Any, value: Any, after: int) -> Node:
        """The node of *value*, which stands behind *after*."""
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        start, end = found.start_mark.index, found.end_mark.index
        if start < after:
            # The same node once more: what stands here is a name that was given to it further up.
            alias = _ALIAS.match(self.text, after)
            if alias is None:
                raise UntraceableError
            return Node("alias", alias.start(1), alias.end(1), value)
        if isinstance(found, MappingNode):
            return self._mapping(found, value, start, end)
        if isinstance(found, SequenceNode):
            return self._sequence(found, value, start, end)
        if found.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        if start == end:
            # A value left out: ruamel puts it where the next word begins.
            start = end = after
        return Node("scalar", start, end, value, style=found.style)

    def _mapping(self, found: Any, value: Any, start: int, end: int) -> Node:
        node = Node("mapping", start, end, value, is_flow=bool(found.flow_style))
        last = start
        for key, inner in found.value:
            if key.value == "<<" and key.style is None:
                last = inner.end_mark.index if inner.start_mark.index > last else last
                continue
            name = str(key.value)
            if not isinstance(value, dict) or name not in value or self.text[key.start_mark.index] == "?":
                raise UntraceableError
            colon = self._colon(key.end_mark.index)
            child = self.node(inner, value[name], colon)
            node.entries.append(Entry(name, key.start_mark.index, colon, child))
            last = max(last, child.end, colon)
        if not node.is_flow:
            node.end = last
        return node

    def _colon(self, index: int) -> int:
        found = re.compile(r"\s*:").match(self.text, index)
        if found is None:
            raise UntraceableError
        return found.end()

    def _sequence(self, found: Any, value: Any, start: int, end: int) -> Node:
        node = Node("sequence", start, end, value, is_flow=bool(found.flow_style))
        column = start - _line_start(self.text, start)
        last = start
        for index, inner in enumerate(found.value):
            if not node.is_flow:
                dash = start if index == 0 else self._dash(last, column)
                node.dashes.append(dash)
                last = dash + 1
            child = self.node(inner, value[index], last + 1 if node.is_flow and index == 0 else last)
            node.items.append(child)
            last = max(last, child.end)
        if not node.is_flow:
            node.end = last
        return node

    def _dash(self, after: int, column: int) -> int:
        found = re.compile(rf"^ {{{column}}}-(?=\s|$)", re.MULTILINE).search(self.text, after)
        if found is None:
            raise UntraceableError
        return found.end() - 1


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _skip(text: str, index: int) -> int:
    found = _BLANK.match(text, index)
    assert found is not None
    return found.end()


def _json(text: str, start: int, value: Any) -> Node:
    """The node of a JSON value; the text was read before, so it is well formed."""
    if text[start] == "{":
        node = Node("mapping", start, start, value)
        index = _skip(text, start + 1)
        while text[index] != "}":
            name, after = scanstring(text, index + 1, True)
            colon = _skip(text, after) + 1
            child = _json(text, _skip(text, colon), value[name])
            node.entries.append(Entry(name, index, colon, child))
            index = _behind_comma(text, child.end)
        node.end = index + 1
        return node
    if text[start] == "[":
        node = Node("sequence", start, start, value)
        index = _skip(text, start + 1)
        for element in _elements(value):
            node.items.append(_json(text, index, element))
            index = _behind_comma(text, node.items[-1].end)
        node.end = index + 1
        return node
    if text[start] == '"':
        return Node("scalar", start, scanstring(text, start + 1, True)[1], value, style='"')
    word = _WORD.match(text, start)
    if word is None:
        raise UntraceableError
    return Node("scalar", start, start + len(word[0]), value)


def _behind_comma(text: str, index: int) -> int:
    index = _skip(text, index)
    return _skip(text, index + 1) if text[index] == "," else index


def _elements(value: Any) -> Iterator[Any]:
    if not isinstance(value, list):
        raise UntraceableError
    yield from value


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same to JSON: 1, 1.0 and true are three."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(is_same(*pair) for pair in zip(one, other, strict=True))
    return bool(one == other)


def copied(value: Any) -> Any:
    """A copy made of plain dicts and lists."""
    return json.loads(json.dumps(value))
