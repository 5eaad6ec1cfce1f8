"""What the page gets: one JSON frame per letter."""

from collections.abc import Callable, Mapping

from bot.channels.channel import Letter
from messages.envelope import Attachment, AttachmentKind, Choice

Link = Callable[[Attachment], str]
"""Gives the address from which the page may fetch an attachment, "" for none."""


def frame(letter: Letter, link: Link) -> Mapping[str, object]:
    """Write a letter as the page reads it."""
    said: dict[str, object] = {
        "id": letter.id,
        "text": letter.body.text,
        "choices": [_choice(choice) for choice in letter.body.choices],
        "attachments": [_attachment(attachment, link) for attachment in letter.body.attachments],
    }
    if letter.body.ask:
        said["ask"] = letter.body.ask
    return said


def _choice(choice: Choice) -> Mapping[str, object]:
    said = {"key": choice.key, "title": choice.title}
    return {**said, "url": choice.url} if choice.url else said


def _attachment(attachment: Attachment, link: Link) -> Mapping[str, object]:
    if attachment.kind is AttachmentKind.LOCATION:
        return {
            "kind": attachment.kind.value,
            "latitude": attachment.latitude,
            "longitude": attachment.longitude,
        }
    return {
        "kind": attachment.kind.value,
        "name": attachment.name,
        "mime": attachment.mime,
        "size": attachment.size,
        "phone": attachment.phone,
        "url": link(attachment),
    }
