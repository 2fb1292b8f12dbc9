"""Words made comparable with the patterns of a language file: lower case, no accents, no punctuation."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘`´ʼ]")


def plain(text: str) -> str:
    """*text* in lower case with single blanks, without accents, apostrophes and punctuation."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", _APOSTROPHES.sub("", folded)))
