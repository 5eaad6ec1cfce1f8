"""The events a webhook receives, field by field as in Zalo OA sheet A1.4 and A1.5."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable

from tests.emulators.wire import Json
from tests.emulators.zalo.credentials import App

MESSAGE_ID_BYTES = 10


def new_message_id() -> str:
    return secrets.token_hex(MESSAGE_ID_BYTES)


class Events:
    """Builds events; ids and timestamps are strings, timestamps are epoch milliseconds (A1.1)."""

    def __init__(self, app: App, milliseconds: Callable[[], int]) -> None:
        self.app = app
        self._milliseconds = milliseconds
        self._latest = 0

    def timestamp(self) -> str:
        # Never the same twice: events without msg_id are told apart by it (A1.1, dedupe key).
        self._latest = max(self._latest + 1, self._milliseconds())
        return str(self._latest)

    def said(self, name: str, user: tuple[str, str], message: Json) -> Json:
        """user → OA: user_send_*, user_reacted_message."""
        user_id, by_app = user
        return {
            "app_id": self.app.app_id,
            "sender": {"id": user_id},
            "user_id_by_app": by_app,
            "recipient": {"id": self.app.oa_id},
            "event_name": name,
            "message": message,
            "timestamp": self.timestamp(),
        }

    def told(self, name: str, user: tuple[str, str], message: Json, admin_id: str = "") -> Json:
        """OA → user: echoes oa_send_* and receipts; admin_id only when a person wrote (A1.3)."""
        user_id, by_app = user
        sender = {"id": self.app.oa_id}
        if admin_id:
            sender["admin_id"] = admin_id
        return {
            "app_id": self.app.app_id,
            "sender": sender,
            "user_id_by_app": by_app,
            "recipient": {"id": user_id},
            "event_name": name,
            "message": message,
            "timestamp": self.timestamp(),
        }

    def follow(self, name: str, user: tuple[str, str], source: str) -> Json:
        """follow and unfollow: `follower.id` and `oa_id`, no sender, no recipient (A1.3)."""
        return {
            "oa_id": self.app.oa_id,
            "follower": {"id": user[0]},
            "user_id_by_app": user[1],
            "event_name": name,
            "source": source,
            "app_id": self.app.app_id,
            "timestamp": self.timestamp(),
        }

    def click_chat(self, user: tuple[str, str]) -> Json:
        return {
            "app_id": self.app.app_id,
            "oa_id": self.app.oa_id,
            "user_id": user[0],
            "user_id_by_app": user[1],
            "event_name": "user_click_chatnow",
            "timestamp": self.timestamp(),
        }

    def submit_info(self, user_id: str, info: Json) -> Json:
        return {
            "sender": {"id": user_id},
            "recipient": {"id": self.app.oa_id},
            "event_name": "user_submit_info",
            "app_id": self.app.app_id,
            "timestamp": self.timestamp(),
            "info": info,
        }

    def anonymous(self, name: str, anonymous_id: str, message: Json) -> Json:
        return {
            "app_id": self.app.app_id,
            "sender": {"id": anonymous_id},
            "recipient": {"id": self.app.oa_id},
            "event_name": name,
            "message": message,
            "timestamp": self.timestamp(),
        }

    def tag(self, name: str, user: tuple[str, str], tag: str) -> Json:
        return {
            "app_id": self.app.app_id,
            "oa_id": self.app.oa_id,
            "user_id_by_app": user[1],
            "event_name": name,
            "tag": {"user_ids": [user[0]], "name": tag},
            "timestamp": self.timestamp(),
        }

    def withdraw(self, user: tuple[str, str]) -> Json:
        """user_withdraw: the citizen asks for their data to be deleted (A1.4, also possible)."""
        return {
            "app_id": self.app.app_id,
            "oa_id": self.app.oa_id,
            "user_id": user[0],
            "user_id_by_app": user[1],
            "event_name": "user_withdraw",
            "timestamp": self.timestamp(),
        }

    def template_received(self, phone: str, message_id: str, tracking_id: str) -> Json:
        """A1.5: the receipt of a ZBS template; told from a chat receipt by its tracking_id."""
        now = self.timestamp()
        return {
            "sender": {"id": self.app.oa_id},
            "recipient": {"id": phone},
            "event_name": "user_received_message",
            "message": {"delivery_time": now, "msg_id": message_id, "tracking_id": tracking_id},
            "app_id": self.app.app_id,
            "timestamp": now,
        }


def attached(kind: str, payload: Json, text: str | None = None) -> Json:
    """A message with one attachment; `text` stands between msg_id and attachments, if at all."""
    message: Json = {"msg_id": new_message_id()}
    if text is not None:
        message["text"] = text
    message["attachments"] = [{"type": kind, "payload": payload}]
    return message


def file_payload(name: str, content: bytes, url: str) -> Json:
    """`size` is a string and `checksum` an MD5 in the real event too."""
    return {
        "size": str(len(content)),
        "name": name,
        "checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "type": name.rsplit(".", 1)[-1],
        "url": url,
    }


def business_card_payload(phone: str, thumbnail: str) -> Json:
    """Arrives as a link whose description is a JSON string."""
    return {
        "thumbnail": thumbnail,
        "description": json.dumps({"phone": phone, "qrCodeUrl": thumbnail}),
        "url": f"https://zalo.me/{phone}",
    }
