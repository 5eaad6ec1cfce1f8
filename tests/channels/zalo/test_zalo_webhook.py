"""The webhook on its real socket: who is believed, what is kept, what is answered."""

import asyncio
import gzip
import hashlib
import io
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.webhook import LARGEST, PATIENCE, Webhook
from messages.envelope import Incoming
from tests.channels.zalo.conftest import Channels, Door, Logs
from tests.channels.zalo.settings import settings_for
from tests.conftest import Hands
from tests.emulators.wire import Clock
from tests.emulators.zalo import App, Citizen, Mac, Wrapping, ZaloEmulator
from tests.emulators.zalo.webhook import DEADLINE

Served = Callable[[ZaloChannel, Door], Awaitable[TestServer]]

# Worked out with hashlib alone, by the rule that Zalo documents.
VECTOR = (
    '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},'
    '"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},'
    '"event_name":"user_send_text","message":{"text":"Xin chào xã","msg_id":"96d3cdf3af150460909"},'
    '"timestamp":"1760000000000"}'
).encode()
VECTOR_MAC = "be9f8670e4001da66558c63cf8d302a3cef00247ca668388c5d9e1cafec134d8"


def signed(raw: bytes, timestamp: str = "1760000000000", app_id: str = "") -> dict[str, str]:
    app = App()
    whole = (app_id or app.app_id).encode() + raw + timestamp.encode() + app.oa_secret_key.encode()
    return {"X-ZEvent-Signature": f"mac={hashlib.sha256(whole).hexdigest()}"}


async def test_the_documented_vector_is_believed(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    for header in (
        f"mac={VECTOR_MAC}",
        VECTOR_MAC,
        f" MAC={VECTOR_MAC}".lower(),
        VECTOR_MAC.upper(),
    ):
        attempt = await zalo.webhook.posts(VECTOR, {"X-ZEvent-Signature": header})
        assert attempt.status == 200
    assert [one.text for one in door.came] == ["Xin chào xã"] * 4
    assert {one.key for one in door.came} == {"96d3cdf3af150460909"}


@pytest.mark.parametrize("mac", [Mac.WRONG, Mac.MISSING, Mac.NOT_ASCII, Mac.OA_ID])
async def test_what_is_not_signed_is_not_kept(
    zalo: ZaloEmulator,
    citizen: Citizen,
    channel: ZaloChannel,
    door: Door,
    served: Served,
    mac: Mac,
) -> None:
    await served(channel, door)
    zalo.webhook.wrapping = Wrapping(mac=mac)
    assert (await citizen.says("tôi giả làm ông A")).status == 401
    assert door.came == []


async def test_an_event_that_names_no_app_is_of_ours_where_our_key_signed_it(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    event = json.loads(VECTOR)
    del event["app_id"]
    raw = json.dumps(event).encode()
    assert (await zalo.webhook.posts(raw, signed(raw))).status == 200
    assert (await zalo.webhook.posts(raw, signed(raw, app_id="None"))).status == 401
    assert [one.text for one in door.came] == ["Xin chào xã"]


async def test_one_changed_byte_breaks_the_signature(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    headers = {"X-ZEvent-Signature": f"mac={VECTOR_MAC}"}
    changed = VECTOR.replace("chào".encode(), b"chao")
    assert (await zalo.webhook.posts(changed, headers)).status == 401
    assert (await zalo.webhook.posts(VECTOR + b" ", headers)).status == 401
    assert door.came == []


@pytest.mark.parametrize(
    "wrapping",
    [
        Wrapping(mac=Mac.BARE),
        Wrapping(escaped=True),
        Wrapping(spaced=True),
        Wrapping(nfd=True),
        Wrapping(shuffled=random.Random(7)),
    ],
)
async def test_the_signature_is_over_the_bytes_as_they_came(
    zalo: ZaloEmulator,
    citizen: Citizen,
    channel: ZaloChannel,
    door: Door,
    served: Served,
    wrapping: Wrapping,
) -> None:
    await served(channel, door)
    zalo.webhook.wrapping = wrapping
    assert (await citizen.says("Đường ngập, xin xã xem giúp")).status == 200
    assert [one.text for one in door.came] == ["Đường ngập, xin xã xem giúp"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"not json", b"\xff\xfe\xfd", b'{"a":', b"[" * 100_000, b"1" * 5000, b'{"a":1}x'],
    ids=["empty", "words", "bytes", "half", "deep", "number", "more"],
)
async def test_what_is_not_json_is_malformed(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served, raw: bytes, logs: Logs
) -> None:
    await served(channel, door)
    assert (await zalo.webhook.posts(raw, signed(raw))).status == 400
    assert door.came == []
    assert [entry["size"] for entry in logs if "size" in entry] == [len(raw)]


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"a"', b"1", b'{"event_name":"user_send_text"}'])
async def test_json_without_a_signature_is_not_believed(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served, raw: bytes
) -> None:
    await served(channel, door)
    assert (await zalo.webhook.posts(raw)).status == 401
    assert door.came == []


async def test_the_consoles_probe_and_a_look_are_answered(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    server = await served(channel, door)
    assert (await zalo.webhook.probes()).status == 200
    assert (await zalo.webhook.posts(b" { } ")).status == 200
    async with (
        aiohttp.ClientSession() as session,
        session.get(server.make_url("/webhooks/zalo")) as answer,
    ):
        assert answer.status == 200
    assert door.came == []


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 32768):
        yield b" " * 32768


async def test_a_body_may_have_one_mebibyte_and_no_more(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    url = (await served(channel, door)).make_url("/webhooks/zalo")
    most = VECTOR + b" " * (LARGEST - len(VECTOR))
    more = most + b" "
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=io.BytesIO(most), headers=signed(most)) as answer:
            assert answer.status == 200
        async with session.post(url, data=io.BytesIO(more), headers=signed(more)) as answer:
            assert answer.status == 413
        async with session.post(url, data=in_pieces(LARGEST + 32768)) as answer:
            assert answer.status == 413
    packed = gzip.compress(b" " * (LARGEST + 1))
    assert (await zalo.webhook.posts(packed, {"Content-Encoding": "gzip"})).status == 413
    assert len(door.came) == 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "made-up", "gzip, gzip"])
async def test_an_encoding_that_does_not_decode_is_malformed(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served, encoding: str
) -> None:
    await served(channel, door)
    headers = {"Content-Encoding": encoding, **signed(VECTOR)}
    assert (await zalo.webhook.posts(VECTOR, headers)).status == 400
    assert door.came == []


async def test_a_packed_body_is_read(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    headers = {"Content-Encoding": "gzip", **signed(VECTOR)}
    assert (await zalo.webhook.posts(gzip.compress(VECTOR), headers)).status == 200
    assert [one.text for one in door.came] == ["Xin chào xã"]


async def test_a_store_that_cannot_be_written_makes_zalo_send_again(
    zalo: ZaloEmulator, citizen: Citizen, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    door.broken = True
    delivery = await citizen.says("Đường ngập")
    assert delivery.status == 503
    door.broken = False
    assert (await zalo.webhook.again(delivery, num_retry=1)).status == 200
    assert [one.text for one in door.came] == ["Đường ngập"]


async def test_a_store_that_hangs_is_not_waited_for(zalo: ZaloEmulator, hands: Hands) -> None:
    async def never(incoming: Incoming) -> bool:
        await asyncio.Event().wait()
        return True

    webhook = Webhook(settings_for(zalo), hands, never, patience=0.05)
    app = web.Application()
    app.add_routes([web.post("/webhooks/zalo", webhook.post)])
    async with TestServer(app) as server:
        zalo.webhook.url = str(server.make_url("/webhooks/zalo"))
        assert (await zalo.webhook.posts(VECTOR, signed(VECTOR))).status == 503
    assert PATIENCE < DEADLINE


async def test_the_same_message_twice_has_one_key(
    zalo: ZaloEmulator, citizen: Citizen, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    delivery = await citizen.says("một lần")
    assert (await zalo.webhook.again(delivery, num_retry=1)).status == 200
    assert len(door.came) == 2
    assert len({one.key for one in door.came}) == 1


async def test_events_of_another_app_or_account_are_left(
    channel: ZaloChannel, door: Door, served: Served, logs: Logs, hands: Hands
) -> None:
    await served(channel, door)
    others = (App(oa_id="1"), App(app_id="2"))
    for app in others:
        async with ZaloEmulator(app=app, clock=Clock(hands.now)) as other:
            other.webhook.url = str(await _address(served, channel, door))
            other.webhook.retries_refusals = False
            assert (await other.citizen().says("lạc địa chỉ")).status == 200
            assert (await other.citizen().follows()).status == 200
    assert door.came == []
    assert [one["event"] for one in logs] == ["zalo event of another app or OA"] * 4


async def _address(served: Served, channel: ZaloChannel, door: Door) -> object:
    return (await served(channel, door)).make_url("/webhooks/zalo")


async def test_signed_events_that_say_nothing_are_acknowledged(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    for event in (
        zalo.events.said("user_does_something_new", ("1", "2"), {"text": "a"}),
        zalo.events.said("user_send_text", ("", ""), {"text": "a"}),
        zalo.events.tag("add_user_to_tag", ("1", "2"), "phan-anh"),
        zalo.events.template_received("84912345678", "15a0", "hoso-1"),
        {"app_id": zalo.app.app_id, "event_name": None, "timestamp": zalo.events.timestamp()},
    ):
        assert (await zalo.webhook.deliver(event)).status == 200
    assert door.came == []


async def test_log_only_believes_but_tells(
    zalo: ZaloEmulator, channels: Channels, door: Door, served: Served, logs: Logs
) -> None:
    await served(channels(zalo_mac_mode="log_only"), door)
    assert (await zalo.webhook.posts(VECTOR, {"X-ZEvent-Signature": "mac=00"})).status == 200
    assert (await zalo.webhook.posts(b"[]")).status == 200
    assert len(door.came) == 1
    assert [one["event"] for one in logs] == ["zalo mac mismatch"] * 2


async def test_strange_values_in_what_is_signed_break_nothing(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    deep = b'{"app_id":' + b"[" * 900 + b"]" * 900 + b"}"
    for raw in (
        deep,
        json.dumps({"app_id": "\ud800", "timestamp": {}}).encode(),
        json.dumps({"app_id": None, "timestamp": None}).encode(),
        json.dumps({"app_id": [], "timestamp": 1.5}).encode(),
    ):
        assert (await zalo.webhook.posts(raw, signed(raw))).status == 401
    assert door.came == []


async def test_words_of_refused_events_are_in_no_log(
    zalo: ZaloEmulator,
    citizen: Citizen,
    channel: ZaloChannel,
    door: Door,
    served: Served,
    logs: Logs,
) -> None:
    await served(channel, door)
    zalo.webhook.wrapping = Wrapping(mac=Mac.WRONG)
    await citizen.says("lời của người dân")
    await zalo.webhook.posts("lời của người dân".encode())
    zalo.webhook.wrapping = Wrapping()
    await zalo.webhook.deliver(
        zalo.events.said("user_does_something_new", ("1", "2"), {"text": "lời của người dân"})
    )
    assert len(logs) == 3
    assert "lời" not in str(logs)


async def test_every_kind_of_message_of_a_real_person_arrives(
    zalo: ZaloEmulator, citizen: Citizen, channel: ZaloChannel, door: Door, served: Served
) -> None:
    await served(channel, door)
    for delivery in (
        await citizen.follows(),
        await citizen.says("xin chào"),
        await citizen.sends_photo(b"\xff\xd8\xff", "ổ gà"),
        await citizen.sends_location(20.8, 106.6),
        await citizen.sends_sticker(),
        await citizen.sends_gif(),
        await citizen.sends_file("don.pdf", b"%PDF-1.7"),
        await citizen.sends_audio(),
        await citizen.sends_video(),
        await citizen.sends_link("https://dichvucong.gov.vn", "Cổng"),
        await citizen.sends_business_card("84912345678"),
        await zalo.anonymous().says("Trụ sở xã ở đâu?"),
    ):
        assert delivery.status == 200
    assert len(door.came) == 12
    assert len({one.key for one in door.came}) == 12
    assert sum(bool(one.attachments) for one in door.came) == 9
