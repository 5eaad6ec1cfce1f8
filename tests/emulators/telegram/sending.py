"""The methods that write, change and delete messages (Bot API, "Available methods")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.emulators.telegram.chats import Group, Letter, Person
from tests.emulators.telegram.files import StoredFile
from tests.emulators.telegram.formatting import checked_caption, checked_text
from tests.emulators.telegram.markup import reply_markup
from tests.emulators.telegram.parameters import Parameters, required
from tests.emulators.telegram.refusals import Refusal, bad_request, forbidden
from tests.emulators.wire import Json

if TYPE_CHECKING:
    from tests.emulators.telegram.server import TelegramEmulator

Chat = Person | Group
MAX_ALBUM = 10
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
DELETABLE_SECONDS = 48 * 3600
RIGHTS = {"photo": "photos", "document": "documents", "location": "locations"}


def writable(telegram: TelegramEmulator, parameters: Parameters) -> Chat:
    """The chat, or the refusal its state brings (Client.cpp, check_chat, check_chat_access)."""
    chat_id = parameters.text("chat_id")
    if not chat_id:
        raise bad_request("chat_id is empty")
    if chat_id == str(telegram.bot_user()["id"]):
        # Reported as such (laravel-notification-channels/telegram issue 189).
        raise forbidden("bots can't send messages to bots")
    chat = telegram.chat(chat_id)
    if chat is None:
        raise bad_request("chat not found")
    if isinstance(chat, Group):
        _check_group(chat)
    elif chat.deactivated:
        raise forbidden("user is deactivated")
    elif not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    elif chat.blocked:
        raise forbidden("bot was blocked by the user")
    _check_topic(chat, parameters.integer("message_thread_id"))
    return chat


def _check_topic(chat: Chat, topic: int) -> None:
    """Only a forum has topics, and only its own (Client.cpp; TOPIC_CLOSED as users report it)."""
    if not topic:
        return
    if not isinstance(chat, Group) or topic not in chat.topics:
        raise bad_request("message thread not found")
    if chat.topics[topic] == "closed":
        raise bad_request("TOPIC_CLOSED")


def _check_group(group: Group) -> None:
    if group.upgraded_to:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": group.upgraded_to},
        )
    kind = "supergroup" if group.is_supergroup else "group"
    if group.deleted and not group.is_supergroup:
        raise forbidden("the group chat was deleted")
    if group.kicked:
        raise forbidden(f"bot was kicked from the {kind} chat")
    if group.left:
        raise forbidden(f"bot is not a member of the {kind} chat")


def _check_rights(chat: Chat, content: Json) -> None:
    """In a group the bot may have lost the right to write (MessageContent.cpp)."""
    if isinstance(chat, Group) and chat.muted:
        words = next((words for name, words in RIGHTS.items() if name in content), "text messages")
        raise bad_request(f"not enough rights to send {words} to the chat")


def _replied(telegram: TelegramEmulator, parameters: Parameters, chat: Chat) -> Json:
    """`reply_parameters`, or the older reply_to_message_id; the message must be there."""
    wanted = parameters.nested("reply_parameters", "can't parse reply parameters JSON object")
    if wanted is None:
        wanted = {
            "message_id": parameters.integer("reply_to_message_id"),
            "allow_sending_without_reply": parameters.boolean("allow_sending_without_reply"),
        }
    if not isinstance(wanted, dict):
        raise bad_request("object expected as reply parameters")
    number = required(wanted, "message_id", int, "can't parse reply parameters") if wanted else 0
    if number <= 0:
        return {}
    message = telegram.messages.get((chat.id, number))
    if message is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quote = wanted.get("quote") or ""
    original = str(message.get("text") or message.get("caption") or "")
    if str(quote) not in original:
        # Bot API, ReplyParameters: it must be an exact substring; the word was reported by users
        # (openclaw/openclaw issue 74581).
        raise bad_request("QUOTE_TEXT_INVALID")
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def _send(
    telegram: TelegramEmulator, parameters: Parameters, content: Json, chat: Chat | None = None
) -> Json:
    chat = chat or writable(telegram, parameters)
    _check_rights(chat, content)
    replied = _replied(telegram, parameters, chat)
    markup = reply_markup(parameters, is_private=isinstance(chat, Person))
    if telegram.pace is not None:
        telegram.pace.count(telegram.clock, chat.id)
    topic = parameters.integer("message_thread_id")
    return _store(telegram, chat, content | _in_topic(topic), markup, replied)


def _in_topic(topic: int) -> Json:
    return {"message_thread_id": topic, "is_topic_message": True} if topic else {}


def _store(
    telegram: TelegramEmulator, chat: Chat, content: Json, markup: Json, replied: Json
) -> Json:
    message: Json = {
        "message_id": telegram.new_message_id(),
        "from": telegram.bot_user(),
        "chat": chat.chat(),
        "date": int(telegram.clock.now().timestamp()),
    }
    if replied:
        message["reply_to_message"] = replied
    message.update(content)
    if "inline_keyboard" in markup:
        # Only inline keyboards come back in the Message (Bot API, Message, reply_markup).
        message["reply_markup"] = markup
    letter = Letter(message)
    telegram.messages[chat.id, message["message_id"]] = message
    telegram.letters[chat.id, message["message_id"]] = letter
    chat.letters.append(letter)
    return message


def _check_preview(parameters: Parameters) -> None:
    """Bot API, LinkPreviewOptions; words of Client.cpp, get_link_preview_options."""
    wanted = parameters.nested(
        "link_preview_options", "can't parse link preview options JSON object"
    )
    if wanted is not None and not isinstance(wanted, dict):
        raise bad_request("object expected as link preview options")


def send_message(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """sendMessage."""
    _check_preview(parameters)
    text, entities = checked_text(
        parameters.text("text"),
        parameters.text("parse_mode"),
        parameters.nested("entities", "can't parse entities JSON object"),
    )
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return _send(telegram, parameters, content)


def _caption(parameters: Parameters) -> Json:
    text, entities = checked_caption(
        parameters.text("caption"),
        parameters.text("parse_mode"),
        parameters.nested("caption_entities", "can't parse entities JSON object"),
    )
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    return content


def send_photo(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """sendPhoto."""
    caption = _caption(parameters)
    chat = writable(telegram, parameters)
    stored = telegram.files.received(parameters.upload("photo"), "photo")
    content = {"photo": telegram.sizes_of(stored), **caption}
    return _send(telegram, parameters, content, chat)


def send_document(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """sendDocument."""
    caption = _caption(parameters)
    chat = writable(telegram, parameters)
    stored = telegram.files.received(parameters.upload("document"), "document")
    return _send(telegram, parameters, {"document": _document(stored), **caption}, chat)


def _document(stored: StoredFile) -> Json:
    return {"file_name": stored.name, "mime_type": stored.content_type, **stored.record()}


def send_location(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """sendLocation."""
    place: Json = {}
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        words = parameters.text(name).strip()
        if not words:
            raise bad_request(f"{name} is empty")
        try:
            place[name] = float(words)
        except ValueError:
            place[name] = most + 1
        if abs(place[name]) > most:
            raise bad_request("GEO_POINT_INVALID")
    return _send(telegram, parameters, {"location": place})


def send_media_group(telegram: TelegramEmulator, parameters: Parameters) -> list[Json]:
    """sendMediaGroup: photos, or documents, at most ten, each with its own caption."""
    media = parameters.nested("media", "can't parse media JSON object")
    if media is None:
        raise bad_request('parameter "media" is required')
    if not isinstance(media, list):
        raise bad_request("expected an Array of InputMedia")
    if not media:
        raise bad_request("there are no messages to send")
    if len(media) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    contents = [_album_item(telegram, parameters, item) for item in media]
    kinds = {name for content in contents for name in content if name in {"photo", "document"}}
    if len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    chat = writable(telegram, parameters)
    _check_rights(chat, contents[0])
    replied = _replied(telegram, parameters, chat)
    if telegram.pace is not None:
        telegram.pace.count(telegram.clock, chat.id, len(contents))
    topic = parameters.integer("message_thread_id")
    album = {"media_group_id": telegram.new_album(), **_in_topic(topic)}
    return [_store(telegram, chat, content | album, {}, replied) for content in contents]


def _album_item(telegram: TelegramEmulator, parameters: Parameters, item: object) -> Json:
    where = "can't parse InputMedia"
    if not isinstance(item, dict):
        raise bad_request(f"{where}: expected an Object")
    kind = required(item, "type", str, where)
    media = required(item, "media", str, where)
    if kind not in {"photo", "document"}:
        raise bad_request(f'{where}: type "{kind}" is unsupported')
    file = parameters.files.get(media.removeprefix("attach://"))
    is_attached = media.startswith("attach://")
    stored = telegram.files.received(file if is_attached else media, kind)
    text, entities = checked_caption(
        item.get("caption", ""), item.get("parse_mode", ""), item.get("caption_entities")
    )
    content: Json = {kind: _document(stored) if kind == "document" else telegram.sizes_of(stored)}
    if text:
        content["caption"] = text
    if entities:
        content["caption_entities"] = entities
    return content


def send_chat_action(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """sendChatAction."""
    action = parameters.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    writable(telegram, parameters).actions.append(action)
    return True


def _own_letter(telegram: TelegramEmulator, parameters: Parameters) -> Letter:
    chat = writable(telegram, parameters)
    number = parameters.integer("message_id")
    if (chat.id, number) not in telegram.messages:
        raise bad_request("message to edit not found")
    letter = telegram.letters.get((chat.id, number))
    if letter is None:
        raise bad_request("message can't be edited")
    return letter


def _edit(telegram: TelegramEmulator, parameters: Parameters, changes: Json) -> Json:
    letter = _own_letter(telegram, parameters)
    old = letter.message
    for name, word in (("text", "text"), ("caption", "caption")):
        has = "text" in old if name == "text" else "photo" in old or "document" in old
        if name in changes and not has:
            raise bad_request(f"there is no {word} in the message to edit")
    is_private = old["chat"]["type"] == "private"
    markup = reply_markup(parameters, is_private=is_private, inline_only=True)
    replaced = {"reply_markup", "edit_date"} | set(changes)
    replaced |= {"entities"} if "text" in changes else set()
    replaced |= {"caption_entities"} if "caption" in changes else set()
    new = {name: value for name, value in old.items() if name not in replaced}
    new.update({name: value for name, value in changes.items() if value})
    if markup:
        new["reply_markup"] = markup
    if {**new, "edit_date": 0} == {**old, "edit_date": 0}:
        raise bad_request(NOT_MODIFIED)
    new["edit_date"] = int(telegram.clock.now().timestamp())
    letter.versions.append(old)
    letter.message = new
    telegram.messages[old["chat"]["id"], old["message_id"]] = new
    return new


def edit_message_text(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """editMessageText; without reply_markup the keyboard goes."""
    _check_preview(parameters)
    text, entities = checked_text(
        parameters.text("text"),
        parameters.text("parse_mode"),
        parameters.nested("entities", "can't parse entities JSON object"),
    )
    changes: Json = {"text": text, "entities": entities}
    return _edit(telegram, parameters, changes)


def edit_message_caption(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """editMessageCaption."""
    return _edit(telegram, parameters, {"caption": "", **_caption(parameters)})


def edit_message_reply_markup(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """editMessageReplyMarkup."""
    return _edit(telegram, parameters, {})


def delete_message(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """deleteMessage: within 48 hours."""
    if not parameters.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    number = parameters.integer("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    chat = writable(telegram, parameters)
    message = telegram.messages.get((chat.id, number))
    if message is None:
        raise bad_request("message to delete not found")
    letter = telegram.letters.get((chat.id, number))
    age = telegram.clock.now().timestamp() - message["date"]
    if age > DELETABLE_SECONDS or (letter is None and isinstance(chat, Group)):
        raise bad_request("message can't be deleted")
    del telegram.messages[chat.id, number]
    if letter is not None:
        letter.deleted = True
        del telegram.letters[chat.id, number]
    return True
