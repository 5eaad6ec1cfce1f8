"""Each person's messages in their order, each once, however many workers there are."""

import asyncio
import random
from collections import Counter, defaultdict

from handlers.office import Office
from handlers.routing import Reply, Turn
from storage import tables
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import HANDLED, Inbox
from tests.conftest import Hands
from tests.databases import opened
from tests.spine.service import (
    Post,
    all_handled,
    all_sent,
    inbox_worker,
    only_handler,
    outbox_worker,
)
from tests.storage.acts import message, rows


async def test_many_workers_in_several_processes_handle_each_message_once_and_in_order(
    database: str, hands: Hands, office: Office
) -> None:
    people, messages = 8, 5
    chance = random.Random(20261123)
    handled: dict[str, list[str]] = defaultdict(list)
    in_hand: Counter[str] = Counter()

    async def handle(turn: Turn) -> Reply:
        who = turn.person.address
        in_hand[who] += 1
        assert in_hand[who] == 1
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        handled[who].append(turn.message.text)
        in_hand[who] -= 1
        return turn.say(turn.message.text, effects=(Evidence("turn", about=turn.message.text),))

    written = {f"p{n}": [f"message {m}" for m in range(messages)] for n in range(people)}
    lines = {who: [*texts] for who, texts in written.items()}
    arriving = [who for who in lines for _ in range(messages)]
    chance.shuffle(arriving)
    async with opened(database) as first, opened(database) as second, opened(database) as third:
        stores = (first, second, third)
        inboxes = [Inbox(store, hands) for store in stores]

        async def arrive() -> None:
            for who in arriving:
                text = lines[who].pop(0)
                sent = message(who, text, key=f"{who}-{text}")
                # Now and then the platform sends it twice, through whichever process.
                for _ in range(chance.choice([1, 1, 1, 2])):
                    await chance.choice(inboxes).accept(sent)

        arriving_task = asyncio.create_task(arrive())

        async def work(store: Store) -> None:
            worker = inbox_worker(store, hands, office, only_handler(handle))
            while not arriving_task.done():
                await worker.work()
            await all_handled(worker)

        await asyncio.gather(arriving_task, *(work(store) for store in stores * 2))
        assert dict(handled) == written
        assert {row.state for row in await rows(first, tables.inbox)} == {HANDLED}
        assert len(await rows(first, tables.evidence)) == people * messages
        post = Post()
        await asyncio.gather(*(all_sent(outbox_worker(store, hands, post)) for store in stores * 2))
        sent: dict[str, list[str]] = defaultdict(list)
        for letter in post.letters:
            sent[letter.to.id].append(letter.body.text)
        assert dict(sent) == written


async def test_a_slow_handler_of_one_person_does_not_block_another(
    store: Store, hands: Hands, office: Office
) -> None:
    go = asyncio.Event()
    handled: list[str] = []

    async def handle(turn: Turn) -> Reply:
        if turn.message.text == "slow":
            await go.wait()
        handled.append(turn.message.text)
        return turn.quiet()

    inbox = Inbox(store, hands)
    worker = inbox_worker(store, hands, office, only_handler(handle), inbox=inbox)
    for who, text in (("an", "slow"), ("an", "an's second"), ("bình", "quick")):
        await inbox.accept(message(who, text))
    assert await worker.work() == 2
    # Bình's turn is committed although An's, claimed with it, still goes on.
    states = {row.id: row.state for row in await rows(store, tables.inbox)}
    assert states[3] == HANDLED
    await inbox.accept(message("bình", "another"))
    assert await worker.work() == 1
    assert handled == ["quick", "another"]
    go.set()
    await worker.finish()
    await all_handled(worker)
    assert handled == ["quick", "another", "slow", "an's second"]
    assert {row.state for row in await rows(store, tables.inbox)} == {HANDLED}


async def test_a_worker_that_is_told_to_stop_finishes_what_is_in_hand(
    store: Store, hands: Hands, office: Office
) -> None:
    begun, go, stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(turn: Turn) -> Reply:
        begun.set()
        await go.wait()
        return turn.say("done")

    inbox = Inbox(store, hands)
    worker = inbox_worker(store, hands, office, only_handler(handle), inbox=inbox)
    running = asyncio.create_task(worker.run(stopping))
    await inbox.accept(message("an"))
    await begun.wait()
    stopping.set()
    go.set()
    await asyncio.wait_for(running, 10)
    assert [row.state for row in await rows(store, tables.inbox)] == [HANDLED]
    assert len(await rows(store, tables.outbox)) == 1


async def test_a_worker_is_woken_by_the_message_and_the_sender_by_the_letter(
    store: Store, hands: Hands, office: Office
) -> None:
    async def handle(turn: Turn) -> Reply:
        return turn.say("answer")

    inbox, post, stopping = Inbox(store, hands), Post(), asyncio.Event()
    worker = inbox_worker(store, hands, office, only_handler(handle), inbox=inbox)
    sender = outbox_worker(store, hands, post)
    sender._outbox.written = worker._outbox.written
    running = [asyncio.create_task(part.run(stopping)) for part in (worker, sender)]
    await inbox.accept(message("an"))
    await asyncio.wait_for(post.sent.wait(), 10)
    stopping.set()
    await asyncio.wait_for(asyncio.gather(*running), 10)
    assert post.texts == ["answer"]
