from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.emulators.zalo.server import ZaloEmulator
from tests.walks.phones import PATIENCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """BOT_VAR_DIR of the service of a walk."""
    return tmp_path / "var"


@pytest.fixture
async def store_settings(folder: Path, made_databases: Databases) -> AsyncIterator[dict[str, str]]:
    """Where the service keeps everything: SQLite in its own folder, or a PostgreSQL database."""
    url = await made_databases.empty()
    if url.startswith("sqlite"):
        yield {}
        return
    yield {"BOT_DATABASE_URL": url}
    await made_databases.drop(url)


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    """Zalo, which waits longer than two seconds: a busy machine is no fault of the service."""
    async with ZaloEmulator() as emulator:
        emulator.webhook.deadline = PATIENCE
        yield emulator
