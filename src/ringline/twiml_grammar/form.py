"""What a table of TwiML is made of, and the limits that hold beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal[
    "text", "url", "integer", "boolean", "choice", "words", "finish_keys", "dtmf", "voice", "language", "list"
]
Level = Literal["error", "warning"]

MAX_DOCUMENT_BYTES: Final = 64 * 1024
MAX_INLINE_CHARACTERS: Final = 4000
MAX_REDIRECTS: Final = 10
MAX_HINTS: Final = 500
MAX_HINT_CHARACTERS: Final = 100
MAX_SAY_URL_ENCODED: Final = 4500
"""How long the words of one ``<Say>`` are at most when they are URL-encoded, whoever speaks."""
MAX_LOOPS: Final = 1000
"""What ``loop="0"`` comes to where the call lasts that long."""
SAY_BYTES: Final[Mapping[str, int]] = {"basic": 4096, "polly": 3000, "google": 5000}
"""How many UTF-8 bytes one ``<Say>`` holds by kind of voice; the tags of SSML count for Google's only."""
BASIC_VOICES: Final = frozenset({"man", "woman", "alice"})
NAMED_VOICES: Final = r"(Polly|Google)\.[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
LANGUAGE_TAG: Final = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"
KEYS: Final = "0123456789#*"
DTMF: Final = r"[0-9A-Da-d#*wW]+"
TWIML_TYPES: Final = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """What an attribute takes. *default* is what counts without it, ``None`` where that is nothing or said elsewhere.

    *code* is what Twilio notes about a value it does not take. A ``choice`` is one of *choices*, ``words`` any of them
    with blanks between, an ``integer`` lies between *low* and *high* or is one of *choices*.
    """

    kind: Kind = "text"
    default: str | None = None
    code: int = 12200
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One element. *text* says whether words may or must stand in it. Verbs after one that *ends* are never
    reached (``with_action``: where it has an `action`).

    *bad_child* is Twilio's code for an element in it that may not stand there.
    """

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: Literal["none", "optional", "required"] = "none"
    bad_child: int = 12200
    ends: Literal["no", "yes", "with_action"] = "no"


@dataclass(frozen=True, slots=True)
class Code:
    """What Twilio's debugger says."""

    level: Level
    meaning: str
    fatal: bool = False
