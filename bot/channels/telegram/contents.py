"""What a Telegram message holds besides words."""

import math
from collections.abc import Iterator
from dataclasses import replace

from telegram import Location, Message, PhotoSize, TelegramObject

from bot.channels.telegram.limits import LIMITS
from messages.envelope import Attachment, AttachmentKind
from messages.vietnamese import clean

UNREADABLE = (
    "checklist",
    "contact",
    "dice",
    "game",
    "giveaway",
    "invoice",
    "location",
    "paid_media",
    "poll",
    "story",
)
"""What a person sends on purpose although we may not be able to read it: it gets an answer.

Everything else without words or a file is Telegram's own note (joined, pinned, renamed …).
"""


LONGEST = 255
"""Characters of a name: no file system takes a longer one."""


def is_said(message: Message) -> bool:
    """Whether a person said something with this message."""
    if message.text or message.caption:
        return True
    return bool(attachments(message)) or any(getattr(message, name) for name in UNREADABLE)


def attachments(message: Message) -> tuple[Attachment, ...]:
    """Give what came with the words."""
    return tuple(_found(message))


def _found(message: Message) -> Iterator[Attachment]:
    if message.photo:
        yield _photo(message.photo)
    for name, kind, mime in FILES:
        file = getattr(message, name)
        # With an animation Telegram sets `document` too, to the same file.
        if file is not None and not (name == "document" and message.animation):
            yield _file(kind, file, mime)
    if sticker := message.sticker:
        yield Attachment(
            AttachmentKind.STICKER,
            clean(sticker.file_id),
            name=clean(sticker.emoji or ""),
            size=_bytes(sticker.file_size),
        )
    if venue := message.venue:
        # Telegram sets `location` too, to the same place.
        name = ", ".join(part for part in (clean(venue.title), clean(venue.address)) if part)
        name = name[:LONGEST]
        yield from _place(venue.location, name)
    elif message.location:
        yield from _place(message.location)
    if contact := message.contact:
        name = f"{contact.first_name} {contact.last_name or ''}"
        yield Attachment(
            AttachmentKind.CONTACT,
            name=" ".join(clean(name).split())[:LONGEST],
            phone=clean(contact.phone_number)[:LONGEST],
        )


FILES: tuple[tuple[str, AttachmentKind, str], ...] = (
    ("animation", AttachmentKind.VIDEO, "video/mp4"),
    ("document", AttachmentKind.FILE, ""),
    ("video", AttachmentKind.VIDEO, "video/mp4"),
    ("video_note", AttachmentKind.VIDEO, "video/mp4"),
    ("audio", AttachmentKind.AUDIO, "audio/mpeg"),
    ("voice", AttachmentKind.AUDIO, "audio/ogg"),
)
"""The field of a message, what it holds, and its media type where Telegram does not say."""


def _photo(sizes: tuple[PhotoSize, ...]) -> Attachment:
    """The largest of a photo's sizes that we may fetch."""
    fitting = [size for size in sizes if _bytes(size.file_size) <= LIMITS.fetch_bytes] or sizes
    best = max(fitting, key=lambda size: size.width * size.height)
    return _fetchable(
        Attachment(
            AttachmentKind.IMAGE,
            clean(best.file_id),
            mime="image/jpeg",
            size=_bytes(best.file_size),
        )
    )


def _file(kind: AttachmentKind, file: TelegramObject, mime: str) -> Attachment:
    return _fetchable(
        Attachment(
            kind,
            clean(getattr(file, "file_id", "")),
            name=_file_name(clean(getattr(file, "file_name", None) or "")),
            mime=clean(getattr(file, "mime_type", None) or mime),
            size=_bytes(getattr(file, "file_size", None)),
        )
    )


def _fetchable(file: Attachment) -> Attachment:
    """Give a file as it is, or without its reference where the Bot API would not give it out."""
    if file.size <= LIMITS.fetch_bytes:
        return file
    return replace(file, ref="", most=LIMITS.fetch_bytes)


def _file_name(name: str) -> str:
    """A file's name, of one too long its end, which says what it is."""
    return name[-LONGEST:]


def _bytes(size: object) -> int:
    """A size, 0 where Telegram does not say or says something odd."""
    return size if isinstance(size, int) and size > 0 else 0


def _place(location: Location, name: str = "") -> Iterator[Attachment]:
    latitude, longitude = float(location.latitude), float(location.longitude)
    # Also false for what is not a number at all.
    if abs(latitude) <= 90 and abs(longitude) <= 180 and math.isfinite(latitude + longitude):  # noqa: PLR2004 - degrees of the earth
        yield Attachment(AttachmentKind.LOCATION, name=name, latitude=latitude, longitude=longitude)
