"""JSON with places: what `json.loads` gives, and where each value stands."""

from __future__ import annotations

import bisect
import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard library's, missing from its stubs
from typing import Any, NoReturn

from ringline.workflow.reading import MAX_DEPTH, Path, Place, Reading, UnreadableTextError

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z_]+")
_MAX_DIGITS = 400


def read_json(text: str) -> Reading:
    """Read a JSON text; a syntax fault ends the reading, repeated keys are all noted."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.reading = Reading()
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def read(self) -> Reading:
        try:
            self.reading.data, end = self._value(self._skip(0), (), 0)
            end = self._skip(end)
            if end < len(self.text):
                self._stop("There is more text after the end of the document.", "Remove what follows.", end)
        except UnreadableTextError:
            self.reading.is_readable = False
        return self.reading

    def _place(self, index: int) -> Place:
        line = bisect.bisect_right(self._line_starts, index)
        return line, index - self._line_starts[line - 1] + 1

    def _skip(self, index: int) -> int:
        match = _BLANK.match(self.text, index)
        return match.end() if match else index

    def _stop(self, message: str, fix: str, index: int) -> NoReturn:
        self.reading.refuse(message, fix, self._place(index))
        raise UnreadableTextError

    def _value(self, index: int, path: Path, depth: int) -> tuple[Any, int]:
        if depth > MAX_DEPTH:
            self._stop(f"The document is nested deeper than {MAX_DEPTH} levels.", "Nest less deeply.", index)
        self.reading.values[path] = self._place(index)
        first = self.text[index : index + 1]
        if first == "{":
            return self._object(index, path, depth)
        if first == "[":
            return self._array(index, path, depth)
        if first == '"':
            return self._string(index)
        if first == "":
            self._stop("The document ends too early.", "Close every `{`, `[` and quote.", index)
        if number := _NUMBER.match(self.text, index):
            return self._number(number), number.end()
        word = _WORD.match(self.text, index)
        if word and word[0] in _WORDS:
            return _WORDS[word[0]], word.end()
        if first == "'":
            self._stop("JSON takes only double quotes.", "Write \"…\" instead of '…'.", index)
        unknown = word[0] if word else first
        return self._stop(f"`{unknown}` is not a JSON value.", "Put text in double quotes.", index)

    def _number(self, match: re.Match[str]) -> int | float:
        if match[1] or match[2]:
            number = float(match[0])
            if number in (float("inf"), float("-inf")):
                self._stop(f"The number {match[0]} is too large.", "Write a smaller number, or text.", match.start())
            return number
        if len(match[0]) > _MAX_DIGITS:
            self._stop(f"The number has {len(match[0])} digits.", "Put it in quotes, as text.", match.start())
        return int(match[0])

    def _string(self, index: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, index + 1, True)
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                self._stop("A text is not closed.", 'End it with `"`.', index)
            if error.msg.startswith("Invalid control"):
                self._stop(
                    "A text goes over the end of its line, or holds a tab.", r"Write `\n` or `\t` instead.", error.pos
                )
            self._stop("A backslash is followed by a character that means nothing.", r"Write `\\` for one.", error.pos)
        return value, end

    def _object(self, index: int, path: Path, depth: int) -> tuple[dict[str, Any], int]:
        result: dict[str, Any] = {}
        index = self._skip(index + 1)
        if self.text[index : index + 1] == "}":
            return result, index + 1
        while True:
            if self.text[index : index + 1] != '"':
                if self.text[index : index + 1] == "}":
                    self._stop("A comma stands before `}`.", "Remove the comma.", index)
                self._stop("A key in double quotes is missing here.", 'Write `"key": value`.', index)
            place = self._place(index)
            key, index = self._string(index)
            index = self._skip(index)
            if self.text[index : index + 1] != ":":
                self._stop(f'A `:` is missing after "{key}".', 'Write `"key": value`.', index)
            if key in result:
                self.reading.refuse_twice(key, place, self.reading.keys[*path, key])
            else:
                self.reading.keys[*path, key] = place
            result[key], index = self._value(self._skip(index + 1), (*path, key), depth + 1)
            index = self._skip(index)
            following = self.text[index : index + 1]
            if following == "}":
                return result, index + 1
            if following != ",":
                self._stop(f'A comma or `}}` is missing after the value of "{key}".', "Write a comma.", index)
            index = self._skip(index + 1)

    def _array(self, index: int, path: Path, depth: int) -> tuple[list[Any], int]:
        result: list[Any] = []
        index = self._skip(index + 1)
        if self.text[index : index + 1] == "]":
            return result, index + 1
        while True:
            if self.text[index : index + 1] == "]":
                self._stop("A comma stands before `]`.", "Remove the comma.", index)
            value, index = self._value(index, (*path, len(result)), depth + 1)
            result.append(value)
            index = self._skip(index)
            following = self.text[index : index + 1]
            if following == "]":
                return result, index + 1
            if following != ",":
                self._stop("A comma or `]` is missing between two values.", "Write a comma.", index)
            index = self._skip(index + 1)
