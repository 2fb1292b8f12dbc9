from __future__ import annotations

import pytest

from ringline.signatures import is_valid, sign
from ringline.web.twilio.diagnosis import UNKNOWN_ACCOUNT, Refusal, diagnose

TOKEN = "12345"
ACCOUNT = "AC" + "0" * 32
FIELDS = [("AccountSid", ACCOUNT), ("Body", " hello ")]


def refusal(
    signed_url: str | None,
    *,
    public_url: str | None = "https://ring.example.com",
    headers: dict[str, str] | None = None,
    account: str = ACCOUNT,
    known: bool = True,
    target: str = "/twilio/sms",
) -> Refusal:
    signature = sign(TOKEN, signed_url, FIELDS) if signed_url else None
    return diagnose(
        signature=signature,
        account_sid=account,
        is_known_account=known,
        public_url=public_url,
        target=target,
        headers=headers or {"host": "127.0.0.1:7464"},
        matches=lambda url: is_valid(TOKEN, signature, url, FIELDS),
    )


def test_request_without_a_signature_did_not_come_from_twilio() -> None:
    assert refusal(None).reason == "no_signature"


def test_account_nobody_added_is_told_and_not_written_down() -> None:
    found = refusal("https://x.example/twilio/sms", known=False)

    assert (found.reason, found.account_sid) == ("unknown_account", UNKNOWN_ACCOUNT)
    assert "credentials add" in found.fix


def test_request_that_names_no_account_cannot_be_checked() -> None:
    assert refusal("https://x.example/twilio/sms", account="").reason == "no_account"


@pytest.mark.parametrize(
    ("signed_url", "headers", "base"),
    [
        ("http://ring.example.com/twilio/sms", {}, "http://ring.example.com"),
        ("https://old.example.com/twilio/sms", {"x-forwarded-host": "old.example.com"}, "https://old.example.com"),
        ("https://tunnel.example/twilio/sms", {"host": "tunnel.example"}, "https://tunnel.example"),
        ("http://127.0.0.1:7464/twilio/sms", {"host": "127.0.0.1:7464"}, "http://127.0.0.1:7464"),
    ],
)
def test_address_twilio_really_signed_is_found(signed_url: str, headers: dict[str, str], base: str) -> None:
    found = refusal(signed_url, headers=headers)

    assert found.reason == "other_url"
    assert found.detail == f"Twilio signed the address {base}, and the public URL is https://ring.example.com."
    assert f"RINGLINE_PUBLIC_URL={base}" in found.fix


def test_missing_public_url_is_named_with_the_address_to_set() -> None:
    found = refusal("https://tunnel.example/twilio/sms", public_url=None, headers={"host": "tunnel.example"})

    assert found.reason == "other_url"
    assert "the public URL is not set" in found.detail


def test_path_prefix_of_the_public_url_counts() -> None:
    found = refusal("https://ring.example.com/twilio/sms", public_url="https://ring.example.com/prefix")

    assert found.reason == "other_url"
    assert "RINGLINE_PUBLIC_URL=https://ring.example.com," in found.fix


def test_wrong_token_is_the_last_guess() -> None:
    signature = sign("another token", "https://ring.example.com/twilio/sms", FIELDS)

    found = diagnose(
        signature=signature,
        account_sid=ACCOUNT,
        is_known_account=True,
        public_url="https://ring.example.com",
        target="/twilio/sms",
        headers={},
        matches=lambda url: is_valid(TOKEN, signature, url, FIELDS),
    )

    assert found.reason == "no_match"
    assert "primary auth token" in found.fix
