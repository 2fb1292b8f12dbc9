from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from ringline.web.api.messages import MessageIn
from ringline.web.field_errors import describe

KNOWN = [field.alias or name for name, field in MessageIn.model_fields.items()]


def sentences(body: Any) -> list[tuple[str | None, str, str]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(MessageIn).validate_json(body) if isinstance(body, str) else MessageIn.model_validate(body)
    faults = [fault | {"loc": ("body", *fault["loc"])} for fault in caught.value.errors()]
    return [(one.field, one.detail, one.fix) for one in describe(faults, known=KNOWN)]


def test_every_fault_of_a_body_is_told_at_once() -> None:
    assert sentences({"frm": "+1", "message": 5, "media": "x"}) == [
        ("to", "`to` is missing.", "Add it to the JSON body."),
        ("message", "`message` must be text, not a number.", "Put it in quotes."),
        ("media", "`media` must be a list, not text.", ""),
        ("frm", "There is no field `frm`.", "Did you mean `from`?"),
    ]


def test_place_inside_a_list_is_named() -> None:
    assert sentences({"to": "+1", "media": ["a", 7]})[0][:2] == ("media[1]", "`media[1]` must be text, not a number.")
