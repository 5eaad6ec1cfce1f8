import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage import channel_tables, tables
from storage.connection import Connection
from storage.database import Store, StoreUnavailable
from tests.databases import SqliteFiles, opened
from tests.storage.acts import count, rows


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(await SqliteFiles(tmp_path).fresh()) as store:
        yield store


async def _set(connection: Connection, name: str) -> None:
    await connection.execute(channel_tables.credentials.insert().values(name=name))


async def _keep(store: Store, name: str) -> None:
    await store.write(lambda c: _set(c, name))


async def _names(store: Store) -> set[str]:
    return {row.name for row in await rows(store, channel_tables.credentials)}


def _taken_away(store: Store, to: Path) -> None:
    path = Path(store.url.partition(":///")[2])
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.replace(to)


async def test_nothing_is_written_into_a_file_that_was_deleted(file: Store, tmp_path: Path) -> None:
    # It would be gone at the next start although its senders were told that it is kept.
    await _keep(file, "before")
    assert await count(file, channel_tables.credentials) == 1
    _taken_away(file, tmp_path / "elsewhere.db")
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await _keep(file, "lost")
        with pytest.raises(StoreUnavailable):
            await file.answers()
        with pytest.raises(StoreUnavailable):
            await count(file, channel_tables.credentials)


async def test_a_file_put_in_the_place_of_the_first_is_the_one_that_is_used(
    file: Store, tmp_path: Path
) -> None:
    path, other = Path(file.url.partition(":///")[2]), tmp_path / "other.db"
    shutil.copy(path, other)
    await _keep(file, "before")
    assert await count(file, channel_tables.credentials) == 1
    _taken_away(file, tmp_path / "elsewhere.db")
    shutil.copy(other, path)
    # Whoever comes first is told, since it cannot be known which file they mean.
    with pytest.raises(StoreUnavailable):
        await _keep(file, "refused")
    with pytest.raises(StoreUnavailable):
        await count(file, channel_tables.credentials)
    await _keep(file, "kept")
    assert await count(file, channel_tables.credentials) == 1
    async with opened(file.url) as again:
        assert await count(again, channel_tables.credentials) == 1


@asynccontextmanager
async def _locked_by_another_process(path: str) -> AsyncIterator[None]:
    script = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    other = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"locked\n"
    try:
        yield
    finally:
        await other.communicate(b"")


async def test_a_file_that_another_process_locks_is_unavailable_to_all_who_wait_and_comes_back(
    file: Store,
) -> None:
    async with _locked_by_another_process(file.url.partition(":///")[2]):
        # Whoever waits together learns it together: a webhook has two seconds.
        async with asyncio.timeout(2 * 2):
            refused = await asyncio.gather(
                *(file.write(lambda c: _set(c, "refused")) for _ in range(20)),
                return_exceptions=True,
            )
        assert {type(error) for error in refused} == {StoreUnavailable}
        with pytest.raises(StoreUnavailable):
            await file.answers()
        assert await count(file, channel_tables.credentials) == 0
    await file.answers()
    await file.write(lambda c: _set(c, "kept"))
    assert await _names(file) == {"kept"}


async def test_a_file_that_may_only_be_read_refuses_to_write_and_still_reads(file: Store) -> None:
    url = file.url.replace(":///", ":///file:") + "?mode=ro&uri=true"
    async with opened(url) as frozen:
        with pytest.raises(StoreUnavailable):
            await frozen.write(lambda c: _set(c, "refused"))
        with pytest.raises(StoreUnavailable):
            await frozen.answers()
        assert await count(frozen, tables.people) == 0


async def test_a_store_whose_folder_is_gone_is_unavailable_until_it_is_back(
    file: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    async with opened(f"sqlite+aiosqlite:///{folder}/bot.db") as moved:
        with pytest.raises(StoreUnavailable):
            await moved.write(lambda c: _set(c, "refused"))
        with pytest.raises(StoreUnavailable):
            await count(moved, tables.people)
        folder.mkdir()
        shutil.copy(file.url.partition(":///")[2], folder / "bot.db")
        await moved.write(lambda c: _set(c, "kept"))
        assert await _names(moved) == {"kept"}
