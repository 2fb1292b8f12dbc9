"""What one recipient gets: the broadcast's templates filled in with their columns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError, TemplateError
from ringline.templating import compile_template

if TYPE_CHECKING:
    from ringline.broadcasts.broadcast import Content
    from ringline.broadcasts.surroundings import Helpers, Surroundings
    from ringline.templating.template import CompiledTemplate

MAX_CHARACTERS = 1_600
NUMBER_NAMES = ("phone", "to", "number", "recipient")
_SAME = re.compile(r"[\s_\-.]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A recipient's message, or the inputs of their run."""

    body: str | None = None
    content_variables: Mapping[str, str] | None = None
    inputs: Mapping[str, Any] | None = None


class Renderer:
    """Fills in one broadcast's templates. With *draft* links are made up, for texts that are only looked at."""

    def __init__(self, content: Content, surroundings: Surroundings, *, draft: bool = False) -> None:
        self._content = content
        self._surroundings = surroundings
        self._make_helpers = surroundings.draft_helpers if draft else surroundings.helpers
        self._known_helpers: dict[tuple[str | None, str | None], Helpers] = {}
        message = content.message
        texts = {"": message} if isinstance(message, str) else dict(message or {})
        self._texts = {language: compile_template(text) for language, text in texts.items()}
        self._variables = {name: compile_template(text) for name, text in content.content_variables.items()}
        self._inputs = {name: compile_template(text) for name, text in content.inputs.items()}

    def check_columns(self, columns: Sequence[str]) -> None:
        """Raise `RequestError` for a name that the templates need and that no column has."""
        known = {*columns, *map(_plain, columns), *NUMBER_NAMES, "language", "name"}
        needed: dict[str, CompiledTemplate] = {}
        for template in (*self._texts.values(), *self._variables.values(), *self._inputs.values()):
            for path in template.required_names:
                needed.setdefault(path.partition(".")[0], template)
        for name in needed:
            if name in known or _plain(name) in known:
                continue
            close = difflib.get_close_matches(name, columns, n=1)
            fix = f"did you mean {{{{{close[0]}}}}}? " if close else f"the columns are {', '.join(columns[:20])}; "
            raise RequestError(
                f"the text uses {{{{{name}}}}}, and the list has no column of that name",
                field="message",
                fix=fix + f"or say what to write without it: {{{{default({name}, '…')}}}}",
            )

    def render(self, to: str, fields: Mapping[str, str], language: str | None, time_zone: str | None) -> Rendered:
        """What this recipient gets. Raises `TemplateError` where a value is missing."""
        scope = _Columns(to, fields, language)
        helpers = self._helpers(language, time_zone)
        if self._content.kind == "flow":
            return Rendered(inputs={name: one.value(scope, helpers) for name, one in self._inputs.items()})
        body = None
        if self._texts:
            body = self._text_for(language).render(scope, helpers)
            if not body.strip():
                raise TemplateError("the text comes out empty")
            if len(body) > MAX_CHARACTERS:
                raise TemplateError(f"the text has {len(body)} characters; Twilio takes at most {MAX_CHARACTERS}")
        variables = {name: one.render(scope, helpers) for name, one in self._variables.items()}
        return Rendered(body, variables or None)

    def _text_for(self, language: str | None) -> CompiledTemplate:
        if "" in self._texts:
            return self._texts[""]
        keys = {tag: tag for tag in self._texts}
        return self._texts[self._surroundings.choose_variant(keys, language, self._content.language)]

    def _helpers(self, language: str | None, time_zone: str | None) -> Helpers:
        key = (language or self._content.language, time_zone)
        known = self._known_helpers.get(key)
        if known is None:
            known = self._known_helpers[key] = self._make_helpers(key[0], time_zone, self._content.country)
        return known


class _Columns:
    """Names in a text: a column's own name, or the same in other case and with other blanks. Empty is no value."""

    __slots__ = ("_fields", "_language", "_plain", "_to")

    def __init__(self, to: str, fields: Mapping[str, str], language: str | None) -> None:
        self._to = to
        self._fields = fields
        self._language = language
        self._plain: dict[str, str] | None = None

    def __call__(self, name: str) -> str:
        value = self._fields.get(name)
        if value is None:
            if self._plain is None:
                self._plain = {_plain(column): text for column, text in self._fields.items()}
            value = self._plain.get(_plain(name))
        if value:
            return value
        if name in NUMBER_NAMES:
            return self._to
        if name == "language" and self._language:
            return self._language
        raise LookupError(name)


def _plain(name: str) -> str:
    return _SAME.sub("_", name.strip()).casefold()
