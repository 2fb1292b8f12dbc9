"""Which of several language variants of a text a recipient gets."""

from __future__ import annotations

from collections.abc import Mapping

from ringline.errors import RequestError


def choose_variant(variants: Mapping[str, str], language: str | None, fallback: str | None = None) -> str:
    """The text in *language*, else in *fallback*, else in English, else the variant that was written first.

    Tags are compared without regard to case and to ``_`` or ``-``. ``pt-BR`` also finds ``pt``, and ``pt`` finds
    ``pt-BR``: a text in the same language beats a text in another one.
    """
    if not variants:
        raise RequestError(
            "`message` has no language variant at all.",
            field="message",
            fix="Write the text, or at least one variant: {en: …}.",
        )
    texts = {_tag(tag): text for tag, text in variants.items()}
    for wanted in (language, fallback, "en"):
        if wanted:
            tag = _tag(wanted)
            found = _best(texts, tag)
            if found is not None:
                return texts[found]
    return next(iter(texts.values()))


def has_variant(variants: Mapping[str, str], language: str) -> bool:
    """Whether one of the variants is in *language*, with whatever region."""
    return _best({_tag(tag): text for tag, text in variants.items()}, _tag(language)) is not None


def _best(texts: Mapping[str, str], tag: str) -> str | None:
    if tag in texts:
        return tag
    primary = tag.split("-")[0]
    if primary in texts:
        return primary
    return next((other for other in texts if other.split("-")[0] == primary), None)


def _tag(language: str) -> str:
    return language.strip().replace("_", "-").lower()
