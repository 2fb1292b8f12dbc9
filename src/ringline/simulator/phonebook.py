"""The phones that somebody has in hand: their names, whether they have signal, and what was looked at on them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ringline.errors import RequestError
from ringline.simulator.calls.phones import Reaction
from ringline.simulator.records import Phone
from ringline.simulator.sending import E164

if TYPE_CHECKING:
    from ringline.simulator.parts import Parts

FIRST_PHONES = (("+14155550123", "Ana"), ("+14155550124", "Ben"), ("+14155550199", "Office"))
"""Those that the examples write to."""
RINGS_BEFORE_VOICEMAIL = 20.0
MOST_PHONES = 24
_LONGEST_NAME = 40


class Phonebook:
    """Phones by their numbers; used on the simulator's thread only."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state
        parts.call_phones.habit = self.habit

    def furnish(self, phones: Iterable[tuple[str, str]]) -> None:
        """Have these phones where there is none yet."""
        if not self._state.phones:
            for number, name in phones:
                self.add(number, name)

    def in_order(self) -> list[Phone]:
        """All of them, in the order in which they were added."""
        return sorted(self._state.phones.values(), key=lambda phone: phone.order)

    def get(self, number: str) -> Phone:
        """The phone with that number. Raises `RequestError`."""
        phone = self._state.phones.get(number)
        if phone is None:
            raise RequestError(f"there is no phone {number} here", field="number", fix="add it first")
        return phone

    def add(self, number: str | None, name: str | None) -> Phone:
        """Another phone; without a number it gets one that is free. Raises `RequestError`."""
        if number is not None and not E164.match(number):
            raise RequestError(
                f"{number!r} is not a phone number", field="number", fix="write it with plus, such as +14155550123"
            )
        if number in self._state.phones:
            raise RequestError(f"{number} is here already, as {self._state.phones[number].name}", field="number")
        if number is not None and self._state.owner_of(number) is not None:
            raise RequestError(f"{number} is a number of the account", field="number", fix="use another one")
        if len(self._state.phones) >= MOST_PHONES:
            raise RequestError(f"{MOST_PHONES} phones are as many as there can be", fix="take one away first")
        chosen = number or self._free_number()
        order = max((phone.order for phone in self._state.phones.values()), default=0) + 1
        phone = Phone(chosen, _name(name) if name else f"Phone {chosen[-4:]}", order)
        self._state.add(phone)
        self._changed(phone)
        return phone

    def change(
        self, number: str, *, name: str | None = None, signal: bool | None = None, voicemail: bool | None = None
    ) -> Phone:
        """Give it another name, take it out of reach or bring it back, let voicemail take its calls or not."""
        phone = self.get(number)
        if name is not None:
            phone.name = _name(name)
        if voicemail is not None:
            phone.voicemail = voicemail
        if signal is not None and signal != phone.signal:
            phone.signal = signal
            if signal:
                self._parts.network.signal_is_back(number)
        self._changed(phone)
        return phone

    def remove(self, number: str) -> None:
        """Put it away; what it has received stays."""
        phone = self.get(number)
        if not phone.signal:
            self._parts.network.signal_is_back(number)
        self._state.remove(phone)
        self._state.commit()
        self._state.news.tell("phones")

    def see(self, number: str, other: str) -> None:
        """Everything that came from *other* was looked at; on WhatsApp the sender learns of it."""
        phone = self.get(number)
        phone.seen[other] = self._parts.timeline.time()
        self._changed(phone)
        if other.startswith("whatsapp:"):
            for received in self._state.inboxes.get(number, ()):
                message = self._state.messages.get(received.sid)
                if message is not None and message.from_ == other:
                    self._parts.network.mark_read(message)
            self._state.commit()

    def habit(self, number: str) -> Reaction | None:
        """What the phone does with a call by itself."""
        phone = self._state.phones.get(number)
        if phone is None:
            return None
        if not phone.signal:
            return self.voicemail(phone, after=0.5) if phone.voicemail else Reaction("fail")
        if self._is_talking(number):
            return Reaction("busy", after=0.5)
        return self.voicemail(phone, after=RINGS_BEFORE_VOICEMAIL) if phone.voicemail else None

    def voicemail(self, phone: Phone, *, after: float) -> Reaction:
        """Its answering machine takes the call."""
        greeting = f"Hi, this is the voicemail of {phone.name}. Please leave a message after the tone."
        return Reaction("machine", (), after, greeting)

    def opt_outs(self, number: str) -> list[str]:
        """The senders and services that the phone wants nothing from, as Twilio knows it."""
        return sorted(scope for person, scope in self._state.opt_outs if person.removeprefix("whatsapp:") == number)

    def opt_out(self, number: str, sender: str, *, out: bool) -> None:
        """Have Twilio refuse (21610) what *sender* sends to the phone, or take it again; nobody is told."""
        owned = self._state.owner_of(sender)
        if owned is None:
            raise RequestError(f"no account has the sender {sender}", field="from")
        service = self._state.service_of(owned)
        person = f"whatsapp:{number}" if owned.is_whatsapp else number
        for scope in (sender, *((service.sid,) if service is not None else ())):
            if out:
                self._state.opt_out(person, scope)
            else:
                self._state.opt_in(person, scope)
        self._state.commit()
        self._state.news.tell("phones")

    def _is_talking(self, number: str) -> bool:
        legs = self._parts.exchange.live.values()
        return any(leg.call.phone == number and leg.call.answered is not None for leg in legs)

    def _free_number(self) -> str:
        taken = {*self._state.phones, *self._state.inboxes}
        return next(number for index in itertools.count(125) if (number := f"+1415555{index:04}") not in taken)

    def _changed(self, phone: Phone) -> None:
        self._state.save(phone)
        self._state.commit()
        self._state.news.tell("phones")


def _name(name: str) -> str:
    trimmed = " ".join(name.split())
    if not trimmed or len(trimmed) > _LONGEST_NAME:
        raise RequestError(f"a name has 1 to {_LONGEST_NAME} characters", field="name")
    return trimmed
