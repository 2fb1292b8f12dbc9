"""One Twilio account, to send through and to ask."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from ringline.errors import RequestError, TwilioRejectedError, TwilioUnavailableError
from ringline.twilio.answers import error_of, read_json
from ringline.twilio.http import NoAnswer, NothingWritten, TwilioHttp
from ringline.twilio.messages import MessageForm, PostResult, classify_answer, classify_failure

if TYPE_CHECKING:
    from multidict import CIMultiDict
    from twilio.rest import Client

    from ringline.twilio.calls import CallForm

__all__ = ["MessageForm", "PostResult", "TwilioClient", "TwilioHttp"]

API = "https://api.twilio.com"
MESSAGING = "https://messaging.twilio.com"
CONTENT = "https://content.twilio.com"
_VERSION = "2010-04-01"
RECORDING_TIMEOUT = 120.0
"""Seconds that a recording may take to come: four hours of a call are some 230 MB."""


class TwilioClient:
    """Requests on behalf of one account.

    *username* is the sid of an API key (``SK…``) when *auth_token* is that key's secret. *base_url* sends the requests
    for every product of Twilio to another server, such as the simulator. Methods other than `create_message` raise
    `TwilioRejectedError` or `TwilioUnavailableError`, and give what Twilio answered under its own names.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        username: str | None = None,
        base_url: str | None = None,
        timeout: float = 15.0,
        http: TwilioHttp | None = None,
    ) -> None:
        self.account_sid = account_sid
        self.base_url = None if base_url is None else check_base_url(base_url)
        self._username = username or account_sid
        self._password = auth_token
        self._timeout = timeout
        self._owns_http = http is None
        self._http = http or TwilioHttp()

    def __repr__(self) -> str:
        return f"TwilioClient({self.account_sid!r}, base_url={self.base_url!r})"

    @functools.cached_property
    def sdk(self) -> Client:
        """The official SDK's client for this account; use its ``…_async`` methods."""
        from ringline.twilio.sdk import make_sdk_client

        return make_sdk_client(
            self.account_sid,
            self._password,
            username=self._username,
            http=self._http,
            base_url=self.base_url,
            timeout=self._timeout,
        )

    async def create_message(self, form: MessageForm) -> PostResult:
        """Ask for one message and say what is known of it afterwards; never raises for what the network does.

        Puts on the wire what the SDK's ``messages.create_async`` would, without the SDK's cost.
        """
        return await self._create(self._message_request, form.encode())

    async def create_call(self, form: CallForm) -> PostResult:
        """Ask for one call, as `create_message` does for a message."""
        return await self._create(self._call_request, form.encode())

    async def _create(self, request: tuple[str, CIMultiDict[str]], body: bytes) -> PostResult:
        url, headers = request
        try:
            answer = await self._http.exchange("POST", url, headers=headers, body=body, within=self._timeout)
        except NothingWritten as error:
            return classify_failure(error.message, may_have_arrived=False)
        except NoAnswer as error:
            return classify_failure(error.message, may_have_arrived=True, http_status=error.status)
        return classify_answer(answer)

    @functools.cached_property
    def _message_request(self) -> tuple[str, CIMultiDict[str]]:
        return self._creation_at("Messages.json")

    @functools.cached_property
    def _call_request(self) -> tuple[str, CIMultiDict[str]]:
        return self._creation_at("Calls.json")

    def _creation_at(self, resource: str) -> tuple[str, CIMultiDict[str]]:
        from multidict import CIMultiDict

        from ringline.twilio.sdk import basic_authorization, rewrite

        headers = self.sdk.get_headers(
            "POST", {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        )
        headers["Authorization"] = basic_authorization(self._username, self._password)
        # Of aiohttp's own kind, which it need not make of a dict for every request.
        return rewrite(API + self._path(resource), self.base_url), CIMultiDict(headers)

    # --- messages ---------------------------------------------------------------------------------------------

    async def fetch_message(self, sid: str) -> dict[str, Any]:
        """The message as it stands at Twilio."""
        return await self._call("GET", API + self._path("Messages", sid), doing=f"show message {sid}")

    async def list_messages(
        self, *, to: str | None = None, from_: str | None = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        """The latest messages, newest first; those not sent yet may be missing."""
        filters = {"To": to, "From": from_}
        return await self._list(API + self._path("Messages.json"), "messages", filters, limit, doing="list messages")

    async def message_pages(self, *, to: str, page_size: int) -> AsyncIterator[Page]:
        """All messages to and from *to* that Twilio shows, page by page, the most recently sent first."""
        url, params = API + self._path("Messages.json"), {"To": to, "PageSize": page_size}
        async for page in self._pages(url, "messages", params, doing="list messages"):
            yield page

    async def cancel_message(self, sid: str) -> dict[str, Any]:
        """Cancel a message Twilio has scheduled; `TwilioRejectedError` with code 30409 when it is too late."""
        data = {"Status": "canceled"}
        return await self._call("POST", API + self._path("Messages", sid), data=data, doing=f"cancel message {sid}")

    async def redact_message(self, sid: str) -> dict[str, Any]:
        """Erase the text of a sent message at Twilio, and keep the record."""
        data = {"Body": ""}
        return await self._call("POST", API + self._path("Messages", sid), data=data, doing=f"redact message {sid}")

    async def delete_message(self, sid: str) -> None:
        """Delete the record of a finished message at Twilio."""
        await self._call("DELETE", API + self._path("Messages", sid), doing=f"delete message {sid}")

    # --- calls ------------------------------------------------------------------------------------------------

    async def fetch_call(self, sid: str) -> dict[str, Any]:
        """The call as it stands at Twilio."""
        return await self._call("GET", API + self._path("Calls", sid), doing=f"show call {sid}")

    async def call_pages(self, *, to: str, page_size: int) -> AsyncIterator[Page]:
        """All calls to *to* that Twilio shows, page by page; also those that nobody has answered yet."""
        url, params = API + self._path("Calls.json"), {"To": to, "PageSize": page_size}
        async for page in self._pages(url, "calls", params, doing="list calls"):
            yield page

    async def end_call(self, sid: str, *, is_answered: bool) -> dict[str, Any]:
        """Hang up, or cancel a call that nobody has picked up; `TwilioRejectedError` 21220 when it is over already."""
        call = await self._update_call(sid, {"Status": "completed" if is_answered else "canceled"}, f"end call {sid}")
        if not is_answered and call.get("status") == "in-progress":
            # Picked up in the meantime, which canceling does not touch.
            return await self._update_call(sid, {"Status": "completed"}, f"end call {sid}")
        return call

    async def redirect_call(self, sid: str, url: str) -> dict[str, Any]:
        """Have a live call go on with what stands at *url*."""
        return await self._update_call(sid, {"Url": url, "Method": "POST"}, f"redirect call {sid}")

    async def _update_call(self, sid: str, data: dict[str, str], doing: str) -> dict[str, Any]:
        return await self._call("POST", API + self._path("Calls", sid), data=data, doing=doing)

    async def steer_recording(self, sid: str, status: Literal["paused", "in-progress", "stopped"]) -> None:
        """Pause the recording that runs on a call (its place is silence), let it go on, or stop it."""
        url = API + self._path("Calls", sid).removesuffix(".json") + "/Recordings/Twilio.CURRENT.json"
        await self._call("POST", url, data={"Status": status}, doing=f"have the recording of {sid} {status}")

    async def download_recording(self, sid: str) -> tuple[str, bytes]:
        """The sound of a recording that is complete: its content type, and the bytes. Raises as the others."""
        from ringline.twilio.sdk import basic_authorization, rewrite

        # Without an ending Twilio gives the sound as WAV, and sends nobody elsewhere.
        url = rewrite(API + self._path("Recordings", sid).removesuffix(".json") + ".wav", self.base_url)
        headers = {"Authorization": basic_authorization(self._username, self._password)}
        answer = await self._http.download(url, headers=headers, within=RECORDING_TIMEOUT)
        if not 200 <= answer.status < 300:
            text = answer.content[:10_000].decode("utf-8", "replace")
            raise error_of(answer.status, answer.headers, text, doing=f"fetch recording {sid}")
        return answer.headers.get("Content-Type", "audio/x-wav"), answer.content

    async def delete_recording(self, sid: str) -> None:
        """Delete a recording at Twilio."""
        await self._call("DELETE", API + self._path("Recordings", sid), doing=f"delete recording {sid}")

    # --- the account and what it owns -------------------------------------------------------------------------

    async def account(self) -> dict[str, Any]:
        """The account: ``friendly_name``, ``status`` (active, suspended, closed), ``type`` (Trial, Full)."""
        return await self._call("GET", API + self._path(), doing="show the account")

    async def balance(self) -> dict[str, Any]:
        """What is left to spend: ``balance`` as decimal text, and ``currency``."""
        return await self._call("GET", API + self._path("Balance.json"), doing="show the balance")

    async def phone_numbers(self, *, limit: int = 1000) -> list[dict[str, Any]]:
        """The numbers the account owns, with ``phone_number``, ``sms_url`` and ``capabilities``."""
        url = API + self._path("IncomingPhoneNumbers.json")
        return await self._list(url, "incoming_phone_numbers", {}, limit, doing="list the account's numbers")

    async def connect_number(
        self, sid: str, *, sms_url: str, status_callback: str | None = None, voice_url: str | None = None
    ) -> dict[str, Any]:
        """Let Twilio send what arrives at the number *sid* (``PN…``) to our URLs."""
        data = {"SmsUrl": sms_url, "SmsMethod": "POST"}
        if voice_url is not None:
            data |= {"VoiceUrl": voice_url, "VoiceMethod": "POST"}
            # A request that broke off is asked again there, so that the call goes on.
            data |= {"VoiceFallbackUrl": voice_url, "VoiceFallbackMethod": "POST"}
        if status_callback is not None:
            data |= {"StatusCallback": status_callback, "StatusCallbackMethod": "POST"}
        url = API + self._path("IncomingPhoneNumbers", sid)
        return await self._call("POST", url, data=data, doing=f"connect number {sid}")

    async def messaging_services(self, *, limit: int = 1000) -> list[dict[str, Any]]:
        """The account's messaging services."""
        return await self._list(f"{MESSAGING}/v1/Services", "services", {}, limit, doing="list messaging services")

    async def content_templates(self, *, limit: int = 500) -> list[dict[str, Any]]:
        """The account's content templates with ``types``, ``variables`` and, of WhatsApp, ``approval_requests``."""
        return await self._list(
            f"{CONTENT}/v1/ContentAndApprovals", "contents", {}, limit, doing="list content templates"
        )

    async def close(self) -> None:
        """Close the connections, unless they are shared with other clients."""
        if self._owns_http:
            await self._http.close()

    # --- requests through the SDK's client --------------------------------------------------------------------

    def _path(self, *parts: str) -> str:
        if parts and not parts[-1].endswith(".json"):
            parts = (*parts[:-1], quote(parts[-1], safe="") + ".json")
        account = quote(self.account_sid, safe="") + ("" if parts else ".json")
        return "/".join(["", _VERSION, "Accounts", account, *parts])

    async def _call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object] | None = None,
        data: dict[str, str] | None = None,
        doing: str,
    ) -> dict[str, Any]:
        return (await self._exchange(method, url, params=params, data=data, doing=doing))[0]

    async def _exchange(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object] | None = None,
        data: dict[str, str] | None = None,
        doing: str,
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        answer = await self.sdk.request_async(method, url, params=dict(params) if params else None, data=data)
        if not 200 <= answer.status_code < 300:
            raise error_of(answer.status_code, answer.headers, answer.text, doing=doing)
        if method == "DELETE":
            return {}, answer.headers
        body = read_json(answer.text)
        if body is None:
            raise TwilioUnavailableError(
                f"The answer to the request to {doing} is not JSON (HTTP {answer.status_code}).",
                status=answer.status_code,
                fix="Check the Twilio base URL, and any proxy between this machine and Twilio.",
            )
        return body, answer.headers

    async def _list(
        self, url: str, key: str, filters: dict[str, str | None], limit: int, *, doing: str
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async for page in self._pages(url, key, {**filters, "PageSize": min(limit, 1000)}, doing=doing):
            found += page.records
            if len(found) >= limit:
                break
        return found[:limit]

    async def _pages(self, url: str, key: str, params: Mapping[str, object], *, doing: str) -> AsyncIterator[Page]:
        next_url: str | None = url
        first_params: Mapping[str, object] | None = params
        while next_url is not None:
            body, headers = await self._exchange("GET", next_url, params=first_params, doing=doing)
            records = body.get(key)
            if not isinstance(records, list):
                raise TwilioRejectedError(
                    f"The answer to the request to {doing} holds no {key}.",
                    fix="Check the Twilio base URL; another service seems to answer there.",
                )
            first_params, next_url = None, _next_page(body, url)
            yield Page(records, headers, is_last=next_url is None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the headers it came with."""

    records: list[dict[str, Any]]
    headers: Mapping[str, str]
    is_last: bool


def _next_page(page: dict[str, Any], url: str) -> str | None:
    """The address of the next page in either of Twilio's envelopes, absolute."""
    meta = page.get("meta")
    if isinstance(meta, dict):
        return meta.get("next_page_url") or None
    relative = page.get("next_page_uri")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{relative}" if relative else None


def check_base_url(base_url: str) -> str:
    """*base_url* without a trailing slash, or a `RequestError` that says what is wrong with it."""
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username is not None:
        raise RequestError(
            f"`base_url` is {base_url!r}, which is not the address of a server.",
            field="base_url",
            fix="Write http:// or https://, the host and perhaps a port, such as http://127.0.0.1:8010.",
        )
    return base_url.rstrip("/")
