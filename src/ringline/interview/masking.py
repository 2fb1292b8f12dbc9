"""What of an answer or a transcript may be kept openly: kinds and last characters in place of numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringline.interview.events import KeysPressed, UserSaid
from ringline.interview.spelled import runs_in

if TYPE_CHECKING:
    from ringline.interview.events import Event
    from ringline.interview.flow import Question
    from ringline.interview.state import Answer

_LOCAL = (
    r"(?<![\w.+-])(?:\w\s+){0,30}[\w.+-]+"
    r"(?:\s+(?:dot|punto|point|punkt|ponto|dash|hyphen|underscore|guion|guión|tiret|strich|unterstrich|traço|trattino"
    r"|guion\s+bajo|guión\s+bajo)\s+[\w.+-]+){0,9}"
)
_SPOKEN_AT = r"(?:\s*@\s*|\s+(?:at|ät|klammeraffe)\s+)[\w-]+(?:\s*\.\s*[\w-]+|\s+(?:dot|punkt)\s+[\w-]+)+"
_OTHER_AT = (
    r"(?:\s*@\s*|\s+(?:arroba|arobase|chiocciola)\s+)"
    r"[\w-]+(?:\s*\.\s*[\w-]+|\s+(?:dot|punto|point|punkt|ponto)\s+[\w-]+)+"
)
_EMAIL = re.compile(f"{_LOCAL}(?:{_SPOKEN_AT}|{_OTHER_AT})", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_DIGITS = re.compile(r"\+?\d(?:[\s.\-()/,]{0,3}\d)+")
_LONG_RUN = 5
_CARD = range(13, 20)
_PHONE = range(7, 16)
_SHOWN = 4
_ENOUGH_TO_SHOW = 8
_READ_BACK = 2
WITHOUT_ENDING = ("text", "yes_no", "multiple_choice")
"""Types of which the last characters would tell the answer, or tell nothing."""
_LEAST_MASKED = {"number": 9, "date": 9, "time": 9, "duration": 9, "phone": 16, "email": 9}
"""How many digits are more than was asked for, by the type of the question."""
_LETTERS_OF_IBAN = 9


def mask(text: str, language: str = "en", *, asked: str = "text") -> str:
    """*text* without what should not lie about: e-mail addresses, IBANs, cards, phone numbers, long runs of digits.

    Of each its kind stays and, where it is long, its last four characters. Digits may be spoken ("four one one …").
    *asked* is the type of the question: what it asks for stays, and a card number told to it does not.
    """
    if asked == "digits":
        return text
    least = _LEAST_MASKED.get(asked, _LONG_RUN)
    masked = text if asked == "email" else _EMAIL.sub("[e-mail]", text)
    masked = _IBAN.sub(_iban, masked)
    # What is half spoken and half written is one number, so the written ones come last.
    return _DIGITS.sub(lambda match: _run(match, least), _spoken(masked, language, least))


def ending(secret: str) -> str:
    """`…4242`: the last four characters of a long secret, fewer of a short one."""
    bare = re.sub(r"\s", "", secret)
    return f"…{bare[-_SHOWN:]}" if len(bare) >= _ENOUGH_TO_SHOW else "…"


def read_back(secret: str) -> str:
    """The last two characters of a secret with blanks between them; nothing where they would be most of it."""
    bare = re.sub(r"\W", "", secret)
    return " ".join(bare[-_READ_BACK:]) if len(bare) >= 2 * _READ_BACK else ""


def hidden(answer: Answer, question: Question) -> Answer:
    """The answer as it may be kept: its value in `sealed`, what is left open says its ending."""
    if answer.value is None and not answer.raw:
        return answer
    secret = str(answer.value if answer.value is not None else answer.raw)
    shown = "…" if question.type in WITHOUT_ENDING else ending(secret)
    value = shown if answer.value is not None else None
    evidence = [f"a {question.type} answer, not shown"]
    return replace(answer, value=value, text=shown, raw=shown, evidence=evidence, sealed=secret)


def as_logged(answer: Answer, question: Question, language: str = "en") -> Answer:
    """The answer with its words as the log shows them: numbers that nobody asked for are masked.

    The value stays whole. To a question for free text the words are the value, and were asked for.
    """
    if answer.sealed is not None:
        return answer
    raw, text = (mask(words, language, asked=question.type) for words in (answer.raw, answer.text))
    return replace(answer, raw=raw, text=text)


def opened(answer: Answer, question: Question) -> Answer:
    """A hidden answer with its value, for the conditions that look at it; never to be kept."""
    if answer.sealed is None or (answer.value is None and answer.status == "ok"):
        return answer if answer.sealed is None else replace(answer, text=answer.sealed, raw=answer.sealed)
    return replace(answer, value=_typed(answer.sealed, question), text=answer.sealed, raw=answer.sealed)


def _typed(secret: str, question: Question) -> Any:
    if question.type == "yes_no":
        return secret == str(True)
    if question.type in ("number", "duration"):
        number = float(secret)
        return int(number) if number.is_integer() else number
    return secret


def _iban(match: re.Match[str]) -> str:
    found = match[0]
    # What follows an IBAN may look like a part of it: the longest beginning whose checksum is right counts.
    for end in range(len(found), 14, -1):
        bare = re.sub(r"[ -]", "", found[:end]).upper()
        if found[end - 1].isalnum() and _is_iban(bare):
            return f"[IBAN …{bare[-_SHOWN:]}]{found[end:]}"
    return found


def _is_iban(bare: str) -> bool:
    if not bare.isascii() or not bare.isalnum():
        return False
    digits = "".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])
    return int(digits) % 97 == 1


def _run(match: re.Match[str], least: int) -> str:
    return _named("".join(re.findall(r"\d", match[0])), match[0], least)


def _named(digits: str, written: str, least: int) -> str:
    if len(digits) < least or _is_date(written):
        return written
    shown = f" …{digits[-_SHOWN:]}" if len(digits) >= _ENOUGH_TO_SHOW else ""
    if len(digits) in _CARD and _is_card(digits):
        return f"[card{shown}]"
    if len(digits) in _PHONE:
        return f"[phone{shown}]"
    return f"[digits{shown}]"


def _is_date(written: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d", written) is not None


def _is_card(digits: str) -> bool:
    """Whether Luhn's checksum is right."""
    doubled = [int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _spoken(text: str, language: str, least: int) -> str:
    """The text with numbers masked that are spoken digit by digit, or in twos."""
    pieces: list[str] = []
    at = 0
    for run in runs_in(text, language):
        pieces += [text[at : run.start], _named(run.digits, text[run.start : run.end], least)]
        at = run.end
    return "".join([*pieces, text[at:]])


def concealed(event: Event) -> Event:
    """The event as it may be shown where it answers something sensitive: nothing of the words, the last keys."""
    if isinstance(event, UserSaid):
        return replace(event, text="…" if event.text.strip() else "")
    if isinstance(event, KeysPressed):
        return replace(event, digits=ending(event.digits) if event.digits else "")
    return event
