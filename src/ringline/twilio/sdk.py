"""The official SDK, made to use our connections and, where one is set, another base URL than twilio.com."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ringline.errors import TwilioRejectedError
from ringline.twilio.http import TwilioHttp

logger = logging.getLogger(__name__)


class SdkHttp(AsyncHttpClient):  # type: ignore[misc]  # the SDK is published without types
    """The SDK's HTTP client over a `TwilioHttp`.

    Sends nothing to a host that is neither Twilio's nor the base URL's: addresses of next pages come from answers, and
    the credential goes along.
    """

    def __init__(self, http: TwilioHttp, *, base_url: str | None, timeout: float) -> None:
        super().__init__(logger, True, timeout)
        self._http = http
        self._base_url = base_url
        self._timeout = timeout

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request as the SDK asks for it. Raises `NothingWritten` or `NoAnswer` when there is no answer."""
        sent_headers = dict(headers or {})
        if auth is not None:
            sent_headers["Authorization"] = basic_authorization(*auth)
        url = rewrite(uri, self._base_url)
        if params:
            given = {name: value for name, value in params.items() if value is not None}
            url += ("&" if urlsplit(url).query else "?") + urlencode(given, doseq=True)
        body = _encode(data, sent_headers.get("Content-Type", "")) if data else None
        answer = await self._http.exchange(
            method.upper(), url, headers=sent_headers, body=body, within=timeout or self._timeout
        )
        logger.debug("%s %s answered %s", method, urlsplit(url).path, answer.status)
        return Response(answer.status, answer.text, answer.headers)


def make_sdk_client(
    account_sid: str, password: str, *, username: str, http: TwilioHttp, base_url: str | None, timeout: float
) -> Client:
    """The SDK's client for one account, over *http*."""
    return Client(
        username,
        password,
        account_sid,
        http_client=SdkHttp(http, base_url=base_url, timeout=timeout),
        # An empty mapping would make the SDK read the process's environment, whose region or edge bends base URLs.
        environment={"TWILIO_ACCOUNT_SID": account_sid},
    )


def basic_authorization(username: str, password: str) -> str:
    """The value of the ``Authorization`` header."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def rewrite(url: str, base_url: str | None) -> str:
    """*url* with its host replaced by *base_url*, when it is one of Twilio's products and a base URL is set.

    Raises `TwilioRejectedError` for a host that is neither.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_twilios = parts.scheme == "https" and (host == "twilio.com" or host.endswith(".twilio.com"))
    if base_url is None:
        if is_twilios:
            return url
    elif is_twilios:
        query = f"?{parts.query}" if parts.query else ""
        return base_url.rstrip("/") + parts.path + query
    elif url.startswith(base_url.rstrip("/") + "/"):
        return url
    raise TwilioRejectedError(
        f"An answer pointed to {parts.scheme}://{parts.netloc}, which is not {base_url or 'twilio.com'}; "
        "the credential was not sent there.",
        fix="Check the Twilio base URL, and any proxy between this machine and Twilio.",
    )


def _encode(data: Mapping[str, object], content_type: str) -> bytes:
    if content_type.partition(";")[0].strip().lower().endswith("json"):
        return json.dumps(data).encode()
    return urlencode(_plain(data), doseq=True).encode("ascii")


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
