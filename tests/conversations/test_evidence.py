"""Evidence that units file by hand: chosen, sent, confirmed or sent back, and chased."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handlers import report
from handlers.evidence_gaps import DAYS_BEFORE, next_reminder
from handlers.office import Office
from messages.envelope import Attachment, AttachmentKind
from messages.languages import ZONE
from scoring.periods import parse
from storage.media import Media
from storage.people import revoke
from tests.transcript import Somebody, Talk

H2 = "2026-H2"
WORDS = "Quyết định 12/QĐ-UBND ngày 05/11/2026 về niêm yết số điện thoại"


async def _filed(talk: Talk, period: str = H2) -> dict[str, int]:
    found = await report.facts(
        talk.read, parse(period, talk.hands.now.astimezone(ZONE).date()), talk.hands()
    )
    return dict(found.filed)


async def _unit(talk: Talk, channel: str = "web", unit: str = "vp") -> Somebody:
    return await talk.official(role="staff", unit=unit, name=f"Nộp {unit}", channel=channel)


async def _reporter(talk: Talk, channel: str = "web") -> Somebody:
    return await talk.official(role="staff", name="Vi Thị Tổng Hợp", channel=channel)


def _code(letters: list[str]) -> str:
    whole = "\n".join(letters)
    start = whole.index("MC2611-")
    return whole[start : start + 11]


async def test_staff_choose_the_component_by_numbers_and_the_reporting_staff_confirm(
    talk: Talk, channel: str
) -> None:
    reporter, unit = await _reporter(talk, channel), await _unit(talk, channel)
    (asked,) = await unit.says("/minhchung")
    assert "Phần đơn vị tôi chủ trì" in asked
    await unit.presses("Phần đơn vị")
    (asked,) = await unit.presses("1.03")
    assert "1.03 Công khai số điện thoại" in asked
    await unit.says(WORDS)
    await unit.photo("Ảnh bảng niêm yết", ref="bang-1")
    (told,) = await unit.presses("Xong")
    code = _code([told])
    assert "chờ" in told
    assert await _filed(talk) == {}
    (card,) = reporter.new()
    assert code in card
    assert "1.03" in card
    assert "Nộp vp" in card
    await reporter.presses(f"Xác nhận {code[-4:]}")
    assert await _filed(talk) == {"1.03": 1}
    (news,) = unit.new()
    assert "đã xác nhận" in news


async def test_a_typed_number_is_a_choice_on_every_channel(talk: Talk, channel: str) -> None:
    unit = await _unit(talk, channel)
    await unit.says("/minhchung")
    await unit.says("2")  # the first criterion, after what the unit leads
    (asked,) = await unit.says("3")
    assert "1.03 Công khai số điện thoại" in asked


async def test_the_one_line_form_acts_at_once(talk: Talk) -> None:
    unit = await _unit(talk)
    (told,) = await unit.says(f"/minhchung 1.03 {WORDS}")
    item = await talk.read.reports.item(_code([told]))
    assert item is not None
    assert (item.component, item.words, item.unit) == ("1.03", WORDS, "vp")
    photo = Attachment(AttachmentKind.IMAGE, ref="x")
    (told,) = await unit.sends("minhchung 1.04 Ảnh nội quy", attachments=(photo,))
    item = await talk.read.reports.item(_code([told]))
    assert item is not None
    assert (item.component, item.wanted) == ("1.04", 1)


async def test_photos_are_fetched_shown_and_only_the_last_of_an_album_is_answered(
    talk: Talk, tmp_path: Path
) -> None:
    unit = await _unit(talk)
    await unit.says("/minhchung 4.01")
    assert len(await unit.photo(ref="a", album="A")) == 1
    assert await unit.photo(ref="b", album="A") == []
    (told,) = await unit.says("xong")
    code = _code([told])
    media = Media(talk.store, tmp_path, talk.hands)
    pictures = await media.wanted(["web"])
    assert [one.code for one in pictures] == [code, code]
    for one in pictures:
        await media.keep(one, b"\xff\xd8\xff" + one.attachment.ref.encode(), "image/jpeg")
    await unit.says(f"/minhchung {code}")
    files = unit.letters()[-1].body.attachments
    assert [file.kind for file in files] == [AttachmentKind.IMAGE, AttachmentKind.IMAGE]
    assert all(file.ref.startswith("media:") for file in files)


async def test_what_the_reporting_staff_file_is_confirmed_with_it(talk: Talk) -> None:
    reporter = await _reporter(talk)
    (told,) = await reporter.says(f"/minhchung 1.03 {WORDS}")
    assert "chờ" not in told
    assert await _filed(talk) == {"1.03": 1}


async def test_an_item_is_sent_back_with_a_reason_that_its_unit_reads(talk: Talk) -> None:
    reporter, unit = await _reporter(talk), await _unit(talk)
    code = _code(await unit.says(f"/minhchung 1.03 {WORDS}"))
    (asked,) = (await reporter.presses(f"Trả lại {code[-4:]}"))[-1:]
    assert "Vì sao" in asked
    (asked,) = await reporter.sends("")
    assert "Vì sao" in asked
    await reporter.says("Thiếu ngày ban hành")
    news = "".join(unit.new())
    assert "trả lại" in news
    assert "Thiếu ngày ban hành" in news
    assert await _filed(talk) == {}
    (told,) = (await reporter.says(f"/minhchung duyet {code}"))[-1:]
    assert "đã xử lý" in told
    second = _code(await unit.says("/minhchung 1.03 Có đủ ngày"))
    (told,) = (await reporter.says(f"/minhchung trả {second} vẫn thiếu"))[-1:]
    assert "vẫn thiếu" in told


async def test_two_who_confirm_at_once_confirm_once(talk: Talk) -> None:
    first, second, unit = await _reporter(talk), await _reporter(talk), await _unit(talk)
    code = _code(await unit.says(f"/minhchung 1.03 {WORDS}"))
    await first.says(f"/minhchung duyet {code}")
    (told,) = (await second.says(f"/minhchung tra {code} không"))[-1:]
    assert "Vi Thị Tổng Hợp đã xử lý" in told
    assert await _filed(talk) == {"1.03": 1}


async def test_a_unit_neither_confirms_nor_sees_what_another_unit_filed(talk: Talk) -> None:
    unit, other = await _unit(talk), await _unit(talk, unit="vhxh")
    code = _code(await unit.says(f"/minhchung 1.03 {WORDS}"))
    for typed in (f"/minhchung duyet {code}", f"/minhchung {code}", "/minhchung cho"):
        (told,) = await other.says(typed)
        assert "Chỉ người tổng hợp báo cáo" in told
        assert WORDS not in told
    assert WORDS in "".join(await unit.says(f"/minhchung {code}"))
    assert await _filed(talk) == {}


@pytest.mark.parametrize("role", ["officer", "citizen"])
async def test_others_have_no_such_command(talk: Talk, role: str) -> None:
    who = talk.person("x") if role == "citizen" else await talk.official(name="Đào Thị Trực")
    assert "tiêu chí" not in "".join(await who.says("/minhchung 1.03 abc"))


async def test_what_waits_is_listed_for_the_reporting_staff(talk: Talk) -> None:
    reporter, unit = await _reporter(talk), await _unit(talk)
    (told,) = await reporter.says("/minhchung chờ")
    assert "Không có minh chứng nào" in told
    codes = [_code(await unit.says(f"/minhchung 1.0{n} {WORDS}")) for n in (3, 4)]
    (told,) = (await reporter.says("/minhchung cho"))[-1:]
    assert all(code in told for code in codes)


async def test_a_component_that_does_not_exist_is_refused_and_asked_for(talk: Talk) -> None:
    unit = await _unit(talk)
    (told,) = await unit.says("/minhchung 9.99 gì đó")
    assert "Không có tiêu chí thành phần 9.99" in told
    (told,) = await unit.says("/minhchung gì đó không có mã")
    assert "ghi mã tiêu chí" in told
    (told,) = await unit.says("/minhchung MC2611-ZZZZ")
    assert "Không có minh chứng MC2611-ZZZZ" in told


async def test_components_without_evidence_are_listed_under_their_lead_unit(talk: Talk) -> None:
    reporter, unit = await _reporter(talk), await _unit(talk)
    (all_of_them,) = await reporter.says("/minhchung thiếu")
    assert "Văn phòng HĐND và UBND:" in all_of_them
    assert "Phòng Văn hóa - Xã hội:" in all_of_them
    assert "- 1.03 " in all_of_them
    (mine,) = await unit.says("/minhchung thieu 2026-H2")
    assert "- 1.03 " in mine
    assert "Phòng Văn hóa - Xã hội:" not in mine
    await reporter.says(f"/minhchung 1.03 {WORDS}")
    (mine,) = await unit.says("/minhchung thieu")
    assert "- 1.03 " not in mine
    (told,) = await unit.says("/minhchung thieu 2030")
    assert "2030" in told


async def test_units_are_reminded_before_the_period_ends_and_nobody_who_left(talk: Talk) -> None:
    unit, gone = await _unit(talk), await _unit(talk, unit="vhxh")
    await talk.store.write(lambda c: revoke(c, name="Nộp vhxh", now=talk.hands()))
    talk.hands.now = datetime(2026, 12, 10, 0, 59, tzinfo=UTC)
    await talk.pass_time(seconds=1)
    assert unit.new() == []
    reminded = []
    for day in (10, 24, 29):
        talk.hands.now = datetime(2026, 12, day, 1, 1, tzinfo=UTC)
        await talk.pass_time(seconds=1)
        reminded += unit.new()
        await talk.pass_time(hours=12)
        assert unit.new() == []
    assert len(reminded) == len(DAYS_BEFORE)
    assert all("Kỳ báo cáo kết thúc ngày 31/12/2026" in told for told in reminded)
    assert "- 1.03 " in reminded[0]
    assert gone.new() == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-12-10T07:59:00", "2026-12-10T08:00:00"),
        ("2026-12-10T08:00:00", "2026-12-24T08:00:00"),
        ("2026-12-29T08:00:00", "2027-06-09T08:00:00"),
        ("2026-07-01T00:00:00", "2026-12-10T08:00:00"),
    ],
)
def test_the_next_reminder_is_in_the_morning_of_a_day_before_the_end(
    office: Office, now: str, due: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert next_reminder(office, moment) == datetime.fromisoformat(due).replace(tzinfo=ZONE)


async def test_in_the_weeks_after_a_half_year_it_is_asked_for_which_one_an_item_counts(
    talk: Talk,
) -> None:
    talk.hands.now = datetime(2027, 1, 8, 3, tzinfo=UTC)
    reporter = await _reporter(talk)
    await reporter.says("/minhchung 1.03")
    await reporter.says(WORDS)
    (asked,) = await reporter.says("xong")
    assert "tính cho kỳ nào" in asked
    await reporter.presses("6 tháng cuối năm 2026")
    assert await _filed(talk, "2026-H2") == {"1.03": 1}
    assert await _filed(talk, "2027-H1") == {}
    await reporter.says("/minhchung 1.04")
    await reporter.says(WORDS)
    await reporter.says("xong")
    await reporter.presses("6 tháng đầu năm 2027")
    assert await _filed(talk, "2027-H1") == {"1.04": 1}


async def test_prose_of_the_report_is_filed_the_same_way(talk: Talk) -> None:
    reporter = await _reporter(talk)
    await reporter.says("/minhchung")
    await reporter.presses("Phần chung")
    await reporter.presses("I.1")
    await reporter.says("Ngày 10/02/2026 đã ban hành Kế hoạch số 62/KH-UBND")
    await reporter.presses("Xong")
    items = await talk.read.reports.filed(date(2026, 7, 1), date(2026, 12, 31))
    assert [(one.component, one.by) for one in items] == [("I.1", "Vi Thị Tổng Hợp")]


async def test_the_words_are_sealed_in_the_store(talk: Talk) -> None:
    unit = await _unit(talk)
    await unit.says(f"/minhchung 1.03 {WORDS}")
    async with talk.store.reading() as connection:
        (row,) = (await connection.exec_driver_sql("SELECT words FROM filed_evidence")).all()
    assert WORDS.encode() not in bytes(row[0])


@pytest.mark.parametrize("step", ["", "criterion", "component", "gather"])
async def test_cancel_leaves_each_step_and_nonsense_is_asked_again(talk: Talk, step: str) -> None:
    unit = await _unit(talk)
    says = {"": [], "criterion": ["/minhchung"], "component": ["/minhchung", "2"],
            "gather": ["/minhchung 1.03"]}  # fmt: skip
    for typed in says[step]:
        await unit.says(typed)
    for nonsense in ("", "asdf qwer" if step != "gather" else " ", "99"):
        assert len(await unit.sends(nonsense)) == 1
    (told,) = await unit.says("/huy")
    assert "Đã" in told or not step


async def test_who_lost_the_role_in_the_middle_files_nothing(talk: Talk) -> None:
    unit = await _unit(talk)
    await unit.says("/minhchung 1.03")
    await unit.says(WORDS)
    await talk.store.write(lambda c: revoke(c, name="Nộp vp", now=talk.hands()))
    await unit.says("xong")
    assert await talk.read.reports.waiting(10) == []


async def test_a_table_sent_as_evidence_is_evidence_and_no_export(talk: Talk) -> None:
    staff = await _reporter(talk)
    await staff.says("/minhchung 1.03")
    table = Attachment(AttachmentKind.FILE, ref="f1", name="thong-ke.xlsx")
    (told,) = await staff.sends(attachments=(table,))
    assert "1 tệp" in told
    await staff.presses("Xong")
    assert await _filed(talk) == {"1.03": 1}
