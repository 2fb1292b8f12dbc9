"""What is known about any phone number (lookups.twilio.com/v2)."""

from __future__ import annotations

from typing import Any

import phonenumbers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.phone_numbers import country_of, format_number
from ringline.simulator.api.context import Context, answer
from ringline.simulator.opt_out import is_toll_free
from ringline.simulator.sending import E164

_PACKAGES = (
    "call_forwarding",
    "caller_name",
    "identity_match",
    "line_status",
    "line_type_intelligence",
    "phone_number_quality_score",
    "pre_fill",
    "reassigned_number",
    "sim_swap",
    "sms_pumping_risk",
)


class Lookups:
    """The route ``/v2/PhoneNumbers/{number}``."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """Paths of the whole API."""
        return [Route("/v2/PhoneNumbers/{number}", self.one, methods=["GET"])]

    async def one(self, request: Request) -> Response:
        """Whether a number can exist; the line's type where it is asked for. Wrong numbers are a 200 as well."""
        text: str = request.path_params["number"]
        packages: dict[str, Any] = dict.fromkeys(_PACKAGES)
        errors = _problems(text)
        if not errors and "line_type_intelligence" in request.query_params.get("Fields", "").split(","):
            packages["line_type_intelligence"] = self._line_type(text)
        country = country_of(text) if not errors else None
        return answer(
            {
                "calling_country_code": str(phonenumbers.parse(text).country_code) if not errors else None,
                "country_code": country,
                "national_format": format_number(text, country) if not errors else None,
                "phone_number": text,
                "url": f"{self._context.base_url}/v2/PhoneNumbers/{text}",
                "valid": not errors,
                "validation_errors": errors,
                **packages,
            }
        )

    def _line_type(self, number: str) -> dict[str, Any]:
        landline = self._context.carrier.refusal_for(number) == 21614
        line = "tollFree" if is_toll_free(number) else "landline" if landline else "mobile"
        return {
            "carrier_name": "Simulated carrier",
            "error_code": None,
            "mobile_country_code": "310" if line == "mobile" else None,
            "mobile_network_code": "999" if line == "mobile" else None,
            "type": line,
        }


def _problems(text: str) -> list[str]:
    digits = text.removeprefix("+")
    if not digits.isdigit():
        return ["NOT_A_NUMBER"]
    if text.startswith("+1") and len(digits) != 11:
        return ["TOO_SHORT" if len(digits) < 11 else "TOO_LONG"]
    if len(digits) < 7:
        return ["TOO_SHORT"]
    if len(digits) > 15:
        return ["TOO_LONG"]
    return [] if E164.match(text) else ["INVALID_COUNTRY_CODE"]
