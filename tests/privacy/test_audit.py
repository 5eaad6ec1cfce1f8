"""Every act of an official and every look at personal data is in the audit; citizens are not."""

import pytest
from sqlalchemy import select

from handlers import router
from storage.audit import Audit, audited
from storage.privacy_tables import audit
from tests.conversations.citizen_scenes import DENOUNCED, TROUBLE
from tests.transcript import Talk, code_in

ROLES = ("admin",)
COMMANDS = sorted(router.commands)


async def rows(talk: Talk) -> list[Audit]:
    """What is in the audit, the oldest first."""
    return (await audited(talk.store))[::-1]


@pytest.mark.parametrize("first", range(0, len(COMMANDS), 40))
async def test_every_command_of_an_official_is_audited_by_its_handler(
    talk: Talk, first: int
) -> None:
    admin = await talk.official("admin", name="Quản trị")
    for name in COMMANDS[first : first + 40]:
        await admin.says("/huy")
        before = len(await rows(talk))
        await admin.says(f"/{name}")
        command = router.commands[name].handle
        acts = {row.act for row in (await rows(talk))[before:]}
        module = command.__module__.rpartition(".")[2]
        assert f"{module}.{command.__name__}" in acts, name


async def test_steps_of_an_official_are_audited_by_name_with_their_ticket(talk: Talk) -> None:
    officer = await talk.official()
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    await officer.says(f"/ghichu {code}")
    await officer.says("Đã gọi điện cho bên thi công")
    await officer.says(f"/traloi {code} Xong rồi ạ.")
    found = [(row.act, row.about) for row in await rows(talk) if row.about == code]
    assert ("desk.note", code) in found
    assert any(act.startswith("desk") and act != "desk.note" for act, _about in found)
    assert len(found) >= 3
    assert [row.about for row in await audited(talk.store, code)] == [code] * len(found)


async def test_a_look_at_a_ticket_is_audited_and_has_no_words(talk: Talk) -> None:
    officer = await talk.official()
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    await officer.says(f"/phieu {code}")
    last = (await rows(talk))[-1]
    assert (last.about, last.channel) == (code, "web")
    assert last.act.startswith("ticket")
    async with talk.store.reading() as connection:
        assert TROUBLE not in str((await connection.execute(select(audit))).all())


async def test_what_citizens_do_is_nobodys_to_audit(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(f"/gopy {TROUBLE}")
    await citizen.says("/phieu")
    await citizen.says("/dulieu")
    assert await rows(talk) == []


async def test_of_an_officials_denunciation_nothing_is_audited(talk: Talk) -> None:
    officer = await talk.official()
    before = await rows(talk)
    await officer.says(f"/gopy {DENOUNCED}")
    assert await rows(talk) == before
