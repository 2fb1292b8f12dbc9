"""Where expressions are worked out: Jinja2's sandbox with everything taken away that an expression does not need.

There are no globals, filters or tests; fields are looked up as data (`lookup.step_into`, keys before attributes); only
the three functions that `Program.run` hands in can be called; and arithmetic is bounded, because ``9 ** (9 ** 9)`` is
short to write.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from difflib import get_close_matches
from functools import cached_property, lru_cache
from inspect import signature
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError, TemplateError
from ringline.templating.lookup import Unset, as_text, kind_of, step_into

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

MAX_BITS = 4_096
MAX_ITEMS = 10_000
MAX_TEXT = 100_000

Number = int | float | Decimal
Helper = Callable[..., Any]


class Evaluation:
    """One expression's way to compute: what it is called by, and the helpers it may call."""

    def __init__(self, helpers: Mapping[str, Helper]) -> None:
        self._helpers = helpers

    def call(self, name: str, /, *arguments: Any, **named: Any) -> Any:
        """What the helper *name* answers."""
        helper = self._helpers.get(name)
        if helper is None:
            close = get_close_matches(name, self._helpers, n=1)
            raise TemplateError(
                f"There is no helper or filter `{name}`.",
                fix=f"Did you mean `{close[0]}`?" if close else f"There are: {', '.join(sorted(self._helpers))}.",
            )
        if name != "default":
            for argument in (*arguments, *named.values()):
                if isinstance(argument, Unset):
                    argument.refuse()
        try:
            return helper(*arguments, **named)
        except TemplateError:
            raise
        except RequestError as error:
            raise TemplateError(error.message, fix=error.fix) from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise _wrong_call(name, helper, arguments, named) from error

    @staticmethod
    def compare(sign: str, left: Any, right: Any) -> bool:
        """Whether *left* stands to *right* as *sign* says. Text and numbers are never equal, and cannot be ordered."""
        for side in (left, right):
            if isinstance(side, Unset):
                side.refuse()
        if isinstance(left, float) and isinstance(right, Decimal):
            left = Decimal(repr(left))
        elif isinstance(left, Decimal) and isinstance(right, float):
            right = Decimal(repr(right))
        try:
            return bool(_COMPARISONS[sign](left, right))
        except (TypeError, ValueError):
            word = "looked for in" if "in" in sign else "compared with"
            raise TemplateError(
                f"{kind_of(left).capitalize()} cannot be {word} {kind_of(right)} by `{sign}`.",
                fix="Turn both into the same kind, for example with `number(…)`.",
            ) from None


class Program:
    """An expression rewritten for the sandbox, compiled when it is first worked out."""

    def __init__(self, source: str) -> None:
        self._source = source

    def run(self, values: Mapping[str, Any], helpers: Mapping[str, Helper]) -> Any:
        """The expression's value; names that are not set are given as `Unset`."""
        evaluation = Evaluation(helpers)
        return self._compiled(call=evaluation.call, compare=evaluation.compare, get=step_into, **values)

    @cached_property
    def _compiled(self) -> Callable[..., Any]:
        return _environment().compile_expression(self._source, undefined_to_none=False)


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    class Environment(SandboxedEnvironment):
        intercepted_binops = frozenset(_ARITHMETIC)
        intercepted_unops = frozenset(("+", "-"))

        def is_safe_callable(self, obj: Any) -> bool:
            function = getattr(obj, "__func__", obj)
            return any(function is known for known in (Evaluation.call, Evaluation.compare, step_into))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            return calculate(operator, left, right)

        def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
            return _number(operator, arg) if operator == "+" else -_number(operator, arg)

    # Without optimized=False constants are folded while compiling, so that `9 ** (9 ** 9)` hangs the checker.
    environment = Environment(undefined=StrictUndefined, optimized=False, autoescape=False)
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


def calculate(sign: str, left: Any, right: Any) -> Any:
    """*left* and *right* joined by an arithmetic sign.

    ``+`` also joins texts, a text and a number, and lists; the others take numbers only.
    """
    for side in (left, right):
        if isinstance(side, Unset):
            side.refuse()
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        joined = as_text(left, "The left side of `+`") + as_text(right, "The right side of `+`")
        if len(joined) > MAX_TEXT:
            raise TemplateError(f"A text grows beyond {MAX_TEXT:,} characters.", fix="Join less.")
        return joined
    if sign == "+" and isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        if len(left) + len(right) > MAX_ITEMS:
            raise TemplateError(f"A list grows beyond {MAX_ITEMS:,} items.", fix="Join less.")
        return [*left, *right]
    first, second = _number(sign, left), _number(sign, right)
    if isinstance(first, Decimal) and isinstance(second, float):
        second = Decimal(repr(second))
    elif isinstance(first, float) and isinstance(second, Decimal):
        first = Decimal(repr(first))
    _check_size(sign, first, second)
    try:
        result: Number = _ARITHMETIC[sign](first, second)
    except ZeroDivisionError:  # of Decimal too: DivisionByZero is one
        raise TemplateError(f"`{sign}` divides by zero.", fix="Ask first: {{#if count}}…{{/if}}.") from None
    except (OverflowError, DecimalException):
        raise _too_large(sign) from None
    if isinstance(result, complex):
        raise TemplateError("The root of a negative number is no number here.", fix="Use a positive number.")
    return result


def _number(sign: str, value: Any) -> Number:
    if isinstance(value, Unset):
        value.refuse()
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TemplateError(
        f"`{sign}` needs numbers, and one side is {kind_of(value)}.", fix="Turn text into a number with `number(…)`."
    )


def _check_size(sign: str, left: Number, right: Number) -> None:
    """Refuse what would take long or much: only whole numbers grow without bounds."""
    if not isinstance(left, int) or not isinstance(right, int):
        return
    if sign == "**" and right > 0:
        bits = left.bit_length() * right
    elif sign == "*":
        bits = left.bit_length() + right.bit_length()
    else:
        bits = max(left.bit_length(), right.bit_length())
    if bits > MAX_BITS:
        raise _too_large(sign)


def _too_large(sign: str) -> TemplateError:
    return TemplateError(f"The result of `{sign}` is too large.", fix="Use smaller numbers.")


def _wrong_call(name: str, helper: Helper, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> TemplateError:
    parameters = signature(helper)
    try:
        parameters.bind(*arguments, **named)
    except TypeError:
        written = ", ".join(
            f"{parameter.name}?" if parameter.default is not parameter.empty else parameter.name
            for parameter in parameters.parameters.values()
        )
        return TemplateError(f"`{name}` is called with the wrong values.", fix=f"It takes {name}({written}).")
    kinds = " and ".join(kind_of(argument) for argument in (*arguments, *named.values()))
    return TemplateError(f"`{name}` cannot work with {kinds or 'nothing'}.", fix="Give it the kind of value it takes.")


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda left, right: left in right, "not in": lambda left, right: left not in right,
}  # fmt: skip
