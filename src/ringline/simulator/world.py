"""The accounts, numbers and services a fresh simulator begins with.

Ids and tokens are always the same, so that an application keeps working across restarts and tests can name them;
they open nothing but a simulator.
"""

from __future__ import annotations

from ringline.simulator.records import Account, Content, Number, Service
from ringline.simulator.state import State

ACCOUNT_SID = "AC" + "5100c0de" * 4
AUTH_TOKEN = "51" + "a7" * 15
TRIAL_ACCOUNT_SID = "AC" + "7121a100" * 4
TRIAL_AUTH_TOKEN = "71" + "b7" * 15
TEST_ACCOUNT_SID = "AC" + "7e570000" * 4
TEST_AUTH_TOKEN = "7e" + "c7" * 15
MESSAGING_SERVICE_SID = "MG" + "5e4c1ce0" * 4
CONTENT_SID = "HX" + "7e3b1a7e" * 4

SMS_NUMBERS = ("+15550001111", "+15550002222")
TOLL_FREE_NUMBER = "+18005550100"
SERVICE_NUMBERS = ("+15550004444", "+15550005555")
SHORT_CODE = "55501"
WHATSAPP_SENDER = "whatsapp:+15550003333"
TRIAL_NUMBER = "+15550009999"
VERIFIED_RECIPIENT = "+14155550100"


def furnish(
    state: State,
    now: float,
    *,
    account_sid: str = ACCOUNT_SID,
    auth_token: str = AUTH_TOKEN,
    any_sender: bool = False,
) -> None:
    """Put the first accounts and what they own into an empty state."""
    full = Account(account_sid, auth_token, "full", "Simulated account", created=now, any_sender=any_sender)
    trial = Account(TRIAL_ACCOUNT_SID, TRIAL_AUTH_TOKEN, "trial", "Simulated trial account", created=now)
    trial.verified_recipients = [VERIFIED_RECIPIENT]
    trial.balance = 15.5
    for account in (full, trial, Account(TEST_ACCOUNT_SID, TEST_AUTH_TOKEN, "test", "Test credentials", created=now)):
        state.add(account)
    for index, address in enumerate((*SMS_NUMBERS, TOLL_FREE_NUMBER, *SERVICE_NUMBERS)):
        state.add(new_number(account_sid, address, now, sid=_numbered("PN", index)))
    state.add(new_number(account_sid, SHORT_CODE, now, sid=_numbered("SC", 0)))
    state.add(new_number(account_sid, WHATSAPP_SENDER, now, sid=_numbered("XE", 0)))
    state.add(new_number(TRIAL_ACCOUNT_SID, TRIAL_NUMBER, now, sid=_numbered("PN", 99)))
    service = Service(MESSAGING_SERVICE_SID, account_sid, "Simulated service", now, now)
    # A plain service has an inbound webhook of its own; these numbers keep theirs, so that connecting them is enough.
    service.use_inbound_webhook_on_number = True
    state.add(service)
    for address in SERVICE_NUMBERS:
        number = state.number_at(account_sid, address)
        assert number is not None
        state.join_service(service, number)
    template = Content(
        CONTENT_SID,
        account_sid,
        "appointment_reminder",
        "en",
        {"1": "Ada", "2": "tomorrow at 10"},
        {"twilio/text": {"body": "Hello {{1}}, your appointment is {{2}}."}},
        now,
        now,
        approval="approved",
        approval_name="appointment_reminder",
        approval_category="UTILITY",
    )
    state.add(template)
    state.commit()


def new_number(account_sid: str, address: str, now: float, *, sid: str) -> Number:
    """A sender with the capabilities that its kind has."""
    plain = address.removeprefix("whatsapp:")
    name = f"({plain[2:5]}) {plain[5:8]}-{plain[8:]}" if plain.startswith("+1") and len(plain) == 12 else plain
    number = Number(sid, account_sid, address, name, now, now)
    number.voice = not number.is_short_code and not number.is_whatsapp
    return number


def _numbered(prefix: str, index: int) -> str:
    return f"{prefix}{0x51:02x}{index:030x}"
