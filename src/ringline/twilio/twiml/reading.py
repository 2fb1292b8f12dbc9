"""A document as a tree whose every element knows its line; nothing in it is expanded or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_DEPTH = 100


@dataclass(slots=True)
class Node:
    """One element. *texts* are the words directly in it, in their order and with what stands around its children."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    content: list[str | Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words directly in it."""
        return "".join(self.texts).strip()

    def tag_size(self) -> int:
        """How many characters its own tags take."""
        return 2 * len(self.name) + 5 + sum(len(name) + len(value) + 4 for name, value in self.attributes.items())

    def words(self) -> Iterator[str]:
        """All words in it, those of its children too."""
        for part in self.content:
            if isinstance(part, str):
                yield part
            else:
                yield from part.words()


class Unreadable(Exception):  # noqa: N818 - what the document is
    """It is not XML, or XML of a kind that is not read."""

    def __init__(self, reason: str, line: int, *, fix: str, code: int = 12100) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.fix = fix
        self.code = code


def read_document(text: str) -> Node:
    """The outermost element of *text*. Raises `Unreadable`, also for a document type, so that entities mean nothing."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    roots: list[Node] = []
    open_: list[Node] = []

    def refuse_type(*_: object) -> None:
        raise Unreadable(
            "it has a document type (DOCTYPE)",
            parser.CurrentLineNumber,
            fix="Leave the DOCTYPE out; TwiML has none.",
        )

    def declared(version: str, _encoding: str | None, _standalone: int) -> None:
        if version != "1.0":
            raise Unreadable(f"it is XML {version}", 1, fix='Begin with <?xml version="1.0" ...?>.', code=12101)

    def start(name: str, attributes: dict[str, str]) -> None:
        node = Node(name, attributes, parser.CurrentLineNumber)
        if len(open_) >= MAX_DEPTH:
            raise Unreadable(f"it is nested more than {MAX_DEPTH} deep", node.line, fix="Nest less; verbs nest twice.")
        if open_:
            open_[-1].children.append(node)
            open_[-1].content.append(node)
        else:
            roots.append(node)
        open_.append(node)

    def end(_name: str) -> None:
        open_.pop()

    def words(data: str) -> None:
        if open_:
            open_[-1].texts.append(data)
            open_[-1].content.append(data)

    parser.StartDoctypeDeclHandler = refuse_type
    parser.XmlDeclHandler = declared
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or "it cannot be read"
        raise Unreadable(reason, error.lineno, fix=_fix(error.code)) from None
    return roots[0]


def _fix(code: int) -> str:
    errors = expat.errors.codes
    if code == errors[expat.errors.XML_ERROR_MISPLACED_XML_PI]:
        return "Let <?xml ...?> be the very first characters, or leave it out."
    if code == errors[expat.errors.XML_ERROR_TAG_MISMATCH]:
        return "Close every element with its own name, the inner one first."
    if code == errors[expat.errors.XML_ERROR_NO_ELEMENTS]:
        return "Answer with at least <Response></Response>."
    return "Write & as &amp; and < as &lt; in texts and addresses, and close every element."
