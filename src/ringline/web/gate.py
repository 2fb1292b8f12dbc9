"""What stands before every route of the API, the live feed and the simulator: its least role, and the log around it.

Viewers' answers are masked here as well, so that no route can forget to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders

from ringline.web.deeds import SENDS, Deed, recorded
from ringline.web.identity import SAFE
from ringline.web.masking import asks_by_number, masked, masked_json
from ringline.web.problems import problem
from ringline.web.roles import guarded

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ringline.access import AuditLog, Principal, Role

UNTIL_CHANGED = frozenset({"get_me", "change_password", "sign_out", "sign_out_everywhere"})
"""What somebody may do whose password has to be changed first."""

ASKS = frozenset(
    {
        *("check_workflow", "forecast_message", "test_credential", "mark_conversation_read"),
        *("preview_message", "preview_questions", "preview_understanding"),
        *("edit_draft", "put_draft"),  # a draft is saved with each key, and logged when it is published
        "simulator",  # a handset of paper
    }
)
"""What is asked by POST and changes nothing in force, so that the log would only grow by it."""


def guard(routes: Iterable[BaseRoute], log: AuditLog) -> None:
    """Put a gate before every route under `roles.GUARDED`; raises `ConfigurationError` for one without a role."""
    for route, operation, least in guarded(routes):
        route.app = Gate(route.app, operation, least, log)


class Gate:
    """One route's gate."""

    def __init__(self, app: ASGIApp, operation: str, least: Role, log: AuditLog) -> None:
        self._app = app
        self._operation = operation
        self._least = least
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal: Principal = scope["state"]["principal"]
        refusal = self._refusal(principal, scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if principal.role == "viewer":
            send = Masked(send).send
        if scope["method"] not in SAFE and self._operation not in ASKS:
            deed = Deed(self._log, principal, self._operation, _topic_of(scope), scope.get("path_params", {}))
            if self._operation in SENDS:
                scope["state"]["deed"] = deed
            else:
                await deed.begin()
                await recorded(self._app, deed, scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, principal: Principal, scope: Scope) -> Response | None:
        if principal.must_change_password and self._operation not in UNTIL_CHANGED:
            return problem(
                403,
                "password_change_needed",
                "The password is still the one that was given to you.",
                fix="Change it first, under Your account.",
            )
        if not principal.has(self._least):
            return problem(
                403,
                "role",
                f"This needs the role {self._least}, and `{principal.name}` is {_A[principal.role]}.",
                fix="An admin can give another role under Settings, Users.",
                needs=self._least,
            )
        topic = _topic_of(scope)
        writes = scope["method"] not in SAFE
        if not principal.is_within(topic, writes=writes):
            return problem(
                403,
                "scope",
                f"The key `{principal.name}` has not the scope `{topic}:{'write' if writes else 'read'}`.",
                fix="Make a key that has it, or one without scopes.",
            )
        if principal.role == "viewer" and asks_by_number(
            parse_qsl(scope["query_string"].decode("latin-1")), scope.get("path_params", {}).values()
        ):
            return problem(
                403,
                "role",
                "Viewers see the last four digits of numbers, and cannot ask for anything by a number.",
                fix="Ask somebody with the role operator, or find it by name, workflow or id.",
                needs="operator",
            )
        return None


def _topic_of(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix("/api/v1/").strip("/").partition("/")[0].strip("_")


_A: Mapping[Role, str] = {"viewer": "a viewer", "operator": "an operator", "editor": "an editor", "admin": "an admin"}


class Masked:
    """Passes an answer on with its numbers masked: JSON as a whole, events and other texts as they come."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = bytearray()
        self._kind = ""

    async def send(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            self._kind = Headers(raw=message["headers"]).get("content-type", "").partition(";")[0]
            if self._is_json:
                self._start = message
            else:
                if self._kind.startswith("text/"):
                    del MutableHeaders(scope=message)["content-length"]
                await self._send(message)
            return
        if message["type"] != "http.response.body":
            await self._send(message)
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish()
        elif self._kind.startswith("text/"):
            text = message.get("body", b"").decode("utf-8", "replace")
            await self._send({**message, "body": self._hidden(text).encode()})
        else:
            await self._send(message)

    def _hidden(self, text: str) -> str:
        if self._kind != "text/event-stream":
            return masked(text)
        # An event's own id says how far the reader has read, and has to come back as it is.
        return "\n".join(line if line.startswith("id: ") else masked(line) for line in text.split("\n"))

    @property
    def _is_json(self) -> bool:
        return self._kind == "application/json" or self._kind.endswith("+json")

    async def _finish(self) -> None:
        assert self._start is not None
        body = masked_json(bytes(self._body)) if self._body else b""
        MutableHeaders(scope=self._start)["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
