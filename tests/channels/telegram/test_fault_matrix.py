"""Every fault of the wire by every kind of send, through the real outbox.

A letter ends sent once (at most twice where the fault was a drop after acting, and never in bulk),
held, or failed with a reason that an officer sees.
"""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.request import AiohttpRequest
from bot.outbox_worker import OutboxWorker
from bot.settings import Settings
from messages.envelope import Attachment, AttachmentKind
from storage import tables
from storage.database import Store
from storage.outbox import FAILED, SENT, UNKNOWN, Offer, Recipient
from storage.unit_of_work import finish
from tests.channels.telegram.conftest import KEY, Files, about, commands
from tests.channels.telegram.test_failures import refusal
from tests.conftest import Hands
from tests.emulators import faults
from tests.emulators.faults import Fault
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.wire import Call
from tests.spine.service import all_sent, outbox_worker
from tests.storage.acts import does, heard, letter, recipient, rows, turn

LAN, GROUP = 5200000001, -1001900000001
SHORT = 0.6
"""Seconds after which the channel no longer waits for an answer, in these tests."""

PHOTO = Attachment(AttachmentKind.IMAGE, "media:a", mime="image/jpeg")
OTHER = Attachment(AttachmentKind.IMAGE, "media:b", mime="image/jpeg")
PAPER = Attachment(AttachmentKind.FILE, "media:d", name="trả lời.pdf", mime="application/pdf")
PLACE = Attachment(AttachmentKind.LOCATION, latitude=20.75, longitude=106.61)
MENU = (Offer("/gopy", "Gửi phản ánh"), Offer("/menu", "Trang đầu"))

SENDS: dict[str, dict[str, Any]] = {
    "words": {"text": "Xin chào"},
    "words with choices": {"text": "Chọn", "offers": MENU},
    "words in two parts": {"text": "Phần một. " * 400 + "\n\n" + "Phần hai. " * 50},
    "a photo": {"text": "Ảnh", "attachments": (PHOTO,)},
    "an album": {"text": "Hai ảnh", "attachments": (PHOTO, OTHER)},
    "a document": {"text": "Công văn", "attachments": (PAPER,)},
    "a place and words": {"text": "Ở đây", "attachments": (PLACE,)},
    "a question for the place": {"text": "Ở đâu?", "ask": "location", "offers": MENU},
    "a letter to a topic": {"text": "Phiếu mới", "group": f"{GROUP}/45"},
    "a notice to many": {"text": "Lịch tiêm", "bulk": True},
}

WHOLE = {
    "words": ["Xin chào [] "],
    "words with choices": ["Chọn [] "],
    "words in two parts": [f"{'Phần một. ' * 4} [] ", f"{'Phần hai. ' * 4} [] "],
    "a photo": ["Ảnh ['photo'] "],
    "an album": ["Hai ảnh ['photo'] ", " ['photo'] "],
    "a document": ["Công văn ['document'] "],
    "a place and words": [" ['location'] ", "Ở đây [] "],
    "a question for the place": [
        "Ở đâu? [] ",
        "Hoặc ông/bà bấm nút bên dưới. / Or press [] ",
    ],
    "a letter to a topic": ["Phiếu mới [] 45"],
    "a notice to many": ["Lịch tiêm [] "],
}
"""What arrives of each letter where nothing goes wrong."""

ONCE, AT_MOST_TWICE, REPEATED = "once", "at most twice", "repeated"
REFUSED, GONE = "refused", "gone"
"""What must come of it; "repeated": nothing was done, and it is not known that nothing was."""

FAULTS: dict[str, tuple[Fault, str]] = {
    "500": (faults.HTTP_500, ONCE),
    "502": (faults.HTTP_502, ONCE),
    "401": (faults.HTTP_401, ONCE),
    "429": (refusal(429, "Too Many Requests: retry after 3", retry_after=3), ONCE),
    "a redirect": (Fault("302", status=302, headers=(("Location", "http://127.0.0.1:9"),)), ONCE),
    "slow": (faults.slow(SHORT / 4), ONCE),
    "not JSON": (faults.NOT_JSON, REPEATED),
    "half JSON": (faults.HALF_JSON, REPEATED),
    "silent": (faults.SILENT, REPEATED),
    "reset before the body": (faults.RESET_UNREAD, REPEATED),
    "reset after the body": (faults.RESET_READ, REPEATED),
    "not JSON, carried out": (faults.NOT_JSON.and_accepted(), AT_MOST_TWICE),
    "500, carried out": (faults.HTTP_500.and_accepted(), AT_MOST_TWICE),
    "silent, carried out": (faults.SILENT_ACCEPTED, AT_MOST_TWICE),
    "reset, carried out": (faults.RESET_ACCEPTED, AT_MOST_TWICE),
    "too slow": (faults.slow(SHORT * 3), AT_MOST_TWICE),
    "refused": (refusal(400, "Bad Request: BUTTON_DATA_INVALID"), REFUSED),
    "413": (refusal(413, "Request Entity Too Large"), REFUSED),
    "blocked": (refusal(403, "Forbidden: bot was blocked by the user"), GONE),
}


@dataclass
class Post:
    """An outbox that sends over Telegram's wire."""

    store: Store
    hands: Hands
    telegram: TelegramEmulator
    worker: OutboxWorker
    to: Recipient

    async def writes(self, **more: Any) -> None:  # noqa: ANN401 - parts of a letter
        claimed = await heard(self.store, self.hands, who="writer")
        assert not await finish(self.store, [turn(claimed, letters=(letter(self.to, **more),))])

    async def settles(self) -> None:
        """Let as much time pass as any retry takes."""
        for _ in range(4):
            await all_sent(self.worker)
            self.hands.now += timedelta(seconds=65)

    def arrived(self) -> list[str]:
        """What the person and the group have got, in order, as it reads."""
        chats = (self.telegram.person(LAN), self.telegram.group(GROUP))
        return [_read(one.message) for chat in chats for one in chat.letters]


def _read(message: dict[str, Any]) -> str:
    what = [name for name in ("photo", "document", "location") if name in message]
    topic = message.get("message_thread_id", "")
    return f"{message.get('text', message.get('caption', ''))[:40]} {what} {topic}"


def is_send(call: Call) -> bool:
    return call.method.startswith("send")


@pytest.fixture
async def post(
    store: Store, hands: Hands, telegram: TelegramEmulator, files: Files
) -> AsyncIterator[Post]:
    jpeg = b"\xff\xd8\xff\xe0"
    files.kept.update({"media:a": jpeg + b"a", "media:b": jpeg + b"b", "media:d": b"%PDF"})
    telegram.person(LAN).started = True
    telegram.group(GROUP).topics = {45: "open"}
    channel = TelegramChannel(
        Settings.model_validate(
            {
                "telegram_token": SecretStr(telegram.token),
                "telegram_api_url": telegram.url,
                "pacing": 1000.0,
            }
        ),
        KEY,
        hands,
        commands=commands,
        about=about,
        open_media=files.open,
        transport=AiohttpRequest(telegram.token, reading=SHORT, uploading=SHORT),
    )
    lan = await does(store, hands, who=str(LAN), channel="telegram")
    yield Post(store, hands, telegram, outbox_worker(store, hands, channel), recipient(lan))
    await channel.close()


async def _fate(store: Store) -> tuple[int, str]:
    (row,) = await rows(store, tables.outbox)
    return row.state, row.reason or ""


@pytest.mark.parametrize("send", SENDS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_of_each_send_ends_well(post: Post, fault: str, send: str) -> None:
    wire, expected = FAULTS[fault]
    asked = SENDS[send]
    post.telegram.fails(wire, when=is_send)
    await post.writes(**asked)
    await post.settles()
    state, reason = await _fate(post.store)
    got = post.arrived()
    whole = WHOLE[send]
    is_bulk = asked.get("bulk", False)
    match expected:
        case "once":
            assert (state, got) == (SENT, whole)
        case "repeated" if is_bulk:
            assert (state, got) == (UNKNOWN, [])
            assert reason
        case "repeated":
            assert (state, got) == (SENT, whole)
        case "at most twice" if is_bulk and wire.status != 500:
            assert (state, got) == (UNKNOWN, whole)
            assert reason
        case "at most twice":
            assert state == SENT
            assert list(dict.fromkeys(got)) == whole
            assert max(Counter(got).values()) <= 2
        case _:
            assert (state, got) == (FAILED, [])
            assert reason


@pytest.mark.parametrize("send", SENDS)
async def test_without_a_fault_each_letter_arrives_once(post: Post, send: str) -> None:
    await post.writes(**SENDS[send])
    await post.settles()
    assert (await _fate(post.store))[0] == SENT
    assert post.arrived() == WHOLE[send]


@pytest.mark.parametrize("fault", ["500", "429", "reset, carried out", "silent"])
async def test_a_fault_in_the_second_part_does_not_send_the_first_again(
    post: Post, fault: str
) -> None:
    wire, _expected = FAULTS[fault]
    sends = 0

    def second(call: Call) -> bool:
        nonlocal sends
        sends += is_send(call)
        return is_send(call) and sends == 2

    post.telegram.fails(wire, when=second)
    await post.writes(**SENDS["a place and words"])
    await post.settles()
    assert (await _fate(post.store))[0] == SENT
    assert post.arrived().count(" ['location'] ") == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_next_letter_to_that_person_waits_and_keeps_its_order(
    post: Post, fault: str
) -> None:
    wire, expected = FAULTS[fault]
    post.telegram.fails(wire, when=is_send)
    await post.writes(text="một")
    await post.writes(text="hai")
    await post.settles()
    order = list(dict.fromkeys(post.arrived()))
    wanted = {REFUSED: ["hai [] "], GONE: []}.get(expected, ["một [] ", "hai [] "])
    assert order == wanted
