"""`data/http_request@v1`: ask another system something, or tell it."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import ConfigDict, Field

from ringline.errors import RequestError
from ringline.workflow.block import Block, Done, Manifest, Output, SelectorOf, StepContext, Template
from ringline.workflow.durations import Duration
from ringline.workflow.form_hints import JSON, SECRET, shown_first

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.egress import HttpClient, HttpResponse

SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
DEFAULT_RETRIES = 2
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0

_Fault = tuple[str, str, str, str]
_Status = int | str
_OWN_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "host"})
_WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504})
_Text = Annotated[str | int | float | bool, Template(), SelectorOf("*")]


class HttpRequestManifest(Manifest):
    """Makes one HTTP request and gives its answer."""

    model_config = ConfigDict(json_schema_extra=shown_first("method", "url", "headers", "json"))

    type: Literal["data/http_request@v1"]
    url: Annotated[str, Template(always_text=True), SelectorOf("string")] = Field(
        title="URL",
        description="The whole address, with https:// in front; a private network needs a setting that allows it.",
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        default="GET", description="What to do at that address."
    )
    headers: dict[str, Annotated[str | int | float, Template(), SelectorOf("string", "secret", "integer")]] = Field(
        default_factory=dict, description="Header fields to send."
    )
    query: dict[str, _Text] = Field(
        title="Query parameters", default_factory=dict, description="Parameters to add to the address."
    )
    json_: Annotated[
        dict[str, Any] | list[Any] | str | int | float | bool | None, Template(nested=True), SelectorOf("*")
    ] = Field(
        title="JSON body",
        json_schema_extra=JSON,
        default=None,
        alias="json",
        description="What to send as JSON; every text in it may be a template.",
    )
    form: dict[str, _Text] | None = Field(default=None, description="What to send as a form, in place of JSON.")
    body: Annotated[str | None, Template(always_text=True), SelectorOf("string")] = Field(
        default=None, description="What to send as plain text; set the header Content-Type where it is something else."
    )
    bearer_token: Annotated[str | None, Template(), SelectorOf("secret", "string")] = Field(
        json_schema_extra=SECRET,
        default=None,
        description="Token for `Authorization: Bearer …`; a selector to an input or a secret.",
    )
    username: Annotated[str | None, Template(), SelectorOf("string", "secret")] = Field(
        default=None, description="User name for basic authentication."
    )
    password: Annotated[str | None, Template(), SelectorOf("secret", "string")] = Field(
        json_schema_extra=SECRET,
        default=None,
        description="Password for basic authentication; a selector to an input or a secret.",
    )
    timeout: Annotated[Duration, SelectorOf("string", "duration")] = Field(
        default=30.0, gt=0, le=300, description="How long one try may take, at most 5m."
    )
    retries: int | None = Field(
        default=None,
        ge=0,
        le=5,
        description="Further tries when there is no answer, or 429, 500, 502, 503, 504; 2 for methods that may be "
        "repeated, none for POST and PATCH unless it is set.",
    )
    expect: list[_Status] = Field(
        title="Statuses that count as good",
        default=["2xx"],
        min_length=1,
        description="Statuses that count as good, such as [2xx, 404].",
    )
    follow_redirects: bool = Field(
        default=True, description="Whether to go where the answer leads, five times at most."
    )


class HttpRequest(Block):
    """POST and PATCH carry the header Idempotency-Key, the same at every try and after a crash."""

    manifest: ClassVar[type[Manifest]] = HttpRequestManifest
    title = "HTTP request"
    icon = "globe"
    outputs = (
        Output("status", ("integer",)),
        Output("headers", ("dictionary",)),
        Output("json"),
        Output("text", ("string",)),
        Output("url", ("string",)),
        Output("tries", ("integer",)),
    )
    outcomes = ("ok", "http_error", "failed")
    failing_outcomes = frozenset({"http_error", "failed"})
    needs_internet = True
    acts_at_once = True

    def __init__(self, *, http: HttpClient, clock: Clock) -> None:
        self._http = http
        self._clock = clock

    async def run(
        self,
        *,
        url: str,
        method: str,
        headers: Mapping[str, Any],
        query: Mapping[str, Any],
        json_: Any,
        form: Mapping[str, Any] | None,
        body: str | None,
        bearer_token: str | None,
        username: str | None,
        password: str | None,
        timeout: float,
        retries: int | None,
        expect: Sequence[_Status],
        follow_redirects: bool,
        step: StepContext,
    ) -> Done:
        from ringline.egress import RequestFailed

        content, content_type = _content(json_, form, body)
        sent = _headers(headers, content_type, bearer_token, username, password)
        if method not in SAFE_TO_REPEAT:
            sent.setdefault("Idempotency-Key", step.key)
        tries = 1 + (DEFAULT_RETRIES if method in SAFE_TO_REPEAT else 0) if retries is None else 1 + retries
        address = _with_query(url, query)
        for number in range(1, tries + 1):
            try:
                response = await self._http.request(
                    method, address, headers=sent, body=content, timeout=timeout, follow_redirects=follow_redirects
                )
            except RequestFailed as failure:
                if failure.retryable and number < tries:
                    await self._clock.sleep(_pause(number, None))
                    continue
                return _failed(failure, number)
            if response.status not in _WORTH_ANOTHER_TRY or _is_expected(response.status, expect) or number == tries:
                return _done(response, number, expect)
            await self._clock.sleep(_pause(number, response.headers.get("retry-after")))
        raise AssertionError("the last try returns")

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[_Fault]:
        assert isinstance(manifest, HttpRequestManifest)
        return list(_faults(manifest))


def _content(data: Any, form: Mapping[str, Any] | None, body: str | None) -> tuple[bytes | None, str | None]:
    if form is not None:
        pairs = [(name, _as_text(value)) for name, value in form.items() if value is not None]
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    if body is not None:
        return body.encode(), "text/plain; charset=utf-8"
    if data is None:
        return None, None
    try:
        return json.dumps(data, default=_plain, allow_nan=False).encode(), "application/json"
    except (TypeError, ValueError) as error:
        raise RequestError(
            f"`json` holds a value that JSON has no form for: {error}.",
            field="json",
            fix="Send numbers, texts, lists and mappings of them.",
        ) from None


def _plain(value: Any) -> Any:
    from ringline.workflow.kinds import written

    plain = written(value)
    if plain is value:
        raise TypeError(type(value).__name__)
    return plain


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _headers(
    given: Mapping[str, Any],
    content_type: str | None,
    bearer_token: str | None,
    username: str | None,
    password: str | None,
) -> dict[str, str]:
    headers = {name: _as_text(value) for name, value in given.items() if value is not None}
    known = {name.lower() for name in headers}
    for name, value in headers.items():
        if "\r" in value or "\n" in value:
            raise RequestError(
                f"The header `{name}` has more than one line.", field="headers", fix="Take out the break."
            )
    if content_type is not None and "content-type" not in known:
        headers["Content-Type"] = content_type
    if bearer_token:
        headers["Authorization"] = f"Bearer {bearer_token}"
    elif username or password:
        pair = base64.b64encode(f"{username or ''}:{password or ''}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    return headers


def _with_query(url: str, query: Mapping[str, Any]) -> str:
    pairs = [(name, _as_text(value)) for name, value in query.items() if value is not None]
    if not pairs:
        return url
    address, mark, fragment = url.strip().partition("#")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(pairs)}{mark}{fragment}"


def _pause(number: int, retry_after: str | None) -> float:
    if retry_after is not None and retry_after.strip().isdigit():
        return float(min(int(retry_after), LONGEST_PAUSE))
    return min(FIRST_PAUSE * math.pow(2, number - 1), LONGEST_PAUSE)


def _done(response: HttpResponse, tries: int, expect: Sequence[_Status]) -> Done:
    text = response.text
    outputs: dict[str, Any] = {
        "status": response.status,
        "headers": dict(response.headers),
        "json": _parsed(response, text),
        "text": text,
        "url": response.url,
        "tries": tries,
    }
    if _is_expected(response.status, expect):
        return Done({**outputs, "error": None}, outcome="ok")
    error = {
        "code": response.status,
        "message": f"The server answered {response.status} {response.reason}".rstrip() + ".",
        "fix": "Look at what it says in `text`; or name the status in `expect` where it is no fault.",
        "retryable": response.status in _WORTH_ANOTHER_TRY,
    }
    return Done({**outputs, "error": error}, outcome="http_error")


def _failed(failure: Any, tries: int) -> Done:
    nothing = dict.fromkeys(("status", "headers", "json", "text", "url"))
    error = {
        "code": failure.code,
        "message": failure.message,
        "fix": failure.fix,
        "retryable": failure.retryable,
    }
    return Done({**nothing, "tries": tries, "error": error}, outcome="failed")


def _parsed(response: HttpResponse, text: str) -> Any:
    """The answer as JSON; None where it is none, whatever it calls itself."""
    if "json" not in response.headers.get("content-type", "") and text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_expected(status: int, expect: Sequence[_Status]) -> bool:
    return any(_pattern_fits(str(pattern), status) for pattern in expect)


def _pattern_fits(pattern: str, status: int) -> bool:
    return pattern == str(status) or (pattern.lower().endswith("xx") and pattern[0] == str(status)[0])


def _faults(manifest: HttpRequestManifest) -> Iterator[_Fault]:
    url = manifest.url
    if "{{" not in url and not url.startswith("$"):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield (
                "error",
                "url",
                f"`{url}` is not an http or https address.",
                "Write it whole: https://example.com/path.",
            )
        elif parts.username is not None:
            yield "error", "url", "The address holds a user name.", "Use `username` and `password`."
    bodies = [name for name, value in _bodies(manifest).items() if value is not None]
    if len(bodies) > 1:
        yield "error", bodies[1], f"`{bodies[0]}` and `{bodies[1]}` are both given.", "Send one of them."
    if bodies and manifest.method in ("GET", "HEAD"):
        yield (
            "warning",
            bodies[0],
            f"{manifest.method} sends a body, which most servers ignore.",
            "Use `query`, or `method: POST`.",
        )
    if manifest.bearer_token and (manifest.username or manifest.password):
        yield "error", "bearer_token", "Both a token and a user are given.", "Sign in with one of them."
    for name, value in manifest.headers.items():
        if name.lower() in _OWN_HEADERS:
            yield "error", f"headers.{name}", f"`{name}` is set by the request itself.", "Leave it out."
        elif name.lower() == "authorization" and isinstance(value, str) and "{{" not in value and value[:1] != "$":
            yield (
                "warning",
                f"headers.{name}",
                "The header holds a secret, which everybody who sees the workflow can read.",
                "Declare an input and use `bearer_token: $inputs.token`.",
            )
    for pattern in manifest.expect:
        text = str(pattern)
        if not (len(text) == 3 and text[0] in "12345" and (text[1:].lower() == "xx" or text.isdigit())):
            yield "error", "expect", f"`{text}` is no status.", "Write numbers such as 404, or classes such as 2xx."


def _bodies(manifest: HttpRequestManifest) -> dict[str, Any]:
    return {"json": manifest.json_, "form": manifest.form, "body": manifest.body}
