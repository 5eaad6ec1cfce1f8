"""The second of Telegram's two tables: letters, and the calls that carry them."""

from typing import Any

from messages.envelope import Address, Attachment, AttachmentKind, Choice, Outgoing

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
