"""`data/webhook_event@v1`: tell another system what happened, signed, until it has taken it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from ringline.errors import DurableRunRequired, RequestError
from ringline.workflow.block import (
    Block,
    Done,
    Manifest,
    Output,
    SelectorOf,
    StepContext,
    StepTransaction,
    Template,
    Wait,
    Woken,
)
from ringline.workflow.form_hints import JSON, SECRET, shown_first

if TYPE_CHECKING:
    from ringline.webhooks import Delivery, Webhooks

_Fault = tuple[str, str, str, str]


class WebhookEventManifest(Manifest):
    """Sends a signed event to an endpoint, and tries again for three days until the endpoint takes it."""

    model_config = ConfigDict(json_schema_extra=shown_first("url", "event", "payload"))

    type: Literal["data/webhook_event@v1"]
    url: Annotated[str, Template(always_text=True), SelectorOf("string")] = Field(
        title="URL", description="The endpoint's whole address, with https:// in front."
    )
    event: Annotated[str, Template(always_text=True), SelectorOf("string")] = Field(
        description="What happened, as the receiver tells events apart: appointment.confirmed."
    )
    payload: Annotated[
        dict[str, Any] | list[Any] | str | int | float | bool | None, Template(nested=True), SelectorOf("*")
    ] = Field(json_schema_extra=JSON, default=None, description="The event's data; every text in it may be a template.")
    secret: Annotated[str | None, Template(), SelectorOf("secret", "string")] = Field(
        json_schema_extra=SECRET,
        default=None,
        description="Selector to the secret it is signed with: whsec_ and base64, as the receiver made it.",
    )
    secret_name: str | None = Field(
        default=None, description="Environment variable that holds the secret, in place of `secret`."
    )
    wait: bool = Field(
        default=False, description="Whether the step waits until the endpoint has taken the event, which may take days."
    )


class WebhookEventBlock(Block):
    """Without `wait` the run goes on at once: what is sent is written down with it, so that nothing gets lost."""

    manifest: ClassVar[type[Manifest]] = WebhookEventManifest
    title = "Webhook event"
    icon = "webhook"
    outputs = (
        Output("id", ("string",)),
        Output("status", ("string",)),
        Output("tries", ("integer",)),
        Output("response_status", ("integer",)),
    )
    outcomes = ("queued", "delivered", "failed")
    failing_outcomes = frozenset({"failed"})
    can_wait = True
    needs_internet = True

    def __init__(self, *, webhooks: Webhooks | None = None) -> None:
        self._webhooks = webhooks

    def run(
        self,
        *,
        url: str,
        event: str,
        payload: Any,
        secret: str | None,
        secret_name: str | None,
        wait: bool,
        step: StepContext,
    ) -> Done | Wait:
        from ringline.webhooks import WebhookEvent
        from ringline.workflow.kinds import written

        if self._webhooks is None:
            raise DurableRunRequired(
                "A webhook is written down before it is sent, which takes a database. Run the workflow with Ringline."
            )
        webhooks = self._webhooks
        told = WebhookEvent(
            url=_checked_url(url),
            type=event,
            data=written(payload),
            secret=secret,
            secret_name=secret_name,
            key=step.key or None,
            run_id=step.run_id or None,
            step=step.step,
        )
        body = webhooks.check(told)
        delivery_id = webhooks.new_id()

        def write(on: StepTransaction) -> None:
            delivery = webhooks.write(on.tx, told, body, delivery_id)
            if wait:
                on.wait_for(key_of(delivery.id))
                if delivery.is_settled:
                    on.report(key_of(delivery.id), data_of(delivery))

        if wait:
            return Wait(effects=[write])
        outputs = {"id": delivery_id, "status": "pending", "tries": 0, "response_status": None}
        return Done(outputs, outcome="queued", effects=[write], follow=(key_of(delivery_id),))

    def resume(self, *, woken: Woken, step: StepContext) -> Done:
        data = woken.data
        if data["status"] == "delivered":
            return Done({**_outputs(data), "error": None}, outcome="delivered")
        error = {
            "code": data["response_status"] or "webhook_failed",
            "message": f"The webhook was given up after {data['tries']} tries: {data['error']}",
            "fix": "Ask its owner what is wrong with the endpoint, then retry the run from this step.",
            "retryable": True,
        }
        return Done({**_outputs(data), "error": error}, outcome="failed")

    def follow(self, *, woken: Woken, step: StepContext) -> Mapping[str, Any]:
        # A run that is tried again asks without news, and how the delivery ended stays as it was.
        return _outputs(woken.data) if woken.data else {}

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[_Fault]:
        assert isinstance(manifest, WebhookEventManifest)
        return list(_faults(manifest))


def key_of(delivery_id: str) -> str:
    """The key under which a delivery's end is reported to runs."""
    return f"webhook_delivery/{delivery_id}"


def data_of(delivery: Delivery) -> dict[str, Any]:
    """What is reported with it."""
    return {
        "id": delivery.id,
        "status": delivery.status,
        "tries": delivery.tries,
        "response_status": delivery.last_status,
        "error": delivery.last_error,
    }


def _outputs(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("id", "status", "tries", "response_status")}


def _checked_url(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise RequestError(
            "`url` is not an http or https address.",
            field="url",
            fix="Write it whole, without a user name: https://example.com/hooks.",
        )
    return url.strip()


def _faults(manifest: WebhookEventManifest) -> Iterator[_Fault]:
    url = manifest.url
    if "{{" not in url and not url.startswith("$"):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            yield (
                "error",
                "url",
                f"`{url}` is not an http or https address.",
                "Write it whole, without a user name: https://example.com/hooks.",
            )
        elif parts.scheme == "http":
            yield "warning", "url", "The payload goes out unencrypted.", "Use https:// where the receiver has it."
    if manifest.secret and manifest.secret_name:
        yield "error", "secret_name", "Both `secret` and `secret_name` are given.", "Leave one of them out."
    if not manifest.secret and not manifest.secret_name:
        yield (
            "error",
            "secret",
            "The event has no secret to sign it with, so the receiver could not tell it from a forgery.",
            "Give `secret` a selector to one, or name an environment variable in `secret_name`.",
        )
