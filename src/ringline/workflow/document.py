"""A workflow definition as a document: its plain data, and where in the text each part of it stands."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ringline.errors import Fault, NotFoundError, WorkflowSyntaxError
from ringline.workflow.json_text import read_json
from ringline.workflow.reading import Place, Reading
from ringline.workflow.yaml_text import YamlEdit, read_yaml

MAX_CHARACTERS = 4_000_000

_FORMATS: dict[str, Literal["yaml", "json"]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_TOP_LEVEL = "A workflow is a mapping with `version`, `inputs`, `steps` and `outputs`."


class Document:
    """A definition and, where it came from text, the place of every value in it.

    ``data`` is made of plain dicts, lists, text, numbers, booleans and None; all keys are text.
    ``warnings`` are faults of severity ``warning`` that only the text shows, such as words lost in a comment.
    """

    def __init__(
        self,
        data: dict[str, Any],
        *,
        text: str = "",
        format: Literal["yaml", "json", "python"] = "python",
        source: str | None = None,
        reading: Reading | None = None,
        within: tuple[str | int, ...] = (),
    ) -> None:
        self.data = data
        self.text = text
        self.format = format
        self.source = source
        self._reading = reading
        self._within = within
        self.warnings: list[Fault] = list(reading.warnings) if reading is not None and not within else []

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> Document:
        """A document over a definition built in Python; it has no text, so no positions."""
        return cls(dict(definition))

    def part(self, path: tuple[str | int, ...]) -> Document:
        """The definition that stands at *path* of this one, as a document whose places are those of the whole text."""
        data: Any = self.data
        for key in path:
            data = data[key]
        return Document(dict(data), format=self.format, reading=self._reading, within=(*self._within, *path))

    def position(self, path: tuple[str | int, ...]) -> Place | None:
        """Line and column, from 1, of the value at *path*; of its nearest parent where it does not exist.

        None for a document that has no text.
        """
        if self._reading is None:
            return None
        values = self._reading.values
        for length in range(len(path), -1, -1):
            place = values.get((*self._within, *path[:length]))
            if place is not None:
                return place
        return None

    def key_position(self, path: tuple[str | int, ...]) -> Place | None:
        """Line and column of the key that leads to *path*; `position` where it has none, as in a list."""
        if self._reading is None:
            return None
        return self._reading.keys.get((*self._within, *path)) or self.position(path)

    def edit(self) -> Any:
        """A copy of the data to change in place and hand to `dump`; of YAML it keeps comments, quotes and order."""
        if self.format == "yaml":
            return YamlEdit(self.text).load()
        return copy.deepcopy(self.data)

    def dump(self, edited: Any) -> str:
        """The text of *edited*, in the format and indentation of this document."""
        if self.format == "yaml":
            return YamlEdit(self.text).dump(edited)
        indent = _json_indent(self.text) if self.format == "json" else 2
        end = "" if self.format == "json" and not self.text.endswith("\n") else "\n"
        return json.dumps(edited, ensure_ascii=False, indent=indent) + end


def load_document(source: str | Path) -> Document:
    """The document in a file, or in a text.

    A `Path` is a file, and so is a single line of text that ends in ``.yaml``, ``.yml`` or ``.json``; any other
    text is the definition itself, JSON where it reads as JSON and YAML otherwise.

    Raises:
        WorkflowSyntaxError: The text is no YAML or JSON, or no mapping; ``faults`` hold line and column.
        NotFoundError: There is no such file.
    """
    if isinstance(source, Path):
        return _load_file(source)
    if not {"\n", "{", "\0"} & set(source) and Path(source).suffix.lower() in _FORMATS:
        return _load_file(Path(source))
    return _load_text(source, None, None)


def read_document(text: str) -> Document:
    """The document in a text, which is never taken for a file's name; else as `load_document`."""
    return _load_text(text, None, None)


def _load_file(path: Path) -> Document:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(f"There is no file `{path}`.", fix="Check the path and its spelling.") from None
    except UnicodeDecodeError as error:
        raise _refusal(
            Fault(
                "error",
                f"`{path}` is not UTF-8 text (byte {error.start + 1} cannot be read).",
                "Save the file with the encoding UTF-8.",
                code="WorkflowSyntaxError",
            )
        ) from error
    except OSError as error:
        raise _refusal(
            Fault(
                "error",
                f"`{path}` cannot be read: {error.strerror or type(error).__name__}.",
                "Name a file that this account may read.",
                code="WorkflowSyntaxError",
            )
        ) from error
    return _load_text(text, _FORMATS.get(path.suffix.lower()), str(path))


def _load_text(text: str, format: Literal["yaml", "json"] | None, source: str | None) -> Document:
    if len(text) > MAX_CHARACTERS:
        raise _refusal(
            Fault(
                "error",
                f"The document has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}.",
                "Split the workflow, or pass large data in as inputs.",
                code="WorkflowSyntaxError",
            )
        )
    found, reading = _read(text, format)
    if not reading.faults and not isinstance(reading.data, dict):
        reading.faults.append(_not_a_mapping(reading))
    if reading.faults:
        raise _refusal(*sorted(reading.faults, key=lambda fault: (fault.line or 0, fault.column or 0)))
    return Document(reading.data, text=text, format=found, source=source, reading=reading)


def _read(text: str, format: Literal["yaml", "json"] | None) -> tuple[Literal["yaml", "json"], Reading]:
    if format == "yaml" or (format is None and not text.lstrip().startswith(("{", "["))):
        return "yaml", read_yaml(text)
    as_json = read_json(text)
    if format == "json" or as_json.is_readable:
        return "json", as_json
    # A text that opens with a brace may be YAML in flow style; if it is neither, it was probably meant as JSON.
    as_yaml = read_yaml(text)
    return ("yaml", as_yaml) if as_yaml.is_readable else ("json", as_json)


def _not_a_mapping(reading: Reading) -> Fault:
    line, column = reading.values.get((), (1, 1))
    found = {list: "a list", str: "text", type(None): "empty"}.get(type(reading.data), "a single value")
    return Fault("error", f"The document is {found}. {_TOP_LEVEL}", "Start with `version: \"1.0\"`.",
                 line=line, column=column, code="WorkflowSyntaxError")  # fmt: skip


def _refusal(*faults: Fault) -> WorkflowSyntaxError:
    first = faults[0]
    where = f"Line {first.line}: " if first.line is not None else ""
    return WorkflowSyntaxError(
        f"{where}{first.message}", context="workflow_compilation | document_reading", faults=faults
    )


def _json_indent(text: str) -> int | None:
    for line in text.splitlines()[1:]:
        if stripped := line.lstrip(" "):
            return len(line) - len(stripped) or None
    return None
