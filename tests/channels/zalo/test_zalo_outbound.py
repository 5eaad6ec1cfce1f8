"""Letters in, calls out: what Zalo is sent."""

import re
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.channel import (
    Channel,
    Letter,
    Refused,
    Unreachable,
)
from bot.channels.zalo.channel import ZaloChannel
from messages.envelope import Address, Attachment, AttachmentKind, Choice, Outgoing
from tests.channels.zalo.conftest import Channels
from tests.channels.zalo.sending import MENU, PORTAL, is_sending, letter
from tests.emulators import faults
from tests.emulators.zalo import Citizen, ZaloEmulator


def test_it_is_a_channel(channel: ZaloChannel) -> None:
    found: Channel = channel
    assert found.name == "zalo"
    assert found.limits.text == 2000
    assert found.limits.buttons == 0
    assert not found.limits.repeats
    assert found.limits.reply_window == timedelta(days=7)


SENT: list[tuple[str, Outgoing, list[dict[str, Any]]]] = [
    ("text", Outgoing("Xin chào ông/bà."), [{"text": "Xin chào ông/bà."}]),
    (
        "menu",
        Outgoing("Chuyện gì ạ?", MENU),
        [{"text": "Chuyện gì ạ?\n1. Đường, cầu\n2. Điện chiếu sáng\n0. Trang chủ"}],
    ),
    (
        "choice that leads elsewhere",
        Outgoing("Xem:", (PORTAL,)),
        [{"text": "Xem:\nCổng dịch vụ công: https://dichvucong.gov.vn"}],
    ),
    (
        "picture with its words",
        Outgoing(
            "Sơ đồ một cửa",
            attachments=(Attachment(AttachmentKind.IMAGE, ref="https://xa.example.vn/sodo.jpg"),),
        ),
        [
            {
                "text": "Sơ đồ một cửa",
                "attachment": {
                    "type": "template",
                    "payload": {
                        "template_type": "media",
                        "elements": [
                            {"media_type": "image", "url": "https://xa.example.vn/sodo.jpg"}
                        ],
                    },
                },
            }
        ],
    ),
    (
        "picture that is too large for Zalo",
        Outgoing(
            "Sơ đồ",
            attachments=(
                Attachment(AttachmentKind.IMAGE, ref="https://xa.example.vn/a.jpg", size=3_000_000),
            ),
        ),
        [{"text": "Sơ đồ\nhttps://xa.example.vn/a.jpg"}],
    ),
    (
        "document",
        Outgoing(
            "Mẫu đơn đây ạ.",
            attachments=(
                Attachment(
                    AttachmentKind.FILE, ref="https://xa.example.vn/m.docx", name="Mẫu đơn.docx"
                ),
            ),
        ),
        [{"text": "Mẫu đơn đây ạ.\nMẫu đơn.docx: https://xa.example.vn/m.docx"}],
    ),
    (
        "place",
        Outgoing(
            "", attachments=(Attachment(AttachmentKind.LOCATION, latitude=20.8, longitude=106.6),)
        ),
        [{"text": "https://www.google.com/maps?q=20.800000,106.600000"}],
    ),
    (
        "contact",
        Outgoing(
            "", attachments=(Attachment(AttachmentKind.CONTACT, name="Một cửa", phone="0225"),)
        ),
        [{"text": "Một cửa: 0225"}],
    ),
    (
        "decomposed and broken letters",
        Outgoing("Đường ngập\ud800\u200b"),
        [{"text": "Đường ngập"}],
    ),
]


@pytest.mark.parametrize(("body", "messages"), [row[1:] for row in SENT], ids=[r[0] for r in SENT])
async def test_each_letter_is_sent_as_zalo_takes_it(
    channel: ZaloChannel, citizen: Citizen, body: Outgoing, messages: list[dict[str, Any]]
) -> None:
    ids = await channel.send(letter(citizen, body))
    assert [one.message for one in citizen.letters] == messages
    assert ids == tuple(one.message_id for one in citizen.letters)


async def test_the_token_goes_in_its_own_header(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    await channel.send(letter(citizen, "a"))
    (call,) = zalo.made("cs")
    assert call.headers["access_token"] == zalo.grants.access_token
    assert "Authorization" not in call.headers
    assert call.path == "/v3.0/oa/message/cs"


async def test_a_letter_that_answers_quotes(channel: ZaloChannel, citizen: Citizen) -> None:
    asked = await citizen.says("Bao giờ xong?")
    await channel.send(letter(citizen, Outgoing("Mai ạ.", reply_to=asked.message_id)))
    assert [one.quotes for one in citizen.letters] == [asked.message_id]


async def test_a_quote_that_zalo_does_not_know_costs_no_letter(
    channel: ZaloChannel, citizen: Citizen
) -> None:
    await channel.send(letter(citizen, Outgoing("Mai ạ.", reply_to="0000")))
    assert [one.message for one in citizen.letters] == [{"text": "Mai ạ."}]


@pytest.mark.parametrize(("length", "parts"), [(1999, 1), (2000, 1), (2001, 2), (6001, 4)])
async def test_a_long_text_goes_in_parts_of_two_thousand(
    channel: ZaloChannel, citizen: Citizen, length: int, parts: int
) -> None:
    text = ("ngập nặng " * 700)[: length - 1] + "ạ"
    ids = await channel.send(letter(citizen, text))
    assert len(ids) == len(citizen.letters) == parts
    assert "".join("".join(one.text for one in citizen.letters).split()) == "".join(text.split())


async def test_decomposed_letters_are_counted_composed(
    channel: ZaloChannel, citizen: Citizen
) -> None:
    ids = await channel.send(letter(citizen, "e\u0302\u0301" * 2000))
    assert len(ids) == 1
    assert citizen.letters[0].text == "ế" * 2000


async def test_only_the_rest_of_a_letter_is_sent_again(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    text = "\n\n".join(word * 300 for word in ("một ", "hai ", "ba ", "bốn "))
    zalo.fails(faults.HTTP_500, when=lambda call: is_sending(call) and "ba" in str(call.body))
    with pytest.raises(Unreachable) as failed:
        await channel.send(letter(citizen, text))
    sent = failed.value.sent
    assert sent == tuple(one.message_id for one in citizen.letters)
    assert len(sent) == 2
    await channel.send(letter(citizen, text, parts_sent=len(sent)))
    joined = " ".join(one.text for one in citizen.letters)
    assert joined.split() == text.split()


@pytest.mark.parametrize(
    "body",
    [
        Outgoing(""),
        Outgoing("\ud800\u200b \n"),
        Outgoing("", attachments=(Attachment(AttachmentKind.FILE, ref="media:00ff"),)),
    ],
)
async def test_a_letter_that_zalo_cannot_carry_is_refused_without_a_call(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen, body: Outgoing
) -> None:
    with pytest.raises(Refused):
        await channel.send(letter(citizen, body))
    assert zalo.made("cs") == []


async def test_a_visitor_who_is_not_logged_in_is_answered_in_plain_text(
    zalo: ZaloEmulator, channel: ZaloChannel
) -> None:
    visitor = zalo.anonymous()
    to = Address("zalo", f"anon:{visitor.conversation_id}:{visitor.id}")
    picture = Attachment(AttachmentKind.IMAGE, ref="https://xa.example.vn/a.jpg")
    body = Outgoing("Ở thôn 3 ạ.", MENU, (picture,), reply_to="1")
    ids = await channel.send(Letter(1, to, body))
    assert [one.message_id for one in visitor.letters] == list(ids)
    assert visitor.letters[0].text.startswith("Ở thôn 3 ạ.\nhttps://xa.example.vn/a.jpg\n1. Đường")
    assert zalo.made("cs") == []


BUTTONS = [
    {"title": "Đường, cầu", "type": "oa.query.hide", "payload": "choice:pothole"},
    {"title": "Điện chiếu sáng", "type": "oa.query.hide", "payload": "choice:light"},
    {"title": "Trang chủ", "type": "oa.query.hide", "payload": "choice:menu"},
]


async def test_buttons_are_sent_where_they_are_switched_on(
    zalo: ZaloEmulator, channels: Channels, citizen: Citizen
) -> None:
    zalo.switches.buttons_supported = True
    channel = channels(zalo_buttons="text")
    assert channel.limits.buttons == 5
    await channel.send(letter(citizen, Outgoing("Chuyện gì ạ?", MENU)))
    await channel.send(letter(citizen, Outgoing("Xem:", (PORTAL,))))
    assert [one.buttons for one in citizen.letters] == [
        BUTTONS,
        [
            {
                "title": "Cổng dịch vụ công",
                "type": "oa.open.url",
                "payload": {"url": "https://dichvucong.gov.vn"},
            }
        ],
    ]
    assert citizen.letters[0].text == "Chuyện gì ạ?"


async def test_six_choices_are_numbered_although_buttons_are_on(
    zalo: ZaloEmulator, channels: Channels, citizen: Citizen
) -> None:
    zalo.switches.buttons_supported = True
    channel = channels(zalo_buttons="text")
    six = tuple(Choice(f"c{n}", f"Mục {n}", number=n) for n in range(1, 7))
    await channel.send(letter(citizen, Outgoing("Chọn:", six)))
    assert re.findall(r"(?m)^\d+\. .+", citizen.letters[0].text) == [
        f"{n}. Mục {n}" for n in range(1, 7)
    ]


async def test_a_list_is_sent_where_it_is_switched_on(
    zalo: ZaloEmulator, channels: Channels, citizen: Citizen
) -> None:
    zalo.switches.list_supported = True
    await channels(zalo_buttons="list").send(letter(citizen, Outgoing("Chuyện gì ạ?", MENU)))
    payload = citizen.letters[0].message["attachment"]["payload"]
    assert payload["template_type"] == "list"
    assert payload["elements"][0] == {
        "title": "Chuyện gì ạ?",
        "subtitle": "1. Đường, cầu\n2. Điện chiếu sáng\n0. Trang chủ",
    }
    assert [one["default_action"]["payload"] for one in payload["elements"][1:]] == [
        "choice:pothole",
        "choice:light",
        "choice:menu",
    ]


@pytest.mark.parametrize("form", ["text", "list"])
@pytest.mark.parametrize("code", [-201, -210, -233])
async def test_refused_buttons_become_numbers_for_good(
    zalo: ZaloEmulator, channels: Channels, citizen: Citizen, form: str, code: int
) -> None:
    zalo.switches.buttons_supported = zalo.switches.list_supported = True
    zalo.refuses(code, when=is_sending)
    channel = channels(zalo_buttons=form)
    menu = letter(citizen, Outgoing("Chuyện gì ạ?", MENU))
    assert len(await channel.send(menu)) == 1
    assert channel.limits.buttons == 0
    await channel.send(menu)
    numbered = {"text": "Chuyện gì ạ?\n1. Đường, cầu\n2. Điện chiếu sáng\n0. Trang chủ"}
    assert [one.message for one in citizen.letters] == [numbered, numbered]
    assert len(zalo.made("cs")) == 3


async def test_a_refusal_that_is_not_the_buttons_leaves_them_on(
    zalo: ZaloEmulator, channels: Channels, citizen: Citizen
) -> None:
    zalo.switches.buttons_supported = True
    zalo.refuses(-201, times=2, when=is_sending)
    channel = channels(zalo_buttons="text")
    with pytest.raises(Refused):
        await channel.send(letter(citizen, Outgoing("Chuyện gì ạ?", MENU)))
    await channel.send(letter(citizen, Outgoing("Chuyện gì ạ?", MENU)))
    assert channel.limits.buttons == 5
    assert citizen.letters[0].buttons == BUTTONS


async def test_a_picture_that_zalo_does_not_take_becomes_a_link(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    zalo.refuses(-201, when=is_sending)
    picture = Attachment(AttachmentKind.IMAGE, ref="https://xa.example.vn/sodo.jpg")
    await channel.send(letter(citizen, Outgoing("Sơ đồ", attachments=(picture,))))
    assert [one.message for one in citizen.letters] == [
        {"text": "Sơ đồ\nhttps://xa.example.vn/sodo.jpg"}
    ]


async def test_several_pictures_come_before_their_words(
    channel: ZaloChannel, citizen: Citizen
) -> None:
    pictures = tuple(
        Attachment(AttachmentKind.IMAGE, ref=f"https://xa.example.vn/{n}.jpg") for n in range(3)
    )
    ids = await channel.send(letter(citizen, Outgoing("Ba ảnh", MENU, pictures)))
    assert [one.kind for one in citizen.letters] == ["image", "image", "image", "text"]
    assert len(ids) == 4
