from __future__ import annotations

import pytest

from ringline.errors import RequestError
from ringline.messaging.languages import choose_variant, has_variant

SHIPPED = {
    "en": "Your parcel has left.",
    "es": "Tu paquete ha salido.",
    "fr": "Votre colis est parti.",
    "de": "Ihr Paket ist unterwegs.",
}


@pytest.mark.parametrize(
    ("variants", "language", "fallback", "chosen"),
    [
        (SHIPPED, "es", None, "es"),
        (SHIPPED, "DE", None, "de"),
        (SHIPPED, "de-AT", None, "de"),
        (SHIPPED, "fr_CA", None, "fr"),
        (SHIPPED, "ja", None, "en"),
        (SHIPPED, "ja", "fr", "fr"),
        (SHIPPED, None, "de", "de"),
        (SHIPPED, None, None, "en"),
        (SHIPPED, "", "", "en"),
        ({"pt-BR": "Oi", "es": "Hola"}, "pt", None, "pt-BR"),
        ({"pt-PT": "Olá", "es": "Hola"}, "pt-BR", None, "pt-PT"),
        ({"zh-TW": "a", "zh-CN": "b"}, "zh-cn", None, "zh-CN"),
        ({"es": "Hola", "fr": "Salut"}, "ja", None, "es"),
    ],
)
def test_a_recipient_gets_the_nearest_language(
    variants: dict[str, str], language: str | None, fallback: str | None, chosen: str
) -> None:
    assert choose_variant(variants, language, fallback) == variants[chosen]


def test_no_variant_at_all_is_an_error_that_shows_how_to_write_one() -> None:
    with pytest.raises(RequestError, match="no language variant") as caught:
        choose_variant({}, "en")

    assert caught.value.fix == "Write the text, or at least one variant: {en: …}."


def test_a_variant_of_another_region_counts_as_the_language() -> None:
    assert has_variant({"pt-BR": "Oi"}, "pt")
    assert not has_variant({"pt-BR": "Oi"}, "es")
