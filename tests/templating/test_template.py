"""Templates: the seed's messages, the language case by case, and the sentence for each way one can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import TemplateError
from ringline.templating import STANDARD_HELPERS, compile_template, standard_helpers

CASES = Path(__file__).parents[1] / "cases" / "templates"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def cases(name: str) -> list[Any]:
    loaded = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case.get("description", case["template"])) for case in loaded]


@pytest.fixture
def helpers() -> dict[str, Callable[..., Any]]:
    links: list[str] = []

    def shorten(url: str) -> str:
        links.append(url)
        return f"https://s.example/l/{len(links)}"

    return standard_helpers(country="US", language="en", timezone="America/New_York", shorten=shorten, now=NOON)


@pytest.mark.parametrize("case", [*cases("seed_messages"), *cases("language")])
def test_a_template_means_what_its_case_says(case: dict[str, Any], helpers: dict[str, Callable[..., Any]]) -> None:
    template = compile_template(case["template"])

    if "text" in case:
        assert template.render(case["scope"], helpers) == case["text"]
    if "value" in case:
        value = template.value(case["scope"], helpers)
        assert value == case["value"]
        assert type(value) is type(case["value"])
    if "names" in case:
        assert sorted(template.names) == case["names"]
    if "required" in case:
        assert sorted(template.required_names) == case["required"]


@pytest.mark.parametrize("case", cases("errors"))
def test_a_wrong_template_says_where_what_and_how_to_mend_it(
    case: dict[str, Any], helpers: dict[str, Callable[..., Any]]
) -> None:
    scope = {"order": {"empty": None}, "null_value": None, "word": "w", "list": [1], "a": 1, "x": 1}

    with pytest.raises(TemplateError) as caught:
        compile_template(case["template"]).render(scope, helpers)

    assert case["error"] in str(caught.value)
    assert caught.value.position == case["at"]
    assert case.get("fix", "") in caught.value.fix
    assert caught.value.fix


def test_a_scope_may_be_a_function() -> None:
    asked = []

    def scope(name: str) -> Any:
        asked.append(name)
        return {"a": 1}[name]

    assert compile_template("{{a}}{{b || 2}}{{#each [3]}}{{this}}{{a}}{{/each}}").render(scope) == "1231"
    assert asked == ["a", "b", "a"]


def test_values_that_json_does_not_know() -> None:
    @dataclass
    class Message:
        sid: str
        price: Decimal
        _secret: str = "s"

        def cancel(self) -> None:
            raise AssertionError

    scope = {
        "message": Message("SM1", Decimal("-0.00750")),
        "day": date(2026, 1, 2),
        "at": NOON,
        "frozen": MappingProxyType({"k": (1, 2)}),
    }

    text = compile_template(
        "{{message.sid}} {{message.price}} {{message.price * 2}} {{message.price < 0.5}} {{day}} {{at}} {{frozen.k}} "
        "{{at.year}} {{message.cancel || 'no'}} {{message._secret || 'no'}}"
    ).render(scope)
    assert text == "SM1 -0.00750 -0.01500 true 2026-01-02 2026-01-01T12:00:00+00:00 1, 2 2026 no no"


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", [object()], {"a": b"x"}])
def test_what_cannot_be_written_is_refused(value: Any) -> None:
    with pytest.raises(TemplateError, match="cannot be written as text"):
        compile_template("{{v}}").render({"v": value})


def test_a_phone_number_without_a_country_says_so() -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template("{{formatPhoneNumber(raw)}}").render({"raw": "0711 123456"}, standard_helpers())

    assert "country" in caught.value.message + caught.value.fix


def test_links_and_the_moment_need_somebody_who_knows_them() -> None:
    with pytest.raises(TemplateError, match="only by a server with a public address"):
        compile_template("{{shortenUrl('https://a.example/b')}}").render({}, standard_helpers())
    with pytest.raises(TemplateError, match="is not known here"):
        compile_template("{{now()}}").render({}, standard_helpers())
    with pytest.raises(TemplateError, match="which currency"):
        compile_template("{{formatCurrency(5)}}").render({}, standard_helpers())


def test_the_moment_may_be_asked_for_each_time() -> None:
    assert compile_template("{{formatTime(now())}}").render({}, standard_helpers(now=lambda: NOON)) == "12:00 PM"


def test_times_and_money_keep_a_text_in_the_cheap_alphabet() -> None:
    """CLDR writes special blanks, any of which would halve what fits into one SMS."""
    helpers = standard_helpers(language="fr")
    money = compile_template("{{formatCurrency(1234.5, 'EUR')}} {{formatNumber(1000000)}}").render({}, helpers)
    moment = compile_template("{{formatTime('18:05', language='en')}}").render({}, helpers)

    assert (money, moment) == ("1 234,50 € 1 000 000", "6:05 PM")


def test_the_names_of_the_standard_helpers_are_known_without_a_reader() -> None:
    assert set(standard_helpers()) == STANDARD_HELPERS


def test_a_helper_of_ones_own_is_called_and_its_error_explained() -> None:
    def double(value: int) -> int:
        return value * 2

    def broken(value: int) -> int:
        raise KeyError(value)

    helpers = {"double": double, "broken": broken}

    assert compile_template("{{double(n)}}{{n | double}}").render({"n": 2}, helpers) == "44"
    with pytest.raises(TemplateError, match="`broken` cannot work with a number"):
        compile_template("{{broken(n)}}").render({"n": 2}, helpers)


def test_which_helpers_are_called_is_known_before() -> None:
    template = compile_template("Hi {{upper(name)}}{{#if x | length}}{{formatDate(at)}}{{/if}}")

    assert dict(template.helpers) == {"upper": 5, "length": 28, "formatDate": 38}


@pytest.mark.parametrize(
    ("text", "names", "required", "in_loops"),
    [
        ("plain", [], [], []),
        ("{{a}}{{a.b}}", ["a", "a.b"], ["a", "a.b"], []),
        ("{{a.b[c].d}}", ["a.b", "c"], ["a.b", "c"], []),
        ("{{a || b}}", ["a", "b"], ["b"], []),
        ("{{a || b || 'x'}}", ["a", "b"], [], []),
        ("{{a ? a : b}}", ["a", "b"], ["b"], []),
        ("{{a && a.b}}", ["a", "a.b"], [], []),
        ("{{a.b if a else 'x'}}", ["a", "a.b"], [], []),
        ("{{!a}}{{not b}}", ["a", "b"], [], []),
        ("{{default(a, b)}}", ["a", "b"], ["b"], []),
        ("{{a | default(b) | upper}}", ["a", "b"], ["b"], []),
        ("{{upper(a)}}", ["a"], ["a"], []),
        ("{{#if a}}{{a.b}}{{c}}{{else}}{{d}}{{/if}}", ["a", "a.b", "c", "d"], ["c", "d"], []),
        ("{{#if a == 1}}{{/if}}", ["a"], ["a"], []),
        ("{{#each a}}{{b}}{{this.c}}{{steps.x.y}}{{/each}}", ["a", "steps.x.y"], ["a", "steps.x.y"], ["b"]),
        ("{{steps.my-step.out}} {{steps.a.b.c}}", ["steps.a.b.c", "steps.my-step.out"],
         ["steps.a.b.c", "steps.my-step.out"], []),
    ],
)  # fmt: skip
def test_the_names_a_template_reads_are_known_before(
    text: str, names: list[str], required: list[str], in_loops: list[str]
) -> None:
    template = compile_template(text)

    assert sorted(template.names) == names
    assert sorted(template.required_names) == required
    assert sorted(template.loop_names) == in_loops


def test_a_template_is_read_once() -> None:
    assert compile_template("{{a}}") is compile_template("{{a}}")


def test_what_a_template_is_can_be_asked() -> None:
    assert compile_template("x").is_literal
    assert not compile_template("{{x}}").is_literal
    assert compile_template("{{x}}").is_single_expression
    assert not compile_template("{{x}} ").is_single_expression
    assert not compile_template("{{#if x}}{{/if}}").is_single_expression


def nested(opening: str, inner: str, closing: str, times: int) -> str:
    return "{{" + opening * times + inner + closing * times + "}}"


@pytest.mark.parametrize(
    ("build", "fits"),
    [
        (lambda n: nested("(", "1", ")", n), 15),
        (lambda n: nested("[", "1", "]", n), 15),
        (lambda n: nested("upper(", "'a'", ")", n), 15),
        (lambda n: nested("1 ? ", "1", " : 2", n), 15),
        (lambda n: "{{" + "1 ? 2 : " * n + "3}}", 15),
        (lambda n: nested("default(a, ", "1", ")", n), 15),
        (lambda n: "{{" + "!" * n + "1}}", 15),
        (lambda n: "{{" + "-" * n + "1}}", 15),
        (lambda n: "{{a" + " | text" * n + "}}", 15),
        (lambda n: "{{x" + ".a" * n + " || 1}}", 15),
        (lambda n: "{{x" + "['a']" * n + " || 1}}", 15),
        (lambda n: "{{1" + " + 1" * n + "}}", 70),
        (lambda n: "{{1" + " || 1" * n + "}}", 70),
        (lambda n: "{{1" + " && 1" * n + "}}", 70),
        (lambda n: "{{[" + "1, " * n + "1] | length}}", 70),
        (lambda n: "{{" + " + ".join(["((((((((1 * 1))))))))"] * n) + "}}", 7),
        (lambda n: "{{#if 1}}" * n + "x" + "{{/if}}" * n, 20),
        (lambda n: "{{#each [1]}}" * n + "x" + "{{/each}}" * n, 20),
    ],
)
def test_depth_and_length_are_bounded_well_before_anything_overflows(build: Callable[[int], str], fits: int) -> None:
    compile_template(build(fits)).render({"a": 1, "x": None}, {})
    for times in (100, 2_000):
        with pytest.raises(TemplateError):
            compile_template(build(times)).render({"a": 1, "x": None}, {})


@pytest.mark.parametrize(
    ("text", "scope", "sentence"),
    [
        ("{{#each a}}{{#each a}}{{#each a}}x{{/each}}{{/each}}{{/each}}", {"a": [0] * 99}, "beyond 10,000 rounds"),
        ("{{#each a}}{{b}}{{/each}}", {"a": [0] * 99, "b": "x" * 9_999}, "beyond 100,000 characters"),
        ("{{b + b}}", {"b": "x" * 60_000}, "beyond 100,000 characters"),
        ("{{b + b}}", {"b": [0] * 6_000}, "beyond 10,000 items"),
        ("{{replace(b, 'x', b)}}", {"b": "x" * 9_999}, "beyond 100,000 characters"),
        ("{{join(a, b)}}", {"a": [0] * 99, "b": "x" * 9_999}, "beyond 100,000 characters"),
        ("{{2 ** 4000 * 2 ** 4000}}", {}, "too large"),
        ("{{a}}", {"a": 10**5000}, "too large"),
        ("{{x}}" * 30_000, {"x": 1}, "the limit is 100,000"),
        ("{{" + "x" * 3_000 + "}}", {}, "the limit is 2,000"),
    ],
)
def test_work_and_output_are_bounded(text: str, scope: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TemplateError, match=sentence):
        compile_template(text).render(scope)


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_a_name_is_itself(text: str) -> None:
    template = compile_template(text)

    assert template.render({}) == template.value({}) == text
    assert template.is_literal


@given(st.text(), st.text(), st.text())
def test_a_value_arrives_untouched_between_untouched_text(before: str, value: str, after: str) -> None:
    before, after = before.replace("{{", "((").rstrip("{"), after.replace("{{", "((")

    assert compile_template(before + "{{v}}" + after).render({"v": value}) == before + value + after


@given(st.text())
def test_a_text_in_quotes_is_that_text(text: str) -> None:
    written = text.replace("\\", "\\\\").replace('"', '\\"')

    assert compile_template('{{"' + written + '"}}').value({}) == text


class Trap:
    """Whoever reaches its privates or calls it has left the sandbox."""

    def __init__(self) -> None:
        self.visible = 1
        self.trap_sprung = False

    def __call__(self) -> None:
        self.trap_sprung = True

    def method(self) -> None:
        self.trap_sprung = True

    @property
    def _private(self) -> None:
        self.trap_sprung = True


WORDS = (
    "o . __class__ ['__class__'] method () _private visible [ ] ( ) | upper default ' \" __init__ __globals__ call "
    "compare get n0 self format % + * , 0 '{0.__class__}' ? : == environment import #if }}{{ /if @index this"
)
escapes = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=14)


@given(escapes)
def test_no_expression_reaches_privates_or_calls_methods(parts: list[str]) -> None:
    trap = Trap()
    result: Any = None
    try:
        result = compile_template("{{" + "".join(parts) + "}}").value({"o": trap, "t": "x", "d": {"k": trap}})
    except TemplateError as error:
        result = str(error)

    assert not trap.trap_sprung
    assert isinstance(result, (str, int, bool, list, Trap, type(None)))
