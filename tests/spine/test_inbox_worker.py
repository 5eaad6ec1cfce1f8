import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.inbox_worker import SORRY
from handlers.office import Office
from handlers.routing import Handler, Reply, Turn
from messages.envelope import Kind
from messages.languages import say
from storage import tables
from storage.database import BadValue, Conflict, Store
from storage.evidence import DENUNCIATION, Evidence
from storage.inbox import HANDLED, LEASE, SET_ASIDE, TRIES, WAITING, Inbox
from storage.outbox import BODY
from storage.work import Work
from tests.conftest import Hands
from tests.databases import SqliteFiles, opened
from tests.spine.service import all_handled, echo, inbox_worker, only_handler
from tests.storage.acts import count, does, message, rows

HAPPENED = Evidence("guidance.shown")


@pytest.fixture
def inbox(store: Store, hands: Hands) -> Inbox:
    return Inbox(store, hands)


@dataclass(frozen=True)
class Fail:
    """An effect that cannot be written."""

    error: Exception

    async def apply(self, work: Work) -> None:
        raise self.error


async def _said(store: Store) -> list[str]:
    """The texts of all letters."""
    return [
        BODY.validate_json(store.box.unseal("outbox.body", row.body)).text
        for row in await rows(store, tables.outbox)
    ]


async def _states(store: Store) -> list[int]:
    return [row.state for row in await rows(store, tables.inbox)]


def _faulty(error: Exception, when: str = "bad") -> Handler:
    async def handle(turn: Turn) -> Reply:
        if turn.message.text == when:
            raise error
        return turn.say(turn.message.text)

    return handle


async def _tried(store: Store, hands: Hands, office: Office, handle: Handler, times: int) -> None:
    worker = inbox_worker(store, hands, office, only_handler(handle))
    for _ in range(times):
        await all_handled(worker)
        hands.move(seconds=5)


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("y"), TimeoutError(), ExceptionGroup("z", [OSError()])]
)
async def test_a_handler_that_fails_five_times_sets_the_message_aside_and_tells_the_sender(
    store: Store, hands: Hands, office: Office, inbox: Inbox, error: Exception
) -> None:
    await inbox.accept(message("an", "bad"))
    await _tried(store, hands, office, _faulty(error), TRIES - 1)
    assert await _states(store) == [WAITING]
    assert await inbox.set_aside() == []
    await _tried(store, hands, office, _faulty(error), 1)
    assert await _states(store) == [SET_ASIDE]
    (aside,) = await inbox.set_aside()
    assert (aside.channel, aside.error) == ("web", type(error).__name__)
    (sorry,) = await _said(store)
    assert "0" in sorry
    hands.move(days=1)
    await _tried(store, hands, office, _faulty(error), 2)
    assert len(await _said(store)) == 1


async def test_a_message_that_fails_blocks_neither_the_next_nor_anybody_else(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    for who, text in (("an", "bad"), ("an", "good"), ("bình", "other")):
        await inbox.accept(message(who, text))
    await _tried(store, hands, office, _faulty(ValueError()), 1)
    assert await _states(store) == [WAITING, WAITING, HANDLED]
    await _tried(store, hands, office, _faulty(ValueError()), TRIES)
    assert await _states(store) == [SET_ASIDE, HANDLED, HANDLED]
    said = await _said(store)
    assert (said[0], said[-1]) == ("other", "good")


async def test_a_conversation_begins_anew_after_a_message_that_was_set_aside(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    await does(store, hands, who="an", step="some.step")
    await inbox.accept(message("an", "bad"))
    await _tried(store, hands, office, _faulty(ValueError()), TRIES)
    assert (await rows(store, tables.people))[0].step == ""


@pytest.mark.parametrize("kind", [Kind.TIMER, Kind.SEEN, Kind.DELIVERED, Kind.LEFT])
async def test_a_fault_that_the_person_did_not_cause_is_not_told_them_nor_ends_their_conversation(
    store: Store, hands: Hands, office: Office, inbox: Inbox, kind: Kind
) -> None:
    async def fail(turn: Turn) -> Reply:
        raise ValueError

    await does(store, hands, who="an", step="some.step")
    await inbox.accept(message("an", "bad", kind=kind))
    router = only_handler(fail)
    router.event(kind, "bad" if kind is Kind.TIMER else "")(fail)
    worker = inbox_worker(store, hands, office, router)
    for _ in range(TRIES):
        await all_handled(worker)
        hands.move(seconds=5)
    assert len(await inbox.set_aside()) == 1
    assert await _said(store) == []
    assert (await rows(store, tables.people))[0].step == "some.step"


async def test_an_effect_that_raises_takes_nothing_with_it_but_its_own_turn(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    async def handle(turn: Turn) -> Reply:
        broken = (Fail(BadValue("column")),) if turn.message.text == "bad" else ()
        return turn.say("answer", effects=(HAPPENED, *broken))

    for n in range(6):
        await inbox.accept(message(f"p{n}", "bad" if n == 3 else "good"))
    await all_handled(inbox_worker(store, hands, office, only_handler(handle)))
    assert await _states(store) == [HANDLED] * 3 + [WAITING] + [HANDLED] * 2
    assert await count(store, tables.evidence) == 5
    assert await _said(store) == ["answer"] * 5


async def test_an_effect_that_always_raises_sets_the_message_aside(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    async def handle(turn: Turn) -> Reply:
        return turn.say("answer", effects=(Fail(ValueError()),))

    await inbox.accept(message("an"))
    await _tried(store, hands, office, handle, TRIES)
    assert [aside.error for aside in await inbox.set_aside()] == ["ValueError"]


async def test_a_conflict_makes_the_handler_decide_anew_on_what_stands_now(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    seen: list[bool] = []

    async def handle(turn: Turn) -> Reply:
        seen.append("other" in await turn.read.tallies(turn.now.date(), turn.now.date()))
        if len(seen) == 1:
            # Somebody else changes what this turn has read, before it is written.
            await does(store, hands, Evidence("other"), who="bình")
            return turn.say("first", effects=(HAPPENED, Fail(Conflict("ticket"))))
        return turn.say("second", effects=(HAPPENED,))

    await inbox.accept(message("an"))
    await all_handled(inbox_worker(store, hands, office, only_handler(handle)))
    assert seen == [False, True]
    assert await _said(store) == ["second"]
    assert [row.kind for row in await rows(store, tables.evidence)] == ["other", "guidance.shown"]
    assert set(await _states(store)) == {HANDLED}


async def test_a_conflict_that_never_ends_sets_the_message_aside(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    tries = 0

    async def handle(turn: Turn) -> Reply:
        nonlocal tries
        tries += 1
        return turn.say("answer", effects=(Fail(Conflict("ticket")),))

    await inbox.accept(message("an"))
    await _tried(store, hands, office, handle, TRIES)
    assert tries == TRIES * 5
    assert [aside.error for aside in await inbox.set_aside()] == ["Conflict"]


async def test_a_handler_that_never_ends_counts_as_failed_and_holds_nobody_up(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    async def handle(turn: Turn) -> Reply:
        if turn.message.text == "hang":
            await asyncio.Event().wait()
        return turn.say(turn.message.text)

    await inbox.accept(message("an", "hang"))
    await inbox.accept(message("an", "next"))
    worker = inbox_worker(store, hands, office, only_handler(handle), patience=0.01)
    for _ in range(TRIES + 1):
        await all_handled(worker)
        hands.move(seconds=5)
    assert await _states(store) == [SET_ASIDE, HANDLED]
    assert [aside.error for aside in await inbox.set_aside()] == ["TimeoutError"]


async def test_a_late_worker_leaves_no_trace(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> Reply:
        begun.set()
        await go.wait()
        return turn.say("late", effects=(HAPPENED,))

    await inbox.accept(message("an"))
    late = inbox_worker(store, hands, office, only_handler(slow))
    working = asyncio.create_task(all_handled(late))
    await begun.wait()
    hands.move(seconds=LEASE.total_seconds() + 1)
    await all_handled(inbox_worker(store, hands, office, only_handler(echo)))
    go.set()
    await working
    assert await _said(store) == ["xin chào"]
    assert await count(store, tables.evidence) == 0
    assert await _states(store) == [HANDLED]


async def test_a_worker_goes_on_when_the_store_was_away(
    database: str, hands: Hands, office: Office
) -> None:
    async with opened(database) as store:
        inbox = Inbox(store, hands)
        await inbox.accept(message("an", "one"))

        async def handle(turn: Turn) -> Reply:
            # The store goes away between the claim and the end of the turn.
            await store.close()
            return turn.say("never written")

        worker = inbox_worker(store, hands, office, only_handler(handle))
        assert await worker.work() == 1
        await worker.finish()
    async with opened(database) as store:
        assert await _states(store) == [WAITING]
        hands.move(seconds=LEASE.total_seconds() + 1)
        await all_handled(inbox_worker(store, hands, office, only_handler(echo)))
        assert await _said(store) == ["one"]


async def test_a_reply_that_names_no_step_leaves_the_conversation_where_it_is(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    await does(store, hands, who="an", step="some.step")
    await inbox.accept(message("an"))
    await all_handled(inbox_worker(store, hands, office, only_handler(echo)))
    assert (await rows(store, tables.people))[0].step == "some.step"


async def test_a_turns_moment_is_that_of_acceptance(
    store: Store, hands: Hands, office: Office, inbox: Inbox
) -> None:
    moments = []

    async def handle(turn: Turn) -> Reply:
        moments.append(turn.now)
        return turn.quiet(HAPPENED)

    await inbox.accept(message("an"))
    hands.move(days=2)
    await all_handled(inbox_worker(store, hands, office, only_handler(handle)))
    (row,) = await rows(store, tables.inbox)
    assert moments == [row.accepted_at]
    (evidence,) = await rows(store, tables.evidence)
    assert evidence.day == "2026-11-23"


def test_the_apology_is_said_in_vietnamese() -> None:
    assert say(SORRY, "vi") != say(SORRY, "en")


async def test_after_a_denunciation_the_log_of_changes_is_empty(
    tmp_path: Path, hands: Hands, office: Office
) -> None:
    async def stop(turn: Turn) -> Reply:
        hushed = turn.message.text == "hushed"
        return turn.say("no", effects=(Evidence(DENUNCIATION if hushed else "x"),))

    url = await SqliteFiles(tmp_path).fresh()
    log_of_changes = Path(f"{url.partition(':///')[2]}-wal")
    async with opened(url) as store:
        inbox = Inbox(store, hands)
        for text, is_empty in (("loud", False), ("hushed", True)):
            await inbox.accept(message("an", text))
            await all_handled(inbox_worker(store, hands, office, only_handler(stop)))
            assert (await asyncio.to_thread(log_of_changes.read_bytes) == b"") is is_empty
