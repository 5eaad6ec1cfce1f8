from datetime import timedelta

import pytest

from bot.clock import ClockWorker
from storage import tables
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import Inbox
from storage.timers import SetTimer
from tests.conftest import Hands
from tests.storage.acts import count, does


@pytest.fixture
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


async def test_a_due_timer_wakes_the_inbox_once(store: Store, inbox: Inbox, hands: Hands) -> None:
    await does(store, hands, SetTimer("close", "x", hands() + timedelta(hours=1)))
    clock = ClockWorker(store, inbox, hands)
    await clock.look()
    assert not inbox.arrived.is_set()
    hands.move(hours=2)
    await clock.look()
    assert inbox.arrived.is_set()
    assert await inbox.waits()
    await clock.look()
    assert await count(store, tables.inbox) == 2


async def test_yesterday_is_sealed_without_being_asked(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    clock = ClockWorker(store, inbox, hands)
    await does(store, hands, Evidence("guidance.shown"))
    await clock.look()
    assert await count(store, tables.evidence_seals) == 0
    hands.move(days=1)
    await clock.look()
    assert await count(store, tables.evidence_seals) == 1
