"""`/api/v1/me`: who is signed in, their password and their browsers; `/api/v1/sign-in`: the way in by password."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ringline.access.sign_ins import BY_LINK, BY_PASSWORD
from ringline.errors import RequestError
from ringline.web.access import RateLimiter
from ringline.web.identity import COOKIE
from ringline.web.problems import problem
from ringline.web.signing_in import begin, described

if TYPE_CHECKING:
    from ringline.access import Principal, SignIn
    from ringline.app import Ringline

TRIES_PER_NAME = 10
TRIES_PER_ADDRESS = 30
"""Passwords that may be tried in a minute: of one user, and from one address."""


class MeOut(BaseModel):
    """Whoever asks. `csrf` is carried as `X-CSRF-Token` by a browser's requests that change something."""

    name: str
    role: str
    csrf: str
    must_change_password: bool = Field(description="Nothing else can be done until it is changed.")
    simulator: bool = Field(description="Whether a simulated Twilio runs beside this server.")
    version: str


class SignInIn(BaseModel):
    """A user's name and password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    password: SecretStr = Field(max_length=1000)


class PasswordIn(BaseModel):
    """A new password."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr = Field(description="The new one: at least ten characters.", max_length=1000)
    current: SecretStr | None = Field(
        default=None, description="The one until now; not asked of who came by a one-time link.", max_length=1000
    )


class SignInOut(BaseModel):
    """A browser somebody is signed in with."""

    id: str
    is_this: bool = Field(description="Whether it is the one that asks.")
    how: str = Field(description="`password`, or `link` for the one printed in the terminal.")
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def build(ringline: Ringline) -> APIRouter:
    """Routes over the sign-ins of *ringline*."""
    router = APIRouter(prefix="/api/v1", tags=["access"])
    access = ringline.access
    by_name = RateLimiter(TRIES_PER_NAME, access.clock)
    by_address = RateLimiter(TRIES_PER_ADDRESS, access.clock)

    @router.post("/sign-in", operation_id="sign_in", response_model=MeOut)
    async def sign_in(request: Request, response: Response, body: SignInIn) -> Response | dict[str, object]:
        """Sign a browser in: sets the cookie."""
        address = request.client.host if request.client else ""
        # An address that has had its tries uses up nobody's.
        wait = by_address.take(address) or by_name.take(body.name.strip().lower())
        if wait > 0:
            return problem(
                429,
                "too_many_tries",
                "There were too many tries to sign in.",
                fix=f"Wait {math.ceil(wait)} s and try again.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
        user = await access.users.with_password(body.name, body.password.get_secret_value())
        if user is None:
            return problem(
                401,
                "wrong_password",
                "Name or password is wrong.",
                fix="If the password is lost, an admin can give you a new one.",
            )
        return described(await begin(ringline, request, response, user.id, BY_PASSWORD), request)

    @router.get("/me", operation_id="get_me", response_model=MeOut)
    async def me(request: Request) -> dict[str, object]:
        """Who is signed in."""
        return described(request.state.principal, request)

    @router.post("/me/password", operation_id="change_password", response_model=MeOut)
    async def change_password(request: Request, response: Response, body: PasswordIn) -> dict[str, object]:
        """Change one's own password. Every other browser is signed out."""
        principal = _person(request)
        how = BY_LINK if await _came_by_link(principal) else BY_PASSWORD
        if how == BY_PASSWORD:
            current = body.current.get_secret_value() if body.current is not None else ""
            if by_name.take(principal.name.lower()) > 0:
                raise RequestError("There were too many tries.", field="current", fix="Wait a minute.")
            if await access.users.with_password(principal.name, current) is None:
                raise RequestError(
                    "This is not your password.", field="current", fix="Type the one you signed in with."
                )
            if current == body.password.get_secret_value():
                raise RequestError("This is the password you have.", field="password", fix="Take another one.")
        await access.users.set_password(principal.name, body.password.get_secret_value())
        return described(await begin(ringline, request, response, principal.id, how), request)

    @router.post("/me/sign-out", status_code=204, operation_id="sign_out")
    async def sign_out(request: Request) -> Response:
        """Sign this browser out."""
        principal = _person(request)
        await access.sign_ins.end(principal.id, principal.sign_in)
        return _signed_out()

    @router.post("/me/sign-out-everywhere", status_code=204, operation_id="sign_out_everywhere")
    async def sign_out_everywhere(request: Request) -> Response:
        """Sign every browser of one's own out, this one too."""
        await access.sign_ins.end_all(_person(request).id)
        return _signed_out()

    @router.get("/me/sign-ins", operation_id="list_sign_ins")
    async def list_sign_ins(request: Request) -> list[SignInOut]:
        """Where one is signed in."""
        principal = _person(request)
        return [_out(one, principal) for one in await access.sign_ins.list(principal.id)]

    @router.delete("/me/sign-ins/{sign_in_id}", status_code=204, operation_id="end_sign_in")
    async def end_sign_in(request: Request, sign_in_id: str) -> Response:
        """Sign one browser out."""
        await access.sign_ins.end(_person(request).id, sign_in_id)
        return Response(status_code=204)

    async def _came_by_link(principal: Principal) -> bool:
        mine = [one for one in await access.sign_ins.list(principal.id) if one.id == principal.sign_in]
        return bool(mine) and mine[0].how == BY_LINK

    return router


def _person(request: Request) -> Principal:
    principal: Principal = request.state.principal
    if principal.kind != "user":
        raise RequestError(
            "Only somebody who is signed in with a browser can do this.",
            fix="`ringline users` and `ringline keys` do the like for programs.",
        )
    return principal


def _signed_out() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _out(one: SignIn, principal: Principal) -> SignInOut:
    return SignInOut(
        id=one.id,
        is_this=one.id == principal.sign_in,
        how=one.how,
        address=one.address,
        browser=one.browser,
        created_at=one.created_at,
        seen_at=one.seen_at,
        expires_at=one.expires_at,
    )
