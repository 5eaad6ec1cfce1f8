"""Letters in, calls out: the second of Telegram's two tables."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.channel import Letter, PersonGone, Refused
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.limits import LIMITS
from messages.envelope import Address, Attachment, AttachmentKind, Choice, Outgoing
from tests.channels.telegram.conftest import Files, Opened
from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.wire import Call

Json = dict[str, Any]

LAN = Address("telegram", "5200000001")
GROUP = "-1001900000001"
REMOVE = {"remove_keyboard": True}
JPEG = b"\xff\xd8\xff\xe0 a photo"


def photo(name: str = "a") -> Attachment:
    return Attachment(AttachmentKind.IMAGE, f"media:{name}", mime="image/jpeg")


DOCUMENT = Attachment(AttachmentKind.FILE, "media:d", name="trả lời.pdf", mime="application/pdf")
PLACE = Attachment(AttachmentKind.LOCATION, latitude=20.75, longitude=106.61)
LINK = Attachment(AttachmentKind.LINK, "https://example.org/giay")
CONTACT = Attachment(AttachmentKind.CONTACT, name="Một cửa", phone="0225000000")

MENU = (Choice("/gopy", "Gửi phản ánh", number=1), Choice("/menu", "Trang đầu", number=0))
RATING = tuple(Choice(f"rate:{n}", str(n), number=n) for n in range(1, 6))
WEB = Choice("", "Xem hướng dẫn", url="https://example.org/q/KS01")
LOCAL = Choice("", "Xem hướng dẫn", url="http://localhost:8080/q/KS01")


def buttons(*rows: list[Json]) -> Json:
    return {"inline_keyboard": list(rows)}


def key(title: str, data: str) -> Json:
    return {"text": title, "callback_data": data}


MENU_BUTTONS = buttons([key("Gửi phản ánh", "/gopy"), key("Trang đầu", "/menu")])
PLACE_BUTTON = {
    "keyboard": [
        [
            {
                "text": "Gửi vị trí của tôi / Send my location",
                "request_location": True,
                "request_contact": False,
            }
        ]
    ],
    "resize_keyboard": True,
    "one_time_keyboard": True,
}
HINT = "Hoặc ông/bà bấm nút bên dưới. / Or press the button below."


def text(words: str, chat: str = LAN.id, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    return {
        "method": "sendMessage",
        "chat_id": chat,
        "text": words,
        "link_preview_options": {"is_disabled": True},
        **more,
    }


TABLE: dict[str, tuple[Outgoing, list[Json]]] = {
    "plain words": (Outgoing("Xin chào"), [text("Xin chào", reply_markup=REMOVE)]),
    "words that look like HTML stay as they are": (
        Outgoing("<b>&amp; *_"),
        [text("<b>&amp; *_", reply_markup=REMOVE)],
    ),
    "a lone surrogate": (Outgoing("a\ud83db"), [text("a?b", reply_markup=REMOVE)]),
    "choices": (Outgoing("Chọn", MENU), [text("Chọn", reply_markup=MENU_BUTTONS)]),
    "a rating stands in one row": (
        Outgoing("Mấy điểm?", RATING),
        [text("Mấy điểm?", reply_markup=buttons([key(c.title, c.key) for c in RATING]))],
    ),
    "long titles stand alone": (
        Outgoing("?", (Choice("a", "Đất đai, xây dựng, môi trường"), Choice("b", "Khác"))),
        [
            text(
                "?",
                reply_markup=buttons(
                    [key("Đất đai, xây dựng, môi trường", "a")], [key("Khác", "b")]
                ),
            )
        ],
    ),
    "a choice that leads elsewhere": (
        Outgoing("KS01", (WEB,)),
        [text("KS01", reply_markup=buttons([{"text": WEB.title, "url": WEB.url}]))],
    ),
    "an address that Telegram takes for no button is written": (
        Outgoing("KS01", (LOCAL, *MENU)),
        [text(f"KS01\nXem hướng dẫn: {LOCAL.url}", reply_markup=MENU_BUTTONS)],
    ),
    "more choices than buttons are numbered": (
        Outgoing("Chọn", tuple(Choice(f"c{n}", f"Mục {n}", number=n) for n in range(1, 62))),
        [text("\n".join(["Chọn", *(f"{n}. Mục {n}" for n in range(1, 62))]), reply_markup=REMOVE)],
    ),
    "a link and a contact are words": (
        Outgoing("Xem", attachments=(LINK, CONTACT)),
        [text("Xem\nhttps://example.org/giay\nMột cửa 0225000000", reply_markup=REMOVE)],
    ),
    "a photo with a caption": (
        Outgoing("Hố ga", MENU, (photo(),)),
        [
            {
                "method": "sendPhoto",
                "chat_id": LAN.id,
                "caption": "Hố ga",
                "reply_markup": MENU_BUTTONS,
                "photo": ("photo.jpg", JPEG),
            }
        ],
    ),
    "a photo with words too long for a caption": (
        Outgoing("dài " * 300, MENU, (photo(),)),
        [
            {
                "method": "sendPhoto",
                "chat_id": LAN.id,
                "reply_markup": REMOVE,
                "photo": ("photo.jpg", JPEG),
            },
            text(("dài " * 300).strip(), reply_markup=MENU_BUTTONS),
        ],
    ),
    "photos are an album with a caption": (
        Outgoing("Hai ảnh", attachments=(photo("a"), photo("b"))),
        [
            {
                "method": "sendMediaGroup",
                "chat_id": LAN.id,
                "media": [{"type": "photo", "caption": "Hai ảnh"}, {"type": "photo"}],
                "files": [("photo.jpg", JPEG), ("photo.jpg", JPEG + b"b")],
            }
        ],
    ),
    "an album has no buttons, so the words follow it": (
        Outgoing("Hai ảnh", MENU, (photo("a"), photo("b"))),
        [
            {
                "method": "sendMediaGroup",
                "chat_id": LAN.id,
                "media": [{"type": "photo"}, {"type": "photo"}],
                "files": [("photo.jpg", JPEG), ("photo.jpg", JPEG + b"b")],
            },
            text("Hai ảnh", reply_markup=MENU_BUTTONS),
        ],
    ),
    "a document with a caption": (
        Outgoing("Công văn", attachments=(DOCUMENT,)),
        [
            {
                "method": "sendDocument",
                "chat_id": LAN.id,
                "caption": "Công văn",
                "reply_markup": REMOVE,
                "document": ("trả lời.pdf", b"%PDF"),
            }
        ],
    ),
    "a document without words": (
        Outgoing("", attachments=(DOCUMENT,)),
        [
            {
                "method": "sendDocument",
                "chat_id": LAN.id,
                "reply_markup": REMOVE,
                "document": ("trả lời.pdf", b"%PDF"),
            }
        ],
    ),
    "a place and words": (
        Outgoing("Ở đây", attachments=(PLACE,)),
        [
            {
                "method": "sendLocation",
                "chat_id": LAN.id,
                "latitude": 20.75,
                "longitude": 106.61,
                "reply_markup": REMOVE,
            },
            text("Ở đây"),
        ],
    ),
    "asking for a place": (
        Outgoing("Ở đâu?", ask="location"),
        [text("Ở đâu?", reply_markup=PLACE_BUTTON)],
    ),
    "asking for a place beside choices": (
        Outgoing("Ở đâu?", MENU, ask="location"),
        [text("Ở đâu?", reply_markup=MENU_BUTTONS), text(HINT, reply_markup=PLACE_BUTTON)],
    ),
    "asking for a place in a group, where Telegram forbids it": (
        Outgoing("Ở đâu?", ask="location", group=GROUP),
        [text("Ở đâu?", GROUP)],
    ),
    "a card in a group": (
        Outgoing("PA2611-0000", MENU, group=GROUP),
        [text("PA2611-0000", GROUP, reply_markup=MENU_BUTTONS)],
    ),
    "an answer": (
        Outgoing("Vâng", reply_to=f"{LAN.id}:31"),
        [
            text(
                "Vâng",
                reply_markup=REMOVE,
                reply_parameters={"message_id": 31, "allow_sending_without_reply": True},
            )
        ],
    ),
    "an answer to what was said in another chat": (
        Outgoing("Vâng", reply_to=f"{GROUP}:31"),
        [text("Vâng", reply_markup=REMOVE)],
    ),
    "after a button under the text field the choices follow in a message of their own": (
        Outgoing("Đúng chưa?", MENU, asked=True),
        [
            text("Đúng chưa?", reply_markup=REMOVE),
            text("Xin mời chọn: / Please choose:", reply_markup=MENU_BUTTONS),
        ],
    ),
    "words without choices take such a button away themselves": (
        Outgoing("Cảm ơn", asked=True),
        [text("Cảm ơn", reply_markup=REMOVE)],
    ),
    "asking again leaves such a button where it is": (
        Outgoing("Ở đâu?", ask="location", asked=True),
        [text("Ở đâu?", reply_markup=PLACE_BUTTON)],
    ),
    "a letter to a topic": (
        Outgoing("Có phản ánh mới", MENU, group=f"{GROUP}/45"),
        [
            text(
                "Có phản ánh mới",
                chat=GROUP,
                message_thread_id=45,
                reply_markup=MENU_BUTTONS,
            )
        ],
    ),
    "a photo to a topic": (
        Outgoing("Ảnh", attachments=(photo(),), group=f"{GROUP}/45"),
        [
            {
                "method": "sendPhoto",
                "chat_id": GROUP,
                "caption": "Ảnh",
                "photo": ("photo.jpg", JPEG),
                "message_thread_id": "45",
            }
        ],
    ),
    "an answer to something of another channel": (
        Outgoing("Vâng", reply_to="msg-31"),
        [text("Vâng", reply_markup=REMOVE)],
    ),
}


@pytest.fixture
def lan(telegram: TelegramEmulator) -> Person:
    person = telegram.person(int(LAN.id), "Lan")
    person.started = True
    telegram.group(int(GROUP)).topics = {45: "open", 46: "closed"}
    return person


@pytest.fixture
def kept(files: Files) -> Files:
    files.kept.update({"media:a": JPEG, "media:b": JPEG + b"b", "media:d": b"%PDF"})
    return files


def _made(call: Call) -> Json:
    """A call as the table writes it: the attached files by name and content."""
    found = {"method": call.method, **call.body}
    attached = {name: (file.name, file.content) for name, file in call.files.items()}
    if call.method == "sendMediaGroup":
        items = json.loads(found["media"])
        found["files"] = [attached[i.pop("media").removeprefix("attach://")] for i in items]
        found["media"] = items
        return found
    found.update(attached)
    if call.files and "reply_markup" in found:
        found["reply_markup"] = json.loads(found["reply_markup"])
    return found


@pytest.mark.parametrize("name", TABLE)
async def test_each_letter_is_sent_as_the_table_says(
    name: str, channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, kept: Files
) -> None:
    body, expected = TABLE[name]
    ids = await channel.send(Letter(1, LAN, body))
    assert [_made(call) for call in telegram.calls] == expected
    assert ids == tuple(_first_id(call) for call in telegram.calls)


def _first_id(call: Call) -> str:
    result = call.answer["result"]
    message = result[0] if isinstance(result, list) else result
    return f"{message['chat']['id']}:{message['message_id']}"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("a" * 4096, 1),
        ("a" * 4097, 2),
        ("😀" * 2048, 1),
        ("😀" * 2049, 2),
        ("Một câu dài. " * 1000, 4),
    ],
    ids=["at the limit", "above it", "emoji at the limit", "emoji above it", "sentences"],
)
async def test_a_text_too_long_goes_in_parts_with_the_buttons_on_the_last(
    words: str, count: int, channel: TelegramChannel, lan: Person
) -> None:
    ids = await channel.send(Letter(1, LAN, Outgoing(words, MENU)))
    assert len(ids) == len(lan.letters) == count
    said = "".join(letter.text for letter in lan.letters)
    assert said.replace(" ", "") == words.replace(" ", "")
    assert [bool(letter.buttons) for letter in lan.letters] == [False] * (count - 1) + [True]


async def test_what_an_earlier_try_sent_is_not_sent_again(
    channel: TelegramChannel, lan: Person
) -> None:
    letter = Letter(1, LAN, Outgoing("a" * 4096 + "b" * 4096 + "c", MENU))
    assert len(await channel.send(replace(letter, parts_sent=2))) == 1
    assert [one.text for one in lan.letters] == ["c"]
    assert await channel.send(replace(letter, parts_sent=3)) == ()


async def test_more_photos_than_an_album_holds_go_in_two(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, kept: Files
) -> None:
    ids = await channel.send(Letter(1, LAN, Outgoing("Ảnh", attachments=(photo(),) * 12)))
    assert [call.method for call in telegram.calls] == ["sendMediaGroup", "sendMediaGroup"]
    assert len(lan.letters) == 12
    assert len(ids) == 2


async def test_a_photo_too_large_for_a_photo_goes_as_a_document(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, files: Files
) -> None:
    files.kept["media:a"] = JPEG.ljust(LIMITS.photo_bytes + 1, b"\0")
    await channel.send(Letter(1, LAN, Outgoing("Ảnh", attachments=(photo(),))))
    assert [call.method for call in telegram.calls] == ["sendDocument"]


async def test_a_photo_known_to_be_too_large_stays_out_of_the_album(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, kept: Files
) -> None:
    large = replace(photo("large"), size=LIMITS.photo_bytes + 1)
    kept.kept["media:large"] = JPEG.ljust(large.size, b"\0")
    body = Outgoing("Ảnh", attachments=(photo("a"), large, photo("b")))
    await channel.send(Letter(1, LAN, body))
    assert [call.method for call in telegram.calls] == ["sendMediaGroup", "sendDocument"]


@pytest.mark.parametrize(
    "body",
    [
        Outgoing(""),
        Outgoing("  \n "),
        Outgoing("?", (Choice("ă" * 33, "66 bytes in UTF-8, 33 characters"),)),
        Outgoing("?", (Choice("", "A button that does nothing"),)),
        Outgoing("", attachments=(photo("lost"),)),
        Outgoing("", attachments=(Attachment(AttachmentKind.IMAGE, "/etc/passwd"),)),
        Outgoing("", attachments=(Attachment(AttachmentKind.FILE, "https://example.org/x"),)),
    ],
    ids=["nothing", "blank", "66 bytes", "no key", "lost file", "a path", "an address"],
)
async def test_a_letter_that_can_never_go_is_refused_before_any_call(
    body: Outgoing, channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    with pytest.raises(Refused):
        await channel.send(Letter(1, LAN, body))
    assert not telegram.calls


async def test_a_key_of_64_bytes_goes_and_comes_back(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    await channel.send(Letter(1, LAN, Outgoing("?", (Choice("ă" * 32, "Được"),))))
    assert lan.letters[0].buttons == [key("Được", "ă" * 32)]


async def test_a_file_above_the_limit_is_refused(
    channel: TelegramChannel, telegram: TelegramEmulator, files: Files
) -> None:
    files.kept["media:d"] = bytes(LIMITS.file_bytes + 1)
    with pytest.raises(Refused, match="52428801 bytes"):
        await channel.send(Letter(1, LAN, Outgoing("", attachments=(DOCUMENT,))))
    assert not telegram.calls


async def test_the_album_that_failed_tells_which_parts_went_before_it(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person, files: Files
) -> None:
    files.kept["media:a"] = JPEG
    body = Outgoing("Ảnh", attachments=(photo(), Attachment(AttachmentKind.FILE, "media:lost")))
    with pytest.raises(Refused) as failure:
        await channel.send(Letter(1, LAN, body))
    assert failure.value.sent == (f"{lan.id}:{lan.letters[0].message_id}",)


async def test_a_group_that_threw_us_out_says_nothing_about_the_officer(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    telegram.group(int(GROUP)).kicked = True
    with pytest.raises(Refused, match="kicked"):
        await channel.send(Letter(1, LAN, Outgoing("x", group=GROUP)))
    lan.blocked = True
    with pytest.raises(PersonGone, match="blocked"):
        await channel.send(Letter(1, LAN, Outgoing("x")))


@pytest.mark.parametrize("topic", [46, 47])
async def test_what_a_topic_does_not_take_goes_to_the_group(
    topic: int, channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    sent = await channel.send(Letter(1, LAN, Outgoing("x", group=f"{GROUP}/{topic}")))
    (letter,) = telegram.group(int(GROUP)).letters
    assert "message_thread_id" not in letter.message
    assert sent == (f"{GROUP}:{letter.message_id}",)


async def test_a_group_as_a_recipient_that_threw_us_out_is_refused(
    channel: TelegramChannel, telegram: TelegramEmulator, lan: Person
) -> None:
    telegram.group(int(GROUP)).kicked = True
    with pytest.raises(Refused, match="kicked"):
        await channel.send(Letter(1, Address("telegram", GROUP), Outgoing("x")))


async def test_the_buttons_are_never_too_many_bytes(
    open_channel: Opened, telegram: TelegramEmulator, lan: Person
) -> None:
    choices = tuple(Choice(f"{n:064}", "Ậ" * 35, number=n) for n in range(1, 61))
    await open_channel().send(Letter(1, LAN, Outgoing("?", choices)))
    assert "60. ẬẬ" in lan.letters[0].text
    assert not lan.letters[0].buttons
