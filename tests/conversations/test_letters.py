"""The commune's letters: fields, approval, numbers, delivery, one letter for one occasion."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from handlers.office import CannotPrint, Office
from messages.envelope import Incoming
from scoring.documents.letter import Sheet
from storage.database import Store
from storage.letter_book import Files, LetterState
from tests.conftest import Hands
from tests.conversations.citizen_scenes import answered, step_of
from tests.conversations.civic_scenes import counted, files_of, kept, pressed, with_press
from tests.transcript import Somebody, Talk, code_in

COUPLE = "anh Trần Văn Ứng và chị Đỗ Thị Ế"

FIELDS = {
    "congratulation": (COUPLE, "8/11/2026"),
    "condolence": ("gia đình ông Bùi Văn Tư", "cụ bà Phạm Thị Đỡ", "01-02-2026"),
    "thanks": ("ông Ngô Văn Tặng", "tặng 100 cây xanh cho trường"),
    "apology": ("bà Lý Thị Chờ", "Đăng ký khai sinh", "chờ xác minh", "30.11.2026"),
    "commendation": ("ông Đinh Văn Sáng", "tuyến đường hoa", "Quyết định số 3"),
}


@pytest.fixture
def office(office: Office, store: Store, hands: Hands, tmp_path: Path) -> Office:
    return with_press(office, store, hands, tmp_path)


async def drafted(staff: Somebody, kind: str = "congratulation") -> None:
    """Draft a letter by hand and hand it in."""
    await staff.says(f"/soanthu {kind}")
    for value in FIELDS[kind]:
        await staff.says(value)
    await staff.presses("Trình lãnh đạo")


async def letter_of(talk: Talk, leader: Somebody) -> str:
    """The code of the letter that a leader was asked to approve last."""
    return leader.choice("Duyệt").removeprefix("/duyetthu ")


@pytest.mark.parametrize("kind", FIELDS)
async def test_each_kind_of_letter_is_drafted_approved_numbered_and_counted(
    talk: Talk, channel: str, kind: str, tmp_path: Path
) -> None:
    staff = await talk.official("staff", channel=channel)
    leader = await talk.official("leader", name="Chủ tịch", channel=channel)
    await drafted(staff, kind)
    assert FIELDS[kind][0] in "".join(leader.new())
    assert await counted(talk, f"letter.{kind}") == 0
    code = await letter_of(talk, leader)
    (told,) = await leader.presses("Duyệt")
    assert "01/UBND-VHXH" in told
    assert "in và trao tận tay" in told
    assert await counted(talk, f"letter.{kind}") == 1
    picture, pdf, word = files_of(-1, leader)
    assert kept(tmp_path, picture[1]).startswith(b"\x89PNG")
    assert kept(tmp_path, pdf[1]).startswith(b"%PDF")
    document = zipfile.ZipFile(BytesIO(kept(tmp_path, word[1]))).read("word/document.xml")
    assert FIELDS[kind][0] in document.decode()
    register = (await staff.says("/sothu"))[-1]
    assert code in register
    assert "01:" in register


async def test_a_letter_is_read_and_approved_in_a_group_and_shown_to_nobody_there(
    talk: Talk,
) -> None:
    staff = await talk.official("staff", channel="telegram")
    leader = await talk.official("leader", name="Chủ tịch", channel="telegram")
    await drafted(staff, "condolence")
    code = await letter_of(talk, leader)
    for said in (f"/thu {code}", f"/duyetthu {code}", f"/thu {code}"):
        assert await leader.sends(said, group="-100190")
    there = [one.body for one in leader.letters() if one.body.group]
    assert [one.attachments for one in there] == [()] * len(there)
    assert FIELDS["condolence"][0] not in "".join(one.text for one in there)
    assert len(files_of(-1, leader)) == 3


async def test_for_one_occasion_there_is_one_letter_however_it_is_written(talk: Talk) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff)
    await staff.says("/soanthu congratulation")
    await staff.says("ANH TRAN VAN UNG  và chị Đỗ Thị Ế")
    await staff.says("08-11-2026")
    (refused,) = await staff.presses("Trình lãnh đạo")
    assert "đã có thư" in refused
    assert len(await talk.read.letters.drafts()) == 1
    await leader.presses("Duyệt")
    (again,) = await leader.presses("Duyệt")
    assert "đã duyệt" in again
    assert await counted(talk, "letter.congratulation") == 1


async def test_a_letter_that_was_turned_down_may_be_drafted_anew(talk: Talk) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff)
    await leader.presses("Trả lại")
    assert "bị trả lại" in "".join(staff.new())
    await drafted(staff)
    (letter,) = await talk.read.letters.drafts()
    assert letter.state is LetterState.DRAFT


async def test_two_leaders_who_approve_at_once_make_one_letter(talk: Talk) -> None:
    staff = await talk.official("staff")
    first, second = await talk.official("leader"), await talk.official("leader", name="Phó")
    await drafted(staff)
    code = await letter_of(talk, first)
    for one in (first, second):
        await talk.inbox.accept(
            replace(_message(talk, one), text=f"/duyetthu {code}"),
        )
    await talk.settle()
    assert await counted(talk, "letter.congratulation") == 1
    letters = await talk.read.letters.register(2026)
    assert [one.number for one in letters] == [1]


def _message(talk: Talk, somebody: Somebody) -> Incoming:
    key = talk.next_key()
    return Incoming(sender=somebody.address, key=key, sent_at=talk.hands(), message_id=key)


async def test_numbers_go_up_within_a_year_and_begin_again_with_the_next(talk: Talk) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    for kind in ("thanks", "condolence"):
        await drafted(staff, kind)
        await leader.presses("Duyệt")
    await talk.pass_time(days=60)
    await drafted(staff, "apology")
    await leader.presses("Duyệt")
    assert [one.number for one in await talk.read.letters.register(2026)] == [1, 2]
    assert [one.number for one in await talk.read.letters.register(2027)] == [1]


async def test_a_letter_for_a_ticket_reaches_its_citizen(talk: Talk, channel: str) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    officer = await talk.official()
    citizen = talk.person("c", channel, name="Bà Lan")
    code = await answered(talk, citizen, officer)
    assert code in (await staff.says(f"/thu {code}"))[-1]
    asked = (await staff.presses("Thư cảm ơn"))[-1]
    assert "Bà Lan" in asked
    await staff.presses("Giữ nguyên")
    await staff.says("báo sớm ổ gà trước cổng trường")
    await staff.presses("Trình lãnh đạo")
    await leader.presses("Duyệt")
    letter = citizen.new()[-1]
    assert "báo sớm ổ gà" in letter
    assert [kind for kind, _digest in files_of(-1, citizen)] == ["image", "file"]
    refused = (await staff.says(f"/soanthu thanks {code}"))[-1]
    assert "đã có thư" in refused


async def test_without_a_leader_a_draft_is_kept_and_staff_are_told(talk: Talk) -> None:
    staff = await talk.official("staff")
    await staff.says("/soanthu thanks")
    for value in FIELDS["thanks"]:
        await staff.says(value)
    (told,) = await staff.presses("Trình lãnh đạo")
    assert "chưa mời lãnh đạo" in told
    (letter,) = await talk.read.letters.drafts()
    await staff.says(f"/duyetthu {letter.code}")
    assert (await talk.read.letters.one(letter.code)) == letter


async def test_a_wrong_day_is_asked_for_again_and_every_step_is_left(
    talk: Talk, channel: str
) -> None:
    staff = await talk.official("staff", channel=channel)
    await staff.says("/soanthu congratulation")
    await staff.says("")
    await staff.says("x" * 5000)
    assert await step_of(talk, staff) == "letter_drafting.field"
    await staff.says(COUPLE)
    (asked,) = await staff.says("31/02/2026")
    assert "không phải là một ngày" in asked
    (preview,) = await staff.says("2026-11-08")
    assert "08/11/2026" in preview
    assert await step_of(talk, staff) == "letter_drafting.submit"
    await staff.says("/huy")
    assert await step_of(talk, staff) == ""
    assert await talk.read.letters.drafts() == []


async def test_words_of_people_are_no_markup_of_any_of_the_three_forms(
    talk: Talk, tmp_path: Path
) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await staff.says("/soanthu thanks")
    odd = "ông #A *b* $c$ <w:p/> {{ heading }} {name} & co"
    await staff.says(odd)
    await staff.says("góp công")
    await staff.presses("Trình lãnh đạo")
    await leader.presses("Duyệt")
    word = files_of(-1, leader)[2][1]
    document = zipfile.ZipFile(BytesIO(kept(tmp_path, word))).read("word/document.xml").decode()
    assert "&lt;w:p/&gt;" in document
    assert "{{ heading }}" in document


class BrokenPress:
    """A press whose template somebody has broken."""

    async def print(self, sheet: Sheet) -> Files:
        raise CannotPrint(f"thu.docx: unexpected end ({sheet.heading})")


async def test_a_broken_template_sends_nothing_and_says_so(talk: Talk) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff)
    talk.inbox_worker._office = replace(talk.office, press=BrokenPress())
    told = (await leader.presses("Duyệt"))[-1]
    assert "unexpected end" in told
    assert await counted(talk, "letter.congratulation") == 0
    assert len(await talk.read.letters.drafts()) == 1


async def test_a_letter_that_is_printed_twice_is_kept_once(
    talk: Talk, office: Office, tmp_path: Path
) -> None:
    assert office.letters is not None
    assert office.press is not None
    form = office.letters.form("thanks")
    assert form is not None
    fields = dict(zip(("name", "deed"), FIELDS["thanks"], strict=True))
    sheet = office.letters.sheet(form, fields, number=7, day=talk.hands().date(), by=office.commune)
    assert await office.press.print(sheet) == await office.press.print(sheet)
    assert await pressed(tmp_path) == 3


async def test_citizens_have_no_letters_to_draft(talk: Talk) -> None:
    citizen = talk.person()
    for typed in ("/thu", "/sothu", "/soanthu thanks", "/duyetthu TH2611-1000"):
        await citizen.says(typed)
        assert not (await step_of(talk, citizen)).startswith("letter_")


async def test_an_unknown_letter_or_ticket_is_said_to_be_unknown(talk: Talk) -> None:
    leader = await talk.official("leader")
    for typed in ("/thu TH2611-ZZZZ", "/duyetthu TH2611-ZZZZ", "/tralaithu"):
        (told,) = await leader.says(typed)
        assert "Không có thư" in told
    for typed in ("/thu PA2611-ZZZZ", "/soanthu thanks PA2611-ZZZZ"):
        (told,) = await leader.says(typed)
        assert "PA2611-ZZZZ" in told
    assert code_in([told])
