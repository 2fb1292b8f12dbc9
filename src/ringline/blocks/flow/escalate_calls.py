"""Alerts by telephone: the call says the alert, and a key acknowledges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.voice.call import Announcement, CallRequest, MenuKey

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.voice.call import CallRow, PreparedCall
    from ringline.voice.calls import Calls
    from ringline.workflow.block import StepContext

VOICE = "voice"
CALL_KEY = "call/"
ACKNOWLEDGED = "acknowledged"
"""The label of the key that takes the alert."""

LONGEST_RING = 60
SHORTEST_RING = 15
LONGEST_ALERT = 300
"""Seconds that one alert may take on the phone, ringing not counted."""
TIMES = 2
"""How often the alert is said before the key is waited for."""

_PROMPTS: Mapping[str, str] = {
    "en": "Press 1 to take it.",
    "es": "Pulse 1 para hacerse cargo.",
    "fr": "Appuyez sur 1 pour vous en charger.",
    "de": "Drücken Sie die 1, um zu übernehmen.",
    "pt": "Pressione 1 para assumir.",
    "it": "Prema 1 per prenderlo in carico.",
}
_THANKS: Mapping[str, str] = {
    "en": "Thank you, it is yours.",
    "es": "Gracias, queda a su cargo.",
    "fr": "Merci, vous vous en chargez.",
    "de": "Danke, Sie haben übernommen.",
    "pt": "Obrigado, fica com você.",
    "it": "Grazie, è in carico a Lei.",
}


class AlertCalls:
    """The calls of one escalation. Without *calls* nobody can be called, and every such alert says why."""

    def __init__(self, calls: Calls | None, asked: Mapping[str, Any], step: StepContext) -> None:
        self._calls = calls
        self._asked = asked
        self._step = step

    async def prepare(self, to: str, text: str, *, thanks: str | None, wait_for: float, part: str) -> PreparedCall:
        """The call that says *text*. Raises `RequestError` where it cannot be placed."""
        if self._calls is None or self._calls.public_url is None:
            raise RequestError(
                "Nobody can be alerted by a call: Twilio has no address at which to ask what is said.",
                field="channels",
                fix="Set RINGLINE_PUBLIC_URL, or alert by sms.",
            )
        step, asked = self._step, self._asked
        language = asked.get("language") or step.defaults.get("language") or "en"
        said = Announcement(
            message=text,
            language=language,
            repeat=TIMES,
            menu={"1": MenuKey(ACKNOWLEDGED, thanks or _in(_THANKS, language))},
            menu_prompt=_in(_PROMPTS, language),
        )
        request = CallRequest(
            to=to,
            from_=asked["from"],
            announcement=said,
            credential=asked["credential"],
            # Who does not pick up in the time of the level has not taken it.
            ring_timeout=round(min(LONGEST_RING, max(SHORTEST_RING, wait_for))),
            max_duration=LONGEST_ALERT,
            purpose=asked["purpose"],
            key=f"{step.key}/{part}",
            run_id=step.run_id,
            step=step.step,
        )
        return await self._calls.prepare(request)

    async def get(self, id: str) -> CallRow:
        """The call as it stands now."""
        assert self._calls is not None
        return await self._calls.get(id)

    def end_in(self, tx: Transaction, ids: Sequence[str]) -> None:
        """Hang up those of the calls that are not over."""
        if ids and self._calls is not None:
            self._calls.end_many_in(tx, ids)


def _in(sentences: Mapping[str, str], language: str) -> str:
    return sentences.get(language.partition("-")[0].lower(), sentences["en"])
