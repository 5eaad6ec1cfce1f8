"""`invite` and `revoke`."""

import re
import unicodedata

import pytest

from tests.command_line.terminal import Answer, Terminal
from tests.conftest import Hands
from tests.transcript import Talk

CODE = re.compile(r"code: ([0-9A-HJKMNP-TV-Z]{8})\n")


def _code(answer: Answer) -> str:
    assert answer.code == 0, answer
    assert answer.err == ""
    found = CODE.fullmatch(answer.out)
    assert found, answer.out
    return found[1]


async def test_an_invitation_is_one_line_and_never_the_same(terminal: Terminal) -> None:
    codes = {
        _code(await terminal("invite", "--role", role, "--name", "Đào Thị Trực"))
        for role in ("officer", "staff", "leader", "admin")
    }
    assert len(codes) == 4


async def test_who_sends_the_code_is_an_official_until_the_name_is_revoked(
    terminal: Terminal, talk: Talk
) -> None:
    typed = ("--role", "officer", "--unit", "congan", "--name", "Đào  Thị\tTrực")
    code = _code(await terminal("invite", *typed))
    person = talk.person()
    await person.says(code.lower())
    found = await talk.read.officers("congan")
    assert [official.name for official in found] == ["Đào Thị Trực"]
    decomposed = unicodedata.normalize("NFD", "Đào Thị Trực")
    assert await terminal("revoke", decomposed, "--yes") == (0, "", "")
    assert await talk.read.officers("congan") == []
    assert "Đào Thị Trực" in (await terminal("revoke", "Đào Thị Trực", "--yes")).reason


async def test_revoking_ends_an_invitation_that_nobody_used(
    terminal: Terminal, talk: Talk, hands: Hands
) -> None:
    code = _code(await terminal("invite", "--role", "officer", "--name", "Mai"))
    assert (await terminal("revoke", "Mai", "--yes")).code == 0
    hands.move(minutes=1)
    await talk.person().says(f"/start {code}")
    assert await talk.read.officers("") == []


async def test_an_unknown_unit_is_refused_with_those_that_exist(terminal: Terminal) -> None:
    typed = ("--role", "officer", "--name", "Mai", "--unit", "marina")
    reason = (await terminal("invite", *typed)).reason
    assert "marina" in reason
    assert "ttpvhcc" in reason


@pytest.mark.parametrize("name", ["", "  \t ", "x" * 101, "Ma\x00i", "Ma\x1b[2Ji", "Ma\udcffi"])
async def test_a_name_that_is_none_is_refused_and_nothing_is_made(
    terminal: Terminal, name: str
) -> None:
    assert (await terminal("invite", "--role", "admin", "--name", name)).reason
    assert (await terminal("revoke", name, "--yes")).reason
