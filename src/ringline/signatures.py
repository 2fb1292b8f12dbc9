"""The signature Twilio puts on every request it makes to us, made and checked.

It is base64(HMAC(auth token, URL + every parameter's name and value)): the URL exactly as requested, with its query
and without its fragment, parameters sorted by name, nothing in between. Only the account's primary auth token signs.
A body that is no form is covered by its SHA-256 in the query (``bodySHA256``), and the signature then by the URL alone.
Twilio is not consistent about default ports, so both spellings of a URL are tried.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
HMAC_SHA1 = "HMAC_SHA1"
HMAC_SHA256 = "HMAC_SHA256"

Parameters = Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]]

_DIGESTS = {HMAC_SHA1: "sha1", HMAC_SHA256: "sha256"}
# Scheme, userinfo, host (an IPv6 address in brackets too), port, the rest.
_URL = re.compile(
    r"(?P<before>(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@]*@)?(?:\[[^\]/?#]*\]|[^:/?#\[\]]+))(?P<port>:[0-9]*)?(?P<after>[/?].*)?",
    re.DOTALL,
)
_BODY_HASH = re.compile(r"[?&]bodySHA256=([^&]*)")
_DEFAULT_PORTS = {"https": (443,), "wss": (443, 80)}  # Twilio's own libraries take 80 for wss


def sign(auth_token: str, url: str, params: Parameters = (), *, algorithm: str = HMAC_SHA1) -> str:
    """The signature of a request for *url* with the form fields *params*.

    A repeated field counts once per different value, values sorted. Raises ``ValueError`` for an unknown algorithm.
    """
    digest = _DIGESTS.get(algorithm.upper())
    if digest is None:
        raise ValueError(f"unknown signature algorithm {algorithm!r}; Twilio knows {' and '.join(_DIGESTS)}")
    return _sign(auth_token, url.partition("#")[0] + _fields_text(params), digest)


def is_valid(
    auth_token: str,
    signature: str | None,
    url: str,
    params: Parameters = (),
    *,
    body: bytes | None = None,
    algorithm: str = HMAC_SHA1,
) -> bool:
    """Whether *signature* is Twilio's for this request. Never raises, whatever was received.

    *body* is for requests that carry something other than a form: unless it is empty, its hash must stand in the
    URL. It is not looked at when there are *params*.
    """
    digest = _DIGESTS.get(algorithm.upper())
    if not signature or digest is None:
        return False
    url = url.partition("#")[0]
    fields = _fields_text(params)
    if body and not fields and not _is_body_hash(url, body):
        return False
    received = signature.encode("utf-8", "surrogatepass")
    return any(
        hmac.compare_digest(_sign(auth_token, variant + fields, digest).encode(), received)
        for variant in _port_variants(url)
    )


def body_hash(body: bytes) -> str:
    """What Twilio appends to the URL as ``bodySHA256`` when it posts something other than a form."""
    return hashlib.sha256(body).hexdigest()


def algorithm_of(settings_header: str | None) -> str:
    """The algorithm a ``X-Twilio-Webhooks-Signature-Settings`` header names; without one it is HMAC-SHA1."""
    for part in (settings_header or "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip()
    return HMAC_SHA1


def _sign(auth_token: str, text: str, digest: str) -> str:
    key = auth_token.encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(key, text.encode("utf-8", "surrogatepass"), digest)).decode("ascii")


def _fields_text(params: Parameters) -> str:
    if not params:
        return ""
    return "".join(name + value for name, value in sorted(set(_pairs(params))))


def _pairs(params: Parameters) -> Iterable[tuple[str, str]]:
    # A web framework's form is a mapping that shows one value of a repeated field; its pairs show all.
    every_pair = getattr(params, "multi_items", None)
    if every_pair is not None:
        yield from every_pair()
    elif isinstance(params, Mapping):
        for name, value in params.items():
            if isinstance(value, str):
                yield name, value
            else:
                for one in value:
                    yield name, one
    else:
        yield from params


def _is_body_hash(url: str, body: bytes) -> bool:
    found = _BODY_HASH.search(url)
    return found is not None and hmac.compare_digest(
        found[1].lower().encode("utf-8", "surrogatepass"), body_hash(body).encode()
    )


def _port_variants(url: str) -> list[str]:
    parts = _URL.fullmatch(url)
    if parts is None:
        return [url]
    before, port, after = parts["before"], parts["port"] or "", parts["after"] or ""
    if len(port) > 1:
        return [url, before + after]
    defaults = _DEFAULT_PORTS.get(parts["scheme"].lower(), (80,))
    return [before + after, *(f"{before}:{default}{after}" for default in defaults)]
