"""A letter → the messages that Zalo takes: at most 2,000 characters and one attachment each. Pure.

Plain text with numbered lines works everywhere. Buttons, quotes and pictures are decoration: each
part that has one also knows how it reads without, in exactly one part again, so that the number of
parts that went out means the same before and after.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.channels.numbered import numbered
from bot.channels.split import split, utf16_length
from bot.channels.zalo.inbound import CHOICE
from messages.envelope import Attachment, AttachmentKind, Choice, Outgoing
from messages.vietnamese import clean

TEXT: Final = 2000
"""Longest text and caption. Whether Zalo counts an emoji once or twice is not documented; we count
UTF-16 units, which is the more."""

BUTTONS: Final = 5
TITLE: Final = 35

ELEMENTS: Final = 5
LIST_TITLE: Final = 100
LIST_SUBTITLE: Final = 500

PICTURE_BYTES: Final = 1024 * 1024
PICTURES: Final = frozenset({"", "image/jpeg", "image/png"})
"""What Zalo takes as a picture by address, as far as the type is known."""

DOCUMENTS: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Endings of the files that Zalo takes, by which it judges them."""

NO_NAME: Final = "📎"
"""In place of a file that has neither name nor link: the rest of the letter still goes out."""

MENTION: Final = re.compile(r"\[(?=@)")
"""How "[@id]" begins, which would call everybody in a group."""

MAP: Final = "https://www.google.com/maps?q={latitude:.6f},{longitude:.6f}"

Message = Mapping[str, object]
Form = Literal["off", "text", "list"]
"""How choices are shown: numbered lines, buttons under the text, or a list with buttons."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message.

    Attributes:
        message: the `message` of the API's body.
        plain: the same without decoration, "" where it has none.
        buttons: whether its decoration is buttons.
        upload: what has to be uploaded first; the message lacks its id until `with_asset`.
    """

    message: Message
    plain: str = ""
    buttons: bool = False
    upload: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """How letters become messages.

    Attributes:
        form: how choices are shown.
        link: gives a public address for an attachment of our own store, "" where it has none.
        can_upload: whether the bytes of an attachment can be had.
        card: the address of the picture on the card that asks for a telephone number, "" where the
            number is asked for in words alone.
    """

    form: Form = "off"
    link: Callable[[Attachment], str] = lambda _: ""
    can_upload: Callable[[Attachment], bool] = lambda _: False
    card: str = ""


def parts(body: Outgoing, making: Making) -> list[Part]:
    """Give the messages of a letter, in the order in which they are to be sent."""
    shown = [(one, _address(one, making.link)) for one in body.attachments]
    apart = [_file(one, address, making) for one, address in shown]
    files = [part for part in apart if part is not None]
    lines = [
        _line(one, address)
        for (one, address), part in zip(shown, apart, strict=True)
        if part is None
    ]
    text = "\n".join(filter(None, (clean(body.text).strip(), *lines)))
    choices = tuple(_cleaned(choice) for choice in body.choices)
    as_card = body.ask == "contact" and bool(making.card)
    if len(files) == 1 and not as_card and not (making.form != "off" and choices):
        caption = numbered(Outgoing(text, choices))
        only = _captioned(files[0], caption)
        if only is not None:
            return [only]
    words = [] if not text and not choices else list(_words(text, choices, making.form))
    if as_card and len(words) == 1:
        words = [_contact_card(text, choices, making.card) or words[0]]
    if body.reply_to and words:
        words[0] = _quoting(words[0], body.reply_to)
    return [*files, *words]


def with_asset(part: Part, asset: str) -> Message:
    """Give a part's message with the id of what was uploaded for it."""
    if part.upload is None or part.upload.kind is not AttachmentKind.IMAGE:
        return {"attachment": {"type": "file", "payload": {"token": asset}}}
    element = {"media_type": "image", "attachment_id": asset}
    return {**part.message, **_template({"template_type": "media", "elements": [element]})}


def group_parts(body: Outgoing, link: Callable[[Attachment], str]) -> list[Part]:
    """Give a letter to a group chat: texts alone, in which nobody can be called by "[@…]"."""
    return plain_parts(replace(body, text=MENTION.sub("(", body.text)), link)


def plain_parts(body: Outgoing, link: Callable[[Attachment], str]) -> list[Part]:
    """Give a letter as texts alone, for who can receive nothing else."""
    lines = [_line(one, _address(one, link)) for one in body.attachments]
    text = "\n".join(filter(None, (clean(body.text).strip(), *lines)))
    choices = tuple(_cleaned(choice) for choice in body.choices)
    return list(_words(text, choices, "off")) if text or choices else []


def _words(text: str, choices: tuple[Choice, ...], form: Form) -> Iterator[Part]:
    """The text in parts, its last with the choices."""
    *first, last = split(text, TEXT, utf16_length) or [""]
    yield from map(_text, first)
    menu = split(numbered(Outgoing(last, choices)), TEXT, utf16_length)
    # A menu that needs a part of its own would count differently as buttons.
    if form == "off" or len(menu) != 1 or not last or not _may_be_buttons(choices):
        yield from map(_text, menu)
    elif form == "text":
        message = {"text": last, **_template({"buttons": [_button(one) for one in choices]})}
        yield Part(message, plain=menu[0], buttons=True)
    else:
        yield _list(last, choices, menu[0])


def _contact_card(text: str, choices: tuple[Choice, ...], picture: str) -> Part | None:
    """The text on the card that asks for name and number; None where the card is too small for it.

    What is typed instead of filling it in is an answer too, so that its numbers stand on it.
    """
    first = text.partition("\n")[0]
    title = split(first, LIST_TITLE, utf16_length)[0] if first else ""
    subtitle = numbered(Outgoing(text.removeprefix(title).strip(), choices))
    if not title or not subtitle or utf16_length(subtitle) > LIST_SUBTITLE:
        return None
    element = {"title": title, "subtitle": subtitle, "image_url": picture}
    message = _template({"template_type": "request_user_info", "elements": [element]})
    return Part(message, plain=numbered(Outgoing(text, choices)))


def _text(text: str) -> Part:
    return Part({"text": text})


def _quoting(part: Part, message_id: str) -> Part:
    """The same part as an answer to a message; a decorated part stays as it is."""
    if part.plain:
        return part
    text = part.message["text"]
    return replace(part, message={**part.message, "quote_message_id": message_id}, plain=str(text))


def _may_be_buttons(choices: tuple[Choice, ...]) -> bool:
    return 0 < len(choices) <= BUTTONS and all(
        len(choice.title) <= TITLE and (not choice.url or choice.url.startswith("https://"))
        for choice in choices
    )


def _button(choice: Choice) -> Message:
    if choice.url:
        return {"title": choice.title, "type": "oa.open.url", "payload": {"url": choice.url}}
    # Hidden: the person sees what they pressed, not our key.
    return {"title": choice.title, "type": "oa.query.hide", "payload": CHOICE + choice.key}


def _list(text: str, choices: tuple[Choice, ...], plain: str) -> Part:
    """The text as the head of a list and an element for each choice, or plain where it is too long.

    The head's small print has the numbers, which can be typed here as everywhere.
    """
    title = split(text, LIST_TITLE, utf16_length)[0]
    subtitle = numbered(Outgoing(text.removeprefix(title).strip(), choices))
    if utf16_length(subtitle) > LIST_SUBTITLE or len(choices) >= ELEMENTS:
        return _text(plain)
    elements: list[Message] = [{"title": title, "subtitle": subtitle}]
    elements += ({"title": choice.title, "default_action": _action(choice)} for choice in choices)
    message = _template({"template_type": "list", "elements": elements})
    return Part(message, plain=plain, buttons=True)


def _action(choice: Choice) -> Message:
    if choice.url:
        return {"type": "oa.open.url", "url": choice.url}
    return {"type": "oa.query.hide", "payload": CHOICE + choice.key}


def _template(payload: Message) -> dict[str, object]:
    return {"attachment": {"type": "template", "payload": payload}}


def _file(attachment: Attachment, address: str, making: Making) -> Part | None:
    """An attachment as a message of its own; None where it is told as a line of the text."""
    upload = making.can_upload(attachment)
    if attachment.kind is AttachmentKind.IMAGE and upload:
        return Part({}, plain=_line(attachment, address) or NO_NAME, upload=attachment)
    if _is_picture(attachment, address):
        element = {"media_type": "image", "url": address}
        message = _template({"template_type": "media", "elements": [element]})
        return Part(message, plain=address)
    if attachment.kind is AttachmentKind.FILE and upload and ending(attachment.name) in DOCUMENTS:
        return Part({}, plain=_line(attachment, address) or NO_NAME, upload=attachment)
    return None


def _captioned(part: Part, caption: str) -> Part | None:
    """A picture with the letter's words under it; None where they do not fit, or it is none."""
    upload = part.upload
    is_document = upload is not None and upload.kind is AttachmentKind.FILE
    plain = f"{caption}\n{part.plain}"
    if is_document or not caption or utf16_length(plain) > TEXT:
        return None
    return replace(part, message={"text": caption, **part.message}, plain=plain)


def ending(name: str) -> str:
    """Give the ending of a file's name in small letters, without the dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_picture(attachment: Attachment, address: str) -> bool:
    return (
        attachment.kind is AttachmentKind.IMAGE
        and address.startswith("https://")
        and attachment.mime in PICTURES
        and attachment.size <= PICTURE_BYTES
    )


def _address(attachment: Attachment, link: Callable[[Attachment], str]) -> str:
    """Where an attachment can be seen by everybody who has the letter, "" for nowhere."""
    if attachment.kind is AttachmentKind.LOCATION:
        return MAP.format(latitude=attachment.latitude, longitude=attachment.longitude)
    if attachment.ref.startswith(("https://", "http://")):
        return attachment.ref
    return link(attachment)


def _line(attachment: Attachment, address: str) -> str:
    """An attachment as a line to read."""
    told = (clean(attachment.name).strip(), attachment.phone, address)
    return ": ".join(filter(None, told)).replace("\n", " ")


def _cleaned(choice: Choice) -> Choice:
    return replace(choice, title=" ".join(clean(choice.title).split()))
