"""Which listed messages pass for what an attempt may have made."""

from __future__ import annotations

import dataclasses

import pytest

from ringline.outbox.matching import Sought, matches_of
from ringline.outbox.twins import twin_of
from ringline.twilio.listing import Listed, ListRead

TEXT = "Your order 4711 has left our warehouse in Lyon"
TO, FROM, SERVICE = "+14155550123", "+14155550001", "MG" + "1" * 32
NOW = 1_000_000.0


def sought(
    body: str | None = TEXT, *, sender: str | None = FROM, service: str | None = None, channel: str = "sms"
) -> Sought:
    twin = twin_of("AC1", channel, TO, body, None)
    return Sought("msg_1", 1, NOW - 60, channel, TO, sender, service, body, twin)


def listed(body: str = TEXT, **changes: object) -> Listed:
    base = Listed("SM1", body, TO, FROM, None, "outbound-api", "sent", NOW - 59)
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


CASES = {
    "the very text": (sought(), listed(), "strong"),
    "an inbound message": (sought(), listed(direction="inbound"), ""),
    "a reply by TwiML": (sought(), listed(direction="outbound-reply"), "strong"),
    "another text": (sought(), listed("Your order 4712 has left our warehouse in Lyon"), ""),
    "the text cut off": (sought(), listed("Your order 4711 has left our wareh"), "weak"),
    "the text with more behind it": (sought(), listed(TEXT + ". Reply STOP to end."), "weak"),
    "a short beginning": (sought(), listed("Your order 4711"), ""),
    "an erased text": (sought(), listed(""), "weak"),
    "pictures only": (sought(None), listed("anything"), "weak"),
    "another sender": (sought(), listed(from_="+14155550009"), ""),
    "an alphanumeric sender in another case": (sought(sender="Acme"), listed(from_="ACME"), "strong"),
    "no sender yet": (sought(), listed(from_=None), "strong"),
    "our service": (sought(sender=None, service=SERVICE), listed(service=SERVICE, from_="+1999"), "strong"),
    "another service": (sought(sender=None, service=SERVICE), listed(service="MG2", from_="+1999"), ""),
    "no service shown": (sought(sender=None, service=SERVICE), listed(from_="+1999"), "strong"),
    "WhatsApp": (sought(channel="whatsapp"), listed(from_=f"whatsapp:{FROM}"), "strong"),
    "a little older than the attempt": (sought(), listed(created_at=NOW - 170), "strong"),
    "much older than the attempt": (sought(), listed(created_at=NOW - 190), ""),
    "without a date": (sought(), listed(created_at=None), "strong"),
}


@pytest.mark.parametrize(("wanted", "shown", "strength"), CASES.values(), ids=CASES)
def test_each_counts_as_it_should(wanted: Sought, shown: Listed, strength: str) -> None:
    found = matches_of(wanted, ListRead((shown,), 1, True, None), now=NOW, slack=120, drift=5)
    assert (found.strong, found.weak) == (
        ("SM1",) if strength == "strong" else (),
        ("SM1",) if strength == "weak" else (),
    )


def test_the_oldest_comes_first() -> None:
    later, earlier = listed(sid="SM1", created_at=NOW - 10), listed(sid="SM2", created_at=NOW - 20)
    found = matches_of(sought(), ListRead((later, earlier), 1, True, NOW), now=NOW, slack=120, drift=5)
    assert found.strong == ("SM2", "SM1")
    assert found.without(frozenset({"SM2"})).sids == ("SM1",)


@pytest.mark.parametrize(
    ("ahead", "age", "strength"),
    [(0, 64, "strong"), (0, 66, "early"), (30, 34, "strong"), (-30, 96, "early"), (0, 181, "")],
)
def test_what_twilio_made_before_the_attempt_by_its_own_clock_is_early(ahead: float, age: float, strength: str) -> None:
    found = matches_of(
        sought(), ListRead((listed(created_at=NOW - age),), 1, True, NOW + ahead), now=NOW, slack=120, drift=5
    )
    assert (bool(found.strong), bool(found.early)) == (strength == "strong", strength == "early")
