"""An e-mail address, written or spelled aloud: "john dot smith at gmail dot com"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ringline.understanding.figures import in_figures
from ringline.understanding.interpretation import EXACT, PHRASE, TOKEN, WEAK, Interpretation, no_match
from ringline.understanding.lexicons.calendar import calendar_of
from ringline.understanding.lexicons.spelling import SPELLINGS
from ringline.understanding.settling import one_or_several, settle, unless_refused

if TYPE_CHECKING:
    from ringline.understanding.lexicons.spelling import Spelling
    from ringline.understanding.said import Said

_WRITTEN = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\"]+")
_MOST_WORDS = 3
_SIGNS = {".": "dot", "_": "underscore", "-": "dash", "+": "plus", "@": "at"}
_UMLAUTS = str.maketrans("äöü", "aou")


def understand_email(said: Said, language: str) -> Interpretation:
    """The address, its domain in lower case."""

    def decide(said: Said) -> Interpretation:
        return _written(said) or _spoken(said, language)

    def counts(said: Said) -> bool:
        return "@" in said.raw or re.search(rf"\b(?:{SPELLINGS[language].at})\b", said.folded) is not None

    return unless_refused(settle(said, decide, counts), said)


def _written(said: Said) -> Interpretation | None:
    found = [match[0].strip(".!?'’“”*") for match in _WRITTEN.finditer(said.raw)]
    addresses = [address for address in map(_valid, found) if address]
    if not addresses:
        return None
    sure = EXACT if said.raw.strip() == found[0] else PHRASE
    return one_or_several(addresses, sure, [f"“{one}” is an address" for one in found])


def _valid(address: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # only addresses need it

    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _spoken(said: Said, language: str) -> Interpretation:
    found = _heard(said, language)
    plain = said.part(said.raw.lower().translate(_UMLAUTS))
    if language != "de" or found.status != "ok" or plain.folded == said.folded:
        return found
    # `Müller` may be written `mueller` or `muller`, and nobody can hear which.
    other = _heard(plain, language)
    return one_or_several([found.value, other.value or found.value], TOKEN, (*found.evidence, *other.evidence))


def _heard(said: Said, language: str) -> Interpretation:
    spelling = SPELLINGS[language]
    text = _read(said, language)
    tokens = _tokens(text, spelling)
    ats = [
        index
        for index, (kind, word) in enumerate(tokens)
        if kind == "at" and (index == 0 or tokens[index - 1][0] != "dot") and 0 < index < len(tokens) - 1
    ]
    found: dict[str, float] = {}
    for at in ats:
        local, joined = _local(tokens[:at], spelling)
        domain = _domain(tokens[at + 1 :])
        address = _valid(f"{local}@{domain}") if local and domain else None
        if domain and not address:
            return no_match(f"what stands before “{domain}” is not clear")
        if address:
            found[address] = WEAK if joined else TOKEN
    if not found:
        return no_match("no address in it")
    return one_or_several(list(found), min(found.values()), [f"“{text.strip()}” is {' or '.join(found)}"])


def _read(said: Said, language: str) -> str:
    spelling = SPELLINGS[language]
    kept = frozenset(re.findall(r"[a-z]+", f"{spelling.at} {spelling.dot}")) | {"o"}
    text = in_figures(said, calendar_of(language), keep=kept, rewrites=(), ordinals=False)
    return re.sub(rf"\b(?:{spelling.asides})\b", " ", text)


def _tokens(text: str, spelling: Spelling) -> list[tuple[str, str]]:
    """Words and figures, with the names of signs in place of what stands for them."""
    kinds = {
        "underscore": spelling.underscore,
        "dash": spelling.dash,
        "plus": spelling.plus,
        "at": spelling.at,
        "dot": spelling.dot,
    }
    spoken = "|".join(rf"(?P<{kind}>\b(?:{pattern.replace('|@', '')})\b)" for kind, pattern in kinds.items())
    pattern = re.compile(
        rf"\b(?P<spelled>[a-z]) (?:{spelling.as_in}) [a-z]{{2,}}\b|\b(?:{spelling.twice}) (?P<twice>[a-z\d])\b"
        rf"|(?P<dotcom>\bdotcom\b)|{spoken}|(?P<sign>[._+@-])|(?P<word>[a-z]+|\d+)"
    )
    tokens: list[tuple[str, str]] = []
    for match in pattern.finditer(text):
        kind = match.lastgroup or "word"
        if kind == "sign" and match[0] in _SIGNS:
            # A full stop that ends a sentence, or a dash between words, is no part of an address.
            is_inside = text[match.end() : match.end() + 1].strip() and text[: match.start()][-1:].strip()
            stands_free = f" {match[0]} " == text[match.start() - 1 : match.end() + 1] and "@" in text
            if is_inside or stands_free or match[0] in "@_":
                tokens.append((_SIGNS[match[0]], match[0]))
        elif kind == "dotcom":
            tokens += [("dot", "."), ("word", "com")]
        elif kind == "twice":
            tokens.append(("word", match["twice"] * 2))
        elif kind in ("word", "spelled"):
            tokens.append(("word", match[kind]))
        else:
            tokens.append((kind, match[0]))
    return tokens


_WRITTEN_AS = {"dot": ".", "underscore": "_", "dash": "-", "plus": "+"}


def _local(before: list[tuple[str, str]], spelling: Spelling) -> tuple[str, bool]:
    """The part before the @, read backwards to where the address begins; whether several words were put together."""
    parts: list[str] = []
    words = 0
    is_joined = False
    for index in range(len(before) - 1, -1, -1):
        kind, word = before[index]
        if kind == "at":
            break
        if kind != "word":
            if not parts:
                return "", False
            parts.append(_WRITTEN_AS[kind])
            words = 0
            continue
        after_sign = bool(parts) and parts[-1] in _WRITTEN_AS.values()
        if parts and not after_sign:
            if word in spelling.frame and not (len(word) == 1 and _is_spelled(before, index)):
                break
            if len(word) > 1 and not word.isdigit():
                words += 1
                is_joined = is_joined or (len(parts[-1]) > 1 and not parts[-1].isdigit())
        elif len(word) > 1:
            words += 1
        if words > _MOST_WORDS:
            return "", False
        parts.append(word)
    parts = _spelled_once(parts)
    while parts and parts[-1] in _WRITTEN_AS.values():
        parts.pop()
    return "".join(reversed(parts)), is_joined


def _spelled_once(parts: list[str]) -> list[str]:
    """A word that is spelled after it was said counts once; *parts* are read from the end."""
    for index, word in enumerate(parts):
        letters = "".join(reversed(parts[:index]))
        if len(word) > 1 and word == letters:
            return parts[:index] + parts[index + 1 :]
    return parts


def _is_spelled(tokens: list[tuple[str, str]], index: int) -> bool:
    """Whether a letter stands among letters."""
    around = tokens[index + 1 : index + 2]
    return bool(around) and around[0][0] == "word" and len(around[0][1]) == 1


def _domain(after: list[tuple[str, str]]) -> str:
    """The part after the @: words up to the last dot's."""
    labels: list[str] = [""]
    words = 0
    is_after_dot = False
    for kind, word in after:
        if kind == "word" or (kind == "at" and is_after_dot):
            is_open = labels[-1].endswith("-")
            ends = (
                len(labels) > 1
                and labels[-1]
                and not is_open
                and not (len(word) == 1 and len(labels[-1]) < _MOST_WORDS and words)
            )
            if ends:
                break
            labels[-1] += word
            words = 1 if len(word) == 1 else 0
            is_after_dot = False
        elif kind == "dot" and labels[-1]:
            labels.append("")
            words, is_after_dot = 0, True
        elif kind == "dash" and labels[-1]:
            labels[-1] += "-"
        else:
            break
    labels = [label for label in labels if label]
    return ".".join(labels) if len(labels) > 1 and re.fullmatch(r"[a-z]{2,}", labels[-1]) else ""
