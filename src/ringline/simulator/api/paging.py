"""Lists in pages, in the two envelopes Twilio has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from ringline.simulator.refusals import Refusal

DEFAULT_PAGE, LARGEST_PAGE = 50, 1000

T = TypeVar("T")


class Page(Generic[T]):
    """One page of a list, and how to ask for its neighbours.

    The token names the last item of the page before, so that new items at the front do not shift what follows.
    """

    def __init__(self, items: Sequence[T], sid_of: Callable[[T], str], path: str, query: QueryParams) -> None:
        self.size = _page_size(query)
        self.number = _whole_number(query.get("Page"), 0)
        self._path = path
        self._kept = [(name, value) for name, value in query.multi_items() if name not in ("Page", "PageToken")]
        token = query.get("PageToken")
        self.start = _after_token(items, sid_of, token) if token else self.number * self.size
        self.items = list(items[self.start : self.start + self.size])
        more = self.start + self.size < len(items)
        self.next = self._link(self.number + 1, "PA" + sid_of(self.items[-1])) if more and self.items else None
        self.previous = None
        if self.number > 0:
            before = self.start - self.size
            token_before = "PA" + sid_of(items[before - 1]) if before > 0 else None
            self.previous = self._link(self.number - 1, token_before)
        self.first = self._link(0, None)
        self.here = self._link(self.number, token)

    def _link(self, number: int, token: str | None) -> str:
        query = [*self._kept]
        if not any(name == "PageSize" for name, _ in query):
            query.append(("PageSize", str(self.size)))
        query.append(("Page", str(number)))
        if token is not None:
            query.append(("PageToken", token))
        return f"{self._path}?{urlencode(query)}"

    def envelope_2010(self, key: str, shown: list[dict[str, Any]]) -> dict[str, Any]:
        """The envelope of api.twilio.com: relative links beside the list."""
        return {
            key: shown,
            "end": self.start + max(0, len(shown) - 1),
            "first_page_uri": self.first,
            "next_page_uri": self.next,
            "page": self.number,
            "page_size": self.size,
            "previous_page_uri": self.previous,
            "start": self.start,
            "uri": self.here,
        }

    def envelope_v1(self, key: str, shown: list[dict[str, Any]], base_url: str) -> dict[str, Any]:
        """The envelope of the v1 APIs: absolute links in ``meta``."""
        return {
            "meta": {
                "page": self.number,
                "page_size": self.size,
                "first_page_url": base_url + self.first,
                "previous_page_url": base_url + self.previous if self.previous else None,
                "url": base_url + self.here,
                "next_page_url": base_url + self.next if self.next else None,
                "key": key,
            },
            key: shown,
        }


def _page_size(query: QueryParams) -> int:
    size = _whole_number(query.get("PageSize"), DEFAULT_PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        raise Refusal(20007)
    return size


def _whole_number(text: str | None, default: int) -> int:
    if text is None or text == "":
        return default
    if not text.isdigit():
        raise Refusal(20422, detail=f"{text} is not a whole number")
    return int(text)


def _after_token(items: Sequence[T], sid_of: Callable[[T], str], token: str) -> int:
    sid = token.removeprefix("PA")
    for index, item in enumerate(items):
        if sid_of(item) == sid:
            return index + 1
    raise Refusal(21481)
