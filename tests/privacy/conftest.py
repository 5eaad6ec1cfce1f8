from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.office import Office
from storage.database import Store
from storage.media import Media
from tests.conftest import Hands
from tests.conversations.civic_scenes import with_press
from tests.transcript import Talk, channel, talking

__all__ = ["channel"]


@pytest.fixture
def kept(store: Store, hands: Hands, tmp_path: Path) -> Media:
    """The files of the service."""
    return Media(store, tmp_path / "media", hands)


@pytest.fixture
def office(office: Office, store: Store, hands: Hands, kept: Media) -> Office:
    """The shipped commune, with a press and two villages."""
    villages = office.commune.model_copy(update={"villages": ("Thôn Một", "Thôn Hai")})
    return replace(with_press(office, store, hands, kept.folder), commune=villages)


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, office, hands) as talk:
        yield talk
