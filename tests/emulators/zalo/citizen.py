"""A person with the Zalo app in hand: what they send reaches the webhook, what comes is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.emulators.wire import Json
from tests.emulators.zalo.events import (
    attached,
    business_card_payload,
    file_payload,
    new_message_id,
)
from tests.emulators.zalo.webhook import Delivery, Wrapping

if TYPE_CHECKING:
    from tests.emulators.zalo.server import ZaloEmulator

FREE = timedelta(hours=48)
WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that Zalo accepted for this person; `kind` is text, image, file, template …"""

    message_id: str
    kind: str
    message: Json
    at: datetime
    quota_type: str = ""

    @property
    def text(self) -> str:
        return str(self.message.get("text", ""))

    @property
    def quotes(self) -> str:
        return str(self.message.get("quote_message_id", ""))

    @property
    def buttons(self) -> list[Json]:
        payload = self.message.get("attachment", {}).get("payload", {})
        return list(payload.get("buttons", []))


@dataclass(slots=True, eq=False)
class Citizen:
    """One person of this Official Account.

    `refusal` is a number of sheet A3.6 with which every message to them is refused (-217 blocked,
    -227 inactive, -244 restricted); 0 means none.
    """

    zalo: ZaloEmulator
    id: str
    id_by_app: str
    name: str
    follows_oa: bool = False
    last_interaction: datetime | None = None
    refusal: int = 0
    wrapping: Wrapping | None = None
    letters: list[Letter] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    shared_info: Json = field(default_factory=dict)

    @property
    def _ids(self) -> tuple[str, str]:
        return self.id, self.id_by_app

    async def _sends(self, name: str, message: Json) -> Delivery:
        self.interacts()
        event = self.zalo.events.said(name, self._ids, message)
        self.remember(1, name.removeprefix("user_send_"), message, event["timestamp"])
        return await self.zalo.webhook.deliver(event, self.wrapping)

    def interacts(self) -> None:
        """A3.5: a message, a follow, a press opens the windows of 48 hours and of 7 days."""
        self.last_interaction = self.zalo.clock.now()

    def remember(self, source: int, kind: str, message: Json, timestamp: str) -> None:
        """A line of /v2.0/oa/conversation (sheet A5); source 1 is the person, 0 the account."""
        oa_id = self.zalo.app.oa_id
        self.history.append(
            {
                "src": source,
                "time": int(timestamp),
                "type": kind,
                "message": message.get("text", ""),
                "message_id": message.get("msg_id", ""),
                "from_id": self.id if source else oa_id,
                "to_id": oa_id if source else self.id,
                "from_display_name": self.name if source else self.zalo.app.oa_name,
            }
        )

    async def says(self, text: str, *, quote: str = "") -> Delivery:
        message: Json = {"text": text, "msg_id": new_message_id()}
        if quote:
            message["quote_msg_id"] = quote
        return await self._sends("user_send_text", message)

    async def presses(self, payload: str) -> Delivery:
        """A button or a menu item: it arrives as a text that equals the payload (A1.4, last lines).

        The title of a button of the latest letters may be given as well.
        """
        for letter in reversed(self.letters):
            for button in letter.buttons:
                if payload == button["title"] and isinstance(button.get("payload"), str):
                    return await self.says(button["payload"])
        return await self.says(payload)

    async def sends_photo(self, content: bytes, caption: str | None = None) -> Delivery:
        return await self.sends_photos([content], caption)

    async def sends_photos(self, contents: list[bytes], caption: str | None = None) -> Delivery:
        """Several photos in one event; whether Zalo does so or sends several is unknown (A1.4)."""
        attachments = []
        for content in contents:
            url = self.zalo.media.publish(content, "jpg", "image/jpeg")
            thumbnail = self.zalo.media.publish(content, "jpg", "image/jpeg")
            payload = {"thumbnail": thumbnail, "url": url}
            attachments.append({"type": "image", "payload": payload})
        message: Json = {"msg_id": new_message_id()}
        if caption is not None:
            message["text"] = caption
        message["attachments"] = attachments
        return await self._sends("user_send_image", message)

    async def sends_location(self, latitude: float, longitude: float) -> Delivery:
        coordinates = {"latitude": str(latitude), "longitude": str(longitude)}
        message = attached("location", {"coordinates": coordinates}, "")
        return await self._sends("user_send_location", message)

    async def sends_sticker(self, sticker_id: str = "bfe458bf64fa8da4d4eb") -> Delivery:
        url = "https://zalo-api.zadn.vn/api/emoticon/sticker/webpc?eid=1"
        message = attached("sticker", {"id": sticker_id, "url": url})
        return await self._sends("user_send_sticker", message)

    async def sends_gif(self, content: bytes = b"GIF89a") -> Delivery:
        url = self.zalo.media.publish(content, "gif", "image/gif")
        return await self._sends("user_send_gif", attached("gif", {"thumbnail": url, "url": url}))

    async def sends_file(self, name: str, content: bytes) -> Delivery:
        suffix = name.rsplit(".", 1)[-1]
        url = self.zalo.media.publish(content, suffix, "application/octet-stream")
        message = attached("file", file_payload(name, content, url))
        return await self._sends("user_send_file", message)

    async def sends_audio(self, content: bytes = b"#!AMR\n") -> Delivery:
        url = self.zalo.media.publish(content, "amr", "audio/amr")
        return await self._sends("user_send_audio", attached("audio", {"url": url}))

    async def sends_video(self, content: bytes = b"....ftypmp42") -> Delivery:
        url = self.zalo.media.publish(content, "mp4", "video/mp4")
        payload = {"thumbnail": url, "description": "", "url": url}
        return await self._sends("user_send_video", attached("video", payload))

    async def sends_link(self, url: str, description: str = "") -> Delivery:
        thumbnail = self.zalo.media.publish(b"\xff\xd8\xff", "jpg", "image/jpeg")
        payload = {"thumbnail": thumbnail, "description": description, "url": url}
        return await self._sends("user_send_link", attached("link", payload, url))

    async def sends_business_card(self, phone: str) -> Delivery:
        thumbnail = self.zalo.media.publish(b"\xff\xd8\xff", "jpg", "image/jpeg")
        payload = business_card_payload(phone, thumbnail)
        return await self._sends("user_send_business_card", attached("link", payload))

    async def submits_info(self, info: Json) -> Delivery:
        """The answer to a request_user_info card; a phone may come as a number (A1.4)."""
        self.interacts()
        self.shared_info |= info
        event = self.zalo.events.submit_info(self.id, info)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def reacts(self, message_id: str, icon: str = "/-strong") -> Delivery:
        message = {"msg_id": message_id, "react_icon": icon}
        event = self.zalo.events.said("user_reacted_message", self._ids, message)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def receives(self, message_id: str) -> Delivery:
        event = self.zalo.events.told("user_received_message", self._ids, {"msg_id": message_id})
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def sees(self, *message_ids: str) -> Delivery:
        message = {"msg_ids": list(message_ids)}
        event = self.zalo.events.told("user_seen_message", self._ids, message)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def follows(self, source: str = "oa_profile") -> Delivery:
        self.follows_oa = True
        self.interacts()
        event = self.zalo.events.follow("follow", self._ids, source)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def unfollows(self, source: str = "oa_profile") -> Delivery:
        self.follows_oa = False
        event = self.zalo.events.follow("unfollow", self._ids, source)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def clicks_chat(self) -> Delivery:
        """Once per person, only if they never chatted; afterwards the account may write first.

        Raises:
            ValueError: they did before, so that Zalo sends no such event (A1.4).
        """
        if self.last_interaction is not None:
            message = "user_click_chatnow comes only from somebody who never chatted"
            raise ValueError(message)
        self.interacts()
        event = self.zalo.events.click_chat(self._ids)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def withdraws(self) -> Delivery:
        event = self.zalo.events.withdraw(self._ids)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def is_tagged(self, tag: str) -> Delivery:
        self.tags.add(tag)
        event = self.zalo.events.tag("add_user_to_tag", self._ids, tag)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def is_answered_by_hand(self, text: str, admin_id: str = "7412369852147") -> Delivery:
        """An official writes in oa.zalo.me: the echo carries `admin_id` (A1.3)."""
        message: Json = {"text": text, "msg_id": new_message_id()}
        event = self.zalo.events.told("oa_send_text", self._ids, message, admin_id)
        self.remember(0, "text", message, event["timestamp"])
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def echoes(self, name: str, message: Json) -> Delivery:
        """The bot's own message comes back as an event without `admin_id` (A1.3)."""
        event = self.zalo.events.told(name, self._ids, message)
        return await self.zalo.webhook.deliver(event, self.wrapping)

    async def hears(self, fragment: str, within: float = 5.0) -> Letter:
        """The first letter, past or coming, whose text contains `fragment`."""

        def found() -> bool:
            return any(fragment in letter.text for letter in self.letters)

        so_far = [letter.text for letter in self.letters]
        await self.zalo.until(found, within, f"a letter with {fragment!r}; got {so_far}")
        return next(letter for letter in self.letters if fragment in letter.text)


@dataclass(slots=True, eq=False)
class Anonymous:
    """Someone who is not logged in: known by anonymous_id and conversation_id only (A1.4)."""

    zalo: ZaloEmulator
    id: str
    conversation_id: str
    letters: list[Letter] = field(default_factory=list)

    async def says(self, text: str) -> Delivery:
        message: Json = {
            "conversation_id": self.conversation_id,
            "text": text,
            "msg_id": new_message_id(),
        }
        event = self.zalo.events.anonymous("anonymous_send_text", self.id, message)
        return await self.zalo.webhook.deliver(event)
