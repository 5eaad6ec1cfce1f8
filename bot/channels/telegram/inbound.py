"""Telegram updates as the messages that the service takes.

A message's id is "CHAT:MESSAGE", since Telegram counts messages per chat; letters are given ids of
the same form, so that an answer finds the letter it answers in private and in groups alike.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType, UpdateType

from bot.channels.telegram.contents import attachments, is_said
from messages.envelope import Address, AttachmentKind, Incoming, Kind
from messages.vietnamese import clean

NAME = "telegram"

GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})

TOPIC = "/"
"""What stands between a group's number and that of one of its topics."""

COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?=\s|$)")
"""How a text begins that is a command, perhaps to one bot by name."""

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?")
"""An IETF tag as Telegram gives it."""

LONGEST_NAME = 128
"""Characters of a name; Telegram lets nobody have a longer one."""

LARGEST_ID = (1 << 63) - 1
"""The Bot API's ids fit into 64 bits; a longer one the store would refuse, again and again."""

IGNORED: Mapping[str, str] = {
    UpdateType.CHANNEL_POST: "an announcement channel is no conversation",
    UpdateType.EDITED_CHANNEL_POST: "the same",
    UpdateType.INLINE_QUERY: "we offer nothing to other chats",
    UpdateType.CHOSEN_INLINE_RESULT: "the same",
    UpdateType.GUEST_MESSAGE: "the same",
    UpdateType.SHIPPING_QUERY: "we sell nothing",
    UpdateType.PRE_CHECKOUT_QUERY: "the same",
    UpdateType.PURCHASED_PAID_MEDIA: "the same",
    UpdateType.POLL: "we make no polls",
    UpdateType.POLL_ANSWER: "the same",
    UpdateType.CHAT_MEMBER: "who else is in a group is not our business",
    UpdateType.CHAT_JOIN_REQUEST: "the same",
    UpdateType.CHAT_BOOST: "the same",
    UpdateType.REMOVED_CHAT_BOOST: "the same",
    UpdateType.MESSAGE_REACTION_COUNT: "reactions without a person",
    UpdateType.BUSINESS_CONNECTION: "we answer for nobody's private account",
    UpdateType.BUSINESS_MESSAGE: "the same",
    UpdateType.EDITED_BUSINESS_MESSAGE: "the same",
    UpdateType.DELETED_BUSINESS_MESSAGES: "the same",
    UpdateType.MANAGED_BOT: "we manage no other bots",
}
"""The kinds of update that are left alone, each with the reason."""


class Unreadable(Exception):
    """An update that is not as the Bot API describes it."""


def well_formed(data: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give JSON without lone surrogates, which nothing can store or send."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "ignore"))
    return data


def read(data: object, *, now: datetime, username: str = "") -> Incoming | None:
    """Read an update; None for what we ignore.

    Args:
        data: the update, as it came in JSON.
        now: the moment of a pressed button, for which the platform gives none.
        username: of our bot; a command to another bot is not for us. "" = not known yet.

    Raises:
        Unreadable: it is not an update that we understand.
    """
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        raise Unreadable("no update_id")
    try:
        update = Update.de_json(well_formed(data), None)
        return _read(update, now, username)
    except Exception as error:
        # A field that is missing or of another type makes the library raise whatever it does.
        raise Unreadable(type(error).__name__) from error


def kind_of(data: Mapping[str, Any]) -> str:
    """Name what kind of update this is if we have never heard of it, "" for those we know."""
    strange = [str(name)[:64] for name in data if name != "update_id" and name not in KNOWN]
    return strange[0] if strange and not any(name in KNOWN for name in data) else ""


def callback_id(data: Mapping[str, Any]) -> str:
    """The id of the button press that waits for an answer, "" in other updates."""
    query = data.get(UpdateType.CALLBACK_QUERY)
    found = query.get("id") if isinstance(query, dict) else None
    return found if isinstance(found, str) else ""


def _read(update: Update, now: datetime, username: str) -> Incoming | None:
    key = str(_number(update.update_id))
    if update.message is not None:
        return _message(update.message, key, username, Kind.MESSAGE)
    if update.edited_message is not None:
        return _message(update.edited_message, key, username, Kind.EDIT)
    if update.callback_query is not None:
        return _pressed(update.callback_query, key, now)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, key)
    if update.message_reaction is not None:
        return _reaction(update.message_reaction, key)
    return None


WANTED: tuple[str, ...] = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MY_CHAT_MEMBER,
    UpdateType.MESSAGE_REACTION,
)
"""The kinds of update that are read: those that we ask the platform for."""

KNOWN = frozenset({*WANTED, *IGNORED})


def _message(message: Message, key: str, username: str, kind: Kind) -> Incoming | None:
    sender = message.from_user
    # Without a person behind it nobody could be answered: anonymous admins, forwarded posts, bots.
    if sender is None or sender.is_bot or message.sender_chat is not None:
        return None
    if not is_said(message):
        return None
    found = attachments(message)
    if kind is Kind.EDIT and any(one.kind is AttachmentKind.LOCATION for one in found):
        # A live location is edited every few seconds.
        return None
    text = clean(message.text or message.caption or "")
    payload = ""
    if command := COMMAND.match(text):
        name, bot = command.groups()
        if bot and username and bot.lower() != username.lower():
            return None
        text = f"/{name}{text[command.end() :]}"
        if name.lower() == "start":
            text, payload = "/start", text[len("/start") :].strip()
    group = _group(message.chat, message)
    if group and not text and not found:
        return None
    own_id = _message_id(message.chat, message.message_id)
    return Incoming(
        sender=_address(sender),
        name=_name(sender),
        language=_language(sender),
        key=key,
        sent_at=_moment(message.edit_date if kind is Kind.EDIT else message.date),
        message_id=own_id,
        text=text,
        kind=kind,
        payload=payload,
        reply_to=_answered(message),
        about=own_id if kind is Kind.EDIT else "",
        group=group,
        album=clean(message.media_group_id or ""),
        attachments=found,
    )


def _pressed(query: CallbackQuery, key: str, now: datetime) -> Incoming | None:
    if not query.data:
        # The button of a game, which we do not have.
        return None
    card = query.message
    return Incoming(
        sender=_address(query.from_user),
        name=_name(query.from_user),
        language=_language(query.from_user),
        key=key,
        sent_at=now,
        choice=clean(query.data),
        reply_to="" if card is None else _message_id(card.chat, card.message_id),
        group="" if card is None else _group(card.chat, card),
    )


def _membership(change: ChatMemberUpdated, key: str) -> Incoming | None:
    if change.chat.type in GROUPS:
        kind = IN_GROUPS.get(change.new_chat_member.status)
        if kind is None or kind is IN_GROUPS.get(change.old_chat_member.status):
            # A right more or less is neither coming nor going.
            return None
        # A group is written to as a person is, so it comes and goes as one.
        number = _group(change.chat)
        return Incoming(
            sender=Address(NAME, number),
            name=_one_line(change.chat.title or ""),
            language=_language(change.from_user),
            key=key,
            sent_at=_moment(change.date),
            kind=kind,
            group=number,
        )
    kind = MEMBERSHIPS.get(change.new_chat_member.status)
    if change.chat.type != ChatType.PRIVATE or kind is None:
        return None
    return Incoming(
        sender=_address(change.from_user),
        name=_name(change.from_user),
        language=_language(change.from_user),
        key=key,
        sent_at=_moment(change.date),
        kind=kind,
    )


MEMBERSHIPS: Mapping[str, Kind] = {
    ChatMemberStatus.BANNED: Kind.LEFT,
    ChatMemberStatus.MEMBER: Kind.FOLLOWED,
}
"""What becomes of a private chat with us."""

IN_GROUPS: Mapping[str, Kind] = {
    ChatMemberStatus.BANNED: Kind.LEFT,
    ChatMemberStatus.LEFT: Kind.LEFT,
    ChatMemberStatus.MEMBER: Kind.FOLLOWED,
    ChatMemberStatus.RESTRICTED: Kind.FOLLOWED,
    ChatMemberStatus.ADMINISTRATOR: Kind.FOLLOWED,
}
"""What becomes of our place in a group."""


def _reaction(change: MessageReactionUpdated, key: str) -> Incoming | None:
    if change.user is None or change.user.is_bot:
        return None
    emoji = (one.emoji for one in change.new_reaction if isinstance(one, ReactionTypeEmoji))
    return Incoming(
        sender=_address(change.user),
        name=_name(change.user),
        language=clean(change.user.language_code or ""),
        key=key,
        sent_at=_moment(change.date),
        text=clean("".join(emoji)),
        kind=Kind.REACTION,
        about=_message_id(change.chat, change.message_id),
        group=_group(change.chat),
    )


def _answered(message: Message) -> str:
    """The id of the message that this one answers."""
    answered = message.reply_to_message
    if answered is None:
        return ""
    # In a forum every message "answers" the one that opened its topic.
    if message.is_topic_message and answered.message_id == message.message_thread_id:
        return ""
    return _message_id(answered.chat, answered.message_id)


def _message_id(chat: Chat, message_id: int) -> str:
    return f"{_number(chat.id)}:{_number(message_id)}"


def _group(chat: Chat, message: MaybeInaccessibleMessage | None = None) -> str:
    """The group's number, "CHAT/TOPIC" in one of its topics, "" in private."""
    if chat.type not in GROUPS:
        return ""
    number = str(_number(chat.id))
    if isinstance(message, Message) and message.is_topic_message and message.message_thread_id:
        return f"{number}{TOPIC}{_number(message.message_thread_id)}"
    return number


def _address(user: User) -> Address:
    return Address(NAME, str(_number(user.id)))


def _name(user: User) -> str:
    return _one_line(f"{user.first_name} {user.last_name or ''}")


def _one_line(name: str) -> str:
    return " ".join(clean(name).split())[:LONGEST_NAME]


def _language(user: User) -> str:
    """The code of a person's language, "" where it is none."""
    code = clean(user.language_code or "")
    return code if LANGUAGE.fullmatch(code) else ""


def _moment(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("no date")
    return moment


def _number(value: object) -> int:
    """The library takes whatever stands in the place of an id; only a number can be answered."""
    if isinstance(value, int) and 0 < abs(value) <= LARGEST_ID:
        return value
    raise ValueError("no id")
