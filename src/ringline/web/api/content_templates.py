"""`/api/v1/content-templates`: the templates of an account, such as WhatsApp takes at any time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from ringline.app import Ringline

_TEXTS = ("title", "body", "subtitle", "footer")


class ContentTemplateOut(BaseModel):
    """A content template."""

    sid: str
    name: str
    language: str
    text: str = Field(description="What it says, with `{{1}}` where a variable stands.")
    variables: dict[str, str] = Field(description="Its variables, each with an example.")
    approval: str | None = Field(description="WhatsApp's word about it, such as `approved`; null where it has none.")


def build(ringline: Ringline) -> APIRouter:
    """The route over the content templates of *ringline*'s accounts."""
    router = APIRouter(prefix="/api/v1/content-templates", tags=["content templates"])

    @router.get("", operation_id="list_content_templates")
    async def list_all(
        credential: Annotated[str | None, Query(description="Name; the default one if left out.")] = None,
    ) -> list[ContentTemplateOut]:
        """The account's content templates, asked of Twilio now."""
        found = await ringline.credentials.get(credential)
        client = await ringline.credentials.client(found.id)
        return [template_out(one) for one in await client.content_templates()]

    return router


def template_out(content: Mapping[str, Any]) -> ContentTemplateOut:
    """A template as Twilio tells it, in the API's form: of several types of content the first is shown."""
    types, variables, approval = (content.get(key) or {} for key in ("types", "variables", "approval_requests"))
    shape = next(iter(types.values()), None) or {}
    texts = [shape[key] for key in _TEXTS if isinstance(shape.get(key), str) and shape[key]]
    return ContentTemplateOut(
        sid=str(content.get("sid") or ""),
        name=str(content.get("friendly_name") or approval.get("name") or ""),
        language=str(content.get("language") or ""),
        text="\n".join(texts),
        variables={str(name): str(example) for name, example in variables.items()},
        approval=approval.get("status") or None,
    )
