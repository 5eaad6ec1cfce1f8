import asyncio
from datetime import timedelta

import pytest

from messages.envelope import Kind
from storage import tables
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import BODY, CLOCK, WAITING, Claimed, Inbox
from storage.sealing import unseal_once
from storage.timers import BATCH, SetTimer, StopTimer, fire
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import count, does, heard, letter, rows, turn


async def _set(store: Store, hands: Hands, subject: str = "PA2611-0001", **by: float) -> Claimed:
    return await does(store, hands, SetTimer("close", subject, hands() + timedelta(**by)))


async def _fired(store: Store, hands: Hands) -> list[Claimed]:
    """Fire what is due and handle what came of it."""
    while await fire(store, hands()):
        pass
    inbox = Inbox(store, hands)
    came: list[Claimed] = []
    while claimed := await inbox.claim(100):
        assert not await finish(store, [turn(c) for c in claimed])
        came += claimed
    return came


async def test_a_timer_becomes_a_message_of_its_person_when_it_is_due(
    store: Store, hands: Hands
) -> None:
    set_by = await _set(store, hands, days=5)
    hands.move(days=4, hours=23)
    assert await _fired(store, hands) == []
    hands.move(hours=2)
    (came,) = await _fired(store, hands)
    assert came.person.id == set_by.person.id
    assert came.message.sender == CLOCK
    assert came.message.kind is Kind.TIMER
    assert (came.message.text, came.message.payload) == ("close", "PA2611-0001")


async def test_a_timer_fires_once(store: Store, hands: Hands) -> None:
    await _set(store, hands, days=1)
    hands.move(days=2)
    assert len(await _fired(store, hands)) == 1
    hands.move(days=2)
    assert await _fired(store, hands) == []
    assert await count(store, tables.timers) == 0


async def test_each_timer_fires_although_earlier_ones_are_gone(store: Store, hands: Hands) -> None:
    # The number of a deleted row must not come back: messages are known by it.
    for n in range(5):
        await _set(store, hands, f"PA2611-000{n}", hours=1)
        hands.move(hours=2)
        assert [c.message.payload for c in await _fired(store, hands)] == [f"PA2611-000{n}"]


async def test_the_same_timer_may_be_set_again_after_it_fired(store: Store, hands: Hands) -> None:
    for _ in range(3):
        await _set(store, hands, hours=1)
        hands.move(hours=2)
        assert len(await _fired(store, hands)) == 1


async def test_a_timer_fires_once_also_with_several_clocks(database: str, hands: Hands) -> None:
    async with opened(database) as first, opened(database) as second:
        for n in range(30):
            await _set(first, hands, f"subject-{n}", hours=1)
        hands.move(hours=2)
        now = hands()
        fired = await asyncio.gather(*(fire(store, now) for store in (first, second) * 4))
        assert sum(fired) == 30
        came = await _fired(first, hands)
        assert sorted(c.message.payload for c in came) == sorted(f"subject-{n}" for n in range(30))


async def test_a_new_timer_replaces_one_of_its_name_and_subject(store: Store, hands: Hands) -> None:
    await _set(store, hands, days=1)
    await _set(store, hands, days=3)
    assert await count(store, tables.timers) == 1
    hands.move(days=2)
    assert await _fired(store, hands) == []
    hands.move(days=2)
    assert len(await _fired(store, hands)) == 1


async def test_the_last_of_two_timers_set_in_one_turn_stands(store: Store, hands: Hands) -> None:
    soon, late = (SetTimer("close", "x", hands() + timedelta(days=n)) for n in (1, 3))
    await does(store, hands, soon, late)
    (timer,) = await rows(store, tables.timers)
    assert timer.due_at > hands() + timedelta(days=2)


async def test_a_timer_that_was_stopped_does_not_fire(store: Store, hands: Hands) -> None:
    await _set(store, hands, "one", days=1)
    await _set(store, hands, "two", days=1)
    await does(store, hands, StopTimer("close", "one"), StopTimer("close", "never set"))
    hands.move(days=2)
    assert [c.message.payload for c in await _fired(store, hands)] == ["two"]


async def test_a_timer_may_come_in_another_persons_line(store: Store, hands: Hands) -> None:
    officer = await does(store, hands, who="officer")
    timer = SetTimer("due", "x", hands() + timedelta(days=1), officer.person.id)
    await does(store, hands, timer, who="citizen")
    hands.move(days=2)
    assert [c.person.address for c in await _fired(store, hands)] == ["officer"]


async def test_a_timer_of_a_turn_that_failed_is_not_set(store: Store, hands: Hands) -> None:
    claimed = await heard(store, hands)
    nobody = letter(claimed, report_to=99_999)
    timer = SetTimer("close", "x", hands())
    assert await finish(store, [turn(claimed, timer, letters=[nobody])])
    assert await count(store, tables.timers) == 0


async def test_more_timers_than_a_batch_all_fire_in_the_order_in_which_they_fell_due(
    store: Store, hands: Hands
) -> None:
    somebody = await does(store, hands)
    start, many = hands(), BATCH + 20
    timers = [
        {
            "name": "close",
            "subject": f"{n}",
            "person_id": somebody.person.id,
            "due_at": start + timedelta(minutes=many - n),
        }
        for n in range(many)
    ]
    await store.write(lambda c: c.execute(tables.timers.insert(), timers))
    hands.move(days=1)
    assert await fire(store, hands()) == BATCH
    assert await fire(store, hands()) == many - BATCH
    queue = tables.inbox.select().where(tables.inbox.c.state == WAITING).order_by(tables.inbox.c.id)
    async with store.reading() as connection:
        waiting = (await connection.execute(queue)).all()
    came = [BODY.validate_json(unseal_once(row.body, row.body_key)) for row in waiting]
    assert [int(message.payload) for message in came] == list(range(many))[::-1]


@pytest.mark.parametrize("channel", ["zalo", "telegram"])
async def test_evidence_of_a_timer_counts_for_the_channel_of_its_person(
    store: Store, hands: Hands, channel: str
) -> None:
    timer = SetTimer("close", "x", hands() + timedelta(days=1))
    await does(store, hands, timer, who="an", channel=channel)
    hands.move(days=2)
    await fire(store, hands())
    (claimed,) = await Inbox(store, hands).claim(10)
    assert not await finish(store, [turn(claimed, Evidence("ticket.closed"))])
    (row,) = await rows(store, tables.evidence)
    assert row.channel == channel
