"""What `check` says about the fields of a step that calls somebody, as far as they are written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ringline.blocks.twilio.message_faults import is_written_out
from ringline.errors import PhoneNumberError, RequestError
from ringline.phone_numbers import check_recipient
from ringline.twilio.calls import LONGEST_CALL, LONGEST_RING, SHORTEST_CALL
from ringline.twilio.twiml.building import ssml_fault
from ringline.voice.checking import check_play, check_seconds, check_voice, read_menu

if TYPE_CHECKING:
    from ringline.blocks.twilio.voice_call import VoiceCallManifest

MOST_CALLS = 10
"""Calls that one step may place to the same person."""

_Fault = tuple[str, str, str, str]
_PRESS = re.compile(
    r"\b(press|pulse|presione|marque|oprima|appuyez|tapez|drücken|wählen|pressione|tecle|prema)\b", re.IGNORECASE
)


def faults_of_call(step: VoiceCallManifest) -> Iterator[_Fault]:
    """Errors in literals that no run could mend, and warnings: ``(severity, field, message, fix)``."""
    yield from _literal_errors(step)
    texts = list(step.message.values()) if isinstance(step.message, Mapping) else [step.message or ""]
    if not any(texts) and not step.play:
        yield (
            "error",
            "message",
            "The call has nothing to say: no `message`, and nothing to `play`.",
            "Write a message.",
        )
    for text in (*texts, step.notice, step.menu_prompt, step.voicemail):
        fault = ssml_fault(text, step.voice if is_written_out(step.voice) else None) if text else None
        if fault is not None:
            yield "error", "message", fault, "Correct it, or write the text without tags."
    yield from _menu_faults(step, texts)
    yield from _retry_faults(step)
    if step.voicemail is not None and step.machine_detection in ("off", "detect"):
        yield (
            "error",
            "machine_detection",
            f"`machine_detection: {step.machine_detection}` does not wait for the beep before a `voicemail`.",
            "Leave `machine_detection` out, or write message_end.",
        )


def _literal_errors(step: VoiceCallManifest) -> Iterator[_Fault]:
    play = [step.play] if isinstance(step.play, str) else step.play or []
    checks: tuple[tuple[Any, Callable[[], object]], ...] = (
        (step.to, lambda: check_recipient(step.to)),
        (step.from_, lambda: check_recipient(step.from_ or "", field="from")),
        (step.voice, lambda: check_voice(step.voice)),
        (step.play, lambda: check_play([url for url in play if is_written_out(url)])),
        (
            step.ring_timeout,
            lambda: check_seconds(step.ring_timeout, field="ring_timeout", least=SHORTEST_CALL, most=LONGEST_RING),
        ),
        (
            step.max_duration,
            lambda: check_seconds(step.max_duration, field="max_duration", least=SHORTEST_CALL, most=LONGEST_CALL),
        ),
    )
    for value, check in checks:
        if is_written_out(value) or isinstance(value, list | float):
            try:
                check()
            except (PhoneNumberError, RequestError) as error:
                yield "error", error.field or "", error.message, error.fix


def _menu_faults(step: VoiceCallManifest, texts: list[str]) -> Iterator[_Fault]:
    labels = [key.label for key in read_menu(step.menu).values()]
    if labels and step.menu_prompt is None and not any(_PRESS.search(text) for text in texts):
        yield (
            "warning",
            "menu",
            "The call waits for a key, and nothing said tells which one to press.",
            'Add `menu_prompt: "Press 1 to confirm."`',
        )
    if step.menu_prompt is not None and not labels:
        yield "error", "menu_prompt", "`menu_prompt` is given without a `menu`.", 'Write `menu: {"1": confirmed}`.'


def _retry_faults(step: VoiceCallManifest) -> Iterator[_Fault]:
    retry = step.retry_call
    if retry is None:
        return
    pauses = retry.get("after") or []
    if not pauses:
        yield "error", "retry_call", "`retry_call` does not say when.", "Write `after: [5m, 30m]`."
    elif len(pauses) >= MOST_CALLS:
        yield (
            "error",
            "retry_call",
            f"`retry_call` would call {len(pauses) + 1} times; at most {MOST_CALLS} calls are placed.",
            "Shorten `after`.",
        )
