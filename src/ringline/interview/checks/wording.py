"""What is wrong with how questions sound: too long, too alike, not in every language, with nothing said at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from ringline.interview.faults import FlowFault, listed
from ringline.interview.operands import folded
from ringline.interview.routing import exits

if TYPE_CHECKING:
    from ringline.interview.flow import Question, QuestionFlow

MOST_SENTENCES = 2
MOST_BYTES = 3000
"""What the strictest of Twilio's voices speaks at once."""
MOST_CHOICES = 5
TOO_ALIKE = 80

_SENTENCE_END = re.compile(r"[.!?…。！？]+(?=\s+\S|$)")
_ABBREVIATION = re.compile(r"\b(?:dr|mr|mrs|ms|st|no|e\.g|i\.e|etc|approx)$|\b\w$", re.IGNORECASE)
_SECRET = re.compile(
    r"\b(?:(?:credit|debit|bank) card|card number|cvv|cvc|security code|social security|ssn|passport|password|passcode|"
    r"pin(?: code| number)?|iban|account number|routing number|tax (?:id|number)|driver'?s licen[cs]e|date of birth|"
    r"tarjeta|contraseña|pasaporte|carte (?:bancaire|de crédit)|mot de passe|passeport|kreditkarte\w*|passwort|"
    r"reisepass\w*|kontonummer|cartão|senha|passaporte|carta di credito|codice fiscale)\b",
    re.IGNORECASE,
)


def wording_faults(flow: QuestionFlow, *, has_goodbye: bool) -> Iterator[FlowFault]:
    """Everything of this kind."""
    languages = dict.fromkeys(language for question in flow.questions for language, _ in question.translations)
    for index, question in enumerate(flow.questions):
        at = f"questions.{index}"
        yield from _length(question, at)
        yield from _choices(question, at)
        missing = [language for language in languages if language not in dict(question.translations)]
        if missing:
            yield FlowFault(
                "warning",
                f"{at}.translations",
                f"Question `{question.id}` has no translation for {listed(missing)}, and others have.",
                "Add it to `translations`; without it the question is asked as it stands.",
            )
        secret = _SECRET.search(f"{question.id.replace('_', ' ')} {question.question}")
        if secret and not question.sensitive:
            yield FlowFault(
                "warning",
                at,
                f"Question `{question.id}` asks for something that nobody else should read (“{secret[0]}”).",
                "Write `sensitive: true`: then the answer is masked wherever it is kept or shown.",
            )
    if not has_goodbye:
        yield from _goodbye(flow)


def _length(question: Question, at: str) -> Iterator[FlowFault]:
    texts = [(f"{at}.question", question.question)]
    texts += [(f"{at}.translations.{language}", text) for language, text in question.translations]
    texts += [
        (f"{at}.actions.{i}.message", action.message) for i, action in enumerate(question.actions) if action.message
    ]
    for path, text in texts:
        if (size := len(text.encode())) > MOST_BYTES:
            yield FlowFault(
                "warning",
                path,
                f"A text of question `{question.id}` has {size} bytes, and a voice speaks {MOST_BYTES} at once.",
                "Make it shorter, or ask in several questions.",
            )
    if (count := sentences_in(question.question)) > MOST_SENTENCES:
        yield FlowFault(
            "warning",
            f"{at}.question",
            f"Question `{question.id}` has {count} sentences; by ear, people follow about {MOST_SENTENCES}.",
            "Make it shorter, and put the rest into `help`.",
        )


def sentences_in(text: str) -> int:
    """How many sentences a text has; `Dr. Smith` and `3.5` end none."""
    ends = [match for match in _SENTENCE_END.finditer(text) if not _ABBREVIATION.search(text[: match.start()])]
    rest = text[ends[-1].end() :] if ends else text
    return len(ends) + bool(rest.strip())


def _choices(question: Question, at: str) -> Iterator[FlowFault]:
    from rapidfuzz import fuzz  # compiled; only a check needs it

    if len(question.choices) > MOST_CHOICES:
        yield FlowFault(
            "warning",
            f"{at}.choices",
            f"Question `{question.id}` offers {len(question.choices)} choices; by ear, people keep {MOST_CHOICES}.",
            "Ask in two steps, the first for a group of choices.",
        )
    for (_, one), (other_index, other) in combinations(enumerate(question.choices), 2):
        left, right = folded(one.label), folded(other.label)
        if left != right and fuzz.ratio(left, right) >= TOO_ALIKE:
            yield FlowFault(
                "warning",
                f"{at}.choices.{other_index}",
                f"“{one.label}” and “{other.label}” of question `{question.id}` sound alike.",
                "Use words that cannot be confused, or give each `synonyms`.",
            )


def _goodbye(flow: QuestionFlow) -> Iterator[FlowFault]:
    for index, question in enumerate(flow.questions):
        for way in exits(flow, question.id):
            if way.route.kind in ("end", "end_call") and not way.route.message:
                at = f"questions.{index}" if way.index is None else f"questions.{index}.actions.{way.index}"
                yield FlowFault(
                    "warning",
                    at,
                    f"After question `{question.id}` the interview ends with a plain thanks.",
                    "Write a `goodbye` for the interview, or a `message` here.",
                )
                return
