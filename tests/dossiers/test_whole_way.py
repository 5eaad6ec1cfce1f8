"""The whole way of a late dossier in the chat: export, question, news, letter, report."""

from bot.dossier_work import DossierWork
from tests.dossiers.exports import CODE, DIGITS, row, xlsx_of
from tests.dossiers.test_staff import looked_at, sends
from tests.transcript import Somebody, Talk

OTHER = "H24.107-261116-0002"
UNIT = "Phòng Kinh tế xã"


async def exports(talk: Talk, work: DossierWork, staff: Somebody, *rows: list[object]) -> None:
    """Send an export and say yes to it."""
    await sends(talk, staff, xlsx_of(rows))
    await looked_at(talk, work, staff)
    await staff.presses("Nhập tệp này")
    (done,) = await looked_at(talk, work, staff)
    assert "Đã nhập xong" in done


async def goes_on(talk: Talk, work: DossierWork) -> None:
    for _ in range(2):
        await work.look()
        await talk.settle()


async def test_from_the_export_to_the_letter_and_the_report(
    talk: Talk, work: DossierWork, channel: str
) -> None:
    staff = await talk.official("staff", name="Tổ tổng hợp", channel=channel)
    leader = await talk.official("leader", name="Lãnh Đạo", channel=channel)
    officer = await talk.official("officer", unit="kinhte", name="Cán bộ đất đai", channel=channel)
    land = row(unit=UNIT, field="Đất đai")
    done = row(OTHER, unit=UNIT, field="Đất đai", status="Đã trả kết quả", finished="20/11/2026")
    await exports(talk, work, staff, land, row(OTHER, unit=UNIT, field="Đất đai"))

    citizen = talk.person("c", channel)
    (answer,) = await citizen.says(f"hồ sơ {CODE} của tôi đến đâu rồi")
    assert "bốn số cuối" in answer
    (answer,) = await citizen.says(DIGITS)
    assert "17:00 thứ Tư 25/11/2026" in answer
    await citizen.presses("Báo tôi")
    citizen.forgets()

    talk.hands.move(days=3)
    await exports(talk, work, staff, land, done)
    await goes_on(talk, work)
    (news,) = citizen.new()
    assert "quá hạn" in news

    officer.new()
    leader.new()
    await officer.says(f"/xinloi {CODE} 01/12/2026 Chờ ý kiến của cơ quan phối hợp")
    await leader.presses("Duyệt XL")
    citizen.forgets()
    await goes_on(talk, work)
    (letter,) = [one for one in citizen.letters() if one.body.attachments]
    assert "xin lỗi ông/bà" in letter.body.text
    (file,) = letter.body.attachments
    assert (await work._media.read(file.ref.removeprefix("media:"))).startswith(b"%PDF-")

    told = "\n".join(await staff.says("/report 2026-H2"))
    assert "Phòng Kinh tế, Đất đai: 1 đúng hạn, 1 quá hạn, 1 có phiếu xin lỗi" in told
    assert "Mỗi hồ sơ quá hạn đều đã có phiếu xin lỗi" in told
