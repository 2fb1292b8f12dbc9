"""The table of TwiML against itself and against the official builder, which knows the names Twilio takes."""

from __future__ import annotations

import inspect
import re

import pytest
from twilio.twiml import TwiML, lower_camel
from twilio.twiml import voice_response as builder

from ringline.twiml_grammar import CODES, CODES_INSIDE, ELEMENTS, VERBS

NOT_ATTRIBUTES = {"message", "words", "url", "number", "name", "body", "phone_number", "sip_url", "sid", "sim_sid"} | {
    "identity",
    "application_sid",
    "client_identity",
    "queue_name",
}
UNKNOWN = {"Headers", "Header", "Uri"}
"""What the builder has for SIP inside <Refer> and <Dial>, which nothing documents."""


def classes() -> dict[str, type[TwiML]]:
    """The builder's classes by their own names."""
    found = inspect.getmembers(builder, inspect.isclass)
    return {name: one for name, one in found if issubclass(one, TwiML) and one is not TwiML}


def element_of(one: type[TwiML]) -> str:
    """The name of the element that a class of the builder writes."""
    named = re.search(r'self\.name = "([^"]+)"', inspect.getsource(one.__init__))
    assert named is not None, one
    return named[1]


def test_every_element_of_the_builder_is_in_the_table() -> None:
    assert {element_of(one) for one in classes().values()} - set(ELEMENTS) - UNKNOWN == {"Response"}


def test_what_the_builder_nests_may_be_nested_with_the_same_attributes() -> None:
    known = classes()
    missing: list[tuple[str, str]] = []
    checked = 0
    for one in known.values():
        outer = element_of(one)
        if outer in UNKNOWN:
            continue
        allowed = VERBS if outer == "Response" else ELEMENTS[outer].children
        for _, method in inspect.getmembers(one, inspect.isfunction):
            nested = re.search(r"self\.nest\(\s*(\w+)\(", inspect.getsource(method))
            inner = element_of(known[nested[1]]) if nested and nested[1] in known else None
            if inner is None or inner in UNKNOWN:
                continue
            checked += 1
            if inner not in allowed:
                missing.append((outer, inner))
            for parameter in inspect.signature(method).parameters.values():
                attribute = lower_camel(TwiML.MAP.get(parameter.name, parameter.name))
                is_words = parameter.name in NOT_ATTRIBUTES and attribute not in ELEMENTS[inner].attributes
                if parameter.name in ("self", "kwargs") or is_words:
                    continue
                if attribute not in ELEMENTS[inner].attributes:
                    missing.append((inner, attribute))
    assert missing == []
    assert checked > 80


@pytest.mark.parametrize("name", sorted(ELEMENTS))
def test_an_element_names_only_elements_and_codes_that_there_are(name: str) -> None:
    element = ELEMENTS[name]
    assert element.children <= set(ELEMENTS)
    assert element.bad_child in CODES
    for attribute in element.attributes.values():
        assert attribute.code in CODES
        if attribute.kind in ("choice", "words"):
            assert attribute.choices
            assert attribute.default is None or attribute.default in attribute.choices


def test_every_element_can_stand_somewhere() -> None:
    somewhere = VERBS.union(*(element.children for element in ELEMENTS.values()))
    assert set(ELEMENTS) == somewhere


def test_codes_of_nested_attributes_are_about_attributes_that_there_are() -> None:
    for (outer, inner, attribute), code in CODES_INSIDE.items():
        assert inner in ELEMENTS[outer].children
        assert attribute in ELEMENTS[inner].attributes
        assert code in CODES


@pytest.mark.parametrize(
    ("element", "attribute", "default"),
    [
        ("Say", "loop", "1"),
        ("Gather", "timeout", "5"),
        ("Gather", "finishOnKey", "#"),
        ("Gather", "input", "dtmf"),
        ("Gather", "actionOnEmptyResult", "false"),
        ("Record", "timeout", "5"),
        ("Record", "finishOnKey", "1234567890*#"),
        ("Record", "maxLength", "3600"),
        ("Dial", "timeout", "30"),
        ("Dial", "timeLimit", "14400"),
        ("Pause", "length", "1"),
        ("Reject", "reason", "rejected"),
        ("Redirect", "method", "POST"),
    ],
)
def test_defaults_are_those_twilio_documents(element: str, attribute: str, default: str) -> None:
    assert ELEMENTS[element].attributes[attribute].default == default
