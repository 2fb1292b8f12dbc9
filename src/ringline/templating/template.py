"""Templates: text with ``{{ }}`` expressions, read once and rendered often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ringline.errors import TemplateError
from ringline.templating.expression import EXPLICIT_ROOTS, Read, forgive_guarded
from ringline.templating.filters import FILTERS
from ringline.templating.lookup import Scope, Unset, as_text, find, kind_of, step_into
from ringline.templating.sandbox import Helper
from ringline.templating.scanner import Body, Each, If, Placed, scan, shown

MAX_OUTPUT = 100_000
"""Characters a template may grow to."""
MAX_KEPT = 10_000
"""Characters of the longest template that is remembered."""
MAX_ROUNDS = 10_000
"""Rounds of all its loops together."""


class CompiledTemplate:
    """A template, read. It holds no values, so one serves every run.

    ``names`` are the names it reads, dotted as far as they are fixed (``customer.name``, ``steps.ask.value``);
    ``required_names`` those among them without an answer for their absence (``default``, ``||``, ``{{#if}}``). Inside
    ``{{#each}}`` a name may be a field of the item, so only ``steps.…``, ``trigger.…`` and ``run.…`` count there;
    the others are ``loop_names``. ``helpers`` are the helpers and filters it calls, with the offset of the first call.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._body = scan(text)
        reading = _Reading()
        reading.body(self._body, in_loop=False)
        self.names = frozenset(read.path for read in reading.reads)
        self.required_names = frozenset(read.path for read in reading.reads if read.required)
        self.loop_names = frozenset(read.path for read in reading.loop_reads)
        self.helpers: Mapping[str, int] = reading.helpers

    def __repr__(self) -> str:
        return f"CompiledTemplate({self.text!r})"

    @property
    def is_literal(self) -> bool:
        """Whether there is nothing to fill in."""
        return all(isinstance(part, str) for part in self._body)

    @property
    def is_single_expression(self) -> bool:
        """Whether the whole template is one expression, so that `value` gives more than text."""
        return len(self._body) == 1 and isinstance(self._body[0], Placed)

    def render(self, scope: Scope, helpers: Mapping[str, Helper] | None = None) -> str:
        """The text with every expression filled in.

        Raises:
            TemplateError: A name has no value, or an expression cannot be worked out; ``position`` is its offset.
        """
        rendering = _Rendering({**FILTERS, **(helpers or {})})
        rendering.body(self._body, scope)
        return "".join(rendering.output)

    def value(self, scope: Scope, helpers: Mapping[str, Helper] | None = None) -> Any:
        """The value itself where the template is one expression, else the text."""
        part = self._body[0] if len(self._body) == 1 else None
        if not isinstance(part, Placed):
            return self.render(scope, helpers)
        rendering = _Rendering({**FILTERS, **(helpers or {})})
        return rendering.known(part, scope)


def compile_template(text: str) -> CompiledTemplate:
    """Read a template; reading the same text again costs nothing, unless it is very long.

    Raises:
        TemplateError: It cannot be read; ``position`` is the offset of what is wrong, ``fix`` how to mend it.
    """
    return _kept(text) if len(text) <= MAX_KEPT else CompiledTemplate(text)


@lru_cache(maxsize=2048)
def _kept(text: str) -> CompiledTemplate:
    return CompiledTemplate(text)


class _Reading:
    """Goes through a template once and notes what it reads."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self.loop_reads: list[Read] = []
        self.helpers: dict[str, int] = {}

    def body(self, body: Body, *, in_loop: bool) -> None:
        for part in body:
            if isinstance(part, Placed):
                self._expression(part, in_loop)
            elif isinstance(part, If):
                for condition, inside in part.branches:
                    self._branch(condition, inside, in_loop)
                self.body(part.otherwise, in_loop=in_loop)
            elif isinstance(part, Each):
                self._expression(part.items, in_loop)
                self.body(part.body, in_loop=True)
                self.body(part.otherwise, in_loop=in_loop)

    def _branch(self, condition: Placed, inside: Body, in_loop: bool) -> None:
        self._expression(condition, in_loop)
        path = ".".join(condition.expression.path or ())
        if path:
            forgive_guarded(condition.expression.reads, path)
        marks = len(self.reads), len(self.loop_reads)
        self.body(inside, in_loop=in_loop)
        if path:
            forgive_guarded(self.reads[marks[0] :], path)
            forgive_guarded(self.loop_reads[marks[1] :], path)

    def _expression(self, placed: Placed, in_loop: bool) -> None:
        expression = placed.expression
        for read in expression.reads:
            if read.root == "this" or read.root.startswith("@"):
                if not in_loop:
                    raise TemplateError(
                        f"`{read.root}` has a meaning only inside {{{{#each}}}}.",
                        position=placed.position,
                        fix="Name a variable, or put this inside {{#each …}}.",
                    )
            elif in_loop and read.root not in EXPLICIT_ROOTS:
                self.loop_reads.append(read)
            else:
                self.reads.append(read)
        for name, offset in expression.helpers.items():
            self.helpers.setdefault(name, placed.position + offset)


class _Rendering:
    """One rendering: what has been written, and how much of the bounds is used."""

    def __init__(self, helpers: Mapping[str, Helper]) -> None:
        self.output: list[str] = []
        self._helpers = helpers
        self._length = 0
        self._rounds = 0

    def body(self, body: Body, scope: Scope) -> None:
        for part in body:
            if isinstance(part, str):
                self._write(part)
            elif isinstance(part, Placed):
                self._write(self._text(part, scope))
            elif isinstance(part, If):
                self.body(self._chosen(part, scope), scope)
            else:
                self._each(part, scope)

    def known(self, placed: Placed, scope: Scope) -> Any:
        """The value of an expression, which must be set."""
        value = self._value(placed, scope)
        if isinstance(value, Unset):
            raise _placed_error(placed, value.error())
        return value

    def _write(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_OUTPUT:
            raise TemplateError(
                f"The text grows beyond {MAX_OUTPUT:,} characters.", fix="Write fewer items, or shorter values."
            )
        self.output.append(text)

    def _text(self, placed: Placed, scope: Scope) -> str:
        value = self._value(placed, scope)
        if type(value) is str:
            return value
        try:
            return as_text(value, f"`{placed.expression.text}`")
        except TemplateError as error:
            raise _placed_error(placed, error) from error

    def _value(self, placed: Placed, scope: Scope) -> Any:
        expression = placed.expression
        try:
            if placed.program is None:
                return _walk(expression.path or (), scope)
            values = {f"n{index}": find(scope, name) for index, name in enumerate(expression.names)}
            return placed.program.run(values, self._helpers)
        except TemplateError as error:
            raise _placed_error(placed, error) from error

    def _is_true(self, placed: Placed, scope: Scope) -> bool:
        value = self._value(placed, scope)
        try:
            return bool(value)
        except (TypeError, ValueError) as error:
            raise TemplateError(
                f"`{placed.expression.text}` is neither true nor false.",
                position=placed.position,
                fix="Compare it with something.",
            ) from error

    def _chosen(self, block: If, scope: Scope) -> Body:
        for condition, body in block.branches:
            if self._is_true(condition, scope):
                return body
        return block.otherwise

    def _each(self, block: Each, scope: Scope) -> None:
        items = _items(block.items, self._value(block.items, scope))
        for number, (key, item) in enumerate(items):
            self._rounds += 1
            if self._rounds > MAX_ROUNDS:
                raise TemplateError(
                    f"The loops of the template go beyond {MAX_ROUNDS:,} rounds.",
                    position=block.items.position,
                    fix="Pass in a shorter list.",
                )
            self.body(block.body, _ItemScope(scope, key, item, number, len(items)))
        if not items:
            self.body(block.otherwise, scope)


class _ItemScope:
    """Names inside ``{{#each}}``: ``this``, ``@…``, the item's own fields, then what is known outside."""

    __slots__ = ("_item", "_marks", "_outer")

    def __init__(self, outer: Scope, key: Any, item: Any, number: int, count: int) -> None:
        self._outer = outer
        self._item = item
        self._marks: dict[str, Any] = {
            "this": item,
            "@index": number,
            "@number": number + 1,
            "@key": key,
            "@first": number == 0,
            "@last": number == count - 1,
        }

    def __call__(self, name: str) -> Any:
        if name in self._marks:
            return self._marks[name]
        if name not in EXPLICIT_ROOTS and isinstance(self._item, Mapping) and name in self._item:
            return self._item[name]
        value = find(self._outer, name)
        if isinstance(value, Unset):
            raise LookupError(name)
        return value


def _walk(path: Sequence[str], scope: Scope) -> Any:
    value = find(scope, path[0])
    written = path[0]
    for key in path[1:]:
        value = step_into(value, key, written)
        written += f".{key}"
    return value


def _items(placed: Placed, value: Any) -> list[tuple[Any, Any]]:
    if value is None or isinstance(value, Unset):
        return []
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    raise TemplateError(
        f"`{{{{#each {placed.expression.text}}}}}` needs a list, and this is {kind_of(value)}.",
        position=placed.position,
        fix="Name a list or a mapping.",
    )


def _placed_error(placed: Placed, error: TemplateError) -> TemplateError:
    if error.position is not None:
        return error
    message = error.message
    if f"`{placed.expression.text}`" not in message:
        message = f"In `{shown(placed.expression.text)}`: {message}"
    return TemplateError(message, position=placed.position, fix=error.fix)
