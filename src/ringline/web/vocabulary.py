"""The words that a builder of workflows is offered: helpers, filters, triggers and what they give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from ringline.purposes import PURPOSES
from ringline.templating import FILTERS, standard_helpers
from ringline.understanding import LANGUAGES
from ringline.workflow.triggers import FIELDS, TRIGGER_TYPES

_TITLES = {
    "api": "Run by hand or by the API",
    "schedule": "Schedule",
    "inbound_message": "Incoming message",
    "inbound_call": "Incoming call",
    "message_status": "Message status",
    "webhook": "Webhook",
}


class TemplateWordOut(BaseModel):
    """A helper or a filter: its name, how it is called, and what it gives."""

    name: str
    call: str
    description: str


class TriggerTypeOut(BaseModel):
    """A kind of trigger with the schema of its keys."""

    type: str
    title: str
    description: str
    schema_: dict[str, Any]

    model_config = {"populate_by_name": True, "alias_generator": lambda name: name.rstrip("_")}


class VocabularyOut(BaseModel):
    """Everything that can be named. `languages` are those whose answers are understood."""

    helpers: list[TemplateWordOut]
    filters: list[TemplateWordOut]
    trigger_fields: dict[str, list[str]]
    triggers: list[TriggerTypeOut]
    purposes: list[str]
    languages: list[str]


def vocabulary() -> VocabularyOut:
    """The words of this release."""
    return VocabularyOut(
        helpers=_words(standard_helpers(), skip=0),
        filters=_words(FILTERS, skip=1),
        trigger_fields={type_: list(fields) for type_, fields in FIELDS.items()},
        triggers=[
            TriggerTypeOut(
                type=type_,
                title=_TITLES[type_],
                description=_first_line(model),
                schema_=model.model_json_schema(by_alias=True),
            )
            for type_, model in TRIGGER_TYPES.items()
        ],
        purposes=list(PURPOSES),
        languages=list(LANGUAGES),
    )


def _words(known: Mapping[str, Callable[..., Any]], *, skip: int) -> list[TemplateWordOut]:
    return [
        TemplateWordOut(name=name, call=_call(name, one, skip), description=_first_line(one))
        for name, one in known.items()
    ]


def _call(name: str, function: Callable[..., Any], skip: int) -> str:
    """How it is written in a template: what must be given, and the first thing that may be."""
    parameters = list(inspect.signature(function).parameters.values())[skip:]
    needed = [one.name for one in parameters if one.default is one.empty]
    further = [f"{one.default!r}".replace("'", '"') for one in parameters if isinstance(one.default, str)][:1]
    inside = ", ".join([*needed, *further])
    return f"{name}({inside})" if inside or not skip else name


def _first_line(documented: Any) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0].replace("``", "").replace("*", "")
