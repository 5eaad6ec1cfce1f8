"""Telegram's Bot API and the people who use it, as they look from the wire.

Refusals are worded as in the public source of the server (tdlib/telegram-bot-api Client.cpp and
tdlib/td, 2026-05) or, where a refusal comes from behind it, as reported by users; limits are those
of the Bot API page (core.telegram.org/bots/api), cited by section.
"""

from tests.emulators.telegram.chats import Group, Letter, Person
from tests.emulators.telegram.pace import Pace
from tests.emulators.telegram.server import TelegramEmulator

__all__ = ["Group", "Letter", "Pace", "Person", "TelegramEmulator"]
