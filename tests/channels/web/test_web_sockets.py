import json
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from bot.channels.web.inbound import FRAME_BYTES
from messages.envelope import Attachment, AttachmentKind, Choice, Outgoing
from tests.channels.web.conftest import Chat


async def test_a_message_is_acknowledged_only_when_it_is_kept(chat: Chat) -> None:
    socket = await chat.open()
    chat.inbox.is_out_of_order = True
    await socket.send_json({"id": "a1", "text": "Đèn đường hỏng"})
    refused = await socket.receive_json()
    assert refused["id"] == "a1"
    assert refused["retry"]
    assert "gửi lại" in refused["error"]
    assert not chat.inbox.messages
    chat.inbox.is_out_of_order = False
    await socket.send_json({"id": "a1", "text": "Đèn đường hỏng"})
    assert await socket.receive_json() == {"ack": "a1"}
    assert [message.text for message in chat.inbox.messages] == ["Đèn đường hỏng"]


async def test_a_socket_that_asked_for_no_signals_carries_letters_alone(chat: Chat) -> None:
    socket = await chat.open("?after=0", signals=False)
    await socket.send_json({"id": "a1", "text": "Đèn đường hỏng"})
    await socket.send_str("no frame")
    refused = await socket.receive_json()
    assert refused == {
        "id": "",
        "text": "Hệ thống chưa đọc được tin này.",
        "choices": [],
        "attachments": [],
    }
    (message,) = chat.inbox.messages
    letter = chat.outbox.write(message.sender, "Kính chào ông/bà!")
    await chat.channel.send(letter)
    assert (await socket.receive_json())["text"] == "Kính chào ông/bà!"


async def test_a_frame_sent_again_after_a_reconnect_is_kept_once(chat: Chat) -> None:
    for _ in range(2):
        socket = await chat.open()
        await socket.send_json({"id": "same", "text": "một"})
        assert await socket.receive_json() == {"ack": "same"}
        await socket.close()
    assert len(chat.inbox.messages) == 1
    assert chat.inbox.copies == 1


async def test_the_same_id_of_two_people_is_two_messages(chat: Chat) -> None:
    first = await chat.open()
    await first.send_json({"id": 1, "text": "một"})
    assert await first.receive_json() == {"ack": 1}
    chat.client.session.cookie_jar.clear()
    second = await chat.open()
    await second.send_json({"id": 1, "text": "hai"})
    assert await second.receive_json() == {"ack": 1}
    assert [message.text for message in chat.inbox.messages] == ["một", "hai"]


async def test_messages_are_kept_in_the_order_they_were_sent(chat: Chat) -> None:
    socket = await chat.open()
    for number in range(40):
        await socket.send_json({"id": number, "text": str(number)})
    acknowledged = [(await socket.receive_json())["ack"] for _ in range(40)]
    assert acknowledged == list(range(40))
    assert [message.text for message in chat.inbox.messages] == [str(n) for n in range(40)]


async def test_a_letter_reaches_every_open_page_of_its_person_and_nobody_else(chat: Chat) -> None:
    first, second = await chat.open(), await chat.open()
    person = await chat.person(first)
    assert await chat.person(second) == person
    chat.client.session.cookie_jar.clear()
    stranger = await chat.open()
    other = await chat.person(stranger)
    assert other != person
    letter = chat.outbox.write(person, "Chào ông/bà", Choice("yes", "Có"), Choice("no", "Không"))
    assert await chat.channel.send(letter) == ("1",)
    for socket in (first, second):
        assert await socket.receive_json() == {
            "id": 1,
            "text": "Chào ông/bà",
            "choices": [{"key": "yes", "title": "Có"}, {"key": "no", "title": "Không"}],
            "attachments": [],
        }
    await chat.channel.send(chat.outbox.write(other, "Thư khác"))
    assert (await stranger.receive_json())["text"] == "Thư khác"


async def test_what_was_missed_is_replayed_in_order_and_then_the_page_is_told(chat: Chat) -> None:
    socket = await chat.open()
    person = await chat.person(socket)
    await chat.channel.send(chat.outbox.write(person, "một"))
    assert (await socket.receive_json())["id"] == 1
    await socket.close()
    for text in ("hai", "ba"):
        assert await chat.channel.send(chat.outbox.write(person, text))
    again = await chat.open("?after=1")
    assert [(await again.receive_json())["text"] for _ in range(2)] == ["hai", "ba"]
    assert await again.receive_json() == {"ready": True}


async def test_a_letter_sent_twice_is_shown_once_on_a_page(chat: Chat) -> None:
    socket = await chat.open()
    person = await chat.person(socket)
    letter = chat.outbox.write(person, "một")
    await chat.channel.send(letter)
    await chat.channel.send(letter)
    await chat.channel.send(chat.outbox.write(person, "hai"))
    assert [(await socket.receive_json())["id"] for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "١", "9" * 30])
async def test_an_after_that_is_no_number_replays_nothing(chat: Chat, after: str) -> None:
    first = await chat.open()
    person = await chat.person(first)
    chat.outbox.write(person, "một")
    second = await chat.open(f"?after={after}")
    assert await chat.person(second) == person


async def test_a_page_comes_back_later_where_the_replay_cannot_be_read(chat: Chat) -> None:
    chat.outbox.is_out_of_order = True
    socket = await chat.open("?after=0")
    assert (await socket.receive()).type is WSMsgType.CLOSE
    assert socket.close_code == 1013


async def test_a_letter_to_a_closed_page_is_no_error(chat: Chat) -> None:
    socket = await chat.open()
    person = await chat.person(socket)
    await socket.close()
    assert await chat.channel.send(chat.outbox.write(person, "một")) == ("1",)


async def test_closing_the_channel_closes_the_pages(chat: Chat) -> None:
    socket = await chat.open()
    await chat.person(socket)
    await chat.channel.close()
    assert (await socket.receive()).type is WSMsgType.CLOSE
    assert socket.close_code == 1001


async def test_the_ninth_page_makes_the_first_one_close(chat: Chat) -> None:
    sockets = []
    for _ in range(9):
        sockets.append(await chat.open())
        await chat.person(sockets[-1])
    assert (await sockets[0].receive()).type is WSMsgType.CLOSE
    assert not sockets[1].closed


BROKEN: dict[str, str] = {
    "no JSON": "Đèn đường hỏng",
    "empty": "",
    "no object": "[1, 2]",
    "null": "null",
    "no id": '{"text": "x"}',
    "id of the wrong type": '{"id": {"a": 1}, "text": "x"}',
    "id is a boolean": '{"id": true, "text": "x"}',
    "id too long": json.dumps({"id": "x" * 65, "text": "x"}),
    "id with a line feed": '{"id": "a\\n", "text": "x"}',
    "id is a huge number": '{"id": ' + "9" * 5000 + ', "text": "x"}',
    "nothing said": '{"id": "1"}',
    "text of the wrong type": '{"id": "1", "text": 5}',
    "choice of the wrong type": '{"id": "1", "choice": ["a"]}',
    "choice too long": json.dumps({"id": "1", "choice": "ế" * 22}),
    "attachments of the wrong type": '{"id": "1", "attachments": "photo"}',
    "attachment of another kind": '{"id": "1", "attachments": [{"kind": "contact"}]}',
    "place off the earth": (
        '{"id": "1", "attachments": [{"kind": "location", "latitude": 91, "longitude": 0}]}'
    ),
    "place that is no number": (
        '{"id": "1", "attachments": [{"kind": "location", "latitude": NaN, "longitude": 0.0}]}'
    ),
    "too many attachments": json.dumps(
        {"id": "1", "attachments": [{"kind": "location"} for _ in range(11)]}
    ),
    "a thousand brackets": "[" * 100_000,
    "above the limit": json.dumps({"id": "1", "text": "x" * FRAME_BYTES}),
    "a file of the server": '{"id": "1", "attachments": [{"kind": "image", "ref": "/etc/passwd"}]}',
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_frame_is_refused_in_a_sentence_and_the_chat_goes_on(
    chat: Chat, name: str
) -> None:
    socket = await chat.open()
    await socket.send_str(BROKEN[name])
    refused = await socket.receive_json()
    assert set(refused) <= {"error", "id"}
    assert "Traceback" not in refused["error"]
    assert refused["error"].endswith(".")
    assert not chat.inbox.messages
    await chat.person(socket)


async def test_a_frame_of_bytes_is_refused_in_a_sentence(chat: Chat) -> None:
    socket = await chat.open("?lang=en")
    await socket.send_bytes(b"\xff\xfe")
    assert await socket.receive_json() == {"error": "This message could not be read."}
    await chat.person(socket)


async def test_a_hundred_thousand_characters_are_kept(chat: Chat) -> None:
    socket = await chat.open()
    text = ("Đường ngập, " * 9000)[:100_000]
    await socket.send_json({"id": "long", "text": text})
    assert await socket.receive_json() == {"ack": "long"}
    assert chat.inbox.messages[0].text == text
    await socket.send_json({"id": "longer", "text": text + "!"})
    refused = await socket.receive_json()
    assert refused["id"] == "longer"
    assert "dài" in refused["error"]
    assert len(chat.inbox.messages) == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r"a\ud800b", "ab"),
        (r"\udc00", ""),
        (r"\ud83d\ude42", "\U0001f642"),
        (r"Tie\u0302\u0301ng", "Tiếng"),
        (r"a\u0000b\u202ec", "abc"),
        ("", ""),
    ],
)
async def test_odd_characters_are_cleaned_and_nothing_is_lost(
    chat: Chat, sent: str, kept: str
) -> None:
    socket = await chat.open()
    await socket.send_str(f'{{"id": "odd", "text": "{sent}"}}')
    assert await socket.receive_json() == {"ack": "odd"}
    assert chat.inbox.messages[0].text == kept
    assert chat.inbox.messages[0].text.encode() == kept.encode()


async def test_a_letter_with_half_a_character_still_reaches_the_page(chat: Chat) -> None:
    socket = await chat.open()
    person = await chat.person(socket)
    await chat.channel.send(chat.outbox.write(person, "tên \ud800 lạ"))
    assert json.loads(await socket.receive_str())["text"].startswith("tên ")


FRAMES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"choice": "menu"}, {"choice": "menu", "text": ""}),
    ({"choice": "menu", "text": "Bảng chọn"}, {"choice": "menu", "text": ""}),
    ({"text": "/start q_KS01_cho"}, {"text": "/start", "payload": "q_KS01_cho"}),
    ({"text": "/START abcd2345 "}, {"text": "/start", "payload": "abcd2345"}),
    ({"text": "/start"}, {"text": "/start", "payload": ""}),
    ({"text": "/starting x"}, {"text": "/starting x", "payload": ""}),
    (
        {"attachments": [{"kind": "location", "latitude": 20.7, "longitude": 106}]},
        {"attachments": (Attachment(AttachmentKind.LOCATION, latitude=20.7, longitude=106),)},
    ),
]


@pytest.mark.parametrize(("sent", "kept"), FRAMES)
async def test_a_frame_becomes_a_message(
    chat: Chat, sent: dict[str, Any], kept: dict[str, Any]
) -> None:
    socket = await chat.open("?lang=en-GB")
    await socket.send_json({"id": "f", **sent})
    assert await socket.receive_json() == {"ack": "f"}
    message = chat.inbox.messages[0]
    assert {name: getattr(message, name) for name in kept} == kept
    assert message.key == f"{message.sender.id}:f"
    assert message.language == "en"


async def test_a_letter_carries_links_files_and_places(chat: Chat) -> None:
    socket = await chat.open()
    person = await chat.person(socket)
    letter = chat.outbox.write(person, "")
    body = Outgoing(
        "Xem",
        (Choice("site", "Mở trang", url="https://example.vn"),),
        (
            Attachment(AttachmentKind.FILE, "media:abc", "thư.pdf", "application/pdf", 5),
            Attachment(AttachmentKind.LOCATION, latitude=1.5, longitude=2.5),
        ),
        ask="location",
    )
    await chat.channel.send(type(letter)(letter.id, person, body))
    said = await socket.receive_json()
    assert said["choices"] == [{"key": "site", "title": "Mở trang", "url": "https://example.vn"}]
    assert said["attachments"][0]["url"] == "/media/abc"
    assert said["attachments"][1] == {"kind": "location", "latitude": 1.5, "longitude": 2.5}
    assert said["ask"] == "location"
    assert "media:" not in json.dumps(said)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://xa.example.vn.evil.example", "http://xa.example.vn"],
)
async def test_a_page_of_somebody_else_gets_no_socket(chat: Chat, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await chat.open(Origin=origin)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "origin", ["https://xa.example.vn", "https://xa.example.vn:443", "https://portal.example.vn"]
)
async def test_our_page_and_those_that_embed_it_get_a_socket(chat: Chat, origin: str) -> None:
    await chat.person(await chat.open(Origin=origin))


async def test_a_page_of_the_same_host_gets_a_socket(chat: Chat) -> None:
    origin = str(chat.client.make_url("/").origin())
    await chat.person(await chat.open(Origin=origin))


async def test_whoever_writes_fast_is_read_slowly_and_loses_nothing(chat: Chat) -> None:
    object.__setattr__(chat.channel._chat, "pace", (2.0, 0.02))
    socket = await chat.open()
    for number in range(12):
        await socket.send_json({"id": number, "text": "x"})
    assert [(await socket.receive_json())["ack"] for _ in range(12)] == list(range(12))
