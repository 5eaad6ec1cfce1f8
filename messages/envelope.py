"""What goes in and out of the service, the same for every channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an inbound message is."""

    MESSAGE = "message"
    EDIT = "edit"
    """A new version of an earlier message; `Incoming.about` names it."""
    FOLLOWED = "followed"
    """The person opened, followed or unblocked us without writing."""
    LEFT = "left"
    """The person blocked or unfollowed us."""
    WITHDRAWN = "withdrawn"
    """The person asks the platform that their data be deleted."""
    ECHO = "echo"
    """An official answered by hand in the platform's own console."""
    DELIVERED = "delivered"
    SEEN = "seen"
    REACTION = "reaction"
    TIMER = "timer"
    """Something of ours fell due; `Incoming.text` names it, `Incoming.payload` its subject."""


class AttachmentKind(StrEnum):
    """What an attachment is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached.

    Attributes:
        channel: "zalo", "telegram", "web" or "clock".
        id: the person's id there, as the platform writes it.
    """

    channel: str
    id: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came or goes with a message.

    Attributes:
        kind: what it is.
        ref: where its bytes are: the platform's file id, an address, or `media:HASH` in our store.
        name: its file name, "" where it has none; for a contact the person's name.
        mime: its media type as far as known.
        size: bytes, 0 where the platform does not say.
        latitude: degrees north, of a location.
        longitude: degrees east, of a location.
        phone: of a contact.
        most: of a file that is too large, the bytes that its platform lets us fetch; then there is
            no `ref`.
    """

    kind: AttachmentKind
    ref: str = ""
    name: str = ""
    mime: str = ""
    size: int = 0
    latitude: float = 0.0
    longitude: float = 0.0
    phone: str = ""
    most: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from outside, read from a platform's own form.

    Attributes:
        sender: who wrote.
        key: the platform's id of the message; the inbox keeps one of each.
        sent_at: when, by the platform's clock.
        message_id: the platform's id of the message itself, which answers and edits name.
        text: the words, NFC, "" where there are none.
        kind: what it is.
        choice: the key of the button that was pressed.
        payload: what a start link carried.
        reply_to: the platform's id of the message it answers.
        about: the platform's id of the message that it edits, delivers or has seen; several are
            parted by spaces.
        group: the group chat it was said in, "" in private.
        album: what the parts of one album share.
        name: the sender's name as the platform gives it, "" where it gives none.
        language: the sender's language as the platform gives it, "" where it gives none.
        attachments: what came with it.
    """

    sender: Address
    key: str
    sent_at: datetime
    message_id: str = ""
    text: str = ""
    kind: Kind = Kind.MESSAGE
    choice: str = ""
    payload: str = ""
    reply_to: str = ""
    about: str = ""
    group: str = ""
    album: str = ""
    name: str = ""
    language: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person may choose: a button, or a line of a numbered list.

    Attributes:
        key: what comes back as `Incoming.choice`, at most 64 bytes.
        title: what is read, at most 35 characters (the least of our platforms).
        url: where the button leads instead of coming back.
        number: what is typed for it where there are no buttons; 0 is always the menu.
    """

    key: str
    title: str
    url: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a letter says, in the person's language, before a channel gives it the platform's form.

    Attributes:
        text: plain words; "" only with attachments.
        choices: what the person may choose.
        attachments: what goes with it.
        ask: what the channel may ask for by a button of its own: "location", "contact" or "".
        group: the group chat to send to instead of the person, "" for the person.
        reply_to: the platform's id of the message this answers, "" for none.
        asked: whether the letter before it asked by such a button, which is to go now.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    ask: str = ""
    group: str = ""
    reply_to: str = ""
    asked: bool = False
