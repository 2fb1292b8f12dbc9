"""How far an opt-out reaches: one sender, one messaging service, or the whole account."""

from __future__ import annotations

CHANNELS = ("sms", "whatsapp", "voice")
EVERY_CHANNEL = ""
"""What an opt-out is about that covers a whole service or account."""


def account_scope(account_id: str) -> str:
    """Everything this account sends, on every channel."""
    return f"account/{account_id}"


def sender_scope(account_id: str, channel: str, sender: str) -> str:
    """One sender on one channel: a number's WhatsApp side is another sender than its SMS side."""
    return f"sender/{account_id}/{channel}/{sender}"


def service_scope(account_id: str, service: str) -> str:
    """All senders of one messaging service."""
    return f"service/{account_id}/{service}"


def scopes_of(account_id: str, channel: str, sender: str | None, service: str | None) -> tuple[str, ...]:
    """Every scope that a message with this origin falls under."""
    scopes = [account_scope(account_id)]
    if sender is not None:
        scopes.append(sender_scope(account_id, channel, sender))
    if service is not None:
        scopes.append(service_scope(account_id, service))
    return tuple(scopes)


def scope_of_opt_out(account_id: str, channel: str, sender: str | None, service: str | None) -> str:
    """What an opt-out covers: the whole service if the message came to one, else the sender, else the account."""
    if service is not None:
        return service_scope(account_id, service)
    if sender is not None:
        return sender_scope(account_id, channel, sender)
    return account_scope(account_id)


def channel_of_opt_out(channel: str, sender: str | None, service: str | None) -> str:
    """The channel that `scope_of_opt_out` covers, `EVERY_CHANNEL` where it is more than one."""
    return channel if sender is not None and service is None else EVERY_CHANNEL
