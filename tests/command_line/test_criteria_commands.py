"""`criteria check` and `criteria import`."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE

ROWS: list[Sequence[object]] = [
    ["Stt", "Tiêu chí", "Điểm tối đa", "Đơn vị chủ trì"],
    ["I", "Công khai", 60, None],
    ["1", "Niêm yết", 60, "Văn phòng HĐND và UBND"],
    ["II", "Thân thiện", 40, None],
    ["1", "Thư cảm ơn", 40, "Phòng Văn hóa - Xã hội"],
]


def _annex(folder: Path, rows: list[Sequence[object]]) -> str:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(folder / "annex.xlsx")
    return str(folder / "annex.xlsx")


async def test_the_communes_criteria_are_counted(bare: Terminal) -> None:
    answer = await bare("criteria", "check")
    assert answer.code == 0
    assert "4 tiêu chí, 39 tiêu chí thành phần" in answer.out


async def test_an_annex_becomes_the_communes_criteria(bare: Terminal) -> None:
    commune = bare.folder / "xã"
    shutil.copytree(COMMUNE, commune)
    annex, out = _annex(bare.folder, [*ROWS]), commune / "criteria.toml"
    typed = ("criteria", "import", annex, "--out", str(out), "--source", "Quyết định thử")
    assert await bare(*typed, BOT_COMMUNE_DIR=str(commune)) == (0, f"{out}\n", "")
    answer = await bare("criteria", "check", BOT_COMMUNE_DIR=str(commune))
    assert "2 tiêu chí, 2 tiêu chí thành phần, 0 thành phần chưa biết" in answer.out
    report = await bare("report", "--period", "2026-H1", BOT_COMMUNE_DIR=str(commune))
    assert "1.01 Niêm yết" in report.out


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([*ROWS[:2], ["1", "Niêm yết", 50, "Phòng Lạ"], *ROWS[3:]], ":3: "),
        ([*ROWS[:2], ["1", "Niêm yết", 50, None], *ROWS[3:]], ":2: "),
        ([["a", "b"]], "tiêu đề"),
    ],
)
async def test_a_bad_annex_is_refused_by_row_and_nothing_is_written(
    bare: Terminal, rows: list[Sequence[object]], told: str
) -> None:
    out = bare.folder / "criteria.toml"
    answer = await bare("criteria", "import", _annex(bare.folder, rows), "--out", str(out))
    assert told in answer.reason
    assert not out.exists()


@pytest.mark.parametrize(
    "typed",
    [("import",), ("import", "nowhere.xlsx"), ("check", "nowhere.toml"),
     ("import", "annex.xlsx", "--valid-from", "2027")],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused(bare: Terminal, typed: tuple[str, ...]) -> None:
    _annex(bare.folder, [*ROWS])
    assert (await bare("criteria", *typed)).reason
