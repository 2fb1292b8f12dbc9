"""What Twilio says when it refuses a request: code, HTTP status and sentence of each refusal the simulator knows.

Sentences are Twilio's where they are on record; programs must look at the code, never at the words.
"""

from __future__ import annotations

from typing import Any

SENTENCES: dict[int, tuple[int, str]] = {
    10001: (403, "Account is not active"),
    10002: (403, "Trial account does not support this feature: {detail}"),
    10004: (429, "Call concurrency limit exceeded"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20005: (403, "Account is not active"),
    20007: (400, "Page size must be between 1 and 1000"),
    20008: (403, "Resource not accessible with Test Account Credentials"),
    20009: (409, "Cannot delete this resource before it is complete"),
    20404: (404, "The requested resource {path} was not found"),
    20409: (409, "Conflict: {detail}"),
    20422: (400, "Invalid parameter: {detail}"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service unavailable"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url parameter is missing or not a valid URL: {url}"),
    21206: (400, "SendDigits may hold at most 32 of 0-9, A-D, #, * and w: {detail}"),
    21210: (400, "The source phone number provided, {from_}, is not yet verified for your account."),
    21213: (400, "No 'From' number is specified"),
    21214: (400, "The phone number you are attempting to call, {to}, cannot be reached."),
    21215: (400, "Account not authorized to call {to}. Perhaps you need to enable some international permissions."),
    21216: (400, "Account not allowed to call {to}"),
    21217: (400, "The phone number you are attempting to call, {to}, is not valid."),
    21219: (400, "The number {to} is unverified. Trial accounts may only make calls to verified numbers."),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21234: (400, "Invalid MachineDetection configuration: {detail}"),
    21626: (400, "StatusCallbackEvent {detail} is not an event of calls"),
    32018: (400, "Twiml may hold at most 4000 characters"),
    21211: (400, "The 'To' number {to} is not a valid phone number."),
    21212: (400, "The 'From' number {from_} is not a valid phone number, shortcode, or alphanumeric sender ID."),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    ),
    21421: (400, "The phone number you are attempting to purchase is invalid."),
    21422: (400, "The phone number {number} is not available."),
    21452: (400, "No phone numbers found in area code {area_code}"),
    21481: (400, "Invalid PageToken"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        (
            "The From phone number {from_} is not a valid, SMS-capable inbound phone number or short code"
            " for your account."
        ),
    ),
    21608: (
        400,
        (
            "The number {to} is unverified. Trial accounts cannot send messages to unverified numbers; verify {to} at"
            " twilio.com/user/account/phone-numbers/verified, or purchase a Twilio number to send messages to"
            " unverified numbers."
        ),
    ),
    21609: (400, "The 'StatusCallback' URL {url} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "SMS queue is full."),
    21612: (
        400,
        (
            "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from_}"
            " via {protocol}."
        ),
    ),
    21614: (400, "To number: {to}, is not a mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21620: (400, "Invalid media URL(s)"),
    21621: (400, "The 'From' number {from_} has not been enabled for MMS"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21624: (400, "The ValidityPeriod must be between 1 and 36000 seconds"),
    21218: (400, "ApplicationSid {sid} is not valid"),
    21654: (400, "The ContentSid parameter is required"),
    21655: (400, "The ContentSid {sid} is invalid"),
    21656: (400, "The ContentVariables parameter is invalid"),
    21701: (404, "The Messaging Service {sid} does not exist"),
    21703: (400, "The Messaging Service {sid} has no phone number available to send this message"),
    21704: (400, "The Messaging Service {sid} contains no phone numbers"),
    21705: (400, "The Messaging Service Sid {sid} is invalid"),
    21710: (409, "Phone Number or Short Code is already in the Messaging Service."),
    21712: (409, "Phone Number or Short Code is associated with another Messaging Service."),
    30029: (400, "Invalid ContentRetention"),
    30030: (400, "Invalid AddressRetention"),
    30400: (400, "Message update failed: {detail}"),
    30409: (409, "This message cannot be canceled"),
    35111: (400, "SendAt is required when ScheduleType is fixed"),
    35114: (400, "SendAt {send_at} is not a valid date and time"),
    35115: (400, "SendAt must be more than {least} and less than {most} seconds from now"),
    35118: (400, "MessagingServiceSid is required to schedule a message"),
    35126: (400, "ScheduleType must be 'fixed'"),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
    92002: (400, "A content template may hold at most 100 variables"),
}

LATER_SENTENCES: dict[int, str] = {
    11200: "HTTP retrieval failure",
    12300: "Invalid Content-Type",
    21610: "Attempt to send to unsubscribed recipient",
    21703: "The Messaging Service does not have a phone number available to send a message",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30017: "Carrier network congestion",
    30019: "Content size exceeds carrier limit",
    30022: "US A2P 10DLC - Rate Limits Exceeded",
    30023: "US A2P 10DLC - Daily Message Cap Reached",
    30032: "Toll-free number has not been verified",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    30410: "Provider Timeout Error",
    30450: "Message delivery blocked",
    63003: "Channel could not find To address",
    63005: "Channel did not accept given content",
    63016: (
        "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp,"
        " please use a Message Template."
    ),
    63018: "Rate limit exceeded for Channel",
    63019: "Media failed to download",
    63024: "Invalid message recipient",
    63028: "Number of parameters provided does not match the expected number of parameters",
    63040: "Template rejected",
    63041: "Template paused",
    63042: "Template disabled",
    63049: "Meta chose not to deliver this WhatsApp marketing message",
}


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """An answer that says no. ``code`` is Twilio's; ``values`` fill the sentence."""

    def __init__(self, code: int, *, message: str | None = None, http: int | None = None, **values: Any) -> None:
        status, sentence = SENTENCES.get(code, (400, f"The request was refused with error {code}"))
        self.code = code
        self.status = http or status
        self.message = message or sentence.format_map(_Blank(values))
        super().__init__(self.message)

    def as_dictionary(self) -> dict[str, Any]:
        """The error body of the 2010-04-01 API and of the v1 and v2 ones."""
        body: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        if self.code == 20003:
            body["detail"] = "Your AccountSid or AuthToken was incorrect."
        return body


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
