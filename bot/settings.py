"""The environment, read once."""

import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

PREFIX = "BOT_"
FILE = ".env"

CHANNELS = ("web", "zalo", "telegram")

DATABASES = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")
"""How the address of a database begins that this service can use."""

YEARS = range(2000, 3000)
"""The years in which BOT_NOW may lie, as a period may (scoring/periods.py)."""

GIVEN = re.compile(r"^\s*(?:export\s+)?(BOT_\w+)\s*=", re.MULTILINE)

HEADER = re.compile(r"[\x20-\x7e]+")

TILES = re.compile(r"https://[\w.-]+(?::\d+)?/[\w./?=&@~+{}-]*", re.ASCII)

ORIGIN = re.compile(r"https?://[\w.-]+(?::\d+)?/?", re.ASCII)


class BadSettings(ValueError):
    """The environment or `.env` says something that cannot be; one line, names BOT_ variables."""


def _listed(value: object) -> object:
    """Read "a, b" as a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode]


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=FILE,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=False,
    )

    @model_validator(mode="before")
    @classmethod
    def _trimmed(cls, given: Mapping[str, object]) -> dict[str, object]:
        """Spaces around a value come from copying it; what is empty without them is not given."""
        trimmed = {k: v.strip() if isinstance(v, str) else v for k, v in given.items()}
        return {name: value for name, value in trimmed.items() if value != ""}

    @classmethod
    def read(cls) -> Self:
        """Read the environment and `.env`.

        Raises:
            BadSettings: a value cannot be used.
        """
        try:
            return cls()
        except ValidationError as error:
            # A default that waits for another setting only repeats that this one is wrong.
            wrong = [
                (found["loc"], found["msg"])
                for found in error.errors()
                if found["type"] != "default_factory_not_called"
            ]
            raise BadSettings("; ".join(_finding(*one) for one in wrong)) from None
        except (SettingsError, UnicodeDecodeError, OSError) as error:
            raise BadSettings(f"{FILE}: {' '.join(str(error).split())}") from None


class CommuneFolder(_FromEnvironment):
    """The one setting that is needed where neither a store nor a service is."""

    commune_dir: Path = Path("commune")


class Settings(_FromEnvironment):
    """All that an administrator sets, by environment or `.env`, each with the prefix BOT_.

    An empty value counts as not given. `.env.example` explains each of them.
    """

    var_dir: Path = Path("var")
    database_url: str = Field(default="", repr=False)
    commune_dir: Path = Path("commune")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(default_factory=lambda given: f"http://127.0.0.1:{given['port']}")
    secret_key: SecretStr = SecretStr("")
    next_secret_key: SecretStr = SecretStr("")
    channels: Listed = ()
    trusted_proxies: Listed = ()
    embed_origins: Listed = ()
    map_tiles: str = ""
    backup_hours: int = Field(default=30, gt=0)
    dossiers_header: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    sentry_dsn: SecretStr = SecretStr("")
    llm_url: str = ""
    llm_key: SecretStr = SecretStr("")
    llm_model: str = ""
    practice: Literal["on", "off", ""] = ""
    pacing: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    now: str = ""

    telegram_token: SecretStr = SecretStr("")
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: str = Field(default="", repr=False)

    zalo_app_id: str = ""
    zalo_app_secret: SecretStr = SecretStr("")
    zalo_oa_id: str = ""
    zalo_oa_secret_key: SecretStr = SecretStr("")
    zalo_refresh_token: SecretStr = SecretStr("")
    zalo_api_url: str = "https://openapi.zalo.me"
    zalo_oauth_url: str = "https://oauth.zaloapp.com"
    zalo_zbs_url: str = "https://business.openapi.zalo.me"
    zalo_media_hosts: Listed = ("zdn.vn", "zadn.vn", "zalo.me")
    zalo_buttons: Literal["off", "text", "list"] = "off"
    zalo_mac_mode: Literal["strict", "log_only"] = "strict"
    zalo_catch_up: Literal["on", "off"] = "on"

    _lists = field_validator(
        "channels", "trusted_proxies", "embed_origins", "zalo_media_hosts", mode="before"
    )(_listed)

    @field_validator(
        "public_url",
        "llm_url",
        "telegram_api_url",
        "telegram_proxy",
        "zalo_api_url",
        "zalo_oauth_url",
        "zalo_zbs_url",
    )
    @classmethod
    def _address(cls, value: str) -> str:
        parts = _parts(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an http(s) address")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        if not value.startswith(DATABASES):
            raise ValueError(f"must begin with {' or '.join(DATABASES)}")
        if value.startswith(DATABASES[0]) and _parts(value).path in {"/", "/:memory:"}:
            raise ValueError("must name a file: what is kept in memory is lost")
        _parts(value)
        return value

    @field_validator("channels")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(value) - set(CHANNELS)
        if unknown:
            raise ValueError(f"no such channel: {', '.join(sorted(unknown))}")
        return value

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not ORIGIN.fullmatch(origin):
                raise ValueError("must be sites like https://xa.example.vn, parted by commas")
        return tuple(origin.rstrip("/") for origin in value)

    @field_validator("map_tiles")
    @classmethod
    def _tiles(cls, value: str) -> str:
        places = {name for _text, name, _form, _how in Formatter().parse(value) if name is not None}
        if not TILES.fullmatch(value) or places != {"z", "x", "y"}:
            raise ValueError("must be an https address with {z}, {x} and {y}")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @field_validator("dossiers_header")
    @classmethod
    def _header(cls, value: SecretStr) -> SecretStr:
        if not HEADER.fullmatch(value.get_secret_value()):
            raise ValueError("must be a header of plain letters, like Authorization: Bearer …")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _project(cls, value: SecretStr) -> SecretStr:
        parts = _parts(value.get_secret_value())
        is_project = parts.path.rpartition("/")[2].isdigit() and parts.username and parts.hostname
        if parts.scheme not in {"http", "https"} or not is_project:
            raise ValueError("must be a project's address like https://KEY@sentry.example.vn/1")
        return value

    @field_validator("now")
    @classmethod
    def _moment(cls, value: str) -> str:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be a time like 2026-11-23T08:00") from None
        if moment.year not in YEARS:
            raise ValueError(f"must lie between {YEARS[0]} and {YEARS[-1]}")
        return value

    @model_validator(mode="after")
    def _can_open(self) -> Self:
        for name, has, wanted in (
            ("telegram", self.has_telegram, "BOT_TELEGRAM_TOKEN"),
            ("zalo", self.has_zalo, "BOT_ZALO_APP_ID and BOT_ZALO_OA_SECRET_KEY"),
        ):
            if name in self.channels and not has:
                raise ValueError(f"BOT_CHANNELS: {name} needs {wanted}")
        return self

    @cached_property
    def database(self) -> str:
        """The database's address: SQLite in VAR_DIR unless another is given."""
        return self.database_url or f"sqlite+aiosqlite:///{self.var_dir / 'bot.db'}"

    @cached_property
    def has_telegram(self) -> bool:
        """Whether a Telegram bot is configured."""
        return bool(self.telegram_token.get_secret_value())

    @cached_property
    def has_zalo(self) -> bool:
        """Whether a Zalo OA is configured: without the key no webhook could be believed."""
        return bool(self.zalo_app_id and self.zalo_oa_secret_key.get_secret_value())

    @cached_property
    def open_channels(self) -> tuple[str, ...]:
        """The channels that are to run."""
        if self.channels:
            return self.channels
        given = {"web": True, "zalo": self.has_zalo, "telegram": self.has_telegram}
        return tuple(name for name, has in given.items() if has)

    @cached_property
    def is_loopback(self) -> bool:
        """Whether the service is reached from this machine alone.

        It is not where it listens on other addresses, nor where people reach it by a public one:
        then a proxy stands before it.
        """
        return _is_loopback(self.host) and _is_loopback(_parts(self.public_url).hostname or "")

    @cached_property
    def practises(self) -> bool:
        """Whether /demo is served: only on loopback and without any channel's credentials."""
        credentials = (
            self.telegram_token,
            self.telegram_webhook_secret,
            self.zalo_app_id,
            self.zalo_app_secret,
            self.zalo_oa_id,
            self.zalo_oa_secret_key,
            self.zalo_refresh_token,
        )
        return self.practice != "off" and self.is_loopback and not any(credentials)

    def secrets(self) -> list[str]:
        """Give every secret that is set, for the scrubber of the logs."""
        found = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr) and value:
                found.append(value.get_secret_value())
                if name == "dossiers_header":
                    # The key alone, and without the word before it, must not be told either.
                    found += value.get_secret_value().split()[-1:]
                if name == "sentry_dsn":
                    found.append(_parts(value.get_secret_value()).username or "")
            elif isinstance(value, str) and "@" in value and (password := _parts(value).password):
                found += [password, unquote(password)]
        return found

    @classmethod
    def unknown(cls) -> list[str]:
        """Name what is given with our prefix and is no setting: slips of the finger."""
        given = {name for name in os.environ if name.startswith(PREFIX)}
        path = Path(FILE)
        if path.is_file():
            given.update(GIVEN.findall(path.read_text("utf-8")))
        return sorted(given - {_variable(name) for name in cls.model_fields})


def _variable(name: str) -> str:
    """Name the variable of a setting."""
    return f"{PREFIX}{name}".upper()


def _finding(place: tuple[int | str, ...], sentence: str) -> str:
    """Say what is wrong with a setting; what is wrong between several names them itself."""
    reason = sentence.removeprefix("Value error, ")
    return f"{_variable(str(place[0]))}: {reason}" if place else reason


def _parts(address: str) -> SplitResult:
    """Take an address apart.

    Raises:
        ValueError: its host or port cannot be.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        # Its own sentence would quote the address, in which a password may stand.
        raise ValueError("its host or port cannot be read") from None
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
