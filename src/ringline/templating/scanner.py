"""Cuts a template into literal text, expressions and blocks. It knows ``{{ }}`` and nothing else.

Of more than two opening braces in a row the last two count, so ``{{{x}}}`` is the value of x in braces. A block's tag
that stands alone on its line takes the line with it, so that a list of three items is three lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ringline.errors import TemplateError
from ringline.templating.expression import Expression, read_expression
from ringline.templating.sandbox import Program

MAX_TEMPLATE = 100_000
MAX_BLOCKS = 20
"""How deep ``{{#if}}`` and ``{{#each}}`` may be nested."""

_OPEN = re.compile(r"\{\{+")
_END = re.compile(r"\}\}|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[\"']", re.DOTALL)
_BLANK_BEFORE = re.compile(r"(?:^|\n)[ \t]*\Z")
_BLANK_AFTER = re.compile(r"[ \t]*(?:\r?\n|\Z)")


@dataclass(slots=True)
class Placed:
    """An expression and the offset in the template where it begins.

    ``program`` is None for a plain name, which is looked up without the sandbox.
    """

    expression: Expression
    position: int
    program: Program | None


@dataclass(slots=True)
class If:
    """``{{#if}}`` with its ``{{else if}}``: bodies in the order their conditions are asked."""

    branches: list[tuple[Placed, Body]]
    otherwise: Body = field(default_factory=list)


@dataclass(slots=True)
class Each:
    """``{{#each}}``; *otherwise* is written for an empty list."""

    items: Placed
    body: Body = field(default_factory=list)
    otherwise: Body = field(default_factory=list)


Body = list["str | Placed | If | Each"]


@dataclass(frozen=True, slots=True)
class _Tag:
    """What stands between braces; *outer* are the offsets that its removal takes from the text."""

    content: str
    position: int
    start: int
    outer: tuple[int, int]


def scan(template: str) -> Body:
    """The parts of *template*, in order."""
    if len(template) > MAX_TEMPLATE:
        raise TemplateError(
            f"The template has {len(template):,} characters; the limit is {MAX_TEMPLATE:,}.", fix="Shorten it."
        )
    return _Scanner(template).scan()


@dataclass
class _Open:
    """A block that is not closed yet."""

    word: str
    tag: _Tag
    block: If | Each
    has_else: bool = False


class _Scanner:
    def __init__(self, template: str) -> None:
        self._template = template
        self._root: Body = []
        self._body = self._root
        self._bodies: list[Body] = []
        self._open: list[_Open] = []

    def scan(self) -> Body:
        end = 0
        for tag in self._tags():
            self._text(self._template[end : tag.outer[0]])
            self._take(tag)
            end = tag.outer[1]
        self._text(self._template[end:])
        if self._open:
            opened = self._open[-1]
            raise TemplateError(
                f"`{{{{#{opened.word}}}}}` is not closed.",
                position=opened.tag.start,
                fix=f"Add {{{{/{opened.word}}}}}.",
            )
        return self._root

    def _text(self, text: str) -> None:
        if text:
            self._body.append(text)

    def _tags(self) -> list[_Tag]:
        tags = []
        index = 0
        while opening := _OPEN.search(self._template, index):
            index = self._closing(opening.end())
            start = opening.end() - 2
            tags.append(self._tag(start, index))
        return tags

    def _closing(self, start: int) -> int:
        """The offset behind the ``}}`` that ends the expression from *start*; quotes may hold braces."""
        index = start
        while found := _END.search(self._template, index):
            if found[0] == "}}":
                return found.end()
            if len(found[0]) == 1 and "}}" in self._template[found.end() :]:
                raise TemplateError(
                    "A text in quotes is not closed.", position=found.start(), fix=f"Add the closing {found[0]}."
                )
            index = found.end()
        raise TemplateError(
            "`{{` is not closed.", position=start - 2, fix="Add `}}`, or write {{'{{'}} for two braces as they are."
        )

    def _tag(self, start: int, end: int) -> _Tag:
        inner = self._template[start + 2 : end - 2]
        content = inner.strip()
        position = start + 2 + len(inner) - len(inner.lstrip())
        outer = (start, end)
        if content.startswith(("#", "/")) or _first_word(content) == "else":
            line = self._template.rfind("\n", 0, start) + 1
            after = _BLANK_AFTER.match(self._template, end)
            if after is not None and not self._template[line:start].strip(" \t"):
                outer = (line, after.end())
        return _Tag(content, position, start, outer)

    def _take(self, tag: _Tag) -> None:
        if tag.content.startswith("#"):
            self._begin(tag)
        elif tag.content.startswith("/"):
            self._close(tag)
        elif _first_word(tag.content) == "else":
            self._else(tag)
        else:
            self._body.append(self._expression(tag.content, tag.position))

    def _expression(self, text: str, position: int) -> Placed:
        try:
            expression = read_expression(text)
        except TemplateError as error:
            offset = position + (error.position or 0)
            raise TemplateError(f"In `{shown(text)}`: {error.message}", position=offset, fix=error.fix) from None
        return Placed(expression, position, Program(expression.source) if expression.path is None else None)

    def _argument(self, tag: _Tag, word: str) -> Placed:
        rest = tag.content[len(word) :]
        text = rest.strip()
        if not text:
            raise TemplateError(
                f"`{{{{{tag.content}}}}}` does not say of what.", position=tag.start, fix=f"Write {{{{{word} name}}}}."
            )
        return self._expression(text, tag.position + len(word) + len(rest) - len(rest.lstrip()))

    def _begin(self, tag: _Tag) -> None:
        word = _first_word(tag.content[1:])
        if word not in ("if", "each"):
            raise TemplateError(
                f"There is no block `{{{{#{word}}}}}`.", position=tag.start, fix="There are {{#if …}} and {{#each …}}."
            )
        if len(self._open) >= MAX_BLOCKS:
            raise TemplateError(
                f"Blocks are nested deeper than {MAX_BLOCKS} levels.", position=tag.start, fix="Nest less deeply."
            )
        placed = self._argument(tag, f"#{word}")
        block: If | Each
        inside: Body
        if word == "if":
            inside = []
            block = If([(placed, inside)])
        else:
            block = Each(placed)
            inside = block.body
        self._body.append(block)
        self._open.append(_Open(word, tag, block))
        self._bodies.append(self._body)
        self._body = inside

    def _else(self, tag: _Tag) -> None:
        if not self._open:
            raise TemplateError(
                "`{{else}}` stands outside a block.", position=tag.start, fix="Put it between {{#if …}} and {{/if}}."
            )
        opened = self._open[-1]
        if opened.has_else:
            raise TemplateError("A block has a second `{{else}}`.", position=tag.start, fix="Remove one of them.")
        words = tag.content.split(None, 2)
        if len(words) == 1:
            opened.has_else = True
            self._body = opened.block.otherwise
        elif words[1] == "if" and isinstance(opened.block, If):
            self._body = []
            opened.block.branches.append((self._argument(tag, _else_if(tag.content)), self._body))
        else:
            raise TemplateError(
                f"`{{{{{tag.content}}}}}` does not belong here.",
                position=tag.start,
                fix="Write {{else}}, or {{else if …}} inside {{#if}}.",
            )

    def _close(self, tag: _Tag) -> None:
        word = tag.content[1:].strip()
        if not self._open:
            raise TemplateError(
                f"`{{{{/{word}}}}}` closes nothing.", position=tag.start, fix="Remove it, or open the block before it."
            )
        opened = self._open.pop()
        if word != opened.word:
            raise TemplateError(
                f"`{{{{/{word}}}}}` stands where `{{{{#{opened.word}}}}}` must be closed first.",
                position=tag.start,
                fix=f"Write {{{{/{opened.word}}}}}.",
            )
        self._body = self._bodies.pop()


def shown(expression: str) -> str:
    """An expression with its braces, cut to what a sentence can hold."""
    return f"{{{{{expression}}}}}" if len(expression) <= 80 else f"{{{{{expression[:77]}…}}}}"


def _first_word(content: str) -> str:
    found = re.match(r"\s*(\w*)", content)
    return found[1] if found else ""


def _else_if(content: str) -> str:
    """``else if`` as it is written, with its blanks."""
    found = re.match(r"else\s+if\b", content)
    return found[0] if found else content
