"""What an official is putting together is not lost to something else that they do meanwhile."""

import pytest

from storage.tickets import State
from tests.conversations.citizen_scenes import DENOUNCED, TROUBLE, person_of, step_of, ticket
from tests.transcript import Somebody, Talk, code_in

DATE = "23/11/2026"
MEANWHILE = (
    "/viec",
    "/phieu {code}",
    "/nhan {code}",
    "/traloi {code} Đã vá xong",
    "/truc",
    "/help",
)


async def drafting(talk: Talk) -> tuple[Somebody, dict[str, str]]:
    """Somebody who has answered the first question about a letter."""
    admin = await talk.official("admin", name="Vũ Thị Soạn")
    await admin.says("/soanthu thanks")
    await admin.says("bà Nguyễn Thị Sáng, thôn Một")
    person = await person_of(talk, admin)
    assert person.step == "letter_drafting.field"
    return admin, dict(person.data or {})


@pytest.mark.parametrize("command", MEANWHILE)
async def test_a_command_meanwhile_leaves_the_draft(talk: Talk, command: str) -> None:
    admin, gathered = await drafting(talk)
    code = code_in(await talk.person("citizen").says(f"/gopy {TROUBLE}"))
    admin.forgets()
    told = await admin.says(command.format(code=code))
    assert "vẫn đang chờ" in told[0]
    person = await person_of(talk, admin)
    assert (person.step, dict(person.data or {})) == ("letter_drafting.field", gathered)


async def test_what_was_commanded_is_done_all_the_same(talk: Talk) -> None:
    admin, _gathered = await drafting(talk)
    code = code_in(await talk.person("citizen").says(f"/gopy {TROUBLE}"))
    await admin.says(f"/traloi {code} Đã vá xong")
    assert (await ticket(talk, code)).state is State.RESOLVED


async def test_a_command_that_would_ask_something_itself_has_to_wait(talk: Talk) -> None:
    admin, gathered = await drafting(talk)
    code = code_in(await talk.person("citizen").says(f"/gopy {TROUBLE}"))
    for command in ("/ghinhan", f"/traloi {code}", "/minhchung"):
        admin.forgets()
        (told,) = await admin.says(command)
        assert "/huy" in told
        person = await person_of(talk, admin)
        assert (person.step, dict(person.data or {})) == ("letter_drafting.field", gathered)
    assert (await ticket(talk, code)).state is State.NEW


async def test_a_reply_to_a_card_leaves_the_draft(talk: Talk) -> None:
    admin, _gathered = await drafting(talk)
    code = code_in(await talk.person("citizen").says(f"/gopy {TROUBLE}"))
    letters = talk.channels["web"].letters
    card = max(n for n, one in enumerate(letters, start=1) if one.to == admin.address)
    await admin.sends("Đã vá xong", reply_to=f"out-{card}")
    assert (await ticket(talk, code)).state is State.RESOLVED
    assert await step_of(talk, admin) == "letter_drafting.field"


async def test_huy_and_a_command_of_the_same_conversation_end_it(talk: Talk) -> None:
    admin, _gathered = await drafting(talk)
    await admin.says("/huy")
    assert await step_of(talk, admin) == ""


async def test_a_denunciation_wipes_it(talk: Talk) -> None:
    admin, _gathered = await drafting(talk)
    await admin.says(f"/gopy {DENOUNCED}")
    person = await person_of(talk, admin)
    assert (person.step, person.data) == ("", {})
