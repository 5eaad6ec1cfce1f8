"""A notice to many at a scaled rate: how near to that it is sent, and in how much memory.

`python -m benchmarks.notices [--people N] [--rate PER_SECOND]` prints one line of figures. The
channel is the fastest that keeps to the rate: what is measured is the service up to it, with its
database, its clock that looks every second, and conversations meanwhile.
"""

import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web
from sqlalchemy import insert

from benchmarks.programs import Row, apart
from bot.channels.channel import Accept, CannotFetch, Letter, Limits
from bot.channels.pacing import Pacing
from bot.metrics import Metrics
from bot.service import Ground, Service
from handlers import commune, search
from handlers.office import Office
from messages.envelope import Address, Attachment, Incoming
from scoring import criteria
from storage import tables
from storage.civic_tables import notices, subscriptions
from storage.clock import system_clock
from storage.connection import Connection
from storage.database import Store
from storage.inbox import Inbox
from storage.media import Media
from storage.migrate import migrate
from storage.notices import NoticeState, fingerprint
from storage.outbox import Outbox
from storage.sealing import Box

PEOPLE, RATE = 6000, 150.0
"""Of the short run: 40 s at five times what Telegram allows."""

CHUNK = 5000
CODE = "TB2611-BENCH"
ASKS_EVERY = 0.2
"""Seconds between two questions of a citizen meanwhile."""

COMMUNE = Path(__file__).parent.parent / "commune"
SKIPPED = 0.1
"""Share of the letters at either end that is not in the rate: filling up, and the last second."""


class PacedChannel:
    """A platform that takes what comes within its rate and remembers when it did."""

    def __init__(self, rate: float) -> None:
        self.name = "web"
        self.limits = Limits(
            text=4000, caption=1000, buttons=20, photo_bytes=1, file_bytes=1, fetch_bytes=1
        )
        self._pacing = Pacing(per_second=rate, override=rate)
        self.bulk: dict[str, float] = {}
        self.times: list[float] = []
        self.twice = 0
        self.answered: dict[str, float] = {}
        self.heard: dict[str, asyncio.Event] = {}

    def routes(self, _accept: Accept) -> Sequence[web.AbstractRouteDef]:
        """Nothing arrives over HTTP."""
        return ()

    async def listen(self, _accept: Accept) -> None:
        """Hear nobody."""
        await asyncio.Event().wait()

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Wait for the pace, and take the letter."""
        await self._pacing.wait(letter.to, bulk=letter.bulk)
        await letter.leaving()
        now = time.perf_counter()
        # Answers to citizens take their share of what the platform allows.
        self.times.append(now)
        if letter.bulk:
            self.twice += letter.to.id in self.bulk
            self.bulk[letter.to.id] = now
        else:
            self.answered.setdefault(letter.to.id, now)
            if (waiting := self.heard.get(letter.to.id)) is not None:
                waiting.set()
        return (f"out-{letter.id}",)

    async def fetch(self, attachment: Attachment) -> bytes:
        """Fail: nobody sends files here."""
        raise CannotFetch(f"nobody sends files to this channel: {attachment.ref}")

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run showed.

    Attributes:
        people: how many the notice went to.
        rate: what the platform allows, letters a second.
        reached: letters a second between the first and the last tenth, answers included.
        lost: people who got none.
        twice: letters that came a second time.
        reply_p99: milliseconds until a citizen's question was answered meanwhile.
        grown_mb: memory at the end beyond that after the first tenth.
    """

    people: int
    rate: float
    reached: float
    lost: int
    twice: int
    reply_p99: float
    grown_mb: float

    @property
    def part(self) -> float:
        """Which part of the allowed rate was reached."""
        return self.reached / self.rate


async def measure(people: int = PEOPLE, rate: float = RATE) -> Figures:
    """Send a notice to so many at a rate; give the figures."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/bot.db", Box("a benchmark's secret"))
        await store.open()
        try:
            await migrate(store)
            await followers(store, people, system_clock())
            return await _send(store, Path(folder), people, rate)
        finally:
            await store.close()


async def followers(
    store: Store, people: int, now: datetime, channel: str = "web", first: int | None = None
) -> None:
    """Write people who follow, and a notice that a leader has approved and that begins now.

    Args:
        store: a migrated, empty database.
        people: how many.
        now: when it begins.
        channel: where they are.
        first: what their channel calls the first of them, where it calls people by numbers.
    """
    for start in range(0, people, CHUNK):
        numbers = range(start, min(start + CHUNK, people))
        rows = [
            {
                "id": n + 1,
                "channel": channel,
                "address": f"p{n}" if first is None else str(first + n),
                "created_at": now,
                "last_message_at": now,
            }
            for n in numbers
        ]
        said = [{"person_id": n + 1, "topic": "thongbao", "since": now} for n in numbers]

        async def job(connection: Connection, rows: object = rows, said: object = said) -> None:
            await connection.execute(insert(tables.people), rows)
            await connection.execute(insert(subscriptions), said)

        await store.write(job)
    text = "Ngày mai cắt nước từ 8 giờ đến 11 giờ."
    row = {
        "code": CODE,
        "kind": "notice",
        "audience": "thongbao",
        "fingerprint": fingerprint(store, "thongbao", text),
        "text": store.box.seal("notices.text", text),
        "state": NoticeState.APPROVED,
        "people": people,
        "drafted_by": 1,
        "drafted_at": now,
        "starts_at": now,
        "reached": 0,
        "written": 0,
    }
    timer = {"name": "notice", "subject": CODE, "person_id": 1, "due_at": now}

    async def begin(connection: Connection) -> None:
        await connection.execute(insert(notices).values(**row))
        await connection.execute(insert(tables.timers).values(**timer))

    await store.write(begin)


def _office() -> Office:
    laid_down = commune.load(COMMUNE)
    # A benchmark may run at night.
    quiet = laid_down.quiet.model_copy(update={"begins": "00:00", "ends": "00:00"})
    return Office(
        commune=laid_down.model_copy(update={"quiet": quiet}),
        catalogue=search.load(COMMUNE),
        scheme=criteria.read(COMMUNE / "criteria.toml"),
    )


async def _send(store: Store, folder: Path, people: int, rate: float) -> Figures:
    channel = PacedChannel(rate)
    ground = Ground(
        store=store,
        inbox=Inbox(store, system_clock),
        outbox=Outbox(store, system_clock),
        media=Media(store, folder / "media", system_clock),
        office=_office(),
        clock=system_clock,
        metrics=Metrics(),
    )
    service = Service(ground, [channel])
    stopping = asyncio.Event()
    waits: list[float] = []
    memory = 0.0
    async with asyncio.TaskGroup() as tasks:
        running = service.start(tasks, stopping)
        asked = 0
        while len(channel.bulk) < people:
            asked += 1
            waits.append(await _ask(service, channel, f"citizen-{asked}"))
            if not memory and len(channel.bulk) >= people * SKIPPED:
                memory = _memory()
            await asyncio.sleep(ASKS_EVERY)
        stopping.set()
        for task in running.listening:
            task.cancel()
    times = sorted(channel.times)
    skipped = int(people * SKIPPED)
    middle = times[skipped : len(times) - skipped]
    return Figures(
        people=people,
        rate=rate,
        reached=(len(middle) - 1) / (middle[-1] - middle[0]),
        lost=people - len(channel.bulk),
        twice=channel.twice,
        reply_p99=1000 * statistics.quantiles(waits, n=100)[98],
        grown_mb=_memory() - memory,
    )


async def _ask(service: Service, channel: PacedChannel, who: str) -> float:
    """Ask something as a new citizen; give the seconds until the answer went out."""
    begun = time.perf_counter()
    channel.heard[who] = asyncio.Event()
    await service.accept(
        Incoming(Address("web", who), f"key-{who}", system_clock(), message_id=who, text="/lich")
    )
    await channel.heard[who].wait()
    del channel.heard[who]
    return channel.answered[who] - begun


def _memory() -> float:
    """The most memory that this process had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measured(people: int, rate: float) -> Figures:
    return asyncio.run(measure(people, rate))


def rows(_platform: int) -> list[Row]:
    """Send one notice in a process of its own."""
    found = apart(_measured, PEOPLE, RATE)
    return [
        (
            f"a notice to {found.people:,} people, of {found.rate:.0f} letters/s that are allowed",
            f"{found.reached:.0f}/s",
            f"**{found.part:.2f}** of it; lost {found.lost}, twice {found.twice}",
        ),
        (
            "answers to citizens meanwhile, p99; memory beyond the first tenth",
            f"{found.reply_p99:.0f} ms; {found.grown_mb:.0f} MB",
            "(goal: 300 ms)",
        ),
    ]
