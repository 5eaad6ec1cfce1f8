"""The people of a walk with a phone in hand, alike on every channel."""

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Protocol

from messages.languages import say
from messages.text import Text
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo import ZaloEmulator
from tests.emulators.zalo.webhook import Delivery

PATIENCE = 30.0
"""Seconds to wait for a letter: the service is a process of its own beside many others."""


class Phone(Protocol):
    """Somebody who writes, chooses, sends and reads."""

    channel: str

    async def says(self, text: str) -> None:
        """Type a text and send it."""
        ...

    async def chooses(self, title: Text | str) -> None:
        """Press the button, or type the number, of the newest choice whose title begins so."""
        ...

    async def rates(self, points: int, title: Text) -> None:
        """Rate the answer that was read last."""
        ...

    async def sends_photo(self, content: bytes, caption: str = "") -> None:
        """Send a JPEG, with words under it where the channel has such."""
        ...

    async def sends_place(self, latitude: float, longitude: float) -> None:
        """Send a pin."""
        ...

    async def hears(self, *parts: Text | str) -> str:
        """Wait for a letter, after the last that was heard, that says all of these; give it."""
        ...


def said(part: Text | str) -> str:
    """Give a sentence of the service in Vietnamese, the language of everybody in a walk."""
    if isinstance(part, str):
        return part
    words = say(part)
    assert words != say(part, "en"), f"the service does not say {part.msgid!r}"
    return words


class Ear:
    """Finds letters among those that came after the last one found."""

    def __init__(self) -> None:
        self._heard = 0

    def find(self, texts: Sequence[str], parts: Sequence[str]) -> str | None:
        """Give the first new letter that says all parts."""
        for place, text in enumerate(texts[self._heard :], self._heard):
            if all(part in text for part in parts):
                self._heard = place + 1
                return text
        return None

    def unheard(self, texts: Sequence[str]) -> list[str]:
        """Give what came since."""
        return list(texts[self._heard :])


async def taken(delivery: Delivery) -> None:
    """Wait until the service has said 200, at once or to one of the platform's retries."""
    await asyncio.wait_for(delivery.done.wait(), PATIENCE)
    assert delivery.status == 200, delivery


class ZaloPhone:
    """A person on Zalo: choices are buttons where the account has them, else numbered lines."""

    channel = "zalo"

    def __init__(self, zalo: ZaloEmulator, user_id: str, name: str) -> None:
        self.zalo, self.citizen = zalo, zalo.citizen(user_id, name)
        self._ear = Ear()

    async def says(self, text: str) -> None:
        await taken(await self.citizen.says(text))

    async def chooses(self, title: Text | str) -> None:
        wanted = said(title)
        for letter in reversed(self.citizen.letters):
            titles = [button["title"] for button in letter.buttons]
            pressed = next((one for one in titles if one.startswith(wanted)), None)
            if pressed is not None:
                await taken(await self.citizen.presses(pressed))
                return
            number = number_of(letter.text, wanted)
            if number:
                await self.says(number)
                return
        raise AssertionError(f"no choice {wanted!r} in {self.texts()[-3:]}")

    async def rates(self, points: int, title: Text) -> None:
        titles = [button["title"] for button in self.citizen.letters[-1].buttons]
        if titles:
            assert titles[points - 1] == said(title)
        else:
            assert number_of(self.texts()[-1], said(title)) == str(points), self.texts()[-1]
        # What is typed means the same, whether or not there are buttons.
        await self.says(str(points))

    async def sends_photo(self, content: bytes, caption: str = "") -> None:
        await taken(await self.citizen.sends_photo(content, caption or None))

    async def sends_place(self, latitude: float, longitude: float) -> None:
        await taken(await self.citizen.sends_location(latitude, longitude))

    async def hears(self, *parts: Text | str) -> str:
        return await heard(self.zalo.until, self._ear, self.texts, parts)

    def texts(self) -> list[str]:
        """Give all letters, as they read."""
        return [letter.text for letter in self.citizen.letters]


class TelegramPhone:
    """A person on Telegram: choices are buttons."""

    channel = "telegram"

    def __init__(self, telegram: TelegramEmulator, user_id: int, name: str) -> None:
        self.telegram, self.person = telegram, telegram.person(user_id, name)
        self._ear = Ear()

    async def says(self, text: str) -> None:
        await self.person.says(text)

    async def chooses(self, title: Text | str) -> None:
        wanted = said(title)
        # The choices may come in a message of their own, behind the words.
        letters = self.person.letters
        await self.telegram.until(lambda: bool(letters[-1].buttons), PATIENCE, f"{wanted}")
        for letter in reversed(letters):
            for button in letter.buttons:
                if button["text"].startswith(wanted):
                    await self.person.presses(letter, button["text"])
                    return
        raise AssertionError(f"no button {wanted!r} in {self.texts()[-3:]}")

    async def rates(self, points: int, title: Text) -> None:
        titles = [button["text"] for button in self.person.letters[-1].buttons]
        assert titles[points - 1] == said(title)
        await self.chooses(title)

    async def sends_photo(self, content: bytes, caption: str = "") -> None:
        await self.person.sends_photo(content, caption)

    async def sends_place(self, latitude: float, longitude: float) -> None:
        await self.person.sends_location(latitude, longitude)

    async def hears(self, *parts: Text | str) -> str:
        return await heard(self.telegram.until, self._ear, self.texts, parts)

    async def replies(self, to: str, text: str) -> None:
        """Answer the newest letter that says `to` by Telegram's own reply."""
        letter = next(one for one in reversed(self.person.letters) if to in one.text)
        await self.person.says(text, reply_to=letter)

    def texts(self) -> list[str]:
        """Give all letters, as they read."""
        return [letter.text for letter in self.person.letters]


def number_of(text: str, title: str) -> str:
    """Give the number of the choice of a letter whose title begins so, "" where it has none."""
    found = re.search(rf"^(\d+)\. {re.escape(title)}", text, re.MULTILINE)
    return found[1] if found else ""


class Until(Protocol):
    """How an emulator lets a test wait."""

    async def __call__(
        self, condition: Callable[[], bool], within: float = ..., what: str = ...
    ) -> None: ...


async def heard(
    until: Until, ear: Ear, texts: Callable[[], list[str]], parts: Sequence[Text | str]
) -> str:
    """Wait for a letter that says all parts."""
    wanted = [said(part) for part in parts]
    found: list[str] = []

    def look() -> bool:
        text = ear.find(texts(), wanted)
        if text is not None:
            found.append(text)
        return text is not None

    try:
        await until(look, PATIENCE, f"{wanted}")
    except TimeoutError as error:
        raise AssertionError(f"waited for {wanted}, got {ear.unheard(texts())}") from error
    return found[0]
