"""Why a webhook's signature does not match, found by trying what usually goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

UNKNOWN_ACCOUNT = "unknown"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a webhook was refused. *account_sid* is one we know, or `UNKNOWN_ACCOUNT`: anybody can claim any."""

    reason: str
    detail: str
    fix: str
    account_sid: str = UNKNOWN_ACCOUNT


def diagnose(
    *,
    signature: str | None,
    account_sid: str,
    is_known_account: bool,
    public_url: str | None,
    target: str,
    headers: Mapping[str, str],
    matches: Callable[[str], bool],
) -> Refusal:
    """The likeliest reason. *target* is path and query as requested, *matches* tells whether Twilio signed a URL."""
    if not signature:
        return Refusal(
            "no_signature",
            "It carried no X-Twilio-Signature header, so it did not come from Twilio.",
            "Twilio signs every request; a proxy in between must pass the header on.",
        )
    if not account_sid:
        return Refusal("no_account", "It named no AccountSid, so there is nothing to check it against.", "")
    if not is_known_account:
        return Refusal(
            "unknown_account",
            "It came for a Twilio account of which no credential is stored.",
            "Add the account's credential: ringline credentials add",
        )
    for url in _other_spellings(public_url, target, headers):
        if matches(url):
            base = url.removesuffix(target) or url
            return Refusal(
                "other_url",
                f"Twilio signed the address {base}, and the public URL is {public_url or 'not set'}.",
                f"Set RINGLINE_PUBLIC_URL={base}, or give Twilio the public URL: ringline numbers connect",
                account_sid,
            )
    if not public_url:
        return Refusal(
            "no_public_url",
            "No public URL is set, so it is not known which address Twilio signed.",
            "Set RINGLINE_PUBLIC_URL to the address Twilio reaches this server at.",
            account_sid,
        )
    return Refusal(
        "no_match",
        "It was signed with another token or for another address, or a proxy changed it on the way.",
        "Only the account's primary auth token signs: compare it with the stored one (ringline credentials test). "
        "Then see that no proxy rewrites path, query or form.",
        account_sid,
    )


def _other_spellings(public_url: str | None, target: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Addresses Twilio may have been given instead: other scheme, the name the proxy saw, a slash at the end."""
    hosts = [headers.get("x-forwarded-host", ""), headers.get("host", "")]
    prefix = ""
    if public_url:
        parts = urlsplit(public_url)
        hosts.insert(0, parts.netloc)
        prefix = parts.path
    path, question_mark, query = target.partition("?")
    targets = [target, f"{path.rstrip('/')}/{question_mark}{query}", f"{path.rstrip('/')}{question_mark}{query}"]
    seen = set()
    for host in hosts:
        name = host.partition(",")[0].strip()
        for scheme in ("https", "http") if name else ():
            for ending in targets:
                for middle in {prefix, ""}:
                    url = f"{scheme}://{name}{middle}{ending}"
                    if url not in seen:
                        seen.add(url)
                        yield url
