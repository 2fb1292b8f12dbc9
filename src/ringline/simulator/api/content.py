"""Content templates and their approval by WhatsApp (content.twilio.com/v1)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.context import Context, answer, deleted
from ringline.simulator.api.paging import Page
from ringline.simulator.records import Account, Content, new_sid
from ringline.simulator.refusals import Refusal
from ringline.simulator.wire import iso8601

MOST_VARIABLES = 100


class Contents:
    """The routes under ``/v1/Content``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths of the whole API."""
        return [
            Route("/v1/Content", self.all, methods=["GET", "POST"]),
            Route("/v1/ContentAndApprovals", self.with_approvals, methods=["GET"]),
            Route("/v1/Content/{sid}", self.one, methods=["GET", "DELETE"]),
            Route("/v1/Content/{sid}/ApprovalRequests", self.approval, methods=["GET"]),
            Route("/v1/Content/{sid}/ApprovalRequests/whatsapp", self.ask_approval, methods=["POST"]),
        ]

    async def all(self, request: Request) -> Response:
        """List the templates, or make one."""
        account: Account = request.state.account
        if request.method == "POST":
            content = self._made(account, await request.json())
            self._state.add(content)
            self._state.commit()
            return answer(self._content_json(content), 201)
        mine = [each for each in self._state.contents.values() if each.account_sid == account.sid]
        page = Page(mine, lambda each: each.sid, request.url.path, request.query_params)
        shown = [self._content_json(each) for each in page.items]
        return answer(page.envelope_v1("contents", shown, self._context.base_url))

    async def with_approvals(self, request: Request) -> Response:
        """List the templates, each with what WhatsApp says about it."""
        account: Account = request.state.account
        mine = [each for each in self._state.contents.values() if each.account_sid == account.sid]
        page = Page(mine, lambda each: each.sid, request.url.path, request.query_params)
        shown = [{**self._content_json(each), "approval_requests": self._approval_json(each)} for each in page.items]
        return answer(page.envelope_v1("contents", shown, self._context.base_url))

    async def one(self, request: Request) -> Response:
        """Fetch or delete a template."""
        content = self._content(request)
        if request.method == "DELETE":
            self._state.remove(content)
            self._state.commit()
            return deleted()
        return answer(self._content_json(content))

    async def approval(self, request: Request) -> Response:
        """What WhatsApp says about a template."""
        content = self._content(request)
        return answer(
            {
                "sid": content.sid,
                "account_sid": content.account_sid,
                "url": f"{self._context.base_url}/v1/Content/{content.sid}/ApprovalRequests",
                "whatsapp": self._approval_json(content),
            }
        )

    async def ask_approval(self, request: Request) -> Response:
        """Ask WhatsApp to approve a template; the simulated one does so at once."""
        content = self._content(request)
        asked = await request.json()
        if not isinstance(asked, dict) or not asked.get("name") or not asked.get("category"):
            raise Refusal(20422, detail="name and category are needed")
        content.approval_name, content.approval_category = str(asked["name"]), str(asked["category"])
        content.approval = "approved"
        self._state.save(content)
        self._state.commit()
        return answer(self._approval_json(content), 201)

    def _made(self, account: Account, asked: Any) -> Content:
        if not isinstance(asked, dict) or not isinstance(asked.get("types"), dict) or not asked["types"]:
            raise Refusal(20422, detail="types must be an object with one type of content")
        variables = asked.get("variables") or {}
        if not isinstance(variables, dict):
            raise Refusal(20422, detail="variables must be an object of texts")
        if len(variables) > MOST_VARIABLES:
            raise Refusal(92002)
        if not asked.get("language"):
            raise Refusal(20422, detail="language is needed")
        now = self._context.clock.time()
        return Content(
            new_sid("HX"),
            account.sid,
            str(asked.get("friendly_name") or ""),
            str(asked["language"]),
            {str(name): str(value) for name, value in variables.items()},
            asked["types"],
            now,
            now,
        )

    def _content(self, request: Request) -> Content:
        content = self._state.contents.get(request.path_params["sid"])
        if content is None or content.account_sid != request.state.account.sid:
            raise Refusal(20404, path=request.url.path)
        return content

    def _content_json(self, content: Content) -> dict[str, Any]:
        url = f"{self._context.base_url}/v1/Content/{content.sid}"
        return {
            "account_sid": content.account_sid,
            "date_created": iso8601(content.created),
            "date_updated": iso8601(content.updated),
            "friendly_name": content.friendly_name,
            "language": content.language,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
            "sid": content.sid,
            "types": content.types,
            "url": url,
            "variables": content.variables,
        }

    def _approval_json(self, content: Content) -> dict[str, Any]:
        return {
            "allow_category_change": True,
            "category": content.approval_category,
            "content_type": next(iter(content.types)),
            "name": content.approval_name,
            "rejection_reason": "",
            "status": content.approval,
            "type": "whatsapp",
        }
