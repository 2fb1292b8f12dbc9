"""What is wrong with a voice document, with Twilio's own codes; and what Twilio is silent about but callers hear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ringline.twilio.twiml.peculiarities import OF_ELEMENTS
from ringline.twilio.twiml.reading import Node, Unreadable, read_document
from ringline.twilio.twiml.values import is_address, is_whole_address, wrong
from ringline.twiml_grammar import (
    CODES,
    CODES_INSIDE,
    ELEMENTS,
    MAX_DOCUMENT_BYTES,
    MAX_INLINE_CHARACTERS,
    VERBS,
    Attribute,
    Level,
)

_LOOPS = frozenset({"Gather", "Record"})
_ADDRESSED = frozenset({"Play", "Redirect"})


@dataclass(frozen=True, slots=True)
class TwimlFault:
    """One thing that is wrong. *code* is what Twilio's debugger notes, ``None`` where it notes nothing."""

    code: int | None
    severity: Level
    message: str
    line: int
    element: str
    fix: str

    def as_text(self) -> str:
        """The fault on one line, as a person reads it."""
        code = f" ({self.code})" if self.code else ""
        return f"line {self.line}: {self.message}{code} {self.fix}".rstrip()


def check_twiml(text: str, *, inline: bool = False) -> list[TwimlFault]:
    """Everything that is wrong with the voice document *text*, in its order; nothing where it is in order.

    *inline* is for a document handed over with a call instead of by an address: it is shorter, and a relative address
    in it leads nowhere. An error ends the document or the call's way through it; after a warning the call goes on.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_DOCUMENT_BYTES:
        message = f"The document has {size:,} bytes; Twilio reads up to {MAX_DOCUMENT_BYTES:,}."
        return [_fault(11750, message, 1, "Response", "Say less, or go on with <Redirect> in a second document.")]
    found: list[TwimlFault] = []
    if inline and len(text) > MAX_INLINE_CHARACTERS:
        message = f"The document has {len(text):,} characters; a call brings at most {MAX_INLINE_CHARACTERS:,} with it."
        found.append(_fault(32018, message, 1, "Response", "Serve it at an address and give that instead."))
    try:
        root = read_document(text)
    except Unreadable as error:
        return [*found, _fault(error.code, f"This is not TwiML: {error.reason}.", error.line, "", error.fix)]
    if root.name != "Response":
        message = f"The outermost element is <{root.name}>, not <Response>."
        fix = "Write it <Response>." if root.name.lower() == "response" else "Put everything into <Response>."
        return [*found, _fault(12102, message, root.line, root.name, fix)]
    found += _of_root(root)
    found += _of_verbs(root)
    for child in root.children:
        found += _Checker(inline).of(child, root)
    return sorted(found, key=lambda fault: fault.line)


def _of_root(root: Node) -> Iterator[TwimlFault]:
    version = root.attributes.get("version")
    if version is not None and version not in ("1.0", "2010-04-01", "2008-08-01"):
        message = f"<Response> names the version {version!r}, which there is not."
        yield _fault(12101, message, root.line, "Response", "Leave `version` out.")
    for name in root.attributes:
        if name != "version" and not name.startswith("xmlns"):
            yield _fault(12200, f"<Response> has no attribute `{name}`.", root.line, "Response", "Leave it out.")
    if root.text:
        message = "Words stand outside any verb; nobody hears them."
        yield _fault(12200, message, root.line, "Response", "Put them into <Say>.")
    if not root.children:
        message = "The document does nothing: the call ends at once."
        yield _note(message, root.line, "Response", "Say something, or write <Hangup/> if that is meant.")


def _of_verbs(root: Node) -> Iterator[TwimlFault]:
    """What is wrong with the order in which verbs stand."""
    for before, after in zip(root.children, root.children[1:], strict=False):
        ends = ELEMENTS[before.name].ends if before.name in ELEMENTS else "no"
        if ends == "yes" or (ends == "with_action" and "action" in before.attributes):
            message = f"<{after.name}> is never reached: <{before.name}> goes elsewhere."
            yield _note(message, after.line, after.name, f"Put it before <{before.name}>, or leave it out.")
            break
    for position, verb in enumerate(root.children):
        if verb.name == "Reject" and position:
            message = "<Reject> is not the first verb, so the call is answered and charged."
            yield _note(message, verb.line, "Reject", "Put it first, or write <Hangup/>.")
    last = root.children[-1] if root.children else None
    if last is not None and last.name == "Start":
        message = "Nothing follows <Start>, so the call ends with it."
        yield _note(message, last.line, "Start", "Let the verbs of the call follow it.")
    if last is not None and last.name == "Gather" and last.attributes.get("actionOnEmptyResult") != "true":
        message = "Nothing follows <Gather>, so a caller who is silent is hung up on."
        yield _note(message, last.line, "Gather", 'Let a <Redirect> follow it, or set actionOnEmptyResult="true".')


class _Checker:
    """Walks through the elements of one document."""

    def __init__(self, inline: bool) -> None:
        self._inline = inline

    def of(self, node: Node, parent: Node) -> Iterator[TwimlFault]:
        """What is wrong with *node* and everything in it."""
        allowed = VERBS if parent.name == "Response" else ELEMENTS[parent.name].children
        if node.name not in allowed:
            yield self._misplaced(node, parent, allowed)
            return
        element = ELEMENTS[node.name]
        for name, value in node.attributes.items():
            yield from self._of_attribute(node, parent, name, value)
        for name, attribute in element.attributes.items():
            if attribute.required and name not in node.attributes:
                message = f"<{node.name}> has no `{name}`."
                yield _fault(attribute.code, message, node.line, node.name, f'Add {name}="…".')
        if element.text == "none" and node.text:
            message = f"<{node.name}> holds words, which mean nothing there."
            yield _fault(12200, message, node.line, node.name, "Put them into <Say>, inside or before it.")
        if element.text == "required" and not "".join(node.words()).strip():
            message = f"<{node.name}> is empty."
            yield _fault(_EMPTY.get(node.name, 12200), message, node.line, node.name, "Write something into it.")
        if node.name in _ADDRESSED and node.text:
            yield from self._of_address(node, node.text)
        if node.name in _LOOPS and self._inline and "action" not in node.attributes:
            message = f"<{node.name}> has no `action`, and this document no address to go back to."
            yield _fault(11100, message, node.line, node.name, "Give it an `action`.")
        elif node.name in _LOOPS and "action" not in node.attributes:
            message = f"<{node.name}> has no `action`, so this very document is asked for again."
            yield _note(message, node.line, node.name, "Give it an `action`, the address that takes the answer.")
        for code, message, fix in OF_ELEMENTS.get(node.name, _nothing)(node, parent):
            yield (
                _fault(code, message, node.line, node.name, fix) if code else _note(message, node.line, node.name, fix)
            )
        for child in node.children:
            yield from self.of(child, node)

    def _misplaced(self, node: Node, parent: Node, allowed: frozenset[str]) -> TwimlFault:
        here = f"<{parent.name}>"
        if node.name in ELEMENTS:
            code = 12200 if parent.name == "Response" else ELEMENTS[parent.name].bad_child
            message = f"<{node.name}> may not stand in {here}."
            fix = f"In {here} stand {_listed(allowed)}." if allowed else f"Nothing stands in {here}."
            return _fault(code, message, node.line, node.name, fix)
        message = f"<{node.name}> is no element of TwiML; it is passed over."
        meant = _meant(node.name, allowed) or _meant(node.name, ELEMENTS)
        fix = f"Write <{meant}>; upper and lower case count." if meant else "Leave it out."
        return _fault(12200, message, node.line, node.name, fix)

    def _of_attribute(self, node: Node, parent: Node, name: str, value: str) -> Iterator[TwimlFault]:
        attribute = ELEMENTS[node.name].attributes.get(name)
        if attribute is None:
            if name.startswith("xmlns"):
                return
            meant = _meant(name, ELEMENTS[node.name].attributes)
            message = f"<{node.name}> has no attribute `{name}`; it is passed over."
            fix = f"Write it `{meant}`." if meant else "Leave it out."
            yield _fault(12200, message, node.line, node.name, fix)
            return
        due = wrong(attribute, value)
        if due is not None:
            message = f"`{name}` of <{node.name}> is {_shown(value)}."
            code = _code(node, parent, name, attribute, value)
            yield _fault(code, message, node.line, node.name, f"It must be {due}.")
        elif attribute.kind == "url":
            yield from self._relative(node, value, f"`{name}` of <{node.name}>")

    def _of_address(self, node: Node, value: str) -> Iterator[TwimlFault]:
        if not is_address(value):
            message = f"<{node.name}> leads to {_shown(value)}, which is no address."
            yield _fault(11100, message, node.line, node.name, "Write an address such as https://example.com/next.")
        else:
            yield from self._relative(node, value, f"The address in <{node.name}>")

    def _relative(self, node: Node, value: str, what: str) -> Iterator[TwimlFault]:
        if self._inline and not is_whole_address(value):
            message = f"{what} is relative, and this document has no address that it could be relative to."
            yield _fault(15004, message, node.line, node.name, "Write the whole address, from https:// on.")


_EMPTY: Mapping[str, int] = {"Say": 13520, "Number": 13223}


def _nothing(_node: Node, _parent: Node) -> Iterator[tuple[int | None, str, str]]:
    return iter(())


def _code(node: Node, parent: Node, name: str, attribute: Attribute, value: str) -> int:
    if node.name == "Gather" and name == "finishOnKey" and len(value) > 1:
        return 13311
    return CODES_INSIDE.get((parent.name, node.name, name), attribute.code)


def _meant(name: str, known: Mapping[str, object] | frozenset[str]) -> str | None:
    """The one of *known* that *name* is a misspelling of."""
    folded = {one.lower().replace("-", ""): one for one in sorted(known)}
    close = get_close_matches(name.lower().replace("-", "").replace("_", ""), folded, n=1, cutoff=0.75)
    return folded[close[0]] if close else None


def _listed(names: frozenset[str]) -> str:
    ordered = sorted(names)
    return ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} and {ordered[-1]}"


def _shown(value: str) -> str:
    return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'


def _fault(code: int, message: str, line: int, element: str, fix: str) -> TwimlFault:
    return TwimlFault(code, CODES[code].level, message, line, element, fix)


def _note(message: str, line: int, element: str, fix: str) -> TwimlFault:
    return TwimlFault(None, "warning", message, line, element, fix)
