"""What `check` says about the fields of a step that sends a message, as far as they are written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ringline.errors import PhoneNumberError, RequestError
from ringline.messaging.languages import has_variant
from ringline.messaging.validation import (
    check_content_sid,
    check_media,
    check_service_sid,
    check_text_length,
    check_validity,
    checked_recipient,
    checked_sender,
)
from ringline.purposes import purpose_meant
from ringline.segments import count_segments, smart_encode

if TYPE_CHECKING:
    from ringline.messaging.channels import ChannelRules

MANY_SEGMENTS = 4
MARKETING = "marketing"

_Fault = tuple[str, str, str, str]
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_OPT_OUT = re.compile(r"\b(STOP|UNSUBSCRIBE|OPT[ -]?OUT)\b", re.IGNORECASE)


def faults_of_step(step: Any, rules: ChannelRules) -> Iterator[_Fault]:
    """Errors in literals that no run could mend, and warnings: ``(severity, field, message, fix)``."""
    yield from _literal_errors(step, rules)
    yield from _content_errors(step)
    texts = _texts(step.message)
    for place, text in texts.items():
        yield from _text_warnings(place, text, rules)
    yield from _purpose_warnings(step.purpose, texts)
    if isinstance(step.message, Mapping) and step.message:
        yield from _language_faults(step.message, step.language)
    if rules.has_window and texts and step.content_template is None:
        yield (
            "warning",
            "message",
            f"Free text on {rules.title} reaches only people who wrote to this sender within the last 24 hours.",
            "Use a `content_template` to write first, or handle the outcome `refused` that others end in.",
        )


def _literal_errors(step: Any, rules: ChannelRules) -> Iterator[_Fault]:
    media = step.media if isinstance(step.media, list) else [step.media]
    checks = (
        (step.to, lambda: checked_recipient(step.to, rules)),
        (step.from_, lambda: checked_sender(step.from_, rules)),
        (step.messaging_service, lambda: check_service_sid(step.messaging_service)),
        (step.content_template, lambda: check_content_sid(step.content_template)),
        (step.validity, lambda: check_validity(step.validity)),
        (step.send_at, lambda: _check_moment(step.send_at)),
        (step.media, lambda: check_media([item for item in media if is_written_out(item)], rules)),
    )
    for value, check in checks:
        if value is not None and (is_written_out(value) or isinstance(value, (list, float))):
            try:
                check()
            except PhoneNumberError as error:
                yield "error", error.field or "", error.message, error.fix
            except RequestError as error:
                yield "error", error.field or "", error.message, error.fix


def _check_moment(text: str) -> None:
    try:
        if text:
            datetime.fromisoformat(text.strip())
    except ValueError:
        raise RequestError(
            f"`send_at` is `{text}`, which is not a moment in ISO 8601.",
            field="send_at",
            fix="Write it as 2026-05-01T09:00:00-04:00, or without the offset where `defaults.timezone` is set.",
        ) from None


def _content_errors(step: Any) -> Iterator[_Fault]:
    if step.content_template is None:
        if step.content_variables:
            yield (
                "error",
                "content_variables",
                "There are variables, but no `content_template` to put them into.",
                "Name the template's SID (HX…) in `content_template`.",
            )
        if not step.message and not step.media:
            yield (
                "error",
                "message",
                "The step has nothing to send: no `message`, no `media`, no `content_template`.",
                "Write a `message`.",
            )
    elif step.message or step.media:
        other = "message" if step.message else "media"
        yield (
            "error",
            "content_template",
            f"Both `content_template` and `{other}` are given, and Twilio sends only one of them.",
            f"Remove `{other}` (the template holds the whole message), or remove the template.",
        )


def _text_warnings(place: str, text: str, rules: ChannelRules) -> Iterator[_Fault]:
    fixed = _EXPRESSION.sub("", text)
    try:
        check_text_length(fixed, rules)
    except RequestError as error:
        yield "error", place, error.message, error.fix
        return
    if not rules.has_segments:
        return
    segments = count_segments(fixed).segments
    plainer = count_segments(smart_encode(fixed)).segments
    if plainer < segments:
        odd = sorted({character for character in fixed if smart_encode(character) != character})
        yield (
            "warning",
            place,
            f"The characters {' '.join(odd)} make it {segments} segments instead of {plainer}, and each one is billed.",
            "Write their plain forms, or turn on Smart Encoding in the messaging service.",
        )
    elif segments >= MANY_SEGMENTS:
        yield (
            "warning",
            place,
            f"The text is {segments} segments long even before its variables are filled in, and each one is billed.",
            "Shorten it, or put the details behind a link.",
        )


def _purpose_warnings(purpose: str | None, texts: Mapping[str, str]) -> Iterator[_Fault]:
    offers_opt_out = any(_OPT_OUT.search(text) for text in texts.values())
    if purpose == MARKETING and texts and not offers_opt_out:
        yield (
            "warning",
            "message",
            "A marketing message must say how to opt out, and this one does not.",
            'End it with "Reply STOP to opt out", in the language of the text.',
        )
    meant = purpose_meant(purpose) if is_written_out(purpose) else None
    if meant is not None:
        yield (
            "warning",
            "purpose",
            f"`{purpose}` is a purpose of its own, to which the rules for `{meant}` do not apply.",
            f"Write `{meant}` if it is meant.",
        )
    if purpose is None and offers_opt_out:
        yield (
            "warning",
            "purpose",
            "The text offers to opt out, as marketing does, but the step has no `purpose`.",
            "Write `purpose: marketing`, or another purpose if it is none.",
        )


def _language_faults(variants: Mapping[str, str], language: str | None) -> Iterator[_Fault]:
    if language is None:
        yield (
            "warning",
            "language",
            "The message has several languages, but nothing says which one the recipient reads.",
            "Set `language`, for example `language: $inputs.language`, or `defaults.language`.",
        )
    elif is_written_out(language) and not has_variant(variants, language):
        yield (
            "warning",
            "message",
            f"There is no text in `{language}`; another language will be sent.",
            f"Add a variant `{language}`, or choose one of: {', '.join(variants)}.",
        )


def _texts(message: str | Mapping[str, str] | None) -> dict[str, str]:
    if message is None:
        return {}
    if isinstance(message, Mapping):
        return {f"message.{language}": text for language, text in message.items()}
    return {"message": message}


def is_written_out(value: Any) -> bool:
    """Whether a field's value is known before a run: text that is neither a selector nor a template."""
    return isinstance(value, str) and not value.startswith("$") and "{{" not in value
