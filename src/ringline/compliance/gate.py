"""The gate every send passes: at enqueue, and again in the transaction that opens the attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from ringline.compliance.scopes import scopes_of
from ringline.compliance.suppression import Suppression, suppressions_of
from ringline.compliance.windows import is_open_in, windows_of
from ringline.phone_numbers import is_e164

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

Kind = Literal["free_text", "template"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message may not go: a short name that stays the same, and a sentence for people."""

    reason: str
    sentence: str


class Passage(NamedTuple):
    """One message at the gate. *kind* ``template`` is an approved WhatsApp template; *check_number* as requested."""

    account_id: str
    channel: str
    to: str
    sender: str | None = None
    service: str | None = None
    purpose: str = "notification"
    kind: Kind = "free_text"
    check_number: bool = True
    scopes: tuple[str, ...] = ()
    """Further scopes whose opt-outs count: those of a pool's senders, of which it comes from one."""


def check(
    tx: Transaction,
    *,
    account_id: str,
    channel: str,
    to: str,
    sender: str | None,
    service: str | None,
    purpose: str,
    kind: Kind,
    now: float,
    check_number: bool = True,
) -> Refusal | None:
    """Why this message may not go now, or ``None`` if it may."""
    passage = Passage(account_id, channel, to, sender, service, purpose, kind, check_number)
    return check_many(tx, [passage], now=now)[0]


def check_many(tx: Transaction, passages: Sequence[Passage], *, now: float) -> list[Refusal | None]:
    """As `check`, for any number of messages with the same few queries; answers in the same order."""
    if not passages:
        return []
    suppressed = suppressions_of(tx, {passage.to for passage in passages})
    windowed = {passage.to for passage in passages if _needs_window(passage)}
    windows = windows_of(tx, windowed) if windowed else {}
    if not suppressed and not windowed:
        return [_check_number(passage) for passage in passages]
    return [
        _check_number(passage)
        or _check_suppression(passage, suppressed.get(passage.to, ()))
        or _check_window(passage, windows.get(passage.to, ()), now)
        for passage in passages
    ]


def _needs_window(passage: Passage) -> bool:
    return passage.channel == "whatsapp" and passage.kind == "free_text"


def _check_number(passage: Passage) -> Refusal | None:
    if not passage.check_number or is_e164(passage.to):
        return None
    return Refusal("invalid_recipient", "The recipient is not a phone number in E.164 form, such as +15551234567.")


def _check_suppression(passage: Passage, found: Sequence[Suppression]) -> Refusal | None:
    if not found:
        return None
    scopes = (*scopes_of(passage.account_id, passage.channel, passage.sender, passage.service), *passage.scopes)
    for suppression in found:
        if suppression.scope in scopes:
            what = suppression.scope.partition("/")[0]
            covers = {"account": "this account", "service": "this messaging service"}.get(what, "this sender")
            how = {"reply": ", by a reply", "twilio": ", says Twilio"}.get(suppression.source, "")
            return Refusal("opted_out", f"The recipient has opted out of messages from {covers}{how}.")
    return None


def _check_window(passage: Passage, found: Sequence[Row], now: float) -> Refusal | None:
    if not _needs_window(passage):
        return None
    if is_open_in(found, account_id=passage.account_id, sender=passage.sender, service=passage.service, now=now):
        return None
    return Refusal(
        "whatsapp_window_closed",
        "The recipient has not written within 24 hours, so WhatsApp takes approved templates only: "
        "send one with `content_sid`.",
    )
