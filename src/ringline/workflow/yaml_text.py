"""YAML with places, read so that phone numbers, times and yes/no stay text.

Standard YAML makes a number of ``+15550001111`` and ``00420``, and older readers a number of ``12:30`` and a truth
value of ``yes``. Here such scalars are text; ``0``, ``0.5``, ``-1``, ``true`` and ``null`` keep their type. So is the
definition's ``version``, with quotes or without.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from ringline.workflow.reading import MAX_DEPTH, MAX_VALUES, Path, Place, Reading, UnreadableTextError
from ringline.workflow.yaml_faults import explain, explain_bare_braces

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_TEXT = re.compile(r"\+.*|0[0-9].*|[0-9]{8,}", re.DOTALL)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_INTEGER = re.compile(r"-?[0-9]{1,400}|0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LOST_IN_COMMENT = re.compile(r"[^\S\n]+#(?=[^\s#!])[^\n]*")
_VERSION: Path = ("version",)
_PREFIX = "tag:yaml.org,2002:"
_REMEMBERED = 200_000
"""Characters of a text whose nodes are kept for a while."""
_KNOWN_TAGS = frozenset(("null", "bool", "int", "float", "str", "seq", "map"))

ScalarType = Literal["null", "bool", "int", "float", "str"]


def scalar_type(text: str) -> ScalarType:
    """The type a plain (unquoted) scalar has in a definition.

    Infinity and not-a-number stay text: a definition is JSON at heart, which has neither.
    """
    if text in _NULL:
        return "null"
    if text in _TRUE or text in _FALSE:
        return "bool"
    if _TEXT.fullmatch(text):
        return "str"
    if _INTEGER.fullmatch(text):
        return "int"
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return "float"
    return "str"


def scalar_value(text: str) -> Any:
    """The value of a plain scalar, of the type `scalar_type` names."""
    match scalar_type(text):
        case "null":
            return None
        case "bool":
            return text in _TRUE
        case "int":
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        case "float":
            return float(text)
        case "str":
            return text


def read_yaml(text: str) -> Reading:
    """Read a YAML text; a syntax fault ends the reading, repeated keys, tags and bad keys are all noted."""
    from ruamel.yaml.error import YAMLError

    reading = Reading()
    try:
        root = compose_yaml(text)
    except (YAMLError, ValueError, OverflowError) as error:
        # The scanner lets through what Python says to an escape such as "\UFFFFFFFF".
        reading.is_readable = False
        reading.refuse(*explain(error, text))
        return reading
    if root is None:
        reading.values[()] = (1, 1)
        return reading
    try:
        reading.data = _Builder(text, reading).build(root, ())
    except UnreadableTextError:
        reading.is_readable = False
    return reading


class YamlEdit:
    """A YAML text to be changed with its comments, quotes, order and indentation kept."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._yaml = _yaml("rt")
        self._yaml.preserve_quotes = True
        self._yaml.width = 1_000_000  # never fold a line the author wrote
        mapping, offset = _indentation(text)
        self._yaml.indent(mapping=mapping, sequence=offset + 2, offset=offset)

    def load(self) -> Any:
        """The data as ruamel's round-trip containers, which behave as dicts and lists."""
        return self._yaml.load(self._text)

    def dump(self, data: Any) -> str:
        """The text of *data*."""
        stream = io.StringIO()
        self._yaml.dump(data, stream)
        return stream.getvalue()


def _yaml(kind: Literal["safe", "rt"]) -> YAML:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver
    from ruamel.yaml.tag import Tag

    class Resolver(VersionedResolver):
        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            # Adding an implicit resolver would not do: ruamel appends it behind those it is meant to overrule.
            if kind is ScalarNode and implicit[0]:
                return Tag(suffix=_PREFIX + scalar_type(value))
            return super().resolve(kind, value, implicit)

    yaml = YAML(typ=kind, pure=True)
    yaml.Resolver = Resolver
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    return yaml


def compose_yaml(text: str) -> Node | None:
    """The nodes of a text as ruamel composes them, with the marks where each begins and ends; not to be changed."""
    return _remembered(text) if len(text) <= _REMEMBERED else _composed(text)


def _composed(text: str) -> Node | None:
    node: Node | None = _yaml("safe").compose(text)
    return node


# One edit reads a text several times over: to change it, to see that it says what was meant, to draw and to check it.
_remembered = lru_cache(maxsize=4)(_composed)


def _indentation(text: str) -> tuple[int, int]:
    """Blanks a nested mapping is indented by, and blanks before the dash of a list under a key."""
    mapping, offset = None, None
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for above, below in itertools.pairwise(lines):
        if not above.rstrip().endswith(":"):
            continue
        outer = len(above) - len(above.lstrip("- "))
        inner = len(below) - len(below.lstrip(" "))
        if below.lstrip().startswith("- "):
            offset = offset if offset is not None else max(0, inner - outer)
        elif inner > outer:
            mapping = mapping or inner - outer
    return mapping or 2, offset if offset is not None else 2


class _Builder:
    """Turns ruamel's nodes into plain data, noting places and faults."""

    def __init__(self, text: str, reading: Reading) -> None:
        self._text = text
        self._reading = reading
        self._open: set[int] = set()
        self._count = 0

    def build(self, node: Node, path: Path) -> Any:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        place = _place(node)
        self._reading.values[path] = place
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop(f"With its aliases followed the document holds more than {MAX_VALUES:,} values.",
                       "Use fewer aliases (`*name`).", place)  # fmt: skip
        if isinstance(node, ScalarNode):
            value = self._scalar(node, place)
            # A version is no number: 1.10 comes after 1.9.
            return node.value if path == _VERSION and type(value) in (int, float) else value
        if id(node) in self._open:
            self._stop("An alias (`*name`) stands inside the very value it names.", "Write that value out.", place)
        if len(self._open) >= MAX_DEPTH:
            self._stop(f"The document is nested deeper than {MAX_DEPTH} levels.", "Nest less deeply.", place)
        self._open.add(id(node))
        built: Any = None
        if isinstance(node, MappingNode):
            built = self._mapping(node, path)
        elif isinstance(node, SequenceNode):
            built = self._sequence(node, path)
        self._open.discard(id(node))
        return built

    def _stop(self, message: str, fix: str, place: Place) -> NoReturn:
        self._reading.refuse(message, fix, place)
        raise UnreadableTextError

    def _tag(self, node: Node, place: Place) -> str:
        tag = str(node.tag)
        if tag.startswith(_PREFIX) and tag.removeprefix(_PREFIX) in _KNOWN_TAGS:
            return tag.removeprefix(_PREFIX)
        shown = "!!" + tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else tag
        self._reading.refuse(
            f"`{shown}` is a YAML tag, which a workflow does not use.",
            "Remove it; if it is meant as text, put the whole value in quotes.",
            place,
        )
        return "str"

    def _scalar(self, node: ScalarNode, place: Place) -> Any:
        tag = self._tag(node, place)
        text: str = node.value
        if node.style is None and tag != "null":
            self._warn_of_comment(node)
        if tag == "str":
            return text
        # An explicit tag such as !!int may claim what the text is not.
        if scalar_type(text) == tag:
            return scalar_value(text)
        if tag == "int" and re.fullmatch(r"[-+]?[0-9]{1,400}", text):
            return int(text)
        if tag == "float" and scalar_type(text) == "int":
            return float(scalar_value(text))
        self._reading.refuse(f"`{text}` is not what its tag `!!{tag}` says.", "Remove the tag.", place)
        return None

    def _warn_of_comment(self, node: ScalarNode) -> None:
        lost = _LOST_IN_COMMENT.match(self._text, node.end_mark.index)
        if lost is None:
            return
        from ringline.errors import Fault

        line, column = _place(node)
        self._reading.warnings.append(
            Fault(
                "warning",
                f"`{lost[0].strip()}` is read as a comment, because a blank stands before the `#`.",
                "Put the whole text in quotes if it belongs to it; else write a blank after the `#`.",
                line=line,
                column=column,
                code="text_in_comment",
            )
        )

    def _sequence(self, node: SequenceNode, path: Path) -> list[Any]:
        self._tag(node, _place(node))
        return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for source in self._layers(node):
            self._tag(source, _place(source))
            for key_node, value_node in source.value:
                place = _place(key_node)
                key = self._key(key_node, place)
                if key is None or (key in result and source is not node):
                    continue
                if key in result:
                    self._reading.refuse_twice(key, place, self._reading.keys[*path, key])
                    continue
                self._reading.keys[*path, key] = place
                result[key] = self.build(value_node, (*path, key))
        return result

    def _layers(self, node: MappingNode) -> list[MappingNode]:
        """The mapping, then those its ``<<:`` take in, nearest first: the first that has a key gives its value."""
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        layers, waiting = [node], _merged_into(node)
        while waiting:
            source = waiting.pop(0)
            if isinstance(source, SequenceNode):
                waiting = [*source.value, *waiting]
            elif not isinstance(source, MappingNode):
                self._reading.refuse(
                    "`<<` takes in another mapping, and this is none.", "Write `<<: *name`.", _place(source)
                )
            elif all(source is not layer for layer in layers):
                layers.append(source)
                waiting = [*_merged_into(source), *waiting]
        return layers

    def _key(self, node: Node, place: Place) -> str | None:
        from ruamel.yaml.nodes import ScalarNode

        if isinstance(node, ScalarNode):
            return None if _is_merge(node) else str(node.value)
        braces = explain_bare_braces(self._text, place[0])
        key_fault = ("A key must be text, and this one is a list or a mapping.", "Put the key in quotes.", place)
        self._reading.refuse(*(braces or key_fault))
        return None


def _is_merge(key: Any) -> bool:
    return bool(key.value == "<<" and key.style is None)


def _merged_into(node: MappingNode) -> list[Node]:
    return [value for key, value in node.value if _is_merge(key)]


def _place(node: Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
