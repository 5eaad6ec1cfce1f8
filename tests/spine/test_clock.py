from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ClockWorker
from storage import tables
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import Inbox
from storage.media import Media
from storage.timers import SetTimer
from tests.conftest import Hands
from tests.storage.acts import count, does


@pytest.fixture
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


async def test_a_due_timer_wakes_the_inbox_once(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    await does(store, hands, SetTimer("close", "x", hands() + timedelta(hours=1)))
    clock = ClockWorker(store, inbox, Media(store, tmp_path, hands), hands, {})
    await clock.look()
    assert not inbox.arrived.is_set()
    hands.move(hours=2)
    await clock.look()
    assert inbox.arrived.is_set()
    assert await inbox.waits()
    await clock.look()
    assert await count(store, tables.inbox) == 2


async def test_yesterday_is_sealed_without_being_asked(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    clock = ClockWorker(store, inbox, Media(store, tmp_path, hands), hands, {})
    await does(store, hands, Evidence("guidance.shown"))
    await clock.look()
    assert await count(store, tables.evidence_seals) == 0
    hands.move(days=1)
    await clock.look()
    assert await count(store, tables.evidence_seals) == 1
