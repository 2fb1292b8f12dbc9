"""What a credential is to everybody but the vault, and what is checked when a person adds one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ringline.errors import RequestError

CredentialKind = Literal["auth_token", "api_key"]

WHERE_TO_FIND = """\
Account SID and auth token: on the first page of the Twilio console (console.twilio.com), under Account Info. The SID
begins with AC; the token is hidden until you press Show.
Phone numbers: in the console under Phone Numbers, Manage, Active numbers. Each shows what it can do (SMS, MMS, Voice).
API keys: in the console under Account, API keys and tokens. A key's SID begins with SK; its secret is shown only once,
when the key is made. A key can send, but what Twilio sends to you is signed with the auth token.
Test credentials: on the same page. With them sends are accepted and nothing is delivered."""

_SID = {
    "AC": re.compile(r"AC[0-9a-fA-F]{32}"),
    "SK": re.compile(r"SK[0-9a-fA-F]{32}"),
}
_SID_LENGTH = 34
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_WHAT_BEGINS_WITH = {
    "SK": "an API key",
    "MG": "a messaging service",
    "PN": "a phone number",
    "SM": "a message",
    "MM": "a message",
    "HX": "a content template",
    "AP": "a TwiML application",
}


@dataclass(frozen=True, slots=True)
class Credential:
    """A stored credential without its secret. *base_url* and *default_from* are ``None`` where none was given."""

    id: str
    name: str
    account_sid: str
    kind: CredentialKind
    base_url: str | None
    default_from: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CredentialTest:
    """What Twilio said to a credential: whether it works, in a sentence, and what to do if not.

    With ``is_test`` set these are Twilio's test credentials, with which sends are accepted and nothing is delivered;
    with ``unreachable`` nobody answered, so that nothing is known about the credential.
    """

    ok: bool
    detail: str
    fix: str = ""
    is_test: bool = False
    account_name: str | None = None
    account_type: str | None = None
    code: int | None = None
    unreachable: bool = False


def check_name(name: str) -> str:
    """*name* if it can be a credential's name; raises `RequestError`."""
    if not _NAME.fullmatch(name):
        raise RequestError(
            f"`name` is {name[:70]!r}, which cannot be a credential's name.",
            field="name",
            fix="Use up to 64 letters, digits, spaces, dots, dashes and underscores, beginning with a letter or digit.",
        )
    return name


def check_account_sid(text: str) -> str:
    """*text* as an account SID; raises `RequestError` saying in what way it is none."""
    return _check_sid(text.strip(), "AC", field="account_sid", what="an account SID")


def check_api_key_sid(text: str) -> str:
    """*text* as the SID of an API key; raises `RequestError` saying in what way it is none."""
    return _check_sid(text.strip(), "SK", field="api_key", what="the SID of an API key")


def check_token(token: str, *, account_sid: str) -> str:
    """*token* without blanks around it; raises `RequestError`, which never shows it."""
    stripped = token.strip()
    if not stripped:
        raise RequestError("`auth_token` is empty.", field="auth_token", fix=_FIND_TOKEN)
    if any(character.isspace() for character in stripped):
        raise RequestError("`auth_token` has spaces or line breaks in it.", field="auth_token", fix=_FIND_TOKEN)
    if stripped == account_sid or _SID["AC"].fullmatch(stripped):
        raise RequestError("`auth_token` is an account SID, not a token.", field="auth_token", fix=_FIND_TOKEN)
    return stripped


_FIND_TOKEN = "Copy the auth token from the first page of the Twilio console, under Account Info."  # noqa: S105
_FIND_SID = "Copy it from the first page of the Twilio console, under Account Info: AC and 32 hexadecimal digits."
_FIND_KEY = "Copy it from the Twilio console under Account, API keys and tokens: SK and 32 hexadecimal digits."


def _check_sid(sid: str, prefix: str, *, field: str, what: str) -> str:
    if _SID[prefix].fullmatch(sid):
        return sid
    find = _FIND_SID if prefix == "AC" else _FIND_KEY
    if not sid:
        raise RequestError(f"`{field}` is empty.", field=field, fix=find)
    start = sid[:2]
    if start != prefix and start in _WHAT_BEGINS_WITH and len(sid) == _SID_LENGTH:
        why = f"begins with {start} and so is the id of {_WHAT_BEGINS_WITH[start]}"
        if start == "SK" and prefix == "AC":
            find = "Give the key's SID as the API key, and the SID of its account (AC…) here."
    elif start == prefix.lower() or start == prefix.title():
        why = f"begins with {start} instead of {prefix}"
    elif start != prefix:
        # Not shown: it may be the token, put into the wrong field.
        why = f"does not begin with {prefix}"
        raise RequestError(f"`{field}` {why}, so it is not {what}.", field=field, fix=find)
    elif odd := re.search(r"[^0-9a-fA-F]", sid[2:]):
        why = f"has {odd[0]!r} in it, which is no hexadecimal digit"
    else:
        why = f"has {len(sid)} characters instead of {_SID_LENGTH}"
    raise RequestError(f"`{field}` is {sid[:40]!r}, which {why}.", field=field, fix=find)
