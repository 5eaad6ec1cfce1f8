import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from messages.envelope import Attachment, AttachmentKind
from storage import tables
from storage.database import Conflict, Store
from storage.inbox import Claimed, Inbox
from storage.people import Duty
from storage.reader import Reader
from storage.tickets import AddWords, Change, Event, NewTicket, Note, State, Ticket
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import count, does, heard, message, put_in, rows, turn

CODE = "PA2611-7KQ2"


def _new(hands: Hands, code: str = CODE, **more: object) -> NewTicket:
    ticket = NewTicket(
        code,
        kind="feedback",
        category="road",
        unit="kinhte",
        words=(("m1", "Đường hỏng"), ("m2", "ở thôn 3")),
        due_at=hands() + timedelta(days=10),
        source="web",
    )
    return replace(ticket, **more)  # type: ignore[arg-type] # its fields


@pytest.fixture
def read(store: Store) -> Reader:
    return Reader(store)


@pytest.fixture
async def ticket(store: Store, hands: Hands, read: Reader) -> Ticket:
    await does(store, hands, _new(hands), who="citizen")
    return await _seen(read)


async def _seen(read: Reader, code: str = CODE) -> Ticket:
    found = await read.ticket(code)
    assert found is not None
    return found


async def _change(
    store: Store, hands: Hands, change: Change, who: str = "officer"
) -> Exception | None:
    claimed = await heard(store, hands, who)
    failed = await finish(store, [turn(claimed, change)])
    if failed:
        await Inbox(store, hands).give_back(claimed)
        await _forget(store, claimed)
    return failed.get(claimed.id)


async def _forget(store: Store, claimed: Claimed) -> None:
    """Take a message away that a test is done with."""
    await store.write(
        lambda c: c.execute(tables.inbox.delete().where(tables.inbox.c.id == claimed.id))
    )


async def test_a_ticket_holds_what_the_person_brought_and_begins_its_history(
    store: Store, hands: Hands, read: Reader
) -> None:
    photo = Attachment(AttachmentKind.IMAGE, "photo-1", "ảnh.jpg")
    new = replace(
        _new(hands, attachments=(photo,), anonymous=True),
        place="cạnh nhà văn hoá {0}",
        village="thon-3",
        latitude=20.7,
        longitude=106.6,
    )
    by = await does(store, hands, new, who="citizen")
    found = await _seen(read)
    assert (found.state, found.is_open, found.anonymous, found.level) == (State.NEW, True, True, 0)
    assert (found.place, found.village) == ("cạnh nhà văn hoá {0}", "thon-3")
    assert (found.latitude, found.longitude) == (20.7, 106.6)
    assert (found.person_id, found.assignee_id, found.rating) == (by.person.id, None, None)
    assert [(w.message_id, w.version, w.text) for w in await read.words(CODE)] == [
        ("m1", 1, "Đường hỏng"),
        ("m2", 1, "ở thôn 3"),
    ]
    assert [(f.kind, f.name, f.hash) for f in await read.files(CODE)] == [("image", "ảnh.jpg", "")]
    (first,) = await read.history(CODE)
    assert (first.event, first.state, first.unit) == (Event.RECEIVED, State.NEW, "kinhte")
    assert first.at == found.received_at
    assert first.actor_id == by.person.id


async def test_a_code_that_is_taken_is_a_conflict_and_changes_nothing(
    store: Store, hands: Hands, ticket: Ticket
) -> None:
    claimed = await heard(store, hands, "another")
    failed = await finish(store, [turn(claimed, _new(hands, words=(("m9", "other"),)))])
    assert [type(error) for error in failed.values()] == [Conflict]
    assert await count(store, tables.tickets) == 1
    assert await count(store, tables.ticket_words) == 2


async def test_every_change_is_a_row_of_history_with_the_state_it_led_to(
    store: Store, hands: Hands, read: Reader, ticket: Ticket
) -> None:
    officer = (await does(store, hands, who="officer")).person.id
    taken = {"assignee_id": officer}
    assert not await _change(
        store, hands, Change(ticket, Event.CLAIMED, State.ASSIGNED, values=taken)
    )
    seen = await _seen(read)
    answered = Change(
        seen, Event.ANSWERED, State.RESOLVED, note="Đã sửa {xong}", on_time=True,
        values={"answered_at": hands()},
    )  # fmt: skip
    assert not await _change(store, hands, answered)
    assert not await _change(store, hands, Change(await _seen(read), Event.NOTED, note="riêng"))
    history = await read.history(CODE)
    assert [(h.event, h.state, h.note, h.on_time) for h in history] == [
        (Event.RECEIVED, State.NEW, "", None),
        (Event.CLAIMED, State.ASSIGNED, "", None),
        (Event.ANSWERED, State.RESOLVED, "Đã sửa {xong}", True),
        (Event.NOTED, State.RESOLVED, "riêng", None),
    ]
    assert [h.actor_id for h in history[1:]] == [officer] * 3
    found = await _seen(read)
    assert (found.state, found.assignee_id, found.is_open) == (State.RESOLVED, officer, False)


async def test_a_move_to_another_unit_is_told_in_the_history(
    store: Store, hands: Hands, read: Reader, ticket: Ticket
) -> None:
    await _change(store, hands, Change(ticket, Event.FORWARDED, values={"unit": "congan"}))
    assert [h.unit for h in await read.history(CODE)] == ["kinhte", "congan"]


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"state": State.WITHDRAWN},
        {"unit": "vp"},
        {"assignee_id": 1},
    ],
    ids=lambda values: next(iter(values)),
)
async def test_a_change_of_what_is_not_as_it_was_seen_is_a_conflict_and_leaves_nothing(
    store: Store, hands: Hands, read: Reader, ticket: Ticket, meanwhile: dict[str, object]
) -> None:
    await store.write(lambda c: c.execute(tables.tickets.update().values(**meanwhile)))
    before = await rows(store, tables.tickets)
    failed = await _change(store, hands, Change(ticket, Event.REJECTED, State.REJECTED, note="no"))
    assert isinstance(failed, Conflict)
    assert await rows(store, tables.tickets) == before
    assert len(await read.history(CODE)) == 1


async def test_one_of_many_officers_who_claim_at_once_wins_and_the_others_learn_it(
    database: str, hands: Hands
) -> None:
    async with opened(database) as first, opened(database) as second:
        read = Reader(first)
        await does(first, hands, _new(hands), who="citizen")
        ticket = await _seen(read)
        inboxes = {store: Inbox(store, hands) for store in (first, second)}
        for n in range(6):
            await inboxes[first].accept(message(f"officer-{n}"))
        claims = {first: await inboxes[first].claim(3), second: await inboxes[second].claim(3)}

        def claim(one: Claimed) -> Change:
            return Change(
                ticket, Event.CLAIMED, State.ASSIGNED, values={"assignee_id": one.person.id}
            )

        results = await asyncio.gather(
            *(finish(store, [turn(c, claim(c)) for c in some]) for store, some in claims.items())
        )
        errors = [error for failed in results for error in failed.values()]
        assert [type(error) for error in errors] == [Conflict] * 5
        history = await read.history(CODE)
        assert [h.event for h in history] == [Event.RECEIVED, Event.CLAIMED]
        assert (await _seen(read)).assignee_id == history[1].actor_id


async def test_an_edited_message_is_a_new_version_and_the_newest_is_read(
    store: Store, hands: Hands, read: Reader, ticket: Ticket
) -> None:
    for text in ("Đường hỏng nặng", "Đường hỏng rất nặng"):
        await does(store, hands, AddWords(CODE, "m1", text, edits=True), who="citizen")
    words = await read.words(CODE)
    assert [(w.message_id, w.version, w.text) for w in words] == [
        ("m1", 3, "Đường hỏng rất nặng"),
        ("m2", 1, "ở thôn 3"),
    ]
    # The earlier versions stay: what an officer answered was one of them.
    assert await count(store, tables.ticket_words) == 4
    assert [h.event for h in await read.history(CODE)][1:] == [Event.EDITED] * 2


async def test_what_is_added_joins_the_ticket(
    store: Store, hands: Hands, read: Reader, ticket: Ticket
) -> None:
    photo = Attachment(AttachmentKind.IMAGE, "photo-2")
    await does(store, hands, AddWords(CODE, "m3", "thêm ảnh", (photo,)), who="citizen")
    await does(store, hands, AddWords(CODE, "m4", "", (photo,)), who="citizen")
    assert [w.text for w in await read.words(CODE)] == ["Đường hỏng", "ở thôn 3", "thêm ảnh"]
    assert len(await read.files(CODE)) == 2
    events = [(h.event, h.state) for h in await read.history(CODE)]
    assert events[1:] == [(Event.SUPPLEMENTED, State.NEW)] * 2


async def test_a_ticket_brought_and_added_to_in_one_commit_has_both(
    store: Store, hands: Hands, read: Reader
) -> None:
    await does(store, hands, _new(hands), AddWords(CODE, "m3", "và nữa"), who="citizen")
    assert [w.text for w in await read.words(CODE)] == ["Đường hỏng", "ở thôn 3", "và nữa"]


async def test_a_message_leads_to_its_ticket_for_its_writer_alone(
    store: Store, hands: Hands, read: Reader, ticket: Ticket
) -> None:
    other = await does(store, hands, who="another")
    assert await read.ticket_with_message(ticket.person_id, "m2") == CODE
    assert await read.ticket_with_message(ticket.person_id, "m9") == ""
    assert await read.ticket_with_message(other.person.id, "m2") == ""


async def test_a_note_changes_nothing_but_the_history(
    store: Store, hands: Hands, read: Reader, ticket: Ticket
) -> None:
    await does(store, hands, Note(ticket, Event.COMMENTED, "cảm ơn"), who="citizen")
    assert await _seen(read) == ticket
    assert [h.note for h in await read.history(CODE)] == ["", "cảm ơn"]


async def test_a_person_sees_their_own_tickets_newest_first(
    store: Store, hands: Hands, read: Reader
) -> None:
    codes = [f"PA2611-000{n}" for n in range(5)]
    for code in codes:
        by = await does(store, hands, _new(hands, code), who="citizen")
    other = await does(store, hands, _new(hands, "PA2611-ZZZZ"), who="another")
    assert [t.code for t in await read.tickets_of(by.person.id, 3)] == codes[::-1][:3]
    mine, theirs = await asyncio.gather(
        read.tickets_of(by.person.id), read.tickets_of(other.person.id, 1)
    )
    assert ([t.code for t in mine], [t.code for t in theirs]) == (codes[::-1], ["PA2611-ZZZZ"])
    assert await read.tickets_of(12345) == []


async def test_an_officers_queue_is_their_own_then_what_nobody_has_by_deadline(
    store: Store, hands: Hands, read: Reader
) -> None:
    officer = (await does(store, hands, who="officer")).person.id
    other = (await does(store, hands, who="other")).person.id
    for code, unit, days, holder in (
        ("PA2611-0001", "kinhte", 9, None),
        ("PA2611-0002", "kinhte", 3, None),
        ("PA2611-0003", "vp", 1, None),
        ("PA2611-0004", "kinhte", 1, other),
        ("PA2611-0005", "vp", 8, officer),
    ):
        due = hands() + timedelta(days=days)
        await does(store, hands, _new(hands, code, unit=unit, due_at=due), who="citizen")
        if holder:
            table = tables.tickets
            change = table.update().where(table.c.code == code).values(assignee_id=holder)
            await store.write(lambda c, change=change: c.execute(change))  # type: ignore[misc]
    mine = await read.queue(units=["kinhte"], officer_id=officer)
    assert [t.code[-1] for t in mine] == ["5", "2", "1"]
    every = await read.queue(units=[], officer_id=officer)
    assert [t.code[-1] for t in every] == ["5", "3", "2", "1"]
    assert len(await read.queue(units=[], officer_id=officer, limit=2)) == 2


async def test_a_ticket_answered_last_and_not_rated_is_the_one_to_rate(
    store: Store, hands: Hands, read: Reader
) -> None:
    for n in range(3):
        by = await does(store, hands, _new(hands, f"PA2611-000{n}"), who="citizen")
    table = tables.tickets

    async def answer(code: str, **values: object) -> None:
        change = table.update().where(table.c.code == code).values(answered_at=hands(), **values)
        await store.write(lambda c: c.execute(change))

    assert await read.last_answered(by.person.id) is None
    await answer("PA2611-0001")
    await answer("PA2611-0000")
    await answer("PA2611-0002", rating=5)
    last = await read.last_answered(by.person.id)
    assert last is not None
    assert last.code == "PA2611-0000"


async def test_a_reopened_ticket_past_its_deadline_counts_as_late(
    store: Store, hands: Hands, read: Reader
) -> None:
    start = hands()
    await does(store, hands, _new(hands, due_at=hands() + timedelta(days=1)), who="citizen")
    seen = await _seen(read)
    done = Change(
        seen, Event.ANSWERED, State.RESOLVED, on_time=True, values={"answered_at": hands()}
    )
    await _change(store, hands, done)
    hands.move(days=30)
    counts = await read.ticket_counts(start, hands(), hands())
    assert (counts.received, counts.answered, counts.answered_on_time, counts.late) == (1, 1, 1, 0)
    seen = await _seen(read)
    again = {"due_at": hands() + timedelta(days=1), "level": 1}
    await _change(store, hands, Change(seen, Event.REOPENED, State.ASSIGNED, values=again))
    hands.move(days=2)
    counts = await read.ticket_counts(start, hands(), hands())
    assert (counts.answered, counts.late, counts.reopened) == (1, 1, 1)


async def test_officers_of_a_unit_are_found_with_their_duty(
    store: Store, hands: Hands, read: Reader
) -> None:
    for who, role, unit in (
        ("a", "officer", "vp"),
        ("b", "officer", ""),
        ("c", "officer", "congan"),
        ("d", "staff", "vp"),
        ("e", "admin", ""),
    ):
        person = (await does(store, hands, who=who)).person.id
        held = {"role": role, "unit": unit, "name": who.upper(), "granted_at": hands()}
        await put_in(store, tables.roles, person_id=person, **held)
    await does(store, hands, Duty(on=True), who="b")
    assert [(o.name, o.on_duty) for o in await read.officers("vp")] == [("A", False), ("B", True)]
    assert [o.name for o in await read.admins()] == ["E"]
    await does(store, hands, Duty(on=False), who="b")
    assert not any(o.on_duty for o in await read.officers("vp"))
    await store.write(lambda c: c.execute(tables.people.update().values(gone_at=hands())))
    assert await read.officers("vp") == []
