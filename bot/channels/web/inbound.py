"""What the page sends: one JSON frame per message."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind
from messages.text import Text, _
from messages.vietnamese import clean

FRAME_BYTES = 1 << 20
"""The longest frame, as UTF-8."""

LONGEST = 100_000
"""Characters of one message: what is longer would hold up everybody while it is read."""

CHOICE_BYTES = 64
MOST_ATTACHMENTS = 10
MOST_SEEN = 50
LAST_LETTER = (1 << 62) - 1

FrameId: TypeAlias = str | int

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_START = re.compile(r"/start\s+(.+)", re.IGNORECASE | re.DOTALL)


def _short(value: FrameId) -> FrameId:
    if not _ID.fullmatch(str(value)):
        raise ValueError("not an id")
    return value


def _choice(value: str) -> str:
    if len(value.encode(errors="replace")) > CHOICE_BYTES:
        raise ValueError("not a choice")
    return value


class _Given(BaseModel):
    """A photo or voice note sent before by its ref, or a place."""

    model_config = ConfigDict(strict=True, frozen=True)

    kind: Literal["image", "audio", "location"]
    ref: str = ""
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] = 0.0
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = 0.0


class _Frame(BaseModel):
    """A frame; what else stands in it is not ours to read."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: Annotated[FrameId, AfterValidator(_short)]
    text: str | None = None
    choice: Annotated[str, AfterValidator(_choice)] = ""
    attachments: Annotated[list[_Given], Field(max_length=MOST_ATTACHMENTS)] = []
    seen: Annotated[
        list[Annotated[int, Field(gt=0, le=LAST_LETTER)]], Field(max_length=MOST_SEEN)
    ] = []


class BadFrame(Exception):
    """A frame cannot be read.

    Args:
        reason: what the person is told.
        frame_id: the frame's own id where that much could be read.
    """

    def __init__(self, reason: Text, frame_id: FrameId | None = None) -> None:
        super().__init__(reason.msgid)
        self.reason = reason
        self.frame_id = frame_id


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that was read.

    Attributes:
        id: as the page gave it, to be acknowledged in the same form.
        incoming: the message in it.
    """

    id: FrameId
    incoming: Incoming


def read(
    raw: str,
    sender: Address,
    *,
    language: str,
    now: datetime,
    find: Callable[[str], Attachment | None],
) -> Frame:
    """Read a frame.

    Args:
        raw: what came over the socket.
        sender: whose socket it is.
        language: the page's language.
        now: our clock; the page's is not believed.
        find: gives the photo that a ref stands for, None where it is not there any more.

    Raises:
        BadFrame: it is no frame of ours.
    """
    if len(raw) > FRAME_BYTES or len(raw.encode(errors="replace")) > FRAME_BYTES:
        raise BadFrame(_("This message is too long. Please send it in several shorter ones."))
    try:
        # A page has no use for numbers that JSON does not know, nor for a thousand brackets.
        data: object = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadFrame(_("This message could not be read.")) from None
    try:
        frame = _Frame.model_validate(data)
    except (ValidationError, RecursionError):
        raise BadFrame(_("This message could not be read."), _id_of(data)) from None
    said = frame.text is not None or frame.choice or frame.attachments
    if not said and not frame.seen:
        raise BadFrame(_("This message could not be read."), frame.id)
    key = f"{sender.id}:{frame.id}"
    if not said:
        about = " ".join(map(str, frame.seen))
        return Frame(frame.id, Incoming(sender, key, now, kind=Kind.SEEN, about=about))
    # A pressed button says all; words beside it would be a second message.
    if len(frame.text or "") > LONGEST:
        raise BadFrame(
            _("This message is too long. Please send it in several shorter ones."), frame.id
        )
    text = "" if frame.choice else clean(frame.text or "")
    start = _START.fullmatch(text.strip())
    incoming = Incoming(
        sender=sender,
        key=key,
        sent_at=now,
        message_id=key,
        text="/start" if start else text,
        choice=clean(frame.choice),
        payload=start[1] if start else "",
        language=language,
        attachments=tuple(_attachment(given, frame.id, find) for given in frame.attachments),
    )
    return Frame(frame.id, incoming)


def _attachment(
    given: _Given, frame_id: FrameId, find: Callable[[str], Attachment | None]
) -> Attachment:
    if given.kind == "location":
        return Attachment(
            AttachmentKind.LOCATION, latitude=given.latitude, longitude=given.longitude
        )
    found = find(given.ref)
    if found is None or found.kind != given.kind:
        raise BadFrame(_("The photo is not there any more. Please send it again."), frame_id)
    return found


def _id_of(data: object) -> FrameId | None:
    """Give the id of a frame that is wrong elsewhere, so that the page knows which one it was."""
    found = data.get("id") if isinstance(data, dict) else None
    if isinstance(found, str | int) and not isinstance(found, bool) and _ID.fullmatch(str(found)):
        return found
    return None
