"""The OpenAPI document: what every operation has in common is added here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

if TYPE_CHECKING:
    from fastapi import FastAPI

_PROBLEM = {
    "type": "object",
    "description": "What is wrong (RFC 9457), in plain sentences.",
    "required": ["type", "title", "status", "code", "detail", "fix", "field"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:ringline:problem:missing_field"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "description": "For programs; does not change."},
        "detail": {"type": "string", "description": "What is wrong, for people."},
        "fix": {"type": "string", "description": "What to do about it; may be empty."},
        "field": {"type": ["string", "null"], "description": "The field it is about."},
    },
    "additionalProperties": True,
}
_ANSWER = {
    "description": "Anything that could not be done.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_BEARER = {"type": "http", "scheme": "bearer", "description": "The API token, which `ringline serve` prints."}


def describe(app: FastAPI) -> None:
    """Make *app* describe its errors and its token as they are."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to change it


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    # FastAPI announces its own form of errors, which nothing here answers with.
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"token": _BEARER}
    document["security"] = [{"token": []}]
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANSWER
    return document
