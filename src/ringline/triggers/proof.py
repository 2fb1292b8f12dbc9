"""How a webhook's request proves who sent it; everything secret is compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.workflow.triggers import WebhookTrigger

TOLERANCE = 300.0
"""Seconds by which the time of a Standard Webhook may differ from ours."""

_HMAC_HEADER = "X-Signature-256"


def why_not(
    trigger: WebhookTrigger, secrets: Sequence[str], *, headers: Mapping[str, str], body: bytes, now: float
) -> str | None:
    """Why the request is not taken, in a sentence that gives nothing away; None if it is. Header names are lower case.

    Of several *secrets* any will do, so that one can be replaced without a gap.
    """
    match trigger.proof:
        case "none":
            return None
        case "token":
            return _token(trigger, secrets, headers)
        case "hmac":
            return _hmac(trigger, secrets, headers, body)
        case _:
            return _standard(secrets, headers, body, now)


def proven(
    trigger: WebhookTrigger, secret: str, *, headers: Mapping[str, str], body: bytes, now: float
) -> Mapping[str, str]:
    """*headers*, in lower case, with those by which a sender who has the *secret* proves itself; its own ones stay."""
    match trigger.proof:
        case "none":
            made = {}
        case "token":
            made = {trigger.header: secret} if trigger.header else {"authorization": f"Bearer {secret}"}
        case "hmac":
            digest = hmac.new(secret.encode(), body, trigger.algorithm).hexdigest()
            made = {trigger.header or _HMAC_HEADER: f"{trigger.algorithm}={digest}"}
        case _:
            identity = headers.get("webhook-id") or f"msg_{hashlib.sha256(body).hexdigest()[:24]}"
            sent_at = headers.get("webhook-timestamp") or str(int(now))
            signature = _signature(_standard_key(secret), f"{identity}.{sent_at}.".encode() + body)
            made = {"webhook-id": identity, "webhook-timestamp": sent_at, "webhook-signature": signature}
    return {**{name.lower(): value for name, value in made.items()}, **headers}


def secret_headers(trigger: WebhookTrigger) -> frozenset[str]:
    """Headers, in lower case, that a run is not shown."""
    own = {trigger.header.lower()} if trigger.header is not None else set()
    return frozenset(
        {"authorization", "cookie", "proxy-authorization", _HMAC_HEADER.lower(), "webhook-signature", *own}
    )


def _token(trigger: WebhookTrigger, secrets: Sequence[str], headers: Mapping[str, str]) -> str | None:
    if trigger.header is not None:
        given, where = headers.get(trigger.header.lower(), ""), f"`{trigger.header}: …`"
    else:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        given, where = given if scheme.lower() == "bearer" else "", "`Authorization: Bearer …`"
    if not given:
        return f"It carried no token; send the header {where}."
    return None if _is_one_of(given.strip(), secrets) else "Its token is not the right one."


def _hmac(trigger: WebhookTrigger, secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> str | None:
    name = trigger.header or _HMAC_HEADER
    given = headers.get(name.lower(), "").strip()
    if not given:
        return f"It carried no signature; send the header `{name}`."
    digests = [hmac.new(secret.encode(), body, trigger.algorithm).digest() for secret in secrets]
    forms = [form for digest in digests for form in (digest.hex(), base64.b64encode(digest).decode())]
    bare = given.removeprefix(f"{trigger.algorithm}=")
    if _is_one_of(bare, forms) or _is_one_of(bare.lower(), forms):
        return None
    return f"Its signature is not the HMAC-{trigger.algorithm.upper()} of the body under the secret."


def _standard(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> str | None:
    identity, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identity or not sent_at or not headers.get("webhook-signature"):
        return "It carried no `webhook-id`, `webhook-timestamp` and `webhook-signature`."
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 12):
        return "Its `webhook-timestamp` is no number of seconds."
    if abs(now - int(sent_at)) > TOLERANCE:
        return "It was signed more than five minutes ago, or by a clock that is wrong."
    signed = f"{identity}.{sent_at}.".encode() + body
    forms = [_signature(key, signed) for key in map(_standard_key, secrets)]
    given = headers["webhook-signature"].split()
    if any(_is_one_of(one, forms) for one in given):
        return None
    return "None of its signatures is right under the secret."


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _standard_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return secret.encode()


def _is_one_of(given: str, known: Sequence[str]) -> bool:
    """Compared with all of them, so that the time does not tell which was nearly right."""
    found = False
    for one in known:
        # Digests are compared, so that the length does not tell anything either.
        found |= hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(one.encode()).digest())
    return found
