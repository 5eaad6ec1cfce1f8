"""What must not be taken leaves nothing: no ticket, no word in an effect, a letter or data."""

import pytest

from handlers import redirect
from handlers.intents import Intent
from handlers.matter import Matter, data_of
from messages.envelope import Attachment, AttachmentKind, Kind
from storage.evidence import Evidence
from tests.conversations.citizen_scenes import (
    COMPLAINED,
    DENOUNCED,
    TROUBLE,
    answered,
    person_of,
    photo,
    state,
    step_of,
    turned,
)
from tests.transcript import Talk, code_in

NAMES = ("Bảy", "tiền hỗ trợ", "trưởng thôn", "tố cáo ông")


def told_nothing(what: object) -> bool:
    return not any(name in repr(what) for name in NAMES)


def redirected(reply_effects: tuple[object, ...]) -> list[str]:
    return [one.kind for one in reply_effects if isinstance(one, Evidence)]


COMMANDS = ["", "/gopy ", "gopy ", "/camon ", "/sangkien ", "/gapcanbo ", "/thutuc "]


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_denunciation_gets_directions_and_only_a_count(
    talk: Talk, channel: str, command: str
) -> None:
    officer = await talk.official()
    citizen = talk.person("c", channel)
    (letter,) = await citizen.says(command + DENOUNCED)
    assert "Tố cáo chỉ được gửi bằng đơn hoặc trình bày trực tiếp" in letter
    assert told_nothing(citizen.everything())
    assert officer.new() == []
    assert await talk.read.all_tickets() == []
    today = talk.hands().date()
    counts = {k: t.count for k, t in (await talk.read.tallies(today, today)).items()}
    assert counts == {"redirected.denunciation": 1}
    person = await person_of(talk, citizen)
    assert (person.step, person.data) == ("", {})


DRAFT = data_of(Matter(words=(("m0", TROUBLE),), files=(photo(),), place="đầu làng"))


async def stepped(talk: Talk, step: str) -> dict[str, str]:
    """The data with which a step waits."""
    citizen = talk.person("with-a-ticket")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    filed = {"ticket": code, "code": code, "at": talk.hands().isoformat(), "album": ""}
    return filed if not step else {**DRAFT, **filed}


STEPS = [
    "drafting.category",
    "drafting.story",
    "drafting.photos",
    "drafting.place",
    "drafting.preview",
    "",
    "additions.which",
    "information.matter",
    "guidance.ask",
    "dossier.ask",
    "meanings.meant",
    "rating.comment",
    "privacy.erase",
    "tickets.confirm",
]


@pytest.mark.parametrize("step", STEPS)
async def test_a_denunciation_in_any_step_wipes_it_and_is_in_nothing_that_is_kept(
    talk: Talk, step: str
) -> None:
    data = await stepped(talk, step)
    person = await person_of(talk, talk.person("with-a-ticket"))
    for more in ({}, {"attachments": (photo(),), "album": "A"}):
        reply = await turned(talk, person, DENOUNCED, step=step, data=data, **more)
        assert told_nothing(reply)
        assert redirected(reply.effects) == ["redirected.denunciation"]
        assert len(reply.effects) == 1
        assert (reply.step, reply.data) == ("", {})


@pytest.mark.parametrize("step", STEPS)
async def test_a_long_denunciation_is_found_behind_harmless_words(talk: Talk, step: str) -> None:
    data = await stepped(talk, step)
    person = await person_of(talk, talk.person("with-a-ticket"))
    long = "Đường làng ta đi lại khó khăn lắm. " * 100 + DENOUNCED
    reply = await turned(talk, person, long, step=step, data=data)
    assert told_nothing(reply)
    assert redirected(reply.effects) == ["redirected.denunciation"]


async def test_a_denunciation_by_edit_leaves_nothing(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    about = citizen.last_message_id
    person = await person_of(talk, citizen)
    for step, data in (("", {}), ("drafting.preview", data_of(Matter(words=((about, "x"),))))):
        reply = await turned(
            talk, person, f"/gopy {DENOUNCED}", step=step, data=data, kind=Kind.EDIT, about=about
        )
        assert told_nothing(reply)
        assert redirected(reply.effects) == ["redirected.denunciation"]
    (letter,) = await citizen.edits(about, f"/gopy {DENOUNCED}")
    assert "Tố cáo chỉ được gửi" in letter
    assert [one.text for one in await talk.read.words(code)] == [TROUBLE]


@pytest.mark.parametrize("command", ["/bosung {code} ", "/danhgia {code} 1 ", "/molai {code} "])
async def test_a_denunciation_behind_a_code_leaves_nothing(talk: Talk, command: str) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    before = await state(talk, code)
    person = await person_of(talk, citizen)
    reply = await turned(talk, person, command.format(code=code) + DENOUNCED)
    assert told_nothing(reply)
    assert redirected(reply.effects) == ["redirected.denunciation"]
    assert await state(talk, code) is before


async def test_a_denunciation_split_over_two_messages_of_a_draft_is_stopped(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.presses("Việc khác")
    await citizen.says("Ông trưởng thôn Bảy ở xóm tôi")
    (letter,) = await citizen.says("ăn tiền hỗ trợ của dân")
    assert "Tố cáo chỉ được gửi" in letter
    assert await step_of(talk, citizen) == ""


async def test_who_says_that_it_is_none_writes_again_and_files(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says(f"/gopy {DENOUNCED}")
    (again,) = await citizen.presses("Đây không phải tố cáo")
    assert "viết lại" in again
    code = code_in(await citizen.says(DENOUNCED))
    assert [one.text for one in await talk.read.words(code)] == [DENOUNCED]


async def test_that_it_was_none_holds_for_one_text_only(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(DENOUNCED)
    await citizen.says("/khongphaitocao")
    code_in(await citizen.says(f"/gopy {DENOUNCED}"))
    (letter,) = await citizen.says(DENOUNCED)
    assert "Tố cáo chỉ được gửi" in letter
    assert len(await talk.read.all_tickets()) == 1


async def test_a_complaint_gets_directions_and_no_ticket(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    for words in (COMPLAINED, f"/gopy {COMPLAINED}"):
        (letter,) = await citizen.says(words)
        assert "Khiếu nại phải gửi bằng đơn có chữ ký" in letter
    assert await talk.read.all_tickets() == []
    today = talk.hands().date()
    counts = await talk.read.tallies(today, today)
    assert counts["redirected.complaint"].count == 2


async def test_who_says_that_it_is_no_complaint_files_but_never_a_denunciation(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(COMPLAINED)
    await citizen.presses("Đây không phải khiếu nại")
    (letter,) = await citizen.says(DENOUNCED)
    assert "Tố cáo chỉ được gửi" in letter
    await citizen.says("/khongphaikhieunai")
    code_in(await citizen.says(COMPLAINED))


async def test_an_emergency_that_accuses_somebody_gets_numbers_and_keeps_nothing(
    talk: Talk,
) -> None:
    citizen = talk.person()
    words = f"Cháy nhà, cứu với! {DENOUNCED}"
    letters = await citizen.says(words)
    assert told_nothing(letters)
    assert "Tố cáo chỉ được gửi" in letters[-1]
    assert await step_of(talk, citizen) == ""
    assert await talk.read.all_tickets() == []


async def test_what_is_not_the_communes_is_said_so_with_a_way_on(talk: Talk) -> None:
    citizen = talk.person()
    (letter,) = await citizen.says("Cho mình hỏi thủ tục ly hôn thuận tình")
    assert "không thuộc xã" in letter
    assert "[Gặp cán bộ]" in letter


async def test_pressing_it_in_the_midst_of_another_question_loses_nothing(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says(DENOUNCED)
    await citizen.says("/gopy")
    await citizen.says("1")
    (told,) = await citizen.says("/khongphaitocao")
    assert "/huy" in told
    assert await step_of(talk, citizen) == "drafting.story"


def test_cleared_denunciations_are_still_looked_at_for_complaints() -> None:
    assert redirect.refused(COMPLAINED, "denunciation") is Intent.COMPLAINT
    assert redirect.refused(DENOUNCED, "denunciation") is None
    assert redirect.refused(DENOUNCED, "complaint") is Intent.DENUNCIATION
    assert redirect.refused(COMPLAINED, "complaint") is None
    assert redirect.refused(TROUBLE) is None


def test_a_text_is_read_to_its_end_wherever_the_words_stand() -> None:
    for before in range(0, 3600, 300):
        text = "a " * (before // 2) + DENOUNCED + " b" * 100
        assert redirect.refused(text) is Intent.DENUNCIATION, before


async def test_a_denunciation_behind_the_dossier_command_is_not_repeated_in_the_answer(
    talk: Talk, channel: str
) -> None:
    person = talk.person(channel=channel)
    told = "".join(await person.says("/hoso tôi tố cáo ông Bảy nhận hối lộ 50 triệu"))
    assert "không lưu" in told
    assert "Bảy" not in told


@pytest.mark.parametrize("words", ["Gửi xã giấy này", ""])
async def test_a_denunciation_in_the_name_of_a_file_is_not_kept(talk: Talk, words: str) -> None:
    person = talk.person()
    await person.says("/gopy")
    await person.sends(choice="category:khac")
    paper = Attachment(AttachmentKind.FILE, ref="f1", name="To_cao_ong_Bay_nhan_hoi_lo.docx")
    told = "".join(await person.sends(words, attachments=(paper,)))
    assert "không lưu" in told
    assert (await person_of(talk, person)).data in ({}, None)
