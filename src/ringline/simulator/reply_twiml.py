"""What an application answers to an inbound message: messages to send, and where to ask next."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from urllib.parse import urljoin

MOST_REPLIES = 10
TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True, slots=True)
class ReplyMessage:
    """A ``<Message>``: ``to``, ``from_`` and ``action`` are ``None`` where they are left out."""

    body: str
    media: tuple[str, ...] = ()
    to: str | None = None
    from_: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyRedirect:
    """A ``<Redirect>``: where to ask for another document."""

    url: str
    method: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The verbs of one answer in their order, and Twilio's codes for what was wrong with it."""

    verbs: tuple[ReplyMessage | ReplyRedirect, ...] = ()
    problems: tuple[int, ...] = ()


def parse(content_type: str, text: str, *, url: str) -> Reply:
    """Read an answer from *url*. A plain text is itself the reply; an empty answer is none."""
    if not text.strip():
        return Reply()
    if content_type == "text/plain":
        return Reply((ReplyMessage(text),))
    if content_type not in TWIML_TYPES:
        return Reply(problems=(12300,))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Reply(problems=(12100,))
    try:
        root = ElementTree.fromstring(text.strip())  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError:
        return Reply(problems=(12100,))
    if root.tag != "Response":
        return Reply(problems=(12102,))
    verbs: list[ReplyMessage | ReplyRedirect] = []
    problems: list[int] = []
    for element in root:
        if element.tag in ("Message", "Sms"):
            message = _message(element, url)
            if not message.body and not message.media:
                problems.append(14103)
            elif sum(isinstance(verb, ReplyMessage) for verb in verbs) >= MOST_REPLIES:
                problems.append(14109)
            else:
                verbs.append(message)
        elif element.tag == "Redirect":
            verbs.append(ReplyRedirect(urljoin(url, (element.text or "").strip()), _method(element)))
            break  # what stands after it is never reached
        else:
            problems.append(14110)
    return Reply(tuple(verbs), tuple(problems))


def _message(element: ElementTree.Element, url: str) -> ReplyMessage:
    bodies = [_text(child) for child in element.findall("Body")]
    media = tuple(urljoin(url, _text(child)) for child in element.findall("Media"))
    action = element.get("action") or element.get("statusCallback")
    return ReplyMessage(
        body="".join(bodies) if bodies else (element.text or "").strip(),
        media=media,
        to=element.get("to"),
        from_=element.get("from"),
        action=urljoin(url, action) if action else None,
    )


def _method(element: ElementTree.Element) -> str:
    return "GET" if (element.get("method") or "").upper() == "GET" else "POST"


def _text(element: ElementTree.Element) -> str:
    return "".join(element.itertext()).strip()
