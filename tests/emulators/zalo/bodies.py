"""Which bodies of POST /v3.0/oa/message/cs Zalo takes (Zalo OA sheet A3.2, A3.3, E.2). Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.wire import Json
from tests.emulators.zalo.refusals import Refusal, invalid

MAX_TEXT = 2000
MAX_BUTTONS = 5
MAX_ELEMENTS = 5
MAX_TITLE = 100
MAX_SUBTITLE = 500
MAX_PAYLOAD = 1000
QUERY_BUTTONS = ("oa.query.show", "oa.query.hide")
# An asset of an upload: its state is asked of the emulator, because it expires.
CheckAsset = Callable[[object, str], None]


def check_message(
    message: Json, *, buttons_supported: bool, list_supported: bool, check_asset: CheckAsset
) -> str:
    """Raises the refusal a body gets, or returns its kind: text, image, gif, sticker, file …"""
    text = message.get("text")
    if text is not None:
        check_text(text)
    attachment = message.get("attachment")
    if attachment is None:
        if not text:
            raise invalid("message.text")
        return "text"
    type_, payload = _opened(attachment)
    if type_ == "file":
        return _check_file(payload, text, check_asset)
    kind = payload.get("template_type")
    if kind == "media":
        return _check_media(payload, text, check_asset)
    if kind == "request_user_info":
        return _check_request_user_info(payload)
    if kind == "list":
        return _check_list(payload, supported=list_supported)
    if kind is None and "buttons" in payload:
        return _check_text_with_buttons(payload, text, supported=buttons_supported)
    # E.2: unknown template_type. "button" is among them (A3.3 b: only weak samples know it).
    raise Refusal(-233)


def _opened(attachment: object) -> tuple[str, Json]:
    """The attachment's type, `file` or `template`, and its payload."""
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise invalid("attachment")
    if attachment.get("type") not in {"file", "template"}:
        raise invalid("attachment.type")
    return attachment["type"], attachment["payload"]


def check_text(text: object) -> None:
    """-201 when it is no readable text, -210 above 2,000 characters (A3.2; NFC is the sender's)."""
    if not isinstance(text, str):
        raise invalid("message.text")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise invalid("message.text") from problem
    if len(text) > MAX_TEXT:
        raise Refusal(-210)


def _check_file(payload: Json, text: object, check_asset: CheckAsset) -> str:
    if text:
        # A3.2 shows no text beside a file: what would become of it is unknown, so it is refused.
        raise invalid("message.text")
    check_asset(payload.get("token"), "file")
    return "file"


def _check_media(payload: Json, text: object, check_asset: CheckAsset) -> str:
    element = _the_only_element(payload)
    kind = element.get("media_type")
    if kind not in {"image", "gif", "sticker"}:
        raise invalid("media_type")
    url, attachment_id = element.get("url"), element.get("attachment_id")
    if (url is None) == (attachment_id is None):
        # A3.2: by URL or by attachment_id, never both; E.2 gives the number.
        raise invalid("attachment_id")
    if kind == "sticker":
        if text or not isinstance(attachment_id, str) or not attachment_id:
            raise invalid("attachment_id" if not text else "message.text")
        return "sticker"
    if kind == "gif" and not (_is_size(element.get("width")) and _is_size(element.get("height"))):
        raise invalid("width")
    if url is not None:
        _check_public(url)
    else:
        check_asset(attachment_id, str(kind))
    return str(kind)


def _check_public(url: object) -> None:
    """A4: a picture goes by a public HTTPS address, because Zalo fetches it itself."""
    check_url(url, "url")
    parts = urlsplit(str(url))
    host = parts.hostname or ""
    try:
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = "." in host
    if parts.scheme != "https" or not is_public:
        raise invalid("url")


def _check_request_user_info(payload: Json) -> str:
    element = _the_only_element(payload)
    _check_words(element.get("title"), MAX_TITLE, "title")
    _check_words(element.get("subtitle"), MAX_SUBTITLE, "subtitle")
    check_url(element.get("image_url"), "image_url")
    if not urlsplit(str(element["image_url"])).path.lower().endswith((".png", ".jpg", ".jpeg")):
        raise invalid("image_url")
    return "request_user_info"


def _check_list(payload: Json, *, supported: bool) -> str:
    """A3.3 c: one source sends it, another says it is unavailable; hence the switch."""
    if not supported:
        raise Refusal(-233)
    elements = payload.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= MAX_ELEMENTS:
        raise invalid("elements")
    for place, element in enumerate(elements):
        if not isinstance(element, dict):
            raise invalid("elements")
        _check_words(element.get("title"), MAX_TITLE, "title")
        if place == 0 or "subtitle" in element:
            _check_words(element.get("subtitle"), MAX_SUBTITLE, "subtitle")
        action = element.get("default_action")
        if action is not None:
            _check_action(action)
    if "buttons" in payload:
        check_buttons(payload["buttons"])
    return "list"


def _check_text_with_buttons(payload: Json, text: object, *, supported: bool) -> str:
    """A3.3 a: no template_type; buttons are not on the official page, hence the switch."""
    if not supported:
        raise Refusal(-233)
    if not text:
        raise invalid("message.text")
    check_buttons(payload["buttons"])
    return "text"


def check_buttons(buttons: object) -> None:
    """A3.3, structures: at most five, title up to 100 characters, payload by type."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MAX_BUTTONS:
        raise invalid("buttons")
    for button in buttons:
        if not isinstance(button, dict):
            raise invalid("buttons")
        _check_words(button.get("title"), MAX_TITLE, "buttons.title")
        _check_action(button)


def _check_action(action: Any) -> None:  # noqa: ANN401 - straight from the JSON
    if not isinstance(action, dict):
        raise invalid("default_action")
    kind, payload = action.get("type"), action.get("payload")
    if kind in QUERY_BUTTONS:
        _check_words(payload, MAX_PAYLOAD, "payload")
    elif kind == "oa.open.url":
        check_url(action.get("url") or _inside(payload, "url"), "url")
    elif kind == "oa.open.phone":
        _check_phone(_inside(payload, "phone_code"))
    elif kind == "oa.open.sms":
        _check_phone(_inside(payload, "phone_code"))
        _check_words(_inside(payload, "content"), MAX_PAYLOAD, "content")
    else:
        raise invalid("buttons.type")


def _inside(payload: object, name: str) -> object:
    return payload.get(name) if isinstance(payload, dict) else None


def _check_phone(phone: object) -> None:
    if not isinstance(phone, str) or not phone.isdigit() or not phone.startswith("84"):
        raise invalid("phone_code")


def check_url(url: object, name: str) -> None:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
    except ValueError as problem:
        raise invalid(name) from problem
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise invalid(name)


def _check_words(words: object, most: int, name: str) -> None:
    if not isinstance(words, str) or not words.strip():
        raise invalid(name)
    if len(words) > most:
        raise Refusal(-210)


def _the_only_element(payload: Json) -> Json:
    elements = payload.get("elements")
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        raise invalid("elements")
    return elements[0]


def _is_size(value: object) -> bool:
    return isinstance(value, int) and value > 0
