"""A small service: handlers that the test writes, a channel that does as the test says."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from aiohttp import web

from bot.channels.channel import Accept, Channel, Letter, Limits
from bot.inbox_worker import PATIENCE, InboxWorker
from bot.metrics import Metrics
from bot.outbox_worker import OutboxWorker
from handlers.office import Office
from handlers.routing import Handler, Reply, Router, Turn
from messages.envelope import Attachment
from storage.clock import Clock
from storage.database import Store
from storage.inbox import Inbox
from storage.outbox import Outbox

Send = Callable[[Letter], Awaitable[tuple[str, ...]]]


class Post:
    """A channel that hands each letter to a function of the test and keeps what it took."""

    def __init__(
        self, name: str = "web", *, send: Send | None = None, repeats: bool = True
    ) -> None:
        self.name = name
        self.limits = Limits(
            text=2000,
            caption=1000,
            buttons=0,
            photo_bytes=10**6,
            file_bytes=10**6,
            fetch_bytes=10**6,
            repeats=repeats,
            reply_window=timedelta(days=7),
        )
        self.letters: list[Letter] = []
        self.sent = asyncio.Event()
        self._send = send
        self._ids = itertools.count(1)

    @property
    def texts(self) -> list[str]:
        """What was sent, in the order in which it was."""
        return [letter.body.text for letter in self.letters]

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        return ()

    async def listen(self, accept: Accept) -> None:
        await asyncio.Event().wait()

    async def send(self, letter: Letter) -> tuple[str, ...]:
        sent = (f"id-{next(self._ids)}",) if self._send is None else await self._send(letter)
        self.letters.append(letter)
        self.sent.set()
        return sent

    async def fetch(self, attachment: Attachment) -> bytes:
        return attachment.ref.encode()

    async def close(self) -> None:
        pass


def failing(*errors: Exception) -> Send:
    """Fail with each of these in turn, then send."""
    left = list(errors)

    async def send(letter: Letter) -> tuple[str, ...]:
        if left:
            raise left.pop(0)
        return (f"id-{letter.id}",)

    return send


def only_handler(handle: Handler) -> Router:
    """A router that gives every message to one handler."""
    router = Router()
    router.otherwise(handle)
    return router


async def echo(turn: Turn) -> Reply:
    """Answer with what was said."""
    return turn.say(turn.message.text)


def inbox_worker(
    store: Store,
    clock: Clock,
    office: Office,
    router: Router,
    *,
    inbox: Inbox | None = None,
    patience: float = PATIENCE,
) -> InboxWorker:
    """A worker as the service makes it."""
    return InboxWorker(
        store,
        inbox or Inbox(store, clock),
        Outbox(store, clock),
        router=router,
        office=office,
        metrics=Metrics(),
        patience=patience,
    )


def outbox_worker(store: Store, clock: Clock, *channels: Channel) -> OutboxWorker:
    """A worker as the service makes it."""
    by_name = {channel.name: channel for channel in channels}
    return OutboxWorker(Outbox(store, clock), by_name, clock, Metrics())


async def all_handled(worker: InboxWorker) -> None:
    """Let everything be handled that waits."""
    while await worker.work():
        pass
    await worker.finish()


async def all_sent(worker: OutboxWorker) -> None:
    """Let everything be sent that is due."""
    while await worker.work():
        await worker.finish()
