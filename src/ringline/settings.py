"""Every setting of a deployment: read once from ``RINGLINE_*`` variables, typed, frozen, and explained.

This is the one module that reads the environment for settings. A variable that begins with ``RINGLINE_`` and is not
listed here is an error, because a misspelt setting that is silently ignored is worse than one that stops the start.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ringline.errors import ConfigurationError, RequestError

if TYPE_CHECKING:
    from ringline.egress import PrivateHosts
    from ringline.vault import Keyring

PREFIX = "RINGLINE_"
TWILIO_URL = "https://api.twilio.com"
DEFAULT_PORT = 7464  # R-I-N-G on a telephone's keys

LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """What a deployment can be told. Arguments win over the environment, the environment over the defaults."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, validate_default=False
    )

    home: Path = Field(
        default=Path(".ringline"), description="Directory for data, key and token files; made when it is missing."
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on; loopback unless told otherwise.")
    port: int = Field(
        default=DEFAULT_PORT, ge=0, le=65535, description="Port the server listens on; 0 takes any free one."
    )
    database_url: str | None = Field(
        default=None,
        repr=False,  # it may hold a password
        description="`sqlite:///file.db` or `postgresql://user:password@host/name`; a file in the home if unset.",
    )
    public_url: str | None = Field(
        default=None,
        description="Where Twilio reaches this server, e.g. `https://example.com`; signatures are checked against it.",
    )
    twilio_base_url: str | None = Field(
        default=None,
        description="Sends every Twilio request there instead, e.g. to the simulator; Twilio itself if unset.",
    )
    master_key_file: Path | None = Field(
        default=None,
        description="File with the key that encrypts credentials; `master.key` in the home directory if unset.",
    )
    master_key: SecretStr | None = Field(
        default=None, description="The encrypting key itself, for places without files; wins over the file."
    )
    api_token: SecretStr | None = Field(
        default=None, description="Token that opens the API; made and kept in the home directory if unset."
    )
    allowed_hosts: str = Field(
        default="",
        description="Further host names, separated by commas, under which the API and the pages may be reached.",
    )
    opt_out_ours: str = Field(
        default="",
        description="Senders, separated by commas, for which Ringline itself answers STOP, START and HELP; "
        "Twilio does it for the others.",
    )
    allowed_private_hosts: str = Field(
        default="",
        description="Hosts, addresses and networks of our own, separated by commas, that HTTP steps and webhooks may "
        "reach although they are private.",
    )
    sending_rate: str = Field(
        default="auto",
        description="Segments a second of a sender without a rate of its own: `twilio` (what Twilio allows its kind), "
        "`unlimited`, or a rate such as `10/s`. `auto` is `twilio`, but `unlimited` where Twilio's address is this "
        "machine's, as the simulator's is.",
    )
    call_rate: str = Field(
        default="1/s",
        description="How fast an account without a rate of its own places calls, such as `5/s`, or `unlimited`; "
        "Twilio starts one a second and lets the others wait.",
    )
    rate_factor: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of its rate that every sender uses; 0.97 leaves carriers that count strictly some room.",
    )
    caps: str = Field(
        default="",
        description="How many messages a person or a credential may have, separated by `;`, such as "
        "`marketing 3/day per person; * 20000/day per credential hold`. What is over is refused, or with `hold` waits.",
    )
    low_balance: float = Field(
        default=10.0, ge=0, description="Balance of an account, in its currency, below which a warning is shown."
    )
    keep_texts_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after which the text and media of messages that are done are erased; for ever if unset.",
    )
    keep_inbound_days: int | None = Field(
        default=None, ge=1, description="Days after which what people wrote to us is erased; for ever if unset."
    )
    keep_recordings_days: int | None = Field(
        default=None, ge=1, description="Days after which recordings of calls are deleted here; for ever if unset."
    )
    recordings_folder: Path | None = Field(
        default=None,
        description="Folder for the sound of recordings, which every process must see; the database if unset.",
    )
    keep_callbacks_days: int = Field(
        default=30, ge=1, description="Days after which the wording of Twilio's status callbacks is erased."
    )
    redact_at_twilio: bool = Field(
        default=False, description="Erase texts at Twilio as well when `keep_texts_days` is over."
    )
    rate_limit: int = Field(default=600, ge=1, description="API requests per minute and token; more are answered 429.")
    hook_rate_limit: int = Field(
        default=600,
        ge=1,
        description="Requests per minute that one webhook of a workflow takes; more are answered 429.",
    )
    max_body_bytes: int = Field(default=10_000_000, ge=1024, description="Largest request body taken, in bytes.")
    max_upload_bytes: int = Field(
        default=1_000_000_000, ge=1024, description="Largest file of people taken (contacts, recipients), in bytes."
    )
    auto_upgrade: bool = Field(
        default=True,
        description="Bring the database's tables up to date at the start; if off, `ringline db upgrade` has to.",
    )
    concurrency: int = Field(
        default=100,
        ge=2,
        le=10_000,
        description="Jobs that one process works on at once, and requests to Twilio it has under way per sender.",
    )
    log_level: LogLevel = Field(default="info", description="Least severe log line that is written.")
    log_format: Literal["text", "json"] = Field(default="text", description="How log lines look.")

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _passing_key: list[Keyring] = PrivateAttr(default_factory=list)

    @field_validator("public_url", "twilio_base_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PydanticCustomError("url", "it must be a whole address such as `https://example.com`")
        if parts.query or parts.fragment:
            raise PydanticCustomError("url", "it must end before any `?` or `#`")
        if parts.username or parts.password:
            raise PydanticCustomError("url", "it must not hold a user name or password")
        if "_" in parts.hostname:
            raise PydanticCustomError("url", "Twilio takes no host name with an underscore (its error 21609)")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite://", "postgresql://", "postgres://")):
            raise PydanticCustomError("url", "it must begin with `sqlite://` or `postgresql://`")
        return value

    @field_validator("allowed_private_hosts")
    @classmethod
    def _check_private_hosts(cls, value: str) -> str:
        from ringline.egress import PrivateHosts

        try:
            PrivateHosts.parse(value)
        except ValueError as error:
            raise PydanticCustomError("private_hosts", "{reason}", {"reason": str(error)}) from None
        return value

    @field_validator("sending_rate")
    @classmethod
    def _check_rate(cls, value: str) -> str:
        if value not in ("auto", "twilio"):
            from ringline.outbox.rates import parse_rate

            _said(parse_rate, value)
        return value

    @field_validator("call_rate")
    @classmethod
    def _check_call_rate(cls, value: str) -> str:
        from ringline.outbox.rates import parse_rate

        _said(parse_rate, value)
        return value

    @field_validator("caps")
    @classmethod
    def _check_caps(cls, value: str) -> str:
        from ringline.compliance.caps import parse_caps

        _said(parse_caps, value)
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The database's address, whether it was given or follows from the home directory."""
        return self.database_url or f"sqlite:///{quote(str(self.home.absolute() / 'ringline.db'))}"

    @property
    def key_file(self) -> Path:
        """File that holds the key credentials are encrypted with."""
        return self.master_key_file or self.home / "master.key"

    @property
    def token_file(self) -> Path:
        """File that holds the API token, readable by its owner only."""
        return self.home / "token"

    @property
    def server_file(self) -> Path:
        """File a running server leaves, so that commands in the same home find it."""
        return self.home / "server.json"

    @property
    def twilio_url(self) -> str:
        """Where Twilio requests go that no credential sends elsewhere."""
        return self.twilio_base_url or TWILIO_URL

    @property
    def is_twilio_here(self) -> bool:
        """Whether Twilio's address is this machine's, so that it can only be a simulator."""
        host = urlsplit(self.twilio_url).hostname or ""
        try:
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def public_host(self) -> str | None:
        """Host name of the public URL, without port."""
        return urlsplit(self.public_url).hostname if self.public_url else None

    @property
    def extra_hosts(self) -> frozenset[str]:
        """The names of `allowed_hosts`, in lower case."""
        return frozenset(name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip())

    def keyring(self) -> Keyring:
        """The keys that encrypt credentials: of `master_key`, else of the key file, which is made if it is missing.

        Raises `ConfigurationError` for a key that cannot be read, or a file that others can read.
        """
        from ringline.vault import Keyring, load_or_create_key
        from ringline.vault.keyring import new_key

        if self.master_key is not None:
            return Keyring.parse(self.master_key.get_secret_value())
        if self._is_in_memory() and self.master_key_file is None:
            # What is encrypted is gone with the process, and so may the key be.
            if not self._passing_key:
                self._passing_key.append(Keyring([new_key()]))
            return self._passing_key[0]
        return load_or_create_key(self.key_file)

    def _is_in_memory(self) -> bool:
        return self.database in ("sqlite://", "sqlite:///", "sqlite:///:memory:")

    @property
    def private_hosts(self) -> PrivateHosts:
        """The hosts of `allowed_private_hosts`."""
        from ringline.egress import PrivateHosts

        return PrivateHosts.parse(self.allowed_private_hosts)

    @property
    def own_opt_out_senders(self) -> frozenset[str]:
        """The senders of `opt_out_ours`."""
        return frozenset(sender.strip() for sender in self.opt_out_ours.split(",") if sender.strip())

    def with_changes(self, origin: str, **changes: Any) -> Settings:
        """A copy with *changes*, checked like any other setting; *origin* says where they came from."""
        given = {name: getattr(self, name) for name in self.model_fields_set} | changes
        return _build(given, self._origins | dict.fromkeys(changes, origin))

    def told_by(self, origins: Mapping[str, str]) -> Settings:
        """The same settings, remembering where their values came from."""
        self._origins.update(origins)
        return self

    def rows(self) -> Iterator[SettingRow]:
        """Each setting with its value, where that came from, and what it is for. Secrets are masked."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            yield SettingRow(
                name=name,
                variable=PREFIX + name.upper(),
                value=_as_text(value),
                origin=self._origins.get(name, "default"),
                description=field.description or "",
            )


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as `ringline settings` shows it."""

    name: str
    variable: str
    value: str
    origin: str
    description: str


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process: *overrides* (a command's options), then the environment, then the defaults.

    An override of ``None`` counts as not given.
    Raises `ConfigurationError` naming every variable that is unknown or has an impossible value.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    problems = list(_unknown_variables(os.environ))
    if problems:
        raise ConfigurationError("\n".join(problems))
    origins = {
        name: f"{PREFIX}{name.upper()}"
        for name in Settings.model_fields
        if any(variable.upper() == PREFIX + name.upper() and value for variable, value in os.environ.items())
    }
    return _build(given, origins | dict.fromkeys(given, "command line"))


def process_environment() -> Mapping[str, str]:
    """A copy of the environment, for workflows that read secrets from it (`environment_secrets_store`)."""
    return dict(os.environ)


def is_ci() -> bool:
    """Whether this runs in continuous integration, where nobody answers questions."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def _build(given: Mapping[str, Any], origins: Mapping[str, str]) -> Settings:
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentences(error))) from None
    return settings.told_by(origins)


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    known = [name.upper() for name in Settings.model_fields]
    for variable in sorted(environ):
        name = variable.upper().removeprefix(PREFIX)
        if variable.upper().startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else "`ringline settings` lists those there are."
            yield f"There is no setting {variable}; {hint}"


def _sentences(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        field = Settings.model_fields.get(name)
        if field is None:
            yield f"There is no setting {name!r}."
            continue
        variable = PREFIX + name.upper()
        secret = "Secret" in str(field.annotation)
        # A database address holds a password, so what was wrong with it is said without repeating it.
        shown = "" if secret or name == "database_url" else f" is `{fault['input']}`"
        yield f"{variable}{shown}: {_expectation(fault)}."


def _expectation(fault: Mapping[str, Any]) -> str:
    context = fault.get("ctx", {})
    match fault["type"]:
        case "int_parsing" | "int_type" | "int_from_float":
            return "it must be a whole number"
        case "greater_than_equal":
            return f"it must be {context['ge']} or more"
        case "less_than_equal":
            return f"it must be {context['le']} or less"
        case "literal_error":
            return f"it must be {context['expected']}"
        case _:
            return str(fault["msg"])


def _said(parse: Callable[[str], object], value: str) -> None:
    """Have a text parsed that another room understands; what it says is wrong is the setting's fault."""
    try:
        parse(value)
    except RequestError as error:
        raise PydanticCustomError("text", "it cannot be understood; {fix}", {"fix": error.fix}) from None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "********"
    text = str(value)
    parts = urlsplit(text) if "://" in text else None
    if parts is not None and parts.password:
        return text.replace(f":{parts.password}@", ":********@", 1)
    return text
