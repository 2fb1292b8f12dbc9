from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.segments import count_segments, grapheme_clusters, is_gsm7, non_gsm7_characters, smart_encode

THUMB = "👍🏽"  # four units
FAMILY = "👨‍👩‍👧‍👦"  # eleven units

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = "\f^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "encoding", "units"),
    [
        ("", "GSM-7", [0]),
        ("a" * 160, "GSM-7", [160]),
        ("a" * 161, "GSM-7", [153, 8]),
        ("a" * 306, "GSM-7", [153, 153]),
        ("a" * 307, "GSM-7", [153, 153, 1]),
        ("a" * 459, "GSM-7", [153, 153, 153]),
        ("a" * 460, "GSM-7", [153, 153, 153, 1]),
        ("€" * 80, "GSM-7", [160]),
        ("€" * 81, "GSM-7", [152, 10]),
        ("{" + "a" * 159, "GSM-7", [153, 8]),
        ("a" * 152 + "{" + "a" * 152, "GSM-7", [152, 153, 1]),
        ("a" * 151 + "{" + "a" * 153, "GSM-7", [153, 153]),
        ("a" * 158 + "\r\n", "GSM-7", [160]),
        ("a" * 159 + "\r\n", "GSM-7", [153, 8]),
        ("\n" * 160, "GSM-7", [160]),
        ("\f" * 80, "GSM-7", [160]),
        ("\f" * 81, "GSM-7", [152, 10]),
        ("ΔΩ" * 81, "GSM-7", [153, 9]),
        ("ç" * 70, "UCS-2", [70]),
        ("ç" * 71, "UCS-2", [67, 4]),
        ("中" * 70, "UCS-2", [70]),
        ("中" * 71, "UCS-2", [67, 4]),
        ("中" * 134, "UCS-2", [67, 67]),
        ("中" * 135, "UCS-2", [67, 67, 1]),
        ("中" * 201, "UCS-2", [67, 67, 67]),
        ("中" * 202, "UCS-2", [67, 67, 67, 1]),
        ("😀" * 35, "UCS-2", [70]),
        ("😀" * 36, "UCS-2", [66, 6]),
        ("😀" * 66, "UCS-2", [66, 66]),
        ("😀" * 67, "UCS-2", [66, 66, 2]),
        ("😀" * 99, "UCS-2", [66, 66, 66]),
        ("😀" * 100, "UCS-2", [66, 66, 66, 2]),
        (THUMB * 17, "UCS-2", [68]),
        (THUMB * 18, "UCS-2", [64, 8]),
        (THUMB * 32, "UCS-2", [64, 64]),
        (THUMB * 33, "UCS-2", [64, 64, 4]),
        (FAMILY * 6, "UCS-2", [66]),
        (FAMILY * 7, "UCS-2", [66, 11]),
        (FAMILY * 12, "UCS-2", [66, 66]),
        (FAMILY * 13, "UCS-2", [66, 66, 11]),
        ("😜" + "a" * 68, "UCS-2", [70]),
        ("🇮🇹" + "a" * 66, "UCS-2", [70]),
        ("€{" + "中" * 68, "UCS-2", [70]),
        ("中" * 66 + "\r\n" + "中" * 3, "UCS-2", [67, 4]),
        ("\ud83d" + "a" * 69, "UCS-2", [70]),
        ("a" * 10 + "e" + "\u0301" * 70, "UCS-2", [67, 14]),
    ],
)
def test_a_text_splits_as_twilios_calculator_splits_it(text: str, encoding: str, units: list[int]) -> None:
    assert count_segments(text) == (encoding, len(units), units)


@pytest.mark.parametrize("character", "`çáíóúÁÍÓÚ“”–—…\t\u00a0ψД😀")
def test_a_character_outside_gsm7_makes_the_whole_text_ucs2(character: str) -> None:
    result = count_segments("a" * 60 + "€" + character)
    assert result.encoding == "UCS-2"
    assert result.units == [61 + len(character.encode("utf-16-le")) // 2]


def test_every_gsm7_character_counts_one_septet_and_every_escaped_one_two() -> None:
    assert [count_segments(character).units for character in BASIC] == [[1]] * 127
    assert [count_segments(character).units for character in ESCAPED] == [[2]] * 10


def test_the_characters_that_cost_gsm7_are_named_once_and_in_order() -> None:
    assert non_gsm7_characters("“Hi” — “x”") == ["“", "”", "—"]
    assert is_gsm7("Hello {name}, 5 €\r\n")
    assert not is_gsm7("“")


gsm7_text = st.text(alphabet=BASIC + ESCAPED, max_size=700)
ucs2_text = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            ["a", "中", "😀", "\u0301", "\u200d", "👩", "🏽", "🇮", "🇹", "\r", "\n", "\ufe0f", "각", "ᄀ", "ᅡ"]
        ),
        st.characters(exclude_categories=[]),
    ),
    max_size=300,
)


def septets(character: str) -> int:
    return 2 if character in ESCAPED else 1


@given(gsm7_text)
def test_gsm7_parts_are_filled_from_the_front_without_splitting_an_escape(text: str) -> None:
    parts = [0]
    for character in text:
        if parts[-1] + septets(character) > 153:
            parts.append(0)
        parts[-1] += septets(character)
    total = sum(map(septets, text))
    assert count_segments(text).units == ([total] if total <= 160 else parts)


@given(ucs2_text)
def test_ucs2_parts_hold_every_unit_and_break_only_between_clusters(text: str) -> None:
    text = "中" + text
    result = count_segments(text)
    sizes = [len(cluster.encode("utf-16-le", "surrogatepass")) // 2 for cluster in grapheme_clusters(text)]
    assert result.encoding == "UCS-2"
    assert sum(result.units) == sum(sizes)
    assert result.segments == len(result.units)
    if sum(sizes) <= 70:
        assert result.segments == 1
    else:
        assert all(0 < units <= 67 for units in result.units)
    if result.segments > 1 and max(sizes) <= 67:
        ends = {sum(sizes[: count + 1]) for count in range(len(sizes))}
        reached = 0
        for units in result.units:
            reached += units
            assert reached in ends


@given(st.text())
def test_clusters_put_together_are_the_text_again(text: str) -> None:
    clusters = grapheme_clusters(text)
    assert "".join(clusters) == text
    assert all(clusters)


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("", []),
        ("e\u0301a", ["e\u0301", "a"]),
        ("\r\n", ["\r", "\n"]),
        ("🇮🇹🇫🇷🇩", ["🇮🇹", "🇫🇷", "🇩"]),
        (FAMILY + THUMB, [FAMILY, THUMB]),
        ("❤️‍🔥x", ["❤️‍🔥", "x"]),
        ("a\u200d😀", ["a\u200d", "😀"]),
        ("가각ᄀ" + "ᅡᆨ", ["가", "각", "ᄀ" + "ᅡᆨ"]),
        ("🏴\U000e0067\U000e0062\U000e007f!", ["🏴\U000e0067\U000e0062\U000e007f", "!"]),
        ("กำ", ["กำ"]),
        ("का", ["का"]),
        ("\u0600" + "1", ["\u0600" + "1"]),
        ("\n\u0301", ["\n", "\u0301"]),
    ],
)
def test_a_cluster_is_what_a_reader_sees_as_one_character(text: str, clusters: list[str]) -> None:
    assert grapheme_clusters(text) == clusters


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("“quoted” „low‟ «guillemets»", '"quoted" "low" "guillemets"'),
        ("it’s ‘so’ ‛and´ `", "it's 'so' 'and' '"),
        ("a – b — c ‐ d • e", "a - b - c - d - e"),
        ("wait…", "wait..."),
        ("½ cup", "1/2 cup"),
        ("a\u00a0b", "a  b"),
        ("a\tb", "a       b"),
        ("a\u200bb\ufeff", "ab"),
        ("ＡＢ１２！", "AB12!"),
        ("ʜᴇʟʟᴏ", "HELLO"),
        ("‹x›", "<x>"),
        ("Café 中 😀 {€}", "Café 中 😀 {€}"),
        ("plain", "plain"),
    ],
)
def test_smart_encoding_replaces_what_only_looks_different(text: str, encoded: str) -> None:
    assert smart_encode(text) == encoded


@given(st.text())
def test_smart_encoding_twice_changes_nothing_more(text: str) -> None:
    once = smart_encode(text)
    assert smart_encode(once) == once


@given(st.text())
def test_smart_encoding_never_turns_gsm7_into_ucs2(text: str) -> None:
    if is_gsm7(text):
        assert smart_encode(text) == text
