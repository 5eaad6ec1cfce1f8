import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Table

from messages.envelope import Address, Attachment, AttachmentKind, Choice, Outgoing
from messages.text import Text
from storage import tables
from storage.database import Store
from storage.inbox import Inbox
from storage.outbox import (
    FAILED,
    HELD,
    LEASE,
    SENT,
    UNKNOWN,
    WAITING,
    Draft,
    Due,
    Fate,
    Offer,
    Outbox,
    Purpose,
    Recipient,
)
from storage.reader import Reader
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import count, does, letter, recipient, rows, turn

WEB = ["web"]


@pytest.fixture
def outbox(store: Store, hands: Hands) -> Outbox:
    return Outbox(store, hands)


@pytest.fixture
async def an(store: Store, hands: Hands) -> Recipient:
    return recipient(await does(store, hands, who="an"))


@pytest.fixture
async def official(store: Store, hands: Hands) -> Recipient:
    return recipient(await does(store, hands, who="official"))


async def _write(store: Store, hands: Hands, *letters: Draft) -> None:
    await does(store, hands, who="writer", letters=letters)


async def _states(store: Store) -> list[int]:
    return [row.state for row in await rows(store, tables.outbox)]


def _texts(letters: list[Due]) -> list[str]:
    return [due.body.text for due in letters]


async def test_a_letter_comes_out_in_its_recipients_language_with_everything_it_carries(
    store: Store, outbox: Outbox, hands: Hands
) -> None:
    writer = await does(store, hands, who="an")
    photo = Attachment(AttachmentKind.IMAGE, ref="media:0" * 8, name="ảnh.jpg")
    english = Recipient(writer.person.id, Address("web", "an"), "en")
    draft = letter(
        english,
        Text("Never translated: {what}", (("what", "{what} {0}"),)),
        offers=(Offer("yes", "Có"), Offer("/menu", "Menu"), Offer("", "Trang", url="https://a.vn")),
        attachments=(photo,),
        ask="location",
        group="g1",
        reply_to="m1",
        ticket="PA2611-0001",
        purpose=Purpose.ANSWER,
        report_to=writer.person.id,
    )
    await _write(store, hands, draft)
    (due,) = await outbox.claim(WEB, 10)
    assert due.body == Outgoing(
        "Never translated: {what} {0}",
        (
            Choice("yes", "Có", "", 1),
            Choice("/menu", "Menu", "", 0),
            Choice("", "Trang", "https://a.vn"),
        ),
        (photo,),
        "location",
        "g1",
        "m1",
    )
    assert (due.to, due.bulk, due.attempt, due.repeat) == (Address("web", "an"), False, 1, False)
    assert (due.purpose, due.ticket, due.report_to) == (
        Purpose.ANSWER,
        "PA2611-0001",
        writer.person.id,
    )
    assert due.written_at is not None


async def test_the_letters_of_a_person_go_one_by_one_in_their_order(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an, "một"), letter(an, "hai"), letter(an, "ba"))
    for text in ("một", "hai", "ba"):
        due = await outbox.claim(WEB, 10)
        assert _texts(due) == [text]
        assert await outbox.claim(WEB, 10) == []
        await outbox.settle([Fate(due[0], SENT)])
    assert await _states(store) == [SENT] * 3


async def test_a_letter_waits_for_an_earlier_one_that_is_to_be_tried_again(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an, "một"), letter(an, "hai"))
    (due,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(due, WAITING, again_at=hands() + timedelta(minutes=5))])
    assert await outbox.claim(WEB, 10) == []
    hands.move(minutes=6)
    assert _texts(await outbox.claim(WEB, 10)) == ["một"]


async def test_a_letter_does_not_wait_for_one_that_failed_or_is_held(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an, "một"), letter(an, "hai"), letter(an, "ba"))
    for state in (FAILED, HELD):
        (due,) = await outbox.claim(WEB, 10)
        await outbox.settle([Fate(due, state)])
    assert _texts(await outbox.claim(WEB, 10)) == ["ba"]


async def test_one_persons_trouble_delays_nobody_else(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient
) -> None:
    await _write(store, hands, letter(an, "một"), letter(official, "hai"))
    first, _ = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(first, WAITING, again_at=hands() + timedelta(hours=1))])
    await _write(store, hands, letter(official, "ba"))
    assert _texts(await outbox.claim(WEB, 10)) == []
    assert await _states(store) == [WAITING] * 3


async def test_conversation_goes_before_bulk_and_does_not_wait_for_it(
    store: Store, outbox: Outbox, hands: Hands
) -> None:
    people = [recipient(await does(store, hands, who=f"p{n}")) for n in range(5)]
    await _write(store, hands, *(letter(p, f"bulk {n}", bulk=True) for n, p in enumerate(people)))
    await _write(store, hands, letter(people[3], "talk 3"), letter(people[4], "talk 4"))
    assert _texts(await outbox.claim(WEB, 3)) == ["talk 3", "talk 4", "bulk 0"]


async def test_bulk_is_left_alone_when_there_is_no_room_for_it(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient
) -> None:
    await _write(store, hands, letter(an, "bulk", bulk=True), letter(official, "talk"))
    assert _texts(await outbox.claim(WEB, 10, with_bulk=False)) == ["talk"]


async def test_only_one_letter_to_a_person_is_under_way_bulk_or_not(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an, "bulk", bulk=True))
    (bulk,) = await outbox.claim(WEB, 10)
    await _write(store, hands, letter(an, "talk"), letter(an, "more", bulk=True))
    assert await outbox.claim(WEB, 10) == []
    await outbox.settle([Fate(bulk, SENT)])
    (talk,) = await outbox.claim(WEB, 10)
    assert talk.body.text == "talk"
    await outbox.settle([Fate(talk, SENT)])
    assert _texts(await outbox.claim(WEB, 10)) == ["more"]


async def test_several_processes_never_hold_the_same_letter_nor_two_of_one_person(
    database: str, hands: Hands
) -> None:
    async with opened(database) as first, opened(database) as second:
        people = [recipient(await does(first, hands, who=f"p{n}")) for n in range(8)]
        await _write(first, hands, *(letter(p, f"{n}") for n in range(5) for p in people))
        order: dict[str, list[str]] = {}

        async def send(outbox: Outbox) -> None:
            while await outbox.waits(WEB):
                letters = await outbox.claim(WEB, 3)
                assert len({due.to for due in letters}) == len(letters)
                for due in letters:
                    order.setdefault(due.to.id, []).append(due.body.text)
                await outbox.settle([Fate(due, SENT) for due in letters])

        boxes = [Outbox(store, hands) for store in (first, second, first, second)]
        await asyncio.gather(*map(send, boxes))
        assert order == {f"p{n}": ["0", "1", "2", "3", "4"] for n in range(8)}


async def test_a_letter_of_a_closed_channel_waits(
    store: Store, outbox: Outbox, hands: Hands
) -> None:
    zalo = recipient(await does(store, hands, who="z", channel="zalo"))
    await _write(store, hands, letter(zalo))
    assert not await outbox.waits(WEB)
    assert await outbox.claim(WEB, 10) == []
    assert len(await outbox.claim(["zalo", "web"], 10)) == 1


async def test_a_dead_workers_letter_is_sent_again_after_its_lease_and_known_as_a_repeat(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an))
    await outbox.claim(WEB, 10)
    hands.move(seconds=LEASE.total_seconds() - 1)
    assert await outbox.claim(WEB, 10) == []
    hands.move(seconds=2)
    (again,) = await outbox.claim(WEB, 10)
    assert (again.attempt, again.repeat) == (2, True)


async def test_a_letter_whose_lease_is_renewed_is_not_given_to_another(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an))
    slow = await outbox.claim(WEB, 10)
    for _ in range(3):
        hands.move(seconds=LEASE.total_seconds() - 1)
        await outbox.renew(slow)
    assert await outbox.claim(WEB, 10) == []
    await outbox.settle([Fate(slow[0], SENT)])
    assert await _states(store) == [SENT]


async def test_a_late_worker_does_not_change_what_became_of_a_letter(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an))
    (late,) = await outbox.claim(WEB, 10)
    hands.move(seconds=LEASE.total_seconds() + 1)
    (quick,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(quick, SENT)])
    await outbox.settle([Fate(late, FAILED, reason="late")])
    (row,) = await rows(store, tables.outbox)
    assert (row.state, row.reason) == (SENT, None)


async def test_parts_that_went_out_are_counted_and_known_by_the_platforms_ids(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an, ticket="PA2611-0001"))
    (due,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(due, WAITING, ("x1", "x2"), again_at=hands())])
    (due,) = await outbox.claim(WEB, 10)
    assert due.parts_sent == 2
    await outbox.settle([Fate(due, SENT, ("x3",))])
    assert (await rows(store, tables.outbox))[0].parts_sent == 3
    read = Reader(store)
    for external_id in ("x1", "x2", "x3"):
        assert await read.ticket_of_letter(Address("web", "an"), external_id) == "PA2611-0001"
    assert await read.ticket_of_letter(Address("web", "another"), "x1") == ""
    assert await read.ticket_of_letter(Address("web", "an"), "x4") == ""


async def test_that_a_letter_may_have_arrived_is_not_forgotten_by_another_failure(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an))
    for reason in ("unknown", "no connection", "no connection"):
        (due,) = await outbox.claim(WEB, 10)
        await outbox.settle([Fate(due, WAITING, again_at=hands(), reason=reason)])
    (due,) = await outbox.claim(WEB, 10)
    assert due.repeat


async def test_what_became_of_an_answer_reaches_the_officials_line_once(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient
) -> None:
    answer = letter(an, ticket="PA2611-0001", report_to=official.id, purpose=Purpose.ANSWER)
    await _write(store, hands, answer, letter(an, "nobody asks about this one"))
    inbox = Inbox(store, hands)
    (due,) = await outbox.claim(WEB, 10)
    # Trying again is no news.
    await outbox.settle([Fate(due, WAITING, again_at=hands(), reason="no connection")])
    assert not await inbox.waits()
    (due,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(due, SENT)])
    await outbox.settle([Fate(due, SENT)])
    (news,) = await inbox.claim(10)
    assert news.person.id == official.id
    assert (news.message.text, news.message.payload) == ("letter", f"PA2611-0001 {SENT}")
    assert await count(store, tables.inbox) == 4  # three people wrote, one piece of news


@pytest.mark.parametrize("state", [SENT, FAILED, HELD, UNKNOWN])
async def test_the_official_learns_each_end_with_its_reason(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient, state: int
) -> None:
    await _write(store, hands, letter(an, ticket="PA2611-0001", report_to=official.id))
    (due,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(due, state, reason="why it is so")])
    (news,) = await Inbox(store, hands).claim(10)
    assert news.message.payload == f"PA2611-0001 {state} why it is so"


async def test_whoever_is_gone_gets_no_letter_and_the_officials_learn_of_each(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient
) -> None:
    answers = [
        letter(an, f"{n}", ticket=f"PA2611-000{n}", report_to=official.id) for n in (1, 2, 3)
    ]
    await _write(store, hands, *answers, letter(an, bulk=True), letter(official, "stays"))
    due = {one.body.text: one for one in await outbox.claim(WEB, 10)}
    await outbox.settle([Fate(due["1"], HELD)])
    (second,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(second, FAILED, reason="gone", gone=True)])
    by_text = [(row.address, row.state) for row in await rows(store, tables.outbox)]
    assert by_text == [("an", FAILED)] * 4 + [("official", WAITING)]
    (person,) = [row for row in await rows(store, tables.people) if row.id == an.id]
    assert person.gone_at is not None
    inbox = Inbox(store, hands)
    told = []
    while claimed := await inbox.claim(1):
        told.append(claimed[0].message.payload)
        assert not await finish(store, [turn(claimed[0])])
    assert sorted(told) == [
        f"PA2611-0001 {FAILED} gone",
        f"PA2611-0001 {HELD}",
        f"PA2611-0002 {FAILED} gone",
        f"PA2611-0003 {FAILED} gone",
    ]


async def test_a_letter_under_way_when_its_person_wrote_is_not_held_for_what_already_came(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an, "answer"))
    (due,) = await outbox.claim(WEB, 10)
    await does(store, hands, who="an")
    await outbox.settle([Fate(due, HELD, reason="48h")])
    (again,) = await outbox.claim(WEB, 10)
    # It is shut all the same: then it is held.
    await outbox.settle([Fate(again, HELD, reason="48h")])
    assert await outbox.claim(WEB, 10) == []
    assert await _states(store) == [HELD]


@pytest.mark.parametrize("damage", [b"\x01damaged", b"", None])
async def test_a_letter_that_cannot_be_read_is_given_up_and_blocks_nobody(
    store: Store,
    outbox: Outbox,
    hands: Hands,
    an: Recipient,
    official: Recipient,
    damage: bytes | None,
) -> None:
    await _write(
        store, hands, letter(an, "một", report_to=official.id), letter(an, "hai"), letter(official)
    )
    outbox_table: Table = tables.outbox
    await store.write(
        lambda c: c.execute(outbox_table.update().where(outbox_table.c.id == 1).values(body=damage))
    )
    assert _texts(await outbox.claim(WEB, 10)) == ["Xin chào."]
    assert _texts(await outbox.claim(WEB, 10)) == ["hai"]
    assert (await _states(store))[0] == FAILED
    assert await Inbox(store, hands).waits()


async def test_a_page_that_reconnects_gets_what_was_sent_since_in_order(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient
) -> None:
    await _write(store, hands, *(letter(an, f"{n}") for n in range(4)), letter(official, "another"))
    for _ in range(3):
        await outbox.settle([Fate(due, SENT) for due in await outbox.claim(WEB, 10)])
    assert _texts(await outbox.after(Address("web", "an"), 0)) == ["0", "1", "2"]
    assert _texts(await outbox.after(Address("web", "an"), 1)) == ["1", "2"]
    assert _texts(await outbox.after(Address("web", "an"), 0, limit=2)) == ["1", "2"]


async def test_letters_are_counted_by_what_became_of_them(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient
) -> None:
    await _write(store, hands, letter(an), letter(an))
    (due,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(due, SENT)])
    assert await outbox.depth() == {SENT: 1, WAITING: 1}


async def test_a_letters_number_is_never_given_out_again(
    store: Store, outbox: Outbox, hands: Hands, an: Recipient, official: Recipient
) -> None:
    # News of a letter is known by its number, and a page replays what came after one.
    await _write(store, hands, letter(an))
    await store.write(lambda c: c.execute(tables.outbox.delete()))
    await _write(store, hands, letter(an))
    (row,) = await rows(store, tables.outbox)
    assert row.id == 2


@pytest.mark.parametrize("odd", ["x" * 500, "a\x00b", "a\ud800b"])
async def test_an_odd_id_of_the_platform_does_not_have_the_letter_sent_again(
    store: Store, hands: Hands, outbox: Outbox, an: Recipient, odd: str
) -> None:
    await _write(store, hands, letter(an, "one"))
    (due,) = await outbox.claim(WEB, 10)
    await outbox.settle([Fate(due, SENT, (odd,))])
    assert await _states(store) == [SENT]
