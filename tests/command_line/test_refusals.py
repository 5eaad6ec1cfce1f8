"""0 is done, 1 is refused with one line, 2 is an option that does not exist."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from storage.database import BUSY_MS
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.databases import Databases, opened


@pytest.mark.parametrize(
    "typed",
    [
        (),
        ("fly",),
        ("tickets", "--colour"),
        ("report", "--format", "pdf"),
        ("report", "--peri", "2026"),
        ("invite", "--role", "king", "--name", "X"),
        ("invite", "--role", "officer"),
        ("revoke",),
        ("run", "--only", "web,moon"),
        ("run", "--only", ""),
        ("understand",),
        ("evidence", "burn"),
        ("procedures", "remove", "x.csv"),
        ("dossiers", "import"),
        ("dossiers", "pull", "x.csv"),
        ("backup",),
    ],
    ids=" ".join,
)
async def test_a_bad_option_ends_with_2_and_touches_nothing(
    bare: Terminal, typed: tuple[str, ...]
) -> None:
    answer = await bare(*typed)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("usage: ")
    assert not (bare.folder / "var").exists()


@pytest.mark.parametrize("typed", [("--help",), ("report", "--help")], ids=" ".join)
async def test_help_is_a_result(bare: Terminal, typed: tuple[str, ...]) -> None:
    answer = await bare(*typed)
    assert answer.code == 0
    assert answer.out.startswith("usage: ")


@pytest.mark.parametrize(
    ("command", "first", "second"),
    [
        ("migrate", 0, 0),
        ("invite --role officer --name Lan", 0, 0),
        ("revoke Lan --yes", 1, 1),
        ("report", 0, 0),
        ("report --format json", 0, 0),
        ("tickets", 0, 0),
        ("tickets PA2611-0000", 1, 1),
        ("evidence verify", 0, 0),
        ("evidence verify --period 2026", 0, 0),
        ("doctor", 0, 0),
    ],
)
async def test_every_command_works_on_a_database_that_nobody_made(
    fresh: Terminal, command: str, first: int, second: int
) -> None:
    answer = await fresh(*command.split())
    assert answer.code == first, answer
    assert bool(answer.err) == bool(first)
    assert (await fresh(*command.split())).code == second


@pytest.mark.parametrize("command", ["tickets", "doctor"])
async def test_another_key_than_the_one_that_sealed_is_one_clear_line(
    fresh: Terminal, command: str
) -> None:
    assert (await fresh("migrate", BOT_SECRET_KEY="the key of the first start")).code == 0
    answer = await fresh(command, BOT_SECRET_KEY="a key of another service")
    assert answer.code == 1
    lines = (answer.out + answer.err).splitlines()
    assert len([line for line in lines if "BOT_SECRET_KEY" in line]) == 1
    assert "Traceback" not in answer.err
    assert (await fresh(command, BOT_SECRET_KEY="the key of the first start")).code == 0


async def test_the_key_made_at_the_first_start_is_ours_alone_and_stays(fresh: Terminal) -> None:
    assert (await fresh("migrate")).code == 0
    path = fresh.folder / "var" / "secret.key"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = path.read_bytes()
    assert len(kept.strip()) == 64
    assert (await fresh("migrate")).code == 0
    assert path.read_bytes() == kept


async def test_a_database_of_a_later_version_is_left_alone(
    terminal: Terminal, database: str
) -> None:
    async with opened(database) as store:
        await store.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE alembic_version SET version_num = 'of_2099'"
            )
        )
    assert "of_2099" in (await terminal("tickets")).reason


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:///{folder}",
        "sqlite+aiosqlite:///{folder}/garbage",
        "sqlite+aiosqlite:///{folder}/garbage/bot.db",
        "postgresql+asyncpg://somebody:geheim-1234@127.0.0.1:1/nowhere",
    ],
)
async def test_a_database_that_cannot_be_opened_is_one_line_without_its_password(
    bare: Terminal, url: str
) -> None:
    (bare.folder / "garbage").write_bytes(b"no database" * 100)
    reason = (await bare("tickets", BOT_DATABASE_URL=url.format(folder=bare.folder))).reason
    assert "geheim" not in reason


async def test_a_place_that_cannot_be_written_is_one_line_that_names_it(
    bare: Terminal, terminal: Terminal
) -> None:
    taken = bare.folder / "a-file"
    taken.write_text("in the way")
    assert str(taken) in (await bare("tickets", BOT_VAR_DIR=str(taken))).reason
    out = str(bare.folder / "no-such-folder" / "report.txt")
    assert out in (await terminal("report", "--out", out)).reason


@pytest.mark.parametrize("command", ["tickets", "understand x", "procedures check"])
async def test_a_commune_folder_that_is_not_there_is_named(bare: Terminal, command: str) -> None:
    missing = str(bare.folder / "no-commune")
    reason = (await bare(*command.split(), BOT_COMMUNE_DIR=missing)).reason
    assert missing in reason


@pytest.mark.parametrize(
    ("file", "found", "instead", "line"),
    [
        ("commune.toml", "default_unit = ", 'default_unit = "nowhere" #', True),
        ("criteria.toml", "[[criteria]]", "[[criteria]", True),
        ("calendar.toml", "", "colour = 1\n", False),
        ("procedures.csv", "1.00", "9,00", True),
    ],
)
async def test_a_wrong_file_of_the_commune_is_told_by_file_line_and_reason(
    bare: Terminal, tmp_path: Path, *, file: str, found: str, instead: str, line: bool
) -> None:
    folder = tmp_path / "commune"
    folder.mkdir()
    for path in COMMUNE.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    text = (COMMUNE / file).read_text("utf-8")
    (folder / file).write_text(text.replace(found, instead, 1), "utf-8")
    at = text[: text.index(found)].count("\n") + 1
    reason = (await bare("tickets", BOT_COMMUNE_DIR=str(folder))).reason
    name, told, why = reason.split(":", 2)
    assert Path(name).name == file
    assert int(told) == at if line else told.isdigit()
    assert why.strip()


async def test_a_database_made_for_tests_is_opened_with_its_own_key_only(
    terminal: Terminal, made_databases: Databases
) -> None:
    assert (await terminal("tickets")).code == 0
    assert "BOT_SECRET_KEY" in (await terminal("tickets", BOT_SECRET_KEY="x" * 32)).reason


async def test_a_command_waits_longer_for_a_busy_service_than_a_platform_waits_for_us(
    bare: Terminal,
) -> None:
    path = bare.folder / "own.db"
    url = f"sqlite+aiosqlite:///{path}"
    assert (await bare("migrate", BOT_DATABASE_URL=url)).code == 0
    busy = sqlite3.connect(path, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    command = asyncio.create_task(bare("migrate", BOT_DATABASE_URL=url))
    await asyncio.sleep(BUSY_MS / 1000 + 2)
    assert not command.done()
    busy.execute("ROLLBACK")
    busy.close()
    assert (await command).code == 0
