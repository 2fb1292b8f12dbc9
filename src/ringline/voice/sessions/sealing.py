"""What must not lie open in a session's rows: sensitive answers, encrypted under the installation's key."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringline.interview.encoding import event_from_json, event_to_json, state_from_json, state_to_json
from ringline.interview.events import KeysPressed, UserSaid
from ringline.interview.masking import ending, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ringline.interview.agent import AgentSpec
    from ringline.interview.events import Event
    from ringline.interview.state import SessionState
    from ringline.vault.keyring import Keyring


class Sealing:
    """Makes rows of states and events, and states and events of rows."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def state_text(self, state: SessionState, *, session_id: str) -> str:
        """A state as it is kept."""
        data = state_to_json(state)
        for answer in _answers(data):
            if answer.get("sealed") is not None:
                sealed = self._keyring.encrypt(json.dumps(answer["sealed"]), bound_to=session_id)
                answer["sealed"] = base64.b64encode(sealed).decode()
        return json.dumps(data, ensure_ascii=False)

    def state(self, text: str, *, session_id: str) -> SessionState:
        """The state again."""
        data = json.loads(text)
        for answer in _answers(data):
            if answer.get("sealed") is not None:
                answer["sealed"] = json.loads(
                    self._keyring.decrypt(base64.b64decode(answer["sealed"]), bound_to=session_id)
                )
        return state_from_json(data)

    def event(
        self, spec: AgentSpec, state: SessionState, event: Event, *, session_id: str
    ) -> tuple[dict[str, Any], bytes | None]:
        """An event as it may be shown, and the whole of it encrypted where that hides something."""
        shown = _shown(spec, state, event)
        if shown == event:
            return event_to_json(event), None
        sealed = self._keyring.encrypt(json.dumps(event_to_json(event)), bound_to=session_id)
        return event_to_json(shown), sealed

    def unsealed(self, sealed: bytes, *, session_id: str) -> Event:
        """The whole event."""
        return event_from_json(json.loads(self._keyring.decrypt(bytes(sealed), bound_to=session_id)))


def is_sensitive(spec: AgentSpec, state: SessionState) -> bool:
    """Whether what is said next answers something sensitive."""
    return state.cursor is not None and state.cursor in spec.flow and spec.flow[state.cursor].sensitive


def _shown(spec: AgentSpec, state: SessionState, event: Event) -> Event:
    if is_sensitive(spec, state):
        if isinstance(event, UserSaid):
            return replace(event, text=_ending(event.text))
        return replace(event, digits=_ending(event.digits)) if isinstance(event, KeysPressed) else event
    if not isinstance(event, UserSaid):
        return event
    # What nobody asked for is hardly meant to be kept.
    asked = spec.flow[state.cursor].type if state.cursor is not None and state.cursor in spec.flow else "text"
    return replace(event, text=mask(event.text, state.language, asked=asked))


def _ending(text: str) -> str:
    digits = "".join(letter for letter in text if letter.isdigit())
    return ending(digits) if digits else "…"


def _answers(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from data.get("answers", {}).values()
    pending = data.get("pending")
    if pending is not None:
        yield pending["answer"]
