import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import channel_tables
from storage.database import Store, StoreUnavailable
from tests.databases import SqliteFiles, opened
from tests.storage.acts import count


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(await SqliteFiles(tmp_path).fresh()) as store:
        yield store


async def _keep(store: Store, name: str) -> None:
    await store.write(lambda c: c.execute(channel_tables.credentials.insert().values(name=name)))


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
