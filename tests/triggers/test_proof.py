"""How webhooks prove who sent them, against what others compute."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from ringline.triggers.proof import TOLERANCE, secret_headers, why_not
from ringline.workflow.triggers import WebhookTrigger

BODY = b'{"id": 7}'
NOW = 1_767_268_800.0
KEY = base64.b64encode(b"0123456789abcdef01234567").decode()


def asked(trigger: WebhookTrigger, headers: dict[str, str], *, secrets: tuple[str, ...] = ("s3cret",)) -> str | None:
    return why_not(trigger, secrets, headers=headers, body=BODY, now=NOW)


def hook(**fields: Any) -> WebhookTrigger:
    return WebhookTrigger(path="a", secret="HOOK", **fields)


def digest(secret: str = "s3cret", algorithm: str = "sha256", body: bytes = BODY) -> bytes:
    return hmac.new(secret.encode(), body, algorithm).digest()


def standard(identity: str = "msg_1", at: float = NOW, key: str = KEY, body: bytes = BODY) -> dict[str, str]:
    signed = f"{identity}.{int(at)}.".encode() + body
    signature = base64.b64encode(hmac.new(base64.b64decode(key), signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": identity, "webhook-timestamp": str(int(at)), "webhook-signature": f"v1,{signature}"}


GOOD: list[tuple[WebhookTrigger, dict[str, str]]] = [
    (WebhookTrigger(path="a"), {}),
    (hook(), {"authorization": "Bearer s3cret"}),
    (hook(), {"authorization": "bearer  s3cret "}),
    (hook(auth="token", header="X-Token"), {"x-token": "s3cret"}),
    (hook(auth="hmac"), {"x-signature-256": digest().hex()}),
    (hook(auth="hmac"), {"x-signature-256": digest().hex().upper()}),
    (hook(auth="hmac", header="X-Hub-Signature-256"), {"x-hub-signature-256": f"sha256={digest().hex()}"}),
    (hook(auth="hmac", header="X-Shopify-Hmac"), {"x-shopify-hmac": base64.b64encode(digest()).decode()}),
    (
        hook(auth="hmac", header="X-Hub-Signature", algorithm="sha1"),
        {"x-hub-signature": f"sha1={digest(algorithm='sha1').hex()}"},
    ),
]


@pytest.mark.parametrize(("trigger", "headers"), GOOD)
def test_a_right_proof_is_taken(trigger: WebhookTrigger, headers: dict[str, str]) -> None:
    assert asked(trigger, headers) is None


def test_a_standard_webhook_is_taken_with_either_form_of_the_secret_and_among_several_signatures() -> None:
    trigger, headers = hook(auth="standard-webhooks"), standard()
    headers["webhook-signature"] = f"v1,{'A' * 43}= v1a,xyz {headers['webhook-signature']}"

    assert asked(trigger, headers, secrets=(f"whsec_{KEY}",)) is None
    assert asked(trigger, headers, secrets=(KEY,)) is None
    assert asked(trigger, headers, secrets=("other", KEY)) is None


def test_the_published_example_of_standard_webhooks_verifies() -> None:
    """The vector of their reference libraries."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    assert (
        why_not(
            hook(auth="standard-webhooks"),
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            headers=headers,
            body=b'{"test": 2432232314}',
            now=1_614_265_330.0,
        )
        is None
    )


BAD: list[tuple[WebhookTrigger, dict[str, str], str]] = [
    (hook(), {}, "It carried no token; send the header `Authorization: Bearer …`."),
    (hook(), {"authorization": "Basic s3cret"}, "It carried no token; send the header `Authorization: Bearer …`."),
    (hook(), {"authorization": "Bearer s3cre"}, "Its token is not the right one."),
    (hook(), {"authorization": "Bearer ünïcode"}, "Its token is not the right one."),
    (hook(auth="token", header="X-Token"), {"authorization": "Bearer s3cret"},
     "It carried no token; send the header `X-Token: …`."),
    (hook(auth="hmac"), {}, "It carried no signature; send the header `X-Signature-256`."),
    (hook(auth="hmac"), {"x-signature-256": digest(body=b"{}").hex()},
     "Its signature is not the HMAC-SHA256 of the body under the secret."),
    (hook(auth="hmac"), {"x-signature-256": digest(secret="other").hex()},
     "Its signature is not the HMAC-SHA256 of the body under the secret."),
    (hook(auth="hmac", algorithm="sha512"), {"x-signature-256": digest().hex()},
     "Its signature is not the HMAC-SHA512 of the body under the secret."),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "headers", "sentence"), BAD)
def test_a_wrong_proof_is_refused_with_a_sentence(
    trigger: WebhookTrigger, headers: dict[str, str], sentence: str
) -> None:
    assert asked(trigger, headers) == sentence


OLD = "It was signed more than five minutes ago, or by a clock that is wrong."
WRONG = "None of its signatures is right under the secret."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (standard(at=NOW - TOLERANCE - 1), OLD),
        (standard(at=NOW + TOLERANCE + 1), OLD),
        (standard(body=b"{}"), WRONG),
        (standard(key=base64.b64encode(b"another secret, as long..").decode()), WRONG),
        ({**standard(), "webhook-id": "msg_2"}, WRONG),
        ({**standard(), "webhook-timestamp": str(int(NOW) - 1)}, WRONG),
        ({**standard(), "webhook-timestamp": "now"}, "Its `webhook-timestamp` is no number of seconds."),
        ({**standard(), "webhook-timestamp": "9" * 40}, "Its `webhook-timestamp` is no number of seconds."),
        ({}, "It carried no `webhook-id`, `webhook-timestamp` and `webhook-signature`."),
    ],
)
def test_a_wrong_standard_webhook_is_refused(changes: dict[str, str], sentence: str) -> None:
    assert asked(hook(auth="standard-webhooks"), changes, secrets=(KEY,)) == sentence


def test_one_within_the_tolerance_is_taken() -> None:
    for at in (NOW - TOLERANCE, NOW + TOLERANCE):
        assert asked(hook(auth="standard-webhooks"), standard(at=at), secrets=(KEY,)) is None


def test_runs_do_not_see_what_proves_anything() -> None:
    assert {"authorization", "cookie", "x-token"} <= secret_headers(hook(auth="token", header="X-Token"))
