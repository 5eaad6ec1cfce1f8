import asyncio

import pytest
from sqlalchemy import event

from messages.envelope import Kind
from storage import tables
from storage.database import BadValue, Store
from storage.inbox import HANDLED, LEASE, SET_ASIDE, WAITING, Inbox
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import count, does, message, only, put_in, rows, turn


@pytest.fixture
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


async def _handled(store: Store, inbox: Inbox) -> list[str]:
    """Handle what waits until nothing does; give the texts in order."""
    texts = []
    while claimed := await inbox.claim(10):
        texts += [c.message.text for c in claimed]
        assert not await finish(store, [turn(c) for c in claimed])
    return texts


async def test_a_message_is_kept_before_accept_returns_and_survives_reopening(
    database: str, hands: Hands
) -> None:
    async with opened(database) as store:
        assert await Inbox(store, hands).accept(message("an", "đường hỏng", name="An"))
        # Another connection sees it, so it is committed and not only in this one's memory.
        async with opened(database) as other:
            assert await count(other, tables.inbox) == 1
    async with opened(database) as store:
        claimed = await only(Inbox(store, hands))
        assert claimed.message.text == "đường hỏng"
        assert claimed.person.address == "an"
        assert claimed.person.is_new


async def test_everything_a_message_carries_comes_out_as_it_went_in(
    store: Store, inbox: Inbox
) -> None:
    sent = message("an", "{0} {name} \\ \x07 👍🏽 e\u0301", kind=Kind.EDIT, about="m1", album="a")
    await inbox.accept(sent)
    assert (await only(inbox)).message == sent


async def test_a_second_copy_changes_nothing(store: Store, inbox: Inbox) -> None:
    assert await inbox.accept(message("an", "một", key="k"))
    assert not await inbox.accept(message("an", "một nữa", key="k"))
    assert await _handled(store, inbox) == ["một"]


async def test_a_second_copy_in_the_same_commit_changes_nothing(store: Store, inbox: Inbox) -> None:
    copies = [message("an", "một", key="k") for _ in range(5)]
    assert await asyncio.gather(*map(inbox.accept, copies)) == [True, False, False, False, False]
    assert await _handled(store, inbox) == ["một"]


async def test_a_second_copy_through_another_process_changes_nothing(
    database: str, hands: Hands
) -> None:
    async with opened(database) as first, opened(database) as second:
        one, two = Inbox(first, hands), Inbox(second, hands)
        news = await asyncio.gather(
            *(box.accept(message("an", key=f"k{n}")) for n in range(20) for box in (one, two))
        )
        assert sum(news) == 20
        assert len(await _handled(first, one)) == 20


async def test_a_second_copy_of_a_handled_message_is_not_handled_again(
    store: Store, inbox: Inbox
) -> None:
    await inbox.accept(message("an", key="k"))
    assert len(await _handled(store, inbox)) == 1
    assert not await inbox.accept(message("an", key="k"))
    assert await inbox.claim(10) == []
    assert not await inbox.waits()
    await inbox.accept(message("an", "hai"))
    assert await _handled(store, inbox) == ["hai"]


async def test_a_second_copy_while_the_first_is_in_hand_changes_nothing(
    store: Store, inbox: Inbox
) -> None:
    await inbox.accept(message("an", key="k"))
    claimed = await only(inbox)
    assert not await inbox.accept(message("an", key="k"))
    assert await inbox.claim(10) == []
    assert not await finish(store, [turn(claimed)])
    assert not await inbox.waits()


async def test_the_same_key_on_another_channel_is_another_message(inbox: Inbox) -> None:
    assert await inbox.accept(message("an", key="k", channel="web"))
    assert await inbox.accept(message("an", key="k", channel="zalo"))


async def test_messages_accepted_at_once_share_commits(store: Store, inbox: Inbox) -> None:
    commits: list[object] = []
    event.listen(store.engine, "commit", commits.append)
    await asyncio.gather(*(inbox.accept(message(f"person-{n}")) for n in range(300)))
    assert await count(store, tables.inbox) == 300
    assert len(commits) <= 4


async def test_order_of_calls_is_order_of_acceptance(store: Store, inbox: Inbox) -> None:
    texts = [str(n) for n in range(40)]
    await asyncio.gather(*(inbox.accept(message("an", text)) for text in texts))
    assert await _handled(store, inbox) == texts


async def test_one_message_of_a_person_is_in_hand_at_a_time(store: Store, inbox: Inbox) -> None:
    await inbox.accept(message("an", "một"))
    await inbox.accept(message("an", "hai"))
    claimed = await only(inbox)
    assert claimed.message.text == "một"
    assert await inbox.claim(10) == []
    assert not await finish(store, [turn(claimed)])
    assert (await only(inbox)).message.text == "hai"


async def test_who_waited_longest_comes_first(store: Store, inbox: Inbox) -> None:
    for who in ("an", "bình", "chi"):
        await inbox.accept(message(who, "một"))
        await inbox.accept(message(who, "hai"))
    order = []
    for _ in range(6):
        (claimed,) = await inbox.claim(1)
        order.append((claimed.person.address, claimed.message.text))
        assert not await finish(store, [turn(claimed)])
    # An's second message was accepted before Bình's first.
    assert [who for who, _ in order] == ["an", "an", "bình", "bình", "chi", "chi"]


async def test_a_message_whose_worker_died_waits_for_its_lease_and_is_claimed_again(
    inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(message("an", "một"))
    dead = await only(inbox)
    hands.move(seconds=LEASE.total_seconds() - 1)
    assert await inbox.claim(10) == []
    hands.move(seconds=2)
    again = await only(inbox)
    assert (again.id, again.attempt) == (dead.id, 2)
    assert again.lease != dead.lease


async def test_a_failed_message_is_tried_again_after_a_pause(inbox: Inbox, hands: Hands) -> None:
    await inbox.accept(message("an", "một"))
    await inbox.give_back(await only(inbox))
    assert await inbox.claim(10) == []
    hands.move(seconds=1)
    assert (await only(inbox)).attempt == 2


async def test_a_late_worker_cannot_give_back_what_another_holds(
    inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(message("an"))
    late = await only(inbox)
    hands.move(seconds=LEASE.total_seconds() + 1)
    await only(inbox)
    await inbox.give_back(late)
    hands.move(seconds=1)
    assert await inbox.claim(10) == []


@pytest.mark.parametrize("damage", [b"", b"garbage", None], ids=["emptied", "damaged", "lost"])
async def test_a_body_that_cannot_be_read_is_set_aside_and_blocks_nobody(
    store: Store, inbox: Inbox, damage: bytes | None
) -> None:
    await inbox.accept(message("an", "một"))
    await inbox.accept(message("an", "hai"))
    await inbox.accept(message("bình", "ba"))
    await store.write(
        lambda c: c.execute(tables.inbox.update().where(tables.inbox.c.id == 1).values(body=damage))
    )
    assert await _handled(store, inbox) == ["ba", "hai"]
    (aside,) = await inbox.set_aside()
    assert (aside.id, aside.channel) == (1, "web")
    assert aside.error
    assert [row.state for row in await rows(store, tables.inbox)] == [SET_ASIDE, HANDLED, HANDLED]


@pytest.mark.parametrize("column", ["name", "data", "offered"])
async def test_a_person_who_cannot_be_read_blocks_nobody(
    store: Store, inbox: Inbox, hands: Hands, column: str
) -> None:
    await does(store, hands, who="an")
    await inbox.accept(message("an", "một"))
    await inbox.accept(message("bình", "hai"))
    await store.write(
        lambda c: c.execute(
            tables.people.update().where(tables.people.c.id == 1).values({column: b"\x01damaged"})
        )
    )
    assert await _handled(store, inbox) == ["hai"]
    assert [aside.id for aside in await inbox.set_aside()] == [2]


async def test_a_handled_message_leaves_neither_body_nor_key(store: Store, inbox: Inbox) -> None:
    await inbox.accept(message("an"))
    await _handled(store, inbox)
    (row,) = await rows(store, tables.inbox)
    assert (row.state, row.body, row.body_key) == (HANDLED, None, None)


async def test_a_waiting_message_is_sealed_with_a_key_of_its_own(
    store: Store, inbox: Inbox
) -> None:
    await inbox.accept(message("an", "cùng một câu"))
    await inbox.accept(message("an", "cùng một câu"))
    one, two = await rows(store, tables.inbox)
    assert one.state == two.state == WAITING
    assert one.body_key != two.body_key
    assert one.body != two.body
    assert "cùng một câu".encode() not in one.body


async def test_who_waits_for_a_cancelled_caller_is_kept_all_the_same(
    store: Store, inbox: Inbox
) -> None:
    # A platform that hung up sends again, and the second copy changes nothing.
    calls = [asyncio.create_task(inbox.accept(message(f"p{n}", key=f"k{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    calls[3].cancel()
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(done[3], asyncio.CancelledError)
    assert [new for new in done if new is True] == [True] * 9
    assert not await inbox.accept(message("p3", key="k3"))


async def test_a_message_that_the_database_refuses_keeps_no_other_out(
    store: Store, inbox: Inbox
) -> None:
    # SQLite takes a key of any length, and then there is nothing to refuse.
    overlong = message("an", key="k" * 500, channel="c" * 16)
    calls = [inbox.accept(message(f"p{n}")) for n in range(3)]
    results = await asyncio.gather(*calls, inbox.accept(overlong), return_exceptions=True)
    assert results[:3] == [True, True, True]
    assert results[3] is True if store.is_sqlite else isinstance(results[3], BadValue)


async def test_a_role_that_ended_is_not_given_to_the_next_turn(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    first = await does(store, hands, who="an")
    role = {"role": "officer", "unit": "vp", "name": "An", "granted_at": hands()}
    await put_in(store, tables.roles, person_id=first.person.id, **role)
    await inbox.accept(message("an"))
    claimed = await only(inbox)
    assert [held.role for held in claimed.person.roles] == ["officer"]
    await inbox.give_back(claimed)
    await store.write(lambda c: c.execute(tables.roles.update().values(revoked_at=hands())))
    hands.move(seconds=1)
    assert (await only(inbox)).person.roles == ()
