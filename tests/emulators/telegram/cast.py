"""One chat of every sort that a bot may meet, for tests that go through them all."""

from __future__ import annotations

from tests.emulators.telegram.chats import Person
from tests.emulators.telegram.server import TelegramEmulator

TALKING, SILENT, BLOCKING, DEACTIVATED, NOBODY = 11, 13, 14, 15, 99
TEAM, LOST_TEAM, UPGRADED_TEAM = -1001, -1002, -201
FORMER_TEAM, MUTED_TEAM, DELETED_TEAM = -1003, -1004, -202


def assemble(telegram: TelegramEmulator) -> Person:
    """Makes them all; returns the one who talks with the bot."""
    talking = telegram.person(TALKING)
    talking.started = True
    telegram.person(SILENT)
    telegram.person(BLOCKING).started = telegram.person(BLOCKING).blocked = True
    telegram.person(DEACTIVATED).started = telegram.person(DEACTIVATED).deactivated = True
    telegram.group(TEAM)
    telegram.group(LOST_TEAM).kicked = True
    telegram.group(UPGRADED_TEAM).upgraded_to = TEAM
    telegram.group(FORMER_TEAM).left = True
    telegram.group(MUTED_TEAM).muted = True
    telegram.group(DELETED_TEAM).deleted = True
    return talking
