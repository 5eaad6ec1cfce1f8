"""What the routes say to whoever posts there, and to a platform while the store is away."""

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from messages.text import _
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo import Mac, Wrapping, ZaloEmulator
from tests.running import free_port, running
from tests.walks import job
from tests.walks.administrator import Administrator
from tests.walks.phones import ZaloPhone

pytestmark = pytest.mark.timeout(300)

SECRET = "walks-webhook-secret"
RIGHT = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
WRONG = {"X-Telegram-Bot-Api-Secret-Token": "walks-webhook-secres"}
GZIP = {"Content-Encoding": "gzip"}
LARGE = b'{"x":"' + b"a" * (1 << 20) + b'"}'
POSTS: list[tuple[str, Mapping[str, str], bytes, int]] = [
    ("telegram", {}, b"{}", 401),
    ("telegram", WRONG, b"{", 401),
    ("telegram", RIGHT, b"{", 400),
    ("telegram", RIGHT | GZIP, b"{}", 400),
    ("telegram", RIGHT, LARGE, 413),
    ("telegram", RIGHT, b'{"update_id":1,"new_thing":{}}', 200),
    ("telegram", RIGHT, b"[1]", 200),
    ("zalo", {}, b"{", 400),
    ("zalo", GZIP, b"{}", 400),
    ("zalo", {}, LARGE, 413),
    ("zalo", {}, b"{}", 200),
    ("zalo", {}, b" { } ", 200),
    ("zalo", {}, b"[]", 401),
    ("zalo", {}, b'{"event_name":"user_send_text"}', 401),
    ("zalo", {"X-ZEvent-Signature": "mac=\xe9"}, b'{"event_name":"x"}', 401),
]
"""Where, with which headers, what is posted; the status."""


@asynccontextmanager
async def both(
    folder: Path, zalo: ZaloEmulator, telegram: TelegramEmulator, **settings: str
) -> AsyncIterator[tuple[str, Administrator]]:
    """Run the service with both webhooks; give its address and who looks after it."""
    port = free_port()
    zalo.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    whole = {
        **zalo.environment(),
        **telegram.environment(),
        "BOT_PACING": "1000",
        "BOT_TELEGRAM_MODE": "webhook",
        "BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
        **settings,
    }
    async with running(folder, whole, port=port) as service:
        yield service.url, Administrator(folder, whole)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(loopback_webhooks=True) as emulator:
        yield emulator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    # After a body that does not decode the server ends the connection; each post has its own.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


async def post(http: aiohttp.ClientSession, url: str, raw: bytes, **headers: str) -> int:
    kind = {"Content-Type": "application/json"}
    async with http.post(url, data=io.BytesIO(raw), headers=kind | headers) as answer:
        return answer.status


async def test_each_post_gets_its_status_and_a_copy_changes_nothing(
    zalo: ZaloEmulator,
    telegram: TelegramEmulator,
    http: aiohttp.ClientSession,
    folder: Path,
    store_settings: dict[str, str],
) -> None:
    async with both(folder, zalo, telegram, **store_settings) as (url, admin):
        for channel, headers, raw, status in POSTS:
            got = await post(http, f"{url}/webhooks/{channel}", raw, **headers)
            assert got == status, (channel, headers, raw[:40])
        async with http.get(f"{url}/webhooks/zalo") as answer:
            assert answer.status == 200
        assert await zalo.webhook.saves(zalo.webhook.url) == ""
        citizen = ZaloPhone(zalo, "700000001", "Năm")
        for mac in (Mac.WRONG, Mac.MISSING, Mac.OA_ID, Mac.NOT_ASCII):
            event = zalo.events.said(
                "user_send_text", ("7", "8"), {"text": f"/gopy {job.STORY}", "msg_id": mac.name}
            )
            forged = await zalo.webhook.deliver(event, Wrapping(mac=mac))
            assert forged.status == 401, mac
        citizen.citizen.wrapping = Wrapping(mac=Mac.BARE, escaped=True, spaced=True)
        delivery = await citizen.citizen.says(f"/gopy {job.ONE_LINE}")
        for number in (1, 2):
            again = await zalo.webhook.again(delivery, num_retry=number)
            assert again.status == 200
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        unknown = zalo.events.said("user_dances", ("7", "8"), {"msg_id": "d"})
        assert (await zalo.webhook.deliver(unknown)).status == 200
        await citizen.says("/phieu")
        await citizen.hears(_("Your tickets, the newest first:"), code)
        assert [ticket["code"] for ticket in await admin.tickets()] == [code]


async def test_a_channel_that_is_not_configured_is_not_there(
    http: aiohttp.ClientSession, folder: Path, store_settings: dict[str, str]
) -> None:
    async with running(folder, store_settings) as service:
        for channel in ("zalo", "telegram"):
            assert await post(http, f"{service.url}/webhooks/{channel}", b"{}") == 404
        async with http.get(f"{service.url}/healthz") as answer:
            parts = (await answer.json())["parts"]
    assert (parts["store"], parts["web"]) == ("ok", "ok")
    assert (parts["zalo"], parts["telegram"]) == ("off", "off")


@asynccontextmanager
async def store_away(folder: Path, url: str) -> AsyncIterator[None]:
    """Keep everybody else from writing to the database for as long as the block lasts."""
    if url:
        connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE people, inbox IN ACCESS EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()
        return
    database = sqlite3.connect(folder / "bot.db", isolation_level=None)
    try:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")
    finally:
        database.close()


async def test_while_the_store_is_away_it_says_503_and_takes_the_retry_after(
    zalo: ZaloEmulator, telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    zalo.webhook.retry_scale = 0.02
    url = store_settings.get("BOT_DATABASE_URL", "")
    async with both(folder, zalo, telegram, **store_settings) as (_address, _admin):
        citizen = ZaloPhone(zalo, "700000001", "Năm")
        person = telegram.person(5_200_000_001)
        async with store_away(folder, url):
            delivery = await citizen.citizen.says(f"/gopy {job.ONE_LINE}")
            assert delivery.status == 503
            await person.says(f"/gopy {job.STORY}")
            await telegram.until(lambda: bool(telegram.updates.attempts), 10)
            assert telegram.updates.attempts[0].status == 503
        await citizen.hears(_("Thank you. We have received your feedback."))
        await telegram.until(lambda: any(job.TICKET.search(one.text) for one in person.letters), 30)
        # What was said to have failed may have been kept, and answered before the retry.
        await asyncio.wait_for(delivery.done.wait(), 30)
        assert delivery.status == 200
