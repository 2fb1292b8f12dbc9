"""The verbs of TwiML for voice: attributes, nesting, defaults. A leaf that the validator and the simulator read.

It holds what Twilio documents and nothing that is done with it: what a verb does in a call is the simulator's, what a
document is told is wrong with it the validator's.

- `ELEMENTS`: every element by its name; `VERBS`: those that stand directly in ``<Response>``.
- `CODES`: Twilio's code, its level and what it means. A fatal one ends the document, any other is noted and the call
  goes on: a wrong attribute counts as left out, a verb where it may not stand is passed over.
"""

from __future__ import annotations

from ringline.twiml_grammar.codes import CODES, CODES_INSIDE
from ringline.twiml_grammar.elements import ELEMENTS, VERBS
from ringline.twiml_grammar.form import (
    BASIC_VOICES,
    DTMF,
    KEYS,
    LANGUAGE_TAG,
    MAX_DOCUMENT_BYTES,
    MAX_HINT_CHARACTERS,
    MAX_HINTS,
    MAX_INLINE_CHARACTERS,
    MAX_LOOPS,
    MAX_REDIRECTS,
    MAX_SAY_URL_ENCODED,
    NAMED_VOICES,
    SAY_BYTES,
    TWIML_TYPES,
    Attribute,
    Code,
    Element,
    Kind,
    Level,
)

__all__ = [
    "BASIC_VOICES",
    "CODES",
    "CODES_INSIDE",
    "DTMF",
    "ELEMENTS",
    "KEYS",
    "LANGUAGE_TAG",
    "MAX_DOCUMENT_BYTES",
    "MAX_HINTS",
    "MAX_HINT_CHARACTERS",
    "MAX_INLINE_CHARACTERS",
    "MAX_LOOPS",
    "MAX_REDIRECTS",
    "MAX_SAY_URL_ENCODED",
    "NAMED_VOICES",
    "SAY_BYTES",
    "TWIML_TYPES",
    "VERBS",
    "Attribute",
    "Code",
    "Element",
    "Kind",
    "Level",
]
