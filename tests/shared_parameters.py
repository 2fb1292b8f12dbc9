"""What FastAPI finds out about parameters and answers, found out once for all apps of a run.

An app has a hundred and fifty routes and four hundred parameters and answers, and hundreds of tests build one. What is
known of a route depends on its path and on what its function's code says, never on the installation that it serves.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import fastapi._compat.v2 as fields
import fastapi.routing as routing
from fastapi.dependencies.models import Dependant
from pydantic import TypeAdapter

_adapters: dict[Any, TypeAdapter[Any]] = {}
_dependants: dict[Any, Dependant] = {}
_returns: dict[Any, Any] = {}
_get_dependant = routing.get_dependant
_get_return = routing.get_typed_return_annotation


def install() -> None:
    """Share them from now on."""
    fields.TypeAdapter = _adapter  # type: ignore[attr-defined]
    routing.get_dependant = _dependant  # type: ignore[attr-defined]
    routing.get_typed_return_annotation = _return  # type: ignore[attr-defined]


def _adapter(annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
    annotation = annotated.__origin__
    # Unions of the same types in another order are equal, and do not read alike. An adapter holds what its key names
    # by address, so that no address comes to mean something else.
    key = (annotation, repr(annotation), tuple(map(repr, annotated.__metadata__)), repr(config))
    if key not in _adapters:
        _adapters[key] = TypeAdapter(annotated, config=config)
    return _adapters[key]


def _dependant(*, path: str, call: Callable[..., Any], **more: Any) -> Dependant:
    key = _said(call)
    if key is None:
        return _get_dependant(path=path, call=call, **more)
    key = (path, repr(more), *key)
    if key not in _dependants:
        _dependants[key] = _get_dependant(path=path, call=call, **more)
    known = _dependants[key]
    if known.dependencies:
        return _get_dependant(path=path, call=call, **more)  # they are other functions
    lists = {name: list(value) for name, value in _values(known) if isinstance(value, list)}
    return dataclasses.replace(known, call=call, **lists)


def _return(call: Callable[..., Any]) -> Any:
    key = _said(call)
    if key is None:
        return _get_return(call)
    if key not in _returns:
        _returns[key] = _get_return(call)
    return _returns[key]


def _said(call: Any) -> tuple[Any, ...] | None:
    """All that a function's definition says; the same for each time that the code around it runs."""
    if not inspect.isfunction(call) or hasattr(call, "__wrapped__"):
        return None
    defaults = (repr(call.__defaults__), repr(call.__kwdefaults__))
    return (call.__code__, id(call.__globals__), repr(call.__annotations__), *defaults)


def _values(known: Dependant) -> list[tuple[str, Any]]:
    return [(one.name, getattr(known, one.name)) for one in dataclasses.fields(known)]
