"""Messaging services and the senders in their pools (messaging.twilio.com/v1)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.context import Context, answer, deleted, form_of
from ringline.simulator.api.forms import apply_form
from ringline.simulator.api.paging import Page
from ringline.simulator.records import Account, Number, Service, new_sid
from ringline.simulator.refusals import Refusal
from ringline.simulator.sending import ALPHANUMERIC, LONGEST_VALIDITY, Form
from ringline.simulator.wire import iso8601

_FIELDS = (
    "AreaCodeGeomatch",
    "FallbackMethod",
    "FallbackToLongCode",
    "FallbackUrl",
    "FriendlyName",
    "InboundMethod",
    "InboundRequestUrl",
    "MmsConverter",
    "ScanMessageContent",
    "SmartEncoding",
    "StatusCallback",
    "StickySender",
    "SynchronousValidation",
    "UseInboundWebhookOnNumber",
    "Usecase",
    "ValidityPeriod",
)
_LONGEST_NAME = 64

# Which senders each list of the pool holds: the list's key in the answer, the field with the address, the prefix of
# the sids in it and the form field that adds one.
_POOLS = {
    "PhoneNumbers": ("phone_numbers", "phone_number", "PN", "PhoneNumberSid"),
    "ShortCodes": ("short_codes", "short_code", "SC", "ShortCodeSid"),
    "ChannelSenders": ("senders", "sender", "XE", "Sid"),
}


class Services:
    """The routes under ``/v1/Services``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths of the whole API."""
        routes = [
            Route("/v1/Services", self.all, methods=["GET", "POST"]),
            Route("/v1/Services/{sid}", self.one, methods=["GET", "POST", "DELETE"]),
            Route("/v1/Services/{sid}/AlphaSenders", self.alpha_senders, methods=["GET", "POST"]),
            Route("/v1/Services/{sid}/AlphaSenders/{member}", self.alpha_sender, methods=["GET", "DELETE"]),
        ]
        for pool in _POOLS:
            routes += [
                Route(f"/v1/Services/{{sid}}/{pool}", self.pool, methods=["GET", "POST"]),
                Route(f"/v1/Services/{{sid}}/{pool}/{{member}}", self.member, methods=["GET", "DELETE"]),
            ]
        return routes

    async def all(self, request: Request) -> Response:
        """List the services, or make one."""
        account: Account = request.state.account
        if request.method == "POST":
            now = self._context.clock.time()
            service = Service(new_sid("MG"), account.sid, "", now, now)
            self._change(service, await form_of(request))
            self._state.add(service)
            self._state.commit()
            return answer(self._service_json(service), 201)
        mine = [each for each in self._state.services.values() if each.account_sid == account.sid]
        page = Page(mine, lambda each: each.sid, request.url.path, request.query_params)
        shown = [self._service_json(each) for each in page.items]
        return answer(page.envelope_v1("services", shown, self._context.base_url))

    async def one(self, request: Request) -> Response:
        """Fetch, change or delete a service."""
        service = self._service(request)
        if request.method == "DELETE":
            self._state.remove(service)
            self._state.commit()
            return deleted()
        if request.method == "POST":
            self._change(service, await form_of(request))
            service.updated = self._context.clock.time()
            self._state.save(service)
            self._state.commit()
        return answer(self._service_json(service))

    async def pool(self, request: Request) -> Response:
        """List the senders of one kind in the pool, or add one."""
        service = self._service(request)
        key, _, prefix, form_field = _POOLS[request.url.path.rsplit("/", 1)[1]]
        if request.method == "POST":
            number = self._join(service, (await form_of(request)).get(form_field, [""])[0], prefix)
            return answer(self._member_json(service, number), 201)
        members = [each for each in self._members(service) if each.sid.startswith(prefix)]
        page = Page(members, lambda each: each.sid, request.url.path, request.query_params)
        shown = [self._member_json(service, each) for each in page.items]
        return answer(page.envelope_v1(key, shown, self._context.base_url))

    async def member(self, request: Request) -> Response:
        """Fetch a sender of the pool, or take it out."""
        service = self._service(request)
        sid = request.path_params["member"]
        if sid not in service.pool:
            raise Refusal(20404, path=request.url.path)
        if request.method == "DELETE":
            self._state.leave_service(sid)
            self._state.commit()
            return deleted()
        return answer(self._member_json(service, self._state.numbers[sid]))

    async def alpha_senders(self, request: Request) -> Response:
        """List the alphanumeric senders, or add one."""
        service = self._service(request)
        if request.method == "POST":
            name = (await form_of(request)).get("AlphaSender", [""])[0]
            if not ALPHANUMERIC.match(name):
                raise Refusal(20422, detail=f"AlphaSender {name} is not an alphanumeric sender id")
            sid = new_sid("AI")
            service.alpha_senders[sid] = name
            self._state.save(service)
            self._state.commit()
            return answer(self._alpha_json(service, sid), 201)
        page = Page(list(service.alpha_senders), lambda sid: sid, request.url.path, request.query_params)
        shown = [self._alpha_json(service, sid) for sid in page.items]
        return answer(page.envelope_v1("alpha_senders", shown, self._context.base_url))

    async def alpha_sender(self, request: Request) -> Response:
        """Fetch an alphanumeric sender, or take it out."""
        service = self._service(request)
        sid = request.path_params["member"]
        if sid not in service.alpha_senders:
            raise Refusal(20404, path=request.url.path)
        if request.method == "DELETE":
            del service.alpha_senders[sid]
            self._state.save(service)
            self._state.commit()
            return deleted()
        return answer(self._alpha_json(service, sid))

    def _service(self, request: Request) -> Service:
        service = self._state.services.get(request.path_params["sid"])
        if service is None or service.account_sid != request.state.account.sid:
            raise Refusal(20404, path=request.url.path)
        return service

    def _change(self, service: Service, form: Form) -> None:
        name = form.get("FriendlyName", [service.friendly_name])[0]
        if not name or len(name) > _LONGEST_NAME:
            raise Refusal(20422, detail=f"FriendlyName must have 1 to {_LONGEST_NAME} characters")
        validity = form.get("ValidityPeriod", ["1"])[0]
        if not validity.isdigit() or not 1 <= int(validity) <= LONGEST_VALIDITY:
            raise Refusal(21624)
        if form.get("ScanMessageContent", ["inherit"])[0] not in ("inherit", "enable", "disable"):
            raise Refusal(20422, detail="ScanMessageContent is inherit, enable or disable")
        apply_form(service, form, _FIELDS)

    def _members(self, service: Service) -> list[Number]:
        return [self._state.numbers[sid] for sid in service.pool if sid in self._state.numbers]

    def _join(self, service: Service, sid: str, prefix: str) -> Number:
        number = self._state.numbers.get(sid)
        if number is None or number.account_sid != service.account_sid or not sid.startswith(prefix):
            raise Refusal(20404, message=f"The sender {sid} was not found")
        other = self._state.service_of(number)
        if other is service:
            raise Refusal(21710)
        if other is not None:
            raise Refusal(21712)
        self._state.join_service(service, number)
        self._state.commit()
        return number

    # -- as JSON ---------------------------------------------------------------------------------------------------

    def _service_json(self, service: Service) -> dict[str, Any]:
        url = f"{self._context.base_url}/v1/Services/{service.sid}"
        return {
            "account_sid": service.account_sid,
            "area_code_geomatch": service.area_code_geomatch,
            "date_created": iso8601(service.created),
            "date_updated": iso8601(service.updated),
            "fallback_method": service.fallback_method,
            "fallback_to_long_code": service.fallback_to_long_code,
            "fallback_url": service.fallback_url,
            "friendly_name": service.friendly_name,
            "inbound_method": service.inbound_method,
            "inbound_request_url": service.inbound_request_url,
            "links": {
                "alpha_senders": f"{url}/AlphaSenders",
                "channel_senders": f"{url}/ChannelSenders",
                "phone_numbers": f"{url}/PhoneNumbers",
                "short_codes": f"{url}/ShortCodes",
            },
            "mms_converter": service.mms_converter,
            "scan_message_content": service.scan_message_content,
            "sid": service.sid,
            "smart_encoding": service.smart_encoding,
            "status_callback": service.status_callback,
            "sticky_sender": service.sticky_sender,
            "synchronous_validation": service.synchronous_validation,
            "url": url,
            "us_app_to_person_registered": service.us_app_to_person_registered,
            "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
            "usecase": service.usecase,
            "validity_period": service.validity_period,
        }

    def _member_json(self, service: Service, number: Number) -> dict[str, Any]:
        pool = next(name for name, (_, _, prefix, _) in _POOLS.items() if number.sid.startswith(prefix))
        able = [name for name, has in (("SMS", number.sms), ("MMS", number.mms), ("Voice", number.voice)) if has]
        shown = {
            "account_sid": number.account_sid,
            "country_code": "US",
            "date_created": iso8601(number.created),
            "date_updated": iso8601(number.updated),
            "sid": number.sid,
            _POOLS[pool][1]: number.number,
            "url": f"{self._context.base_url}/v1/Services/{service.sid}/{pool}/{number.sid}",
        }
        if pool == "ChannelSenders":
            return {**shown, "messaging_service_sid": service.sid, "sender_type": "WhatsApp"}
        return {**shown, "service_sid": service.sid, "capabilities": able}

    def _alpha_json(self, service: Service, sid: str) -> dict[str, Any]:
        return {
            "account_sid": service.account_sid,
            "alpha_sender": service.alpha_senders[sid],
            "capabilities": ["SMS"],
            "date_created": iso8601(service.created),
            "date_updated": iso8601(service.updated),
            "service_sid": service.sid,
            "sid": sid,
            "url": f"{self._context.base_url}/v1/Services/{service.sid}/AlphaSenders/{sid}",
        }
