"""Claim people, run their oldest message through its handler, commit the turns together."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.logs import where
from bot.metrics import Metrics
from handlers.office import Office
from handlers.routing import Chance, Reply, Router, Turn
from messages.envelope import Kind
from messages.text import _, lines
from storage.database import Conflict, LeaseLost, Store, StoreUnavailable
from storage.inbox import LEASE, TRIES, Claimed, Inbox
from storage.outbox import Outbox
from storage.reader import Reader
from storage.unit_of_work import Finished, finish

log = structlog.get_logger(__name__)

BATCH = 32
AT_ONCE = 64
"""Turns under way at a time; each is another person's."""

SLOW = 0.25
"""Seconds after which a turn is no longer waited for by those that were claimed with it."""

PATIENCE = LEASE.total_seconds() * 0.8
"""Seconds that a handler has: it must have failed before another worker takes its person over."""

LOOK_AGAIN = 0.5
"""Seconds after which a worker looks for messages that another process kept."""

WRITING = {Kind.MESSAGE, Kind.EDIT, Kind.FOLLOWED}
"""What a person does who waits for an answer; a timer's failure is not theirs to hear of."""

SORRY = lines(
    _("We are sorry: your message could not be handled because of a fault of ours."),
    _("It is kept, and an official will look at it. Send 0 for the menu."),
)

ANEW = 5
"""How often a turn is decided anew because what it read had changed."""


class InboxWorker:
    """Handles messages: several people at a time, each in the order in which they wrote.

    Args:
        store: the database.
        inbox: whence messages come.
        outbox: told when letters were written.
        router: finds the handler of a message.
        office: what the commune has laid down.
        metrics: counts turns.
        chance: what is drawn by chance.
        patience: seconds that a handler has.
    """

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        outbox: Outbox,
        *,
        router: Router,
        office: Office,
        metrics: Metrics,
        chance: Chance | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._outbox = outbox
        self._router = router
        self._office = office
        self._metrics = metrics
        self._chance = chance or Chance()
        self._patience = patience
        self._reader = Reader(store)
        self._slow: set[asyncio.Task[None]] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop; what is in hand is finished first."""
        while not stopping.is_set():
            try:
                self._inbox.arrived.clear()
                if not await self.work():
                    await self._wait()
            except StoreUnavailable as error:
                log.warning("inbox: the store is unavailable", reason=str(error))
                await asyncio.sleep(1)
        await self.finish()

    async def finish(self) -> None:
        """Wait for the turns that take long."""
        while self._slow:
            await asyncio.wait(self._slow)

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._inbox.arrived.wait(), LOOK_AGAIN)

    async def work(self) -> int:
        """Handle what waits now, one message of each person; give how many.

        Turns that take long go on while this returns; `finish` waits for them.
        """
        room = AT_ONCE - len(self._slow)
        if room <= 0:
            await asyncio.wait(self._slow, return_when=asyncio.FIRST_COMPLETED)
            return 1
        if not await self._inbox.waits():
            return 0
        claimed = await self._inbox.claim(min(BATCH, room))
        if claimed:
            await self._handle(claimed)
        return len(claimed)

    async def _handle(self, claimed: Sequence[Claimed], tries: int = ANEW) -> None:
        deciding = [asyncio.create_task(self._decide(one)) for one in claimed]
        done, slow = await asyncio.wait(deciding, timeout=SLOW)
        for decision in slow:
            task = asyncio.create_task(self._commit([decision], tries), name="slow turn")
            self._slow.add(task)
            task.add_done_callback(self._slow.discard)
        await self._commit([decision for decision in deciding if decision in done], tries)

    async def _commit(self, decisions: Sequence[asyncio.Task[Finished | None]], tries: int) -> None:
        """Commit turns together; decide anew those that met a change."""
        finished = [turn for decision in decisions if (turn := await decision) is not None]
        failed = await finish(self._store, finished)
        if any(turn.letters for turn in finished):
            self._outbox.written.set()
        if any(turn.hushed for turn in finished):
            # Its body and key are deleted, but the log of changes still holds what they were.
            await self._store.truncate_log()
        self._metrics.turns.inc(len(finished) - len(failed))
        anew = []
        for turn in finished:
            error = failed.get(turn.claimed.id)
            if error is None:
                continue
            if isinstance(error, Conflict) and tries > 1:
                anew.append(turn.claimed)
            elif isinstance(error, LeaseLost):
                log.warning("turn: another worker took over", inbox_id=turn.claimed.id)
            elif isinstance(error, StoreUnavailable):
                log.warning("turn: not committed", inbox_id=turn.claimed.id, reason=str(error))
            else:
                log.error("turn: not committed", inbox_id=turn.claimed.id, error=where(error))
                await self._fail(turn.claimed, error)
        if anew:
            await self._handle(anew, tries - 1)

    async def _decide(self, claimed: Claimed) -> Finished | None:
        """Run one message through its handler; None where that failed."""
        person = claimed.person
        # Every turn is a task with a context of its own.
        structlog.contextvars.bind_contextvars(inbox_id=claimed.id)
        turn = Turn(
            message=claimed.message,
            person=person,
            office=self._office,
            read=self._reader,
            now=claimed.accepted_at,
            chance=self._chance,
        )
        try:
            async with asyncio.timeout(self._patience):
                reply = await self._router.handle(turn)
        except StoreUnavailable as error:
            log.warning("turn: the store is unavailable", reason=str(error))
            return None
        except Exception as error:  # noqa: BLE001 - any fault of a handler is told and counted
            told = where(error)
            log.error("turn: the handler failed", attempt=claimed.attempt, error=told)  # noqa: TRY400 - without the error's own words
            self._metrics.failures.inc()
            await self._fail(claimed, error)
            return None
        return _finished(claimed, reply)

    async def _fail(self, claimed: Claimed, error: Exception) -> None:
        """Try again later; after five tries set the message aside and tell its sender."""
        try:
            if claimed.attempt < TRIES:
                await self._inbox.give_back(claimed)
            else:
                await self._set_aside(claimed, error)
        except StoreUnavailable as away:
            # The lease runs out and the message is claimed again.
            log.warning("turn: not given back", inbox_id=claimed.id, reason=str(away))

    async def _set_aside(self, claimed: Claimed, error: Exception) -> None:
        person = claimed.person
        aside = Finished(claimed, person.step, person.data or {}, aside=type(error).__name__)
        if claimed.message.kind in WRITING:
            turn = Turn(claimed.message, person, self._office, self._reader, claimed.accepted_at)
            sorry = turn.letter(SORRY)
            aside = replace(aside, step="", data={}, letters=(sorry,))
        failed = await finish(self._store, [aside])
        if failed:
            log.error("turn: could not be set aside", error=where(failed[claimed.id]))
        self._outbox.written.set()


def _finished(claimed: Claimed, reply: Reply) -> Finished:
    person = claimed.person
    return Finished(
        claimed=claimed,
        step=person.step if reply.step is None else reply.step,
        data=(person.data or {}) if reply.data is None else reply.data,
        letters=reply.letters,
        effects=reply.effects,
        language=reply.language,
    )
