"""Claim letters, send them, write down what became of them."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.channels.channel import (
    Channel,
    Letter,
    Misconfigured,
    PersonGone,
    Refused,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
    unmarked,
)
from bot.logs import where
from bot.metrics import Metrics
from storage.clock import Clock
from storage.database import StoreUnavailable
from storage.outbox import (
    FAILED,
    GIVEN_UP_AFTER,
    HELD,
    LEASE,
    MAYBE_SENT,
    SENT,
    UNKNOWN,
    WAITING,
    Due,
    Fate,
    Outbox,
)

log = structlog.get_logger(__name__)

AT_ONCE = 64
"""Letters under way at a time; each is to another person."""

BULK_AT_ONCE = 32
"""Of these bulk letters, which wait long for their pace: the rest is kept for conversation."""

LOOK_AGAIN = 0.5
SHUT_FOR = timedelta(seconds=60)
"""How long a channel with a wrong token or right is left alone."""

NAMES = {SENT: "sent", FAILED: "failed", HELD: "held", UNKNOWN: "unknown", WAITING: "again"}


class OutboxWorker:
    """Sends letters over their channels, in order for each person.

    Args:
        outbox: the letters.
        channels: by name.
        clock: tells when to try again.
        metrics: counts letters.
    """

    def __init__(
        self, outbox: Outbox, channels: Mapping[str, Channel], clock: Clock, metrics: Metrics
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._clock = clock
        self._metrics = metrics
        self._sending: dict[asyncio.Task[None], Due] = {}
        self._renewed_at = clock()
        self._fates: list[Fate] = []
        self._settling: asyncio.Task[None] | None = None
        self._leaving: dict[int, Due] = {}
        self._marking = asyncio.Lock()
        self.shut: dict[str, datetime] = {}
        """Channels that cannot send, and until when they are left alone."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop; what is under way is finished first."""
        while not stopping.is_set():
            try:
                self._outbox.written.clear()
                if not await self.work():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._outbox.written.wait(), LOOK_AGAIN)
            except StoreUnavailable as error:
                log.warning("outbox: the store is unavailable", reason=str(error))
                await asyncio.sleep(1)
        await self.finish()

    async def finish(self) -> None:
        """Wait for what is under way."""
        if self._sending:
            await asyncio.wait(self._sending)
        if self._settling is not None:
            await self._settling

    async def work(self) -> int:
        """Begin to send what is due now; give how many letters."""
        now = self._clock()
        if abs(now - self._renewed_at) > LEASE / 3:
            self._renewed_at = now
            if self._sending:
                await self._outbox.renew(list(self._sending.values()))
        self.shut = {name: until for name, until in self.shut.items() if until > now}
        for name in self._channels:
            self._metrics.channel_up.labels(name).set(name not in self.shut)
        open_channels = [name for name in self._channels if name not in self.shut]
        room = AT_ONCE - len(self._sending)
        if room <= 0:
            await asyncio.wait(
                self._sending, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
            )
            return 1
        if not await self._outbox.waits(open_channels):
            return 0
        bulk_room = BULK_AT_ONCE - sum(due.bulk for due in self._sending.values())
        if bulk_room > 0:
            room = min(room, bulk_room)
        letters = await self._outbox.claim(open_channels, room, with_bulk=bulk_room > 0)
        for due in letters:
            task = asyncio.create_task(self._send(due), name=f"letter {due.id}")
            self._sending[task] = due
            task.add_done_callback(self._sending.pop)
        return len(letters)

    async def _send(self, due: Due) -> None:
        channel = self._channels[due.to.channel]
        letter = Letter(
            id=due.id,
            to=due.to,
            body=due.body,
            bulk=due.bulk,
            parts_sent=due.parts_sent,
            repeat=due.repeat,
            written_at=due.written_at,
            ticket=due.ticket,
            leaving=partial(self._leave, due) if due.bulk else unmarked,
        )
        # Every letter is a task with a context of its own.
        structlog.contextvars.bind_contextvars(letter_id=due.id, channel=due.to.channel)
        try:
            fate = await self._sent(due, channel, letter)
        except SendError as error:
            fate = self._fate(due, channel, error)
            log.info("letter: not sent", error=type(error).__name__, reason=error.reason)
        except Exception as error:  # noqa: BLE001 - one letter's fault stops no other
            log.error("letter: the channel failed", error=where(error))  # noqa: TRY400 - see `where`
            fate = self._again(due, f"{type(error).__name__}", ())
        self._metrics.letters.labels(due.to.channel, NAMES[fate.state]).inc()
        if fate.state == SENT:
            took = (self._clock() - due.created_at).total_seconds()
            self._metrics.sending.labels(due.to.channel).observe(max(took, 0))
        self._fates.append(fate)
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle(), name="settle")

    async def _sent(self, due: Due, channel: Channel, letter: Letter) -> Fate:
        """Send a letter; bulk that may have arrived is not sent again."""
        if due.bulk and due.repeat:
            return Fate(due, UNKNOWN, reason=MAYBE_SENT)
        return Fate(due, SENT, await channel.send(letter))

    async def _leave(self, due: Due) -> None:
        """Write down that one of many leaves now; letters that leave together share a commit.

        A process that dies in the middle of a notice then knows which may have arrived: those are
        told as unknown, and all others are sent.
        """
        self._leaving[due.id] = due
        try:
            async with self._marking:
                if due.id not in self._leaving:
                    return
                batch = list(self._leaving.values())
                marked = await self._outbox.leave(batch)
                for one in batch:
                    if one.id in marked:
                        self._leaving.pop(one.id, None)
                if due.id not in marked:
                    raise Unreachable("another process sends it")
        finally:
            self._leaving.pop(due.id, None)

    async def _settle(self) -> None:
        try:
            while self._fates:
                fates, self._fates = self._fates, []
                await self._keep(fates)
        finally:
            self._settling = None
        # The next letters of these people may be due now.
        self._outbox.written.set()

    async def _keep(self, fates: Sequence[Fate]) -> None:
        """Write down what became of letters; where that cannot be done for all, for each."""
        try:
            await self._outbox.settle(fates)
        except StoreUnavailable as error:
            # The leases run out and the letters are sent again: at least once.
            log.warning("letters: what became of them was not kept", reason=str(error))
        except Exception as error:  # noqa: BLE001 - one letter's fault stops no other
            if len(fates) == 1:
                log.error("letter: its end was not kept", error=where(error))  # noqa: TRY400 - see `where`
                return
            for fate in fates:
                await self._keep([fate])

    def _fate(self, due: Due, channel: Channel, error: SendError) -> Fate:
        """Decide what a failure means."""
        reason, sent = error.reason or type(error).__name__, error.sent
        now = self._clock()
        match error:
            case WindowClosed():
                fate = Fate(due, HELD, sent, reason=reason)
            case PersonGone():
                # Whoever shut us out of a group may still be reached alone.
                fate = Fate(due, FAILED, sent, reason="gone", gone=not due.body.group)
            case Refused():
                fate = Fate(due, FAILED, sent, reason=reason)
            case Unknown() if due.bulk or due.repeat or not channel.limits.repeats:
                fate = Fate(due, UNKNOWN, sent, reason=reason)
            case Unknown():
                fate = self._again(due, MAYBE_SENT, sent)
            case Misconfigured():
                log.error("channel: our token or rights are wrong", reason=reason)
                self.shut[due.to.channel] = now + SHUT_FOR
                fate = Fate(due, WAITING, sent, again_at=now + SHUT_FOR, reason=reason)
            case Throttled():
                after = timedelta(seconds=min(error.after, 3600))
                fate = Fate(due, WAITING, sent, again_at=now + after, reason=reason)
            case _:
                fate = self._again(due, reason, sent)
        return fate

    def _again(self, due: Due, reason: str, sent: tuple[str, ...]) -> Fate:
        """Try again after 2 s, doubling to 5 min; give up after a day."""
        now = self._clock()
        if now - due.created_at > GIVEN_UP_AFTER:
            return Fate(due, FAILED, sent, reason=reason)
        pause = timedelta(seconds=min(2.0 ** min(due.attempt, 9), 300))
        return Fate(due, WAITING, sent, again_at=now + pause, reason=reason)
