"""One row for each event of Zalo's documentation: its payload, and what it says to us."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.zalo.inbound import IGNORED
from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind

Json = dict[str, Any]

RECEIVED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SENT = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
"""1760000000000 milliseconds."""

PERSON, OA, APP = "246845883529197922", "388613280878808645", "360846524940903967"
CITIZEN = Address("zalo", PERSON)


def said(name: str, message: Json, **more: object) -> Json:
    return {
        "app_id": APP,
        "sender": {"id": PERSON},
        "user_id_by_app": "552177279717587730",
        "recipient": {"id": OA},
        "event_name": name,
        "message": message,
        "timestamp": "1760000000000",
        **more,
    }


def told(name: str, message: Json, sender: Json | None = None) -> Json:
    return said(name, message, sender=sender or {"id": OA}, recipient={"id": PERSON})


def flat(name: str, **more: object) -> Json:
    return {
        "app_id": APP,
        "oa_id": OA,
        "event_name": name,
        "timestamp": "1760000000000",
        **more,
    }


def with_one(kind: str, payload: Json, **message: object) -> Json:
    return {"msg_id": "4a1d", **message, "attachments": [{"type": kind, "payload": payload}]}


def message(*attachments: Attachment, text: str = "", kind: Kind = Kind.MESSAGE) -> Incoming:
    return Incoming(
        CITIZEN, "4a1d", SENT, message_id="4a1d", text=text, kind=kind, attachments=attachments
    )


PICTURE = {
    "thumbnail": "http://t.photo.talk.zdn.vn/a.jpg",
    "url": "http://f6.photo.talk.zdn.vn/a.jpg",
}
PHOTO = Attachment(AttachmentKind.IMAGE, ref="http://f6.photo.talk.zdn.vn/a.jpg")
CARD = {
    "thumbnail": "https://avatar.zdn.vn/6.jpg",
    "description": '{"phone": "84912345678", "qrCodeUrl": "https://qr.zdn.vn/6.jpg"}',
    "url": "https://zalo.me/84912345678",
}
WITHOUT_KEY = f"1760000000000:{PERSON}"

VISITOR = Address("zalo", "anon:conv_55ab:anon_7f21c0")
BY_HAND = {"id": OA, "admin_id": "7412369852147"}
STICKER = Attachment(AttachmentKind.STICKER, ref="https://zalo-api.zadn.vn/webpc?eid=1")
GIF = Attachment(AttachmentKind.IMAGE, ref="https://f6.zdn.vn/2/g.gif", mime="image/gif")
PAPER = Attachment(
    AttachmentKind.FILE, ref="https://file.zdn.vn/5/a.pdf", name="a.pdf", mime="application/pdf"
)
PIECES: dict[str, tuple[Json, Attachment]] = {
    "image": (PICTURE, PHOTO),
    "gif": ({"url": GIF.ref}, GIF),
    "sticker": ({"id": "bfe4", "url": STICKER.ref}, STICKER),
    "file": ({"url": PAPER.ref, "name": PAPER.name, "type": "pdf"}, PAPER),
}
"""Kind of attachment → how it comes, and what it is to us."""


def of_a_visitor(name: str, message: Json, sender: Json, recipient: Json) -> Json:
    message = {"conversation_id": "conv_55ab", **message}
    return said(name, message, sender=sender, recipient=recipient)


FAMILIES: list[tuple[str, Json, Incoming]] = [
    *(
        (
            f"an official's own {what}",
            told(f"oa_send_{what}", with_one(what, payload), BY_HAND),
            message(attachment, kind=Kind.ECHO),
        )
        for what, (payload, attachment) in PIECES.items()
    ),
    (
        "an official's own list, which has no attachment that we read",
        told("oa_send_list", with_one("template", {"elements": []}), BY_HAND),
        message(kind=Kind.ECHO),
    ),
    *(
        (
            f"a visitor's {what}",
            of_a_visitor(
                f"anonymous_send_{what}",
                with_one(what, PIECES[what][0]),
                {"id": "anon_7f21c0"},
                {"id": OA},
            ),
            replace(message(PIECES[what][1]), sender=VISITOR),
        )
        for what in ("image", "file", "sticker")
    ),
    *(
        (
            f"an official's {what} to such a visitor",
            of_a_visitor(
                f"oa_send_anonymous_{what}",
                with_one(what, PIECES[what][0]),
                BY_HAND,
                {"id": "anon_7f21c0"},
            ),
            replace(message(PIECES[what][1], kind=Kind.ECHO), sender=VISITOR),
        )
        for what in ("image", "file", "sticker")
    ),
]
"""Events that differ from others in what comes with them alone."""

READ: list[tuple[str, Json, Incoming]] = [
    *FAMILIES,
    (
        "text",
        said("user_send_text", {"text": "Cho tôi hỏi thủ tục khai sinh", "msg_id": "4a1d"}),
        message(text="Cho tôi hỏi thủ tục khai sinh"),
    ),
    (
        "an answer to a message",
        said("user_send_text", {"text": "vâng", "msg_id": "4a1d", "quote_msg_id": "63ec"}),
        Incoming(CITIZEN, "4a1d", SENT, message_id="4a1d", text="vâng", reply_to="63ec"),
    ),
    (
        "a button of ours",
        said("user_send_text", {"text": "choice:menu", "msg_id": "4a1d"}),
        Incoming(CITIZEN, "4a1d", SENT, message_id="4a1d", choice="menu"),
    ),
    (
        "a button of ours that is a command about a ticket",
        said("user_send_text", {"text": "choice:/nhan PA2611-7K3M", "msg_id": "4a1d"}),
        Incoming(CITIZEN, "4a1d", SENT, message_id="4a1d", choice="/nhan PA2611-7K3M"),
    ),
    (
        "a menu item of the OA",
        said("user_send_text", {"text": "#hoso", "msg_id": "4a1d"}),
        message(text="#hoso"),
    ),
    (
        "image with caption",
        said("user_send_image", with_one("image", PICTURE, text="Ổ gà trước nhà văn hoá thôn 3")),
        message(PHOTO, text="Ổ gà trước nhà văn hoá thôn 3"),
    ),
    (
        "several images in one event",
        said(
            "user_send_image",
            {"msg_id": "4a1d", "attachments": [{"type": "image", "payload": PICTURE}] * 3},
        ),
        message(PHOTO, PHOTO, PHOTO),
    ),
    (
        "gif",
        said("user_send_gif", with_one("gif", {"url": "https://f6.zdn.vn/2/g.gif"})),
        message(
            Attachment(AttachmentKind.IMAGE, ref="https://f6.zdn.vn/2/g.gif", mime="image/gif")
        ),
    ),
    (
        "sticker",
        said(
            "user_send_sticker",
            with_one("sticker", {"id": "bfe4", "url": "https://zalo-api.zadn.vn/webpc?eid=1"}),
        ),
        message(Attachment(AttachmentKind.STICKER, ref="https://zalo-api.zadn.vn/webpc?eid=1")),
    ),
    (
        "link",
        said(
            "user_send_link",
            with_one(
                "link",
                {"description": "Cổng dịch vụ công", "url": "https://dichvucong.gov.vn"},
                text="https://dichvucong.gov.vn",
            ),
        ),
        message(
            Attachment(
                AttachmentKind.LINK, ref="https://dichvucong.gov.vn", name="Cổng dịch vụ công"
            ),
            text="https://dichvucong.gov.vn",
        ),
    ),
    (
        "audio",
        said("user_send_audio", with_one("audio", {"url": "https://voice.zdn.vn/3/v.amr"})),
        message(
            Attachment(AttachmentKind.AUDIO, ref="https://voice.zdn.vn/3/v.amr", mime="audio/amr")
        ),
    ),
    (
        "video",
        said(
            "user_send_video",
            with_one("video", {"description": "", "url": "https://video.zdn.vn/4/v.mp4"}),
        ),
        message(Attachment(AttachmentKind.VIDEO, ref="https://video.zdn.vn/4/v.mp4")),
    ),
    (
        "file",
        said(
            "user_send_file",
            with_one(
                "file",
                {
                    "size": "102400",
                    "name": "don-de-nghi.pdf",
                    "checksum": "9e107d9d372bb6826bd81d3542a419d6",
                    "type": "pdf",
                    "url": "https://file.zdn.vn/5/don-de-nghi.pdf",
                },
            ),
        ),
        message(
            Attachment(
                AttachmentKind.FILE,
                ref="https://file.zdn.vn/5/don-de-nghi.pdf",
                name="don-de-nghi.pdf",
                mime="application/pdf",
                size=102400,
            )
        ),
    ),
    (
        "location",
        said(
            "user_send_location",
            with_one(
                "location",
                {"coordinates": {"latitude": "10.7642473", "longitude": "106.6564314"}},
                text="",
            ),
        ),
        message(
            Attachment(AttachmentKind.LOCATION, latitude=10.7642473, longitude=106.6564314),
        ),
    ),
    (
        "business card",
        said("user_send_business_card", with_one("link", CARD)),
        message(
            Attachment(
                AttachmentKind.CONTACT, ref="https://zalo.me/84912345678", phone="84912345678"
            )
        ),
    ),
    (
        "a kind of message that came later",
        said("user_send_hologram", {"msg_id": "4a1d", "text": "?"}),
        message(text="?"),
    ),
    (
        "follow",
        flat("follow", follower={"id": PERSON}, source="oa_profile"),
        Incoming(CITIZEN, f"follow:{WITHOUT_KEY}", SENT, kind=Kind.FOLLOWED),
    ),
    (
        "unfollow",
        flat("unfollow", follower={"id": PERSON}, source="oa_profile"),
        Incoming(CITIZEN, f"unfollow:{WITHOUT_KEY}", SENT, kind=Kind.LEFT),
    ),
    (
        "the first press on chat",
        flat("user_click_chatnow", user_id=PERSON),
        Incoming(CITIZEN, f"user_click_chatnow:{WITHOUT_KEY}", SENT, kind=Kind.FOLLOWED),
    ),
    (
        "withdrawal of consent",
        flat("user_withdraw", user_id=PERSON),
        Incoming(CITIZEN, f"user_withdraw:{WITHOUT_KEY}", SENT, kind=Kind.WITHDRAWN),
    ),
    (
        "name and phone",
        said("user_submit_info", {}, info={"name": "Nguyễn Văn A", "phone": "84912345678"}),
        Incoming(
            CITIZEN,
            f"user_submit_info:{WITHOUT_KEY}",
            SENT,
            attachments=(
                Attachment(AttachmentKind.CONTACT, name="Nguyễn Văn A", phone="84912345678"),
            ),
        ),
    ),
    (
        "name and phone of an older client, the phone a number",
        said("user_submit_info", {}, info={"name": "A", "phone": 84912345678, "city": "TP.HCM"}),
        Incoming(
            CITIZEN,
            f"user_submit_info:{WITHOUT_KEY}",
            SENT,
            attachments=(Attachment(AttachmentKind.CONTACT, name="A", phone="84912345678"),),
        ),
    ),
    (
        "reaction",
        said("user_reacted_message", {"msg_id": "63ec", "react_icon": "/-strong"}),
        Incoming(
            CITIZEN,
            f"user_reacted_message:{WITHOUT_KEY}:63ec",
            SENT,
            text="/-strong",
            kind=Kind.REACTION,
            about="63ec",
        ),
    ),
    (
        "receipt",
        told("user_received_message", {"msg_id": "63ec"}),
        Incoming(
            CITIZEN,
            f"user_received_message:{WITHOUT_KEY}:63ec",
            SENT,
            kind=Kind.DELIVERED,
            about="63ec",
        ),
    ),
    (
        "seen",
        told("user_seen_message", {"msg_ids": ["63ec", "63ed"]}),
        Incoming(
            CITIZEN,
            f"user_seen_message:{WITHOUT_KEY}:63ec 63ed",
            SENT,
            kind=Kind.SEEN,
            about="63ec 63ed",
        ),
    ),
    (
        "an official's own words",
        told(
            "oa_send_text",
            {"text": "Tôi là cán bộ một cửa", "msg_id": "4a1d"},
            {"id": OA, "admin_id": "7412369852147"},
        ),
        message(text="Tôi là cán bộ một cửa", kind=Kind.ECHO),
    ),
    (
        "an official's picture",
        told("oa_send_image", with_one("image", PICTURE), {"id": OA, "admin_id": "74"}),
        message(PHOTO, kind=Kind.ECHO),
    ),
    (
        "a visitor who is not logged in",
        said(
            "anonymous_send_text",
            {"conversation_id": "conv_55ab", "text": "Trụ sở xã ở đâu?", "msg_id": "4a1d"},
            sender={"id": "anon_7f21c0"},
        ),
        Incoming(
            Address("zalo", "anon:conv_55ab:anon_7f21c0"),
            "4a1d",
            SENT,
            message_id="4a1d",
            text="Trụ sở xã ở đâu?",
        ),
    ),
    (
        "an official's answer to such a visitor",
        told(
            "oa_send_anonymous_text",
            {"conversation_id": "conv_55ab", "text": "Thôn 3", "msg_id": "4a1d"},
            {"id": OA, "admin_id": "74"},
        )
        | {"recipient": {"id": "anon_7f21c0"}},
        Incoming(
            Address("zalo", "anon:conv_55ab:anon_7f21c0"),
            "4a1d",
            SENT,
            message_id="4a1d",
            text="Thôn 3",
            kind=Kind.ECHO,
        ),
    ),
    (
        "ids and time as numbers",
        said(
            "user_send_text",
            {"text": "a", "msg_id": "4a1d"},
            sender={"id": int(PERSON)},
            timestamp=1760000000000,
        ),
        message(text="a"),
    ),
]

KNOWN_AND_LEFT: list[Json] = [
    told("oa_send_text", {"text": "Xin chào ông/bà", "msg_id": "63ec"}),
    *(
        told(f"oa_send_{what}", {"msg_id": "63ec"})
        for what in (
            *("image", "gif", "list", "file", "sticker"),
            *(f"anonymous_{kind}" for kind in ("text", "image", "file", "sticker")),
        )
    ),
    told(
        "user_received_message",
        {"delivery_time": "1602960467432", "msg_id": "15a0", "tracking_id": "hoso-000.12.34-H01"},
    )
    | {"recipient": {"id": "84123456789"}},
    said("user_send_group_text", {"text": "a", "msg_id": "1"}),
    *(flat(name) for name in sorted(IGNORED)),
]


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Where in an event something stands that could be something else."""
    inner: list[tuple[object, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def replaced(event: Json, path: tuple[Any, ...], value: object) -> Json:
    event = deepcopy(event)
    *way, last = path
    at: Any = event
    for step in way:
        at = at[step]
    if value is KeyError:
        del at[last]
    else:
        at[last] = value
    return event
