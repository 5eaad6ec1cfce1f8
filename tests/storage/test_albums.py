from dataclasses import replace

import pytest

from messages.envelope import Attachment, AttachmentKind, Incoming
from storage import tables
from storage.database import Store
from storage.inbox import HANDLED, SET_ASIDE, WAITING, Inbox
from storage.leases import free_dead
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import message, only, rows, turn


@pytest.fixture
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


def part(number: int, caption: str = "", album: str = "A") -> Incoming:
    """A photo of an album."""
    photo = Attachment(AttachmentKind.IMAGE, ref=f"p{number}")
    plain = message("an", caption, album=album, attachments=(photo,))
    return replace(plain, message_id=f"id-{number}")


async def _states(store: Store) -> list[int]:
    return [row.state for row in await rows(store, tables.inbox)]


async def test_the_parts_of_an_album_are_one_message(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    for number, caption in enumerate(("", "cống tắc", "")):
        await inbox.accept(part(number, caption))
    assert await inbox.claim(10) == []
    hands.move(seconds=1)
    whole = await only(inbox)
    assert whole.message.text == "cống tắc"
    assert whole.message.message_id == "id-1"
    assert [one.ref for one in whole.message.attachments] == ["p0", "p1", "p2"]
    assert whole.attempt == 1
    assert not await finish(store, [turn(whole)])
    assert await _states(store) == [HANDLED] * 3
    assert await inbox.claim(10) == []


async def test_an_album_half_of_which_came_before_a_restart_is_whole_after_it(
    database: str, hands: Hands
) -> None:
    async with opened(database) as store:
        inbox = Inbox(store, hands)
        await inbox.accept(part(0, "cống tắc"))
        assert await inbox.claim(10) == []
    async with opened(database) as store:
        await free_dead(store)
        inbox = Inbox(store, hands)
        await inbox.accept(part(1))
        assert await inbox.claim(10) == []
        hands.move(seconds=1)
        whole = await only(inbox)
        assert len(whole.message.attachments) == 2


async def test_a_turn_that_dies_leaves_the_album_to_be_put_together_anew(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(part(0))
    hands.move(seconds=1)
    first = await only(inbox)
    await inbox.accept(part(1))
    await inbox.give_back(first)
    hands.move(seconds=2)
    again = await only(inbox)
    assert again.all_ids == (1, 2)
    assert again.attempt == 2
    assert not await finish(store, [turn(again)])
    assert await _states(store) == [HANDLED] * 2


async def test_a_part_that_comes_late_is_a_message_of_its_own(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(part(0))
    hands.move(seconds=1)
    first = await only(inbox)
    await inbox.accept(part(1))
    assert not await finish(store, [turn(first)])
    assert await _states(store) == [HANDLED, WAITING]
    hands.move(seconds=1)
    assert (await only(inbox)).message.album == "A"


async def test_parts_that_never_end_are_not_waited_for(inbox: Inbox, hands: Hands) -> None:
    for number in range(15):
        await inbox.accept(part(number))
        hands.move(seconds=0.8)
    assert len((await only(inbox)).parts) == 14


async def test_order_holds_around_an_album_and_other_people_do_not_wait(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(message("an", "trước", key="before"))
    await inbox.accept(part(0))
    await inbox.accept(message("an", "sau", key="after"))
    await inbox.accept(part(1))
    await inbox.accept(message("bình", "chào"))
    seen: list[Incoming] = []
    for _ in range(4):
        claimed = await inbox.claim(10)
        seen += [one.message for one in claimed]
        assert not await finish(store, [turn(one) for one in claimed])
    assert [one.text for one in seen] == ["trước", "chào"]
    for _ in range(2):
        hands.move(seconds=1)
        claimed = await inbox.claim(10)
        seen += [one.message for one in claimed]
        assert not await finish(store, [turn(one) for one in claimed])
    assert [one.text for one in seen] == ["trước", "chào", "", "sau"]
    assert len(seen[2].attachments) == 2


async def test_two_albums_stay_two(store: Store, inbox: Inbox, hands: Hands) -> None:
    for number in range(4):
        await inbox.accept(part(number, album="AB"[number % 2]))
    hands.move(seconds=1)
    for refs in (["p0", "p2"], ["p1", "p3"]):
        whole = await only(inbox)
        assert [one.ref for one in whole.message.attachments] == refs
        assert not await finish(store, [turn(whole)])


async def test_an_album_that_cannot_be_handled_is_set_aside_whole(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(part(0))
    await inbox.accept(part(1))
    hands.move(seconds=1)
    assert not await finish(store, [turn(await only(inbox), aside="ValueError")])
    assert await _states(store) == [SET_ASIDE] * 2
