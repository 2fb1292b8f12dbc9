"""What a trial account may do, by the older rules and by those of 2026."""

from __future__ import annotations

from ringline.simulator.records import Account
from ringline.simulator.refusals import Refusal

PREFIX = "Sent from your Twilio trial account - "
MOST_VERIFIED = 5

# Since 2026 a trial sends templates by name. Twilio lists ten; these four names are on record.
TEMPLATES = frozenset({"sms_2fa", "sms_appointment_reminders", "sms_order_confirmation", "sms_account_alerts"})
_ALLOWED_FIELDS = frozenset({"To", "From", "Body", "StatusCallback"})


def check_recipient(account: Account, to: str) -> None:
    """Raise `Refusal` 21608 unless a trial account's recipient is verified."""
    if account.kind != "trial":
        return
    verified = account.verified_recipients
    if account.trial_rules == "templates":
        verified = [number for number in verified if number.startswith("+1")][:MOST_VERIFIED]
    if to.removeprefix("whatsapp:") not in verified:
        raise Refusal(21608, to=to)


def check_form(account: Account, form: dict[str, list[str]]) -> None:
    """Raise `Refusal` 10002 when the rules of 2026 do not let a trial account send this."""
    if account.kind != "trial" or account.trial_rules != "templates":
        return
    beyond = sorted(set(form) - _ALLOWED_FIELDS)
    if beyond:
        raise Refusal(10002, detail=f"{beyond[0]} cannot be used")
    if form.get("Body", [""])[0] not in TEMPLATES:
        raise Refusal(10002, detail="Body must be the name of a trial template")


def text_of(account: Account, body: str) -> str:
    """The text that is really sent: trial accounts of the older kind have words of Twilio's in front."""
    return PREFIX + body if account.kind == "trial" and account.trial_rules == "prefix" else body


def may_reply(account: Account) -> bool:
    """Whether reply TwiML is carried out."""
    return account.kind != "trial" or account.trial_rules == "prefix"
