"""Chats seen from the other side: persons, groups, and the letters the bot sent them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.emulators.telegram.formatting import found_commands
from tests.emulators.wire import Json

if TYPE_CHECKING:
    from tests.emulators.telegram.server import TelegramEmulator


@dataclass(slots=True, eq=False)
class Letter:
    """A message of the bot; `message` is what it says now, `versions` what it said before."""

    message: Json
    versions: list[Json] = field(default_factory=list)
    deleted: bool = False

    @property
    def message_id(self) -> int:
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        return str(self.message.get("text", self.message.get("caption", "")))

    @property
    def buttons(self) -> list[Json]:
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    def button(self, wanted: str) -> Json:
        """The button with this title, with this callback_data, or whose title contains it."""
        for name in ("text", "callback_data"):
            for button in self.buttons:
                if button.get(name) == wanted:
                    return button
        for button in self.buttons:
            if wanted in button["text"]:
                return button
        titles = [button["text"] for button in self.buttons]
        message = f"no button {wanted!r} under {self.text!r}, only {titles}"
        raise LookupError(message)


@dataclass(slots=True, eq=False)
class Person:
    """Somebody with Telegram in hand.

    `started` means that they have opened the bot once: before, it may not write to them.
    """

    telegram: TelegramEmulator
    id: int
    first_name: str = "Anh"
    last_name: str = ""
    username: str = ""
    language_code: str = "vi"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    letters: list[Letter] = field(default_factory=list)
    alerts: list[Json] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def user(self) -> Json:
        """The User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def chat(self) -> Json:
        """The Chat object of the private chat."""
        chat = {key: value for key, value in self.user().items() if key.endswith("name")}
        return {"id": self.id, **chat, "type": "private"}

    async def says(self, text: str, *, reply_to: Letter | int | None = None) -> Json:
        """A text; returns the Message object that the bot gets."""
        content: Json = {"text": text}
        commands = found_commands(text)
        if commands:
            content["entities"] = commands
        return self._sends(content, reply_to)

    async def starts(self, payload: str = "") -> Json:
        """The START button, or a link t.me/<bot>?start=<payload>."""
        return await self.says(f"/start {payload}".strip())

    def _sends(self, content: Json, reply_to: Letter | int | None = None) -> Json:
        self.started = True
        if self.blocked:
            # Who writes to a bot they blocked lifts the block first.
            self.blocked = False
            self.telegram.membership_changed(self, self.chat(), "kicked", "member")
        return self.telegram.receives(self, self.chat(), content, reply_to)

    async def sends_photo(
        self, content: bytes, caption: str = "", *, size: int | None = None, album: str = ""
    ) -> Json:
        body: Json = {"photo": self.telegram.photo_sizes(content, size)}
        if caption:
            body["caption"] = caption
        if album:
            body["media_group_id"] = album
        return self._sends(body)

    async def sends_album(self, contents: list[bytes], caption: str = "") -> list[Json]:
        """Several photos at once: several messages of one media_group_id, caption on the first."""
        album = self.telegram.new_album()
        return [
            await self.sends_photo(content, caption if place == 0 else "", album=album)
            for place, content in enumerate(contents)
        ]

    async def sends_document(
        self, name: str, content: bytes, caption: str = "", *, size: int | None = None
    ) -> Json:
        stored = self.telegram.files.keep(content, "documents", name, size=size)
        body: Json = {"document": {"file_name": name, **stored.record()}}
        if caption:
            body["caption"] = caption
        return self._sends(body)

    async def sends_voice(self, content: bytes = b"OggS", seconds: int = 3) -> Json:
        stored = self.telegram.files.keep(content, "voice", "voice.oga")
        voice = {"duration": seconds, "mime_type": "audio/ogg", **stored.record()}
        return self._sends({"voice": voice})

    async def sends_video(self, content: bytes = b"....ftyp", *, size: int | None = None) -> Json:
        stored = self.telegram.files.keep(content, "videos", "video.mp4", size=size)
        sizes = {"width": 640, "height": 480, "duration": 5, "mime_type": "video/mp4"}
        return self._sends({"video": {**sizes, **stored.record()}})

    async def sends_sticker(self, emoji: str = "👍") -> Json:
        stored = self.telegram.files.keep(b"RIFF", "stickers", "sticker.webp")
        shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        sticker = {**shape, "type": "regular", "emoji": emoji, **stored.record()}
        return self._sends({"sticker": sticker})

    async def sends_location(self, latitude: float, longitude: float) -> Json:
        return self._sends({"location": {"latitude": latitude, "longitude": longitude}})

    async def sends_contact(self, phone: str, *, own: bool = True) -> Json:
        """The answer to request_contact; `user_id` is there when it is a Telegram user's."""
        contact: Json = {"phone_number": phone, "first_name": self.first_name}
        if own:
            contact["user_id"] = self.id
        return self._sends({"contact": contact})

    async def edits(self, message: Json, text: str) -> Json:
        """edited_message: the same message_id, a new text, an edit_date."""
        return self.telegram.edited(message, text)

    async def presses(self, letter: Letter, button: str, *, version: Json | None = None) -> str:
        """A press; returns the callback_query_id.

        `version` presses a button of an earlier version, as a slow phone may.
        """
        shown = Letter(version) if version is not None else letter
        return self.telegram.pressed(self, shown, shown.button(button))

    async def blocks(self) -> None:
        self.blocked = True
        self.telegram.membership_changed(self, self.chat(), "member", "kicked")

    async def unblocks(self) -> None:
        self.blocked = False
        self.telegram.membership_changed(self, self.chat(), "kicked", "member")

    async def hears(self, fragment: str, within: float = 5.0) -> Letter:
        """The first letter, past or coming, that says `fragment` now."""
        return await _hears(self.telegram, self.letters, fragment, within)


@dataclass(slots=True, eq=False)
class Group:
    """A group with the bot in it.

    With `privacy` the bot gets commands and replies to it only; `muted` takes its right to write,
    `left` says that it went by itself, `deleted` that a basic group is no more. `topics` are those
    of a forum by number, each "open" or "closed".
    """

    telegram: TelegramEmulator
    id: int
    title: str
    is_supergroup: bool = True
    privacy: bool = True
    kicked: bool = False
    left: bool = False
    deleted: bool = False
    muted: bool = False
    upgraded_to: int = 0
    topics: dict[int, str] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def chat(self) -> Json:
        kind = "supergroup" if self.is_supergroup else "group"
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "title": self.title, "type": kind, **forum}

    async def says(
        self, person: Person, text: str, *, reply_to: Letter | int | None = None, topic: int = 0
    ) -> Json:
        """Somebody writes in the group; returns the Message, also when the bot does not get it."""
        content: Json = {"text": text}
        if topic:
            content |= {"message_thread_id": topic, "is_topic_message": True}
        commands = found_commands(text)
        if commands:
            content["entities"] = commands
        is_for_bot = self._is_command(text) or self._is_own(reply_to)
        return self.telegram.receives(
            person, self.chat(), content, reply_to, silent=self.privacy and not is_for_bot
        )

    def _is_command(self, text: str) -> bool:
        """Privacy mode: commands without a name or with ours; a mention alone does not count."""
        word = text.split(maxsplit=1)[0] if text.strip() else ""
        name = word.partition("@")[2]
        return word.startswith("/") and name in {"", self.telegram.username}

    def _is_own(self, reply_to: Letter | int | None) -> bool:
        number = reply_to.message_id if isinstance(reply_to, Letter) else reply_to
        return number is not None and (self.id, number) in self.telegram.letters

    async def adds_bot(self, person: Person) -> None:
        self.kicked = False
        self.telegram.membership_changed(person, self.chat(), "left", "member")

    async def removes_bot(self, person: Person) -> None:
        self.kicked = True
        self.telegram.membership_changed(person, self.chat(), "member", "kicked")

    async def hears(self, fragment: str, within: float = 5.0) -> Letter:
        return await _hears(self.telegram, self.letters, fragment, within)


async def _hears(
    telegram: TelegramEmulator, letters: list[Letter], fragment: str, within: float
) -> Letter:
    def found() -> bool:
        return any(fragment in letter.text for letter in letters)

    so_far = [letter.text for letter in letters]
    await telegram.until(found, within, f"a letter with {fragment!r}; got {so_far}")
    return next(letter for letter in letters if fragment in letter.text)
