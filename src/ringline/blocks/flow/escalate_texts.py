"""The texts of an escalation: what stands for the link and the person, and what `check` says about the step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.escalation.policy import CHANNELS, Words, read_levels
from ringline.messaging.languages import choose_variant
from ringline.phone_numbers import check_recipient
from ringline.workflow.durations import parse_duration
from ringline.workflow.selectors import looks_like_selector

if TYPE_CHECKING:
    from ringline.workflow.block import StepContext

# Characters that no keyboard makes, so that nothing else in a text is taken for them.
_MARK = "\ue000{}\ue001"
NAMES = ("ack_link", "acknowledged_by", "level")
PLACEHOLDERS: Mapping[str, str] = {name: _MARK.format(name) for name in NAMES}
ACK_LINK = PLACEHOLDERS["ack_link"]

_Fault = tuple[str, str, str, str]


def filled(text: str, **values: str) -> str:
    """The text with its marks replaced; a mark that has no value here is taken out."""
    for name, mark in PLACEHOLDERS.items():
        text = text.replace(mark, values.get(name, ""))
    return text


def text_of(written: str | Mapping[str, str] | None, language: str | None, step: StepContext) -> str | None:
    """The text in the recipient's language."""
    if isinstance(written, Mapping):
        return choose_variant(written, language, step.defaults.get("language"))
    return written


def faults_of_escalation(step: Any) -> Iterator[_Fault]:
    """Levels that cannot be, and an escalation that nobody can acknowledge."""
    for selector in _selectors(step.contacts) if isinstance(step.contacts, list) else ():
        yield (
            "error",
            "contacts",
            f"`{selector}` inside `contacts` is not filled in, so nobody would be alerted there.",
            f"Write `{{{{{selector.removeprefix('$inputs.').removeprefix('$')}}}}}`.",
        )
    if isinstance(step.contacts, list) and not _is_open(step.contacts):
        try:
            levels = read_levels(
                step.contacts,
                channels=step.channels,
                wait_for=0.0,
                repeat=step.repeat,
                read_duration=parse_duration,
            )
        except RequestError as error:
            yield "error", "contacts", error.message, error.fix
        else:
            yield from _numbers(person.to for level in levels for person in level.people)
    for channel in step.channels:
        if channel not in CHANNELS:
            yield (
                "error",
                "channels",
                f"Nobody can be alerted on the channel `{channel}`.",
                "Use sms, whatsapp or voice.",
            )
    yield from _acknowledging(step)
    if step.resolve_within is not None and not step.resolve:
        yield "error", "resolve", "Nothing says which replies mean that it is done.", "Write `resolve: [DONE]`."


def _numbers(written: Iterable[str]) -> Iterator[_Fault]:
    """Only warnings: the others are alerted all the same."""
    for number in written:
        try:
            check_recipient(number.removeprefix("whatsapp:"), field="contacts")
        except RequestError as error:
            yield "warning", "contacts", f"Nobody is alerted here: {error.message}", error.fix


def _acknowledging(step: Any) -> Iterator[_Fault]:
    link = step.acknowledge.get("link")
    shows_link = any("ack_link" in text for text in _texts(step))
    if link is False and shows_link:
        yield (
            "error",
            "acknowledge",
            "A text holds {{ack_link}}, and `acknowledge.link` is false.",
            "Take one of them out.",
        )
    replies = step.acknowledge.get("reply", True)
    by_reply = replies is True or bool(Words.of(replies))
    if not by_reply and not link and not shows_link and not _calls_somebody(step):
        yield (
            "warning",
            "acknowledge",
            "Nobody can acknowledge this escalation: neither replies nor a link count, so every level is alerted.",
            "Name words in `acknowledge.reply`, write {{ack_link}} into the message, or use `channels: [voice]`.",
        )
    if by_reply and replies is not True and replies != "any":
        for word in Words.of(replies).words:
            if word.strip().casefold() in _OPT_OUT_WORDS:
                yield (
                    "warning",
                    "acknowledge",
                    f"Whoever replies {word} opts out instead of acknowledging.",
                    "Use another word, such as ACK.",
                )


_OPT_OUT_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})


def _texts(step: Any) -> Iterator[str]:
    written = [step.message]
    if isinstance(step.contacts, list):
        written += [level.get("message") for level in step.contacts if isinstance(level, Mapping)]
    for text in written:
        if isinstance(text, str):
            yield text
        elif isinstance(text, Mapping):
            yield from (str(variant) for variant in text.values())


def _calls_somebody(step: Any) -> bool:
    """Whether a call is among the alerts, whose key acknowledges."""
    levels = step.contacts if isinstance(step.contacts, list) else []
    own = [level.get("channels", level.get("channel")) for level in levels if isinstance(level, Mapping)]
    return any("voice" in (channels or ()) for channels in (step.channels, *own))


def _selectors(value: Any) -> Iterator[str]:
    """Where an author hoped for a value of the run, and a number will not be; texts of messages are not looked at."""
    if isinstance(value, str):
        if looks_like_selector(value):
            yield value
    elif isinstance(value, Mapping):
        for key, element in value.items():
            yield from _selectors(element) if key != "message" else ()
    elif isinstance(value, list):
        for element in value:
            yield from _selectors(element)


def _is_open(value: Any) -> bool:
    """Whether only a run knows what stands there."""
    if isinstance(value, str):
        return "{{" in value or value.startswith("$")
    if isinstance(value, Mapping):
        return any(_is_open(element) for key, element in value.items() if key != "message")
    return isinstance(value, list) and any(map(_is_open, value))
