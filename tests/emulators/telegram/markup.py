"""Keyboards: what Telegram takes of them (Bot API, InlineKeyboardMarkup, ReplyKeyboardMarkup)."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from tests.emulators.telegram.parameters import Parameters, required
from tests.emulators.telegram.refusals import bad_request
from tests.emulators.wire import Json

MAX_CALLBACK_BYTES = 64
# Reported by users and by limits.tginfo.me: 100 buttons and 10 kB in all, 8 in a row.
MAX_INLINE_BUTTONS = 100
MAX_MARKUP_BYTES = 10_000
MAX_INLINE_ROW = 8
OTHER_ACTIONS = (
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "login_url",
    "copy_text",
)


def reply_markup(parameters: Parameters, *, is_private: bool, inline_only: bool = False) -> Json:
    """The keyboard as it is stored; {} for none."""
    value = parameters.nested("reply_markup", "can't parse reply keyboard markup JSON object")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline(value["inline_keyboard"], is_private=is_private)
    if inline_only and value:
        raise bad_request("inline keyboard expected")
    if "keyboard" in value:
        return _reply_keyboard(value, is_private=is_private)
    if value.get("remove_keyboard") is True or value.get("force_reply") is True:
        return value
    return {}


def _inline(rows: object, *, is_private: bool) -> Json:
    problem = 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(problem)
    # tdlib cuts a row in silence (ReplyMarkup.cpp); what is beyond is never shown.
    kept = [[_inline_button(button) for button in row][:MAX_INLINE_ROW] for row in rows if row]
    if not is_private and any("web_app" in button for row in kept for button in row):
        # Bot API, InlineKeyboardButton: only in private chats; the word was reported by users
        # (telegraf/telegraf issue 2031).
        raise bad_request("BUTTON_TYPE_INVALID")
    markup = {"inline_keyboard": kept}
    buttons = sum(len(row) for row in kept)
    if buttons > MAX_INLINE_BUTTONS or len(json.dumps(markup).encode()) > MAX_MARKUP_BYTES:
        raise bad_request("reply markup is too long")
    return markup if kept else {}


def _inline_button(button: object) -> Json:
    where = "can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"{where}: InlineKeyboardButton must be an Object")
    text = required(button, "text", str, where)
    if not text.strip():
        # tdlib leaves such a button out in silence; refusing shows the mistake.
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("url"):
        _check_url(button["url"])
    elif button.get("callback_data"):
        data = button["callback_data"]
        if not isinstance(data, str):
            raise bad_request(f'{where}: Field "callback_data" must be of type String')
        if len(data.encode()) > MAX_CALLBACK_BYTES:
            # Bot API, InlineKeyboardButton: 1–64 BYTES, not characters.
            raise bad_request("BUTTON_DATA_INVALID")
    elif "web_app" in button:
        address = required(required(button, "web_app", dict, where), "url", str, where)
        if not address.startswith("https://"):
            # Bot API, WebAppInfo: an HTTPS URL; words of ReplyMarkup.cpp and LinkManager.cpp.
            raise bad_request(
                f"inline keyboard button Web App URL '{address}' is invalid: "
                "Only HTTPS links are allowed"
            )
    elif not any(name in button for name in OTHER_ACTIONS):
        # Empty callback_data counts as none (Client.cpp, get_inline_keyboard_button_type).
        raise bad_request(f"{where}: Text buttons are unallowed in the inline keyboard")
    return button


def _check_url(url: object) -> None:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
    except ValueError:
        parts = urlsplit("")
    is_web = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    if not is_web and parts.scheme != "tg":
        # A host without a dot, such as localhost, is no address to Telegram (LinkManager.cpp).
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _reply_keyboard(value: Json, *, is_private: bool) -> Json:
    rows = value["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" must be an Array of Arrays')
    for row in rows:
        for button in row:
            _check_keyboard_button(button, is_private=is_private)
    return value


def _check_keyboard_button(button: object, *, is_private: bool) -> None:
    where = "can't parse keyboard button"
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request(f"{where}: KeyboardButton must be a String or an Object")
    if not required(button, "text", str, where).strip():
        raise bad_request("keyboard button text must be non-empty")
    if button.get("request_contact") and not is_private:
        raise bad_request("phone number can be requested in private chats only")
    if button.get("request_location") and not is_private:
        raise bad_request("location can be requested in private chats only")
