"""The environment, read once."""

import ipaddress
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _listed(value: object) -> object:
    """Read "a, b" as a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Listed = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """All that an administrator sets, by environment or `.env`, each with the prefix BOT_.

    An empty value counts as not given. `.env.example` explains each of them.
    """

    model_config = SettingsConfigDict(
        env_prefix="BOT_", env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    var_dir: Path = Path("var")
    database_url: str = ""
    commune_dir: Path = Path("commune")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8080"
    secret_key: SecretStr = SecretStr("")
    channels: Listed = ()
    trusted_proxies: Listed = ()
    embed_origins: Listed = ()
    metrics_token: SecretStr = SecretStr("")
    sentry_dsn: SecretStr = SecretStr("")
    llm_url: str = ""
    llm_key: SecretStr = SecretStr("")
    practice: Literal["on", "off", ""] = ""
    pacing: float | None = Field(default=None, gt=0)
    now: str = ""

    telegram_token: SecretStr = SecretStr("")
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: str = ""

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

    _lists = field_validator(
        "channels", "trusted_proxies", "embed_origins", "zalo_media_hosts", mode="before"
    )(_listed)

    @field_validator(
        "public_url", "telegram_api_url", "zalo_api_url", "zalo_oauth_url", "zalo_zbs_url"
    )
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be an http(s) address")
        return value.rstrip("/")

    @field_validator("channels")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(value) - {"web", "zalo", "telegram"}
        if unknown:
            raise ValueError(f"no such channel: {', '.join(sorted(unknown))}")
        return value

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
        """Whether the service is reached from this machine alone."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @cached_property
    def practises(self) -> bool:
        """Whether /demo is served: only on loopback and without any channel's credentials."""
        real = (
            self.has_telegram
            or self.has_zalo
            or bool(self.zalo_refresh_token.get_secret_value())
            or bool(self.zalo_app_secret.get_secret_value())
        )
        return self.practice != "off" and self.is_loopback and not real

    def secrets(self) -> list[str]:
        """Give every secret that is set, for the scrubber of the logs."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return [v.get_secret_value() for v in values if isinstance(v, SecretStr) and v]
