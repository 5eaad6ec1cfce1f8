from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.office import Office
from storage.database import Store
from storage.reader import Reader
from tests.conftest import Hands
from tests.dossiers.exports import Importer
from tests.transcript import Talk, talking


@pytest.fixture
def importer(store: Store, office: Office, hands: Hands, tmp_path: Path) -> Importer:
    return Importer(store, office.commune, hands, tmp_path)


@pytest.fixture
def read(store: Store) -> Reader:
    return Reader(store)


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, office, hands) as talk:
        yield talk
