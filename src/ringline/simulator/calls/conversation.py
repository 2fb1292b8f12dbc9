"""Leads a call by the application's TwiML: verb after verb, document after document."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from ringline import twiml_grammar as grammar
from ringline.simulator.calls import fetching
from ringline.simulator.calls.documents import Attributes, Unreadable, parse
from ringline.simulator.calls.leg import Leg
from ringline.simulator.calls.records import Document
from ringline.simulator.calls.wires import Wires

APOLOGY = "An application error has occurred. Goodbye."


@dataclass(frozen=True, slots=True)
class Next:
    """Where the next document comes from. ``twiml`` stands for one that needs no request."""

    url: str = ""
    method: str = "POST"
    parameters: tuple[tuple[str, str], ...] = ()
    twiml: str = ""


class Ends(Exception):  # noqa: N818 - not a fault
    """The document says that the call is to end; ``status`` is how."""

    def __init__(self, status: str = "completed") -> None:
        super().__init__(status)
        self.status = status


Verb = Callable[["Conversation", Attributes], Awaitable[Next | None]]
"""Does what an element says; gives the next document where it asks for one."""


class Conversation:
    """Runs documents for one party, until one ends the call or is over."""

    def __init__(self, leg: Leg, wires: Wires, verbs: dict[str, Verb], picks_up: Callable[[], None]) -> None:
        self.leg = leg
        self.wires = wires
        self.url = ""
        """Where the current document came from; relative addresses count from there."""
        self._verbs = verbs
        self._picks_up = picks_up
        self._redirects = 0

    async def lead(self, first: Next) -> str:
        """Run from the first document on; gives the status the call ends with."""
        following: Next | None = first
        try:
            while following is not None:
                root = await self._document(following)
                following = await self._run(root)
        except Ends as end:
            return end.status
        except Unreadable:
            await self._apologise()
        return "completed"

    def note(self, code: int, sentence: str = "") -> None:
        """Write down what Twilio's debugger would say."""
        known = grammar.CODES.get(code)
        level = "0" if known is None or known.level == "error" else "1"
        self.wires.note(self.leg.call, code, sentence or (known.meaning if known else ""), level=level, url=self.url)

    def absolute(self, address: str) -> str:
        """An address of the document in full."""
        return urljoin(self.url, address)

    def pick_up(self) -> None:
        """An inbound call is answered by the first verb that needs it."""
        if self.leg.call.answered is None:
            self._picks_up()

    def attributes(self, element: ElementTree.Element, inside: str = "") -> Attributes:
        """An element's attributes."""
        return Attributes(element, self.url, self.note, inside)

    # -- documents -------------------------------------------------------------------------------------------------

    async def _document(self, asked: Next) -> ElementTree.Element:
        if asked.twiml:
            self.url = ""
            self._keep("", asked.twiml)
            try:
                return parse(asked.twiml)
            except Unreadable as fault:
                self.note(fault.code)
                return await self._fall_back(fault.code, "")
        try:
            return await self._fetch(asked)
        except Unreadable as fault:
            return await self._fall_back(fault.code, asked.url)

    async def _fall_back(self, code: int, url: str) -> ElementTree.Element:
        plan = self.leg.plan
        if not plan.fallback_url:
            raise Unreadable(code)
        told = (("ErrorCode", str(code)), ("ErrorUrl", url))
        return await self._fetch(Next(plan.fallback_url, plan.fallback_method, told), is_fresh=True)

    async def _fetch(self, asked: Next, *, is_fresh: bool = False) -> ElementTree.Element:
        try:
            fetched = await fetching.fetch(
                self.wires, self.leg, asked.url, asked.method, asked.parameters, is_fresh=is_fresh
            )
            self.url = fetched.url
            if fetched.audio_seconds is not None:
                self.pick_up()
                await self.leg.hear(f"[plays {fetched.url}]", fetched.audio_seconds)
                return ElementTree.Element("Response")
            self._keep(fetched.url, fetched.text)
            return fetched.root()
        except Unreadable as fault:
            self.url = asked.url
            self.note(fault.code, fetching.sentence_of(fault.code, asked.url))
            raise

    def _keep(self, url: str, text: str) -> None:
        self.leg.call.documents.append(Document(url, text, self.wires.timeline.time()))

    async def _apologise(self) -> None:
        self.pick_up()
        await self.leg.hear(APOLOGY, 3.0)

    # -- verbs -----------------------------------------------------------------------------------------------------

    async def _run(self, root: ElementTree.Element) -> Next | None:
        for element in root:
            verb = self._verbs.get(element.tag)
            if verb is None:
                self._refuse(element.tag)
                continue
            attributes = self.attributes(element)
            if element.tag not in ("Reject", "Redirect", "Hangup"):
                self.pick_up()
            following = await verb(self, attributes)
            self._redirects = self._redirects + 1 if element.tag == "Redirect" else 0
            if self._redirects > grammar.MAX_REDIRECTS:
                self.note(11215, "The documents redirect to one another without ever doing anything.")
                raise Unreadable(11215)
            if following is not None:
                return following
        return None

    def _refuse(self, tag: str) -> None:
        if tag in grammar.VERBS:
            self.note(12200, f"The simulator does not carry out <{tag}>; the call goes on with the next verb.")
        else:
            self.note(12200, f"There is no verb <{tag}> in TwiML (names are case sensitive); it is passed over.")
