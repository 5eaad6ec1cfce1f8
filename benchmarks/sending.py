"""How letters go out on Telegram: beside the library's own transport, under 429, and beside photos.

`rows`, `storm_rows` and `media_rows` run one each; each sender is a process of its own, so that
its CPU is its own.
"""

import asyncio
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from pydantic import SecretStr
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from benchmarks.programs import ROUNDS, Row
from bot.channels.channel import Letter
from bot.channels.telegram.channel import TelegramChannel
from bot.metrics import Metrics
from bot.outbox_worker import OutboxWorker
from bot.settings import Settings
from messages.envelope import Address, Choice, Incoming, Outgoing
from storage.clock import system_clock
from storage.database import Store
from storage.inbox import Inbox
from storage.migrate import migrate
from storage.outbox import Draft, Outbox, Recipient
from storage.sealing import Box
from storage.unit_of_work import Finished, finish
from tests.emulators.faults import Fault
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram.pace import Pace
from tests.running import running

ROOT = Path(__file__).parent.parent
ALLOWED = 30.0
"""Messages a second that Telegram takes from a bot (Bots FAQ)."""

LETTERS, AT_ONCE = 2000, 32
PEOPLE, EACH = 150, 6
PHOTOS, SECONDS = 200, 60.0
WORDS = "Xin chào ông/bà. Phiếu PA2611-7K3M đã được cán bộ tiếp nhận và sẽ trả lời trước thứ Ba."
MENU = (Choice("/phieu PA2611-7K3M", "Xem phiếu", number=1), Choice("/menu", "Trang chính"))


def _channel(api: str, bot: str = "1:x", *, pacing: float | None = None) -> TelegramChannel:
    async def nothing(_ref: str) -> bytes:
        raise FileNotFoundError

    settings = Settings.model_validate(
        {"telegram_token": SecretStr(bot), "telegram_api_url": api, "pacing": pacing}
    )
    return TelegramChannel(
        settings,
        b"key",
        system_clock,
        commands=lambda _language: [],
        about=lambda _language: ("", ""),
        open_media=nothing,
    )


async def _at_once(send: Callable[[int], Awaitable[object]], count: int) -> float:
    """Send so many, AT_ONCE at a time; give how many went out for each second of CPU."""
    numbers = iter(range(1, count + 1))

    async def work() -> None:
        for number in numbers:
            await send(number)

    await send(10**9)
    before = time.process_time()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return count / (time.process_time() - before)


async def ours(api: str) -> float:
    """Send as the service does."""
    channel = _channel(api, pacing=1e6)
    body = Outgoing(WORDS, MENU)

    async def send(number: int) -> None:
        await channel.send(Letter(number, Address("telegram", str(number)), body))

    try:
        return await _at_once(send, LETTERS)
    finally:
        await channel.close()


async def library(api: str) -> float:
    """Send by python-telegram-bot as it comes, over its own transport."""
    request = HTTPXRequest(connection_pool_size=AT_ONCE, pool_timeout=60)
    markup = InlineKeyboardMarkup(
        [[InlineKeyboardButton(c.title, callback_data=c.key)] for c in MENU]
    )
    async with Bot("1:x", base_url=f"{api}/bot", request=request) as bot:

        async def send(number: int) -> None:
            await bot.send_message(number, WORDS, reply_markup=markup)

        return await _at_once(send, LETTERS)


async def storm() -> dict[str, float]:
    """Write to many people while the platform says 429 to one call in twenty."""
    chance = random.Random(429)
    shut = Fault(
        "429",
        status=429,
        body=b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 2",'
        b'"parameters":{"retry_after":2}}',
        content_type="application/json",
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/bot.db", Box("a key for a benchmark"))
        await store.open()
        await migrate(store)
        async with TelegramEmulator(pace=Pace()) as telegram:
            telegram.fails(shut, times=10**9, when=lambda _call: chance.random() < 1 / 20)
            channel = _channel(telegram.url, telegram.token)
            outbox = Outbox(store, system_clock)
            worker = OutboxWorker(outbox, {"telegram": channel}, system_clock, Metrics())
            for person in range(1, PEOPLE + 1):
                telegram.person(person).started = True
            await _write(store)
            stopping = asyncio.Event()
            began = time.perf_counter()
            working = asyncio.create_task(worker.run(stopping))
            everything = PEOPLE * EACH
            # The last few wait for their own second, and say nothing about the rate.
            most = everything * 8 // 10
            await telegram.until(lambda: _arrived(telegram) >= most, 180)
            took, calls = time.perf_counter() - began, len(telegram.calls)
            await telegram.until(lambda: _arrived(telegram) >= everything, 180)
            stopping.set()
            await working
            await channel.close()
            order = [[one.text for one in telegram.person(n).letters] for n in range(1, PEOPLE + 1)]
        await store.close()
    wanted = [f"{n}" for n in range(EACH)]
    return {
        # Telegram counts the calls that it refuses too.
        "used": calls / took / ALLOWED,
        "lost_or_doubled": sum(sorted(texts) != wanted for texts in order),
        "out_of_order": sum(texts != wanted for texts in order),
        "refused": len([call for call in telegram.calls if call.fault is not None]),
    }


def _arrived(telegram: TelegramEmulator) -> int:
    return sum(len(person.letters) for person in telegram.people.values())


async def _write(store: Store) -> None:
    """Let everybody write once, and be written to in order."""
    inbox = Inbox(store, system_clock)
    for person in range(1, PEOPLE + 1):
        to = Address("telegram", str(person))
        await inbox.accept(Incoming(to, f"k{person}", datetime.now(UTC), text="x"))
    while claimed := await inbox.claim(PEOPLE):
        turns = []
        for one in claimed:
            me = Recipient(one.person.id, Address("telegram", one.person.address))
            letters = tuple(Draft(me, f"{n}") for n in range(EACH))
            turns.append(Finished(one, "", {}, letters))
        if await finish(store, turns):
            raise SystemExit("the letters could not be written")


async def beside_photos(photos: int = PHOTOS, seconds: float = SECONDS) -> dict[str, float]:
    """Ask the running service for help while photos of 4 MB arrive; how long the answers take."""
    picture = _picture()
    async with TelegramEmulator() as telegram:
        settings = {**telegram.environment(), "BOT_PACING": "1000", "BOT_CHANNELS": "telegram,web"}
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder), settings):
                await telegram.until(lambda: telegram.updates.is_polled, 30)
                alone = await _answers(telegram, 1, seconds / 6)
                sending = asyncio.create_task(_photos(telegram, picture, photos, seconds))
                beside = await _answers(telegram, 100_000, seconds)
                await sending
                kept = len(telegram.made("getFile"))
    return {
        "alone_p99": _p99(alone) * 1000,
        "beside_p50": statistics.median(beside) * 1000,
        "beside_p99": _p99(beside) * 1000,
        "fetched": kept,
    }


async def _photos(telegram: TelegramEmulator, picture: bytes, photos: int, seconds: float) -> None:
    for number in range(photos):
        person = telegram.person(200_000 + number)
        await person.sends_photo(picture, "/gopy Đường thôn 3 có ổ gà to, xe đi rất khó")
        await asyncio.sleep(seconds / photos)


async def _answers(telegram: TelegramEmulator, first: int, seconds: float) -> list[float]:
    """Ask ten times a second, each time somebody else; give the seconds to each answer."""
    asked: dict[int, datetime] = {}
    for number in range(int(seconds * 10)):
        asked[first + number] = datetime.now(UTC)
        await telegram.person(first + number).says("/help")
        await asyncio.sleep(0.1)
    people = [telegram.person(number) for number in asked]
    await telegram.until(lambda: all(person.letters for person in people), 120)
    reached: dict[int, list[datetime]] = defaultdict(list)
    for call in telegram.made("sendMessage"):
        reached[int(call.body["chat_id"])].append(call.at)
    return [(reached[one][0] - at).total_seconds() for one, at in asked.items()]


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _picture() -> bytes:
    """A photo of about 4 MB."""
    noise = Image.effect_noise((3000, 2250), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=80)
    return file.getvalue()


def alone(what: str, api: str) -> float:
    """Run one of the two senders in a process of its own."""
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.sending", what, api],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return float(json.loads(told.stdout))


def rows(platform: int) -> list[Row]:
    """Measure the transport; the platform listens on that port of this machine."""
    api = f"http://127.0.0.1:{platform}"
    pairs = [(alone("ours", api), alone("library", api)) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    return [
        ("python-telegram-bot's own transport, sends a second of CPU", f"{theirs:,.0f}", "1.00"),
        ("sends a second of CPU on Telegram", f"{mine:,.0f}", f"**{ratio:.1f}** (goal: 3)"),
    ]


def storm_rows(_platform: int) -> list[Row]:
    """Measure the storm of 429."""
    refused = asyncio.run(storm())
    lost, mixed = refused["lost_or_doubled"], refused["out_of_order"]
    return [
        (
            "storm of 429: share of the allowed rate used",
            f"{refused['used']:.2f}",
            f"(goal: 0.90); people with lost or doubled letters {lost}, out of order {mixed}",
        ),
    ]


def media_rows(_platform: int) -> list[Row]:
    """Measure answers while photos arrive."""
    photos = asyncio.run(beside_photos())
    return [
        (
            f"answers while {photos['fetched']} photos of 4 MB arrive, p50 / p99",
            f"{photos['beside_p50']:.0f} / {photos['beside_p99']:.0f} ms",
            f"without photos p99 {photos['alone_p99']:.0f} ms (goal: below 200 ms)",
        ),
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", address]:
            print(asyncio.run(ours(address)))
        case ["library", address]:
            print(asyncio.run(library(address)))
        case ["storm"]:
            print(json.dumps(asyncio.run(storm())))
        case ["photos", *given]:
            print(json.dumps(asyncio.run(beside_photos(*map(int, given)))))
        case _:
            raise SystemExit(
                "usage: python -m benchmarks.sending ours|library API | storm | photos"
            )
