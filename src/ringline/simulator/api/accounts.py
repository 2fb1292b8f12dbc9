"""Accounts, their balance and their applications."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.context import Context, answer, deleted, form_of
from ringline.simulator.api.forms import apply_form
from ringline.simulator.api.paging import Page
from ringline.simulator.records import Account, Application, new_sid
from ringline.simulator.refusals import Refusal
from ringline.simulator.wire import API_VERSION, rfc2822

_APPLICATION_FIELDS = (
    "FriendlyName",
    "MessageStatusCallback",
    "PublicApplicationConnectEnabled",
    "SmsFallbackMethod",
    "SmsFallbackUrl",
    "SmsMethod",
    "SmsStatusCallback",
    "SmsUrl",
    "StatusCallback",
    "StatusCallbackMethod",
    "VoiceCallerIdLookup",
    "VoiceFallbackMethod",
    "VoiceFallbackUrl",
    "VoiceMethod",
    "VoiceUrl",
)


class Accounts:
    """The account itself and ``/Balance``."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def top_routes(self) -> list[Route]:
        """Paths of the whole API."""
        return [
            Route(f"/{API_VERSION}/Accounts.json", self.page, methods=["GET"]),
            Route(f"/{API_VERSION}/Accounts/{{account_sid}}.json", self.one, methods=["GET"]),
        ]

    def routes(self) -> list[Route]:
        """Paths relative to the account."""
        return [Route("/Balance.json", self.balance, methods=["GET"])]

    async def page(self, request: Request) -> Response:
        """The account that asks; the simulator has no subaccounts."""
        page = Page([request.state.account], lambda each: each.sid, request.url.path, request.query_params)
        return answer(page.envelope_2010("accounts", [account_json(each) for each in page.items]))

    async def one(self, request: Request) -> Response:
        """The account that asks."""
        return answer(account_json(request.state.account))

    async def balance(self, request: Request) -> Response:
        """What is left, in US dollars."""
        account: Account = request.state.account
        left = account.balance - account.spent
        return answer({"account_sid": account.sid, "balance": f"{left:.5f}", "currency": "USD"})


def account_json(account: Account) -> dict[str, Any]:
    """An account as Twilio shows it; the token stays inside."""
    uri = f"/{API_VERSION}/Accounts/{account.sid}"
    parts = ("Applications", "Balance", "IncomingPhoneNumbers", "Messages")
    subresources = {
        part.lower() if part != "IncomingPhoneNumbers" else "incoming_phone_numbers": part for part in parts
    }
    return {
        "auth_token": "[Redacted]",
        "date_created": rfc2822(account.created),
        "date_updated": rfc2822(account.created),
        "friendly_name": account.friendly_name,
        "owner_account_sid": account.sid,
        "sid": account.sid,
        "status": account.status,
        "subresource_uris": {name: f"{uri}/{part}.json" for name, part in subresources.items()},
        "type": "Trial" if account.kind == "trial" else "Full",
        "uri": f"{uri}.json",
    }


class Applications:
    """The routes under ``/Applications``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths relative to the account."""
        return [
            Route("/Applications.json", self.all, methods=["GET", "POST"]),
            Route("/Applications/{sid}.json", self.one, methods=["GET", "POST", "DELETE"]),
        ]

    async def all(self, request: Request) -> Response:
        """List the applications, or make one."""
        account: Account = request.state.account
        if request.method == "POST":
            now = self._context.clock.time()
            application = Application(new_sid("AP"), account.sid, created=now, updated=now)
            apply_form(application, await form_of(request), _APPLICATION_FIELDS)
            self._state.add(application)
            self._state.commit()
            return answer(application_json(application), 201)
        name = request.query_params.get("FriendlyName")
        mine = [
            each
            for each in self._state.applications.values()
            if each.account_sid == account.sid and (name is None or each.friendly_name == name)
        ]
        page = Page(mine, lambda each: each.sid, request.url.path, request.query_params)
        return answer(page.envelope_2010("applications", [application_json(each) for each in page.items]))

    async def one(self, request: Request) -> Response:
        """Fetch, change or delete an application."""
        application = self._state.applications.get(request.path_params["sid"])
        if application is None or application.account_sid != request.state.account.sid:
            raise Refusal(20404, path=request.url.path)
        if request.method == "DELETE":
            self._state.remove(application)
            self._state.commit()
            return deleted()
        if request.method == "POST":
            apply_form(application, await form_of(request), _APPLICATION_FIELDS)
            application.updated = self._context.clock.time()
            self._state.save(application)
            self._state.commit()
        return answer(application_json(application))


def application_json(application: Application) -> dict[str, Any]:
    """An application as Twilio shows it."""
    return {
        "account_sid": application.account_sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(application.created),
        "date_updated": rfc2822(application.updated),
        "friendly_name": application.friendly_name,
        "message_status_callback": application.message_status_callback,
        "public_application_connect_enabled": application.public_application_connect_enabled,
        "sid": application.sid,
        "sms_fallback_method": application.sms_fallback_method,
        "sms_fallback_url": application.sms_fallback_url,
        "sms_method": application.sms_method,
        "sms_status_callback": application.sms_status_callback,
        "sms_url": application.sms_url,
        "status_callback": application.status_callback,
        "status_callback_method": application.status_callback_method,
        "uri": f"/{API_VERSION}/Accounts/{application.account_sid}/Applications/{application.sid}.json",
        "voice_caller_id_lookup": application.voice_caller_id_lookup,
        "voice_fallback_method": application.voice_fallback_method,
        "voice_fallback_url": application.voice_fallback_url,
        "voice_method": application.voice_method,
        "voice_url": application.voice_url,
    }
