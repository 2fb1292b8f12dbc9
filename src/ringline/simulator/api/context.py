"""What every resource of the API needs: who asks, and how an answer is written."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ringline.clock import Clock
from ringline.simulator.calls.creating import Calling
from ringline.simulator.calls.exchange import Exchange
from ringline.simulator.calls.wires import Wires
from ringline.simulator.carrier import Carrier
from ringline.simulator.faults import Faults
from ringline.simulator.network import Network
from ringline.simulator.records import Account
from ringline.simulator.refusals import Refusal
from ringline.simulator.sending import Form, Sending
from ringline.simulator.state import State
from ringline.simulator.timeline import Timeline
from ringline.simulator.wire import answer_headers, dump, parse_form

_MOST_KNOWN_HEADERS = 1000


@dataclass(slots=True)
class Context:
    """The parts of the simulator that its API speaks for."""

    state: State
    clock: Clock
    timeline: Timeline
    carrier: Carrier
    network: Network
    sending: Sending
    faults: Faults
    calling: Calling
    exchange: Exchange
    wires: Wires
    base_url: str = ""
    held: int = 0
    """Requests whose answer waits for a time to come."""

    async def hold(self, seconds: float) -> None:
        """Let an answer wait that long by the simulator's clock."""
        self.held += 1
        try:
            await self.clock.sleep(seconds)
        finally:
            self.held -= 1


class Authentication:
    """Finds the account behind an ``Authorization`` header."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._known: dict[bytes, tuple[str, str, str]] = {}

    def account(self, header: bytes | None, path_sid: str | None) -> Account:
        """The account, if it is the one in the path. Raises `Refusal` 20003 as Twilio does."""
        if not header:
            raise Refusal(20003, message="Authentication Error - No credentials provided")
        user, secret, sid = self._known.get(header) or self._read(header)
        account = self._state.accounts.get(sid)
        expected = None if account is None else account.auth_token if user == sid else account.api_keys.get(user)
        if account is None or expected != secret or (path_sid is not None and path_sid != sid):
            raise Refusal(20003)
        return account

    def _read(self, header: bytes) -> tuple[str, str, str]:
        scheme, _, value = header.partition(b" ")
        if scheme.lower() != b"basic":
            raise Refusal(20003)
        try:
            user, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal(20003) from None
        sid = user
        if user.startswith("SK"):
            sid = next((each.sid for each in self._state.accounts.values() if user in each.api_keys), "")
        if sid in self._state.accounts and len(self._known) < _MOST_KNOWN_HEADERS:
            self._known[header] = (user, secret, sid)
        return user, secret, sid


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer with Twilio's headers."""
    return raw_answer(dump(body), status)


def raw_answer(body: bytes, status: int = 200, *, content_type: bytes = b"application/json") -> Response:
    """An answer with Twilio's headers and this body."""
    response = Response(body, status_code=status)
    response.raw_headers = [(b"content-length", str(len(body)).encode()), *answer_headers(content_type=content_type)]
    return response


def refusal_answer(refusal: Refusal) -> Response:
    """A refusal as Twilio's error body."""
    return answer(refusal.as_dictionary(), refusal.status)


async def form_of(request: Request) -> Form:
    """The fields of a posted form."""
    return parse_form(await request.body())


def deleted() -> Response:
    """The answer to a deletion: 204 and no body."""
    response = Response(status_code=204)
    response.raw_headers = answer_headers()
    return response
