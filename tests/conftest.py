"""What every test may ask for."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from handlers import commune as communes
from handlers import letter_forms, search, survey_forms
from handlers.office import Office
from scoring import criteria
from storage.database import Store
from tests.chromium import chromium
from tests.databases import Databases, databases, opened

__all__ = ["COMMUNE", "EXAMPLES", "Hands", "chromium"]

COMMUNE = Path(__file__).parent.parent / "commune"

EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""How many a property is tried with; 1000 of an evening find what 30 of every change do not."""

# A test does not time: a busy machine is no fault of what is tested.
settings.register_profile("untimed", deadline=None, max_examples=EXAMPLES)
settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try a table on the channels by turns: handlers know no channel, and each meets a part of it.

    `EVERY_CHANNEL=1` tries each row on each channel.
    """
    if os.environ.get("EVERY_CHANNEL") == "1":
        return
    tables: dict[str, dict[str, int]] = {}
    places: dict[pytest.Item, tuple[str, int, int]] = {}
    for item in items:
        call = getattr(item, "callspec", None)
        if call is not None and len(call.params) > 1 and "channel" in call.params:
            test = item.nodeid.partition("[")[0]
            others = {name: at for name, at in call.indices.items() if name != "channel"}
            rows = tables.setdefault(test, {})
            row = rows.setdefault(repr(others), len(rows))
            places[item] = (test, row, call.indices["channel"])
    left_out = {
        item
        for item, (test, row, channel) in places.items()
        if row % 3 != channel and row != channel % len(tables[test])
    }
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


class Hands:
    """A clock whose hands a test moves; it stands at a working Monday, 09:00 in Viet Nam."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        # Each look is a little later, so that what comes second is later than what came first.
        self.now += timedelta(milliseconds=1)
        return self.now

    def move(self, **by: float) -> None:
        """Move on: `move(days=3)`."""
        self.now += timedelta(**by)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def made_databases() -> Iterator[Databases]:
    # The suite makes thousands of commits, each of which would wait for a disk.
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield from databases(Path(folder))


@pytest.fixture
async def database(made_databases: Databases) -> AsyncIterator[str]:
    """The address of a migrated, empty database, for tests that open it more than once."""
    url = await made_databases.fresh()
    yield url
    await made_databases.drop(url)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    async with opened(database) as store:
        yield store


@pytest.fixture(scope="session")
def office() -> Office:
    """The shipped commune."""
    commune = communes.load(COMMUNE)
    return Office(
        commune=commune,
        catalogue=search.load(COMMUNE),
        scheme=criteria.read(COMMUNE / "criteria.toml"),
        public_url="https://xa.example.vn",
        channels=("web", "zalo", "telegram"),
        folder=COMMUNE,
        letters=letter_forms.load(COMMUNE),
        surveys=survey_forms.load(COMMUNE),
    )
