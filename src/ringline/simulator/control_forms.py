"""How commands of the control API are read."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from ringline.errors import RequestError


async def body_of(request: Request, *names: str, any_name: bool = False) -> dict[str, Any]:
    """The JSON object of a command, which may hold these names only."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type != "application/json":
        raise RequestError("commands are sent as JSON", fix="set Content-Type: application/json; {} is enough")
    try:
        body = await request.json()
    except ValueError:
        raise RequestError("the body is not JSON", fix='send an object such as {"body": "YES"}') from None
    if not isinstance(body, dict):
        raise RequestError("the body must be a JSON object")
    unknown = [] if any_name else [name for name in body if name not in names]
    if unknown:
        known = ", ".join(names) or "no fields"
        raise RequestError(f"there is no field {unknown[0]!r} here", field=unknown[0], fix=f"this takes {known}")
    return body


def text(body: dict[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    """A field that is a text. Raises `RequestError` where it is none."""
    value = body.get(name)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise RequestError(f"{name} must be a text", field=name)
    return value


def optional_text(body: dict[str, Any], name: str) -> str | None:
    """A field that is a text or left out."""
    return text(body, name) if body.get(name) is not None else None


def phone_number(request: Request) -> str:
    """The phone in the path, with its plus sign."""
    number: str = request.path_params["number"]
    if not number.removeprefix("whatsapp:").removeprefix("+").isdigit():
        raise RequestError(f"{number!r} is not a phone number such as +14155550123", field="number")
    return number if number.startswith(("+", "whatsapp:")) else f"+{number}"


def number(body: dict[str, Any], name: str, *, least: float = 0.0) -> float | None:
    """A field that is a number, or left out."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise RequestError(f"{name} must be a number, at least {least:g}", field=name)
    return float(value)


def flag(body: dict[str, Any], name: str) -> bool | None:
    """A field that is true or false, or left out."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise RequestError(f"{name} must be true or false", field=name)
    return value
