"""`/api/v1/users`: who may sign in, and with which role."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ringline.access import Role
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.access import User
    from ringline.app import Ringline


class UserIn(BaseModel):
    """Somebody to let in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="Such as an e-mail address.", examples=["ann@example.com"])
    role: Role = "viewer"
    password: SecretStr | None = Field(default=None, description="Made up if left out; to be changed at first.")


class RoleIn(BaseModel):
    """Another role."""

    model_config = ConfigDict(extra="forbid")

    role: Role


class NewPasswordIn(BaseModel):
    """A password in place of one that was forgotten."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr | None = Field(default=None, description="Made up if left out; to be changed at first.")


class UserOut(BaseModel):
    """Somebody who may sign in."""

    id: str
    name: str
    role: Role
    must_change_password: bool
    created_at: datetime
    password_at: datetime = Field(description="When the password was last changed.")
    seen_at: datetime | None = Field(description="When they last did something; empty when signed in nowhere.")


class WithPasswordOut(UserOut):
    """The same with the password, which is shown this once."""

    password: str


def build(ringline: Ringline) -> APIRouter:
    """Routes over the users of *ringline*."""
    router = APIRouter(prefix="/api/v1/users", tags=["access"])
    access = ringline.access

    @router.get("", operation_id="list_users")
    async def list_all() -> list[UserOut]:
        """Everybody, by name."""
        return [UserOut(**_fields(user)) for user in await access.users.list()]

    @router.post("", status_code=201, operation_id="add_user")
    async def add(body: UserIn) -> WithPasswordOut:
        """Let somebody in."""
        given = body.password.get_secret_value() if body.password is not None else None
        user, password = await access.users.add(body.name, body.role, given)
        return WithPasswordOut(**_fields(user), password=password)

    @router.patch("/{name}", operation_id="change_user")
    async def change(name: str, body: RoleIn) -> UserOut:
        """Give somebody another role, in force at once."""
        return UserOut(**_fields(await access.users.set_role(name, body.role)))

    @router.post("/{name}/password", operation_id="reset_password")
    async def reset(name: str, body: NewPasswordIn) -> WithPasswordOut:
        """Give somebody a new password, to be changed at the next sign-in; they are signed out everywhere."""
        given = body.password.get_secret_value() if body.password is not None else None
        user, password = await access.users.set_password(name, given, must_change=True)
        return WithPasswordOut(**_fields(user), password=password)

    @router.post("/{name}/sign-out", status_code=204, operation_id="sign_user_out")
    async def sign_out(name: str) -> Response:
        """Sign somebody out everywhere."""
        await access.sign_ins.end_all((await access.users.get(name)).id)
        return Response(status_code=204)

    @router.delete("/{name}", status_code=204, operation_id="remove_user")
    async def remove(request: Request, name: str) -> Response:
        """Let somebody in no more."""
        user = await access.users.get(name)
        if user.id == request.state.principal.id:
            raise RequestError("Nobody can remove themselves.", field="name", fix="Another admin can.")
        await access.users.remove(name)
        return Response(status_code=204)

    return router


def _fields(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "must_change_password": user.must_change_password,
        "created_at": user.created_at,
        "password_at": user.password_at,
        "seen_at": user.seen_at,
    }
