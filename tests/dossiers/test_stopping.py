"""A service that is told to stop does not wait for the file that it is opening."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.dossier_import import bring_in
from handlers.office import Office
from storage.database import Store
from tests.conftest import Hands


async def test_whoever_stops_while_a_file_is_opened_waits_for_nothing(
    store: Store, office: Office, hands: Hands, tmp_path: Path
) -> None:
    # Whoever opens it waits until somebody writes into it.
    path = tmp_path / "slow"
    os.mkfifo(path)
    # With one thread, who comes next waits for whoever has it.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    opening = asyncio.create_task(bring_in(store, office.commune, hands, path))
    await asyncio.sleep(0.5)
    opening.cancel()
    try:
        with pytest.raises(asyncio.CancelledError):
            await opening
        async with asyncio.timeout(20):
            await asyncio.to_thread(int)
    finally:
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
