"""The environment: every name, its default, and what is refused."""

import logging
import os
import pickle
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import BadSettings, CommuneFolder, Settings
from tests.running import ROOT

DEFAULTS: Mapping[str, object] = {
    "VAR_DIR": Path("var"),
    "DATABASE_URL": "",
    "COMMUNE_DIR": Path("commune"),
    "HOST": "127.0.0.1",
    "PORT": 8080,
    "PUBLIC_URL": "http://127.0.0.1:8080",
    "SECRET_KEY": SecretStr(""),
    "NEXT_SECRET_KEY": SecretStr(""),
    "CHANNELS": (),
    "TRUSTED_PROXIES": (),
    "EMBED_ORIGINS": (),
    "MAP_TILES": "",
    "BACKUP_HOURS": 30,
    "DOSSIERS_HEADER": SecretStr(""),
    "METRICS_TOKEN": SecretStr(""),
    "SENTRY_DSN": SecretStr(""),
    "LLM_URL": "",
    "LLM_KEY": SecretStr(""),
    "LLM_MODEL": "",
    "PRACTICE": "",
    "PACING": None,
    "NOW": "",
    "TELEGRAM_TOKEN": SecretStr(""),
    "TELEGRAM_MODE": "polling",
    "TELEGRAM_WEBHOOK_SECRET": SecretStr(""),
    "TELEGRAM_API_URL": "https://api.telegram.org",
    "TELEGRAM_PROXY": "",
    "ZALO_APP_ID": "",
    "ZALO_APP_SECRET": SecretStr(""),
    "ZALO_OA_ID": "",
    "ZALO_OA_SECRET_KEY": SecretStr(""),
    "ZALO_REFRESH_TOKEN": SecretStr(""),
    "ZALO_API_URL": "https://openapi.zalo.me",
    "ZALO_OAUTH_URL": "https://oauth.zaloapp.com",
    "ZALO_ZBS_URL": "https://business.openapi.zalo.me",
    "ZALO_MEDIA_HOSTS": ("zdn.vn", "zadn.vn", "zalo.me"),
    "ZALO_BUTTONS": "off",
    "ZALO_CATCH_UP": "on",
    "ZALO_MAC_MODE": "strict",
}
SECRET = [name for name, value in DEFAULTS.items() if isinstance(value, SecretStr)]
ZALO = {"BOT_ZALO_APP_ID": "1", "BOT_ZALO_OA_SECRET_KEY": "k"}
TELEGRAM = {"BOT_TELEGRAM_TOKEN": "1:a"}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the test, and no `.env` of its owner."""
    for name in [name for name in os.environ if name.upper().startswith("BOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def _read(given: pytest.MonkeyPatch, **values: str) -> Settings:
    with given.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        return Settings.read()


def test_every_setting_has_its_name_and_its_default() -> None:
    settings = Settings.read()
    told = {name.upper(): getattr(settings, name) for name in Settings.model_fields}
    assert told == DEFAULTS


def test_the_example_names_every_setting_once_and_changes_nothing() -> None:
    path = ROOT / ".env.example"
    names = re.findall(r"^BOT_(\w+)=", path.read_text("utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(DEFAULTS)
    assert Settings(_env_file=path) == Settings.read()


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("value", ["", "  ", "\t"], ids=ascii)
def test_empty_counts_as_not_given(given: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert _read(given, **{f"BOT_{name}": value}) == Settings.read()


def test_the_file_is_read_and_the_environment_stands_over_it(given: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        '\ufeff# a comment\nBOT_PORT=8081\r\nBOT_HOST="0.0.0.0"\nBOT_ZALO_OA_ID=\nOTHER=1\n',
        "utf-8",
    )
    settings = _read(given, BOT_HOST="::1", BOT_PORT="")
    assert (settings.port, settings.host, settings.zalo_oa_id) == (8081, "::1", "")


def test_spaces_around_a_value_are_not_of_it(given: pytest.MonkeyPatch) -> None:
    settings = _read(given, BOT_TELEGRAM_TOKEN=" 1:token\n", BOT_PORT=" 9 ")
    assert settings.telegram_token.get_secret_value() == "1:token"
    assert settings.port == 9


def test_lists_are_parted_by_commas(given: pytest.MonkeyPatch) -> None:
    settings = _read(
        given,
        BOT_CHANNELS=" zalo , web,",
        BOT_ZALO_MEDIA_HOSTS="zdn.vn,127.0.0.1:9",
        BOT_EMBED_ORIGINS="https://a.example.vn/, http://b.example.vn:81",
        BOT_TRUSTED_PROXIES="10.0.0.0/8,::1",
        **ZALO,
    )
    assert settings.channels == ("zalo", "web")
    assert settings.zalo_media_hosts == ("zdn.vn", "127.0.0.1:9")
    assert settings.embed_origins == ("https://a.example.vn", "http://b.example.vn:81")
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")


@pytest.mark.parametrize(
    ("given_channels", "credentials", "opened"),
    [
        ("", {}, ("web",)),
        ("", ZALO, ("web", "zalo")),
        ("", TELEGRAM, ("web", "telegram")),
        ("", {"BOT_ZALO_APP_ID": "1"}, ("web",)),
        ("telegram", {**TELEGRAM, **ZALO}, ("telegram",)),
        ("web", {**TELEGRAM, **ZALO}, ("web",)),
    ],
)
def test_channels_are_the_web_and_those_with_credentials_unless_named(
    given: pytest.MonkeyPatch,
    given_channels: str,
    credentials: Mapping[str, str],
    opened: tuple[str, ...],
) -> None:
    assert _read(given, BOT_CHANNELS=given_channels, **credentials).open_channels == opened


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PRACTICE", "maybe"),
        ("PACING", "0"),
        ("PACING", "fast"),
        ("PACING", "nan"),
        ("PACING", "inf"),
        ("NOW", "yesterday"),
        ("NOW", "0001-01-01"),
        ("NOW", "9999-12-31T23:59"),
        ("NOW", "2026-13-01"),
        ("PUBLIC_URL", "xa.example.vn"),
        ("PUBLIC_URL", "http://"),
        ("PUBLIC_URL", "http://[::1"),
        ("PUBLIC_URL", "http://x:99999"),
        ("PUBLIC_URL", "ftp://x"),
        ("DATABASE_URL", "bot.db"),
        ("DATABASE_URL", "sqlite:///bot.db"),
        ("DATABASE_URL", "sqlite+aiosqlite:///"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://u:p@host/db"),
        ("DATABASE_URL", "postgresql+asyncpg://u:pa/ss@host/db"),
        ("CHANNELS", "web,fax"),
        ("CHANNELS", "telegram"),
        ("CHANNELS", "web,zalo"),
        ("EMBED_ORIGINS", "xa.example.vn"),
        ("EMBED_ORIGINS", "https://a; script-src *"),
        ("TRUSTED_PROXIES", "proxy"),
        ("TELEGRAM_MODE", "pigeon"),
        ("TELEGRAM_PROXY", "socks5://x:1"),
        ("TELEGRAM_API_URL", "telegram"),
        ("ZALO_API_URL", "zalo"),
        ("ZALO_OAUTH_URL", "zalo"),
        ("ZALO_ZBS_URL", "zalo"),
        ("ZALO_BUTTONS", "many"),
        ("MAP_TILES", "https://tiles.example.vn/map.png"),
        ("MAP_TILES", "https://tiles.example.vn/{z}/{x}/{y}/{secret}"),
        ("MAP_TILES", "https://tiles.example.vn/{z}/{x}/{y}; script-src *"),
        ("MAP_TILES", "http://tiles.example.vn/{z}/{x}/{y}"),
        ("ZALO_MAC_MODE", "lax"),
    ],
)
def test_a_value_that_cannot_be_is_one_line_that_names_its_variable(
    given: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(BadSettings) as refused:
        _read(given, **{f"BOT_{name}": value})
    (line,) = str(refused.value).splitlines()
    assert f"BOT_{name}: " in line
    assert "pa/ss" not in line


def test_several_wrong_values_are_one_line_too(given: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSettings) as refused:
        _read(given, BOT_PORT="x", BOT_PACING="y")
    assert "BOT_PORT: " in str(refused.value)
    assert "BOT_PACING: " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_text_is_refused(given: pytest.MonkeyPatch) -> None:
    Path(".env").write_bytes(b"BOT_PORT=\xff\xfe")
    with pytest.raises(BadSettings, match=r"\.env"):
        Settings.read()


def test_the_commune_alone_is_read_beside_wrong_settings(given: pytest.MonkeyPatch) -> None:
    given.setenv("BOT_PORT", "x")
    given.setenv("BOT_COMMUNE_DIR", "/srv/commune")
    assert CommuneFolder.read().commune_dir == Path("/srv/commune")


def test_addresses_end_without_a_slash(given: pytest.MonkeyPatch) -> None:
    assert _read(given, BOT_PUBLIC_URL="https://xa.vn/").public_url == "https://xa.vn"
    assert _read(given, BOT_PORT="9000").public_url == "http://127.0.0.1:9000"
    assert _read(given).public_url == "http://127.0.0.1:8080"


def test_the_database_is_a_file_under_var_unless_another_is_given(
    given: pytest.MonkeyPatch,
) -> None:
    assert _read(given, BOT_VAR_DIR="/srv/var").database == "sqlite+aiosqlite:////srv/var/bot.db"
    other = "postgresql+asyncpg:///bot?host=/run/postgresql"
    assert _read(given, BOT_DATABASE_URL=other).database == other


@pytest.mark.parametrize(
    ("values", "practises"),
    [
        ({}, True),
        ({"BOT_PRACTICE": "on"}, True),
        ({"BOT_PRACTICE": "off"}, False),
        ({"BOT_HOST": "localhost"}, True),
        ({"BOT_HOST": "::1"}, True),
        ({"BOT_HOST": "127.1.2.3"}, True),
        ({"BOT_HOST": "0.0.0.0"}, False),
        ({"BOT_HOST": "::"}, False),
        ({"BOT_HOST": "192.168.1.4"}, False),
        ({"BOT_HOST": "example.vn"}, False),
        ({"BOT_HOST": "localhost.example.vn"}, False),
        ({"BOT_PUBLIC_URL": "https://xa.example.vn"}, False),
        ({"BOT_PUBLIC_URL": "http://localhost:8080"}, True),
        ({"BOT_TELEGRAM_TOKEN": "1:a"}, False),
        ({"BOT_TELEGRAM_WEBHOOK_SECRET": "s"}, False),
        ({"BOT_ZALO_APP_ID": "1"}, False),
        ({"BOT_ZALO_APP_SECRET": "s"}, False),
        ({"BOT_ZALO_OA_ID": "1"}, False),
        ({"BOT_ZALO_OA_SECRET_KEY": "s"}, False),
        ({"BOT_ZALO_REFRESH_TOKEN": "s"}, False),
        ({"BOT_TELEGRAM_TOKEN": "1:a", "BOT_CHANNELS": "web"}, False),
    ],
    ids=str,
)
def test_practice_is_never_beside_a_credential_nor_off_loopback(
    given: pytest.MonkeyPatch, *, values: Mapping[str, str], practises: bool
) -> None:
    assert _read(given, **values).practises is practises
    if not practises:
        assert _read(given, **{**values, "BOT_PRACTICE": "on"}).practises is (
            values == {"BOT_PRACTICE": "off"}
        )


def test_no_secret_is_printed_however_settings_are_printed(given: pytest.MonkeyPatch) -> None:
    values = {f"BOT_{name}": f"geheim-{name}" for name in SECRET}
    values["BOT_DATABASE_URL"] = "postgresql+asyncpg://bot:geheim%2Fdb@host/db"
    values["BOT_TELEGRAM_PROXY"] = "http://bot:geheim-proxy@proxy:3128"
    values["BOT_SENTRY_DSN"] = "https://geheim-SENTRY_DSN@sentry.example.vn/1"
    settings = _read(given, **values)
    record = logging.LogRecord("x", 20, "x", 1, "%s %r", (settings, settings), None)
    for shown in (repr(settings), str(settings), f"{settings}", record.getMessage()):
        assert "geheim" not in shown
    found = settings.secrets()
    assert {f"geheim-{name}" for name in SECRET} <= set(found)
    assert {"geheim%2Fdb", "geheim/db", "geheim-proxy"} <= set(found)
    with pytest.raises(BadSettings) as refused:
        _read(given, **{**values, "BOT_PORT": "x"})
    assert "geheim" not in "".join(map(str, (refused.value, refused.value.__cause__)))


def test_settings_do_not_change_after_they_were_read() -> None:
    settings = Settings.read()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc] # that it is read-only is the claim
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own
