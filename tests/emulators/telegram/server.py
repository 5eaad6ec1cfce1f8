"""The Telegram emulator: `/bot<TOKEN>/<method>`, `/file/bot<TOKEN>/<path>`, chats and people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.emulators.telegram import profile, sending
from tests.emulators.telegram.chats import Group, Letter, Person
from tests.emulators.telegram.files import MAX_UPLOAD, Files, StoredFile
from tests.emulators.telegram.pace import Pace
from tests.emulators.telegram.parameters import Parameters, too_large
from tests.emulators.telegram.refusals import Refusal
from tests.emulators.telegram.updates import Updates
from tests.emulators.wire import Answer, Call, Clock, Json, LoopbackServer

Method = Callable[["TelegramEmulator", Parameters], object]
# The server compares method names without case (Client.cpp, methods_).
METHODS: dict[str, Method] = {
    "getme": profile.get_me,
    "setmycommands": profile.set_my_commands,
    "getmycommands": profile.get_my_commands,
    "deletemycommands": profile.delete_my_commands,
    "setmydescription": profile.set_my_description,
    "getmydescription": profile.get_my_description,
    "setmyshortdescription": profile.set_my_short_description,
    "getmyshortdescription": profile.get_my_short_description,
    "setchatmenubutton": profile.set_chat_menu_button,
    "getchatmenubutton": profile.get_chat_menu_button,
    "getchat": profile.get_chat,
    "answercallbackquery": profile.answer_callback_query,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendmediagroup": sending.send_media_group,
    "sendlocation": sending.send_location,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": sending.edit_message_text,
    "editmessagecaption": sending.edit_message_caption,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "deletemessage": sending.delete_message,
}
MULTIPART_OVERHEAD = 1 << 20
TOKEN = "7100000001:AAEmulatorTokenForTestsOnly_0123456789"


@dataclass(frozen=True, slots=True)
class Asked:
    """A press that waits for answerCallbackQuery."""

    person: Person
    at: float


class TelegramEmulator(LoopbackServer):
    """Give a bot `token` and `url` as its API address; `environment()` has the settings.

    `pace` switches the flood limits on. `callback_life` is how many seconds a press may wait; the
    real time is not documented. `loopback_webhooks` permits http://127.0.0.1 as a webhook.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "than_thien_bot",
        clock: Clock | None = None,
        pace: Pace | None = None,
        loopback_webhooks: bool = False,
        retry_scale: float = 0.05,
        callback_life: float = 60.0,
        keep: int | None = None,
        keep_alive: bool = False,
    ) -> None:
        super().__init__(clock=clock, keep=keep)
        self.token = token
        self.username = username
        self.pace = pace
        self.callback_life = callback_life
        self.updates = Updates(
            self.clock,
            self.changed,
            self.closing,
            loopback_webhooks=loopback_webhooks,
            retry_scale=retry_scale,
            keep_alive=keep_alive,
        )
        self.files = Files(self.clock)
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.letters: dict[tuple[int, int], Letter] = {}
        self.callbacks: dict[str, Asked] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.words: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, Json] = {}
        self._prefix = f"/bot{token}/"
        self._message_id = 0
        self._album = 13_900_000_000_000_000
        self._callback_id = 4_300_000_000_000_000_000

    async def close(self) -> None:
        self.closing.set()
        await self.updates.close()
        await super().close()

    def environment(self) -> dict[str, str]:
        """The settings of a bot that uses this API."""
        return {"BOT_TELEGRAM_TOKEN": self.token, "BOT_TELEGRAM_API_URL": self.url}

    def person(self, user_id: int = 5_200_000_001, first_name: str = "Anh") -> Person:
        """The person with this id; the first time they are made, and have not started the bot."""
        if user_id not in self.people:
            self.people[user_id] = Person(self, user_id, first_name)
        return self.people[user_id]

    def group(self, chat_id: int = -1_001_900_000_001, title: str = "Tổ tiếp dân") -> Group:
        if chat_id not in self.groups:
            # Ids of supergroups begin with -100 (Bot API, Chat).
            is_supergroup = str(chat_id).startswith("-100")
            self.groups[chat_id] = Group(self, chat_id, title, is_supergroup=is_supergroup)
        return self.groups[chat_id]

    def chat(self, chat_id: str) -> Person | Group | None:
        try:
            number = int(chat_id)
        except ValueError:
            return None
        return self.people.get(number) or self.groups.get(number)

    def bot_user(self) -> Json:
        return {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "Thân Thiện",
            "username": self.username,
        }

    def new_message_id(self) -> int:
        self._message_id += 1
        return self._message_id

    def new_album(self) -> str:
        self._album += 1
        return str(self._album)

    async def letters_to(
        self, chat: Person | Group, at_least: int = 1, within: float = 5.0
    ) -> list[Letter]:
        """The letters to a chat, as soon as there are `at_least` so many."""
        what = f"{at_least} letters; so far {[letter.text for letter in chat.letters]}"
        await self.until(lambda: len(chat.letters) >= at_least, within, what)
        return list(chat.letters)

    # -- what people do

    def receives(
        self,
        person: Person,
        chat: Json,
        content: Json,
        reply_to: Letter | int | None = None,
        *,
        silent: bool = False,
    ) -> Json:
        """A person's message becomes an update, unless it is `silent` (privacy mode)."""
        message: Json = {
            "message_id": self.new_message_id(),
            "from": person.user(),
            "chat": chat,
            "date": int(self.clock.now().timestamp()),
        }
        if reply_to is not None:
            number = reply_to.message_id if isinstance(reply_to, Letter) else reply_to
            replied = self.messages[chat["id"], number]
            message["reply_to_message"] = {
                key: value for key, value in replied.items() if key != "reply_to_message"
            }
        message.update(content)
        self.messages[chat["id"], message["message_id"]] = message
        if not silent:
            self.updates.add("message", message, chat["id"])
        return message

    def edited(self, message: Json, text: str) -> Json:
        """A person changes the text of their own message."""
        name = "text" if "text" in message else "caption"
        new = {**message, "edit_date": int(self.clock.now().timestamp()), name: text}
        self.messages[message["chat"]["id"], message["message_id"]] = new
        self.updates.add("edited_message", new, message["chat"]["id"])
        return new

    def pressed(self, person: Person, letter: Letter, button: Json) -> str:
        """callback_query; its data is the button's."""
        self._callback_id += 1
        query_id = str(self._callback_id)
        self.callbacks[query_id] = Asked(person, self.clock.now().timestamp())
        chat_id = letter.message["chat"]["id"]
        query = {
            "id": query_id,
            "from": person.user(),
            "message": letter.message,
            "chat_instance": hashlib.sha256(str(chat_id).encode()).hexdigest()[:19],
            "data": button["callback_data"],
        }
        self.updates.add("callback_query", query, chat_id)
        return query_id

    def membership_changed(self, person: Person, chat: Json, old: str, new: str) -> None:
        """my_chat_member: the bot was blocked, unblocked, added or removed."""

        def member(status: str) -> Json:
            extra = {"until_date": 0} if status == "kicked" else {}
            return {"user": self.bot_user(), "status": status, **extra}

        change = {
            "chat": chat,
            "from": person.user(),
            "date": int(self.clock.now().timestamp()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        }
        self.updates.add("my_chat_member", change, chat["id"])

    def photo_sizes(self, content: bytes, size: int | None = None) -> list[Json]:
        """PhotoSize objects of a photo that a person sends, small to large."""
        return self.sizes_of(self.files.keep(content, "photos", "photo.jpg", size=size))

    def sizes_of(self, stored: StoredFile) -> list[Json]:
        small = self.files.keep(stored.content[:1024], "photos", "small.jpg")
        return [
            {**small.record(), "width": 90, "height": 67},
            {**stored.record(), "width": 1280, "height": 960},
        ]

    # -- what the bot calls

    async def answer(self, call: Call) -> Answer:
        try:
            if call.path.startswith("/file/bot"):
                return self._download(call.path)
            return await self._answer_method(call)
        except Refusal as refusal:
            return refusal.answer()

    def _download(self, path: str) -> Answer:
        token, _, file_path = path.removeprefix("/file/bot").partition("/")
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        return self.files.download(file_path)

    async def _answer_method(self, call: Call) -> Answer:
        name = self._method(call.path)
        if len(call.raw) > MAX_UPLOAD + MULTIPART_OVERHEAD:
            raise too_large()
        parameters = Parameters(call)
        if name == "getupdates":
            return _done(await self.updates.get(parameters))
        if name == "setwebhook":
            return _done(*self.updates.set_webhook(parameters))
        if name == "deletewebhook":
            return _done(*self.updates.delete_webhook(parameters))
        if name == "getwebhookinfo":
            return _done(self.updates.webhook_info())
        if name == "getfile":
            return _done(self.files.get(parameters.text("file_id")))
        method = METHODS.get(name)
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        return _done(method(self, parameters))

    def _method(self, path: str) -> str:
        if not path.startswith("/bot"):
            raise Refusal(404, "Not Found")
        if not path.startswith(self._prefix):
            # ClientManager.cpp: without a colon it cannot be a token; else nobody knows it.
            token, slash, _ = path.removeprefix("/bot").partition("/")
            if not slash:
                raise Refusal(404, "Not Found")
            reason = "" if ":" in token else ": invalid token specified"
            raise Refusal(401, f"Unauthorized{reason}")
        return path[len(self._prefix) :].lower()

    async def control(self, name: str, body: Json) -> object:
        """Orders: `says {id, text}`, `letters {id}`, `pending`."""
        if name == "says":
            message = await self.person(body["id"]).says(body["text"])
            return {"message_id": message["message_id"]}
        if name == "letters":
            return [letter.message for letter in self.person(body["id"]).letters]
        if name == "pending":
            return {"pending": len(self.updates.pending)}
        return await super().control(name, body)


def _done(result: object, description: str = "") -> Answer:
    body: Json = {"ok": True, "result": result}
    if description:
        body["description"] = description
    return Answer(body)
