"""Phone numbers and short codes that an account owns."""

from __future__ import annotations

import random
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.context import Context, answer, deleted, form_of
from ringline.simulator.api.forms import apply_form
from ringline.simulator.api.paging import Page
from ringline.simulator.records import Account, Number, new_sid
from ringline.simulator.refusals import Refusal
from ringline.simulator.sending import E164, Form
from ringline.simulator.wire import API_VERSION, rfc2822
from ringline.simulator.world import new_number

_NUMBER_FIELDS = (
    "FriendlyName",
    "SmsApplicationSid",
    "SmsFallbackMethod",
    "SmsFallbackUrl",
    "SmsMethod",
    "SmsUrl",
    "StatusCallback",
    "StatusCallbackMethod",
    "VoiceApplicationSid",
    "VoiceCallerIdLookup",
    "VoiceFallbackMethod",
    "VoiceFallbackUrl",
    "VoiceMethod",
    "VoiceUrl",
)
_SHORT_CODE_FIELDS = ("FriendlyName", "SmsFallbackMethod", "SmsFallbackUrl", "SmsMethod", "SmsUrl")

# What the test credentials answer for their magic numbers.
_MAGIC_PURCHASES = {"+15005550000": 21422, "+15005550001": 21421}
_EMPTY_AREA_CODE = "533"


class Numbers:
    """The routes under ``/IncomingPhoneNumbers`` and ``/SMS/ShortCodes``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths relative to the account."""
        return [
            Route("/IncomingPhoneNumbers.json", self.all, methods=["GET", "POST"]),
            Route("/IncomingPhoneNumbers/{sid}.json", self.one, methods=["GET", "POST", "DELETE"]),
            Route("/SMS/ShortCodes.json", self.short_codes, methods=["GET"]),
            Route("/SMS/ShortCodes/{sid}.json", self.short_code, methods=["GET", "POST"]),
        ]

    async def all(self, request: Request) -> Response:
        """List the phone numbers by number or name, or buy one."""
        account: Account = request.state.account
        if request.method == "POST":
            number = self._buy(account, await form_of(request))
            return answer(number_json(number), 201)
        wanted, name = request.query_params.get("PhoneNumber"), request.query_params.get("FriendlyName")
        owned = [
            each
            for each in self._owned(account)
            if not each.is_short_code
            and (wanted is None or wanted.lstrip("+ ") in each.number)
            and (name is None or each.friendly_name == name)
        ]
        page = Page(owned, lambda each: each.sid, request.url.path, request.query_params)
        return answer(page.envelope_2010("incoming_phone_numbers", [number_json(each) for each in page.items]))

    async def one(self, request: Request) -> Response:
        """Fetch a phone number, set its webhooks, or give it back."""
        number = self._number(request, short_code=False)
        if request.method == "DELETE":
            self._state.remove(number)
            self._state.commit()
            return deleted()
        if request.method == "POST":
            await self._change(number, request, _NUMBER_FIELDS)
        return answer(number_json(number))

    async def short_codes(self, request: Request) -> Response:
        """List the short codes."""
        owned = [each for each in self._owned(request.state.account) if each.is_short_code]
        page = Page(owned, lambda each: each.sid, request.url.path, request.query_params)
        return answer(page.envelope_2010("short_codes", [short_code_json(each) for each in page.items]))

    async def short_code(self, request: Request) -> Response:
        """Fetch a short code, or set its webhooks."""
        number = self._number(request, short_code=True)
        if request.method == "POST":
            await self._change(number, request, _SHORT_CODE_FIELDS)
        return answer(short_code_json(number))

    def _owned(self, account: Account) -> list[Number]:
        return [
            each for each in self._state.numbers.values() if each.account_sid == account.sid and not each.is_whatsapp
        ]

    def _number(self, request: Request, *, short_code: bool) -> Number:
        number = self._state.numbers.get(request.path_params["sid"])
        if (
            number is None
            or number.account_sid != request.state.account.sid
            or number.is_whatsapp
            or number.is_short_code != short_code
        ):
            raise Refusal(20404, path=request.url.path)
        return number

    async def _change(self, number: Number, request: Request, wire_names: tuple[str, ...]) -> None:
        apply_form(number, await form_of(request), wire_names)
        number.updated = self._context.clock.time()
        self._state.save(number)
        self._state.commit()

    def _buy(self, account: Account, form: Form) -> Number:
        address = form.get("PhoneNumber", [""])[0]
        area_code = form.get("AreaCode", [""])[0]
        if not address:
            if not (area_code.isdigit() and len(area_code) == 3) or area_code == _EMPTY_AREA_CODE:
                raise Refusal(21452, area_code=area_code)
            address = self._free_number(area_code)
        if account.kind == "test" and address in _MAGIC_PURCHASES:
            raise Refusal(_MAGIC_PURCHASES[address], number=address)
        if not E164.match(address):
            raise Refusal(21421)
        if self._state.owner_of(address) is not None:
            raise Refusal(21422, number=address)
        now = self._context.clock.time()
        number = new_number(account.sid, address, now, sid=new_sid("PN"))
        apply_form(number, form, _NUMBER_FIELDS)
        if account.kind != "test":
            self._state.add(number)
            self._state.commit()
        return number

    def _free_number(self, area_code: str) -> str:
        taken = {each.number for each in self._state.numbers.values()}
        choices = (f"+1{area_code}555{line:04d}" for line in random.sample(range(10_000), 10_000))
        return next(number for number in choices if number not in taken)


def number_json(number: Number) -> dict[str, Any]:
    """A phone number as Twilio shows it."""
    return {
        "account_sid": number.account_sid,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": API_VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": number.voice, "sms": number.sms, "mms": number.mms, "fax": False},
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.updated),
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": number.friendly_name,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.number,
        "sid": number.sid,
        "sms_application_sid": number.sms_application_sid,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "trunk_sid": None,
        "type": None,
        "uri": f"/{API_VERSION}/Accounts/{number.account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_application_sid": number.voice_application_sid,
        "voice_caller_id_lookup": number.voice_caller_id_lookup,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": number.voice_method,
        "voice_receive_mode": "voice",
        "voice_url": number.voice_url,
    }


def short_code_json(number: Number) -> dict[str, Any]:
    """A short code as Twilio shows it."""
    return {
        "account_sid": number.account_sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.updated),
        "friendly_name": number.friendly_name,
        "short_code": number.number,
        "sid": number.sid,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "uri": f"/{API_VERSION}/Accounts/{number.account_sid}/SMS/ShortCodes/{number.sid}.json",
    }
