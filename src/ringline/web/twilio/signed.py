"""The signature check that stands before every webhook.

A webhook's route gets a `SignedRequest` and nothing else; there is no way to a route around the check.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.routing import Router

from ringline.signatures import SETTINGS_HEADER, SIGNATURE_HEADER, algorithm_of, is_valid
from ringline.twilio.webhooks import candidate_urls
from ringline.web.problems import problem
from ringline.web.store import record_refusal
from ringline.web.twilio.diagnosis import Refusal, diagnose

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from ringline.app import Ringline
    from ringline.metrics import Metrics

_log = logging.getLogger(__name__)
_KEY = "ringline.signed_request"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A webhook that carries the signature of the account it names."""

    account_sid: str
    fields: tuple[tuple[str, str], ...]
    """Form or query fields in the order they came, repeated ones included."""
    body: bytes
    idempotency_token: str | None
    """The same for every time Twilio repeats one request."""

    @property
    def form(self) -> dict[str, str]:
        """The fields by name; of a repeated one, the last."""
        return dict(self.fields)


def signed(request: Request) -> SignedRequest:
    """The checked webhook behind *request*; an error in our own wiring if there is none."""
    found = request.scope.get(_KEY)
    assert isinstance(found, SignedRequest), "a webhook's route must be mounted under SignedRoutes"
    return found


class SignedRoutes:
    """Routes that are only ever reached by a request with a good signature."""

    def __init__(self, routes: Sequence[BaseRoute], ringline: Ringline, metrics: Metrics) -> None:
        self.routes = list(routes)
        self._router = Router(self.routes, redirect_slashes=False)
        self._ringline = ringline
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
        fields = _pairs(body) if is_form else []
        query = _pairs(scope.get("query_string", b""))
        account_sid = dict(query + fields).get("AccountSid", "")
        refusal = await self._refusal(request, account_sid, fields, b"" if is_form else body)
        if refusal is not None:
            await self._record(scope["path"], refusal)
            response = problem(403, "signature", "The signature of this request is not Twilio's.", fix=refusal.fix)
            await response(scope, receive, send)
            return
        scope[_KEY] = SignedRequest(
            account_sid, tuple(fields or query), body, request.headers.get("i-twilio-idempotency-token")
        )
        await self._router(scope, receive, send)

    async def _refusal(
        self, request: Request, account_sid: str, fields: list[tuple[str, str]], body: bytes
    ) -> Refusal | None:
        """Why the request may not pass, or ``None``."""
        signature = request.headers.get(SIGNATURE_HEADER)
        algorithm = algorithm_of(request.headers.get(SETTINGS_HEADER))
        tokens = await self._ringline.credentials.auth_tokens(account_sid) if account_sid else []
        target = request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1")
        if query := request.scope.get("query_string", b"").decode("latin-1"):
            target += f"?{query}"
        public_url = self._ringline.settings.public_url

        def matches(url: str) -> bool:
            return any(is_valid(token, signature, url, fields, body=body, algorithm=algorithm) for token in tokens)

        own = candidate_urls(target, scheme=request.scope["scheme"], headers=request.headers, public_url=public_url)
        if any(matches(url) for url in own):
            return None
        return diagnose(
            signature=signature,
            account_sid=account_sid,
            is_known_account=bool(tokens),
            public_url=public_url,
            target=target,
            headers=request.headers,
            matches=matches,
        )

    async def _record(self, path: str, refusal: Refusal) -> None:
        self._metrics.refused_webhooks.labels(refusal.reason).inc()
        _log.warning("refused a webhook on %s: %s", path, refusal.detail)
        now = self._ringline.clock.time()
        # Paths hold message ids; one row per kind of path is enough to see what is wrong.
        kind = "/".join(path.split("/")[:3])
        await self._ringline.database.write(
            lambda tx: record_refusal(
                tx,
                path=kind,
                account_sid=refusal.account_sid,
                reason=refusal.reason,
                detail=refusal.detail,
                fix=refusal.fix,
                now=now,
            )
        )


def _pairs(text: bytes) -> list[tuple[str, str]]:
    # Twilio signs values as they are, so blank ones count and nothing may be trimmed.
    return parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1000)
