"""Errors as answers: `application/problem+json` (RFC 9457) with ``code``, ``detail``, ``fix`` and ``field``.

This is the one place that decides which HTTP status an error of ours becomes.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from ringline import errors
from ringline.web.field_errors import FieldError, describe
from ringline.web.sentences import sentence

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_log = logging.getLogger(__name__)

_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Wrong content type",
    421: "Wrong host",
    422: "Cannot be done as asked",
    429: "Too many requests",
    500: "Internal error",
    502: "Twilio refused",
    503: "Not available now",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fix: str = "",
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """One problem as a response. *code* is for programs, *detail* and *fix* are sentences for people."""
    content: dict[str, Any] = {
        "type": f"urn:ringline:problem:{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": sentence(detail),
        "fix": sentence(fix),
        "field": field,
    }
    return JSONResponse(
        content | more, status_code=status, headers=dict(headers or {}), media_type="application/problem+json"
    )


def from_error(error: Exception) -> JSONResponse:
    """The answer to an error of ours; anything unforeseen becomes a 500 that says nothing about its cause."""
    match error:
        case errors.IdempotencyConflict():
            return problem(409, error.code, error.message, fix=error.fix, field=error.field)
        case errors.RequestError() if error.code == "run_state":
            return problem(409, error.code, error.message, fix=error.fix, field=error.field)
        case errors.RequestError():
            return problem(422, error.code, error.message, fix=error.fix, field=error.field)
        case errors.NotFoundError():
            return problem(404, "not_found", error.message, fix=error.fix)
        case errors.CredentialError():
            return problem(422, "credential", error.message, fix=error.fix, field="credential")
        case errors.DefinitionError():
            return _definition_problem(error)
        case errors.RuntimeInputError():
            return problem(422, "invalid_input", error.public_message, field="inputs")
        case errors.WorkflowError():
            return problem(422, "workflow_failed", error.public_message)
        case errors.TemplateError():
            return problem(422, "invalid_template", error.message, fix=error.fix)
        case errors.TwilioUnavailableError():
            headers = {"Retry-After": str(max(1, round(error.retry_after)))} if error.retry_after else None
            return problem(503, "twilio_unavailable", error.message, fix=error.fix, headers=headers)
        case errors.TwilioError():
            return problem(502, "twilio_rejected", error.message, fix=error.fix, twilio_code=error.code)
        case errors.StoreError():
            return problem(503, "database", "The database could not do this now.", fix="Try again in a moment.")
        case errors.ConfigurationError():
            return problem(503, "configuration", str(error), fix="`ringline doctor` says what to set.")
        case _:
            return problem(
                500,
                "internal_error",
                "Something went wrong on our side; nothing you sent caused it.",
                fix="The server's log has the details.",
            )


def _definition_problem(error: errors.DefinitionError) -> JSONResponse:
    first: errors.Fault | None = error.faults[0] if error.faults else None
    return problem(
        422,
        "invalid_definition",
        # As the command line prints it, the fix stands in the sentence too.
        error.public_message.removesuffix(f"\n  fix: {first.fix}" if first else ""),
        fix=first.fix if first else "",
        field=first.field if first else None,
        error=type(error).__name__,
        faults=[asdict(fault) for fault in error.faults],
    )


def from_field_errors(faults: Sequence[FieldError]) -> JSONResponse:
    """The answer to fields that do not fit; the first fault is the problem, ``errors`` lists them all."""
    first = faults[0]
    status = 400 if first.code == "invalid_json" else 422
    return problem(
        status,
        first.code,
        first.detail,
        fix=first.fix,
        field=first.field,
        errors=[{"field": fault.field, "detail": fault.detail, "fix": fault.fix} for fault in faults],
    )


def from_http_error(error: HTTPException, path: str, methods: Sequence[str] = ()) -> JSONResponse:
    """The answer to what the router itself refuses: no such path, wrong method. *methods* are those *path* takes."""
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return problem(
            404, "no_such_path", f"There is nothing at `{path}`.", fix="`/api/v1/openapi.json` lists what there is."
        )
    if error.status_code == 405:
        allowed = ", ".join(methods)
        return problem(
            405,
            "method_not_allowed",
            f"`{path}` does not take this method.",
            fix=f"Use {allowed}.",
            headers=headers | {"Allow": allowed},
        )
    if error.status_code == 413:
        return problem(413, "too_large", str(error.detail), fix="Send less.")
    return problem(error.status_code, "refused", str(error.detail), headers=headers)


def install(app: Starlette) -> None:
    """Make every error of *app* a problem."""

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        methods = _methods(request) if error.status_code == 405 else ()
        return from_http_error(error, request.url.path, methods)

    async def on_field_errors(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return from_field_errors(describe(error.errors(), known=_known_fields(request)))

    async def on_our_error(request: Request, error: Exception) -> Response:
        # What is unforeseen the server itself logs, after it was answered.
        if isinstance(error, errors.StoreError):
            _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return from_error(error)

    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_field_errors)
    app.add_exception_handler(errors.RinglineError, on_our_error)
    app.add_exception_handler(errors.ConfigurationError, on_our_error)
    app.add_exception_handler(Exception, on_our_error)


def _methods(request: Request) -> list[str]:
    """The methods for which there is a route at this path; a router tells those of one route only."""
    routes = request.app.router.routes
    return [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _known_fields(request: Request) -> Sequence[str]:
    """Names the route's body takes, for "did you mean"."""
    body = getattr(request.scope.get("route"), "body_field", None)
    annotation = getattr(getattr(body, "field_info", None), "annotation", None)
    fields = getattr(annotation, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]
