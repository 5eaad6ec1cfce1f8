"""The Word document: the commune's outline, its lost points, its template, marked gaps."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.shared import Length

from messages.languages import say
from scoring.documents.broken import BrokenTemplate
from scoring.documents.docx import document
from scoring.facts import Facts
from scoring.tasks import Task
from tests.scoring.reports import (
    AFTERWARDS,
    FOUR_LATE,
    NO_INITIATIVE,
    NO_MONEY,
    NO_WAY_TO_COUNT,
    SEED_LOSSES,
    TEMPLATE,
    all_known,
    filed,
    report,
    shipped,
)

HEADINGS = [
    "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
    "1. Công tác chỉ đạo, quán triệt triển khai mô hình “Chính quyền thân thiện”",
    "2. Công tác tuyên truyền",
    "II. KẾT QUẢ TRIỂN KHAI MÔ HÌNH “CHÍNH QUYỀN THÂN THIỆN”",
    "1. Chính quyền công khai, minh bạch",
    "2. Chính quyền thân thiện, hành động, vì Nhân dân phục vụ",
    "3. Chính quyền có đội ngũ cán bộ, công chức chuyên nghiệp, trách nhiệm, gương mẫu, thân thiện",
    "4. Chính quyền xanh, văn minh, hiện đại",
    "III. KẾT QUẢ TỰ ĐÁNH GIÁ THEO BẢNG THANG ĐIỂM",
    "IV. ĐÁNH GIÁ CHUNG",
    "1. Mặt tích cực",
    "2. Tồn tại, hạn chế",
    "V. PHƯƠNG HƯỚNG, NHIỆM VỤ TRONG THỜI GIAN TỚI",
    "1. Phương hướng",
    "2. Nhiệm vụ",
]
APP = (
    "Vận hành App trên thiết bị thông minh để tiếp nhận ý kiến phản ánh, góp ý của người "
    "dân, tổ chức và doanh nghiệp"
)
ALL_ON_TIME = (
    "Đảm bảo 100% các thủ tục hành chính của người dân, tổ chức thuộc thẩm quyền của cấp "
    "xã được giải quyết xong trước và trong thời gian quy định"
)
COMMENDED = (
    "Gửi thư biểu dương đối với công dân có sáng kiến ở cộng đồng dân cư đã được Ủy ban "
    "nhân dân cấp xã công nhận"
)
LETTERHEAD, LOST, SIGNED, ANNEX = range(4)


def _open(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def _made(made: object = None, **more: object) -> Document:
    return _open(document(report(**more) if made is None else made, TEMPLATE))  # type: ignore[arg-type] # a report


def _text(found: Document) -> str:
    return "\n".join(paragraph.text for paragraph in found.paragraphs)


def _gaps(found: Document) -> list[str]:
    """The words that are marked as still to be written."""
    return [
        run.text
        for paragraph in found.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW and run.text.strip()
    ]


def test_the_outline_is_the_communes_own() -> None:
    bold = [
        p.text for p in _made().paragraphs if p.text and all(run.bold for run in p.runs if run.text)
    ]
    assert [text for text in bold if re.match(r"[IV1-9]+\. ", text)] == HEADINGS


def test_the_lost_points_of_the_communes_report_come_out_as_it_wrote_them() -> None:
    # For everything else the units filed their evidence.
    proven = {one.id: 1 for one in shipped().components if one.id not in SEED_LOSSES}
    facts = Facts(decisions=SEED_LOSSES, filed=proven, today=AFTERWARDS)
    table = _made(facts=facts).tables[LOST]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Stt", "Tiêu chí thành phần", "Điểm tối đa", "Đơn vị chủ trì", "Lý do chưa thực hiện"],
        [
            "1",
            APP,
            "2",
            "Trung tâm Phục vụ hành chính công",
            NO_MONEY,
        ],
        [
            "2",
            ALL_ON_TIME,
            "?",
            "Các cơ quan, đơn vị",
            FOUR_LATE,
        ],
        [
            "3",
            COMMENDED,
            "1",
            "Phòng Văn hóa - Xã hội",
            NO_INITIATIVE,
        ],
        [
            "4",
            "Tỷ lệ người dân cài đặt ứng dụng Hải Phòng Smart trên số hộ gia đình đạt 100%",
            "2",
            "Phòng Văn hóa - Xã hội",
            NO_WAY_TO_COUNT,
        ],
    ]


def test_the_criteria_and_the_registered_level_stand_in_the_first_section() -> None:
    text = _text(_made())
    for line in (
        "+ Chính quyền công khai, minh bạch: 24 điểm;",
        "+ Chính quyền thân thiện, hành động, vì Nhân dân phục vụ: 24 điểm;",
        "+ Chính quyền xanh, văn minh, hiện đại: 26 điểm.",
        "mức 2 (đạt từ 85 đến dưới 90 điểm) tại Công văn số 343/UBND-VHXH ngày 10/02/2026",
    ):
        assert line in text


def test_what_nobody_filed_stays_a_marked_gap_and_what_was_filed_fills_it() -> None:
    gaps = " ".join(_gaps(_made()))
    for missing in (
        "thực hiện Công văn số", "kế hoạch, công văn", "hoạt động tuyên truyền", "mặt tích cực",
        "phương hướng", "Chưa có minh chứng",
    ):  # fmt: skip
        assert missing in gaps
    words = {
        "0": "Công văn số 3877/SNV-XDCQ&CTTN ngày 07/7/2026 của Sở Nội vụ",
        "I.1": "Ngày 10/02/2026 đã ban hành Kế hoạch số 62/KH-UBND",
        "I.2": "Treo băng rôn, khẩu hiệu",
        "IV.1": "Mô hình được lãnh đạo xã quan tâm",
        "V.1": "Tập trung hoàn thành các nhiệm vụ của kế hoạch",
    }
    items = tuple(filed(component, said) for component, said in words.items())
    full = _made(filed=items)
    assert all(said in _text(full) for said in words.values())
    gaps = " ".join(_gaps(full))
    for filled in ("thực hiện Công văn số", "kế hoạch, công văn", "tuyên truyền trong kỳ"):
        assert filled not in gaps


def test_what_was_filed_for_a_component_is_its_result() -> None:
    facts = replace(report().facts, filed={"1.05": 1})
    found = _made(facts=facts, filed=(filed("1.05", "Đăng lịch công tác tuần mỗi thứ Sáu"),))
    assert "- Đăng lịch công tác tuần mỗi thứ Sáu" in _text(found)
    assert not any("1.05" in gap for gap in _gaps(found))
    assert any("1.06" in gap for gap in _gaps(found))


def test_words_of_people_stay_words() -> None:
    strange = "<b>& {{ total }} {% if x %} =1+1 \x0b\ud800 \u0000"
    text = _text(_made(filed=(filed("I.1", strange),)))
    assert "<b>& {{ total }} {% if x %} =1+1" in text


def test_the_clerks_number_and_date_and_the_signature_are_left_empty() -> None:
    found = _made()
    head = [cell.text for row in found.tables[LETTERHEAD].rows for cell in row.cells]
    assert head[0].startswith("ỦY BAN NHÂN DÂN\nXÃ NGHI DƯƠNG")
    assert head[1].startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert re.fullmatch(r"Số: +/BC-UBND", head[2])
    assert re.fullmatch(r"Nghi Dương, ngày +tháng +năm 2026", head[3])
    left, right = (cell.text for cell in found.tables[SIGNED].rows[0].cells)
    assert left.startswith("Nơi nhận:\n- Sở Nội vụ (để b/c);")
    assert left.endswith("- Lưu: VT, VHXH.")
    assert right.startswith("TM. ỦY BAN NHÂN DÂN\n[")


def test_the_form_is_that_of_the_decree() -> None:
    found = _made()
    assert found.styles["Normal"].font.name == "Times New Roman"
    first, annex = found.sections
    sizes = (first.page_width, first.page_height)
    assert [_millimetres(size) for size in sizes] == [210, 297]
    assert 20 <= _millimetres(first.top_margin) <= 25
    assert 30 <= _millimetres(first.left_margin) <= 35
    assert 15 <= _millimetres(first.right_margin) <= 20
    assert first.different_first_page_header_footer
    assert "PAGE" in first.header._element.xml
    assert _millimetres(annex.page_width) > _millimetres(annex.page_height)


def _millimetres(length: Length | None) -> int:
    assert length is not None
    return round(float(length.mm))


def test_the_annex_lists_every_component_with_its_points() -> None:
    made = all_known()
    rows = [[cell.text for cell in row.cells] for row in _made(made).tables[ANNEX].rows]
    by_id = {row[0]: row for row in rows}
    for each in made.card.criteria:
        for scored in each.components:
            row = by_id[scored.component.id]
            assert row[1] == scored.component.title
            points = "?" if scored.score is None else f"{scored.score.normalize():f}"
            assert row[3].rstrip("*") == points.replace(".", ",")
            assert row[3].endswith("*") == (scored.provisional and scored.score is not None)
    assert rows[-1][1:3] == ["Tổng cộng", "100"]


def test_confirmed_tasks_are_plain_and_drafts_are_marked() -> None:
    tasks = (
        Task("1.14", "Vận hành App", "ttpvhcc", date(2026, 12, 16), by="Người Xác Nhận"),
        Task("2.09", "Khảo sát", "", date(2026, 12, 16)),
    )
    found = _made(tasks=tasks)
    sure = "- Vận hành App (Trung tâm Phục vụ hành chính công; hoàn thành trước ngày 16/12/2026)."
    draft = "- Khảo sát (các cơ quan, đơn vị; hoàn thành trước ngày 16/12/2026)."
    assert sure in _text(found)
    assert sure not in _gaps(found)
    assert draft in _gaps(found)


def test_four_late_dossiers_are_told_with_what_they_cost() -> None:
    assert "04 hồ sơ quá hạn làm mất điểm ở 2.11" in _text(_made())


def _edited(folder: Path, change: Callable[[str], str]) -> Path:
    """The shipped template with a change in its text."""
    path = folder / "report.docx"
    with zipfile.ZipFile(TEMPLATE) as old, zipfile.ZipFile(path, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "word/document.xml":
                changed = change(content.decode())
                assert changed != content.decode()
                content = changed.encode()
            new.writestr(item, content)
    return path


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("{{ score_sentence }}", "{{ scor_sentence }}", "scor_sentence"),
        ("{{ office }} báo cáo", "{{ office báo cáo", "báo cáo"),
        ("{{ criterion.title }}: ", "{{ criterion.tile }}: ", "criterion.tile"),
        ("{%p endfor %}", "", ""),
        ("{{ level_sentence }}", "{{ level_sentence | nothing }}", "nothing"),
        ("{{ distance }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "__class__"),
    ],
)
def test_a_broken_field_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    path = _edited(tmp_path, lambda text: text.replace(old, new, 1))
    with pytest.raises(BrokenTemplate) as refused:
        document(report(), path)
    told = say(refused.value.reason)
    assert str(path) in told
    assert place in told
    assert "“" in told or not place


def test_what_is_no_word_document_is_refused(tmp_path: Path) -> None:
    for name, content in (("a.docx", b"nothing"), ("b.docx", b""), ("c.docx", _zip())):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BrokenTemplate):
            document(report(), path)
    with pytest.raises(BrokenTemplate):
        document(report(), tmp_path / "not there.docx")


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("hello.txt", "x")
    return made.getvalue()


def test_what_the_commune_changes_in_the_template_comes_out(tmp_path: Path) -> None:
    path = _edited(
        tmp_path, lambda text: text.replace("- Ủy ban MTTQ Việt Nam xã;", "- Đảng ủy xã;")
    )
    text = "\n".join(c.text for c in _open(document(report(), path)).tables[SIGNED].rows[0].cells)
    assert "- Đảng ủy xã;" in text
    copied = tmp_path / "copy.docx"
    shutil.copyfile(TEMPLATE, copied)
    assert _text(_open(document(report(), copied))) == _text(_made())
