from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.darkroom import Darkroom
from bot.dossier_work import DossierWork
from handlers.office import Office
from storage.database import Store
from storage.media import Media
from storage.reader import Reader
from tests.conftest import Hands
from tests.dossiers.exports import Importer
from tests.transcript import Talk, channel, talk

__all__ = ["channel", "importer", "read", "talk", "work"]


@pytest.fixture
def importer(store: Store, office: Office, hands: Hands, tmp_path: Path) -> Importer:
    return Importer(store, office.commune, hands, tmp_path)


@pytest.fixture
def read(store: Store) -> Reader:
    return Reader(store)


@pytest.fixture
async def work(talk: Talk, tmp_path: Path) -> AsyncIterator[DossierWork]:
    """What is done outside turns, on the scripted channels."""
    darkroom = Darkroom()
    yield DossierWork(
        talk.store,
        talk.inbox,
        media=Media(talk.store, tmp_path / "media", talk.hands),
        channels=talk.channels,
        office=talk.office,
        clock=talk.hands,
        folder=tmp_path / "exports",
        darkroom=darkroom,
    )
    await darkroom.close()
