"""Each refusal of what a bot says about itself, of files and of webhooks, one row each."""

from __future__ import annotations

import pytest

from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.telegram.caller import BotApi
from tests.emulators.telegram.cast import NOBODY
from tests.emulators.wire import Json


def command(name: str = "gopy", description: str = "Góp ý") -> Json:
    return {"commands": [{"command": name, "description": description}]}


def scoped(**scope: object) -> Json:
    return command() | {"scope": scope}


def web_app(url: str = "https://xa.vn", text: str = "Mở") -> Json:
    return {"menu_button": {"type": "web_app", "text": text, "web_app": {"url": url}}}


TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
HOOK = {"url": "https://xa.vn/hook"}
# Bot API, BotCommand, BotCommandScope, setMyDescription, MenuButton, getFile, setWebhook;
# words of Client.cpp and of tdlib's BotCommand.cpp.
ROWS: list[tuple[str, Json, str]] = [
    ("setMyCommands", command("Gopy"), "BOT_COMMAND_INVALID"),
    ("setMyCommands", command("gópý"), "BOT_COMMAND_INVALID"),
    ("setMyCommands", command("a" * 33), "command length must not exceed 32"),
    ("setMyCommands", command("/"), "command must be non-empty"),
    ("setMyCommands", command(description=" "), "command description must be non-empty"),
    (
        "setMyCommands",
        command(description="a" * 257),
        "command description length must not exceed 256",
    ),
    ("setMyCommands", {"commands": command()["commands"] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    ("setMyCommands", {"commands": "{"}, "can't parse commands JSON object"),
    ("setMyCommands", {"commands": {"a": 1}}, "expected an Array of BotCommand"),
    ("setMyCommands", {"commands": ["a"]}, "can't parse BotCommand: expected an Object"),
    (
        "setMyCommands",
        {"commands": [{"command": "a"}]},
        "can't parse BotCommand: Can't find field \"description\"",
    ),
    ("setMyCommands", command() | {"language_code": "vie"}, "invalid language code specified"),
    (
        "setMyCommands",
        scoped(type="everybody"),
        "can't parse BotCommandScope: Unsupported type specified",
    ),
    (
        "setMyCommands",
        scoped(type="chat"),
        "can't parse BotCommandScope: Empty chat_id specified",
    ),
    ("setMyCommands", scoped(type="chat", chat_id=NOBODY), "chat not found"),
    (
        "setMyCommands",
        scoped(type="chat_member", chat_id=11),
        "can't parse BotCommandScope: Invalid user_id specified",
    ),
    (
        "setMyCommands",
        command() | {"scope": [1]},
        "can't parse BotCommandScope: BotCommandScope must be an Object",
    ),
    ("setMyDescription", {"description": "a" * 513}, "description is too long"),
    ("setMyDescription", {"language_code": "V"}, "invalid language code specified"),
    (
        "setMyShortDescription",
        {"short_description": "a" * 121},
        "short description is too long",
    ),
    (
        "setChatMenuButton",
        {"menu_button": {"type": "x"}},
        "can't parse menu button: MenuButton has unsupported type",
    ),
    (
        "setChatMenuButton",
        {"menu_button": [1]},
        "can't parse menu button: MenuButton must be an Object",
    ),
    (
        "setChatMenuButton",
        web_app("http://xa.vn"),
        "menu button Web App URL is invalid: Only HTTPS links are allowed",
    ),
    ("setChatMenuButton", web_app(text=""), "menu button text must be non-empty"),
    (
        "setChatMenuButton",
        {"chat_id": NOBODY, "menu_button": {"type": "commands"}},
        "chat not found",
    ),
    ("getChat", {}, "chat_id is empty"),
    ("getChat", {"chat_id": NOBODY}, "chat not found"),
    ("getFile", {}, "file_id not specified"),
    ("getFile", {"file_id": "unknown"}, "invalid file_id"),
    ("setWebhook", {"url": "ftp://xa.vn"}, "invalid webhook URL specified"),
    ("setWebhook", {"url": "https://xa.vn:port"}, "invalid webhook URL specified"),
    (
        "setWebhook",
        HOOK | {"secret_token": "a b"},
        "secret token contains unallowed characters",
    ),
    ("setWebhook", HOOK | {"secret_token": "a" * 257}, "secret token is too long"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, TOO_OLD),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "MESSAGE_TOO_LONG"),
]


@pytest.mark.parametrize(("method", "body", "words"), ROWS)
async def test_the_bot_api_refuses_in_its_own_words_and_changes_nothing(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, method: str, body: Json, words: str
) -> None:
    answer = await bot_api(method, **body)
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}
    assert not telegram.commands
    assert not telegram.words
    assert not telegram.menu_buttons
    assert telegram.updates.webhook is None


async def test_a_method_nobody_knows_is_not_found(bot_api: BotApi) -> None:
    answer = await bot_api("sendEverything")
    assert answer["error_code"] == 404
    assert answer["description"] == "Not Found: method not found"


async def test_the_bot_remembers_what_it_says_about_itself_by_language_and_scope(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person
) -> None:
    private = {"type": "all_private_chats"}
    await bot_api("setMyCommands", **command("/gopy"), scope=private, language_code="vi")
    kept = await bot_api("getMyCommands", scope=private, language_code="vi")
    assert kept["result"] == [{"command": "gopy", "description": "Góp ý"}]
    assert (await bot_api("getMyCommands"))["result"] == []
    await bot_api("deleteMyCommands", scope=private, language_code="vi")
    assert (await bot_api("getMyCommands", scope=private, language_code="vi"))["result"] == []
    await bot_api("setMyShortDescription", short_description="Bot của xã")
    found = await bot_api("getMyShortDescription")
    assert found["result"] == {"short_description": "Bot của xã"}
    await bot_api("setChatMenuButton", **web_app())
    assert (await bot_api("getChatMenuButton"))["result"]["type"] == "web_app"
    assert (await bot_api("getChatMenuButton", chat_id=me.id))["result"] == {"type": "default"}
