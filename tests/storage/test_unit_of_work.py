from dataclasses import dataclass

import pytest
from sqlalchemy import event

from messages.envelope import Kind
from storage import tables
from storage.database import BadValue, Conflict, LeaseLost, Store, StoreUnavailable
from storage.evidence import Evidence
from storage.inbox import HANDLED, LEASE, SET_ASIDE, WAITING, Inbox
from storage.outbox import HELD, Fate, Outbox
from storage.unit_of_work import finish
from storage.work import Work
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import (
    count,
    does,
    heard,
    letter,
    message,
    only,
    rows,
    turn,
)


class Broken(Exception):
    """What a faulty effect raises."""


@dataclass(frozen=True)
class Fail:
    """Write something, then fail."""

    error: Exception

    async def apply(self, work: Work) -> None:
        await Evidence("half.done").apply(work)
        await work.flush()
        raise self.error


HAPPENED = Evidence("guidance.shown", about="KS01")


@pytest.fixture
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


async def test_a_turn_writes_everything_together(store: Store, hands: Hands) -> None:
    claimed = await heard(store, hands, "an", name="Nguyễn Thị An", language="en")
    done = turn(
        claimed,
        HAPPENED,
        letters=[letter(claimed, "Xin chào.")],
        step="feedback.story",
        data={"a": "b"},
    )
    assert await finish(store, [done]) == {}
    assert [row.state for row in await rows(store, tables.inbox)] == [HANDLED]
    assert await count(store, tables.evidence) == 1
    assert await count(store, tables.outbox) == 1
    inbox = Inbox(store, hands)
    await inbox.accept(message("an"))
    person = (await only(inbox)).person
    assert (person.step, person.data) == ("feedback.story", {"a": "b"})
    assert (person.name, person.language, person.is_new) == ("Nguyễn Thị An", "en", False)


async def test_a_turn_that_cannot_be_written_leaves_nothing(store: Store, hands: Hands) -> None:
    claimed = await heard(store, hands)
    before = await rows(store, tables.people)
    done = turn(
        claimed, HAPPENED, Fail(Broken()), letters=[letter(claimed)], step="x.y", data={"a": "b"}
    )
    failed = await finish(store, [done])
    assert [type(error) for error in failed.values()] == [Broken]
    for table in (tables.evidence, tables.evidence_counts, tables.outbox):
        assert await count(store, table) == 0
    assert await rows(store, tables.people) == before
    assert [row.state for row in await rows(store, tables.inbox)] == [WAITING]


@pytest.mark.parametrize("error", [Broken(), Conflict("ticket"), BadValue("column")])
async def test_a_turn_that_fails_does_not_take_the_others_of_its_batch_with_it(
    store: Store, inbox: Inbox, error: Exception
) -> None:
    for who in ("an", "bình", "chi"):
        await inbox.accept(message(who))
    an, binh, chi = await inbox.claim(3)
    failed = await finish(
        store,
        [
            turn(an, HAPPENED, letters=[letter(an)]),
            turn(binh, HAPPENED, Fail(error), letters=[letter(binh)]),
            turn(chi, HAPPENED, letters=[letter(chi)]),
        ],
    )
    assert {id_: type(error) for id_, error in failed.items()} == {binh.id: type(error)}
    assert await count(store, tables.evidence) == 2
    assert {row.address for row in await rows(store, tables.outbox)} == {"an", "chi"}
    states = {row.id: row.state for row in await rows(store, tables.inbox)}
    assert states == {an.id: HANDLED, binh.id: WAITING, chi.id: HANDLED}
    (tally,) = await rows(store, tables.evidence_counts)
    assert tally._mapping["count"] == 2


async def test_turns_of_one_batch_share_a_commit(store: Store, inbox: Inbox) -> None:
    for n in range(30):
        await inbox.accept(message(f"person-{n}"))
    claimed = await inbox.claim(30)
    commits: list[object] = []
    event.listen(store.engine, "commit", commits.append)
    assert await finish(store, [turn(c, HAPPENED, letters=[letter(c)]) for c in claimed]) == {}
    (tally,) = await rows(store, tables.evidence_counts)
    assert tally._mapping["count"] == 30
    assert len(commits) == 1
    assert await count(store, tables.outbox) == 30


async def test_a_late_worker_leaves_no_trace(store: Store, inbox: Inbox, hands: Hands) -> None:
    await inbox.accept(message("an"))
    late = await only(inbox)
    hands.move(seconds=LEASE.total_seconds() + 1)
    quick = await only(inbox)
    failed = await finish(store, [turn(late, HAPPENED, letters=[letter(late)], step="late.step")])
    assert [type(error) for error in failed.values()] == [LeaseLost]
    assert await count(store, tables.evidence) == await count(store, tables.outbox) == 0
    assert await finish(store, [turn(quick, HAPPENED, step="quick.step")]) == {}
    # And not after the other one finished, either.
    failed = await finish(store, [turn(late, HAPPENED, letters=[letter(late)], step="late.step")])
    assert [type(error) for error in failed.values()] == [LeaseLost]
    assert await count(store, tables.evidence) == 1
    assert await count(store, tables.outbox) == 0
    (person,) = await rows(store, tables.people)
    assert person.step == "quick.step"


async def test_a_late_worker_does_not_undo_the_turns_beside_it(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(message("an"))
    late = await only(inbox)
    hands.move(seconds=LEASE.total_seconds() + 1)
    await only(inbox)
    await inbox.accept(message("bình"))
    beside = await only(inbox)
    failed = await finish(store, [turn(late, HAPPENED), turn(beside, HAPPENED)])
    assert set(failed) == {late.id}
    assert await count(store, tables.evidence) == 1


async def test_a_worker_whose_lease_ran_out_unnoticed_may_still_finish(
    store: Store, inbox: Inbox, hands: Hands
) -> None:
    await inbox.accept(message("an"))
    slow = await only(inbox)
    hands.move(seconds=LEASE.total_seconds() * 3)
    assert await finish(store, [turn(slow, HAPPENED)]) == {}
    assert await inbox.claim(1) == []


async def test_turns_that_find_the_store_unavailable_learn_it_at_once(
    database: str, hands: Hands
) -> None:
    async with opened(database) as store:
        inbox = Inbox(store, hands)
        for who in ("an", "bình"):
            await inbox.accept(message(who))
        claimed = await inbox.claim(2)
    failed = await finish(store, [turn(c) for c in claimed])
    assert {type(error) for error in failed.values()} == {StoreUnavailable}
    assert set(failed) == {c.id for c in claimed}


async def test_a_message_that_is_set_aside_keeps_its_body_and_frees_its_person(
    store: Store, inbox: Inbox
) -> None:
    await inbox.accept(message("an", "một"))
    await inbox.accept(message("an", "hai"))
    claimed = await only(inbox)
    assert await finish(store, [turn(claimed, aside="ValueError")]) == {}
    (aside,) = await inbox.set_aside()
    assert (aside.id, aside.error) == (claimed.id, "ValueError")
    row = (await rows(store, tables.inbox))[0]
    assert row.state == SET_ASIDE
    assert row.body is not None
    assert (await only(inbox)).message.text == "hai"


async def test_a_message_that_comes_during_a_turn_is_not_forgotten(
    store: Store, inbox: Inbox
) -> None:
    await inbox.accept(message("an", "một"))
    claimed = await only(inbox)
    await inbox.accept(message("an", "hai"))
    await finish(store, [turn(claimed)])
    assert await inbox.waits()
    assert (await only(inbox)).message.text == "hai"


async def test_a_letter_to_somebody_else_is_written_with_the_turn(
    store: Store, hands: Hands
) -> None:
    officer = await does(store, hands, who="officer")
    citizen = await heard(store, hands, "citizen")
    card = letter(officer, "Phản ánh mới", ticket="PA2611-0001", report_to=officer.person.id)
    assert await finish(store, [turn(citizen, letters=[letter(citizen), card])]) == {}
    to_citizen, to_officer = await rows(store, tables.outbox)
    assert (to_citizen.address, to_officer.address) == ("citizen", "officer")
    assert to_officer.ticket == "PA2611-0001"


async def test_whoever_leaves_is_gone_until_they_write_again(store: Store, hands: Hands) -> None:
    await does(store, hands, who="an")
    await does(store, hands, who="an", kind=Kind.LEFT)
    assert (await rows(store, tables.people))[0].gone_at is not None
    await does(store, hands, who="an", kind=Kind.SEEN)
    assert (await rows(store, tables.people))[0].gone_at is not None
    await does(store, hands, who="an", kind=Kind.FOLLOWED)
    assert (await rows(store, tables.people))[0].gone_at is None


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (Kind.MESSAGE, True),
        (Kind.FOLLOWED, True),
        (Kind.EDIT, True),
        (Kind.SEEN, False),
        (Kind.DELIVERED, False),
        (Kind.TIMER, False),
        (Kind.LEFT, False),
    ],
)
async def test_only_what_a_person_does_counts_as_their_writing(
    store: Store, hands: Hands, kind: Kind, *, counts: bool
) -> None:
    first = await does(store, hands, who="an")
    hands.move(hours=1)
    later = await does(store, hands, who="an", kind=kind)
    (person,) = await rows(store, tables.people)
    newest = later.accepted_at if counts else first.accepted_at
    assert person.last_message_at == newest.replace(microsecond=newest.microsecond // 1000 * 1000)


async def test_a_held_letter_goes_out_when_its_person_writes_and_before_the_answer_to_that(
    store: Store, hands: Hands
) -> None:
    an = await does(store, hands, who="an")
    await does(store, hands, who="an", letters=[letter(an, "held")])
    outbox = Outbox(store, hands)
    (due,) = await outbox.claim(["web"], 10)
    await outbox.settle([Fate(due, HELD, reason="48h")])
    assert await outbox.claim(["web"], 10) == []
    await does(store, hands, who="bình")
    assert await outbox.claim(["web"], 10) == []
    await does(store, hands, who="an", kind=Kind.SEEN)
    assert await outbox.claim(["web"], 10) == []
    await does(store, hands, who="an", letters=[letter(an, "answer")])
    (first,) = await outbox.claim(["web"], 10)
    assert first.body.text == "held"


async def test_a_language_once_chosen_stays_whatever_the_platform_says(
    store: Store, hands: Hands
) -> None:
    claimed = await heard(store, hands, "an", language="vi")
    assert not await finish(store, [turn(claimed, language="en")])
    await does(store, hands, who="an", language="vi")
    assert (await rows(store, tables.people))[0].language == "en"


async def test_a_name_that_the_platform_stops_telling_is_remembered(
    store: Store, hands: Hands
) -> None:
    await does(store, hands, who="an", name="An")
    await does(store, hands, who="an")
    assert (await heard(store, hands, "an")).person.name == "An"


async def test_a_reference_that_does_not_exist_is_refused_with_the_whole_turn(
    store: Store, hands: Hands
) -> None:
    claimed = await heard(store, hands)
    stranger = letter(claimed, report_to=99_999)
    failed = await finish(store, [turn(claimed, HAPPENED, letters=[stranger])])
    assert [type(error) for error in failed.values()] == [Conflict]
    assert await count(store, tables.evidence) == await count(store, tables.outbox) == 0
