"""Phone numbers: checked before they cost money, and said in a sentence when they are wrong.

A number passes when it is *possible*: a country code that exists and as many digits as numbers there have. Whether it
is assigned only the carrier knows; libphonenumber's stricter "valid" would refuse numbers such as +15551234567.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NoReturn

from ringline.errors import PhoneNumberError

if TYPE_CHECKING:
    import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# Ten digits of which the first is 2 to 9 are possible all over +1, without asking the library.
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{9}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9 +\-_&]{1,11}")
_FORMATTING = re.compile(r"[\s\u00a0\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\ufeff().\-/]")
_CHANNEL_PREFIX = re.compile(r"(whatsapp|messenger|rcs|sms|tel):", re.IGNORECASE)
_SID = re.compile(r"(MG|AC|SM|MM|PN|SK)[0-9a-fA-F]{32}")
_EXAMPLES = "+15551234567 (United States) or +447911123456 (United Kingdom)"
_LONGEST_E164 = 15
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_WHOLE = re.compile(r"(\+?\d{7,15})\.0+")


def check_recipient(text: str, *, field: str = "to", default_country: str | None = None) -> str:
    """*text* as E.164, or a `PhoneNumberError` whose message says what is wrong with it and whose fix how to write it.

    Without *default_country* (two letters) nothing but E.164 passes; with it, the country's own notation does too.
    """
    number = _trimmed(text)
    if not number:
        _refuse(field, "is empty; it needs a phone number", f"Write it with + and country code, such as {_EXAMPLES}.")
    prefix = _CHANNEL_PREFIX.match(number)
    if prefix:
        _refuse(
            field,
            f"is {_shown(number)}, which begins with the channel's prefix {prefix[0]!r}",
            f"Write the number alone, {number[prefix.end() :].strip() or '+15551234567'}; the channel is set apart.",
        )
    if default_country is not None and not number.startswith("+"):
        return _from_national(number, default_country, field)
    if not _E164.fullmatch(number):
        _explain_form(number, field)
    _check_possible(number, field)
    return number


def check_sender(text: str, *, field: str = "from") -> str:
    """*text* as a sender: E.164, a short code (3 to 8 digits) or an alphanumeric id.

    An alphanumeric id has up to 11 characters, at least one of them a letter. Raises `PhoneNumberError`.
    """
    sender = _trimmed(text)
    if _SHORT_CODE.fullmatch(sender):
        return sender
    if _SID.fullmatch(sender):
        what = "a messaging service" if sender.startswith("MG") else "something at Twilio, but no sender"
        _refuse(
            field,
            f"is {_shown(sender)}, which is the id of {what}",
            "Put an id that begins with MG in the field for the messaging service, and a phone number here.",
        )
    if not re.search("[A-Za-z]", sender) or sender.startswith("+") or _CHANNEL_PREFIX.match(sender):
        return check_recipient(sender, field=field)
    if len(sender) > 11:
        _refuse(
            field,
            f"is {_shown(sender)}, a name of {len(sender)} characters; an alphanumeric sender id has at most 11",
            "Shorten the name, or write a phone number such as +15551234567.",
        )
    if not _ALPHANUMERIC.fullmatch(sender):
        odd = next(character for character in sender if not _ALPHANUMERIC.fullmatch(character))
        _refuse(
            field,
            f"is {_shown(sender)}, and {odd!r} cannot stand in an alphanumeric sender id",
            "Use letters A to Z, digits, spaces and + - _ & only.",
        )
    return sender


def is_e164(text: str) -> bool:
    """Whether *text* has the form of E.164; says nothing about the country or the number of digits there."""
    return _E164.fullmatch(text) is not None


def is_alphanumeric_sender(text: str) -> bool:
    """Whether *text* is a name rather than a number; nobody can reply to it."""
    return _ALPHANUMERIC.fullmatch(text) is not None and re.search("[A-Za-z]", text) is not None


def format_number(text: str, country: str | None = None) -> str:
    """A number as people write it, as E.164: ``(415) 555-2671`` in ``US`` gives ``+14155552671``.

    *country* (two letters) is needed unless the number begins with + or with 00 and a country code.
    Raises `PhoneNumberError`.
    """
    number = _trimmed(text)
    if not number:
        _refuse("phone number", "is empty", f"Give a number such as {_EXAMPLES}.")
    if number.startswith("00"):
        number = "+" + number[2:]
    if country is None and not number.startswith("+"):
        _refuse(
            "phone number",
            f"is {_shown(number)}, which has no country code, and no country was given to read it by",
            'Name the country, as in formatPhoneNumber(phone, "US"), or write the number with + and country code.',
        )
    return _from_national(number, country, "phone number")


def read_number(text: str, *, field: str = "phone", country: str | None = None) -> str:
    """A number as a file or a form has it, as E.164: blanks and punctuation are allowed, and what spreadsheets add.

    *country* (two letters) reads numbers without a country code. Raises `PhoneNumberError`.
    """
    number = text.strip()
    if _ROUNDED.fullmatch(number):
        _refuse(
            field,
            f"is {_shown(number)}: a spreadsheet has rounded the number, and its last digits are lost",
            "Format the column as text, enter the numbers again and save the file anew.",
        )
    whole = _WHOLE.fullmatch(number)
    number = whole[1] if whole else number
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+") and not is_e164(number):
        return _from_national(number, country, field)
    return check_recipient(number, field=field, default_country=country)


def country_of(number: str) -> str | None:
    """The country of an E.164 number as two letters; the largest of those sharing its code when it says no more.

    ``None`` for numbers of no country (short codes, names, +800).
    """
    parsed = _parsed(number)
    if parsed is None:
        return None
    import phonenumbers

    region = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )
    return region if region and region.isalpha() and region != "ZZ" else None


def time_zones_of(number: str) -> tuple[str, ...]:
    """The IANA zones an E.164 number may be in, often several; empty when its digits say nothing about it."""
    parsed = _parsed(number)
    if parsed is None:
        return ()
    from phonenumbers import timezone

    return tuple(zone for zone in timezone.time_zones_for_number(parsed) if zone != timezone.UNKNOWN_TIMEZONE)


def mask(text: str) -> str:
    """*text* with all but its last four digits hidden; short ones are hidden whole."""
    digits = re.sub("[^0-9]", "", text)
    return "•••" + (digits[-4:] if len(digits) >= 7 else "")


def _trimmed(text: object) -> str:
    # A definition or an API body may hold a number where text belongs; its digits are what was meant.
    return "" if text is None else str(text).strip()


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _refuse(field: str, what: str, fix: str) -> NoReturn:
    subject = f"`{field}`" if " " not in field else f"The {field}"
    raise PhoneNumberError(f"{subject} {what}.", field=field, fix=fix)


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    import phonenumbers

    if not is_e164(number):
        return None
    try:
        return phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None


def _explain_form(number: str, field: str) -> NoReturn:
    """Say in what way *number* is not E.164."""
    bare = _FORMATTING.sub("", number)
    shown = _shown(number)
    if number.startswith("++"):
        _refuse(field, f"is {shown}, which begins with more than one +", f"Write +{number.lstrip('+')}.")
    if number.count("+") > 1 or re.search(r"[,;|]|\d\s*/\s*\+?\d{7}", number):
        _refuse(field, f"is {shown}, which holds more than one number", "Send one message to each recipient.")
    letters = re.findall(r"[^\W\d_]", bare)
    if letters:
        some = ", ".join(dict.fromkeys(letters[:8]))
        _refuse(
            field,
            f"is {shown}, which contains letters ({some})"
            if len(letters) < 9
            else f"is {shown}, which is not a number",
            f"Write the digits only, with + and country code, such as {_EXAMPLES}.",
        )
    odd = re.search(r"[^+0-9]", bare)
    if odd or "+" in bare[1:]:
        character = odd[0] if odd else "+"
        _refuse(
            field,
            f"is {shown}, and {character!r} cannot stand there",
            f"Write + and then digits 0 to 9 only, such as {_EXAMPLES}.",
        )
    digits = bare.lstrip("+")
    if not digits:
        _refuse(field, f"is {shown}, which has no digits", f"Write a number such as {_EXAMPLES}.")
    if not bare.startswith("+"):
        _explain_missing_plus(number, digits, field)
    if digits.startswith("0"):
        _refuse(
            field,
            f"is {shown}, but no country code begins with 0",
            f"Put the country's code after the + and leave out the 0 in front of the number, as in {_EXAMPLES}.",
        )
    if len(digits) > _LONGEST_E164:
        _refuse(
            field,
            f"is {shown}, which has {len(digits)} digits; no number has more than {_LONGEST_E164}",
            "Check for digits typed twice or for two numbers written together.",
        )
    if bare != number:
        spaces = any(character.isspace() for character in number)
        bare = _without_trunk_zero(_FORMATTING.sub("", number.replace("(0)", "")))
        _refuse(
            field,
            f"is {shown}, which is written with {'spaces' if spaces else 'punctuation'} between the digits",
            f"Write {bare}, or use formatPhoneNumber().",
        )
    _check_possible(number, field)
    _refuse(field, f"is {shown}, which is too short for a phone number", f"Write all of it, as in {_EXAMPLES}.")


def _explain_missing_plus(number: str, digits: str, field: str) -> NoReturn:
    shown = _shown(number)
    if digits.startswith("00") and len(digits) > 8:
        _refuse(field, f"is {shown}, which begins with 00 instead of +", f"Write +{digits[2:]}.")
    if digits.startswith("0"):
        _refuse(
            field,
            f"is {shown}, which has no + and country code; the leading 0 is dialled only inside a country",
            f"Put + and the country code in place of the 0, such as +44{digits[1:]} for the United Kingdom.",
        )
    if len(digits) <= 6:
        _refuse(
            field,
            f"is {shown}, which is too short and has no country code; short codes can send but are not reached",
            f"Write the whole number with + and country code, such as {_EXAMPLES}.",
        )
    # Ten digits are an American number more often than anything else, though +4155552671 would be a Swiss one.
    if len(digits) == 10:
        hint = f"+1{digits} if it is a number of the United States or Canada"
    elif (parsed := _parsed(f"+{digits}")) is not None:
        hint = f"+{digits} if {parsed.country_code} is its country code"
    else:
        hint = _EXAMPLES
    _refuse(field, f"is {shown}, which has no + and country code in front", f"Write it with them, such as {hint}.")


def _without_trunk_zero(number: str) -> str:
    import phonenumbers

    parsed = _parsed(number)
    return number if parsed is None else phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@functools.lru_cache(maxsize=16_384)
def _check_possible(number: str, field: str) -> None:
    """Refuse an E.164 number whose country code does not exist or whose length no number there has.

    What passes is remembered (an exception never is): reading a number takes longer than writing a message down.
    """
    if _NORTH_AMERICAN.fullmatch(number):
        return
    import phonenumbers
    from phonenumbers import ValidationResult

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            _refuse(
                field,
                f"is {_shown(number)}, but no country has a code that begins +{number[1:4]}",
                f"Check the digits after the +; the code of the United States is +1: {_EXAMPLES}.",
            )
        _refuse(field, f"is {_shown(number)}, which is too short for a phone number", f"Write it as in {_EXAMPLES}.")
    verdict = phonenumbers.is_possible_number_with_reason(parsed)
    code = parsed.country_code or 0
    written = number[1 + len(str(code)) :]
    if verdict != ValidationResult.IS_POSSIBLE:
        _explain_length(number, field, code, written, too_long=verdict == ValidationResult.TOO_LONG)
    right = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if right != number:
        digit = f"{'an' if written[0] == '8' else 'a'} {written[0]}"
        _refuse(
            field,
            f"is {_shown(number)}, with {digit} after the country code that is dialled only inside the country",
            f"Write {right}.",
        )


def _explain_length(number: str, field: str, code: int, written: str, *, too_long: bool) -> NoReturn:
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    lengths = metadata.general_desc.possible_length if metadata and metadata.general_desc else ()
    expected = _in_words([length for length in lengths if length > 0])
    where = f"+{code}" + (f" ({region})" if region.isalpha() else "")
    _refuse(
        field,
        f"is {_shown(number)}, which is too {'long' if too_long else 'short'}: after {where} a number has "
        f"{expected} digits, this one has {len(written)}",
        "Check the digits against where the number comes from, and that the country code is the right one.",
    )


def _in_words(lengths: list[int]) -> str:
    if len(lengths) > 2 and lengths == list(range(lengths[0], lengths[-1] + 1)):
        return f"{lengths[0]} to {lengths[-1]}"
    if len(lengths) > 1:
        return f"{', '.join(map(str, lengths[:-1]))} or {lengths[-1]}"
    return str(lengths[0]) if lengths else "another number of"


def _from_national(number: str, country: str | None, field: str) -> str:
    """A number in any notation, read by the habits of *country*, as E.164."""
    import phonenumbers

    region = country.upper() if country else None
    if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
        _refuse(
            field,
            f"cannot be read: {_shown(country or '')} is not a country",
            "Give the country as two letters, such as US, GB, DE, AU or IN.",
        )
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        _explain_form(number, field)
    if parsed.extension:
        _refuse(
            field,
            f"is {_shown(number)}, which has an extension ({parsed.extension}); messages cannot reach extensions",
            "Leave the extension out.",
        )
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    try:
        _check_possible(written, field)
    except PhoneNumberError as error:
        why = error.message.partition(f"{_shown(written)}, which ")[2].rstrip(".")
        if number.startswith("+") or not why:
            raise
        # What was made of it is not what stands in the file.
        _refuse(
            field,
            f"is {_shown(number)}, which as a number of {region} {why}",
            "Check the digits; if it is of another country, name that, or write it with + and the country's code.",
        )
    return written
