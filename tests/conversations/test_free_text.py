"""Whatever question waits: a denunciation is stopped, and who needs help is told at once."""

import unicodedata

import pytest

from storage.evidence import Evidence
from storage.tickets import State
from tests.conversations.citizen_scenes import (
    BURNING,
    DENOUNCED,
    TROUBLE,
    person_of,
    state,
    turned,
)
from tests.conversations.test_steps import WAYS, reach
from tests.transcript import Talk, code_in

NAME = "Bảy"
FORMS = {
    "plain": DENOUNCED,
    "decomposed": unicodedata.normalize("NFD", DENOUNCED),
    "capitals": DENOUNCED.upper(),
    "bare": "toi to cao ong truong thon Bảy an tien ho tro cua dan",
    "lines": "Tôi tố cáo\nông trưởng thôn Bảy\năn tiền hỗ trợ của dân",
    "long": "Đường làng ta đi lại khó khăn lắm. " * 60 + DENOUNCED,
    "english": "I denounce the head of our village, Mr Bảy, for taking bribes",
}


@pytest.mark.parametrize("step", WAYS)
async def test_no_question_takes_a_denunciation(talk: Talk, step: str) -> None:
    person = await person_of(talk, await reach(talk, step))
    for form, text in FORMS.items():
        reply = await turned(talk, person, text)
        said = unicodedata.normalize("NFC", repr(reply)).casefold()
        assert NAME.casefold() not in said, form
        assert [one.kind for one in reply.effects if isinstance(one, Evidence)] == [
            "redirected.denunciation"
        ], form
        assert (len(reply.effects), reply.step, reply.data) == (1, "", {}), form


@pytest.mark.parametrize("step", WAYS)
async def test_who_needs_help_at_once_is_told_the_numbers_first(
    talk: Talk, channel: str, step: str
) -> None:
    citizen = await reach(talk, step, channel)
    first, *others = await citizen.says(BURNING)
    assert "114" in first
    assert sum("114" in letter for letter in others) == 0
    assert others
    today = talk.hands().date()
    assert (await talk.read.tallies(today, today))["redirected.emergency"].count == 1


async def test_an_officers_words_about_a_fire_are_no_call_for_help(talk: Talk) -> None:
    officer = await talk.official()
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    officer.forgets()
    await officer.says(f"/traloi {code}")
    told = await officer.says(BURNING)
    assert not any("114" in letter for letter in told)
    assert await state(talk, code) is State.RESOLVED
