"""A telephone number: left, shown to officials, taken back."""

import pytest

from messages.envelope import Attachment, AttachmentKind
from tests.conversations.citizen_scenes import DENOUNCED, TROUBLE, person_of, step_of, sticker
from tests.transcript import Talk, code_in


def card(phone: str, name: str = "") -> Attachment:
    return Attachment(AttachmentKind.CONTACT, name=name, phone=phone)


async def phone_of(talk: Talk, id_: str = "c") -> str:
    somebody = await person_of(talk, talk.person(id_))
    return await talk.read.phone_of(somebody.id)


@pytest.mark.parametrize(
    "said",
    ["0912345678", "0912 345 678", "+84 912.345.678", "84912345678", "(0912)-345-678"],
)
async def test_a_number_is_kept_however_it_is_written(talk: Talk, said: str) -> None:
    citizen = talk.person("c")
    (question,) = await citizen.says("/sodienthoai")
    assert citizen.letters()[-1].body.ask == "contact"
    assert "/sodienthoai xoa" in question
    (told,) = await citizen.says(said)
    assert "0912 345 678" in told
    assert await phone_of(talk) == "84912345678"
    assert await step_of(talk, citizen) == ""


async def test_a_shared_card_answers_the_question(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/sodienthoai")
    (told,) = await citizen.sends(attachments=(card("84912345678", "Nguyễn Văn A"),))
    assert "0912 345 678" in told


async def test_a_number_may_follow_the_command_at_once(talk: Talk) -> None:
    citizen = talk.person("c")
    await citizen.says("/sdt 0912345678")
    assert await phone_of(talk) == "84912345678"


@pytest.mark.parametrize(
    "said", ["123", "0225 3888 999", "+1 202 555 0175", "09123456789", "mai tôi gửi", ""]
)
async def test_what_is_no_mobile_number_is_asked_for_again(talk: Talk, said: str) -> None:
    citizen = talk.person("c")
    await citizen.says("/sodienthoai")
    (again,) = await citizen.says(said)
    assert "09xx" in again
    assert await phone_of(talk) == ""
    assert await step_of(talk, citizen) == "contact.number"


@pytest.mark.parametrize("step", ["number", "mine"])
async def test_a_denunciation_is_shown_its_way_here_too(talk: Talk, step: str) -> None:
    citizen = talk.person("c")
    if step == "number":
        await citizen.says("/sodienthoai")
    else:
        await citizen.sends(attachments=(card("0912345678"),))
    assert "tố cáo" in "".join(await citizen.says(DENOUNCED)).lower()
    assert await step_of(talk, citizen) == ""
    assert await phone_of(talk) == ""


@pytest.mark.parametrize("said", ["", "dài " * 5000, "/khongco"])
async def test_what_is_no_answer_is_asked_for_once_more(talk: Talk, said: str) -> None:
    citizen = talk.person("c")
    await citizen.sends(attachments=(card("0912345678"),))
    (again,) = await citizen.says(said)
    assert "0912 345 678" in again
    assert await step_of(talk, citizen) == "contact.mine"


async def test_a_sticker_is_no_number(talk: Talk) -> None:
    citizen = talk.person("c")
    await citizen.says("/sodienthoai")
    await citizen.sends(attachments=(sticker(),))
    assert await step_of(talk, citizen) == "contact.number"


@pytest.mark.parametrize("no", ["không", "/huy"])
async def test_nobody_has_to(talk: Talk, no: str) -> None:
    citizen = talk.person("c")
    await citizen.says("/sodienthoai")
    await citizen.says(no)
    assert (await phone_of(talk), await step_of(talk, citizen)) == ("", "")


async def test_a_card_that_comes_by_itself_is_asked_about(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    (question,) = await citizen.sends(attachments=(card("0912345678"),))
    assert "0912 345 678" in question
    (again,) = await citizen.says("sao ạ?")
    assert "0912 345 678" in again
    await citizen.says("1")
    found = await person_of(talk, citizen)
    assert await talk.read.phone_of(found.id) == "84912345678"


async def test_somebody_elses_card_is_not_kept(talk: Talk) -> None:
    citizen = talk.person("c")
    await citizen.sends(attachments=(card("0912345678"),))
    await citizen.says("2")
    assert await phone_of(talk) == ""


@pytest.mark.parametrize("erase", ["/sodienthoai xoa", "/sodienthoai xóa"])
async def test_a_number_is_taken_back(talk: Talk, erase: str) -> None:
    citizen = talk.person("c")
    await citizen.says("/sodienthoai 0912345678")
    assert "số điện thoại" in "".join(await citizen.says("/riengtu"))
    await citizen.says(erase)
    assert await phone_of(talk) == ""


async def test_officials_of_the_ticket_see_the_number(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c")
    await citizen.says("/sodienthoai 0912345678")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    assert "0912 345 678" in "".join(await officer.says(f"/phieu {code}"))
    stranger = talk.person("stranger")
    assert "0912" not in "".join(await stranger.says(f"/phieu {code}"))


async def test_of_who_stays_unnamed_no_number_is_told(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c")
    await citizen.says("/sodienthoai 0912345678")
    for said in ("/gopy", "1", TROUBLE, "1", "1"):
        await citizen.says(said)
    code = code_in(await citizen.presses("Gửi ẩn danh"))
    assert "0912" not in "".join(await officer.says(f"/phieu {code}"))


async def test_a_draft_is_not_lost_to_a_number(talk: Talk) -> None:
    citizen = talk.person("c")
    await citizen.says("/gopy")
    await citizen.says("1")
    await citizen.says("/sodienthoai")
    assert await step_of(talk, citizen) == "drafting.story"
    await citizen.says("/sodienthoai 0912345678")
    assert await step_of(talk, citizen) == "drafting.story"
    assert await phone_of(talk) == "84912345678"
