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
from datetime import datetime
from typing import Final

from bot.channels.zalo.fields import (
    Event,
    address_of,
    degrees_of,
    digits_of,
    id_of,
    is_id,
    moment_of,
    part_of,
    phone_of,
    size_of,
    string_of,
)
from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind
from messages.vietnamese import clean

CHANNEL: Final = "zalo"

ANONYMOUS: Final = "anon"
"""Begins the address of a visitor who is not logged in: "anon:<conversation>:<visitor>"."""

CHOICE: Final = "choice:"
"""Begins the payload of our own buttons, which comes back as if the person had typed it."""

KEY: Final = re.compile(r"[!-~][ -~]{0,63}")
"""A choice's key; that of a command has spaces in it: "/nhan PA2611-7K3M"."""

NAME_LENGTH: Final = 200
SEEN_AT_ONCE: Final = 50
ATTACHMENTS: Final = 20

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
    name = string_of(event, "event_name")
    return (
        name in IGNORED
        or "_group_" in name
        or (name in ALL_ECHOES and not id_of(part_of(event, "sender"), "admin_id"))
        or (name == "user_received_message" and _is_template_receipt(event))
    )


def left_out(event: Event, incoming: Incoming) -> int:
    """Count what came with a message and could not be read."""
    came = part_of(event, "message").get("attachments")
    if came is None or not incoming.message_id:
        return 0
    return (len(came) if isinstance(came, list) else 1) - len(incoming.attachments)


def official_account(event: Event) -> str:
    """Give the OA that an event is about, "" where it does not say."""
    name = string_of(event, "event_name")
    if account := id_of(event, "oa_id"):
        return account
    speaks = name.startswith("oa_") or name in {"user_received_message", "user_seen_message"}
    return id_of(part_of(event, "sender" if speaks else "recipient"), "id")


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
    name = string_of(event, "event_name")
    reader = READERS.get(name)
    if reader is None and name.startswith("user_send_"):
        # A kind of message that Zalo added later: its sender gets an answer rather than silence.
        reader = _message
    return (
        None if reader is None else reader(event, moment_of(event.get("timestamp")) or received_at)
    )


def _message(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, id_of(part_of(event, "sender"), "id"), sent_at, Kind.MESSAGE)


def _anonymous_message(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, _anonymous(event, "sender"), sent_at, Kind.MESSAGE)


def _echo(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, id_of(part_of(event, "recipient"), "id"), sent_at, Kind.ECHO)


def _anonymous_echo(event: Event, sent_at: datetime) -> Incoming | None:
    return _said(event, _anonymous(event, "recipient"), sent_at, Kind.ECHO)


def _followed(event: Event, sent_at: datetime) -> Incoming | None:
    return _plain(event, sent_at, Kind.FOLLOWED)


def _left(event: Event, sent_at: datetime) -> Incoming | None:
    return _plain(event, sent_at, Kind.LEFT)


def _withdrawn(event: Event, sent_at: datetime) -> Incoming | None:
    return _plain(event, sent_at, Kind.WITHDRAWN)


def _delivered(event: Event, sent_at: datetime) -> Incoming | None:
    about = id_of(part_of(event, "message"), "msg_id")
    return _about(event, id_of(part_of(event, "recipient"), "id"), sent_at, Kind.DELIVERED, about)


def _seen(event: Event, sent_at: datetime) -> Incoming | None:
    ids = part_of(event, "message").get("msg_ids")
    known = [str(one) for one in ids if is_id(one)] if isinstance(ids, list) else []
    about = " ".join(known[-SEEN_AT_ONCE:])
    return _about(event, id_of(part_of(event, "recipient"), "id"), sent_at, Kind.SEEN, about)


def _reaction(event: Event, sent_at: datetime) -> Incoming | None:
    message = part_of(event, "message")
    about = id_of(message, "msg_id")
    icon = clean(string_of(message, "react_icon"))[:NAME_LENGTH]
    return _about(
        event, id_of(part_of(event, "sender"), "id"), sent_at, Kind.REACTION, about, text=icon
    )


def _submitted(event: Event, sent_at: datetime) -> Incoming | None:
    """What a person filled into the card that asks for name and phone."""
    person = id_of(part_of(event, "sender"), "id")
    if not person:
        return None
    info = part_of(event, "info")
    contact = Attachment(
        AttachmentKind.CONTACT,
        name=clean(string_of(info, "name"))[:NAME_LENGTH].strip(),
        phone=phone_of(info.get("phone")),
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
    message = part_of(event, "message")
    text, choice = spoken(string_of(message, "text"))
    message_id = id_of(message, "msg_id")
    return Incoming(
        sender=Address(CHANNEL, person),
        key=message_id or _key(event, person),
        sent_at=sent_at,
        message_id=message_id,
        text=text,
        kind=kind,
        choice=choice,
        reply_to=id_of(message, "quote_msg_id"),
        attachments=tuple(_attachments(event, message)),
    )


def spoken(text: str) -> tuple[str, str]:
    """Part what came as text into what was typed and the key of a button that was pressed."""
    text = clean(text).strip()
    if text.startswith(CHOICE) and KEY.fullmatch(text, len(CHOICE)):
        return "", text.removeprefix(CHOICE)
    return text, ""


def _plain(event: Event, sent_at: datetime, kind: Kind) -> Incoming | None:
    """An event that names a person, in one of three places, and tells nothing more."""
    person = (
        id_of(part_of(event, "follower"), "id")
        or id_of(event, "user_id")
        or id_of(part_of(event, "sender"), "id")
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
    is_card = string_of(event, "event_name") == "user_send_business_card"
    for one in found[:ATTACHMENTS]:
        if isinstance(one, dict):
            payload = part_of(one, "payload")
            kind = string_of(one, "type")
            attachment = _card(payload) if is_card else attachment_of(kind, payload)
            if attachment is not None:
                yield attachment


def attachment_of(kind: str, payload: Event) -> Attachment | None:
    """Read what came with a message; None where it has no address, or is of no kind we know."""
    if kind == "location":
        return _location(payload)
    address = address_of(payload.get("url"))
    if kind not in TYPES or not address:
        return None
    name = clean(string_of(payload, "name"))[:NAME_LENGTH].strip()
    if kind == "link":
        name = clean(string_of(payload, "description"))[:NAME_LENGTH].strip()
    return Attachment(
        TYPES[kind],
        ref=address,
        name=name,
        mime=MIMES.get(kind) or (mimetypes.guess_type(name)[0] or "" if kind == "file" else ""),
        size=size_of(payload.get("size")),
    )


def _location(payload: Event) -> Attachment | None:
    coordinates = part_of(payload, "coordinates")
    latitude = degrees_of(coordinates.get("latitude"), 90)
    longitude = degrees_of(coordinates.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return Attachment(AttachmentKind.LOCATION, latitude=latitude, longitude=longitude)


def _card(payload: Event) -> Attachment | None:
    """A business card: a link whose description is JSON with the phone in it."""
    try:
        found = json.loads(string_of(payload, "description"))
    except (ValueError, RecursionError):
        found = None
    card = found if isinstance(found, dict) else {}
    phone = phone_of(card.get("phone"))
    address = address_of(payload.get("url"))
    if not phone and not address:
        return None
    name = clean(string_of(card, "name"))[:NAME_LENGTH].strip()
    return Attachment(AttachmentKind.CONTACT, ref=address, name=name, phone=phone)


def _anonymous(event: Event, side: str) -> str:
    """The address of a visitor who is not logged in; both halves are needed to answer."""
    conversation = id_of(part_of(event, "message"), "conversation_id")
    visitor = id_of(part_of(event, side), "id")
    return f"{ANONYMOUS}:{conversation}:{visitor}" if conversation and visitor else ""


def _is_template_receipt(event: Event) -> bool:
    """Whether a receipt is of a ZBS template, whose recipient is a telephone and no person."""
    message = part_of(event, "message")
    return "tracking_id" in message or "delivery_time" in message


def _key(event: Event, person: str, about: str = "") -> str:
    """What tells an event without an id of its own from all others, at most 160 characters."""
    name, moment = string_of(event, "event_name"), digits_of(event.get("timestamp"))
    key = ":".join(filter(None, (name, moment, person, about)))
    # Hashed only where it is long, or holds what a database refuses, so that the inbox can be read.
    fits = len(key) <= 150 and key.isascii() and key.isprintable()  # noqa: PLR2004 - the column's 160, with room
    return key if fits else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
