"""Zalo's events → Incoming: every event of the webhook read, or knowingly ignored.

Whoever signs an event is trusted to be Zalo, not to send well-formed data: every field may be
missing, null, of another type or huge. What cannot be read is left out; an event without a person
is nothing at all.
"""

import hashlib
import json
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind
from messages.vietnamese import clean

CHANNEL: Final = "zalo"

ANONYMOUS: Final = "anon"
"""Begins the address of a visitor who is not logged in: "anon:<conversation>:<visitor>"."""

CHOICE: Final = "choice:"
"""Begins the payload of our own buttons, which comes back as if the person had typed it."""

ID: Final = re.compile(r"[!-9;-~]{1,60}")
"""An id of Zalo's: printable ASCII; a colon would part an anonymous address at the wrong place."""

KEY: Final = re.compile(r"[!-~][ -~]{0,63}")
"""A choice's key; that of a command has spaces in it: "/nhan PA2611-7K3M"."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

NAME_LENGTH: Final = 200
ADDRESS_LENGTH: Final = 2000
SEEN_AT_ONCE: Final = 50
ATTACHMENTS: Final = 20

Event = Mapping[str, object]

MESSAGES: Final = frozenset(
    f"user_send_{what}"
    for what in (
        "text",
        "image",
        "gif",
        "sticker",
        "link",
        "audio",
        "video",
        "file",
        "location",
        "business_card",
    )
)
"""What a person says. A button, a menu item and an automatic query arrive as user_send_text."""

ANONYMOUS_MESSAGES: Final = frozenset(
    f"anonymous_send_{what}" for what in ("text", "image", "file", "sticker")
)
"""What a visitor who is not logged in says."""

ECHOES: Final = frozenset(
    f"oa_send_{what}" for what in ("text", "image", "gif", "list", "file", "sticker")
)
"""What the OA said. With `sender.admin_id` an official wrote it by hand, without it we did."""

ANONYMOUS_ECHOES: Final = frozenset(
    f"oa_send_anonymous_{what}" for what in ("text", "image", "file", "sticker")
)
ALL_ECHOES: Final = ECHOES | ANONYMOUS_ECHOES

IGNORED: Final = frozenset(
    {
        # The officers' own order in the OA's console.
        "add_user_to_tag",
        "remove_user_from_tag",
        "remove_tag",
        # What the person changed in their profile, or which link of ours they opened.
        "update_user_info",
        # The telephone's.
        "user_call_oa",
        "oa_send_consent",
        "user_reply_consent",
        # Somebody pressed the widget on a web page without saying anything.
        "widget_interaction_accepted",
        # The administrator's.
        "change_template_status",
        "change_oa_daily_quota",
    }
)
"""Known events that say nothing to us; so are all of groups, whose names have _group_ in them."""

TYPES: Final[Mapping[str, AttachmentKind]] = {
    "image": AttachmentKind.IMAGE,
    "gif": AttachmentKind.IMAGE,
    "video": AttachmentKind.VIDEO,
    "audio": AttachmentKind.AUDIO,
    "voice": AttachmentKind.AUDIO,
    "file": AttachmentKind.FILE,
    "sticker": AttachmentKind.STICKER,
    "link": AttachmentKind.LINK,
}

MIMES: Final[Mapping[str, str]] = {"gif": "image/gif", "audio": "audio/amr", "voice": "audio/amr"}


def is_ignored(event: Event) -> bool:
    """Whether an event is one of those that we know and leave."""
    name = _string(event, "event_name")
    return (
        name in IGNORED
        or "_group_" in name
        or (name in ALL_ECHOES and not _id(_part(event, "sender"), "admin_id"))
        or (name == "user_received_message" and _is_template_receipt(event))
    )


def official_account(event: Event) -> str:
    """Give the OA that an event is about, "" where it does not say."""
    name = _string(event, "event_name")
    if account := _id(event, "oa_id"):
        return account
    speaks = name.startswith("oa_") or name in {"user_received_message", "user_seen_message"}
    return _id(_part(event, "sender" if speaks else "recipient"), "id")


def read(event: Event, received_at: datetime) -> Incoming | None:
    """Read an event.

    Args:
        event: the JSON object as it came.
        received_at: the time for an event that does not tell its own.

    Returns:
        what it says, or None where it is ignored, unknown or names no person.
    """
    if is_ignored(event):
        return None
    name = _string(event, "event_name")
    reader = READERS.get(name)
    if reader is None and name.startswith("user_send_"):
        # A kind of message that Zalo added later: its sender gets an answer rather than silence.
        reader = _message
    return None if reader is None else reader(event, _sent_at(event, received_at))


def _message(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, _id(_part(event, "sender"), "id"), sent_at, Kind.MESSAGE)


def _anonymous_message(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, _anonymous(event, "sender"), sent_at, Kind.MESSAGE)


def _echo(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, _id(_part(event, "recipient"), "id"), sent_at, Kind.ECHO)


def _anonymous_echo(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, _anonymous(event, "recipient"), sent_at, Kind.ECHO)


def _followed(event: Event, sent_at: datetime) -> Incoming | None:
    return _plain(event, sent_at, Kind.FOLLOWED)


def _left(event: Event, sent_at: datetime) -> Incoming | None:
    return _plain(event, sent_at, Kind.LEFT)


def _withdrawn(event: Event, sent_at: datetime) -> Incoming | None:
    return _plain(event, sent_at, Kind.WITHDRAWN)


def _delivered(event: Event, sent_at: datetime) -> Incoming | None:
    about = _id(_part(event, "message"), "msg_id")
    return _about(event, _id(_part(event, "recipient"), "id"), sent_at, Kind.DELIVERED, about)


def _seen(event: Event, sent_at: datetime) -> Incoming | None:
    ids = _part(event, "message").get("msg_ids")
    known = [str(one) for one in ids if _is_id(one)] if isinstance(ids, list) else []
    about = " ".join(known[-SEEN_AT_ONCE:])
    return _about(event, _id(_part(event, "recipient"), "id"), sent_at, Kind.SEEN, about)


def _reaction(event: Event, sent_at: datetime) -> Incoming | None:
    message = _part(event, "message")
    about = _id(message, "msg_id")
    icon = clean(_string(message, "react_icon"))[:NAME_LENGTH]
    return _about(
        event, _id(_part(event, "sender"), "id"), sent_at, Kind.REACTION, about, text=icon
    )


def _submitted(event: Event, sent_at: datetime) -> Incoming | None:
    """What a person filled into the card that asks for name and phone."""
    person = _id(_part(event, "sender"), "id")
    if not person:
        return None
    info = _part(event, "info")
    contact = Attachment(
        AttachmentKind.CONTACT,
        name=clean(_string(info, "name"))[:NAME_LENGTH].strip(),
        phone=_phone(info.get("phone")),
    )
    return Incoming(
        sender=Address(CHANNEL, person),
        key=_key(event, person),
        sent_at=sent_at,
        attachments=(contact,) if contact.name or contact.phone else (),
    )


READERS: Final[Mapping[str, Callable[[Event, datetime], Incoming | None]]] = {
    **dict.fromkeys(MESSAGES, _message),
    **dict.fromkeys(ANONYMOUS_MESSAGES, _anonymous_message),
    **dict.fromkeys(ECHOES, _echo),
    **dict.fromkeys(ANONYMOUS_ECHOES, _anonymous_echo),
    "follow": _followed,
    "user_click_chatnow": _followed,
    "unfollow": _left,
    "user_withdraw": _withdrawn,
    "user_submit_info": _submitted,
    "user_reacted_message": _reaction,
    "user_received_message": _delivered,
    "user_seen_message": _seen,
}


def _said(event: Event, person: str, sent_at: datetime, kind: Kind) -> Incoming | None:
    if not person:
        return None
    message = _part(event, "message")
    text = clean(_string(message, "text")).strip()
    choice = ""
    if text.startswith(CHOICE) and KEY.fullmatch(text, len(CHOICE)):
        text, choice = "", text.removeprefix(CHOICE)
    message_id = _id(message, "msg_id")
    return Incoming(
        sender=Address(CHANNEL, person),
        key=message_id or _key(event, person),
        sent_at=sent_at,
        message_id=message_id,
        text=text,
        kind=kind,
        choice=choice,
        reply_to=_id(message, "quote_msg_id"),
        attachments=tuple(_attachments(event, message)),
    )


def _plain(event: Event, sent_at: datetime, kind: Kind) -> Incoming | None:
    """An event that names a person, in one of three places, and tells nothing more."""
    person = (
        _id(_part(event, "follower"), "id")
        or _id(event, "user_id")
        or _id(_part(event, "sender"), "id")
    )
    if not person:
        return None
    return Incoming(Address(CHANNEL, person), _key(event, person), sent_at, kind=kind)


def _about(
    event: Event, person: str, sent_at: datetime, kind: Kind, about: str, *, text: str = ""
) -> Incoming | None:
    """An event about an earlier message, whose msg_id is that message's and not its own."""
    if not person or not about:
        return None
    key = _key(event, person, about)
    return Incoming(Address(CHANNEL, person), key, sent_at, text=text, kind=kind, about=about)


def _attachments(event: Event, message: Event) -> Iterator[Attachment]:
    found = message.get("attachments")
    if not isinstance(found, list):
        return
    is_card = _string(event, "event_name") == "user_send_business_card"
    for one in found[:ATTACHMENTS]:
        if isinstance(one, dict):
            payload = _part(one, "payload")
            kind = _string(one, "type")
            attachment = _card(payload) if is_card else _attachment(kind, payload)
            if attachment is not None:
                yield attachment


def _attachment(kind: str, payload: Event) -> Attachment | None:
    if kind == "location":
        return _location(payload)
    address = _address(payload.get("url"))
    if kind not in TYPES or not address:
        return None
    name = clean(_string(payload, "name"))[:NAME_LENGTH].strip()
    if kind == "link":
        name = clean(_string(payload, "description"))[:NAME_LENGTH].strip()
    return Attachment(
        TYPES[kind],
        ref=address,
        name=name,
        mime=MIMES.get(kind) or (mimetypes.guess_type(name)[0] or "" if kind == "file" else ""),
        size=_size(payload.get("size")),
    )


def _location(payload: Event) -> Attachment | None:
    coordinates = _part(payload, "coordinates")
    latitude = _degrees(coordinates.get("latitude"), 90)
    longitude = _degrees(coordinates.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return Attachment(AttachmentKind.LOCATION, latitude=latitude, longitude=longitude)


def _card(payload: Event) -> Attachment | None:
    """A business card: a link whose description is JSON with the phone in it."""
    try:
        found = json.loads(_string(payload, "description"))
    except (ValueError, RecursionError):
        found = None
    card = found if isinstance(found, dict) else {}
    phone = _phone(card.get("phone"))
    address = _address(payload.get("url"))
    if not phone and not address:
        return None
    name = clean(_string(card, "name"))[:NAME_LENGTH].strip()
    return Attachment(AttachmentKind.CONTACT, ref=address, name=name, phone=phone)


def _anonymous(event: Event, side: str) -> str:
    """The address of a visitor who is not logged in; both halves are needed to answer."""
    conversation = _id(_part(event, "message"), "conversation_id")
    visitor = _id(_part(event, side), "id")
    return f"{ANONYMOUS}:{conversation}:{visitor}" if conversation and visitor else ""


def _is_template_receipt(event: Event) -> bool:
    """Whether a receipt is of a ZBS template, whose recipient is a telephone and no person."""
    message = _part(event, "message")
    return "tracking_id" in message or "delivery_time" in message


def _key(event: Event, person: str, about: str = "") -> str:
    """What tells an event without an id of its own from all others, at most 160 characters."""
    name, moment = _string(event, "event_name"), _digits(event.get("timestamp"))
    key = ":".join(filter(None, (name, moment, person, about)))
    # Hashed only where it is long, or holds what a database refuses, so that the inbox can be read.
    fits = len(key) <= 150 and key.isascii() and key.isprintable()  # noqa: PLR2004 - the column's 160, with room
    return key if fits else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _sent_at(event: Event, received_at: datetime) -> datetime:
    digits = _digits(event.get("timestamp"))
    # Thirteen digits until the year 2286.
    if len(digits) > 13:  # noqa: PLR2004
        return received_at
    moment = EPOCH + timedelta(milliseconds=int(digits or 0))
    return moment if EARLIEST <= moment < LATEST else received_at


def _digits(value: object) -> str:
    """A number that comes as a number or as a string."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text if isinstance(text, str) and text.isascii() and text.isdigit() else ""


def _part(event: Event, name: str) -> Event:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def _string(event: Event, name: str) -> str:
    found = event.get(name)
    return found if isinstance(found, str) else ""


def _id(event: Event, name: str) -> str:
    found = event.get(name)
    return str(found) if _is_id(found) else ""


def _is_id(value: object) -> bool:
    """Whether a value is an id: a string, or a number as some samples of the documents have it."""
    if isinstance(value, int) and not isinstance(value, bool):
        # Longer numbers are no ids, and turning them into a string takes its time or fails.
        return 0 <= value < 10**20
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _phone(value: object) -> str:
    """A telephone number as it came, which may be as a number."""
    text = _digits(value) or (value if isinstance(value, str) else "")
    return "".join(character for character in text[:40] if character in "+0123456789")[:20]


def _size(value: object) -> int:
    digits = _digits(value)
    # More digits than this are no size of a file.
    return int(digits) if 0 < len(digits) <= 15 else 0  # noqa: PLR2004


def _degrees(value: object, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if -most <= degrees <= most else None


def _address(value: object) -> str:
    """An http address of bounded length, "" where it is none."""
    if not isinstance(value, str) or len(value) > ADDRESS_LENGTH or not value.isprintable():
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in {"http", "https"} and parts.netloc else ""
