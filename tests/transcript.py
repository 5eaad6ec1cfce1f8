"""Conversations through the real inbox, router and outbox, on the limits of a channel.

The one fake is the channel: it takes messages as a platform would and keeps letters.
"""

import asyncio
import itertools
import os
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.channels.channel import Accept, Letter, Limits, SendError
from bot.channels.numbered import numbered
from bot.inbox_worker import InboxWorker
from bot.metrics import Metrics
from bot.outbox_worker import OutboxWorker
from handlers import router
from handlers.office import Office
from handlers.routing import Chance
from messages.codes import ALPHABET, ticket_code
from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind
from storage.database import Store
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.people import invite
from storage.reader import Reader
from storage.timers import fire
from tests.conftest import Hands

LIMITS = {
    "web": Limits(
        text=4000, caption=1000, buttons=20, photo_bytes=10**7, file_bytes=10**7, fetch_bytes=10**7
    ),
    "telegram": Limits(
        text=4096,
        caption=1024,
        buttons=100,
        photo_bytes=10**7,
        file_bytes=5 * 10**7,
        fetch_bytes=2 * 10**7,
        can_edit=True,
    ),
    "zalo": Limits(
        text=2000,
        caption=2000,
        buttons=0,
        photo_bytes=10**6,
        file_bytes=5 * 10**6,
        fetch_bytes=2 * 10**7,
        repeats=False,
        reply_window=timedelta(days=7),
    ),
}
CHANNELS = tuple(LIMITS)


class ScriptedChannel:
    """A channel that keeps what it is given; `failing` makes the next sends fail.

    `files` is what people sent, by reference.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.limits = LIMITS[name]
        self.letters: list[Letter] = []
        self.failing: list[SendError] = []
        self.files: dict[str, bytes] = {}
        self._ids = itertools.count(1)

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        return ()

    async def listen(self, accept: Accept) -> None:
        await asyncio.Event().wait()

    async def send(self, letter: Letter) -> tuple[str, ...]:
        if self.failing:
            raise self.failing.pop(0)
        self.letters.append(letter)
        for choice in letter.body.choices:
            assert len(choice.key.encode()) <= 64, choice.key
            assert len(choice.title) <= 35, choice.title
        return (f"out-{next(self._ids)}",)

    async def fetch(self, attachment: Attachment) -> bytes:
        return self.files.get(attachment.ref, b"\xff\xd8\xff" + attachment.ref.encode())

    async def close(self) -> None:
        pass


class Counting:
    """Chance that is no chance: letters count up, so that codes are known and never collide."""

    def __init__(self) -> None:
        self._numbers = itertools.count(32**3)

    def letters(self, n: int) -> str:
        number, drawn = next(self._numbers), ""
        for _ in range(n):
            number, digit = divmod(number, 32)
            drawn = ALPHABET[digit] + drawn
        return drawn


class Talk:
    """A service with scripted channels, whose people a test plays."""

    def __init__(self, store: Store, office: Office, hands: Hands) -> None:
        self.store, self.office, self.hands = store, office, hands
        self.channels = {name: ScriptedChannel(name) for name in CHANNELS}
        self.inbox = Inbox(store, hands)
        self.outbox = Outbox(store, hands)
        self.read = Reader(store)
        metrics = Metrics()
        self.inbox_worker = InboxWorker(
            store,
            self.inbox,
            self.outbox,
            router=router,
            office=office,
            metrics=metrics,
            chance=Chance(letters=Counting().letters),
        )
        self.outbox_worker = OutboxWorker(self.outbox, self.channels, hands, metrics)
        self._keys = itertools.count(1)

    def person(self, id_: str = "citizen", channel: str = "web", name: str = "") -> "Somebody":
        return Somebody(self, Address(channel, id_), name)

    async def official(
        self,
        role: str = "officer",
        unit: str = "",
        name: str = "Đào Thị Trực",
        channel: str = "web",
        *,
        on_duty: bool = True,
    ) -> "Somebody":
        """Invite an official and let them accept, and go on duty."""
        code = Counting().letters(4) + f"{next(self._keys):04d}"
        digest = self.store.box.digest("invite", code)
        await self.store.write(
            lambda connection: invite(
                connection, code_hash=digest, role=role, unit=unit, name=name, now=self.hands()
            )
        )
        somebody = self.person(f"official-{code}", channel)
        await somebody.says(f"/start {code}")
        if role == "officer" and on_duty:
            await somebody.says("/truc on")
        somebody.forgets()
        return somebody

    async def settle(self) -> None:
        """Let everything happen that is due now."""
        while True:
            handled = await self.inbox_worker.work()
            await self.inbox_worker.finish()
            sent = await self.outbox_worker.work()
            await self.outbox_worker.finish()
            if not handled and not sent:
                return

    async def pass_time(self, **by: float) -> None:
        """Let time pass and timers fire."""
        self.hands.move(**by)
        while await fire(self.store, self.hands()):
            pass
        await self.settle()

    def next_key(self) -> str:
        return f"m{next(self._keys)}"


class Somebody:
    """A person at their telephone."""

    def __init__(self, talk: Talk, address: Address, name: str) -> None:
        self.talk, self.address, self.name = talk, address, name
        self._read = 0

    async def sends(self, text: str = "", **more: object) -> list[str]:
        """Send a message of any kind; give the letters that came of it, as they read."""
        key = self.talk.next_key()
        message = Incoming(
            sender=self.address,
            key=key,
            sent_at=self.talk.hands(),
            message_id=key,
            text=text,
            name=self.name,
        )
        self.last_message_id = key
        await self.talk.inbox.accept(replace(message, **more))  # type: ignore[arg-type] # its fields
        if more.get("album"):
            # No other part comes soon, so that this one is not waited with.
            self.talk.hands.move(seconds=2)
        await self.talk.settle()
        return self.new()

    async def album(self, *captions: str, name: str = "A") -> list[str]:
        """Send photos at once, a message each, with a caption or none."""
        for number, caption in enumerate(captions):
            key = self.talk.next_key()
            self.last_message_id = key
            photo = Attachment(AttachmentKind.IMAGE, ref=f"{name}{number}")
            await self.talk.inbox.accept(
                Incoming(
                    sender=self.address,
                    key=key,
                    sent_at=self.talk.hands(),
                    message_id=key,
                    text=caption,
                    name=self.name,
                    album=name,
                    attachments=(photo,),
                )
            )
            await self.talk.settle()
        self.talk.hands.move(seconds=2)
        await self.talk.settle()
        return self.new()

    async def says(self, text: str) -> list[str]:
        """Type something."""
        return await self.sends(text)

    async def presses(self, title: str) -> list[str]:
        """Press the button whose title begins so, on the newest letter that has it."""
        choice = self.choice(title)
        return await self.sends(choice=choice)

    async def photo(self, caption: str = "", ref: str = "photo-1", album: str = "") -> list[str]:
        """Send a photo."""
        photo = Attachment(AttachmentKind.IMAGE, ref=ref)
        return await self.sends(caption, attachments=(photo,), album=album)

    async def location(self, latitude: float = 20.72, longitude: float = 106.66) -> list[str]:
        """Send a pin."""
        pin = Attachment(AttachmentKind.LOCATION, latitude=latitude, longitude=longitude)
        return await self.sends(attachments=(pin,))

    async def edits(self, message_id: str, text: str) -> list[str]:
        """Edit an earlier message."""
        return await self.sends(text, kind=Kind.EDIT, about=message_id)

    def letters(self) -> list[Letter]:
        """Every letter to this person so far."""
        sent = self.talk.channels[self.address.channel].letters
        return [letter for letter in sent if letter.to == self.address]

    def choice(self, title: str) -> str:
        """Find the key of a button by how its title begins."""
        for letter in reversed(self.letters()):
            for choice in letter.body.choices:
                if choice.title.startswith(title):
                    return choice.key
        raise AssertionError(f"no button {title!r} in {self.everything()}")

    def new(self) -> list[str]:
        """The letters since the last look, as they read on this channel."""
        letters = self.letters()
        unread, self._read = letters[self._read :], len(letters)
        return [self._read_out(letter) for letter in unread]

    def forgets(self) -> None:
        """Look at nothing that came so far."""
        self._read = len(self.letters())

    def everything(self) -> list[str]:
        """Every letter so far, as it reads."""
        return [self._read_out(letter) for letter in self.letters()]

    def _read_out(self, letter: Letter) -> str:
        if self.talk.channels[self.address.channel].limits.buttons:
            titles = [f"[{choice.title}]" for choice in letter.body.choices]
            return "\n".join([letter.body.text, *titles])
        return numbered(letter.body)


def code_in(letters: Iterable[str]) -> str:
    """Find the ticket code that letters tell."""
    code = next((found for letter in letters if (found := ticket_code(letter))), "")
    assert re.fullmatch(r"PA\d{4}-[0-9A-HJKMNP-TV-Z]{4}", code), list(letters)
    return code


@asynccontextmanager
async def talking(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    """Give a service whose people a test plays."""
    talk = Talk(store, office, hands)
    yield talk
    await talk.outbox_worker.finish()


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    """People who talk with the service; a folder of tests takes this by importing it."""
    async with talking(store, office, hands) as talk:
        yield talk


# What a channel does differently never reaches a database: on the second one of them is enough.
@pytest.fixture(params=CHANNELS[:1] if "TEST_DATABASE_URL" in os.environ else CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    """Each channel's limits in turn."""
    name: str = request.param
    return name
