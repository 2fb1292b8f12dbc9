"""Segments counted per second, for the kinds of text people send."""

from __future__ import annotations

from benchmarks.timing import line, microseconds
from ringline.segments import count_segments

TEXTS = {
    "80 plain characters (1 segment)": "Your order 4711 is on its way. Track it: https://example.com/t/4711 Thanks, Ann"
    "!",
    "300 plain characters (2 segments)": "The quick brown fox jumps over the lazy dog. " * 6
    + "The quick brown fox jumps now.",
    "70 accented characters (UCS-2, 1 segment)": (
        "Bună ziua! Comanda dumneavoastră a fost expediată și ajunge mâine. Pa!"
    ),
    "120 characters with emoji (UCS-2)": (
        "🎉 Order confirmed! Hi Ann, your order #4711 is confirmed. 📦 Estimated delivery: Friday. 👍🏽 "
        "Questions? Reply HELP anytime."
    ),
}


def characters_in_gsm(text: str, alphabet: frozenset[str]) -> bool:
    """The baseline: one membership test a character, without any counting."""
    return all(character in alphabet for character in text)


def main() -> None:
    alphabet = frozenset(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà"
        + "".join(chr(code) for code in (*range(65, 91), *range(97, 123)))
    )
    for name, text in TEXTS.items():
        took = microseconds(lambda text=text: count_segments(text))
        baseline = microseconds(lambda text=text: characters_in_gsm(text, alphabet))
        line(name, f"{1e6 / took:,.0f} /s", f"a plain look at each character: {1e6 / baseline:,.0f} /s")


if __name__ == "__main__":
    main()
