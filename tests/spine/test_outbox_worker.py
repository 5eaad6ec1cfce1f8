import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.channel import (
    Letter,
    Misconfigured,
    PersonGone,
    Refused,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from bot.outbox_worker import AT_ONCE, OutboxWorker
from messages.envelope import Address
from storage import tables
from storage.database import Store
from storage.inbox import Claimed, Inbox
from storage.outbox import FAILED, HELD, LEASE, MAYBE_SENT, SENT, UNKNOWN, WAITING, Draft, Recipient
from tests.conftest import Hands
from tests.databases import opened
from tests.spine.service import Post, all_sent, failing, outbox_worker
from tests.storage.acts import does, letter, rows


@pytest.fixture
async def an(store: Store, hands: Hands) -> Claimed:
    return await does(store, hands, who="an")


async def _write(store: Store, hands: Hands, *letters: Draft) -> None:
    await does(store, hands, who="writer", letters=letters)


async def _fates(store: Store) -> list[tuple[int, str | None]]:
    return [(row.state, row.reason) for row in await rows(store, tables.outbox)]


async def _pauses(store: Store, hands: Hands, worker: OutboxWorker, times: int) -> list[float]:
    """Let a letter be tried so often; give the seconds between one try and the next."""
    pauses: list[float] = []
    for _ in range(times):
        before = hands.now
        await all_sent(worker)
        (row,) = [row for row in await rows(store, tables.outbox) if row.state == WAITING]
        pauses.append(round((row.due_at - before).total_seconds(), 1))
        hands.now = row.due_at
    return pauses


async def test_a_letter_is_sent_and_its_parts_are_known(
    store: Store, hands: Hands, an: Claimed
) -> None:
    async def send(letter: Letter) -> tuple[str, ...]:
        return ("part-1", "part-2")

    await _write(store, hands, letter(an, "hello"))
    post = Post(send=send)
    await all_sent(outbox_worker(store, hands, post))
    assert post.texts == ["hello"]
    assert await _fates(store) == [(SENT, None)]
    parts = await rows(store, tables.outbox_parts)
    assert [(p.address, p.external_id, p.letter_id) for p in parts] == [
        ("an", "part-1", 1),
        ("an", "part-2", 1),
    ]


async def test_tries_are_2_seconds_apart_doubling_to_5_minutes(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an))
    post = Post(send=failing(*[Unreachable("no route")] * 20))
    pauses = await _pauses(store, hands, outbox_worker(store, hands, post), 11)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


async def test_a_letter_is_given_up_after_a_day(store: Store, hands: Hands, an: Claimed) -> None:
    await _write(store, hands, letter(an))
    worker = outbox_worker(store, hands, Post(send=failing(*[Unreachable("no route")] * 20)))
    await all_sent(worker)
    hands.move(hours=23, minutes=59)
    await all_sent(worker)
    assert await _fates(store) == [(WAITING, "no route")]
    hands.move(minutes=6)
    await all_sent(worker)
    assert await _fates(store) == [(FAILED, "no route")]
    hands.move(hours=1)
    await all_sent(worker)
    assert await _fates(store) == [(FAILED, "no route")]


async def test_a_fault_of_ours_is_tried_again_and_stops_nobody_elses_letter(
    store: Store, hands: Hands, an: Claimed
) -> None:
    other = await does(store, hands, who="bình")
    await _write(store, hands, letter(an, "an"), letter(other, "bình"))
    post = Post(send=failing(ZeroDivisionError("with words of a person")))
    await all_sent(outbox_worker(store, hands, post))
    assert post.texts == ["bình"]
    assert await _fates(store) == [(WAITING, "ZeroDivisionError"), (SENT, None)]


@pytest.mark.parametrize("after", [0.5, 7.0, 90.0, 100_000.0])
async def test_a_platform_that_asks_us_to_wait_says_how_long(
    store: Store, hands: Hands, an: Claimed, after: float
) -> None:
    await _write(store, hands, letter(an))
    post = Post(send=failing(Throttled("429", after=after)))
    worker = outbox_worker(store, hands, post)
    # An hour at the most, whatever nonsense it says.
    assert await _pauses(store, hands, worker, 1) == [min(after, 3600)]
    await all_sent(worker)
    assert len(post.letters) == 1


@pytest.mark.parametrize("bulk", [False, True])
async def test_what_the_platform_will_never_take_is_given_up_at_once(
    store: Store, hands: Hands, an: Claimed, *, bulk: bool
) -> None:
    await _write(store, hands, letter(an, "bad", bulk=bulk), letter(an, "next", bulk=bulk))
    post = Post(send=failing(Refused("too long")))
    await all_sent(outbox_worker(store, hands, post))
    assert await _fates(store) == [(FAILED, "too long"), (SENT, None)]


async def test_a_letter_that_may_have_arrived_is_sent_once_more_where_a_channel_repeats(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an))
    post = Post(send=failing(Unknown("no answer")))
    worker = outbox_worker(store, hands, post)
    await all_sent(worker)
    assert await _fates(store) == [(WAITING, "unknown")]
    hands.move(seconds=3)
    await all_sent(worker)
    assert [one.repeat for one in post.letters] == [True]
    assert (await _fates(store))[0][0] == SENT


@pytest.mark.parametrize(
    "errors",
    [
        [Unknown("no answer"), Unknown("no answer")],
        # Not to be reached in between does not make the first try undone.
        [Unknown("no answer"), Unreachable("no route"), Throttled("429"), Unknown("no answer")],
    ],
    ids=["twice", "with others between"],
)
async def test_a_letter_that_twice_may_have_arrived_is_not_sent_a_third_time(
    store: Store, hands: Hands, an: Claimed, errors: list[SendError]
) -> None:
    await _write(store, hands, letter(an))
    post = Post(send=failing(*errors))
    worker = outbox_worker(store, hands, post)
    for _ in range(8):
        await all_sent(worker)
        hands.move(minutes=10)
    assert post.letters == []
    assert await _fates(store) == [(UNKNOWN, "no answer")]


async def test_on_a_channel_that_does_not_repeat_it_is_marked_unknown_at_once(
    store: Store, hands: Hands
) -> None:
    zalo = await does(store, hands, who="z", channel="zalo")
    official = await does(store, hands, who="official")
    await _write(store, hands, letter(zalo, ticket="PA2611-0001", report_to=official.person.id))
    post = Post("zalo", send=failing(Unknown("no answer")), repeats=False)
    worker = outbox_worker(store, hands, post)
    await all_sent(worker)
    hands.move(minutes=10)
    await all_sent(worker)
    assert await _fates(store) == [(UNKNOWN, "no answer")]
    assert post.letters == []
    (news,) = await Inbox(store, hands).claim(10)
    assert news.person.id == official.person.id
    assert news.message.payload == f"PA2611-0001 {UNKNOWN} no answer"


async def test_bulk_that_may_have_arrived_is_never_repeated(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an, bulk=True))
    post = Post(send=failing(Unknown("no answer")))
    worker = outbox_worker(store, hands, post)
    await all_sent(worker)
    hands.move(minutes=10)
    await all_sent(worker)
    assert await _fates(store) == [(UNKNOWN, "no answer")]
    assert post.letters == []


async def test_bulk_that_a_dead_worker_may_have_sent_is_not_sent_again_and_conversation_is(
    store: Store, hands: Hands, an: Claimed
) -> None:
    other = await does(store, hands, who="bình")
    await _write(store, hands, letter(an, "bulk", bulk=True), letter(other, "talk"))
    dead = outbox_worker(store, hands, Post())
    claimed = await dead._outbox.claim(["web"], 10)
    assert len(claimed) == 2
    await dead._outbox.leave([due for due in claimed if due.bulk])
    hands.move(seconds=LEASE.total_seconds() + 1)
    post = Post()
    await all_sent(outbox_worker(store, hands, post))
    assert post.texts == ["talk"]
    assert [state for state, _ in await _fates(store)] == [UNKNOWN, SENT]


async def test_a_shut_window_holds_the_letter_until_the_citizen_writes(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an, "answer"))
    post = Post(send=failing(WindowClosed("-230")))
    worker = outbox_worker(store, hands, post)
    await all_sent(worker)
    assert await _fates(store) == [(HELD, "-230")]
    hands.move(days=3)
    await all_sent(worker)
    assert post.letters == []
    await does(store, hands, who="an")
    await all_sent(worker)
    assert post.texts == ["answer"]


async def test_whoever_is_gone_gets_no_more_letters(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an, "1"), letter(an, "2"), letter(an, "3", bulk=True))
    post = Post(send=failing(PersonGone("blocked")))
    await all_sent(outbox_worker(store, hands, post))
    assert post.letters == []
    assert await _fates(store) == [(FAILED, "gone")] * 3


async def test_whoever_shut_us_out_of_a_group_still_gets_their_own_letters(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an, "group", group="g1"), letter(an, "alone"))
    post = Post(send=failing(PersonGone("kicked")))
    await all_sent(outbox_worker(store, hands, post))
    assert post.texts == ["alone"]
    assert (await rows(store, tables.people))[0].gone_at is None


async def test_a_wrong_token_shuts_its_channel_and_no_other(
    store: Store, hands: Hands, an: Claimed
) -> None:
    zalo = await does(store, hands, who="z", channel="zalo")
    await _write(store, hands, letter(zalo, "z1"), letter(an, "w1"))
    broken, web = Post("zalo", send=failing(Misconfigured("401"))), Post()
    worker = outbox_worker(store, hands, broken, web)
    await all_sent(worker)
    assert web.texts == ["w1"]
    assert set(worker.shut) == {"zalo"}
    await _write(store, hands, letter(zalo, "z2"), letter(an, "w2"))
    await all_sent(worker)
    assert (web.texts, broken.texts) == (["w1", "w2"], [])
    hands.move(seconds=61)
    await all_sent(worker)
    assert broken.texts == ["z1", "z2"]
    assert worker.shut == {}


async def test_a_letter_goes_on_at_the_part_that_is_next(
    store: Store, hands: Hands, an: Claimed
) -> None:
    tries: list[int] = []

    async def send(letter: Letter) -> tuple[str, ...]:
        tries.append(letter.parts_sent)
        if len(tries) == 1:
            raise Unreachable("no route", sent=("p1", "p2"))
        if len(tries) == 2:
            raise Throttled("429", after=1, sent=("p3",))
        return ("p4",)

    await _write(store, hands, letter(an))
    worker = outbox_worker(store, hands, Post(send=send))
    for _ in range(3):
        await all_sent(worker)
        hands.move(seconds=10)
    assert tries == [0, 2, 3]
    assert len(await rows(store, tables.outbox_parts)) == 4


async def test_bulk_under_way_leaves_room_for_conversation(
    store: Store, hands: Hands, an: Claimed
) -> None:
    go = asyncio.Event()

    async def send(letter: Letter) -> tuple[str, ...]:
        if letter.bulk:
            await go.wait()
        return (f"id-{letter.id}",)

    to = [Recipient(n, Address("web", f"p{n}")) for n in range(AT_ONCE + 10)]
    await _write(store, hands, *(letter(one, "bulk", bulk=True) for one in to))
    post = Post(send=send)
    worker = outbox_worker(store, hands, post)
    while await worker.work():
        pass
    await _write(store, hands, letter(an, "talk"))
    await worker.work()
    await asyncio.wait_for(post.sent.wait(), 10)
    assert post.texts == ["talk"]
    go.set()
    await all_sent(worker)
    assert post.texts == ["talk", *["bulk"] * len(to)]


async def test_a_letter_that_is_long_under_way_keeps_its_lease(
    store: Store, hands: Hands, an: Claimed
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def send(letter: Letter) -> tuple[str, ...]:
        begun.set()
        await go.wait()
        return ("id",)

    await _write(store, hands, letter(an))
    slow, other = (outbox_worker(store, hands, Post(send=send)) for _ in range(2))
    assert await slow.work() == 1
    await begun.wait()
    for _ in range(5):
        hands.move(seconds=LEASE.total_seconds() / 2)
        await slow.work()
        assert await other.work() == 0
    go.set()
    await slow.finish()
    assert await _fates(store) == [(SENT, None)]


async def test_what_became_of_letters_while_the_store_was_away_is_found_by_sending_again(
    database: str, hands: Hands
) -> None:
    async with opened(database) as store:
        an = await does(store, hands, who="an")
        await _write(store, hands, letter(an))

        async def send(letter: Letter) -> tuple[str, ...]:
            await store.close()
            return ("id",)

        worker = outbox_worker(store, hands, Post(send=send))
        await worker.work()
        await worker.finish()
    async with opened(database) as store:
        assert await _fates(store) == [(WAITING, None)]
        hands.move(seconds=LEASE.total_seconds() + 1)
        post = Post()
        await all_sent(outbox_worker(store, hands, post))
        # Delivery is at least once.
        assert [one.repeat for one in post.letters] == [True]


async def test_an_end_that_cannot_be_written_down_takes_no_other_with_it(
    store: Store, hands: Hands, an: Claimed
) -> None:
    other = await does(store, hands, who="bình")
    met = asyncio.Barrier(2)

    async def send(letter: Letter) -> tuple[str, ...]:
        await met.wait()
        return (object(),) if letter.to.id == "an" else ("id",)  # type: ignore[return-value] # on purpose

    await _write(store, hands, letter(an), letter(other))
    await all_sent(outbox_worker(store, hands, Post(send=send)))
    assert await _fates(store) == [(WAITING, None), (SENT, None)]


async def test_a_letter_tells_the_channel_when_its_person_last_wrote(
    store: Store, hands: Hands, an: Claimed
) -> None:
    await _write(store, hands, letter(an))
    post = Post()
    await all_sent(outbox_worker(store, hands, post))
    (sent,) = post.letters
    assert sent.written_at is not None
    assert abs(sent.written_at - datetime(2026, 11, 23, 2, 0, tzinfo=UTC)) < timedelta(minutes=1)


async def test_of_many_only_what_had_left_is_not_sent_again_after_a_death(
    store: Store, hands: Hands, an: Claimed
) -> None:
    other = await does(store, hands, who="bình")
    left, go = asyncio.Event(), asyncio.Event()

    async def send(one: Letter) -> tuple[str, ...]:
        if one.to.id == "an":
            await one.leaving()
            left.set()
        await go.wait()
        if one.to.id == "bình":
            # Its pace comes only now, when another process has the letter.
            await one.leaving()
        return ("id",)

    many = (letter(who, who.person.address, bulk=True) for who in (an, other))
    await _write(store, hands, *many)
    slow, post = outbox_worker(store, hands, Post(send=send)), Post()
    assert await slow.work() == 2
    await left.wait()
    hands.move(seconds=LEASE.total_seconds() + 1)
    await all_sent(outbox_worker(store, hands, post))
    assert post.texts == ["bình"]
    assert await _fates(store) == [(UNKNOWN, MAYBE_SENT), (SENT, None)]
    go.set()
    await slow.finish()
    assert await _fates(store) == [(UNKNOWN, MAYBE_SENT), (SENT, None)]
