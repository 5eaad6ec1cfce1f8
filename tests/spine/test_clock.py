from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

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


async def test_a_count_of_yesterday_that_differs_is_told_once_a_day(
    store: Store, inbox: Inbox, hands: Hands, tmp_path: Path
) -> None:
    clock = ClockWorker(store, inbox, Media(store, tmp_path, hands), hands, {})
    await does(store, hands, Evidence("guidance.shown", unit="vp"))
    table = tables.evidence_counts
    await store.write(lambda c: c.execute(table.update().values(count=7)))
    hands.move(days=1)
    with capture_logs() as logs:
        await clock.look()
        hands.move(minutes=11)
        await clock.look()
    (told,) = [one for one in logs if one["log_level"] == "error"]
    assert (told["day"], told["kind"], told["unit"]) == ("2026-11-23", "guidance.shown", "vp")
    assert (told["kept"], told["counted"]) == (7, 1)
