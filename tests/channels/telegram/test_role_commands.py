import json
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.request import AiohttpRequest, TelegramBot
from bot.channels.telegram.role_commands import CommandsByRole, Shown
from handlers import COMMANDS, commands_of
from messages.languages import say
from tests.emulators import faults
from tests.emulators.telegram import TelegramEmulator

LAN, MAI = "5200000001", "5200000002"
OFFICER = Shown("vi", frozenset({"officer"}))


def scope(number: str) -> tuple[str, str]:
    return json.dumps({"chat_id": int(number), "type": "chat"}, sort_keys=True), ""


class Office:
    """Who holds which role, as the test says."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self.found: dict[str, Shown] = {}
        transport = AiohttpRequest(telegram.token)
        self.transport = transport
        self.by_role = CommandsByRole(
            TelegramBot(telegram.token, telegram.url, transport), self.officials, self.commands
        )

    async def officials(self) -> dict[str, Shown]:
        return self.found

    @staticmethod
    def commands(shown: Shown) -> list[tuple[str, str]]:
        return [(name, say(what, shown.language)) for name, what in commands_of(shown.roles)]


@pytest.fixture
async def office(telegram: TelegramEmulator) -> AsyncIterator[Office]:
    for number in (LAN, MAI):
        telegram.person(int(number)).started = True
    one = Office(telegram)
    yield one
    await one.transport.shutdown()


def shown_to(telegram: TelegramEmulator, number: str) -> list[str]:
    return [one["command"] for one in telegram.commands.get(scope(number), [])]


async def test_an_officer_is_shown_the_desks_commands_before_everybodys(
    office: Office, telegram: TelegramEmulator
) -> None:
    office.found = {LAN: OFFICER}
    await office.by_role.look()
    names = shown_to(telegram, LAN)
    assert names[0] == "viec"
    assert names[-len(COMMANDS) :] == [name for name, _what in COMMANDS]
    assert "report" not in names
    assert telegram.commands[scope(LAN)][0]["description"] == "Việc cần làm"


async def test_a_change_of_role_or_language_is_told_and_nothing_else(
    office: Office, telegram: TelegramEmulator
) -> None:
    office.found = {LAN: OFFICER, MAI: Shown("vi", frozenset({"staff"}))}
    await office.by_role.look()
    await office.by_role.look()
    assert len(telegram.made("setMyCommands")) == 2
    office.found = {**office.found, LAN: Shown("en", frozenset({"officer", "leader"}))}
    await office.by_role.look()
    assert len(telegram.made("setMyCommands")) == 3
    assert "report" in shown_to(telegram, LAN)
    assert telegram.commands[scope(LAN)][0]["description"] == "What is to be done"


async def test_whose_roles_ended_is_shown_what_everybody_is(
    office: Office, telegram: TelegramEmulator
) -> None:
    office.found = {LAN: OFFICER}
    await office.by_role.look()
    office.found = {LAN: Shown("vi", frozenset())}
    await office.by_role.look()
    assert scope(LAN) not in telegram.commands


async def test_an_administrator_is_shown_all(office: Office, telegram: TelegramEmulator) -> None:
    office.found = {LAN: Shown("vi", frozenset({"admin"}))}
    await office.by_role.look()
    assert {"viec", "report", "gopy"} <= set(shown_to(telegram, LAN))


async def test_what_was_not_told_is_told_at_the_next_look_and_a_stranger_stops_nobody(
    office: Office, telegram: TelegramEmulator
) -> None:
    office.found = {"77": OFFICER, LAN: OFFICER, MAI: OFFICER}
    telegram.fails(faults.HTTP_502, when=lambda call: LAN in str(call.body))
    await office.by_role.look()
    assert shown_to(telegram, LAN) == shown_to(telegram, MAI) == []
    await office.by_role.look()
    assert shown_to(telegram, LAN) == shown_to(telegram, MAI) != []
    assert len([one for one in telegram.calls if "77" in str(one.body)]) == 1
