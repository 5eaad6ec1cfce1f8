from collections.abc import AsyncIterator

import pytest

from handlers.office import Office
from storage.database import Store
from tests.conftest import Hands
from tests.transcript import CHANNELS, Talk, talking


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, office, hands) as talk:
        yield talk


@pytest.fixture(params=CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    """Each channel's limits in turn."""
    name: str = request.param
    return name
