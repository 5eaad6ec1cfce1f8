"""What is late is seen by its unit, gets one letter, and is counted as the file has it."""

from datetime import UTC, datetime

import pytest

from bot.dossier_work import DossierWork
from handlers.dossier_letter import form_of
from messages.envelope import AttachmentKind
from scoring.documents.apology import as_pdf, as_picture
from storage.dossiers import Exported, Stage
from storage.dossiers_apologies import Written
from tests.conversations.citizen_scenes import step_of
from tests.dossiers.exports import CODE, DIGITS, imported, moment
from tests.dossiers.test_asking import dossier
from tests.transcript import Somebody, Talk

LATE = moment("2026-11-20 17:00")


def late(code: str = CODE, **more: object) -> Exported:
    return dossier(code, **({"due_at": LATE, "unit": "kinhte", "field": "Đất đai"} | more))  # type: ignore[arg-type] # its fields


async def officer(talk: Talk, unit: str = "kinhte") -> Somebody:
    return await talk.official(unit=unit, name=f"Cán bộ {unit}")


async def goes_on(talk: Talk, work: DossierWork) -> None:
    await work.look()
    await talk.settle()


async def test_each_working_morning_a_unit_hears_what_falls_due(
    talk: Talk, work: DossierWork
) -> None:
    ours, others = await officer(talk), await officer(talk, "vhxh")
    await imported(
        talk,
        # The 24th is a holiday, so that the next working day is the 25th.
        dossier("A-1", unit="kinhte", due_at=moment("2026-11-25 17:00")),
        dossier("A-2", unit="kinhte", due_at=moment("2026-11-26 17:00")),
        dossier("A-3", unit="kinhte", due_at=moment("2026-11-25 17:00"), stage=Stage.READY),
        late("A-4"),
    )
    await goes_on(talk, work)
    (told,) = ours.new()
    assert "A-1" in told
    assert "A-4" in told.partition("Đã quá hạn")[2]
    for other in ("A-2", "A-3"):
        assert other not in told
    assert others.new() == []
    await goes_on(talk, work)
    assert ours.new() == []
    talk.hands.now = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 07:00
    await goes_on(talk, work)
    assert ours.new() == []
    talk.hands.move(minutes=31)
    await goes_on(talk, work)
    (next_day,) = ours.new()
    assert "A-2" in next_day


async def test_on_a_day_off_nobody_is_told(talk: Talk, work: DossierWork) -> None:
    ours = await officer(talk)
    await imported(talk, late())
    talk.hands.now = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # a Saturday
    await goes_on(talk, work)
    assert ours.new() == []


async def test_on_friday_monday_is_tomorrow(talk: Talk, work: DossierWork) -> None:
    ours = await officer(talk)
    talk.hands.now = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    await imported(talk, dossier("A-1", unit="kinhte", due_at=moment("2026-11-30 17:00")))
    await goes_on(talk, work)
    (told,) = ours.new()
    assert "A-1" in told


async def written(talk: Talk, work: DossierWork) -> tuple[Somebody, Somebody]:
    """Import a late dossier and lay its letter before a leader; give officer and leader."""
    await imported(talk, late())
    await goes_on(talk, work)
    ours = await officer(talk)
    leader = await talk.official("leader", name="Trần Thị Lãnh Đạo")
    await goes_on(talk, work)
    await ours.says(f"/xinloi {CODE}")
    await ours.presses("Chờ ý kiến")
    (laid,) = await ours.presses("01/12/2026")
    assert "đã trình" in laid
    return ours, leader


async def test_whose_late_dossier_it_is_is_told_into_no_group(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, late(applicant="Bà Na"))
    await goes_on(talk, work)
    ours = await talk.official(unit="kinhte", channel="telegram")
    await ours.sends(f"/xinloi {CODE}", group="-100190")
    (asked,) = [one.body for one in ours.letters() if "Bà Na" in one.body.text]
    assert not asked.group


async def test_an_officer_writes_a_leader_approves_and_the_citizen_gets_the_letter(
    talk: Talk, work: DossierWork, channel: str
) -> None:
    ours, leader = await written(talk, work)
    citizen = talk.person("c", channel)
    await citizen.says(f"/hoso {CODE} {DIGITS}")
    await citizen.presses("Báo tôi")
    citizen.forgets()
    (card,) = leader.new()
    for words in (CODE, "Chờ ý kiến của cơ quan phối hợp", "01/12/2026", "Cán bộ kinhte"):
        assert words in card
    await leader.presses("Duyệt XL")
    leader.forgets()
    await goes_on(talk, work)
    (letter,) = [one for one in citizen.letters() if one.body.attachments]
    text = letter.body.text
    for words in ("xin lỗi ông/bà", CODE, "Chờ ý kiến", "17:00 thứ Ba 01/12/2026"):
        assert words in text
    (file,) = letter.body.attachments
    assert (file.kind, file.mime) == (AttachmentKind.FILE, "application/pdf")
    assert (await work._media.read(file.ref.removeprefix("media:"))).startswith(b"%PDF-")
    (told,) = ours.new()
    assert "đã gửi đến người theo dõi" in told
    today = talk.hands().date()
    assert (await talk.read.tallies(today, today))["letter.apology"].count == 1
    await goes_on(talk, work)
    assert ours.new() == []
    (status,) = (await citizen.says(CODE))[-1:]
    assert "Ngày hẹn mới: 17:00 thứ Ba 01/12/2026" in status


async def test_without_a_follower_the_officer_is_told_to_hand_it_over(
    talk: Talk, work: DossierWork
) -> None:
    ours, leader = await written(talk, work)
    await leader.says("/duyetxinloi XL1")
    await goes_on(talk, work)
    (told,) = ours.new()
    assert "in phiếu" in told
    assert ours.letters()[-1].body.attachments


async def test_a_second_new_date_is_never_given(talk: Talk, work: DossierWork) -> None:
    ours, leader = await written(talk, work)
    await leader.says("/duyetxinloi XL1")
    for line in ("/xinloi XL1", f"/xinloi {CODE} 15/12/2026 Thêm lý do"):
        (refused,) = await ours.says(line)
        assert "lần thứ hai" in refused
    (refused,) = await leader.says("/khongduyetxinloi XL1")
    assert "lần thứ hai" in refused
    await goes_on(talk, work)
    await imported(talk, late(holder="Người khác"))
    await goes_on(talk, work)
    assert await talk.read.apologies.in_state(Written.DRAFT) == []


async def test_one_line_writes_a_letter(talk: Talk, work: DossierWork) -> None:
    await imported(talk, late())
    await goes_on(talk, work)
    ours, leader = await officer(talk), await talk.official("leader", name="Lãnh Đạo")
    (laid,) = await ours.says(f"/xinloi {CODE} 30/11/2026 Chờ xác minh thực địa")
    assert "đã trình" in laid
    assert "Chờ xác minh thực địa" in leader.new()[-1]


@pytest.mark.parametrize(
    "day", ["23/11/2026", "24/11/2026", "28/11/2026", "30/02/2027", "30/11/2028", "mai"]
)
async def test_a_new_date_is_a_working_day_that_is_still_to_come(
    talk: Talk, work: DossierWork, day: str
) -> None:
    await imported(talk, late())
    await goes_on(talk, work)
    ours = await officer(talk)
    await talk.official("leader", name="Lãnh Đạo")
    await ours.says(f"/xinloi {CODE}")
    await ours.says("Chờ xác minh thực địa")
    await ours.says(day)
    assert await step_of(talk, ours) == "dossier_apology.new_date"


async def test_a_leader_sends_a_letter_back_with_words(talk: Talk, work: DossierWork) -> None:
    ours, leader = await written(talk, work)
    await leader.says("/khongduyetxinloi XL1 Lý do chưa rõ")
    (back,) = ours.new()
    assert "Lý do chưa rõ" in back
    await ours.presses("Viết lại")
    assert await step_of(talk, ours) == "dossier_apology.reason"


async def test_officers_of_other_units_and_citizens_write_no_letter(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, late())
    await goes_on(talk, work)
    other = await officer(talk, "vhxh")
    (refused,) = await other.says(f"/xinloi {CODE} 30/11/2026 Lý do")
    assert "Phòng Kinh tế phụ trách" in refused
    for somebody in (talk.person("c"), other):
        await somebody.says("/duyetxinloi XL1")
    (draft,) = await talk.read.apologies.in_state(Written.DRAFT)
    assert draft.code == CODE


async def test_a_finished_late_dossier_needs_no_new_date(talk: Talk, work: DossierWork) -> None:
    await imported(talk, late(stage=Stage.READY, finished_at=moment("2026-11-22 09:00")))
    await goes_on(talk, work)
    ours = await officer(talk)
    leader = await talk.official("leader", name="Lãnh Đạo")
    await ours.says(f"/xinloi {CODE}")
    (laid,) = await ours.presses("Hệ thống")
    assert "đã trình" in laid
    await leader.says("/duyetxinloi XL1")
    (apology,) = await talk.read.apologies.unprinted()
    form = await form_of(talk.read, talk.office, apology)
    assert form is not None
    assert (form.new_due, form.finished) == ("", "09:00 Chủ nhật 22/11/2026")
    assert as_picture(form).startswith(b"\x89PNG")


async def test_what_officers_write_is_no_markup_of_the_letter(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, late(applicant='#panic("x") $ * _ [', procedure="<b>{x}</b> \\ #"))
    await goes_on(talk, work)
    ours, leader = await officer(talk), await talk.official("leader", name="Lãnh Đạo")
    await ours.says(f'/xinloi {CODE} 30/11/2026 #sys.inputs #read("/etc/passwd") $x$')
    await leader.says("/duyetxinloi XL1")
    (apology,) = await talk.read.apologies.unprinted()
    form = await form_of(talk.read, talk.office, apology)
    assert form is not None
    assert as_pdf(form).startswith(b"%PDF-")


FILE = (
    late("L-1", field="Đất đai"),
    late("L-2", field="Đất đai", stage=Stage.RETURNED, finished_at=moment("2026-11-22 09:00")),
    late("L-3", field="Bảo trợ xã hội", unit="vhxh"),
    late("L-4", field="Hộ tịch", unit="ttpvhcc"),
    *(
        dossier(
            f"T-{n}",
            Stage.RETURNED,
            field="Hộ tịch",
            unit="ttpvhcc",
            online=n % 3 == 0,
            received_at=moment("2026-11-20 08:00"),
            finished_at=moment("2026-11-20 15:00"),
        )
        for n in range(16)
    ),
    dossier("W-1", field="Hộ tịch", unit="ttpvhcc"),
)


async def test_the_reports_late_table_is_the_files_and_tells_which_letters_are_missing(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, *FILE)
    await goes_on(talk, work)
    staff = await talk.official("staff", name="Tổ tổng hợp")
    told = "\n".join(await staff.says("/report 2026-H2"))
    assert "Đúng hạn: 80% (16/20); tiêu chí yêu cầu 100%" in told
    assert "- Phòng Kinh tế, Đất đai: 0 đúng hạn, 2 quá hạn, 0 có phiếu xin lỗi" in told
    assert "- Phòng Văn hóa - Xã hội, Bảo trợ xã hội: 0 đúng hạn, 1 quá hạn" in told
    assert "Hộ tịch: 16 đúng hạn, 1 quá hạn" in told
    assert "4 hồ sơ quá hạn nhưng chỉ có 0 phiếu xin lỗi được duyệt: thiếu 4" in told
    assert "Nộp trực tuyến: 37,5% (6/16)" in told
    assert "16/16 hồ sơ giải quyết trong ngày" in told
    ours = await talk.official(name="Cán bộ chung")
    leader = await talk.official("leader", name="Lãnh Đạo")
    for code in ("L-1", "L-3", "L-4"):
        await ours.says(f"/xinloi {code} 30/11/2026 Chờ xác minh")
    await ours.says("/xinloi L-2")
    await ours.presses("Cần thêm")
    for number in range(1, 5):
        await leader.says(f"/duyetxinloi XL{number}")
    told = "\n".join(await staff.says("/report 2026-H2"))
    assert "Mỗi hồ sơ quá hạn đều đã có phiếu xin lỗi" in told
    await goes_on(talk, work)
    counts = await talk.read.dossier_counts(
        moment("2026-07-01 00:00"), moment("2027-01-01 00:00"), talk.hands()
    )
    assert (counts.on_time, counts.late, counts.apologised) == (16, 4, 4)


async def test_a_period_counts_by_the_day_of_the_end_and_what_stands_open_at_its_own(
    talk: Talk,
) -> None:
    talk.hands.now = datetime(2027, 2, 1, 2, 0, tzinfo=UTC)
    await imported(
        talk,
        dossier(
            "A-1",
            Stage.RETURNED,
            due_at=moment("2026-12-20 17:00"),
            finished_at=moment("2027-01-05 09:00"),
        ),
        dossier(
            "A-2",
            Stage.RETURNED,
            due_at=moment("2027-01-20 17:00"),
            finished_at=moment("2026-12-28 09:00"),
        ),
    )

    async def of(first: str, last: str) -> tuple[int, int]:
        counts = await talk.read.dossier_counts(moment(first), moment(last), talk.hands())
        return counts.on_time, counts.late

    assert await of("2026-07-01 00:00", "2027-01-01 00:00") == (1, 1)
    assert await of("2027-01-01 00:00", "2027-07-01 00:00") == (0, 1)
    assert await of("2025-07-01 00:00", "2026-01-01 00:00") == (0, 0)
