from __future__ import annotations

from pathlib import Path

import pytest

from ringline.cli.run import declared_inputs, read_inputs
from ringline.errors import RequestError

ANY = {name: frozenset({"*"}) for name in ("phone", "count", "limit", "names", "empty", "sum", "a", "b", "frames")}


def test_text_stays_text_and_json_is_asked_for() -> None:
    values = read_inputs(None, ["phone=+14155550123", "count=3", "limit:=3", 'names:=["a"]', "empty=", "sum=1=1"], ANY)

    assert values == {"phone": "+14155550123", "count": "3", "limit": 3, "names": ["a"], "empty": "", "sum": "1=1"}


def test_text_that_looks_like_json_is_remarked_on_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert read_inputs(None, ['names=["Ann"]', "a={x}", "b=5"], ANY)["names"] == '["Ann"]'
    assert capsys.readouterr().err == "note: `names` is taken as text; for JSON write names:=…\n"


def test_declared_kind_decides_how_a_value_is_read() -> None:
    inputs = [
        {"name": "count", "kind": ["integer"]},
        {"name": "flag", "kind": ["boolean"]},
        {"name": "phone", "kind": ["string"]},
        {"name": "other"},
    ]
    kinds = declared_inputs(inputs)

    values = read_inputs(None, ["count=3", "flag=true", "phone=4155550123", "other=5"], kinds)

    assert values == {"count": 3, "flag": True, "phone": "4155550123", "other": "5"}
    assert read_inputs(None, ["count=three"], kinds) == {"count": "three"}


def test_single_inputs_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "inputs.json"
    file.write_text('{"a": 1, "b": 2}')

    assert read_inputs(file, ["b=x"], ANY) == {"a": 1, "b": "x"}


def test_value_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "frames.json"
    file.write_text("[1, 2]")

    assert read_inputs(None, [f"frames=@{file}"], ANY) == {"frames": [1, 2]}


@pytest.mark.parametrize(
    ("single", "sentence", "fix"),
    [
        ("phone", "--input `phone` is not NAME=VALUE", "write it as in --input phone=+14155550123"),
        ("=x", "--input `=x` is not NAME=VALUE", "write it as in --input phone=+14155550123"),
        (":=1", "--input `:=1` is not NAME=VALUE", "write it as in --input phone=+14155550123"),
        ("a:=x y", "--input `a:=x y`: what follows := is not JSON", "for text write ="),
        ("phon=1", "the workflow has no input `phon`", "did you mean `phone`?"),
        ("a=@nowhere.json", "--input a: there is no file `nowhere.json`", "check the path"),
    ],
)
def test_wrong_input_is_told_with_the_right_form(single: str, sentence: str, fix: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_inputs(None, [single], ANY)

    assert (caught.value.message, caught.value.fix) == (sentence, fix)


def test_inputs_file_must_hold_an_object(tmp_path: Path) -> None:
    file = tmp_path / "inputs.json"
    file.write_text("[]")

    with pytest.raises(RequestError, match="holds no JSON object"):
        read_inputs(file, [], ANY)
