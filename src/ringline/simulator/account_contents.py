"""What an account owns and the control API gives it: senders, services, templates, and where their webhooks point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ringline.errors import RequestError
from ringline.simulator import world
from ringline.simulator.records import Content, Number, Service, new_sid
from ringline.simulator.state import State


@dataclass(frozen=True, slots=True)
class AccountContents:
    """One account's, as it is added to at the moment *now*; to be used on the simulator's thread."""

    state: State
    account_sid: str
    now: float

    def connect(
        self, sms_url: str, status_callback: str | None, voice_url: str | None, voice_status_callback: str | None
    ) -> None:
        """Point the webhooks of every sender and service at the application."""
        state = self.state
        for number in state.numbers.values():
            if number.account_sid == self.account_sid:
                number.sms_url, number.sms_method = sms_url, "POST"
                if number.voice and voice_url is not None:
                    number.voice_url, number.voice_method = voice_url, "POST"
                if number.voice and voice_status_callback is not None:
                    number.status_callback = voice_status_callback
                state.save(number)
        for service in state.services.values():
            if service.account_sid == self.account_sid and status_callback is not None:
                service.status_callback = status_callback
                state.save(service)
        state.commit()

    def add_number(
        self, address: str, *, sms: bool, mms: bool, pace: float | None, sms_url: str, voice_url: str
    ) -> Number:
        """Another sender: a number, a short code, or ``whatsapp:+1…``. Raises `RequestError` for one that is there."""
        if self.state.number_at(self.account_sid, address) is not None:
            raise RequestError(f"the account has {address} already", field="address")
        prefix = "XE" if address.startswith("whatsapp:") else "SC" if address.isdigit() else "PN"
        number = world.new_number(self.account_sid, address, self.now, sid=new_sid(prefix))
        number.sms, number.mms, number.segments_per_second, number.sms_url = sms, mms, pace, sms_url
        number.voice_url = voice_url
        self.state.add(number)
        self.state.commit()
        return number

    def add_service(self, friendly_name: str, numbers: Sequence[str], settings: dict[str, Any]) -> Service:
        """A messaging service over these senders. Raises `RequestError` for one that the account has not."""
        state, now = self.state, self.now
        service = Service(new_sid("MG"), self.account_sid, friendly_name, now, now, **settings)
        pool = []
        for address in numbers:
            number = state.number_at(self.account_sid, address)
            if number is None:
                raise RequestError(f"the account has no sender {address}", field="numbers", fix="add_number() it first")
            pool.append(number)
        state.add(service)
        for number in pool:
            state.leave_service(number.sid)
            state.join_service(service, number)
        state.commit()
        return service

    def add_content(
        self, friendly_name: str, types: dict[str, dict[str, Any]], language: str, variables: dict[str, str], word: str
    ) -> Content:
        """A content template; *word* says how far its approval has come."""
        now = self.now
        content = Content(
            new_sid("HX"), self.account_sid, friendly_name, language, variables, types, now, now, word, friendly_name
        )
        self.state.add(content)
        self.state.commit()
        return content
