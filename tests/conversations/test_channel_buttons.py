"""What a channel asks for by a button of its own: a place, a telephone number."""

import pytest

from messages.envelope import Attachment, AttachmentKind
from tests.conversations.citizen_scenes import TROUBLE
from tests.transcript import Somebody, Talk, code_in

NUMBER = Attachment(AttachmentKind.CONTACT, name="Lan", phone="+84912000111")


async def _asked_for_the_place(talk: Talk) -> Somebody:
    citizen = talk.person("c", "telegram")
    await citizen.says("/gopy")
    await citizen.says("2")
    await citizen.says(TROUBLE)
    await citizen.says("xong")
    assert citizen.letters()[-1].body.ask == "location"
    return citizen


@pytest.mark.parametrize("answer", ["the pin", "words", "a village", "skipped", "left"])
async def test_however_the_place_is_told_its_button_goes_with_the_next_letter(
    talk: Talk, answer: str
) -> None:
    citizen = await _asked_for_the_place(talk)
    match answer:
        case "the pin":
            await citizen.location()
        case "words":
            await citizen.says("Trước cổng trường tiểu học")
        case "a village":
            await citizen.says("1")
        case "skipped":
            await citizen.presses("Bỏ qua")
        case _:
            await citizen.says("/huy")
    assert citizen.letters()[-1].body.asked
    await citizen.says("/help")
    assert not citizen.letters()[-1].body.asked


async def test_asking_once_more_keeps_the_button(talk: Talk) -> None:
    citizen = await _asked_for_the_place(talk)
    await citizen.says("?!")
    again = citizen.letters()[-1].body
    assert again.ask == "location"
    assert not again.asked
    await citizen.location()
    assert citizen.letters()[-1].body.asked


async def test_help_in_between_takes_the_button_away_once(talk: Talk) -> None:
    citizen = await _asked_for_the_place(talk)
    await citizen.says("/help")
    assert citizen.letters()[-1].body.asked
    await citizen.says("/help")
    assert not citizen.letters()[-1].body.asked
    await citizen.location()
    (filed,) = await citizen.presses("Gửi")
    assert code_in([filed])


async def test_a_telephone_number_sent_by_button_joins_the_ticket_as_words(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    (thanks,) = await citizen.sends(attachments=(NUMBER,))
    assert code in thanks
    assert (await talk.read.words(code))[-1].text == "☎ +84912000111"
    assert citizen.letters()[-1].body.asked
