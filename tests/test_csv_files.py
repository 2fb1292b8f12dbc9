"""CSV files as people have them."""

from __future__ import annotations

import io

import pytest

from ringline.csv_files import CsvFile, csv_text, plain_cell
from ringline.errors import RequestError

HEAD = "phone,name"


def read(content: bytes) -> tuple[CsvFile, list[tuple[int, dict[str, str], str]]]:
    file = CsvFile(io.BytesIO(content))
    return file, [(row.line, row.cells, row.fault) for row in file.rows()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiter_encoding_and_line_ends_are_found_out(delimiter: str, encoding: str, newline: str) -> None:
    text = newline.join(["phone,name", "+14155550123,Zoë", "+14155550124,Jürgen"]).replace(",", delimiter)

    file, rows = read(text.encode(encoding))

    assert (file.columns, file.delimiter) == (("phone", "name"), delimiter)
    assert [row[1] for row in rows] == [
        {"phone": "+14155550123", "name": "Zoë"},
        {"phone": "+14155550124", "name": "Jürgen"},
    ]


def test_rows_know_the_line_on_which_they_begin() -> None:
    _, rows = read(b'phone,note\n+1,"two\nlines"\n\n+2,one\n,\n+3,x\n')

    assert [(line, cells["phone"]) for line, cells, _ in rows] == [(2, "+1"), (5, "+2"), (7, "+3")]


@pytest.mark.parametrize(
    ("bad", "later"),
    [
        (b'+2,"Zoe', b""),
        (b'"+2,Zoe', b""),
        (b'+2,"Zoe', b'+8,"Mia"\n'),  # the mark that closes it belongs to another row
        (b'+2,"Zoe', b'+8,Mia "the cat"\n' * 30),
    ],
)
@pytest.mark.parametrize("rows_between", [0, 1, 300, 9_000])
def test_a_quotation_mark_that_nothing_closes_spoils_its_own_line_only(
    bad: bytes, later: bytes, rows_between: int
) -> None:
    between = b"".join(b"+3%06d,Sam Summer\n" % number for number in range(rows_between))

    _, rows = read(b"phone,name\n+1,Ann\n" + bad + b"\n" + between + later + b"+9,Tom\n")

    wrong = [(line, fault) for line, _, fault in rows if fault]
    assert [line for line, _ in wrong] == [3]
    assert "nothing closes it" in wrong[0][1]
    assert len(rows) == 3 + rows_between + later.count(b"\n")
    assert [(rows[0][1]["phone"], rows[0][0]), (rows[-1][1]["phone"], rows[-1][0])] == [
        ("+1", 2),
        ("+9", len(rows) + 1),
    ]


def test_a_header_that_is_not_closed_is_refused() -> None:
    with pytest.raises(RequestError, match="in the first line a quotation mark"):
        read(b'"phone,name\n+1,Ann\n')


def test_a_comma_within_a_value_that_has_no_quotes_is_a_fault_of_that_row_alone() -> None:
    _, rows = read(b"phone,city\n+1,Bern\n+2,Portland, Oregon\n+3\n+4,Rome,,\n")

    assert [(line, bool(fault)) for line, _, fault in rows] == [(2, False), (3, True), (4, False), (5, False)]
    assert "a comma needs quotes" in rows[1][2]
    assert rows[2][1] == {"phone": "+3", "city": ""}


def test_a_comma_in_text_does_not_win_over_the_delimiter() -> None:
    file, rows = read(b"phone;text\n+1;a, b, c\n+2;d, e, f\n")

    assert file.columns == ("phone", "text")
    assert rows[0][1]["text"] == "a, b, c"


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"\n\n", "empty"), (b"a,b,a\n1,2,3\n", "`a` is there twice")]
)
def test_what_is_no_table_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        read(content)


def test_formulas_are_written_as_text_and_read_back() -> None:
    text = csv_text([["+14155550123", "=1+1", "-0.00830", "@x", "-1+1"]])

    assert text == "+14155550123,'=1+1,-0.00830,'@x,'-1+1\n"
    assert [plain_cell(cell) for cell in text.strip().split(",")] == ["+14155550123", "=1+1", "-0.00830", "@x", "-1+1"]
    assert plain_cell('="+14155550123"') == "+14155550123"
