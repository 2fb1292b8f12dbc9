"""Asking Twilio about a credential, and saying in a sentence what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.errors import TwilioError, TwilioRejectedError, TwilioUnavailableError
from ringline.twilio.error_catalogue import find
from ringline.vault.credential import CredentialTest

if TYPE_CHECKING:
    from ringline.twilio.client import TwilioClient
    from ringline.vault.credential import Credential

_WRONG = 20003
_TEST_CREDENTIALS = 20008
_NOT_FOUND = 20404
_NOT_ACTIVE = (20005, 10001)


async def probe(credential: Credential, client: TwilioClient) -> CredentialTest:
    """Sign in with *credential* and read what its kind may read; sends nothing."""
    try:
        if credential.kind == "api_key":
            return await _probe_api_key(credential, client)
        account = await client.account()
    except TwilioRejectedError as error:
        return _refused(credential, client, error)
    except TwilioUnavailableError as error:
        return _unreachable(client, error)
    name, status = str(account.get("friendly_name") or ""), str(account.get("status") or "active")
    kind = str(account.get("type") or "")
    if status != "active":
        return CredentialTest(
            False,
            f"SID and token are right, but the account {name!r} is {status}.",
            "Open the Twilio console and see why; often funds ran out.",
            account_name=name,
            account_type=kind,
        )
    detail = f"It works: account {name!r} is active."
    if kind == "Trial":
        detail += " It is a trial account, which reaches verified numbers only."
    return CredentialTest(True, detail, account_name=name, account_type=kind)


async def _probe_api_key(credential: Credential, client: TwilioClient) -> CredentialTest:
    # A standard key may not read the account itself.
    await client.list_messages(limit=1)
    return CredentialTest(
        True,
        f"It works: the API key signs in to account {credential.account_sid}. Webhooks are signed with the account's "
        "auth token, which an API key does not replace.",
    )


def _refused(credential: Credential, client: TwilioClient, error: TwilioError) -> CredentialTest:
    code = error.code
    if code == _TEST_CREDENTIALS:
        return CredentialTest(
            True,
            "These are Twilio's test credentials: sends are accepted, nothing is delivered.",
            "To reach people, use the live account SID and auth token.",
            is_test=True,
            code=code,
        )
    if code == _WRONG:
        secret = "secret of the API key" if credential.kind == "api_key" else "auth token"
        detail = f"Twilio does not accept this {secret} for account {credential.account_sid}."
        fix = f"Copy SID and {secret} again from the Twilio console; they belong together. The account must be active."
    elif code == _NOT_FOUND:
        detail = f"Twilio knows no account {credential.account_sid}."
        fix = "Copy the account SID again from the first page of the Twilio console: AC and 32 hexadecimal digits."
    elif code in _NOT_ACTIVE:
        detail = f"The account {credential.account_sid} is not active; it is suspended, closed or out of funds."
        fix = "Open the Twilio console and see why."
    elif code is None:
        detail = f"{_server(client)} answered, but not as Twilio does (HTTP {error.status})."
        fix = "Check the base URL of the credential and RINGLINE_TWILIO_BASE_URL."
    else:
        detail = f"{error.message} {find(code).sentence}"
        fix = error.fix
    return CredentialTest(False, detail, fix, code=code)


def _unreachable(client: TwilioClient, error: TwilioError) -> CredentialTest:
    if error.status is not None:
        detail = f"{_server(client)} answered with HTTP {error.status}, so the credential could not be tested."
        fix = "Try again in a moment." if error.status == 429 or error.status >= 500 else error.fix
        return CredentialTest(False, detail, fix, code=error.code, unreachable=True)
    where = "the base URL of the credential" if client.base_url else "the internet connection, and any firewall"
    return CredentialTest(
        False, f"{_server(client)} cannot be reached. {error.message}", f"Check {where}.", unreachable=True
    )


def _server(client: TwilioClient) -> str:
    return client.base_url or "Twilio"
