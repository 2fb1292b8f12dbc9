"""Changed data back into its text: only what differs is written anew, all else stays byte for byte."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from ringline.workflow.editing.blocks import BlockSequence
from ringline.workflow.editing.tree import Entry, Node, Tree, copied, is_same
from ringline.workflow.editing.writing import (
    fits_on_a_line,
    is_literal,
    json_text,
    yaml_after_colon,
    yaml_flow,
    yaml_item,
    yaml_key,
    yaml_literal,
    yaml_scalar,
)

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+[ \t]+")
_TRAILING = re.compile(r"[ \t]+#[^\n]*")


@dataclass(frozen=True, slots=True)
class Splice:
    """A part of the text and what stands there from now on."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: list[Splice], start: int = 0, end: int | None = None) -> str:
    """The part of *text* between *start* and *end* with the splices that lie in it."""
    end = len(text) if end is None else end
    parts, at = [], start
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        parts += [text[at : splice.start], splice.text]
        at = max(at, splice.end)
    return "".join([*parts, text[at:end]])


class Rewriter:
    """Compares the data with what the tree read, and collects what to put anew."""

    def __init__(self, tree: Tree, before: Any, *, expand_aliases: bool = False) -> None:
        """*before* is a copy of the tree's data from before it was changed."""
        self.tree = tree
        self.text = tree.text
        self.before = before
        self.newline = "\r\n" if "\r\n" in tree.text else "\n"
        self.unit = _json_unit(tree.text) if tree.is_json else None
        self.expands = expand_aliases

    def rewritten(self) -> str:
        """The text of the data as it is now."""
        root = self.tree.root
        return spliced(self.text, self._node(root, root.value, self.before, None))

    # What a value became

    def _node(self, node: Node, new: Any, before: Any, entry: Entry | None, *, in_flow: bool = False) -> list[Splice]:
        """*before* is what the node said, *new* what stands there now."""
        if node.kind == "alias":
            return [] if is_same(new, before) and not self.expands else [self._replaced(node, new, entry, in_flow)]
        if node.kind == "mapping" and isinstance(new, dict) and new is node.value and new:
            return self._mapping(node, new, before, in_flow=in_flow)
        if node.kind == "sequence" and isinstance(new, list) and new is node.value and new:
            return self._sequence(node, new, before, in_flow=in_flow)
        return [] if is_same(new, before) else [self._replaced(node, new, entry, in_flow)]

    def _mapping(self, node: Node, new: dict[str, Any], before: dict[str, Any], *, in_flow: bool) -> list[Splice]:
        kept = [entry for entry in node.entries if entry.name in new]
        own = {entry.name for entry in node.entries}
        added = [key for key in new if key not in own and not (key in before and is_same(new[key], before[key]))]
        if not kept:
            return [] if not node.entries and not added else [self._whole(node, new, in_flow)]
        inner = {
            entry.name: self._node(
                entry.node, new[entry.name], before[entry.name], entry, in_flow=node.is_flow or in_flow
            )
            for entry in kept
        }
        if len(kept) == len(node.entries) and not added:
            return [splice for splices in inner.values() for splice in splices]
        if node.is_flow:
            return [self._flow_mapping(node, new, inner)]
        return self._block_mapping(node, new, kept, added, inner)

    def _block_mapping(
        self, node: Node, new: dict[str, Any], kept: list[Entry], added: list[str], inner: dict[str, list[Splice]]
    ) -> list[Splice]:
        first = node.entries[0]
        indent = first.start - self._line_start(first.start)
        is_inline = self.text[self._line_start(first.start) : first.start].strip() != ""
        splices = [splice for one in inner.values() for splice in one]
        if is_inline and first not in kept:
            following = node.entries[1]
            if following not in kept or "#" in self.text[first.colon : following.start]:
                return [self._whole(node, new, False)]
            splices.append(Splice(first.start, following.start, ""))
        for entry in node.entries:
            if entry not in kept and not (is_inline and entry is first):
                end = self._line_end(self._end_of(entry))
                begin = self._line_start(entry.start)
                # With the line break before it, since the one behind it may belong to what comes next.
                cut = len(self.newline)
                splices.append(Splice(begin - cut, end, "") if begin else Splice(0, end + cut, ""))
        order = list(new)
        places: dict[int, list[str]] = {}
        names = {entry.name: entry for entry in kept}
        for key in added:
            before_it = next((names[one] for one in reversed(order[: order.index(key)]) if one in names), None)
            shown = f"{yaml_key(key, in_flow=False)}:{yaml_after_colon(new[key], indent, self.newline)}"
            if before_it is None:
                places.setdefault(-1, []).append(shown + self.newline + " " * indent)
            else:
                end = self._line_end(self._end_of(before_it))
                places.setdefault(end, []).append(self.newline + " " * indent + shown)
        for place, texts in places.items():
            at = kept[0].start if place == -1 else place
            splices.append(Splice(at, at, "".join(texts)))
        return splices

    def _flow_mapping(self, node: Node, new: dict[str, Any], inner: dict[str, list[Splice]]) -> Splice:
        entries = {entry.name: position for position, entry in enumerate(node.entries)}
        spans = [(entry.start, max(entry.node.end, entry.colon)) for entry in node.entries]
        parts: list[tuple[int | None, str]] = []
        for key, value in new.items():
            position = entries.get(key)
            if position is not None:
                start, end = spans[position]
                parts.append((position, spliced(self.text, inner[key], start, end)))
            elif self.tree.is_json:
                pad = self._pad_of(node.start, spans)
                parts.append((None, f"{json_text(key, None, '', '')}: {self._json(value, pad)}"))
            else:
                parts.append((None, f"{yaml_key(key, in_flow=True)}: {yaml_flow(value)}"))
        return self._joined(node, spans, parts)

    def _sequence(self, node: Node, new: list[Any], before: list[Any], *, in_flow: bool) -> list[Splice]:
        origin = self._origins(node, new, before)
        if not any(position is not None for position in origin):
            return [self._whole(node, new, in_flow)]
        inner: dict[int, list[Splice]] = {}
        for value, position in zip(new, origin, strict=True):
            if position is not None:
                child = node.items[position]
                inner[position] = self._node(child, value, before[position], None, in_flow=node.is_flow or in_flow)
        if origin == list(range(len(node.items))):
            return [splice for splices in inner.values() for splice in splices]
        if not node.is_flow:
            return [self._block_sequence(node, new, origin, inner)]
        spans = [(item.start, item.end) for item in node.items]
        parts: list[tuple[int | None, str]] = []
        for value, position in zip(new, origin, strict=True):
            if position is not None:
                parts.append((position, spliced(self.text, inner[position], *spans[position])))
            else:
                shown = self._json(value, self._pad_of(node.start, spans)) if self.tree.is_json else yaml_flow(value)
                parts.append((None, shown))
        return [self._joined(node, spans, parts)]

    def _block_sequence(
        self, node: Node, new: list[Any], origin: list[int | None], inner: dict[int, list[Splice]]
    ) -> Splice:
        layout = BlockSequence(self.text, node, self.newline)
        parts: list[tuple[int | None, str]] = []
        for value, position in zip(new, origin, strict=True):
            if position is not None:
                start, end = layout.bodies[position]
                parts.append((position, spliced(self.text, inner[position], start, end)))
            else:
                on_a_line = isinstance(value, dict | list) and layout.keeps_items_on_a_line
                shown = yaml_item(value, layout.column + 2, self.newline, on_a_line=on_a_line and _is_flat(value))
                if isinstance(value, dict) and not on_a_line and layout.holds_blocks:
                    shown = yaml_item_block(value, layout.column + 2, self.newline)
                parts.append((None, "- " + shown))
        start, end, text = layout.joined(parts)
        return Splice(start, end, text)

    def _origins(self, node: Node, new: list[Any], before: list[Any]) -> list[int | None]:
        """Where each element of the list stood: containers by identity, single values by being the same."""
        by_identity = {
            id(item.value): position for position, item in enumerate(node.items) if isinstance(item.value, dict | list)
        }
        singles = [position for position, item in enumerate(node.items) if not isinstance(item.value, dict | list)]
        origin: list[int | None] = [by_identity.get(id(value)) for value in new]
        fresh = [index for index, value in enumerate(new) if not isinstance(value, dict | list)]
        for index in fresh:
            match = next((one for one in singles if is_same(before[one], new[index])), None)
            if match is not None:
                origin[index] = match
                singles.remove(match)
        # What stands in the place of a value that went is that value changed.
        for index in fresh:
            if origin[index] is None and index in singles:
                origin[index] = index
                singles.remove(index)
        return origin

    # Whole values

    def _replaced(self, node: Node, new: Any, entry: Entry | None, in_flow: bool) -> Splice:
        text = self.text
        anchor = _ANCHOR.match(text, node.start) if node.kind != "alias" and not self.tree.is_json else None
        start = anchor.end() if anchor else node.start
        if self.tree.is_json:
            return Splice(start, node.end, self._json(new, self._line_pad(node.start)))
        if in_flow or (node.is_flow and isinstance(new, dict | list) and node.kind != "scalar"):
            return Splice(start, node.end, yaml_flow(new) if isinstance(new, dict | list) else self._same(node, new))
        if isinstance(new, dict | list):
            if entry is not None:
                indent = entry.start - self._line_start(entry.start)
                comment = self._comment_after(entry) if new and not fits_on_a_line(new, indent + 12) else ""
                shown = yaml_after_colon(new, indent, self.newline)
                end = self._end_of(entry) + (len(comment) if comment else 0)
                return Splice(entry.colon, end, comment + shown)
            return Splice(start, node.end, yaml_item(new, start - self._line_start(start), self.newline))
        is_over_lines = entry is not None and self._line_start(node.start) != self._line_start(entry.start)
        if entry is not None and (is_over_lines or node.start == node.end):
            found = _TRAILING.match(text, entry.colon)
            shown = " " + yaml_scalar(new, in_flow=False) + (found[0] if found else "")
            return Splice(entry.colon, max(node.end, entry.colon), shown)
        indent = self._indent_of(node, entry)
        rest = text[node.end : self._line_end(node.end)]
        is_long = isinstance(new, str) and ("\n" in new or node.style in ("|", ">"))
        if is_long and not rest.strip() and is_literal(new) and not (anchor or (node.style == ">" and "\n" not in new)):
            return Splice(start, node.end, self._literal(node, new, indent))
        return Splice(start, node.end, self._same(node, new, in_flow=False))

    def _literal(self, node: Node, new: str, indent: int) -> str:
        """A literal block, indented as the one that stood there."""
        if node.style in ("|", ">"):
            line = self._line_end(node.start) + 1
            while line < node.end and not self.text[line : self._line_end(line)].strip():
                line = self._line_end(line) + 1
            body = self.text[line : self._line_end(line)]
            indent = (len(body) - len(body.lstrip(" "))) or indent
        return yaml_literal(new, indent, self.newline)

    def _same(self, node: Node, new: Any, *, in_flow: bool = True) -> str:
        style = node.style if node.style in ("'", '"') and isinstance(node.value, str) else None
        return yaml_scalar(new, in_flow=in_flow, style=style)

    def _whole(self, node: Node, new: Any, in_flow: bool) -> Splice:
        """A list or mapping of which nothing stays."""
        if self.tree.is_json:
            return Splice(node.start, node.end, self._json(new, self._line_pad(node.start)))
        if node.is_flow or in_flow:
            column = node.start - self._line_start(node.start)
            is_own_line = self.text[node.end : self._line_end(node.end)].strip() == ""
            if in_flow or not is_own_line or fits_on_a_line(new, column) or not _has_key_before(self.text, node.start):
                return Splice(node.start, node.end, yaml_flow(new))
            indent = len(self._line_pad(node.start))
            before = self.text[: node.start].rstrip(" ")
            return Splice(len(before), node.end, yaml_after_colon(new, indent, self.newline))
        indent = node.start - self._line_start(node.start)
        return Splice(node.start, node.end, yaml_item_block(new, indent, self.newline))

    def _json(self, value: Any, pad: str) -> str:
        return json_text(value, self.unit, pad, self.newline)

    # Places

    def _joined(self, node: Node, spans: list[tuple[int, int]], parts: list[tuple[int | None, str]]) -> Splice:
        """Brackets with other elements in them: what stood between two elements stays between them."""
        usual = ", "
        if len(spans) > 1:
            usual = Counter(self.text[a[1] : b[0]] for a, b in itertools.pairwise(spans)).most_common(1)[0][0]
        elif "\n" in self.text[node.start + 1 : spans[0][0]]:
            usual = "," + self.text[node.start + 1 : spans[0][0]]
        if "#" in usual:
            usual = ", "
        out: list[str] = []
        last: int | None = None
        for position, shown in parts:
            if out:
                is_as_before = position is not None and last is not None and position == last + 1
                out.append(self.text[spans[position - 1][1] : spans[position][0]] if is_as_before else usual)  # type: ignore[operator,index]
            out.append(shown)
            last = position
        return Splice(spans[0][0], spans[-1][1], "".join(out))

    def _pad_of(self, start: int, spans: list[tuple[int, int]]) -> str:
        return self._line_pad(spans[0][0]) if "\n" in self.text[start : spans[0][0]] else self._line_pad(start)

    def _line_pad(self, index: int) -> str:
        line = self.text[self._line_start(index) : index]
        return line[: len(line) - len(line.lstrip())]

    def _indent_of(self, node: Node, entry: Entry | None) -> int:
        if entry is not None:
            return entry.start - self._line_start(entry.start) + 2
        return max(2, node.start - self._line_start(node.start))

    def _comment_after(self, entry: Entry) -> str:
        """A comment on the line of a single value that becomes a block."""
        found = _TRAILING.match(self.text, self._end_of(entry))
        return found[0] if found else ""

    def _end_of(self, entry: Entry) -> int:
        return max(entry.node.end, entry.colon)

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        end = self.text.find("\n", index)
        if end == -1:
            return len(self.text)
        return end - 1 if self.newline == "\r\n" and self.text[end - 1] == "\r" else end


def yaml_item_block(value: Any, indent: int, newline: str) -> str:
    """A list or mapping in block form, whatever its length."""
    from ringline.workflow.editing.writing import yaml_block

    return yaml_block(value, indent, newline) if value else yaml_flow(value)


def data_before(tree: Tree) -> Any:
    """What the tree's data says, to compare with what it will say."""
    return copied(tree.root.value)


def _is_flat(value: Any) -> bool:
    return len(yaml_flow(value)) <= 140


def _has_key_before(text: str, index: int) -> bool:
    return text[:index].rstrip(" ").endswith(":")


def _json_unit(text: str) -> str | None:
    for line in text.splitlines()[1:]:
        if line.strip():
            return line[: len(line) - len(line.lstrip())] or None
    return None
