"""`doctor`: 0 with warnings, 1 where something is broken, each in a line of its own."""

from datetime import timedelta
from pathlib import Path

import pytest

from messages.envelope import Incoming
from storage import tables
from storage.inbox import laid_aside
from tests.command_line.terminal import Answer, Terminal
from tests.conftest import COMMUNE
from tests.emulators.telegram import TelegramEmulator
from tests.transcript import Talk


def _broken(answer: Answer) -> str:
    assert answer.code == 1, answer
    assert answer.err == ""
    lines = [line for line in answer.out.splitlines() if line.startswith("broken ")]
    assert lines
    return "\n".join(lines)


def _warned(answer: Answer) -> str:
    assert answer.code == 0, answer
    assert answer.err == ""
    assert "broken" not in answer.out
    return "\n".join(line for line in answer.out.splitlines() if line.startswith("warning "))


async def test_what_the_commune_has_not_told_yet_are_warnings(terminal: Terminal) -> None:
    warned = _warned(await terminal("doctor"))
    assert "units.ttpvhcc.phone" in warned
    assert "chưa cập nhật" in warned
    assert "cần xác nhận" in warned


async def test_every_line_begins_with_how_bad_it_is(terminal: Terminal) -> None:
    answer = await terminal("doctor")
    assert {line.split()[0] for line in answer.out.splitlines()} == {"ok", "warning"}


async def test_every_mistake_of_the_communes_files_is_listed(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "commune"
    folder.mkdir()
    for path in COMMUNE.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    for name in ("commune.toml", "calendar.toml"):
        with (folder / name).open("r+", encoding="utf-8") as file:
            text = file.read()
            file.seek(0)
            file.write("colour = 1\n" + text)
    broken = _broken(await terminal("doctor", BOT_COMMUNE_DIR=str(folder)))
    assert f"{folder}/commune.toml:1: " in broken
    assert f"{folder}/calendar.toml:1: " in broken
    # A command that is refused tells the first and where the others are.
    assert "doctor" in (await terminal("tickets", BOT_COMMUNE_DIR=str(folder))).reason


@pytest.mark.parametrize("file", ["criteria.toml", "procedures.csv", "repealed.csv"])
async def test_a_file_that_is_missing_is_broken(
    terminal: Terminal, tmp_path: Path, file: str
) -> None:
    folder = tmp_path / "commune"
    folder.mkdir()
    for path in COMMUNE.iterdir():
        if path.is_file() and path.name != file:
            (folder / path.name).write_bytes(path.read_bytes())
    assert file in _broken(await terminal("doctor", BOT_COMMUNE_DIR=str(folder)))


@pytest.mark.parametrize("place", ["", "/garbage"])
async def test_a_database_that_cannot_be_read_is_broken(bare: Terminal, place: str) -> None:
    (bare.folder / "garbage").write_bytes(b"no database" * 100)
    url = f"sqlite+aiosqlite:///{bare.folder}{place}"
    assert _broken(await bare("doctor", BOT_DATABASE_URL=url))


async def test_a_folder_that_cannot_be_made_is_broken(bare: Terminal) -> None:
    (bare.folder / "var").write_text("in the way")
    assert "var" in _broken(await bare("doctor"))


async def test_a_message_that_was_set_aside_is_listed_without_its_words(
    terminal: Terminal, talk: Talk
) -> None:
    citizen = talk.person()
    await citizen.says("xin chào")
    message = Incoming(citizen.address, "unlucky", talk.hands(), text="lời riêng của tôi")
    await talk.inbox.accept(message)
    ((claimed,), now) = (await talk.inbox.claim(1), talk.hands())
    row = {"which": claimed.id, "when": now, "why": "KeyError in desk.take"}
    await talk.store.write(lambda connection: connection.execute(laid_aside(), row))
    answer = await terminal("doctor")
    broken = _broken(answer)
    assert f" {claimed.id} " in broken
    assert "KeyError in desk.take" in broken
    assert "lời riêng" not in answer.out


@pytest.mark.parametrize(
    "given",
    [
        ("APP_ID",),
        ("OA_SECRET_KEY",),
        ("APP_SECRET",),
        ("REFRESH_TOKEN",),
        ("APP_ID", "OA_SECRET_KEY"),
        ("APP_ID", "APP_SECRET", "REFRESH_TOKEN"),
    ],
    ids="+".join,
)
async def test_zalo_half_configured_is_broken_and_names_what_is_missing(
    terminal: Terminal, given: tuple[str, ...]
) -> None:
    needed = ("APP_ID", "APP_SECRET", "OA_SECRET_KEY")
    answer = await terminal("doctor", **{f"BOT_ZALO_{name}": "value-of-it" for name in given})
    broken = _broken(answer)
    for name in needed:
        assert (f"BOT_ZALO_{name}" in broken) == (name not in given)
    assert "value-of-it" not in answer.out


async def test_zalo_wholly_configured_leaves_warnings_at_most(terminal: Terminal) -> None:
    needed = ("APP_ID", "APP_SECRET", "OA_SECRET_KEY", "REFRESH_TOKEN")
    zalo = {f"BOT_ZALO_{name}": "value-of-it" for name in needed}
    warned = _warned(await terminal("doctor", **zalo, BOT_ZALO_MAC_MODE="log_only"))
    for name in ("BOT_PUBLIC_URL", "BOT_ZALO_OA_ID", "BOT_ZALO_MAC_MODE"):
        assert name in warned
    whole = {"BOT_PUBLIC_URL": "https://xa.example.vn", "BOT_ZALO_OA_ID": "42"}
    assert "BOT_" not in _warned(await terminal("doctor", **zalo, **whole))


async def test_a_telegram_webhook_without_https_is_broken(terminal: Terminal) -> None:
    telegram = {
        "BOT_TELEGRAM_TOKEN": "1:secret-token",
        "BOT_TELEGRAM_MODE": "webhook",
        "BOT_TELEGRAM_API_URL": "http://127.0.0.1:9",
    }
    answer = await terminal("doctor", **telegram)
    assert "BOT_PUBLIC_URL" in _broken(answer)
    assert "secret-token" not in answer.out
    public = await terminal("doctor", **telegram, BOT_PUBLIC_URL="https://xa.example.vn")
    assert public.code == 0


async def test_telegram_is_asked_where_the_settings_say(terminal: Terminal) -> None:
    async with TelegramEmulator() as telegram:
        answer = await terminal("doctor", **telegram.environment())
        assert f"@{telegram.username}" in answer.out
        assert answer.code == 0
        await telegram.person().says("một")
        assert "1 tin đang chờ" in _warned(await terminal("doctor", **telegram.environment()))
        over_proxy = {
            **telegram.environment(),
            "BOT_TELEGRAM_API_URL": "http://api.telegram.invalid",
            "BOT_TELEGRAM_PROXY": telegram.url,
        }
        assert f"@{telegram.username}" in (await terminal("doctor", **over_proxy)).out
        assert telegram.calls[-1].headers["Host"] == "api.telegram.invalid"
        wrong = {**telegram.environment(), "BOT_TELEGRAM_TOKEN": "7:wrong"}
        answer = await terminal("doctor", **wrong)
        assert answer.code == 1
        assert "BOT_TELEGRAM_TOKEN" in _broken(answer)


async def test_where_telegram_cannot_be_reached_the_way_around_is_named(
    terminal: Terminal,
) -> None:
    telegram = {
        "BOT_TELEGRAM_TOKEN": "1:secret-token",
        "BOT_TELEGRAM_API_URL": "http://127.0.0.1:9",
    }
    answer = await terminal("doctor", **telegram)
    assert answer.code == 0
    assert "BOT_TELEGRAM_PROXY" in _warned(answer)
    assert "secret-token" not in answer.out


async def test_settings_that_change_nothing_are_warned_of(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_text("BOT_PROT=8081\n# BOT_OLD=1\nexport BOT_HOTS = x\n")
    answer = await terminal("doctor", BOT_TELEGRAM_TOKN="1:a")
    warned = _warned(answer)
    for name in ("BOT_TELEGRAM_TOKN", "BOT_PROT", "BOT_HOTS"):
        assert name in warned
    assert "BOT_OLD" not in warned


async def test_who_is_told_of_errors_is_named_without_the_key(terminal: Terminal) -> None:
    answer = await terminal("doctor", BOT_SENTRY_DSN="https://key@sentry.example.vn/1")
    assert "sentry.example.vn" in answer.out
    assert "key@" not in answer.out
    refused = await terminal("doctor", BOT_SENTRY_DSN="https://sentry.example.vn/1")
    assert refused.code == 1
    assert "BOT_SENTRY_DSN" in refused.err


async def test_a_key_that_others_can_read_is_warned_of_and_an_empty_one_is_broken(
    terminal: Terminal,
) -> None:
    key = terminal.folder / "var" / "secret.key"
    own = {"BOT_SECRET_KEY": "", "BOT_DATABASE_URL": ""}
    assert "secret.key" not in _warned(await terminal("doctor", **own))
    key.chmod(0o644)
    assert "secret.key" in _warned(await terminal("doctor", **own))
    key.write_text("\n")
    assert "secret.key" in _broken(await terminal("doctor", **own))
    assert "BOT_SECRET_KEY" in _warned(await terminal("doctor", **own | {
        "BOT_SECRET_KEY": "short",
        "BOT_DATABASE_URL": f"sqlite+aiosqlite:///{terminal.folder}/other.db",
    }))  # fmt: skip


async def test_a_language_model_is_named_and_an_open_way_to_it_warned_of(
    terminal: Terminal,
) -> None:
    assert "mô hình ngôn ngữ" not in (await terminal("doctor")).out
    safe = await terminal("doctor", BOT_LLM_URL="https://model.example/v1", BOT_LLM_KEY="hush")
    assert "model.example" in safe.out
    assert "hush" not in safe.out
    assert "BOT_LLM_URL" not in safe.out
    assert "không phải https" in _warned(await terminal("doctor", BOT_LLM_URL="http://10.0.0.9/v1"))


async def test_a_count_of_yesterday_that_is_not_that_of_its_evidence_is_broken(
    terminal: Terminal, talk: Talk
) -> None:
    await talk.person().says("/camon Cán bộ một cửa rất tận tình")
    tomorrow = (talk.hands.now + timedelta(days=1)).isoformat()
    assert "2026-11-23 khớp với minh chứng" in (await terminal("doctor", BOT_NOW=tomorrow)).out
    table = tables.evidence_counts
    await talk.store.write(lambda c: c.execute(table.update().values(count=table.c.count + 3)))
    broken = _broken(await terminal("doctor", BOT_NOW=tomorrow))
    assert "2026-11-23" in broken
    assert "đếm lại là 1" in broken
    # Another day is not counted anew.
    assert "đếm lại" not in (await terminal("doctor")).out
