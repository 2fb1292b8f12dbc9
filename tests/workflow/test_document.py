"""Reading definitions: types of YAML scalars, places, and the sentence for each way a text can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import Fault, NotFoundError, WorkflowSyntaxError
from ringline.workflow.document import Document, load_document, read_document

FLOW = """\
version: "1.0"   # the language, not ours
inputs: []
steps:
  - type: twilio/sms@v1
    name: remind          # before the visit
    to: +15550001111
    message: "Order #5: {{name}}"
    response_mapping: {sid: messageSid, price: messageCost}
  - {type: flow/delay@v1, name: pause}
outputs: []
"""


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        # text: what standard or older YAML would turn into something else
        ("+15550001111", "+15550001111"),
        ("+1", "+1"),
        ("+1.5", "+1.5"),
        ("00420123456789", "00420123456789"),
        ("007", "007"),
        ("00", "00"),
        ("01.5", "01.5"),
        ("0644", "0644"),
        ("15550001111", "15550001111"),
        ("12345678", "12345678"),
        ("2024-01-15", "2024-01-15"),
        ("2024-01-15T10:30:00Z", "2024-01-15T10:30:00Z"),
        ("2024-01-15 10:30:00", "2024-01-15 10:30:00"),
        ("9:30", "9:30"),
        ("09:30", "09:30"),
        ("12:30:45", "12:30:45"),
        ("190:20:30.15", "190:20:30.15"),
        ("yes", "yes"),
        ("Yes", "Yes"),
        ("YES", "YES"),
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("off", "off"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("n", "n"),
        ("Y", "Y"),
        ("N", "N"),
        (".inf", ".inf"),
        ("-.inf", "-.inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("1_000", "1_000"),
        ("0b101", "0b101"),
        ("24h", "24h"),
        ("-24h", "-24h"),
        ("PT10S", "PT10S"),
        ("$steps.a.b", "$steps.a.b"),
        ("1.0.0", "1.0.0"),
        (".", "."),
        ("=", "="),
        ("nULL", "nULL"),
        ("tRUE", "tRUE"),
        ('"5"', "5"),
        ("'true'", "true"),
        ('""', ""),
        ("!!str 5", "5"),
        # numbers, truth, nothing
        ("0", 0),
        ("-0", 0),
        ("5", 5),
        ("-1", -1),
        ("1234567", 1234567),
        ("-12345678", -12345678),
        ("0x1F", 31),
        ("0o17", 15),
        ("0.5", 0.5),
        ("-0.5", -0.5),
        ("1.0", 1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("12345678.5", 12345678.5),
        ("!!float 5", 5.0),
        ("!!int 12345678", 12345678),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("null", None),
        ("Null", None),
        ("~", None),
        ("", None),
    ],
)
def test_a_yaml_scalar_has_the_type_its_author_meant(scalar: str, value: Any) -> None:
    loaded = load_document(f"value: {scalar}\nlist: [{scalar or 'null'}]\n").data

    assert loaded["value"] == value
    assert type(loaded["value"]) is type(value)
    assert loaded["list"] == [value]


@pytest.mark.parametrize("key", ["1", "12345678", "true", "yes", "null", "2024-01-15", "9:30", "+1555", "0.5", "~"])
def test_every_key_is_text(key: str) -> None:
    assert load_document(f"cases:\n  {key}: x\n").data == {"cases": {key: "x"}}


def test_types_are_the_same_under_an_older_yaml_directive() -> None:
    assert load_document("%YAML 1.1\n---\nanswer: yes\nat: 9:30\ncode: 0644\n").data == {
        "answer": "yes",
        "at": "9:30",
        "code": "0644",
    }


def test_json_numbers_are_numbers() -> None:
    assert load_document('{"to": 15550001111, "at": "9:30", "ratio": 1e3}').data == {
        "to": 15550001111,
        "at": "9:30",
        "ratio": 1000.0,
    }


def test_a_brace_may_also_open_yaml() -> None:
    document = load_document("{version: '1.0', steps: [], to: +1555}")

    assert document.format == "yaml"
    assert document.data == {"version": "1.0", "steps": [], "to": "+1555"}


def test_every_value_has_its_place() -> None:
    document = load_document(FLOW)

    assert document.position(()) == (1, 1)
    assert document.position(("steps", 0)) == (4, 5)
    assert document.position(("steps", 0, "to")) == (6, 9)
    assert document.key_position(("steps", 0, "to")) == (6, 5)
    assert document.position(("steps", 0, "response_mapping", "price")) == (8, 48)
    assert document.position(("steps", 1, "name")) == (9, 33)


def test_what_is_missing_has_the_place_of_what_should_hold_it() -> None:
    document = load_document(FLOW)

    assert document.position(("steps", 0, "from")) == (4, 5)
    assert document.position(("steps", 7, "name")) == document.position(("steps",))
    assert document.key_position(("steps", 0)) == (4, 5)


def test_json_has_the_same_places_as_the_same_text_read_as_yaml() -> None:
    text = '{"steps": [\n  {"name": "a", "to": "x"},\n  []\n], "n": -1.5}'
    document = load_document(text)
    # A comment is the one thing JSON does not take, so this is read as YAML.
    as_yaml = load_document(text + " # yaml")

    assert (document.format, as_yaml.format) == ("json", "yaml")
    assert document.data == as_yaml.data
    for path in ((), ("steps",), ("steps", 0), ("steps", 0, "to"), ("steps", 1), ("n",)):
        assert document.position(path) == as_yaml.position(path)
        assert document.key_position(path) == as_yaml.key_position(path)


def test_a_definition_built_in_python_has_no_places() -> None:
    document = Document.of({"steps": []})

    assert document.position(("steps",)) is None
    assert document.key_position(("steps",)) is None


def test_a_mapping_takes_in_what_it_does_not_say_itself() -> None:
    document = load_document(
        "base: &base {from: '+1555', to: nobody}\nmore: &more {purpose: alert, to: all}\n"
        "step:\n  <<: [*base, *more]\n  to: '+1666'\n"
    )

    assert document.data["step"] == {"to": "+1666", "from": "+1555", "purpose": "alert"}
    assert document.position(("step", "from")) == (1, 20)


def test_an_aliased_value_is_copied_not_shared() -> None:
    data = load_document("a: &x [1]\nb: *x\n").data
    data["a"].append(2)

    assert data["b"] == [1]


FAULTS = [
    ("", (1, 1), "The document is empty."),
    ("# only a comment\n", (1, 1), "The document is empty."),
    ("- a\n", (1, 1), "The document is a list."),
    ("[]", (1, 1), "The document is a list."),
    ("just words\n", (1, 1), "The document is text."),
    ("42\n", (1, 1), "The document is a single value."),
    ("a: 1\nb: 2\na: 3\n", (3, 1), "`a` is written twice here; the first one is in line 1."),
    ('{"a": 1,\n "a": 2}', (2, 2), "`a` is written twice here; the first one is in line 1."),
    ("to: {{phone}}\n", (1, 5), "A value that begins with `{{` must stand in quotes"),
    ("to: {{phone}} now\n", (1, 5), "A value that begins with `{{` must stand in quotes"),
    ("x:\n  - {{#if a}}b{{/if}}\n", (2, 5), "A value that begins with `{{` must stand in quotes"),
    ("a:\n\tb: 1\n", (2, 1), "A tab stands at the start of the line"),
    ("a: @home\n", (1, 4), "A value cannot begin with `@`."),
    ("a: `x`\n", (1, 4), "A value cannot begin with a backtick."),
    ("a: %x\n", (1, 4), "A value cannot begin with `%`."),
    ("a: *bold*\n", (1, 4), "A value that begins with `*`"),
    ("a: !important x\n", (1, 4), "`!important` is a YAML tag"),
    ("a: !!python/object/apply:os.system [ls]\n", (1, 4), "`!!python/object/apply:os.system` is a YAML tag"),
    ("a: !!timestamp 2024-01-15\n", (1, 4), "`!!timestamp` is a YAML tag"),
    ("a: !!int soon\n", (1, 4), "`soon` is not what its tag `!!int` says."),
    ("message: Total: $5\n", (1, 15), "There is a second `: ` in this value"),
    ("a: 'x\n", (1, 4), "A quoted text is not closed."),
    ('a: "x\n', (1, 4), "A quoted text is not closed."),
    ('a: "x" y\n', (1, 8), "This line is not lined up"),
    ('a: "\\q"\n', (1, 4), "A backslash between double quotes is followed by"),
    ('a: "\\UFFFFFFFF"\n', None, "The text is not valid YAML"),
    ("a: [1, 2\nb: 3\n", (1, 4), "A list in `[ ]` is not closed"),
    ("a: {b: 1\nc: 3\n", (1, 4), "A mapping in `{ }` is not closed"),
    ("a: |x\n  y\n", (1, 5), "After `|` or `>` the text begins on the next line."),
    ("a:\n  b: 1\n c: 2\n", (3, 2), "This line is not lined up"),
    ("? [a]\n: 1\n", (1, 3), "A key must be text"),
    ("a: 1\n---\nb: 2\n", (2, 1), "The file holds a second document"),
    ("a: x\x07y\n", (1, 5), "The invisible character U+0007"),
    ("a: &x [*x]\n", (1, 4), "An alias (`*name`) stands inside the very value it names."),
    ("a: &x 5\nb: {<<: *x}\n", (1, 4), "`<<` takes in another mapping, and this is none."),
    ("a: " + "[" * 200, (1, 103), "The document is nested deeper than 100 levels."),
    ('{"a": ' + "[" * 200, (1, 107), "The document is nested deeper than 100 levels."),
    ('{"a": 1 "b": 2}', (1, 9), 'A comma or `}` is missing after the value of "a".'),
    ('{"a" 1}', (1, 6), 'A `:` is missing after "a".'),
    ('{"a": [1 2', (1, 10), "A comma or `]` is missing between two values."),
    ('{"a": "x', (1, 7), "A text is not closed."),
    ('{"a": "\\q', (1, 8), "A backslash is followed by a character that means nothing."),
    ('{"a": ', (1, 7), "The document ends too early."),
]


@pytest.mark.parametrize(("text", "place", "sentence"), FAULTS, ids=[repr(case[0][:30]) for case in FAULTS])
def test_a_wrong_text_is_refused_with_line_column_sentence_and_fix(
    text: str, place: tuple[int, int] | None, sentence: str
) -> None:
    with pytest.raises(WorkflowSyntaxError) as caught:
        load_document(text)

    fault = caught.value.faults[0]
    assert fault.message.startswith(sentence)
    assert fault.fix
    assert place == (None if fault.line is None else (fault.line, fault.column))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1,}', "A comma stands before `}`."),
        ('{"a": [1,]}', "A comma stands before `]`."),
        ("{'a': 1}", "A key in double quotes is missing here."),
        ("{\"a\": 'x'}", "JSON takes only double quotes."),
        ('{"a": tru}', "`tru` is not a JSON value."),
        ('{"a": NaN}', "`NaN` is not a JSON value."),
        ('{"a": 1e999}', "The number 1e999 is too large."),
        ('{"a": ' + "9" * 5000 + "}", "The number has 5000 digits."),
        ('{"a": "x\ny"}', "A text goes over the end of its line"),
        ('{"a": 1} x', "There is more text after the end of the document."),
    ],
)
def test_a_json_file_is_held_to_json(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "flow.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(WorkflowSyntaxError) as caught:
        load_document(path)

    assert caught.value.faults[0].message.startswith(sentence)
    assert caught.value.faults[0].line is not None


def test_all_doubled_keys_are_told_at_once() -> None:
    with pytest.raises(WorkflowSyntaxError) as caught:
        load_document("a: 1\na: 2\nb: {c: 1, c: 2}\nd: !x y\n")

    assert [fault.line for fault in caught.value.faults] == [2, 3, 4]


def test_aliases_that_multiply_are_stopped() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    with pytest.raises(WorkflowSyntaxError, match="With its aliases followed"):
        load_document("\n".join(lines))


def test_words_lost_in_a_comment_are_a_warning() -> None:
    document = load_document("message: Your order #{{number}} is here\nname: a # a remark\nto: b\n")

    assert document.data["message"] == "Your order"
    (warning,) = document.warnings
    assert (warning.severity, warning.line, warning.column) == ("warning", 1, 10)
    assert "`#{{number}} is here` is read as a comment" in warning.message


def test_a_file_is_read_by_path_and_by_name(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text("\ufeffversion: '1.0'\nname: Grüße 🎉\n", encoding="utf-8")

    assert load_document(path).data == load_document(str(path)).data == {"version": "1.0", "name": "Grüße 🎉"}
    assert load_document(path).source == str(path)


def test_a_text_may_be_kept_from_naming_a_file(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text("version: '1.0'\n", encoding="utf-8")

    with pytest.raises(WorkflowSyntaxError, match="The document is text"):
        read_document(str(path))


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Grüße".encode("latin-1"))

    with pytest.raises(NotFoundError, match="There is no file"):
        load_document(tmp_path / "absent.yaml")
    with pytest.raises(WorkflowSyntaxError, match="is not UTF-8 text"):
        load_document(latin)
    with pytest.raises(WorkflowSyntaxError, match="cannot be read"):
        load_document(tmp_path)


def test_an_edit_keeps_comments_quotes_and_every_other_line() -> None:
    document = load_document(FLOW)
    edited = document.edit()
    edited["steps"][0]["message"] = "See you"

    before, after = FLOW.splitlines(), document.dump(edited).splitlines()
    assert len(before) == len(after)
    assert [line for line, other in zip(before, after, strict=True) if line != other] == [before[6]]
    assert load_document("\n".join(after)).data["steps"][0]["message"] == "See you"


@pytest.mark.parametrize("text", ["steps:\n- a: 1\n  b:\n  - x\n", "steps:\n    - a:\n          b: 1\n"])
def test_an_edit_keeps_the_indentation_of_its_author(text: str) -> None:
    document = load_document(text)

    assert document.dump(document.edit()) == text


def test_what_is_dumped_reads_back_the_same() -> None:
    document = load_document("a: 1\n")
    edited = document.edit()
    values = ["+1555", "yes", "9:30", "007", "12345678", "2024-01-15", "", "null", "true", "5", 5, 0.5, True, None]
    edited["values"] = values

    assert load_document(document.dump(edited)).data["values"] == values


def test_json_is_dumped_in_its_own_indentation() -> None:
    text = '{\n    "a": [\n        "é"\n    ]\n}\n'
    document = load_document(text)

    assert document.dump(document.edit()) == text


json_scalars = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text()
json_values = st.recursive(
    json_scalars | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.sampled_from([None, 2]))
def test_json_reads_as_pythons_own_reader_reads_it(data: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(data, indent=indent)

    assert load_document(text).data == json.loads(text)


def read_or_refuse(text: str) -> dict[str, Any] | list[Fault]:
    try:
        return read_document(text).data
    except WorkflowSyntaxError as error:
        return error.faults


@given(st.text(alphabet="ab:{}[]-?!&*#|>'\"%@`,\\ \t\n01.+~<=x\x00\u2028é", max_size=40))
def test_any_text_is_either_read_or_refused_with_a_fix(text: str) -> None:
    result = read_or_refuse(text)

    assert isinstance(result, dict) or (result and all(fault.message and fault.fix for fault in result))
