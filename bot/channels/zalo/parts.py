"""A letter → the messages that Zalo takes: at most 2,000 characters and one attachment each. Pure.

Plain text with numbered lines works everywhere. Buttons, quotes and pictures are decoration: each
part that has one also knows how it reads without, in exactly one part again, so that the number of
parts that went out means the same before and after.
"""

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
    """

    message: Message
    plain: str = ""
    buttons: bool = False


def parts(body: Outgoing, form: Form, link: Callable[[Attachment], str]) -> list[Part]:
    """Give the messages of a letter, in the order in which they are to be sent.

    Args:
        body: what the letter says.
        form: how choices are shown.
        link: gives a public address for an attachment of our own store, "" where it has none.
    """
    shown = [(one, _address(one, link)) for one in body.attachments]
    pictures = [(one, address) for one, address in shown if _is_picture(one, address)]
    lines = [_line(one, address) for one, address in shown if not _is_picture(one, address)]
    text = "\n".join(filter(None, (clean(body.text).strip(), *lines)))
    choices = tuple(_cleaned(choice) for choice in body.choices)
    if len(pictures) == 1 and not (form != "off" and choices):
        caption = numbered(Outgoing(text, choices))
        address = pictures[0][1]
        if caption and utf16_length(caption) + 1 + len(address) <= TEXT:
            return [Part(_picture(address, caption), plain=f"{caption}\n{address}")]
    words = [] if not text and not choices else list(_words(text, choices, form))
    if body.reply_to and words:
        words[0] = _quoting(words[0], body.reply_to)
    return [*(Part(_picture(address), plain=address) for _, address in pictures), *words]


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


def _picture(address: str, caption: str = "") -> Message:
    element = {"media_type": "image", "url": address}
    message = _template({"template_type": "media", "elements": [element]})
    return {"text": caption, **message} if caption else message


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
