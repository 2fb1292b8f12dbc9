from __future__ import annotations

import socket

import pytest
from aiohttp import ClientSession
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ringline.errors import ConfigurationError
from ringline.web.server import address, is_free, listen, serving


def test_taken_port_is_named_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ConfigurationError) as caught:
            listen("127.0.0.1", port)

    assert str(caught.value) == (
        f"Port {port} on 127.0.0.1 is taken. Stop what uses it, or choose another: --port or RINGLINE_PORT."
    )


def test_taken_port_is_replaced_by_a_free_one_where_that_is_wanted() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port, or_free=True) as other:
            assert other.getsockname()[1] != port
        assert not is_free("127.0.0.1", port)


def test_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(ConfigurationError, match=r"^Cannot listen on 192\.0\.2\.1:0: .*Check --host and --port\.$"):
        listen("192.0.2.1", 0)


def test_address_is_one_a_client_can_use() -> None:
    with listen("0.0.0.0", 0) as everywhere:
        assert address(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_address_of_an_ipv6_socket_has_brackets() -> None:
    with listen("::1", 0) as listener:
        assert address(listener).startswith("http://[::1]:")


async def test_server_answers_inside_the_block_and_is_gone_after_it() -> None:
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("hello"))])
    listener = listen("127.0.0.1", 0)
    url = address(listener)

    async with serving(app, listener), ClientSession() as session, session.get(url) as answer:
        assert await answer.text() == "hello"
        assert "server" not in answer.headers

    assert is_free("127.0.0.1", int(url.rpartition(":")[2]))
