"""What a step that waits for a reply takes for an answer, as its author writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Required

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from ringline.compliance.keywords import STOP
from ringline.errors import RequestError
from ringline.understanding import LANGUAGES, is_known, understand
from ringline.workflow.block import SelectorOf
from ringline.workflow.form_hints import shown_when

MOST_ASKS = 5

_Fault = tuple[str, str, str, str]
_BETWEEN = ("minimum", "maximum")
_BOUNDS = {"number": (*_BETWEEN, "integer"), **dict.fromkeys(("date", "time", "duration", "digits"), _BETWEEN)}
_IN_TIME = ("date", "time")
_OF_COUNTRIES = ("date", "phone")
_LISTS = {"multiple_choice": "choices", "keyword": "keywords"}


class Choice(TypedDict, total=False):
    """One choice: what it is called, what stands for it in `value`, and other words for it."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    label: Required[str]
    id: str
    synonyms: list[str]


class Expect(TypedDict, total=False):
    """What counts as an answer."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    type: Annotated[
        Literal[
            "text",
            "yes_no",
            "multiple_choice",
            "number",
            "keyword",
            "date",
            "time",
            "duration",
            "phone",
            "email",
            "digits",
        ],
        Field(description="What is asked for; any text, if left out."),
    ]
    choices: Annotated[
        list[str | int | Choice],
        Field(
            json_schema_extra=shown_when(type=["multiple_choice"]),
            min_length=1,
            description="What to choose from: texts, or {label, id, synonyms}.",
        ),
        SelectorOf("list_of_values"),
    ]
    keywords: Annotated[
        list[str],
        Field(
            json_schema_extra=shown_when(type=["keyword"]),
            min_length=1,
            description="Words of which one must be the whole message.",
        ),
        SelectorOf("list_of_values"),
    ]
    minimum: Annotated[
        float | str,
        Field(
            json_schema_extra=shown_when(type=["number", "date", "time", "duration", "digits"]),
            description="The lowest number, date or time that counts; seconds, or how many digits.",
        ),
        SelectorOf("float", "integer", "string"),
    ]
    maximum: Annotated[
        float | str,
        Field(
            json_schema_extra=shown_when(type=["number", "date", "time", "duration", "digits"]),
            description="The highest number, date or time that counts; seconds, or how many digits.",
        ),
        SelectorOf("float", "integer", "string"),
    ]
    integer: Annotated[
        bool, Field(json_schema_extra=shown_when(type=["number"]), description="Whether only whole numbers count.")
    ]
    language: Annotated[str, Field(description="The language of the answers."), SelectorOf("string")]
    country: Annotated[
        str,
        Field(
            json_schema_extra=shown_when(type=["date", "phone"]),
            description="Two letters: how dates and telephone numbers are written there.",
        ),
        SelectorOf("string"),
    ]


class NoMatch(TypedDict, total=False):
    """What to do about a reply that is no answer."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    message: Required[
        Annotated[
            str | list[str],
            Field(min_length=1, description="What to send then; of several texts, the next one each time."),
        ]
    ]
    attempts: Annotated[
        int, Field(ge=1, le=MOST_ASKS, description="How often to ask again; once for each text, if left out.")
    ]


def arguments_of(expect: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `ringline.understanding.understand` for what is expected; raises `RequestError`.

    Language and country are the workflow's *defaults* where they are not named; for dates and times its time zone is
    with them, in which "tomorrow" is counted.
    """
    arguments = {"type": expect.get("type", "text")}
    listed = expect.get(_LISTS.get(arguments["type"], ""))
    if listed is not None:
        if not isinstance(listed, list | tuple):
            raise RequestError(
                f"`expect` takes a list of choices, and this run gave {type(listed).__name__}.",
                field="expect",
                fix="Give a list of texts.",
            )
        arguments["choices"] = list(listed)
    names = ("country", *_BOUNDS.get(arguments["type"], ()))
    arguments |= {name: expect[name] for name in names if expect.get(name) is not None}
    if expect.get("language"):
        arguments["language"] = expect["language"]
    elif (language := defaults.get("language")) and (is_known(language) or arguments["type"] == "text"):
        arguments["language"] = language
    if arguments["type"] in _OF_COUNTRIES and "country" not in arguments and defaults.get("country"):
        arguments["country"] = defaults["country"]
    understand(text="", **arguments)  # says what cannot be asked, before anybody waits for it
    if arguments["type"] in _IN_TIME and defaults.get("timezone"):
        arguments["timezone"] = defaults["timezone"]
    return arguments


def faults_of_expect(expect: Mapping[str, Any]) -> Iterator[_Fault]:
    """What `check` says about it: ``(severity, field, message, fix)``."""
    kind = expect.get("type", "text")
    for name, needed_by in (("choices", "multiple_choice"), ("keywords", "keyword")):
        if kind == needed_by and name not in expect:
            yield "error", "expect", f"The type `{kind}` needs `{name}`.", f"Write `{name}: […]`."
        elif name in expect and kind != needed_by:
            yield (
                "error",
                f"expect.{name}",
                f"`{name}` goes with the type `{needed_by}`, and this is `{kind}`.",
                f"Write `type: {needed_by}`, or remove `{name}`.",
            )
        yield from _stop_words(name, expect.get(name))
    for name in ("minimum", "maximum", "integer"):
        if name in expect and name not in _BOUNDS.get(kind, ()):
            yield (
                "error",
                f"expect.{name}",
                f"`{name}` goes with the type `number`, and this is `{kind}`.",
                f"Write `type: number`, or remove `{name}`.",
            )
        elif name in expect:
            yield from _wrong_bound(kind, name, expect[name])
    low, high = expect.get("minimum"), expect.get("maximum")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield "error", "expect.minimum", f"No number is at least {low:g} and at most {high:g}.", "Swap the two."
    language = expect.get("language")
    if isinstance(language, str) and _is_written_out(language) and kind != "text" and not is_known(language):
        yield (
            "error",
            "expect.language",
            f"Answers in `{language}` are not understood.",
            f"There is: {', '.join(LANGUAGES)}. In another language, ask for `text`.",
        )


def _wrong_bound(kind: str, name: str, bound: Any) -> Iterator[_Fault]:
    if isinstance(bound, str) and not _is_written_out(bound):
        return
    try:
        understand(kind, "", minimum=bound)
    except RequestError as error:
        yield "error", f"expect.{name}", str(error).replace("`minimum`", f"`{name}`"), error.fix or ""


def _stop_words(name: str, listed: Any) -> Iterator[_Fault]:
    for index, one in enumerate(listed if isinstance(listed, list) else ()):
        word = str(one.get("label", "") if isinstance(one, Mapping) else one).strip()
        if word.lower() in STOP:
            yield (
                "warning",
                f"expect.{name}.{index}",
                f"Whoever replies {word} opts out of all further messages, and the step never sees it.",
                "Offer another word, such as NO or LATER.",
            )


def _is_written_out(value: str) -> bool:
    return not value.startswith("$") and "{{" not in value
