"""The commune's own report of the first half of 2026, made again from its facts alone.

What report 322/BC-UBND tells is entered as staff would: by messages in the chat, and four late
dossiers by an export of the one-stop system. The document that comes out is compared with it.
"""

import asyncio
import io
import re
import shutil
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX

from handlers.report_documents import documents
from storage.report_orders import Documents
from tests.dossiers.exports import Importer, row
from tests.scoring.reports import FOUR_LATE, NO_INITIATIVE, NO_MONEY, NO_WAY_TO_COUNT
from tests.scoring.test_docx import ALL_ON_TIME, APP, COMMENDED, HEADINGS, LOST, SIGNED
from tests.transcript import Somebody, Talk

DAY_OF_THE_REPORT = datetime(2026, 7, 8, 2, 0, tzinfo=UTC)

PROSE: Mapping[str, str] = {
    "0": "Công văn số 3877/SNV-XDCQ&CTTN ngày 07/7/2026 của Sở Nội vụ",
    "I.1": "Ngày 10/02/2026, Ủy ban nhân dân xã đã ban hành Kế hoạch số 62/KH-UBND",
    "I.2": "Tổ chức hoạt động tuyên truyền cổ động trực quan qua hệ thống băng rôn, khẩu hiệu",
    "IV.1": "Đa số các tiêu chí thành phần có tài liệu minh chứng theo đúng yêu cầu",
    "V.1": "Tập trung chỉ đạo, đôn đốc hoàn thành các mục tiêu tại Kế hoạch",
}
"""Parts that only people can write → what the commune wrote."""

RESULTS: Mapping[str, str] = {
    "1.01": "Công khai danh mục, nội dung, thời gian, quy trình giải quyết thủ tục hành chính",
    "1.02": "Công khai mức thu phí, lệ phí của từng thủ tục hành chính",
    "1.03": "Công khai số điện thoại của cán bộ, công chức cấp xã",
    "1.04": "Công khai nội quy tiếp công dân, lịch tiếp công dân định kỳ",
    "1.05": "Công khai lịch công tác của UBND, Chủ tịch UBND cấp xã hằng tuần",
    "1.06": "Số điện thoại đường dây nóng của Ủy ban nhân dân cấp xã",
    "1.07": "Công khai cam kết không gây phiền hà, sách nhiễu, tiêu cực",
    "1.08": "Công khai quy chế thực hiện dân chủ",
    "1.09": "Công khai tình hình giải quyết thủ tục hành chính trực tuyến",
    "1.10": "Niêm yết thường xuyên tại Trung tâm Phục vụ hành chính công cấp xã",
    "1.11": "Bố trí hòm thư góp ý tại trụ sở chính quyền xã",
    "1.12": "Bố trí công chức trực zalo page, facebook page, số điện thoại đường dây nóng",
    "1.13": "Xây dựng cơ chế tiếp nhận thông tin phản ánh, góp ý",
    "2.01": "Triển khai mô hình Ngày thứ 6 không hẹn",
    "2.02": "Huy động đoàn viên Đoàn TNCS Hồ Chí Minh xã hỗ trợ, tiếp đón, hướng dẫn",
    "2.03": "Trao giấy chứng nhận kết hôn, thư chúc mừng kết hôn",
    "2.04": "Thăm hỏi, phúng viếng hoặc gửi thư chia buồn",
    "2.05": "Gửi thư cảm ơn người dân, tổ chức và doanh nghiệp",
    "2.06": "Gửi thư xin lỗi về việc giải quyết thủ tục hành chính quá hạn",
    "2.07": "Chủ tịch UBND xã chúc mừng toàn thể Nhân dân dịp năm mới, các ngày lễ lớn",
    "2.08": "Tổ chức gặp gỡ những người có uy tín đang sinh sống tại địa phương",
    "2.09": "Thường xuyên khảo sát đánh giá việc thực hiện chính quyền thân thiện",
    "3.01": "Thường xuyên xuống cơ sở thôn lắng nghe tâm tư, nguyện vọng",
    "3.02": "Cán bộ, công chức có trình độ chuyên môn, nghiệp vụ đảm bảo theo quy định",
    "3.03": "Thực hiện tốt nụ cười công sở",
    "3.04": "Không có cán bộ, công chức bị xử lý kỷ luật",
    "4.01": "Xây dựng cảnh quan môi trường trụ sở sáng, xanh, sạch, đẹp",
    "4.02": "Sắp xếp các phòng làm việc gọn gàng, khoa học",
    "4.03": "Trung tâm Phục vụ hành chính công được trang bị các máy móc, thiết bị",
    "4.04": "Có băng khẩu hiệu, pano tuyên truyền",
    "4.05": "Đẩy mạnh ứng dụng công nghệ thông tin trong chỉ đạo, điều hành",
}
"""Component → what section II of the report says was done."""

NOT_LOST: Mapping[str, str] = {"4.06": "Dán mã QR về thủ tục hành chính tại Trung tâm"}
"""Component → evidence of what the report counts no lost point for, although it plans more of it.

No code of the service was scanned in that half year: without evidence of the unit the component
would be lost.
"""

LOSSES: Mapping[str, str] = {
    "1.14": NO_MONEY,
    "2.10": NO_INITIATIVE,
    "2.11": FOUR_LATE,
    "4.08": NO_WAY_TO_COUNT,
}
"""Component → why its points are lost, as section IV.2 of the report says."""

TASKS: Mapping[str, str] = {
    "1.14": "Vận hành App trên thiết bị thông minh để tiếp nhận ý kiến phản ánh, góp ý",
    "2.07": "Người đứng đầu chính quyền chúc mừng toàn thể Nhân dân dịp năm mới, các ngày lễ lớn",
    "2.10": "Gửi thư biểu dương đối với công dân có sáng kiến ở cộng đồng dân cư",
    "2.11": "Bảo đảm 100% thủ tục hành chính được giải quyết xong trước và trong thời hạn",
    "2.12": "Thực hiện việc tiếp nhận và trả kết quả giải quyết thủ tục hành chính tại nhà",
    "4.06": "Lập mã quét QR về các thủ tục hành chính",
    "4.07": "Ứng dụng VNeID, ứng dụng công nghệ AI trong hướng dẫn, tra cứu",
    "4.08": "Đảm bảo tỷ lệ người dân cài đặt ứng dụng Hải Phòng Smart trên số hộ đạt 100%",
    "4.09": "Hằng năm, đơn vị có mô hình sáng tạo và hiệu quả được công nhận",
}
"""Component → the task of section V.2."""

RECIPIENTS = (
    "- Sở Nội vụ (để b/c);",
    "- CT, các PCT UBND xã;",
    "- Các phòng, đơn vị sự nghiệp thuộc xã;",
    "- Ủy ban MTTQ Việt Nam xã;",
    "- Các thôn dân cư trên địa bàn xã;",
    "- Lưu: VT, VHXH.",
)

LATE_FIELDS = ("Đất đai", "Đất đai", "Bảo trợ xã hội", "Hộ tịch")


async def _entered(talk: Talk, staff: Somebody, folder: Path) -> None:
    """Enter what the report tells, by messages and an export."""
    for component, words in {**PROSE, **RESULTS, **NOT_LOST}.items():
        told = "\n".join(await staff.says(f"/minhchung {component} {words}"))
        assert "MC26" in told, (component, told)
    dossiers = [
        row(
            f"H24.107-260316-{number:04}",
            field=field,
            received="16/03/2026 08:00",
            due="25/03/2026 17:00",
            finished="27/03/2026 09:00",
            status="Đã trả kết quả",
        )
        for number, field in enumerate(LATE_FIELDS)
    ]
    importer = Importer(talk.store, talk.office.commune, talk.hands, folder)
    await importer.rows(*dossiers)
    for component, reason in LOSSES.items():
        told = "\n".join(await staff.says(f"/tucham 2026-H1 {component} 0 {reason}"))
        assert "0" in told, (component, told)
    for component, words in TASKS.items():
        await staff.says(f"/nhiemvu {component} {words} hạn 15/12/2026")


async def _made(talk: Talk) -> Documents:
    period = talk.office.period("2026-H1", talk.hands().date())
    return await documents(talk.read, talk.office, period, talk.hands())


def _texts(found: Document) -> list[str]:
    return [paragraph.text for paragraph in found.paragraphs if paragraph.text.strip()]


def _between(texts: list[str], first: str, last: str) -> str:
    """Give what stands between two headings."""
    start = texts.index(first)
    return "\n".join(texts[start + 1 : texts.index(last, start)])


async def test_from_its_own_facts_the_communes_report_comes_out_point_by_point(
    talk: Talk, tmp_path: Path
) -> None:
    talk.hands.now = DAY_OF_THE_REPORT
    staff = await talk.official("staff", name="Phòng Văn hóa - Xã hội")
    await _entered(talk, staff, tmp_path)
    made = await _made(talk)
    found = docx.Document(io.BytesIO(made.docx))
    texts = _texts(found)

    # The outline, in its order.
    assert [text for text in texts if text in HEADINGS] == HEADINGS
    assert "Thực hiện Công văn số 3877/SNV-XDCQ&CTTN ngày 07/7/2026" in "\n".join(texts[:8])

    # Section I: the scheme of 24, 24, 26 and 26 points, and the registered level.
    first = _between(texts, HEADINGS[1], HEADINGS[2])
    assert re.findall(r": (\d+) điểm[;.]", first) == ["24", "24", "26", "26"]
    assert "mức 2" in first
    assert "343/UBND-VHXH ngày 10/02/2026" in first
    assert PROSE["I.1"] in first
    assert PROSE["I.2"] in _between(texts, HEADINGS[2], HEADINGS[3])

    # Section II: each result under its criterion.
    for number in range(4):
        under = _between(texts, HEADINGS[4 + number], HEADINGS[5 + number])
        own = [words for one, words in RESULTS.items() if one.startswith(f"{number + 1}.")]
        assert own
        assert all(words in under for words in own)

    # Section IV: what went well, and the lost points in the report's own four rows.
    assert PROSE["IV.1"] in _between(texts, HEADINGS[10], HEADINGS[11])
    rows = [[cell.text for cell in one.cells] for one in found.tables[LOST].rows]
    smart = "Tỷ lệ người dân cài đặt ứng dụng Hải Phòng Smart trên số hộ gia đình đạt 100%"
    social = "Phòng Văn hóa - Xã hội"
    of_the_report = [
        [APP, "2", "Trung tâm Phục vụ hành chính công", NO_MONEY],
        [ALL_ON_TIME, "?", "Các cơ quan, đơn vị", FOUR_LATE],
        [COMMENDED, "1", social, NO_INITIATIVE],
        [smart, "2", social, NO_WAY_TO_COUNT],
    ]
    assert rows[0] == [
        "Stt",
        "Tiêu chí thành phần",
        "Điểm tối đa",
        "Đơn vị chủ trì",
        "Lý do chưa thực hiện",
    ]
    assert [one[1:] for one in rows[1:]] == of_the_report
    assert "Có 0 " not in "\n".join(texts)

    # Section V: direction and tasks.
    assert PROSE["V.1"] in _between(texts, HEADINGS[13], HEADINGS[14])
    after = "\n".join(texts[texts.index(HEADINGS[14]) :])
    assert all(words in after for words in TASKS.values())
    assert "Trên đây là Báo cáo kết quả thực hiện mô hình" in after

    # Recipients and signature.
    left, right = (cell.text for cell in found.tables[SIGNED].rows[0].cells)
    assert tuple(line for line in left.splitlines() if line.startswith("-")) == RECIPIENTS
    assert right.startswith("TM. ỦY BAN NHÂN DÂN")

    # What is left to write is what no message told: the machine adds no prose.
    gaps = [
        run.text
        for paragraph in found.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW and run.text.strip()
    ]
    assert not any(one in gap for gap in gaps for one in (*RESULTS, *LOSSES))


async def test_the_four_late_dossiers_are_the_same_figure_everywhere(
    talk: Talk, tmp_path: Path
) -> None:
    talk.hands.now = DAY_OF_THE_REPORT
    staff = await talk.official("staff", name="Phòng Văn hóa - Xã hội")
    await _entered(talk, staff, tmp_path)
    told = "\n".join(await staff.says("/report 2026-H1"))
    assert "04 hồ sơ quá hạn làm mất điểm ở 2.11" in told
    assert "Hồ sơ: đến hạn 4, đúng hạn 0, quá hạn 4" in told
    for field, late in (("Đất đai", 2), ("Bảo trợ xã hội", 1), ("Hộ tịch", 1)):
        assert f"{field}: 0 đúng hạn, {late} quá hạn" in told
    # What is lost for certain are the five points of the three known maxima.
    assert "từ 0 đến 95 trên 100" in told
    made = await _made(talk)
    text = "\n".join(_texts(docx.Document(io.BytesIO(made.docx))))
    assert "04 hồ sơ quá hạn làm mất điểm ở 2.11" in text
    book = openpyxl.load_workbook(io.BytesIO(made.xlsx))
    rows = [[cell.value for cell in one] for sheet in book.worksheets for one in sheet.iter_rows()]
    assert any(FOUR_LATE in one for one in rows)
    assert [one for one in rows if str(one[0]).lower() == "hồ sơ quá hạn" and 4 in one]  # fmt: skip


OFFICE = shutil.which("soffice")


@pytest.mark.skipif(
    OFFICE is None,
    reason="needs LibreOffice (apt-get install libreoffice-writer libreoffice-calc)",
)
async def test_libreoffice_opens_the_documents_as_they_are(talk: Talk, tmp_path: Path) -> None:
    """What needs repair is not converted, or comes out without its words."""
    talk.hands.now = DAY_OF_THE_REPORT
    staff = await talk.official("staff", name="Phòng Văn hóa - Xã hội")
    await _entered(talk, staff, tmp_path)
    made = await _made(talk)
    (tmp_path / "report.docx").write_bytes(made.docx)
    (tmp_path / "report.xlsx").write_bytes(made.xlsx)
    for name, form, words in (
        ("report.docx", "txt:Text (encoded):UTF8", (*HEADINGS, NO_MONEY, FOUR_LATE)),
        (
            "report.xlsx",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
            (APP, NO_MONEY),
        ),
    ):
        await _converted(tmp_path, name, form)
        told = _written_anew(tmp_path)
        assert all(one in told for one in words), name
        # A formula that the program cannot work out would stand there as an error.
        assert not re.search(r"#(REF|NAME|VALUE|DIV/0)[!?]|Err:\d", told), name


def _written_anew(folder: Path) -> str:
    found = [one for one in folder.iterdir() if one.suffix in {".txt", ".csv"}]
    return "\n".join(one.read_text("utf-8") for one in found)


async def _converted(folder: Path, name: str, form: str) -> None:
    """Let LibreOffice write a document anew, with settings of its own that nobody else uses."""
    assert OFFICE is not None
    process = await asyncio.create_subprocess_exec(
        OFFICE, "--headless", f"-env:UserInstallation={(folder / 'office').as_uri()}",
        "--convert-to", form, "--outdir", str(folder), str(folder / name),
        stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(120):
        assert await process.wait() == 0
