import asyncio
import gzip
import io
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.webhook import HEADER, PATH, PATIENCE, secret_for
from messages.envelope import Incoming
from tests.channels.telegram.conftest import KEY, LOOK, Door, Listen, Opened, Pauses
from tests.emulators import faults
from tests.emulators.telegram import TelegramEmulator

Client = TestClient[web.Request, web.Application]
Serve = Callable[..., Awaitable[tuple[Client, TelegramChannel]]]

SECRET = "a-secret_that_was-set"
GOOD = {HEADER: SECRET}
UPDATE = {
    "update_id": 715,
    "message": {
        "message_id": 31,
        "date": 1795399140,
        "chat": {"id": 5, "type": "private", "first_name": "Lan"},
        "from": {"id": 5, "is_bot": False, "first_name": "Lan"},
        "text": "Xin chào",
    },
}
BODY = json.dumps(UPDATE).encode()


@pytest.fixture
async def serve(open_channel: Opened, door: Door) -> AsyncIterator[Serve]:
    clients = []

    async def start(**settings: Any) -> tuple[Client, TelegramChannel]:  # noqa: ANN401 - any
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        given = {
            "telegram_mode": "webhook",
            "telegram_webhook_secret": SecretStr(SECRET),
            "public_url": f"http://127.0.0.1:{port}",
            **settings,
        }
        channel = open_channel(**given)
        app = web.Application()
        app.add_routes(channel.routes(door.accept))
        client = TestClient(TestServer(app, port=port))
        await client.start_server()
        clients.append(client)
        return client, channel

    yield start
    for client in clients:
        await client.close()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, BODY, 401),
        ({HEADER: "wrong"}, BODY, 401),
        ({HEADER: ""}, BODY, 401),
        ({HEADER: "sécret"}, BODY, 401),
        ({HEADER: "wrong"}, b"not JSON", 401),
        ({HEADER: "wrong"}, bytes((1 << 20) + 1), 401),
        (GOOD, BODY, 200),
        (GOOD, b"", 400),
        (GOOD, b"not JSON", 400),
        (GOOD, b'{"update_id": 7', 400),
        (GOOD, b"\xff\xfe", 400),
        (GOOD, b"[" * 100_000, 400),
        (GOOD, b" " * (1 << 20) + b"{", 413),
        (GOOD, BODY.ljust(1 << 20), 200),
        ({**GOOD, "Content-Encoding": "gzip"}, gzip.compress(BODY, mtime=0), 200),
        ({**GOOD, "Content-Encoding": "gzip"}, b"not gzip", 400),
        ({**GOOD, "Content-Encoding": "gzip"}, gzip.compress(BODY, mtime=0)[:-20], 400),
        ({**GOOD, "Content-Encoding": "deflate"}, b"\x00\x01\x02", 400),
        ({**GOOD, "Content-Encoding": "rot13"}, b"grfg", 400),
        ({**GOOD, "Content-Encoding": "gzip"}, gzip.compress(bytes(2 << 20), mtime=0), 413),
        (GOOD, b"{}", 200),
        (GOOD, b"[]", 200),
        (GOOD, b"null", 200),
        (GOOD, b'{"update_id": 715, "brand_new": {}}', 200),
        (GOOD, b'{"update_id": 715, "message": {"text": 5}}', 200),
    ],
    ids=lambda value: None if isinstance(value, int) else repr(value)[:40],
)
async def test_each_request_gets_its_status(
    headers: dict[str, str], body: bytes, status: int, serve: Serve, door: Door
) -> None:
    client, _channel = await serve()
    answer = await client.post(PATH, data=io.BytesIO(body), headers=headers)
    assert answer.status == status
    assert len(door.kept) == (status == 200 and b"Xin ch" in _plain(body))


def _plain(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


async def test_a_body_sent_in_pieces_is_cut_off_at_the_limit(serve: Serve) -> None:
    client, _channel = await serve()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield bytes(1 << 16)

    answer = await client.post(PATH, data=pieces(), headers=GOOD)
    assert answer.status == 413


async def test_the_same_update_twice_is_one_message(serve: Serve, door: Door) -> None:
    client, _channel = await serve()
    for _ in range(2):
        assert (await client.post(PATH, data=BODY, headers=GOOD)).status == 200
    assert [kept.key for kept in door.kept] == ["715"]


async def test_a_failing_store_is_a_503_and_nothing_is_kept(serve: Serve, door: Door) -> None:
    client, _channel = await serve()
    door.shut = lambda _incoming: True
    assert (await client.post(PATH, data=BODY, headers=GOOD)).status == 503
    door.shut = lambda _incoming: False
    assert (await client.post(PATH, data=BODY, headers=GOOD)).status == 200
    assert len(door.kept) == 1


async def test_a_store_that_does_not_answer_is_a_503_before_two_seconds_are_over(
    open_channel: Opened,
) -> None:
    async def never(incoming: Incoming) -> bool:
        await asyncio.Event().wait()
        return True

    channel = open_channel(telegram_mode="webhook", telegram_webhook_secret=SecretStr(SECRET))
    app = web.Application()
    app.add_routes(channel.routes(never))
    async with TestClient(TestServer(app)) as client:
        async with asyncio.timeout(20):
            answer = await client.post(PATH, data=BODY, headers=GOOD)
    assert answer.status == 503
    assert PATIENCE < 2.0


async def test_while_we_poll_there_is_no_webhook(serve: Serve, door: Door) -> None:
    client, _channel = await serve(telegram_mode="polling")
    assert (await client.post(PATH, data=BODY, headers=GOOD)).status == 404
    assert (await client.get(PATH)).status == 405
    assert not door.kept


async def test_messages_come_through_the_webhook_that_we_register(
    serve: Serve, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    client, channel = await serve()
    await telegram.person().says("trước")
    listen(channel)
    await telegram.person().says("sau")
    await door.holds(2)
    assert [kept.text for kept in door.kept] == ["trước", "sau"]
    hook = telegram.updates.webhook
    assert hook is not None
    assert hook.secret == SECRET
    assert hook.url == f"http://127.0.0.1:{client.port}{PATH}"
    assert not telegram.made("getUpdates")


async def test_without_a_secret_one_is_made_of_our_key(
    serve: Serve, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    _client, channel = await serve(telegram_webhook_secret=SecretStr(""))
    listen(channel)
    await telegram.person().says("Xin chào")
    await door.holds(1)
    hook = telegram.updates.webhook
    assert hook is not None
    assert hook.secret == secret_for(telegram.token, KEY)
    assert secret_for(telegram.token, KEY) != secret_for(telegram.token, b"another")
    assert telegram.token not in hook.secret


async def test_what_the_store_refused_is_delivered_again_in_order(
    serve: Serve, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    _client, channel = await serve()
    door.shut = lambda _incoming: len(door.asked) < 3
    listen(channel)
    for word in ("một", "hai", "ba"):
        await telegram.person().says(word)
    await door.holds(3)
    assert [kept.text for kept in door.kept] == ["một", "hai", "ba"]
    assert {attempt.status for attempt in telegram.updates.attempts} == {503, 200}


async def test_a_webhook_that_somebody_removed_is_registered_again_at_the_next_look(
    serve: Serve, telegram: TelegramEmulator, listen: Listen, pauses: Pauses
) -> None:
    _client, channel = await serve()
    listen(channel)
    await telegram.until(lambda: telegram.updates.webhook is not None)
    pauses.look()
    await telegram.wait_for(lambda call: call.method == "getWebhookInfo")
    assert len(telegram.made("setWebhook")) == 1
    telegram.updates.webhook = None
    pauses.look()
    await telegram.until(lambda: len(telegram.made("setWebhook")) == 2)
    assert telegram.updates.webhook is not None


async def test_failed_deliveries_are_told_once_each_with_their_count(
    serve: Serve, telegram: TelegramEmulator, listen: Listen, pauses: Pauses
) -> None:
    _client, channel = await serve()
    with structlog.testing.capture_logs() as logs:
        listen(channel)
        await telegram.until(lambda: telegram.updates.webhook is not None)
        hook = telegram.updates.webhook
        assert hook is not None
        hook.last_error = "Connection refused"
        hook.last_error_at = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
        for _ in range(2):
            pauses.look()
        # The third pause begins when the second look is over.
        await telegram.until(lambda: pauses.taken.count(LOOK) == 3)
    told = [line for line in logs if line["event"] == "telegram: could not deliver to the webhook"]
    assert len(told) == 1
    assert told[0]["last_error"] == "Connection refused"
    assert told[0]["pending"] == 0


def _has_looked(pauses: Pauses, before: int) -> bool:
    return pauses.taken.count(LOOK) > before


async def test_messages_that_cannot_be_delivered_are_a_trouble_until_they_are(
    serve: Serve, telegram: TelegramEmulator, listen: Listen, pauses: Pauses, door: Door
) -> None:
    _client, channel = await serve()
    listen(channel)
    await telegram.until(lambda: telegram.updates.webhook is not None)
    hook = telegram.updates.webhook
    assert hook is not None
    door.shut = lambda _incoming: True
    await telegram.person().says("một")
    await telegram.until(lambda: bool(hook.last_error))
    for _ in range(2):
        # It is told for as long as the message waits.
        looked = pauses.taken.count(LOOK)
        pauses.look()
        await telegram.until(partial(_has_looked, pauses, looked))
        assert "1 messages wait at Telegram" in channel.trouble
        assert "503" in channel.trouble
        assert channel.pending == 1
    door.shut = lambda _incoming: False
    await telegram.until(lambda: not telegram.updates.pending)
    pauses.look()
    await telegram.until(lambda: channel.trouble == "")
    assert channel.pending == 0


async def test_registering_goes_on_until_it_succeeds(
    serve: Serve, telegram: TelegramEmulator, listen: Listen, pauses: Pauses
) -> None:
    telegram.fails(faults.HTTP_502, times=3, when=lambda call: call.method == "setWebhook")
    _client, channel = await serve()
    listen(channel)
    await telegram.until(lambda: telegram.updates.webhook is not None)
    assert pauses.taken[:3] == [1.0, 2.0, 4.0]


async def test_an_address_that_telegram_refuses_is_told_and_ends_nothing(
    serve: Serve, telegram: TelegramEmulator, listen: Listen, pauses: Pauses
) -> None:
    telegram.updates.loopback_webhooks = False
    _client, channel = await serve()
    task = listen(channel)
    await telegram.until(lambda: len(pauses.taken) >= 4)
    assert not task.done()
    assert "https" in channel.trouble


async def test_the_secret_is_in_no_log(
    serve: Serve, telegram: TelegramEmulator, door: Door, listen: Listen, pauses: Pauses
) -> None:
    client, channel = await serve()
    telegram.fails(faults.HTTP_500, when=lambda call: call.method == "setWebhook")
    with structlog.testing.capture_logs() as logs:
        listen(channel)
        await telegram.person().says("Xin chào")
        await door.holds(1)
        for headers, body in (({HEADER: "wrong"}, BODY), (GOOD, b"no"), (GOOD, b"{}")):
            await client.post(PATH, data=io.BytesIO(body), headers=headers)
    assert logs
    assert SECRET not in repr(logs)
    assert telegram.token not in repr(logs)
    assert "Xin chào" not in repr(logs)
