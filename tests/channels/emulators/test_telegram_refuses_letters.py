"""Each refusal of a letter by the Bot API, one row each."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.telegram.caller import BotApi
from tests.emulators.telegram.cast import (
    BLOCKING,
    DEACTIVATED,
    DELETED_TEAM,
    FORMER_TEAM,
    LOST_TEAM,
    MUTED_TEAM,
    NOBODY,
    SILENT,
    TALKING,
    TEAM,
    UPGRADED_TEAM,
)
from tests.emulators.wire import Json


async def refused(
    telegram: TelegramEmulator, bot_api: BotApi, method: str, body: Json, words: str
) -> None:
    """Asserts the answer, word for word, and that no message came, went or changed."""
    before = dict(telegram.messages)
    answer = await bot_api(method, **body)
    assert answer["ok"] is False
    assert answer["description"] == words
    assert telegram.messages == before


# Client.cpp, check_chat and check_chat_access.
RECIPIENTS: list[tuple[Any, int, str]] = [
    ("", 400, "Bad Request: chat_id is empty"),
    (NOBODY, 400, "Bad Request: chat not found"),
    ("@nobody", 400, "Bad Request: chat not found"),
    (SILENT, 403, "Forbidden: bot can't initiate conversation with a user"),
    (BLOCKING, 403, "Forbidden: bot was blocked by the user"),
    (DEACTIVATED, 403, "Forbidden: user is deactivated"),
    (LOST_TEAM, 403, "Forbidden: bot was kicked from the supergroup chat"),
    (UPGRADED_TEAM, 400, "Bad Request: group chat was upgraded to a supergroup chat"),
    (FORMER_TEAM, 403, "Forbidden: bot is not a member of the supergroup chat"),
    (DELETED_TEAM, 403, "Forbidden: the group chat was deleted"),
    (MUTED_TEAM, 400, "Bad Request: not enough rights to send text messages to the chat"),
    # The bot's own id: a mistake in a setting, reported by users.
    (7100000001, 403, "Forbidden: bots can't send messages to bots"),
]


@pytest.mark.parametrize(("chat_id", "status", "words"), RECIPIENTS)
async def test_a_chat_that_cannot_be_written_to_says_why(
    telegram: TelegramEmulator,
    bot_api: BotApi,
    me: Person,
    chat_id: Any,  # noqa: ANN401 - number or name
    status: int,
    words: str,
) -> None:
    await refused(telegram, bot_api, "sendMessage", {"chat_id": chat_id, "text": "a"}, words)
    assert telegram.calls[-1].status == status


# Bot API, sendMessage.
TEXTS: list[tuple[str, str]] = [
    ("", "message text is empty"),
    (" \n\t", "text must be non-empty"),
    # tdlib, misc.cpp, strip_empty_characters: what shows nothing is no text either.
    ("\u3000\u2800\ufffc", "text must be non-empty"),
    ("a" * 4097, "message is too long"),
    ("😀" * 2049, "message is too long"),
    ("a" * 32769, "text is too long"),
    ("\ud800", "strings must be encoded in UTF-8"),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
async def test_a_bad_text_is_refused(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, text: str, words: str
) -> None:
    body = {"chat_id": TALKING, "text": text}
    await refused(telegram, bot_api, "sendMessage", body, f"Bad Request: {words}")


async def test_a_text_of_4096_characters_arrives(bot_api: BotApi, me: Person) -> None:
    assert (await bot_api("sendMessage", chat_id=TALKING, text="ế" * 4096))["ok"]
    assert me.letters[-1].text == "ế" * 4096


# tdlib, MessageEntity.cpp, parse_html.
HTML: list[tuple[str, str]] = [
    ("a < b", "Unclosed start tag at byte offset 2"),
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("ế<p>a</p>", 'Unsupported start tag "p" at byte offset 3'),
    ("a<br/>", 'Unsupported start tag "br/" at byte offset 1'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    (
        "<b><i>a</b></i>",
        'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


@pytest.mark.parametrize(("text", "words"), HTML)
async def test_bad_html_is_refused_with_its_place(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, text: str, words: str
) -> None:
    body = {"chat_id": TALKING, "text": text, "parse_mode": "HTML"}
    words = f"Bad Request: can't parse entities: {words}"
    await refused(telegram, bot_api, "sendMessage", body, words)


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("<b></b>", "HTML", "text must be non-empty"),
        ("<b>" + "a" * 4097 + "</b>", "HTML", "message is too long"),
        ("a", "XML", "unsupported parse_mode"),
    ],
)
async def test_lengths_count_after_parsing(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, text: str, mode: str, words: str
) -> None:
    body = {"chat_id": TALKING, "text": text, "parse_mode": mode}
    await refused(telegram, bot_api, "sendMessage", body, f"Bad Request: {words}")


def key(data: str = "d", text: str = "Gửi") -> Json:
    return {"text": text, "callback_data": data}


def inline(*rows: object) -> Json:
    return {"inline_keyboard": list(rows)}


IN_BUTTON = "can't parse inline keyboard button: "
NOT_HTTPS = (
    "inline keyboard button Web App URL 'http://xa.vn' is invalid: Only HTTPS links are allowed"
)
NO_ACTION = IN_BUTTON + "Text buttons are unallowed in the inline keyboard"
# Bot API, InlineKeyboardMarkup and InlineKeyboardButton; words of Client.cpp and ReplyMarkup.cpp.
MARKUPS: list[tuple[object, str]] = [
    ("{", "can't parse reply keyboard markup JSON object"),
    ([], "object expected as reply markup"),
    (
        inline({}),
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    (inline([key("ế" * 22)]), "BUTTON_DATA_INVALID"),
    (inline([key("")]), NO_ACTION),
    (inline([{"text": "a"}]), NO_ACTION),
    (inline([{"callback_data": "a"}]), IN_BUTTON + 'Can\'t find field "text"'),
    (inline(["a"]), IN_BUTTON + "InlineKeyboardButton must be an Object"),
    (
        inline([key() | {"callback_data": 1}]),
        IN_BUTTON + 'Field "callback_data" must be of type String',
    ),
    (inline([key(text=" ")]), "inline keyboard button text must be non-empty"),
    (
        inline([{"text": "a", "url": "http://localhost/"}]),
        "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
    ),
    (
        inline([{"text": "a", "url": "http://["}]),
        "inline keyboard button URL 'http://[' is invalid: Wrong HTTP URL",
    ),
    (
        inline([{"text": "a", "web_app": {"url": "http://xa.vn"}}]),
        NOT_HTTPS,
    ),
    (
        inline([{"text": "a", "web_app": {}}]),
        IN_BUTTON + 'Can\'t find field "url"',
    ),
    (inline(*[[key()]] * 101), "reply markup is too long"),
    (inline(*[[key(text="a" * 200)]] * 50), "reply markup is too long"),
    ({"keyboard": [["a"], "b"]}, 'field "keyboard" must be an Array of Arrays'),
    ({"keyboard": [[""]]}, "keyboard button text must be non-empty"),
    (
        {"keyboard": [[1]]},
        "can't parse keyboard button: KeyboardButton must be a String or an Object",
    ),
]


@pytest.mark.parametrize(("markup", "words"), MARKUPS)
async def test_a_bad_keyboard_is_refused(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, markup: object, words: str
) -> None:
    body = {"chat_id": TALKING, "text": "a", "reply_markup": markup}
    await refused(telegram, bot_api, "sendMessage", body, f"Bad Request: {words}")


async def test_64_bytes_of_callback_data_and_100_buttons_pass(bot_api: BotApi, me: Person) -> None:
    keyboard = inline(*[[key("ế" * 21 + "a")]], *[[key()]] * 99)
    assert (await bot_api("sendMessage", chat_id=TALKING, text="a", reply_markup=keyboard))["ok"]
    assert len(me.letters[-1].buttons) == 100


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("request_contact", "phone number can be requested in private chats only"),
        ("request_location", "location can be requested in private chats only"),
    ],
)
async def test_a_group_is_not_asked_for_phone_or_place(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, wish: str, words: str
) -> None:
    markup = {"keyboard": [[{"text": "a", wish: True}]]}
    body = {"chat_id": TEAM, "text": "a", "reply_markup": markup}
    await refused(telegram, bot_api, "sendMessage", body, f"Bad Request: {words}")
    assert (await bot_api("sendMessage", **body | {"chat_id": TALKING}))["ok"]


async def test_an_app_opens_from_a_button_in_a_private_chat_only(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person
) -> None:
    keyboard = inline([{"text": "a", "web_app": {"url": "https://xa.vn"}}])
    body = {"chat_id": TEAM, "text": "a", "reply_markup": keyboard}
    await refused(telegram, bot_api, "sendMessage", body, "Bad Request: BUTTON_TYPE_INVALID")
    assert (await bot_api("sendMessage", **body | {"chat_id": TALKING}))["ok"]


IN_ENTITY = "can't parse MessageEntity: "
BOLD: Json = {"type": "bold", "offset": 0, "length": 1}
# Client.cpp, get_text_entity.
ENTITIES: list[tuple[object, str]] = [
    ("bold", IN_ENTITY + "expected an Object"),
    ({"type": "bold", "length": 1}, IN_ENTITY + 'Can\'t find field "offset"'),
    (BOLD | {"offset": "0"}, IN_ENTITY + 'Field "offset" must be of type Number'),
    ({"type": "bold", "offset": 0}, IN_ENTITY + 'Can\'t find field "length"'),
    (BOLD | {"type": "blink"}, IN_ENTITY + "Unsupported type specified"),
]


@pytest.mark.parametrize(("entity", "words"), ENTITIES)
async def test_a_bad_entity_is_refused(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, entity: object, words: str
) -> None:
    body = {"chat_id": TALKING, "text": "a", "entities": [entity]}
    await refused(telegram, bot_api, "sendMessage", body, f"Bad Request: {words}")


async def test_entities_that_the_server_finds_itself_are_left_out(
    bot_api: BotApi, me: Person
) -> None:
    given = [BOLD, BOLD | {"type": "hashtag"}]
    sent = await bot_api("sendMessage", chat_id=TALKING, text="a", entities=given)
    assert sent["result"]["entities"] == [BOLD]


async def test_a_muted_bot_may_send_no_picture_and_no_place_either(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person
) -> None:
    photo = (await me.sends_photo(b"\xff\xd8\xff"))["photo"][-1]["file_id"]
    album = [{"type": "photo", "media": photo}] * 2
    for method, body, words in (
        ("sendPhoto", {"photo": photo}, "photos"),
        ("sendMediaGroup", {"media": album}, "photos"),
        ("sendLocation", {"latitude": 20.8, "longitude": 106.6}, "locations"),
    ):
        wanted = f"Bad Request: not enough rights to send {words} to the chat"
        await refused(telegram, bot_api, method, {"chat_id": MUTED_TEAM} | body, wanted)


IN_MEDIA = "can't parse InputMedia: "
MANY = [{"type": "photo", "media": "x"}] * 11
# Bot API, section of each method; words of Client.cpp.
OTHERS: list[tuple[str, Json, str]] = [
    ("sendMessage", {"text": "a", "message_thread_id": 5}, "message thread not found"),
    (
        "sendMessage",
        {"text": "a", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
    ),
    ("sendMessage", {"text": "a", "reply_to_message_id": 999}, "message to be replied not found"),
    (
        "sendMessage",
        {"text": "a", "reply_parameters": {"quote": "a"}},
        "can't parse reply parameters: Can't find field \"message_id\"",
    ),
    (
        "sendMessage",
        {"text": "a", "reply_parameters": [1]},
        "object expected as reply parameters",
    ),
    # Bot API, ReplyParameters: the message fails to send if the quote is not found in it.
    (
        "sendMessage",
        {"text": "a", "reply_parameters": {"message_id": 2, "quote": "c"}},
        "QUOTE_TEXT_INVALID",
    ),
    (
        "sendMessage",
        {"text": "a", "link_preview_options": "{"},
        "can't parse link preview options JSON object",
    ),
    (
        "editMessageText",
        {"message_id": 2, "text": "a", "link_preview_options": [1]},
        "object expected as link preview options",
    ),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendPhoto", {"photo": "unknown"}, "wrong file identifier/HTTP URL specified"),
    ("sendPhoto", {"photo": "https://xa.vn/a.jpg"}, "failed to get HTTP URL content"),
    ("sendPhoto", {"photo": "x", "caption": "a" * 1025}, "message caption is too long"),
    ("sendDocument", {}, "there is no document in the request"),
    ("sendDocument", {"document": "x", "caption": "a" * 1025}, "message caption is too long"),
    ("sendMediaGroup", {}, 'parameter "media" is required'),
    ("sendMediaGroup", {"media": {}}, "expected an Array of InputMedia"),
    ("sendMediaGroup", {"media": []}, "there are no messages to send"),
    ("sendMediaGroup", {"media": MANY}, "too many messages to send as an album"),
    ("sendMediaGroup", {"media": ["x"]}, IN_MEDIA + "expected an Object"),
    (
        "sendMediaGroup",
        {"media": [{"type": "photo"}]},
        IN_MEDIA + 'Can\'t find field "media"',
    ),
    (
        "sendMediaGroup",
        {"media": [{"type": "dice", "media": "x"}]},
        IN_MEDIA + 'type "dice" is unsupported',
    ),
    (
        "sendMediaGroup",
        {"media": [{"type": "photo", "media": 1}]},
        IN_MEDIA + 'Field "media" must be of type String',
    ),
    ("sendLocation", {"longitude": 1}, "latitude is empty"),
    ("sendLocation", {"latitude": 1}, "longitude is empty"),
    ("sendLocation", {"latitude": 91, "longitude": 1}, "GEO_POINT_INVALID"),
    ("sendLocation", {"latitude": "x", "longitude": 1}, "GEO_POINT_INVALID"),
    ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
    ("editMessageText", {"message_id": 999, "text": "a"}, "message to edit not found"),
    # 1 is the person's own message, 2 a text of the bot.
    ("editMessageText", {"message_id": 1, "text": "a"}, "message can't be edited"),
    ("editMessageText", {"message_id": 2, "text": ""}, "message text is empty"),
    ("editMessageText", {"message_id": 2, "text": "a" * 4097}, "message is too long"),
    (
        "editMessageText",
        {"message_id": 2, "text": "a", "reply_markup": {"keyboard": [["a"]]}},
        "inline keyboard expected",
    ),
    (
        "editMessageCaption",
        {"message_id": 2, "caption": "a"},
        "there is no caption in the message to edit",
    ),
    ("editMessageReplyMarkup", {"message_id": 999}, "message to edit not found"),
    ("deleteMessage", {"message_id": 999}, "message to delete not found"),
    ("deleteMessage", {}, "message identifier is not specified"),
    ("deleteMessage", {"chat_id": "", "message_id": 1}, "chat identifier is not specified"),
]


@pytest.mark.parametrize(("method", "body", "words"), OTHERS)
async def test_every_other_way_of_writing_is_checked_too(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, method: str, body: Json, words: str
) -> None:
    body = {"chat_id": TALKING} | body
    await refused(telegram, bot_api, method, body, f"Bad Request: {words}")


async def test_a_reply_shows_what_it_answers_and_may_do_without(
    bot_api: BotApi, me: Person
) -> None:
    quoted = await bot_api(
        "sendMessage", chat_id=TALKING, text="a", reply_parameters={"message_id": 1}
    )
    assert quoted["result"]["reply_to_message"]["text"] == "a"
    part = {"message_id": 1, "quote": "a"}
    assert (await bot_api("sendMessage", chat_id=TALKING, text="a", reply_parameters=part))["ok"]
    alone = await bot_api(
        "sendMessage",
        chat_id=TALKING,
        text="a",
        reply_parameters={"message_id": 999, "allow_sending_without_reply": True},
    )
    assert "reply_to_message" not in alone["result"]


async def test_places_keyboards_and_edits_arrive(bot_api: BotApi, me: Person) -> None:
    place = await bot_api("sendLocation", chat_id=TALKING, latitude="20.8", longitude=106.6)
    assert place["result"]["location"] == {"latitude": 20.8, "longitude": 106.6}
    await bot_api("sendMessage", chat_id=TALKING, text="a", reply_markup={"remove_keyboard": True})
    edited = await bot_api(
        "editMessageText", chat_id=TALKING, message_id=2, text="c", reply_markup=inline([key()])
    )
    assert edited["result"]["reply_markup"] == inline([key()])
    bare = await bot_api("editMessageReplyMarkup", chat_id=TALKING, message_id=2)
    assert "reply_markup" not in bare["result"]
    assert [version["text"] for version in me.letters[0].versions] == ["b", "c"]


async def test_a_body_that_is_no_json_object_is_refused(
    bot_api: BotApi, http: aiohttp.ClientSession
) -> None:
    headers = {"Content-Type": "application/json"}
    url = bot_api.address("getMe")
    for raw in (b"{", b"[]"):
        async with http.post(url, data=raw, headers=headers) as answer:
            assert answer.status == 400


async def test_json_that_is_called_something_else_carries_no_parameters(
    bot_api: BotApi, http: aiohttp.ClientSession, me: Person
) -> None:
    url = bot_api.address("sendMessage")
    raw = b'{"chat_id": 11, "text": "a"}'
    async with http.post(url, data=raw, headers={"Content-Type": "text/plain"}) as answer:
        assert (await answer.json())["description"] == "Bad Request: message text is empty"
    assert len(me.letters) == 1
