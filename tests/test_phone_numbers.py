from __future__ import annotations

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringline.errors import PhoneNumberError
from ringline.phone_numbers import (
    check_recipient,
    check_sender,
    country_of,
    format_number,
    is_alphanumeric_sender,
    is_e164,
    mask,
    time_zones_of,
)

EXAMPLES = "+15551234567 (United States) or +447911123456 (United Kingdom)"


@pytest.mark.parametrize(
    "number",
    [
        "+15551234567",
        "+447911123456",
        "+4915123456789",
        "+61412345678",
        "+919876543210",
        "+15005550006",
        "+390612345678",
        "+80012345678",
        "+29022222",
    ],
)
def test_a_number_in_e164_passes_unchanged(number: str) -> None:
    assert check_recipient(number) == number
    assert check_sender(number) == number
    assert check_recipient(f"  {number}\n") == number


@pytest.mark.parametrize(
    ("number", "message", "fix"),
    [
        ("", "`to` is empty; it needs a phone number.", f"Write it with + and country code, such as {EXAMPLES}."),
        ("   ", "`to` is empty; it needs a phone number.", f"Write it with + and country code, such as {EXAMPLES}."),
        (
            "5551234567",
            "`to` is '5551234567', which has no + and country code in front.",
            "Write it with them, such as +15551234567 if it is a number of the United States or Canada.",
        ),
        (
            "447911123456",
            "`to` is '447911123456', which has no + and country code in front.",
            "Write it with them, such as +447911123456 if 44 is its country code.",
        ),
        (
            "9991234567890",
            "`to` is '9991234567890', which has no + and country code in front.",
            f"Write it with them, such as {EXAMPLES}.",
        ),
        (
            "07911 123456",
            "`to` is '07911 123456', which has no + and country code; the leading 0 is dialled only inside a country.",
            "Put + and the country code in place of the 0, such as +447911123456 for the United Kingdom.",
        ),
        ("00447911123456", "`to` is '00447911123456', which begins with 00 instead of +.", "Write +447911123456."),
        (
            "12345",
            "`to` is '12345', which is too short and has no country code; short codes can send but are not reached.",
            f"Write the whole number with + and country code, such as {EXAMPLES}.",
        ),
        (
            "+44 7911 123456",
            "`to` is '+44 7911 123456', which is written with spaces between the digits.",
            "Write +447911123456, or use formatPhoneNumber().",
        ),
        (
            "+1-415.555/2671",
            "`to` is '+1-415.555/2671', which is written with punctuation between the digits.",
            "Write +14155552671, or use formatPhoneNumber().",
        ),
        (
            "+49 (0)151 23456789",
            "`to` is '+49 (0)151 23456789', which is written with spaces between the digits.",
            "Write +4915123456789, or use formatPhoneNumber().",
        ),
        (
            "+4407911123456",
            "`to` is '+4407911123456', with a 0 after the country code that is dialled only inside the country.",
            "Write +447911123456.",
        ),
        (
            "+1-800-FLOWERS",
            "`to` is '+1-800-FLOWERS', which contains letters (F, L, O, W, E, R, S).",
            f"Write the digits only, with + and country code, such as {EXAMPLES}.",
        ),
        (
            "{{ customer.phone }}",
            "`to` is '{{ customer.phone }}', which is not a number.",
            f"Write the digits only, with + and country code, such as {EXAMPLES}.",
        ),
        (
            "+1415555267１",
            "`to` is '+1415555267１', and '１' cannot stand there.",
            f"Write + and then digits 0 to 9 only, such as {EXAMPLES}.",
        ),
        (
            "+1415*5552671",
            "`to` is '+1415*5552671', and '*' cannot stand there.",
            f"Write + and then digits 0 to 9 only, such as {EXAMPLES}.",
        ),
        ("+", "`to` is '+', which has no digits.", f"Write a number such as {EXAMPLES}."),
        (
            "++15551234567",
            "`to` is '++15551234567', which begins with more than one +.",
            "Write +15551234567.",
        ),
        (
            "+1555123",
            "`to` is '+1555123', which is too short: after +1 (US) a number has 10 digits, this one has 6.",
            "Check the digits against where the number comes from, and that the country code is the right one.",
        ),
        (
            "+155512345678",
            "`to` is '+155512345678', which is too long: after +1 (US) a number has 10 digits, this one has 11.",
            "Check the digits against where the number comes from, and that the country code is the right one.",
        ),
        (
            "+4479111",
            "`to` is '+4479111', which is too short: after +44 (GB) a number has 7, 9 or 10 digits, this one has 5.",
            "Check the digits against where the number comes from, and that the country code is the right one.",
        ),
        (
            "+4912",
            "`to` is '+4912', which is too short: after +49 (DE) a number has 4 to 15 digits, this one has 2.",
            "Check the digits against where the number comes from, and that the country code is the right one.",
        ),
        (
            "+999123456789",
            "`to` is '+999123456789', but no country has a code that begins +999.",
            f"Check the digits after the +; the code of the United States is +1: {EXAMPLES}.",
        ),
        (
            "+0441234567",
            "`to` is '+0441234567', but no country code begins with 0.",
            f"Put the country's code after the + and leave out the 0 in front of the number, as in {EXAMPLES}.",
        ),
        (
            "+1234567890123456789",
            "`to` is '+1234567890123456789', which has 19 digits; no number has more than 15.",
            "Check for digits typed twice or for two numbers written together.",
        ),
        (
            "+15551234567, +15551234568",
            "`to` is '+15551234567, +15551234568', which holds more than one number.",
            "Send one message to each recipient.",
        ),
        (
            "whatsapp:+15551234567",
            "`to` is 'whatsapp:+15551234567', which begins with the channel's prefix 'whatsapp:'.",
            "Write the number alone, +15551234567; the channel is set apart.",
        ),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong_and_how_to_write_it(number: str, message: str, fix: str) -> None:
    with pytest.raises(PhoneNumberError) as caught:
        check_recipient(number)
    assert (str(caught.value), caught.value.fix) == (message, fix)
    assert (caught.value.field, caught.value.code) == ("to", "invalid_phone_number")


def test_a_number_that_yaml_read_as_an_integer_gets_the_sentence_too() -> None:
    with pytest.raises(PhoneNumberError, match=r"`guard` is '15551234567', which has no \+ and country code"):
        check_recipient(15551234567, field="guard")  # type: ignore[arg-type]


def test_a_default_country_lets_its_own_notation_pass() -> None:
    assert check_recipient("(415) 555-2671", default_country="US") == "+14155552671"
    assert check_recipient("07911 123456", default_country="GB") == "+447911123456"
    assert check_recipient("+4915123456789", default_country="US") == "+4915123456789"


@pytest.mark.parametrize("sender", ["12345", "723", "72345678", "ACME", "Acme & Co", "1800FLOWERS", "A-B_c+d"])
def test_short_codes_and_names_can_send(sender: str) -> None:
    assert check_sender(sender) == sender


@pytest.mark.parametrize(
    ("sender", "message"),
    [
        ("", "`from` is empty; it needs a phone number."),
        (
            "Acme Incorporated",
            "`from` is 'Acme Incorporated', a name of 17 characters; an alphanumeric sender id has at most 11.",
        ),
        ("ACME!", "`from` is 'ACME!', and '!' cannot stand in an alphanumeric sender id."),
        ("Zoë", "`from` is 'Zoë', and 'ë' cannot stand in an alphanumeric sender id."),
        (
            "MG0123456789abcdef0123456789abcdef",
            "`from` is 'MG0123456789abcdef0123456789abcdef', which is the id of a messaging service.",
        ),
        ("5551234567", "`from` is '5551234567', which has no + and country code in front."),
        ("+1555", "`from` is '+1555', which is too short: after +1 (US) a number has 10 digits, this one has 3."),
        (
            "whatsapp:+15551234567",
            "`from` is 'whatsapp:+15551234567', which begins with the channel's prefix 'whatsapp:'.",
        ),
    ],
)
def test_a_wrong_sender_is_refused_with_what_is_wrong(sender: str, message: str) -> None:
    with pytest.raises(PhoneNumberError) as caught:
        check_sender(sender)
    assert str(caught.value) == message
    assert caught.value.field == "from"


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("(415) 555-2671", "US", "+14155552671"),
        ("(415) 555-2671", "us", "+14155552671"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+44 7911 123456", None, "+447911123456"),
        ("+44 7911 123456", "US", "+447911123456"),
        ("0044 7911 123456", None, "+447911123456"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("098765 43210", "IN", "+919876543210"),
        ("0412 345 678", "AU", "+61412345678"),
    ],
)
def test_a_number_as_people_write_it_becomes_e164(text: str, country: str | None, number: str) -> None:
    assert format_number(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "message"),
    [
        (
            "(415) 555-2671",
            None,
            "The phone number is '(415) 555-2671', which has no country code, and no country was given to read it by.",
        ),
        ("415 555 2671", "Utopia", "The phone number cannot be read: 'Utopia' is not a country."),
        (
            "415 555 2671 ext. 5",
            "US",
            "The phone number is '415 555 2671 ext. 5', which has an extension (5); messages cannot reach extensions.",
        ),
        (
            "555-26",
            "US",
            (
                "The phone number is '555-26', which as a number of US is too short: "
                "after +1 (US) a number has 10 digits, this one has 5."
            ),
        ),
        (
            "030 1234 0007",
            "us",
            (
                "The phone number is '030 1234 0007', which as a number of US is too long: "
                "after +1 (US) a number has 10 digits, this one has 11."
            ),
        ),
        (
            "+1 415 555 267",
            "US",
            (
                "The phone number is '+1415555267', which is too short: "
                "after +1 (US) a number has 10 digits, this one has 9."
            ),
        ),
        ("call me", "US", "The phone number is 'call me', which contains letters (c, a, l, m, e)."),
        ("", "US", "The phone number is empty."),
    ],
)
def test_a_number_that_cannot_be_read_says_why(text: str, country: str | None, message: str) -> None:
    with pytest.raises(PhoneNumberError) as caught:
        format_number(text, country)
    assert str(caught.value) == message
    assert caught.value.fix


@pytest.mark.parametrize(
    ("number", "country", "zones"),
    [
        ("+15551234567", "US", ()),
        ("+14155552671", "US", ("America/Los_Angeles",)),
        ("+16045551234", "CA", ("America/Vancouver",)),
        ("+4915123456789", "DE", ("Europe/Berlin",)),
        ("+919876543210", "IN", ("Asia/Calcutta",)),
        ("+80012345678", None, ()),
        ("12345", None, ()),
        ("ACME", None, ()),
        ("+999123456789", None, ()),
    ],
)
def test_a_number_tells_its_country_and_zones_where_its_digits_do(
    number: str, country: str | None, zones: tuple[str, ...]
) -> None:
    assert country_of(number) == country
    assert time_zones_of(number) == zones


def test_a_zone_that_cannot_be_told_apart_gives_all_of_them() -> None:
    assert {"Australia/Perth", "Australia/Sydney"} <= set(time_zones_of("+61412345678"))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+15551234567", "•••4567"),
        ("whatsapp:+447911123456", "•••3456"),
        ("12345", "•••"),
        ("ACME", "•••"),
        ("", "•••"),
    ],
)
def test_a_masked_number_shows_its_last_four_digits_at_most(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_forms_are_told_apart() -> None:
    assert is_e164("+15551234567")
    assert not any(
        map(is_e164, ["15551234567", "+0555123456", "+1 555 123 4567", "+1555123456\u0667", "+15551234567\n"])
    )
    assert is_alphanumeric_sender("ACME")
    assert not any(map(is_alphanumeric_sender, ["12345", "+15551234567", "", "Acme Incorporated"]))


@given(st.from_regex(r"\+[0-9]{4,17}", fullmatch=True))
@example("+110000000000")
@example("+4407911123456")
def test_exactly_the_possible_numbers_of_libphonenumber_pass(number: str) -> None:
    try:
        parsed = phonenumbers.parse(number, None)
        possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        possible = possible and phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
    except phonenumbers.NumberParseException:
        possible = False
    try:
        check_recipient(number)
        passed = True
    except PhoneNumberError:
        passed = False
    # A few possible numbers are shorter or longer than E.164 allows.
    assert passed == possible or (possible and not is_e164(number))


@given(st.text())
def test_any_text_is_a_number_or_gets_a_sentence_with_a_fix(text: str) -> None:
    for check in (check_recipient, check_sender, format_number):
        message = fix = "."
        try:
            assert check(text)
        except PhoneNumberError as error:
            message, fix = str(error), error.fix
        assert message.endswith(".")
        assert fix.endswith(".")


def test_the_number_tables_are_loaded_only_when_a_number_is_looked_at() -> None:
    code = "import sys, ringline.phone_numbers; print('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@given(st.from_regex(r"\A\+1[2-9][0-9]{9}\Z"))
def test_what_passes_for_north_america_without_the_library_is_possible_by_it(number: str) -> None:
    assert check_recipient(number) == number
    parsed = phonenumbers.parse(number, None)
    assert phonenumbers.is_possible_number(parsed)
    assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number


@pytest.mark.parametrize(
    ("number", "digit", "right"),
    [
        ("+4407911123456", "a 0", "+447911123456"),
        ("+114675999389", "a 1", "+14675999389"),
        ("+784539592964", "an 8", "+74539592964"),
    ],
)
def test_a_digit_dialled_only_inside_the_country_is_named(number: str, digit: str, right: str) -> None:
    with pytest.raises(PhoneNumberError) as refused:
        check_recipient(number)
    assert f"with {digit} after the country code" in str(refused.value)
    assert refused.value.fix == f"Write {right}."
