"""The citizen's side: events as documented, signatures, deadline, retries, echoes, media."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import unicodedata
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from tests.emulators.receiver import Receiver
from tests.emulators.wire import Json
from tests.emulators.zalo import Citizen, Delivery, Mac, Wrapping, ZaloEmulator

APP, OA, SECRET = "360846524940903967", "388613280878808645", "OA_SECRET_TEST"


@pytest.fixture
def listening(zalo: ZaloEmulator, receiver: Receiver) -> ZaloEmulator:
    zalo.webhook.url = receiver.url
    return zalo


def mac_of(raw: bytes, first: str = APP) -> str:
    timestamp = json.loads(raw)["timestamp"]
    whole = first.encode() + raw + timestamp.encode() + SECRET.encode()
    return hashlib.sha256(whole).hexdigest()


async def test_the_documented_vector_is_signed_as_documented(zalo: ZaloEmulator) -> None:
    """Zalo OA sheet A1.2: body and mac given there."""
    event = {
        "app_id": APP,
        "sender": {"id": "246845883529197922"},
        "user_id_by_app": "552177279717587730",
        "recipient": {"id": OA},
        "event_name": "user_send_text",
        "message": {"text": "Xin chào xã", "msg_id": "96d3cdf3af150460909"},
        "timestamp": "1760000000000",
    }
    raw = Wrapping().body(event)
    assert len(raw) == 270
    header = Wrapping().header(zalo.app, raw, "1760000000000")
    mac = "be9f8670e4001da66558c63cf8d302a3cef00247ca668388c5d9e1cafec134d8"
    assert header == {"X-ZEvent-Signature": f"mac={mac}"}


async def test_a_text_arrives_signed_over_the_raw_bytes(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    delivery = await listening.citizen().says("Cho tôi hỏi thủ tục khai sinh")
    assert delivery.status == 200
    got = receiver.received[0]
    assert got.raw == delivery.raw
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["X-ZEvent-Signature"] == f"mac={mac_of(got.raw)}"
    assert "num_retry" not in got.headers
    event = got.event
    assert list(event) == [
        "app_id",
        "sender",
        "user_id_by_app",
        "recipient",
        "event_name",
        "message",
        "timestamp",
    ]
    assert event["sender"] == {"id": "246845883529197922"}
    assert event["recipient"] == {"id": OA}
    assert len(event["timestamp"]) == 13
    assert list(event["message"]) == ["text", "msg_id"]
    assert "Cho tôi hỏi thủ tục khai sinh".encode() in got.raw


Deed = Callable[[Citizen], Awaitable[Delivery]]
SEEN = {"thumbnail", "url"}
CARD = SEEN | {"description"}
FILE = {"size", "name", "checksum", "type", "url"}
ATTACHMENTS: list[tuple[str, str, Deed, set[str]]] = [
    ("user_send_image", "image", lambda c: c.sends_photo(b"\xff\xd8\xff", "Ổ gà"), SEEN),
    ("user_send_gif", "gif", lambda c: c.sends_gif(), SEEN),
    ("user_send_sticker", "sticker", lambda c: c.sends_sticker(), {"id", "url"}),
    ("user_send_link", "link", lambda c: c.sends_link("https://a.vn"), CARD),
    ("user_send_audio", "audio", lambda c: c.sends_audio(), {"url"}),
    ("user_send_video", "video", lambda c: c.sends_video(), CARD),
    ("user_send_file", "file", lambda c: c.sends_file("a.pdf", b"%PDF"), FILE),
    ("user_send_location", "location", lambda c: c.sends_location(10.7, 106.6), {"coordinates"}),
    ("user_send_business_card", "link", lambda c: c.sends_business_card("84912345678"), CARD),
]


@pytest.mark.parametrize(("name", "kind", "deed", "fields"), ATTACHMENTS)
async def test_an_attachment_has_the_documented_fields(
    listening: ZaloEmulator,
    receiver: Receiver,
    name: str,
    kind: str,
    deed: Deed,
    fields: set[str],
) -> None:
    await deed(listening.citizen())
    event = receiver.received[0].event
    assert event["event_name"] == name
    (attachment,) = event["message"]["attachments"]
    assert attachment["type"] == kind
    assert set(attachment["payload"]) == fields


async def test_places_and_sizes_are_strings(listening: ZaloEmulator, receiver: Receiver) -> None:
    await listening.citizen().sends_location(10.7642473, 106.6564314)
    await listening.citizen().sends_file("don.pdf", b"12345")
    place, file = (received.event["message"] for received in receiver.received)
    assert place["attachments"][0]["payload"]["coordinates"] == {
        "latitude": "10.7642473",
        "longitude": "106.6564314",
    }
    assert place["text"] == ""
    payload = file["attachments"][0]["payload"]
    assert (payload["size"], payload["type"]) == ("5", "pdf")
    assert payload["checksum"] == "827ccb0eea8a706c4c34a16891f84e7b"


FLAT: list[tuple[str, Deed, set[str]]] = [
    ("follow", lambda c: c.follows(), {"oa_id", "follower", "user_id_by_app", "source"}),
    ("unfollow", lambda c: c.unfollows(), {"oa_id", "follower", "user_id_by_app", "source"}),
    ("user_click_chatnow", lambda c: c.clicks_chat(), {"oa_id", "user_id", "user_id_by_app"}),
    ("user_submit_info", lambda c: c.submits_info({"name": "A"}), {"sender", "recipient", "info"}),
    ("user_withdraw", lambda c: c.withdraws(), {"oa_id", "user_id", "user_id_by_app"}),
    ("add_user_to_tag", lambda c: c.is_tagged("x"), {"oa_id", "user_id_by_app", "tag"}),
]


@pytest.mark.parametrize(("name", "deed", "fields"), FLAT)
async def test_an_event_without_message_has_its_own_envelope(
    listening: ZaloEmulator, receiver: Receiver, name: str, deed: Deed, fields: set[str]
) -> None:
    await deed(listening.citizen())
    event = receiver.received[0].event
    assert event["event_name"] == name
    assert set(event) == fields | {"app_id", "event_name", "timestamp"}


async def test_two_events_never_share_a_timestamp(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    for _ in range(3):
        await listening.citizen().follows()
    assert len({received.event["timestamp"] for received in receiver.received}) == 3


async def test_an_official_who_writes_by_hand_is_named(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    person = listening.citizen()
    await person.is_answered_by_hand("Tôi là cán bộ một cửa")
    event = receiver.received[0].event
    assert event["event_name"] == "oa_send_text"
    assert event["sender"] == {"id": OA, "admin_id": "7412369852147"}
    assert event["recipient"] == {"id": person.id}


async def test_receipts_come_from_the_account(listening: ZaloEmulator, receiver: Receiver) -> None:
    person = listening.citizen()
    await person.receives("m1")
    await person.sees("m1", "m2")
    await person.reacts("m1")
    got, seen, reacted = (received.event for received in receiver.received)
    assert got["sender"] == seen["sender"] == {"id": OA}
    assert got["message"] == {"msg_id": "m1"}
    assert seen["message"] == {"msg_ids": ["m1", "m2"]}
    assert reacted["sender"] == {"id": person.id}
    assert reacted["message"] == {"msg_id": "m1", "react_icon": "/-strong"}


async def test_a_press_arrives_as_a_text_that_equals_the_payload(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    await listening.citizen().presses("#hoso")
    event = receiver.received[0].event
    assert event["event_name"] == "user_send_text"
    assert event["message"]["text"] == "#hoso"


async def test_a_quoted_message_is_named(listening: ZaloEmulator, receiver: Receiver) -> None:
    await listening.citizen().says("đúng", quote="m1")
    assert receiver.received[0].event["message"]["quote_msg_id"] == "m1"


async def test_an_anonymous_person_has_a_conversation(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    person = listening.anonymous()
    await person.says("Trụ sở xã ở đâu?")
    event = receiver.received[0].event
    assert event["sender"] == {"id": person.id}
    assert event["message"]["conversation_id"] == person.conversation_id


@pytest.mark.parametrize("wrapping", [
    Wrapping(shuffled=random.Random(1)),
    Wrapping(escaped=True),
    Wrapping(spaced=True),
    Wrapping(nfd=True),
])  # fmt: skip
async def test_however_an_event_is_written_the_mac_is_over_its_bytes(
    listening: ZaloEmulator, receiver: Receiver, wrapping: Wrapping
) -> None:
    person = listening.citizen()
    plain = await person.says("Đường hỏng")
    person.wrapping = wrapping
    other = await person.says("Đường hỏng")
    assert len(plain.raw) != len(other.raw) or list(json.loads(other.raw)) != list(plain.event)
    got = receiver.received[1]
    assert got.headers["X-ZEvent-Signature"] == f"mac={mac_of(got.raw)}"
    words = got.event["message"]["text"]
    assert unicodedata.normalize("NFC", words) == "Đường hỏng"


@pytest.mark.parametrize(
    ("mac", "expected"),
    [
        (Mac.BARE, mac_of),
        (Mac.OA_ID, lambda raw: "mac=" + mac_of(raw, OA)),
        (Mac.MISSING, lambda raw: None),
    ],
)
async def test_other_spellings_of_the_signature(
    listening: ZaloEmulator,
    receiver: Receiver,
    mac: Mac,
    expected: Callable[[bytes], str | None],
) -> None:
    listening.webhook.wrapping = Wrapping(mac=mac)
    await listening.citizen().says("a")
    got = receiver.received[0]
    assert got.headers.get("X-ZEvent-Signature") == expected(got.raw)


@pytest.mark.parametrize("mac", [Mac.WRONG, Mac.NOT_ASCII, Mac.MISSING])
async def test_a_forged_event_is_not_sent_again(
    listening: ZaloEmulator, receiver: Receiver, mac: Mac
) -> None:
    receiver.statuses = [401]
    listening.webhook.wrapping = Wrapping(mac=mac)
    delivery = await listening.citizen().says("a")
    assert delivery.done.is_set()
    assert [attempt.status for attempt in delivery.attempts] == [401]
    assert len(receiver.received) == 1
    assert receiver.received[0].headers.get("X-ZEvent-Signature") != (
        f"mac={mac_of(receiver.received[0].raw)}"
    )


async def test_a_failed_event_comes_again_with_the_same_bytes_and_its_number(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    listening.webhook.retry_scale = 0.0001
    receiver.statuses = [503, 500]
    delivery = await listening.citizen().says("a")
    await delivery.done.wait()
    assert [attempt.status for attempt in delivery.attempts] == [503, 500, 200]
    assert len({received.raw for received in receiver.received}) == 1
    numbers = [received.headers.get("num_retry") for received in receiver.received]
    assert numbers == [None, "1", "2"]
    assert not listening.webhook.disabled


async def test_after_the_whole_ladder_the_webhook_is_switched_off(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    listening.webhook.retry_scale = 0.0
    receiver.statuses = [500] * 6
    delivery = await listening.citizen().says("a")
    await delivery.done.wait()
    assert len(delivery.attempts) == 6
    assert listening.webhook.disabled
    lost = await listening.citizen().says("b")
    assert lost.attempts == []
    assert len(receiver.received) == 6


async def test_an_answer_after_the_deadline_is_no_answer(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    listening.webhook.deadline, listening.webhook.retry_scale = 0.05, 0.0001
    receiver.delay = 0.2
    delivery = await listening.citizen().says("a")
    assert delivery.status == 0
    assert delivery.attempts[0].reason == "no answer within the deadline"
    receiver.delay = 0.0
    await delivery.done.wait()
    assert delivery.accepted


async def test_events_wait_for_a_bot_that_is_being_restarted(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    listening.webhook.retry_scale = 0.001
    await receiver.stop()
    delivery = await listening.citizen().says("a")
    assert delivery.status == 0
    await receiver.start()
    await delivery.done.wait()
    assert delivery.accepted


async def test_the_same_event_may_come_twice_and_events_out_of_order(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    person = listening.citizen()
    async with listening.webhook.out_of_order():
        await person.says("một")
        await person.says("hai")
    assert [received.event["message"]["text"] for received in receiver.received] == ["hai", "một"]
    delivery = await person.says("ba")
    attempt = await listening.webhook.again(delivery, num_retry=3)
    assert attempt.status == 200
    assert receiver.received[-1].raw == receiver.received[-2].raw
    assert receiver.received[-1].headers["num_retry"] == "3"


async def test_the_console_probes_with_an_empty_object(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    attempt = await listening.webhook.probes()
    assert attempt.status == 200
    assert receiver.received[0].raw == b"{}"
    assert "X-ZEvent-Signature" not in receiver.received[0].headers


async def send(zalo: ZaloEmulator, http: aiohttp.ClientSession, words: str) -> Json:
    body = {"recipient": {"user_id": zalo.citizen().id}, "message": {"text": words}}
    headers = {"access_token": zalo.grants.access_token}
    url = zalo.url + "/v3.0/oa/message/cs"
    async with http.post(url, json=body, headers=headers) as answer:
        found: Json = await answer.json()
        return found


async def test_the_bots_own_message_comes_back_and_then_its_receipts(
    listening: ZaloEmulator, receiver: Receiver, http: aiohttp.ClientSession
) -> None:
    listening.switches.receipts = True
    await listening.citizen().says("a")
    message_id = (await send(listening, http, "Xin chào ông/bà"))["data"]["message_id"]
    await asyncio.gather(*listening.tasks)
    events = [received.event for received in receiver.received[1:]]
    names = ["oa_send_text", "user_received_message", "user_seen_message"]
    assert [event["event_name"] for event in events] == names
    assert events[0]["message"] == {"text": "Xin chào ông/bà", "msg_id": message_id}
    assert "admin_id" not in events[0]["sender"]
    assert events[1]["message"] == {"msg_id": message_id}


async def test_a_template_to_a_phone_brings_a_receipt_of_its_own(
    listening: ZaloEmulator, receiver: Receiver, http: aiohttp.ClientSession
) -> None:
    listening.switches.receipts = True
    listening.templates.add("t1", "ten")
    listening.templates.phone("84987654321")
    body = {
        "phone": "84987654321",
        "template_id": "t1",
        "template_data": {"ten": "A"},
        "tracking_id": "hs-1",
    }
    headers = {"access_token": listening.grants.access_token}
    async with http.post(listening.url + "/message/template", json=body, headers=headers) as answer:
        sent = (await answer.json())["data"]["msg_id"]
    await asyncio.gather(*listening.tasks)
    got = receiver.received[0]
    assert got.headers["X-ZEvent-Server"] == "ZNS"
    assert got.event["recipient"] == {"id": "84987654321"}
    assert got.event["message"]["msg_id"] == sent
    assert got.event["message"]["tracking_id"] == "hs-1"


async def test_echoes_can_be_switched_off(
    listening: ZaloEmulator, receiver: Receiver, http: aiohttp.ClientSession
) -> None:
    listening.switches.echoes = False
    await listening.citizen().says("a")
    await send(listening, http, "b")
    assert not listening.tasks
    assert len(receiver.received) == 1


async def test_a_citizens_photo_can_be_fetched_until_it_expires(
    listening: ZaloEmulator, receiver: Receiver, http: aiohttp.ClientSession
) -> None:
    await listening.citizen().sends_photos([b"\xff\xd8\xff1", b"\xff\xd8\xff2"], "Ổ gà")
    message = receiver.received[0].event["message"]
    assert message["text"] == "Ổ gà"
    urls = [attachment["payload"]["url"] for attachment in message["attachments"]]
    assert all(url.startswith("http://127.0.0.1:") for url in urls)
    async with http.get(urls[1]) as answer:
        assert await answer.read() == b"\xff\xd8\xff2"
        assert answer.content_type == "image/jpeg"
    listening.media.expire(urls[1])
    async with http.get(urls[1]) as answer:
        assert answer.status == 404
    elsewhere = listening.media.redirect("http://10.0.0.1/secret")
    async with http.get(elsewhere, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "http://10.0.0.1/secret"


async def test_a_letter_can_be_waited_for(
    listening: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    person = listening.citizen()
    await person.says("a")
    await send(listening, http, "Mã phiếu là PA2611-7K3M")
    letter = await person.hears("PA2611")
    assert letter.kind == "text"
    with pytest.raises(TimeoutError, match="got \\['Mã phiếu"):
        await person.hears("không có", within=0.01)


async def test_the_chat_button_is_told_once_and_never_of_somebody_who_wrote(
    listening: ZaloEmulator, receiver: Receiver
) -> None:
    """Zalo OA sheet A1.4: user_click_chatnow comes once, only if they never chatted."""
    newcomer, known = listening.citizen("1"), listening.citizen("2")
    assert (await newcomer.clicks_chat()).status == 200
    await known.says("a")
    for person in (newcomer, known):
        with pytest.raises(ValueError, match="never chatted"):
            await person.clicks_chat()
    names = [got.event["event_name"] for got in receiver.received]
    assert names == ["user_click_chatnow", "user_send_text"]
