"""Whether a call can be asked for at all, said in a sentence before anything is written or placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ringline.errors import RequestError
from ringline.phone_numbers import check_recipient
from ringline.twilio.calls import LONGEST_CALL, LONGEST_RING, SHORTEST_CALL
from ringline.twilio.twiml.building import ssml_fault
from ringline.twilio.twiml.splitting import writable
from ringline.twilio.twiml.values import is_voice
from ringline.voice.announcements import first_document
from ringline.voice.call import MENU_KEYS, OUTCOMES, Announcement, CallRequest, MenuKey

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_REPEATS = 10
LONGEST_MENU_TIMEOUT = 60
LONG = 5_000
"""Characters of a message from which on it is tried whether a document holds it."""


def check_call(request: CallRequest) -> CallRequest:
    """The request with its numbers in E.164; `RequestError` names the field and the fix."""
    if not request.from_:
        raise RequestError(
            "The call has no number to come from.",
            field="from",
            fix="Give a number of yours in `from`, or give the credential a default sender.",
        )
    checked = replace(request, to=check_recipient(request.to), from_=check_recipient(request.from_, field="from"))
    if checked.to == checked.from_:
        raise RequestError(
            f"Recipient and caller are the same number, {checked.to}.",
            field="to",
            fix="Twilio refuses to call a number from itself; give another recipient.",
        )
    check_seconds(request.ring_timeout, field="ring_timeout", least=SHORTEST_CALL, most=LONGEST_RING)
    check_seconds(request.max_duration, field="max_duration", least=SHORTEST_CALL, most=LONGEST_CALL)
    if request.announcement is not None:
        check_announcement(request.announcement)
        return replace(checked, announcement=_speakable(request.announcement))
    return checked


def _speakable(said: Announcement) -> Announcement:
    """Without the characters that neither a document nor a database holds: people's names come from everywhere."""
    return replace(
        said,
        message=_clean(said.message),
        notice=_clean(said.notice),
        menu_prompt=_clean(said.menu_prompt),
        voicemail=_clean(said.voicemail),
    )


def _clean(text: str | None) -> str | None:
    return text if text is None else writable(text)


def check_seconds(value: float, *, field: str, least: int, most: int) -> None:
    """Raise `RequestError` unless *value* lies between both."""
    if not least <= value <= most:
        raise RequestError(
            f"`{field}` is {value:g} seconds; Twilio takes {least} to {most:,}.",
            field=field,
            fix=f"Choose a time within that, such as {'60s' if most == LONGEST_RING else '10m'}.",
        )


def check_announcement(said: Announcement) -> None:
    """Raise `RequestError` for what cannot be said, played or pressed."""
    if not (said.message and said.message.strip()) and not said.play:
        raise RequestError(
            "The call has nothing to say: no `message`, and nothing to `play`.",
            field="message",
            fix="Write a `message`.",
        )
    check_voice(said.voice)
    if not 1 <= said.repeat <= MOST_REPEATS:
        raise RequestError(
            f"`repeat` is {said.repeat}; a message is said 1 to {MOST_REPEATS} times.",
            field="repeat",
            fix="Say it twice at most; people hang up.",
        )
    check_play(said.play)
    _check_length(said)
    if not 1 <= said.menu_timeout <= LONGEST_MENU_TIMEOUT:
        raise RequestError(
            f"`menu_timeout` is {said.menu_timeout} seconds; it can be 1 to {LONGEST_MENU_TIMEOUT}.",
            field="menu_timeout",
            fix="5s suits most menus.",
        )


def check_ssml(said: Announcement) -> None:
    """Raise `RequestError` for a text that is meant as SSML and cannot be spoken as such."""
    texts = {
        "message": said.message,
        "notice": said.notice,
        "menu_prompt": said.menu_prompt,
        "voicemail": said.voicemail,
    }
    for field, text in texts.items():
        fault = ssml_fault(text, said.voice) if text else None
        if fault is not None:
            raise RequestError(f"{fault}.", field=field, fix="Correct it, or write the text without tags.")


def _check_length(said: Announcement) -> None:
    """Twilio reads so much of a document and no more; a text is repeated within it."""
    if len(said.message or "") * said.repeat < LONG:
        return
    try:
        first_document(said, answered_by=None, menu_address="https://ours", recording_address="https://ours")
    except RequestError as error:
        raise RequestError(
            error.message, field="message", fix="Say less; nobody listens to an hour.", code=error.code
        ) from None


def check_voice(voice: str | None) -> None:
    """Raise `RequestError` for a voice that Twilio does not have."""
    if voice is not None and not is_voice(voice):
        raise RequestError(
            f"There is no voice `{voice}`.",
            field="voice",
            fix="Use alice, man or woman, or a voice by name, such as Polly.Joanna or Google.en-US-Neural2-F.",
        )


def check_play(urls: Sequence[str]) -> None:
    """Raise `RequestError` for an address that Twilio cannot fetch."""
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RequestError(
                f"`play` is {url!r}, which is not the address of a sound.",
                field="play",
                fix="Give the public URL of an MP3 or WAV file, such as https://example.com/welcome.mp3.",
            )


def read_menu(given: Mapping[str, Any]) -> dict[str, MenuKey]:
    """A menu as it is written: a label for each key, or ``{label, say}``. Raises `RequestError`."""
    menu: dict[str, MenuKey] = {}
    for key, value in given.items():
        name = str(key)
        if name not in MENU_KEYS:
            raise RequestError(
                f"`menu` names the key {name!r}, and telephones have no such key.",
                field="menu",
                fix="Use one of 0 to 9, * and #.",
            )
        entry = value if isinstance(value, Mapping) else {"label": value}
        unknown = sorted(set(entry) - {"label", "say"})
        label = entry.get("label")
        if unknown or not isinstance(label, str) or not label.strip():
            raise RequestError(
                f"The key {name} of `menu` needs a label"
                + (f", and `{unknown[0]}` means nothing there." if unknown else "."),
                field="menu",
                fix='Write "1": confirmed, or "1": {label: confirmed, say: Thank you.}',
            )
        if label in OUTCOMES:
            raise RequestError(
                f"The key {name} of `menu` has the label `{label}`, which is an outcome of every call.",
                field="menu",
                fix="Choose another word; with it the definition says what comes after that key.",
            )
        menu[name] = MenuKey(label, entry.get("say"))
    return menu
