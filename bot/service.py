"""One service: a store, the channels open on it, and the workers between them."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import structlog
from aiohttp import web

from bot.channels.channel import Accept, Channel
from bot.clock import ClockWorker
from bot.darkroom import Darkroom
from bot.dossier_work import DossierWork
from bot.inbox_worker import InboxWorker
from bot.logs import where
from bot.media_worker import MediaWorker
from bot.metrics import Metrics
from bot.outbox_worker import OutboxWorker
from bot.report_worker import ReportWorker
from bot.watch import Watch, trouble_of
from handlers import router
from handlers.office import Office
from messages.envelope import Incoming
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.inbox import Inbox
from storage.media import Media
from storage.outbox import Outbox
from storage.report_orders import Orders

log = structlog.get_logger(__name__)

PARTS = ("web", "inbox", "outbox", "clock")
"""What `run --only` may name; all of them run by default, in one process."""

WORKERS = {
    "reports": "clock",
    "dossiers": "clock",
    "media": "clock",
    "pull": "clock",
    "watch": "web",
    "catalogue": "web",
    "publications": "web",
}
"""Workers that are no part of their own, and the part that they belong to."""

PAUSES = (1.0, 60.0)
"""Seconds until a worker that failed begins anew, at first and at most; they double."""

Work = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""What works until it is told to stop."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a service stands on.

    Attributes:
        store: the database.
        inbox: the door for messages.
        outbox: the door for letters.
        media: the kept files.
        office: what the commune has laid down.
        clock: tells the time.
        metrics: counts.
    """

    store: Store
    inbox: Inbox
    outbox: Outbox
    media: Media
    office: Office
    clock: Clock
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Running:
    """The tasks of a running service.

    Attributes:
        listening: those that end only by being cancelled.
        working: those that finish what is in hand when they are told to stop.
    """

    listening: list[asyncio.Task[None]] = field(default_factory=list)
    working: list[asyncio.Task[None]] = field(default_factory=list)


class Service:
    """Receives, handles and sends on one store.

    Args:
        ground: what it stands on.
        channels: those that are open.
        only: the parts to run.
        beside: what else works until it is told to stop, by its name in `WORKERS`.
    """

    def __init__(
        self,
        ground: Ground,
        channels: Sequence[Channel],
        only: Sequence[str] = PARTS,
        beside: Mapping[str, Work] = MappingProxyType({}),
    ) -> None:
        self._beside = beside
        # One for all: it opens one picture at a time, and a large one takes half a gigabyte.
        self.darkroom = Darkroom()
        self.ground = ground
        self.channels: Mapping[str, Channel] = {channel.name: channel for channel in channels}
        self._only = only
        # A web letter goes to the open pages, which only the process that serves them can reach.
        sending = {
            name: channel
            for name, channel in self.channels.items()
            if ("web" if name == "web" else "outbox") in only
        }
        self.outbox_worker = OutboxWorker(ground.outbox, sending, ground.clock, ground.metrics)
        self._sends = bool(sending)
        self._failing: set[str] = set()

    async def accept(self, incoming: Incoming) -> bool:
        """Keep a message durably and count it."""
        new = await self.ground.inbox.accept(incoming)
        self.ground.metrics.accepted.labels(incoming.sender.channel, str(new).lower()).inc()
        return new

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes of all channels."""
        accept: Accept = self.accept
        return [route for channel in self.channels.values() for route in channel.routes(accept)]

    def start(self, tasks: asyncio.TaskGroup, stopping: asyncio.Event) -> Running:
        """Start what is to run."""
        ground, only = self.ground, self._only
        running = Running()
        if "web" in only:
            for name, channel in self.channels.items():
                running.listening.append(
                    tasks.create_task(self._listen(channel), name=f"listen {name}")
                )
            watch = Watch(ground.store, self.channels, ground.clock, ground.metrics)
            running.listening.append(
                tasks.create_task(self.work("watch", lambda _: watch.run(), stopping), name="watch")
            )
        workers: dict[str, Work] = {
            "inbox": InboxWorker(
                ground.store,
                ground.inbox,
                ground.outbox,
                router=router,
                office=ground.office,
                metrics=ground.metrics,
            ).run,
            "outbox": self.outbox_worker.run,
            "clock": ClockWorker(
                ground.store,
                ground.inbox,
                ground.media,
                ground.clock,
                ground.office.commune.retention.periods,
            ).run,
            "reports": ReportWorker(
                ground.store, Orders(ground.store, ground.media, ground.clock), ground.office
            ).run,
            "dossiers": DossierWork(
                ground.store,
                ground.inbox,
                media=ground.media,
                channels=self.channels,
                office=ground.office,
                clock=ground.clock,
                folder=ground.media.folder.parent / "exports",
                darkroom=self.darkroom,
            ).run,
        }
        for name, work in workers.items():
            if WORKERS.get(name, name) in only or (name == "outbox" and self._sends):
                running.working.append(
                    tasks.create_task(self.work(name, work, stopping), name=name)
                )
        if "clock" in only:
            files = MediaWorker(ground.media, self.channels, self.darkroom)
            running.working.append(
                tasks.create_task(self.work("media", files.run, stopping), name="media")
            )
        for name, work in self._beside.items():
            running.working.append(tasks.create_task(self.work(name, work, stopping), name=name))
        return running

    async def work(self, name: str, work: Work, stopping: asyncio.Event) -> None:
        """Let a worker work; one that fails begins anew after a pause, and /healthz tells so.

        What is accepted is durable and another try may do better, so an unexpected error of one
        worker is no reason to hang up on every channel: ended, the service would start into the
        same error again, and the platforms would switch its webhooks off meanwhile.
        """
        pause, most = PAUSES
        while True:
            began = asyncio.get_running_loop().time()
            # Well again once it has worked for longer than it was let alone.
            well = asyncio.get_running_loop().call_later(most, self._failing.discard, name)
            try:
                await work(stopping)
            except Exception as error:  # noqa: BLE001 - any fault is told, and stops no other worker
                log.error("worker: failed and begins anew", worker=name, error=where(error))  # noqa: TRY400 - without the error's own words
            else:
                return
            finally:
                well.cancel()
            self._failing.add(name)
            self.ground.metrics.worker_failures.labels(name).inc()
            if asyncio.get_running_loop().time() - began > most:
                pause = PAUSES[0]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)
                return
            pause = min(2 * pause, most)

    async def _listen(self, channel: Channel) -> None:
        """Let a channel listen; one that falls must not take the others with it."""
        while True:
            try:
                await channel.listen(self.accept)
            except StoreUnavailable as error:
                log.warning(
                    "channel: the store is unavailable", channel=channel.name, why=str(error)
                )
            except Exception:
                log.exception("channel: stopped listening", channel=channel.name)
            else:
                return
            await asyncio.sleep(5)

    async def health(self) -> dict[str, str]:
        """Tell how each part is: ok, degraded or off."""
        try:
            async with asyncio.timeout(2):
                await self.ground.store.answers()
            store = "ok"
        except (StoreUnavailable, TimeoutError):
            store = "unavailable"
        parts = {"store": store}
        for name in ("web", "zalo", "telegram"):
            channel = self.channels.get(name)
            if channel is None:
                parts[name] = "off"
            elif name in self.outbox_worker.shut or trouble_of(channel):
                parts[name] = "degraded"
            else:
                parts[name] = "ok"
        parts |= {part: "ok" if part in self._only else "off" for part in PARTS[1:]}
        failing = {WORKERS.get(name, name) for name in self._failing}
        return parts | dict.fromkeys(failing, "degraded")

    async def hang_up(self) -> None:
        """Close the channels."""
        for channel in self.channels.values():
            await channel.close()

    async def close(self) -> None:
        """Let go of connections."""
        await self.hang_up()
        await self.darkroom.close()
        await self.ground.store.close()
