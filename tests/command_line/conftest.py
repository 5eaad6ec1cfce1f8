from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE, Hands
from tests.databases import SECRET, Databases
from tests.transcript import talk

__all__ = ["bare", "fresh", "talk", "terminal"]


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """A terminal of a machine on which nothing was ever started."""
    settings = {"BOT_VAR_DIR": str(tmp_path / "var"), "BOT_COMMUNE_DIR": str(COMMUNE)}
    return Terminal(tmp_path, settings)


@pytest.fixture
async def fresh(bare: Terminal, made_databases: Databases) -> AsyncIterator[Terminal]:
    """A terminal with a database that was never migrated."""
    url = await made_databases.empty()
    yield Terminal(bare.folder, {**bare.settings, "BOT_DATABASE_URL": url})
    await made_databases.drop(url)


@pytest.fixture
def terminal(bare: Terminal, database: str, hands: Hands) -> Terminal:
    """A terminal on the database of `store` and `talk`, at the hour of `hands` when it is used."""
    known = {"BOT_DATABASE_URL": database, "BOT_SECRET_KEY": SECRET}
    return Terminal(bare.folder, {**bare.settings, **known}, lambda: hands.now)
