"""A YAML list of lines with dashes, cut so that its items can be moved, taken out and put in."""

from __future__ import annotations

import re
from collections import Counter

from ringline.workflow.editing.tree import Node


class BlockSequence:
    """Where each item of a block sequence begins and ends, what stands between them, and which comments are an item's.

    Comment lines directly above an item, indented as its dash, are its own: they go where it goes.
    """

    def __init__(self, text: str, node: Node, newline: str) -> None:
        self.text = text
        self.newline = newline
        self.column = node.dashes[0] - (text.rfind("\n", 0, node.dashes[0]) + 1)
        self.items = node.items
        own = re.compile(rf"(?:^ {{{self.column}}}#[^\n]*\n)+(?= {{{self.column}}}-)", re.MULTILINE)
        ends = [self._line_end(max(item.end, dash + 1)) for item, dash in zip(node.items, node.dashes, strict=True)]
        self.bodies: list[tuple[int, int]] = []
        """From an item's own comments, or its dash, to the end of its last line."""
        after = self._start_of_region(node.dashes[0])
        for dash, end in zip(node.dashes, ends, strict=True):
            comments = next(
                (found for found in own.finditer(text, after, dash + 1) if self._touches(found, dash)), None
            )
            self.bodies.append((comments.start() + self.column if comments else dash, end))
            after = end
        self.gaps = [text[before[1] : body[0]] for before, body in zip(self.bodies, self.bodies[1:], strict=False)]

    @property
    def keeps_items_on_a_line(self) -> bool:
        """Whether its mappings and lists are written in brackets."""
        nested = [item for item in self.items if item.kind in ("mapping", "sequence")]
        return bool(nested) and all(item.is_flow for item in nested)

    @property
    def holds_blocks(self) -> bool:
        """Whether its mappings stand in lines of their own."""
        return any(item.kind == "mapping" and not item.is_flow for item in self.items)

    def joined(self, parts: list[tuple[int | None, str]]) -> tuple[int, int, str]:
        """The span of the whole and its new text; *parts* are bodies with the position each stood at."""
        pad = " " * self.column
        usual = self._usual_gap()
        kept = {position for position, _ in parts if position is not None}
        # Remarks above items that went are nobody's own, so they stay, above what came after them.
        lost = [one for one in range(1, len(self.items)) if one not in kept and self._is_remark(one)]
        out: list[str] = []
        last: int | None = -1
        for position, body in parts:
            remarks: list[str] = []
            while lost and position is not None and lost[0] < position:
                remarks.append(self.gaps[lost.pop(0) - 1])
            is_as_before = position is not None and last is not None and position == last + 1
            if position and (is_as_before or self._is_remark(position)):
                remarks.append(self.gaps[position - 1])
            gap = "".join([*(one.rstrip() for one in remarks[:-1]), *remarks[-1:]]) or (usual if out else "")
            out.append((gap if out else gap.lstrip()) + body)
            last = position
        start, end = self.bodies[0][0], self.bodies[-1][1]
        text = "".join(out)
        return start, end, text if text.startswith(("-", "#")) else text.removeprefix(pad)

    def _is_remark(self, position: int) -> bool:
        """Whether something is said above an item that is not its own."""
        return "#" in self.gaps[position - 1]

    def _usual_gap(self) -> str:
        plain = self.newline + " " * self.column
        simple = [gap for gap in self.gaps if not gap.strip()]
        return Counter(simple).most_common(1)[0][0] if simple else plain

    def _start_of_region(self, dash: int) -> int:
        """Where comments above the first item may begin: behind the line of what the list belongs to."""
        start = self.text.rfind("\n", 0, dash) + 1
        if self.text[start:dash].strip():
            return dash
        while start:
            above = self.text.rfind("\n", 0, start - 1) + 1
            if not self.text[above:start].startswith(" " * self.column + "#"):
                break
            start = above
        return start

    def _touches(self, found: re.Match[str], dash: int) -> bool:
        return found.end() + self.column == dash

    def _line_end(self, index: int) -> int:
        end = self.text.find("\n", index)
        if end == -1:
            return len(self.text)
        return end - 1 if self.newline == "\r\n" and self.text[end - 1] == "\r" else end
