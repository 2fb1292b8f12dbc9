"""What a call says by itself: a notice, the message, a menu of keys, or what is left on an answering machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringline.errors import RequestError
from ringline.twilio.calls import CONNECTION_OVERRIDES, MAX_TWIML, is_machine
from ringline.twilio.twiml import VoiceDocument
from ringline.voice.speech import locale_of, speakable, voice_for

if TYPE_CHECKING:
    from ringline.twilio.twiml.building import Speech
    from ringline.voice.call import Announcement

HANG_UP = b'<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'
BETWEEN = 1
"""Seconds of silence between two times the message is said, and before a voicemail begins."""

_NOTICES: Mapping[str, str] = {
    "en": "This call is recorded.",
    "es": "Esta llamada se graba.",
    "fr": "Cet appel est enregistré.",
    "de": "Dieses Gespräch wird aufgezeichnet.",
    "pt": "Esta chamada é gravada.",
    "it": "Questa chiamata viene registrata.",
}
_NOT_AN_OPTION: Mapping[str, str] = {
    "en": "That key has no meaning here.",
    "es": "Esa tecla no es una opción.",
    "fr": "Cette touche ne correspond à aucun choix.",
    "de": "Diese Taste ist nicht belegt.",
    "pt": "Essa tecla não é uma opção.",
    "it": "Questo tasto non corrisponde a nessuna scelta.",
}


def notice_in(language: str) -> str:
    """That the call is recorded, in the language of the call."""
    return _in(_NOTICES, language)


def first_document(
    said: Announcement, *, answered_by: str | None, menu_address: str | None, recording_address: str | None
) -> bytes:
    """What is heard by whoever picked up; a machine hears the voicemail, or is hung up on.

    *menu_address* takes the key pressed, with ``?left=1`` as long as the menu is said once more.
    """
    if is_machine(answered_by):
        return _voicemail(said)
    document = VoiceDocument()
    if said.record and recording_address is not None:
        _say(document, said, said.notice or notice_in(said.language))
        # Only now: whoever does not want it has had the time to hang up.
        document.start_recording(recording_address)
    elif said.notice:
        _say(document, said, said.notice)
    if said.menu and menu_address is not None:
        for left in (1, 0):
            _menu(document, said, f"{menu_address}?left={left}{CONNECTION_OVERRIDES}", whole=True)
        document.hangup()
    else:
        _tell(document, said)
        document.hangup()
    return document.to_bytes()


def after_key(said: Announcement, digits: str, *, left: int, menu_address: str) -> tuple[str | None, bytes]:
    """The label of the key that was pressed, and what is heard then.

    A key that is none of the menu's has it said once more, where *left* says that it may be.
    """
    document = VoiceDocument()
    key = said.menu.get(digits)
    if key is not None:
        if key.say:
            _say(document, said, key.say)
        return key.label, document.hangup().to_bytes()
    _say(document, said, _in(_NOT_AN_OPTION, said.language))
    if left > 0:
        _menu(document, said, f"{menu_address}?left=0{CONNECTION_OVERRIDES}", whole=not said.menu_prompt)
    return None, document.hangup().to_bytes()


def after_label(said: Announcement, label: str) -> bytes:
    """What is heard after the key of *label*: once more, where it is not known whether it was heard."""
    keys = [digits for digits, key in said.menu.items() if key.label == label]
    return after_key(said, keys[0], left=0, menu_address="")[1] if keys else HANG_UP


def inline(said: Announcement) -> str:
    """The announcement as it goes with the request for the call, where Twilio cannot ask us.

    Raises `RequestError` for what needs an address of ours, and for more than Twilio takes.
    """
    for is_asked, what in (
        (bool(said.menu), "menu"),
        (said.record, "record"),
        (said.voicemail is not None, "voicemail"),
    ):
        if is_asked:
            raise RequestError(
                f"`{what}` needs an address at which Twilio reaches this server, and none is set.",
                field=what,
                fix="Set RINGLINE_PUBLIC_URL, or leave it out: then the message is said to whoever picks up.",
            )
    document = first_document(said, answered_by=None, menu_address=None, recording_address=None).decode()
    if len(document) > MAX_TWIML:
        raise RequestError(
            f"The call has {len(document):,} characters to say; without a public URL Twilio takes {MAX_TWIML:,}.",
            field="message",
            fix="Shorten it, or set RINGLINE_PUBLIC_URL, from which Twilio fetches longer texts.",
        )
    return document


def _voicemail(said: Announcement) -> bytes:
    if said.voicemail is None:
        return HANG_UP
    document = VoiceDocument().pause(BETWEEN)
    _say(document, said, said.voicemail)
    return document.hangup().to_bytes()


def _menu(document: VoiceDocument, said: Announcement, address: str, *, whole: bool) -> None:
    # Without a key that ends the entry, * and # can be choices themselves.
    listening = document.gather(
        action=address, method="POST", input="dtmf", num_digits=1, finish_on_key="", timeout=said.menu_timeout
    )
    if whole:
        _tell(listening, said)
    if said.menu_prompt:
        _say(listening, said, said.menu_prompt)


def _tell(speech: Speech, said: Announcement) -> None:
    for time in range(max(1, said.repeat)):
        if time:
            speech.pause(BETWEEN)
        if said.message:
            _say(speech, said, said.message)
        for url in said.play:
            speech.play(url)


def _say(speech: Speech, said: Announcement, text: str) -> None:
    words = speakable(text, said.language)
    speech.say(words, voice=voice_for(said.voice, said.language), language=locale_of(said.language))


def _in(sentences: Mapping[str, str], language: str) -> str:
    return sentences.get(language.partition("-")[0].lower(), sentences["en"])
