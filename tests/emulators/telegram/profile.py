"""What a bot says about itself and asks about chats (Bot API, "Available methods")."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.emulators.telegram.chats import Group
from tests.emulators.telegram.parameters import Parameters, required
from tests.emulators.telegram.refusals import bad_request
from tests.emulators.wire import Json

if TYPE_CHECKING:
    from tests.emulators.telegram.server import TelegramEmulator

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2})?")
MAX_COMMANDS = 100
MAX_COMMAND = 32
MAX_COMMAND_DESCRIPTION = 256
MAX_DESCRIPTION = 512
MAX_SHORT_DESCRIPTION = 120
MAX_ALERT = 200
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def get_me(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """getMe: the fields that only getMe returns are here too (Bot API, User)."""
    del parameters
    return {
        **telegram.bot_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def _language(parameters: Parameters) -> str:
    """Two small letters or nothing (tdlib misc.cpp, validate_bot_language_code)."""
    code = parameters.text("language_code")
    if not LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(telegram: TelegramEmulator, parameters: Parameters) -> str:
    where = "can't parse BotCommandScope"
    scope = parameters.nested("scope", f"{where} JSON object")
    if scope is None:
        scope = {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request(f"{where}: BotCommandScope must be an Object")
    kind = required(scope, "type", str, where)
    if kind not in SCOPES + CHAT_SCOPES:
        raise bad_request(f"{where}: Unsupported type specified")
    if kind in CHAT_SCOPES:
        if not scope.get("chat_id"):
            raise bad_request(f"{where}: Empty chat_id specified")
        if telegram.chat(str(scope["chat_id"])) is None:
            raise bad_request("chat not found")
        if kind == "chat_member" and not scope.get("user_id"):
            raise bad_request(f"{where}: Invalid user_id specified")
    return json.dumps(scope, sort_keys=True)


def set_my_commands(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """setMyCommands: at most 100, names of [a-z0-9_]{1,32}, descriptions of 1–256."""
    commands = parameters.nested("commands", "can't parse commands JSON object") or []
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    scope, language = _scope(telegram, parameters), _language(parameters)
    kept = [_command(command) for command in commands]
    if len(kept) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    telegram.commands[scope, language] = kept
    return True


def _command(command: object) -> Json:
    where = "can't parse BotCommand"
    if not isinstance(command, dict):
        raise bad_request(f"{where}: expected an Object")
    name = required(command, "command", str, where).strip().removeprefix("/")
    description = required(command, "description", str, where).strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > MAX_COMMAND:
        raise bad_request(f"command length must not exceed {MAX_COMMAND}")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > MAX_COMMAND_DESCRIPTION:
        raise bad_request(f"command description length must not exceed {MAX_COMMAND_DESCRIPTION}")
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def get_my_commands(telegram: TelegramEmulator, parameters: Parameters) -> list[Json]:
    """getMyCommands."""
    return telegram.commands.get((_scope(telegram, parameters), _language(parameters)), [])


def delete_my_commands(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """deleteMyCommands."""
    telegram.commands.pop((_scope(telegram, parameters), _language(parameters)), None)
    return True


def _set_words(telegram: TelegramEmulator, parameters: Parameters, name: str, most: int) -> bool:
    words, language = parameters.text(name), _language(parameters)
    if len(words) > most:
        # The limit is the Bot API's; how the server words this refusal is not known.
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    telegram.words[name, language] = words
    return True


def set_my_description(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """setMyDescription: 0–512 characters."""
    return _set_words(telegram, parameters, "description", MAX_DESCRIPTION)


def set_my_short_description(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """setMyShortDescription: 0–120 characters."""
    return _set_words(telegram, parameters, "short_description", MAX_SHORT_DESCRIPTION)


def get_my_description(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """getMyDescription."""
    return {"description": telegram.words.get(("description", _language(parameters)), "")}


def get_my_short_description(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """getMyShortDescription."""
    found = telegram.words.get(("short_description", _language(parameters)), "")
    return {"short_description": found}


def set_chat_menu_button(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """setChatMenuButton: default, commands, or web_app with text and an https address."""
    where = "can't parse menu button"
    button = parameters.nested("menu_button", f"{where} JSON object") or {"type": "default"}
    if not isinstance(button, dict):
        raise bad_request(f"{where}: MenuButton must be an Object")
    kind = required(button, "type", str, where)
    if kind not in {"default", "commands", "web_app"}:
        raise bad_request(f"{where}: MenuButton has unsupported type")
    if kind == "web_app":
        address = required(required(button, "web_app", dict, where), "url", str, where)
        if not required(button, "text", str, where):
            raise bad_request("menu button text must be non-empty")
        if urlsplit(address).scheme != "https":
            # Bot API, WebAppInfo: an HTTPS URL.
            raise bad_request("menu button Web App URL is invalid: Only HTTPS links are allowed")
    chat_id = parameters.integer("chat_id")
    if chat_id and telegram.chat(str(chat_id)) is None:
        raise bad_request("chat not found")
    telegram.menu_buttons[chat_id] = button
    return True


def get_chat_menu_button(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """getChatMenuButton."""
    return telegram.menu_buttons.get(parameters.integer("chat_id"), {"type": "default"})


def get_chat(telegram: TelegramEmulator, parameters: Parameters) -> Json:
    """getChat: ChatFullInfo with its required fields."""
    chat_id = parameters.text("chat_id")
    if not chat_id:
        raise bad_request("chat_id is empty")
    chat = telegram.chat(chat_id)
    if chat is None:
        raise bad_request("chat not found")
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    full = {
        **chat.chat(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), True),
    }
    if isinstance(chat, Group):
        full["permissions"] = {"can_send_messages": True}
    return full


def answer_callback_query(telegram: TelegramEmulator, parameters: Parameters) -> bool:
    """answerCallbackQuery: soon, and once; the text has 0–200 characters."""
    words = parameters.text("text")
    if len(words) > MAX_ALERT:
        raise bad_request("MESSAGE_TOO_LONG")
    asked = telegram.callbacks.pop(parameters.text("callback_query_id"), None)
    if asked is None or telegram.clock.now().timestamp() - asked.at > telegram.callback_life:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    asked.person.alerts.append({"text": words, "show_alert": parameters.boolean("show_alert")})
    return True
