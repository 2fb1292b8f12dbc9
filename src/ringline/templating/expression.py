"""Reads an expression and rewrites it for the sandbox.

The language is small: names (with single blanks), dots, indexes, calls of registered helpers, filters, arithmetic,
comparisons, ``&&``/``and``, ``||``/``or``, ``!``/``not``, ``a ? b : c``, ``b if a else c``. What is written for the
sandbox holds nothing of the author's but numbers and texts: names become ``n0``, ``n1`` …, fields go through ``get``,
comparisons through ``compare``, and calls through ``call``, which knows the helpers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ringline.errors import TemplateError
from ringline.templating.expression_faults import COMPARISONS, MAX_NESTING, argument_name, too_deep, unexpected
from ringline.templating.tokens import CONSTANTS, OPERATOR_WORDS, Token, tokens_of

MAX_TERMS = 80
# Together with MAX_NESTING it keeps Jinja's and Python's own parsers, which recurse, far from their limits.

EXPLICIT_ROOTS = frozenset(("steps", "trigger", "run"))
"""Names that always mean the same, whatever a loop's item or a variable is called."""


@dataclass(slots=True)
class Read:
    """A name that the expression reads, dotted as far as it is fixed (``steps.ask.value``).

    *required* is False where the expression has an answer for its absence.
    """

    path: str
    required: bool = True

    @property
    def root(self) -> str:
        return self.path.partition(".")[0]


@dataclass(slots=True)
class Expression:
    """An expression, ready for the sandbox.

    ``names[i]`` is what ``n{i}`` stands for in *source*. *path* is set where the whole expression is a plain name with
    fixed attributes; such a one is looked up without the sandbox.
    """

    text: str
    source: str
    names: list[str]
    reads: list[Read]
    helpers: dict[str, int]
    """Helpers called, with the offset of their first call."""
    path: tuple[str, ...] | None


@dataclass(slots=True)
class _Piece:
    """A part that was read. *path* holds the names of a plain path; *read* is its record."""

    source: str
    path: tuple[str, ...] | None = None
    read: Read | None = None
    depth: int = 0


def read_expression(text: str) -> Expression:
    """Read *text*; raises `TemplateError` whose position is an offset in it."""
    return _Parser(text).parse()


@dataclass
class _Parser:
    text: str
    tokens: list[Token] = field(init=False)
    index: int = 0
    depth: int = 0
    terms: int = 0
    names: list[str] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    helpers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = tokens_of(self.text)

    def parse(self) -> Expression:
        if self._peek().kind == "end":
            raise TemplateError("There is nothing between `{{` and `}}`.", position=0, fix="Write a name: {{name}}.")
        piece = self._expression()
        if self._peek().kind != "end":
            raise self._unexpected()
        return Expression(self.text, piece.source, self.names, self.reads, self.helpers, piece.path)

    # Tokens

    def _peek(self) -> Token:
        return self.tokens[self.index]

    def _take(self) -> Token:
        token = self._peek()
        self.index += 1
        return token

    def _at(self, *values: str) -> bool:
        return self._peek().kind in ("sign", "name") and self._peek().value in values

    def _accept(self, *values: str) -> Token | None:
        return self._take() if self._at(*values) else None

    def _expect(self, sign: str, after: Token) -> None:
        if self._accept(sign) is None:
            raise TemplateError(
                f"`{sign}` is missing after `{self.text[after.start : self._peek().start].strip()}`.",
                position=self._peek().start,
                fix=f"Add `{sign}`.",
            )

    def _unexpected(self) -> TemplateError:
        return unexpected(self.text, self._peek())

    # Grammar, loosest binding first

    def _expression(self) -> _Piece:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep(self._peek().start)
        first = self._or()
        if self._at("?"):
            sign = self._take()
            self._forgive(first)
            mark = len(self.reads)
            then = self._expression()
            self._guard(first, mark)
            self._expect(":", sign)
            other = self._expression()
            first = self._join(f"({then.source} if {first.source} else {other.source})", (first, then, other))
        elif self._at("if"):
            word = self._take()
            condition = self._or()
            self._forgive(condition)
            self._guard(condition, 0)
            self._expect("else", word)
            other = self._expression()
            first = self._join(f"({first.source} if {condition.source} else {other.source})", (first, condition, other))
        self.depth -= 1
        return first

    def _or(self) -> _Piece:
        piece = self._and()
        if not self._at("||", "or"):
            return piece
        pieces = [piece]
        while self._accept("||", "or"):
            self._forgive(pieces[-1])
            pieces.append(self._and())
        return self._join(f"({' or '.join(piece.source for piece in pieces)})", pieces)

    def _and(self) -> _Piece:
        piece = self._not()
        if not self._at("&&", "and"):
            return piece
        pieces = [piece]
        while self._accept("&&", "and"):
            self._forgive(pieces[-1])
            mark = len(self.reads)
            pieces.append(self._not())
            self._guard(pieces[-2], mark)
        return self._join(f"({' and '.join(piece.source for piece in pieces)})", pieces)

    def _not(self) -> _Piece:
        count = 0
        while self._accept("not"):
            count += 1
        piece = self._comparison()
        if not count:
            return piece
        self._forgive(piece)
        return self._join(f"(not {piece.source})" if count % 2 else f"(not (not {piece.source}))", (piece,))

    def _comparison(self) -> _Piece:
        left = self._sum()
        token = self._peek()
        if token.kind == "sign" and token.value in COMPARISONS:
            self._take()
            return self._compare(COMPARISONS[token.value], left)
        if self._accept("in"):
            return self._compare("in", left)
        if self._at("not") and self.tokens[self.index + 1].value == "in":
            self.index += 2
            return self._compare("not in", left)
        return left

    def _compare(self, operator: str, left: _Piece) -> _Piece:
        right = self._sum()
        return self._join(f'compare("{operator}", {left.source}, {right.source})', (left, right))

    def _sum(self) -> _Piece:
        return self._row(self._product, "+", "-")

    def _product(self) -> _Piece:
        return self._row(self._filtered, "*", "/", "//", "%")

    def _row(self, operand: Callable[[], _Piece], *signs: str) -> _Piece:
        piece = operand()
        if not self._at(*signs):
            return piece
        # One flat row: brackets around every pair would nest as deep as the row is long.
        source, pieces = piece.source, [piece]
        while sign := self._accept(*signs):
            pieces.append(operand())
            source += f" {sign.value} {pieces[-1].source}"
        return self._join(f"({source})", pieces)

    def _filtered(self) -> _Piece:
        piece = self._unary()
        while self._accept("|"):
            token = self._take()
            if token.kind != "name" or token.value in OPERATOR_WORDS:
                raise TemplateError(
                    "After `|` the name of a filter must follow.", position=token.start, fix="Write {{name | upper}}."
                )
            if token.value == "default":
                self._forgive(piece)
            arguments = self._arguments() if self._accept("(") else []
            piece = self._call(token, [piece, *arguments])
        return piece

    def _unary(self) -> _Piece:
        signs = []
        while token := self._accept("-", "+", "!"):
            signs.append(token.value)
        piece = self._power()
        for sign in reversed(signs):
            if sign == "!":
                self._forgive(piece)
            piece = self._join(f"(not {piece.source})" if sign == "!" else f"({sign}{piece.source})", (piece,))
        return piece

    def _power(self) -> _Piece:
        base = self._postfix()
        sign = self._accept("**")
        if sign is None:
            return base
        exponent = self._postfix()
        if self._at("**"):
            raise TemplateError(
                "Powers cannot be chained.", position=self._peek().start, fix="Write brackets: `a ** (b ** c)`."
            )
        return self._join(f"({base.source} ** {exponent.source})", (base, exponent))

    def _postfix(self) -> _Piece:
        start = self._peek().start
        piece = self._primary()
        while True:
            written = self.text[start : self.tokens[self.index - 1].end]
            if dot := self._accept("."):
                for key in self._attribute(dot):
                    piece = self._step_into(piece, written, key, _Piece(_quoted(key)))
                    written += f".{key}"
            elif bracket := self._accept("["):
                token = self._peek()
                index = self._expression()
                self._expect("]", bracket)
                fixed = token.value if token.kind == "text" and self.tokens[self.index - 2] is token else None
                piece = self._step_into(piece, written, fixed, index)
            elif self._at("("):
                raise self._unexpected()
            else:
                return piece

    def _attribute(self, dot: Token) -> list[str]:
        token = self._take()
        if token.kind == "number":  # items.0.name; the scanner takes 0.1 of items.0.1 for one number
            return token.value.split(".")
        if token.kind != "name" or token.value.startswith("@"):
            raise TemplateError(
                "After a dot the name of a field must follow.",
                position=dot.start,
                fix="Write {{order.total}}, or {{order['the field']}} for names with other signs.",
            )
        return [self._words(token)]

    def _step_into(self, piece: _Piece, written: str, key: str | None, index: _Piece) -> _Piece:
        path = None
        if piece.path is not None and key is not None:
            path = (*piece.path, key)
            if piece.read is not None:
                piece.read.path += f".{key}"
        self._term(self._peek())
        stepped = self._join(f"get({piece.source}, {index.source}, {_quoted(written)})", (piece, index))
        stepped.path, stepped.read = path, piece.read
        return stepped

    def _join(self, source: str, pieces: Sequence[_Piece]) -> _Piece:
        """A piece made of *pieces*, one level above the deepest of them."""
        depth = max((piece.depth for piece in pieces), default=0) + 1
        if depth > MAX_NESTING:
            raise too_deep(self._peek().start)
        return _Piece(source, depth=depth)

    def _term(self, token: Token) -> None:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise TemplateError(
                f"The expression has more than {MAX_TERMS} parts.",
                position=token.start,
                fix="Work part of it out in a step of its own.",
            )

    def _primary(self) -> _Piece:
        token = self._peek()
        self._term(token)
        if token.kind == "number":
            self._take()
            return _Piece(token.value)
        if token.kind == "text":
            self._take()
            return _Piece(_quoted(token.value))
        if token.kind == "name" and token.value not in OPERATOR_WORDS:
            return self._name()
        if opening := self._accept("("):
            inner = self._expression()
            self._expect(")", opening)
            return inner
        if opening := self._accept("["):
            elements = self._list("]", opening)
            return self._join(f"[{', '.join(element.source for element in elements)}]", elements)
        raise self._unexpected()

    def _name(self) -> _Piece:
        token = self._take()
        if token.value in CONSTANTS:
            return _Piece(CONSTANTS[token.value])
        if self._at("(") and not token.value.startswith("@"):
            self._take()
            arguments = self._arguments()
            if token.value == "default" and arguments:
                self._forgive(arguments[0])
            return self._call(token, arguments)
        name = self._words(token)
        read = Read(name)
        self.reads.append(read)
        if name not in self.names:
            self.names.append(name)
        return _Piece(f"n{self.names.index(name)}", (name,), read)

    def _words(self, token: Token) -> str:
        """The whole name that begins with *token*: words one blank apart belong together."""
        end = token.end
        while (
            self._peek().kind in ("name", "number")
            and self._peek().value not in OPERATOR_WORDS
            and self._peek().value.replace("_", "a").isalnum()
            and self._peek().start == end + 1
            and self.text[end] == " "
        ):
            end = self._take().end
        return self.text[token.start : end]

    def _arguments(self) -> list[_Piece]:
        """What stands between the brackets of a call; the opening one has been taken."""
        opening = self.tokens[self.index - 1]
        pieces: list[_Piece] = []
        named: set[str] = set()
        while not self._at(")"):
            token = self._peek()
            if token.kind == "name" and self.tokens[self.index + 1].value == "=":
                self.index += 2
                value = self._expression()
                pieces.append(_Piece(f"{argument_name(token, named)}={value.source}", depth=value.depth))
            elif named:
                raise TemplateError(
                    "A value without a name stands after one with a name.",
                    position=token.start,
                    fix="Put the values without a name first.",
                )
            else:
                pieces.append(self._expression())
            if not self._accept(","):
                break
        self._expect(")", opening)
        return pieces

    def _list(self, closing: str, opening: Token) -> list[_Piece]:
        pieces: list[_Piece] = []
        while not self._at(closing):
            pieces.append(self._expression())
            if not self._accept(","):
                break
        self._expect(closing, opening)
        return pieces

    def _call(self, name: Token, arguments: Sequence[_Piece]) -> _Piece:
        self._term(name)
        self.helpers.setdefault(name.value, name.start)
        sources = [_quoted(name.value), *(argument.source for argument in arguments)]
        return self._join(f"call({', '.join(sources)})", arguments)

    # Which names may be absent

    @staticmethod
    def _forgive(piece: _Piece) -> None:
        if piece.read is not None:
            piece.read.required = False

    def _guard(self, condition: _Piece, mark: int) -> None:
        """What is read only where *condition* holds may be absent together with it."""
        if condition.read is not None:
            forgive_guarded(self.reads[mark:], condition.read.path)


def forgive_guarded(reads: list[Read], path: str) -> None:
    """Mark the reads of *path* and of what lies in it as not required."""
    for read in reads:
        if read.path == path or read.path.startswith(f"{path}."):
            read.required = False


def _quoted(text: str) -> str:
    escaped = text.encode("unicode_escape").decode("ascii").replace('"', '\\"')
    return f'"{escaped}"'
