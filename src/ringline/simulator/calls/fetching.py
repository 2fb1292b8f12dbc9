"""Getting a TwiML document: a signed request, redirects, and what Twilio makes of the answer."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from urllib.parse import urljoin

from ringline import twiml_grammar as grammar
from ringline.simulator.calls.audio import seconds_of
from ringline.simulator.calls.documents import Unreadable, is_address, parse
from ringline.simulator.calls.leg import Leg
from ringline.simulator.calls.reporting import call_parameters
from ringline.simulator.calls.wires import Wires
from ringline.simulator.webhooks import Parameters, WebhookAnswer

_SENTENCES = {
    11100: "is not an address",
    11200: "did not answer with success",
    11201: "did not take the connection in time",
    11202: "refused the connection",
    11203: "did not answer in time",
    11206: "broke the connection off",
    11210: "has a name that cannot be found",
    11215: "redirects too often",
    11217: "redirects to nowhere",
    11770: "answered with nothing",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: words that may be TwiML, or sound of so many seconds."""

    url: str
    content_type: str
    text: str
    audio_seconds: float | None = None

    def root(self) -> ElementTree.Element:
        """Its ``<Response>``; a plain text that is no TwiML is read aloud. Raises `Unreadable`."""
        if self.content_type == "text/plain":
            try:
                return parse(self.text)
            except Unreadable:
                spoken = ElementTree.Element("Response")
                ElementTree.SubElement(spoken, "Say").text = self.text
                return spoken
        if not self.text.strip() and not self.content_type:
            return ElementTree.Element("Response")
        return parse(self.text)


async def fetch(
    wires: Wires, leg: Leg, url: str, method: str, parameters: Parameters, *, is_fresh: bool = False
) -> Fetched:
    """The document at an address. Raises `Unreadable` with the code of what went wrong."""
    if not is_address(url):
        raise Unreadable(11100)
    extra = tuple(parameters)
    for _ in range(grammar.MAX_REDIRECTS + 1):
        answer = await wires.ask(leg.call, url, method, [*call_parameters(leg.call), *extra], is_fresh=is_fresh)
        if answer.status is not None and 300 <= answer.status < 400:
            if not answer.location:
                raise Unreadable(11217)
            # What was gathered does not travel along.
            url, method, extra = urljoin(answer.url, answer.location), "GET", ()
            continue
        return _read(answer, url)
    raise Unreadable(11215)


def sentence_of(code: int, url: str) -> str:
    """What happened there, in words."""
    if code in _SENTENCES:
        return f"{url} {_SENTENCES[code]}."
    return grammar.CODES[code].meaning if code in grammar.CODES else ""


def _read(answer: WebhookAnswer, url: str) -> Fetched:
    if answer.error_code is not None:
        raise Unreadable(answer.error_code)
    if answer.status == 204:
        return Fetched(url, "", "")
    if len(answer.data) > grammar.MAX_DOCUMENT_BYTES and not answer.content_type.startswith("audio/"):
        raise Unreadable(11750)
    if answer.content_type.startswith("audio/"):
        return Fetched(url, answer.content_type, "", seconds_of(answer.content_type, answer.data))
    if answer.content_type not in grammar.TWIML_TYPES | {"text/plain"}:
        raise Unreadable(12300)
    return Fetched(url, answer.content_type, answer.body)
