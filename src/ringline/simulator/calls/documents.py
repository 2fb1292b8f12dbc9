"""TwiML documents as they are read for a call: parsed, with each attribute as the grammar's table has it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from ringline import twiml_grammar as grammar

Note = Callable[[int, str], None]
"""Takes one of Twilio's codes and a sentence."""


class Unreadable(Exception):  # noqa: N818 - an answer of the application, not a failure of ours
    """A document that cannot be run; ``code`` is Twilio's."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def parse(text: str) -> ElementTree.Element:
    """The ``<Response>`` of a document. Raises `Unreadable`."""
    stripped = text.strip()
    if "<!DOCTYPE" in stripped or "<!ENTITY" in stripped:
        raise Unreadable(12100)
    version = re.match(r"""<\?xml[^>]*version\s*=\s*["']([^"']*)""", stripped)
    if version and version[1] != "1.0":
        raise Unreadable(12101)
    try:
        root = ElementTree.fromstring(stripped)  # noqa: S314 - no document type, so no entities
    except (ElementTree.ParseError, ValueError):
        raise Unreadable(12100) from None
    if root.tag != "Response":
        raise Unreadable(12102)
    return root


def is_address(url: str) -> bool:
    """Whether requests can be sent there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


class Attributes:
    """An element's attributes, each a value the grammar allows, or its default. What is wrong is noted once."""

    def __init__(self, element: ElementTree.Element, base: str, note: Note, inside: str = "") -> None:
        self.element = element
        self._base = base
        self._note = note
        self._table = grammar.ELEMENTS[element.tag].attributes
        self._values: dict[str, str | None] = {name: each.default for name, each in self._table.items()}
        for name, value in element.attrib.items():
            attribute = self._table.get(name)
            if attribute is None:
                note(12200, f"<{element.tag}> has no attribute {name}; it is passed over.")
            elif self._fits(attribute, value):
                self._values[name] = value
            else:
                code = grammar.CODES_INSIDE.get((inside, element.tag, name), attribute.code)
                note(code, f'{name}="{value}" of <{element.tag}> is not allowed, so it counts as left out.')

    def given(self, name: str) -> bool:
        """Whether the document names it, with a value that counts."""
        return name in self.element.attrib and self._values[name] == self.element.attrib[name]

    def text(self, name: str) -> str:
        """Its value, or nothing."""
        return self._values[name] or ""

    def words(self, name: str) -> tuple[str, ...]:
        """Its words."""
        return tuple(self.text(name).split())

    def number(self, name: str) -> int | None:
        """Its whole number; ``None`` where there is none, or a word such as ``auto``."""
        value = self.text(name)
        return int(value) if value.isdigit() else None

    def flag(self, name: str) -> bool:
        """Whether it is true."""
        return self.text(name) == "true"

    def url(self, name: str) -> str:
        """Its address, in full; empty where there is none."""
        value = self.text(name)
        return urljoin(self._base, value) if value else ""

    def method(self, name: str = "method") -> str:
        """``GET`` or ``POST``."""
        return self.text(name) or "POST"

    def _fits(self, attribute: grammar.Attribute, value: str) -> bool:
        match attribute.kind:
            case "integer":
                if value in attribute.choices:
                    return True
                low, high = attribute.low or 0, attribute.high
                return value.isdigit() and int(value) >= low and (high is None or int(value) <= high)
            case "boolean":
                return value in ("true", "false")
            case "choice":
                return value in attribute.choices
            case "words":
                return bool(value.split()) and set(value.split()) <= set(attribute.choices)
            case "finish_keys":
                return set(value) <= set(grammar.KEYS) and (attribute.high is None or len(value) <= attribute.high)
            case "dtmf":
                return re.fullmatch(grammar.DTMF, value) is not None
            case "voice":
                return value in grammar.BASIC_VOICES or re.fullmatch(grammar.NAMED_VOICES, value) is not None
            case "language":
                return re.fullmatch(grammar.LANGUAGE_TAG, value) is not None
            case "url":
                return not value or is_address(urljoin(self._base, value))
            case _:
                return True
