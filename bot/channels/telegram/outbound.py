"""Letters as calls of the Bot API: first what goes out in which order, then the calls."""

import mimetypes
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from telegram import (
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest

from bot.channels.channel import CannotFetch, Letter, Refused
from bot.channels.numbered import numbered
from bot.channels.split import split, utf16_length
from bot.channels.telegram import keyboards
from bot.channels.telegram.inbound import TOPIC
from bot.channels.telegram.limits import ALBUM, LIMITS
from bot.channels.telegram.request import TelegramBot
from messages.envelope import Attachment, AttachmentKind, Outgoing
from messages.text import _

OpenMedia = Callable[[str], Awaitable[bytes]]
"""Gives the bytes behind a `media:` reference; raises OSError where they are gone."""

Fetch = Callable[[Attachment], Awaitable[bytes]]
"""Gives the bytes of a file of Telegram's; raises CannotFetch where they are gone."""

MEDIA = "media:"

FILE_ID = re.compile(r"[A-Za-z0-9_-]+")
"""The reference of a file of Telegram's: base64 for addresses, no path and no address."""

NO_TOPIC = ("thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
"""What Telegram says of a topic that takes no message."""

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

WRITTEN = frozenset({AttachmentKind.CONTACT, AttachmentKind.LINK})
"""What goes out as a line of words."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a letter.

    Attributes:
        text: its words, or the caption of what it shows.
        shown: what it shows; several pictures are an album.
        markup: its buttons.
        answers: the number of the message that it answers, None for none.
    """

    text: str = ""
    shown: tuple[Attachment, ...] = ()
    markup: Markup | None = None
    answers: int | None = None


def parts(body: Outgoing, chat: str) -> tuple[Part, ...]:
    """Give the messages of a letter in order, the same each time it is asked.

    Pictures and files come first, with the words as caption where they fit; the buttons are on the
    last message with words.

    Args:
        body: what the letter says.
        chat: where it goes: a person's or a group's number.

    Raises:
        Refused: it says nothing, or what no button can carry.
    """
    found = _with_removal(list(_laid_out(body)), body)
    if not found:
        raise Refused("a letter without words or attachments")
    if (answers := _answered(body.reply_to, chat)) is not None:
        found[0] = replace(found[0], answers=answers)
    return tuple(found)


def _laid_out(body: Outgoing) -> Iterator[Part]:
    text, markup = _words(body)
    shown = list(_shown(body.attachments))
    ask = body.ask if body.ask in keyboards.ASKS and not body.group else ""
    hint = keyboards.in_all_languages(_("Or press the button below.")) if ask else ""
    below: Markup | None = markup or (keyboards.asking(ask) if ask else None)
    # A message has either kind of buttons, and only one with neither can take away the other kind.
    apart = markup if body.asked and not ask and not body.group else None
    if apart is not None:
        below = None
    if shown and _can_caption(shown, text, below):
        yield from (Part(shown=one) for one in shown[:-1])
        yield Part(text, shown[-1], below)
    else:
        yield from (Part(shown=one) for one in shown)
        pieces = split(text or hint, LIMITS.text, utf16_length)
        yield from (Part(piece) for piece in pieces[:-1])
        yield from (Part(piece, markup=below) for piece in pieces[-1:])
    if ask and markup is not None:
        yield Part(hint, markup=keyboards.asking(ask))
    if apart is not None:
        yield Part(keyboards.in_all_languages(_("Please choose:")), markup=apart)


def _words(body: Outgoing) -> tuple[str, InlineKeyboardMarkup | None]:
    """The words of a letter with what no button can carry written under them, and the buttons."""
    plain = tuple(c for c in body.choices if c.url and not keyboards.can_lead(c.url))
    pressed = tuple(c for c in body.choices if c not in plain)
    markup = keyboards.inline(pressed)
    written = plain if markup is not None else body.choices
    lines = (a.ref or f"{a.name} {a.phone}".strip() for a in body.attachments if a.kind in WRITTEN)
    text = "\n".join(line for line in (body.text.strip(), *lines) if line)
    text = numbered(replace(body, text=text, choices=written)).strip()
    if markup is not None and not text:
        text = numbered(replace(body, text="", choices=pressed))
    return text, markup


def _shown(attachments: Sequence[Attachment]) -> Iterator[tuple[Attachment, ...]]:
    """What is shown, pictures together in albums."""
    pictures = [a for a in attachments if _is_picture(a)]
    for start in range(0, len(pictures), ALBUM):
        yield tuple(pictures[start : start + ALBUM])
    for attachment in attachments:
        if not _is_picture(attachment) and attachment.kind not in WRITTEN:
            yield (attachment,)


def _is_picture(attachment: Attachment) -> bool:
    """Whether it can go as a photo; one too large goes as a document."""
    return attachment.kind is AttachmentKind.IMAGE and attachment.size <= LIMITS.photo_bytes


def _can_caption(shown: Sequence[tuple[Attachment, ...]], text: str, markup: Markup | None) -> bool:
    last = shown[-1]
    if utf16_length(text) > LIMITS.caption or last[0].kind is AttachmentKind.LOCATION:
        return False
    # The album alone has no buttons.
    return len(last) == 1 or (markup is None and bool(text))


def _with_removal(found: list[Part], body: Outgoing) -> list[Part]:
    """Take away the button under the text field that an earlier letter may have put there.

    Every letter does it that asks for nothing: no memory of what was asked can be lost, and where
    there is no such button Telegram does nothing. A group's keyboards are not ours to take.
    """
    if body.group or body.ask:
        return found
    for place, part in enumerate(found):
        if part.markup is None and len(part.shown) < 2:  # noqa: PLR2004 - two make an album
            found[place] = replace(part, markup=ReplyKeyboardRemove())
            break
    return found


def _answered(reply_to: str, chat: str) -> int | None:
    """The number of the message to answer; another chat's messages are not shown in this one."""
    where, _colon, number = reply_to.rpartition(":")
    return int(number) if where == chat and number.isdecimal() else None


def group_of(letter: Letter) -> str:
    """Give the number of the group to which a letter goes, "" for a person's chat."""
    number = (letter.body.group or letter.to.id).partition(TOPIC)[0]
    return number if number.startswith("-") else ""


def place_of(letter: Letter) -> tuple[str, int | None]:
    """Give the number of the chat to which a letter goes, and of the topic there."""
    chat, _slash, topic = (letter.body.group or letter.to.id).partition(TOPIC)
    return chat, int(topic) if topic.isdecimal() else None


class Writer:
    """Makes the calls for the parts of a letter.

    Args:
        bot: the Bot API.
        open_media: reads our own files.
        fetch: fetches what an official sent here, to go along with what they wrote: a file of
            Telegram's own can be sent again only as what it was, so it is sent anew.
    """

    def __init__(self, bot: TelegramBot, open_media: OpenMedia, fetch: Fetch) -> None:
        self._bot = bot
        self._open_media = open_media
        self._fetch = fetch

    async def write(self, chat: str, part: Part, topic: int | None = None) -> str:
        """Send one part; give its id.

        Args:
            chat: the person's or the group's number.
            part: what is sent.
            topic: of the group, None for none.

        Raises:
            TelegramError: the call failed.
            Refused: it holds a file that cannot be sent.
        """
        try:
            sent = await self._sent(chat, part, topic)
        except BadRequest as error:
            if topic is None or not any(words in error.message.lower() for words in NO_TOPIC):
                raise
            # The topic is gone or shut; the group is still there.
            sent = await self._sent(chat, part, None)
        return f"{chat}:{sent.message_id}"

    async def _sent(self, chat: str, part: Part, topic: int | None) -> Message:
        answers = None
        if part.answers is not None:
            answers = ReplyParameters(part.answers, allow_sending_without_reply=True)
        if not part.shown:
            return await self._bot.send_message(
                chat,
                part.text,
                reply_markup=part.markup,
                reply_parameters=answers,
                message_thread_id=topic,
                # A preview would make Telegram open our signed links.
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        if len(part.shown) > 1:
            return await self._album(chat, part, answers, topic)
        return await self._single(chat, part, answers, topic)

    async def _album(
        self, chat: str, part: Part, answers: ReplyParameters | None, topic: int | None
    ) -> Message:
        """Send pictures together; the first stands for all of them."""
        pictures = []
        for place, attachment in enumerate(part.shown):
            content = await self._content(attachment, LIMITS.photo_bytes)
            caption = part.text if place == 0 and part.text else None
            name = _file_name(attachment)
            pictures.append(InputMediaPhoto(content, caption=caption, filename=name))
        sent = await self._bot.send_media_group(
            chat, pictures, reply_parameters=answers, message_thread_id=topic
        )
        return sent[0]

    async def _single(
        self, chat: str, part: Part, answers: ReplyParameters | None, topic: int | None
    ) -> Message:
        bot, shown, markup = self._bot, part.shown[0], part.markup
        if shown.kind is AttachmentKind.LOCATION:
            return await bot.send_location(
                chat,
                shown.latitude,
                shown.longitude,
                reply_markup=markup,
                reply_parameters=answers,
                message_thread_id=topic,
            )
        content = await self._content(shown, LIMITS.file_bytes)
        file = InputFile(content, filename=_file_name(shown))
        is_photo = shown.kind is AttachmentKind.IMAGE and len(content) <= LIMITS.photo_bytes
        send = bot.send_photo if is_photo else bot.send_document
        return await send(
            chat,
            file,
            caption=part.text or None,
            reply_markup=markup,
            reply_parameters=answers,
            message_thread_id=topic,
        )

    async def _content(self, attachment: Attachment, most: int) -> bytes:
        try:
            if attachment.ref.startswith(MEDIA):
                content = await self._open_media(attachment.ref)
            elif FILE_ID.fullmatch(attachment.ref):
                content = await self._fetch(attachment)
            else:
                raise Refused(f"an attachment that is not ours ({attachment.kind})")
        except (OSError, CannotFetch):
            raise Refused("an attachment is no longer there") from None
        if not 0 < len(content) <= most:
            raise Refused(f"an attachment of {len(content)} bytes")
        return content


def _file_name(attachment: Attachment) -> str:
    if name := " ".join(attachment.name.split()):
        return name
    if attachment.kind is AttachmentKind.IMAGE:
        return "photo.jpg"
    return f"{attachment.kind}{mimetypes.guess_extension(attachment.mime) or ''}"
