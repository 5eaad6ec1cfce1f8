"""`dossiers import`."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.dossiers_tables import dossiers
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.dossiers.exports import csv_of, row, xlsx_of
from tests.storage.acts import count

SAMPLE = str(COMMUNE / "samples" / "dossiers.csv")


async def test_the_sample_is_imported_once_and_then_is_no_news(fresh: Terminal) -> None:
    first = await fresh("dossiers", "import", SAMPLE)
    assert (first.code, first.err) == (0, "")
    assert "Mới: 4; thay đổi: 0; không còn: 0" in first.out
    again = await fresh("dossiers", "import", SAMPLE)
    assert "Mới: 0; thay đổi: 0; không còn: 0" in again.out


async def test_a_dry_run_lists_what_is_wrong_and_writes_nothing(
    terminal: Terminal, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "export.xlsx"
    file.write_bytes(xlsx_of([row(), row("B-2", due="?"), row(3)]))
    answer = await terminal("dossiers", "import", str(file), "--dry-run")
    assert answer.code == 1
    assert "dòng 3, cột H" in answer.out
    assert "dòng 4, cột A" in answer.out
    assert len(answer.err.splitlines()) == 1
    assert await count(store, dossiers) == 0
    file.write_bytes(csv_of([row()]))
    answer = await terminal("dossiers", "import", str(file), "--dry-run")
    assert (answer.code, answer.err) == (0, "")
    assert "Mới: 1" in answer.out
    assert await count(store, dossiers) == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "trống"),
        (csv_of([row(due="?")]), "dòng 2, cột H"),
        (csv_of([]), "không có hồ sơ"),
        (b"a,b\n1,2\n", "commune.toml"),
    ],
)
async def test_a_bad_file_is_one_line_and_exit_1(
    terminal: Terminal, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    assert told in (await terminal("dossiers", "import", str(file))).reason


async def test_a_file_that_is_not_there_is_named(terminal: Terminal) -> None:
    assert "khong-co.xlsx" in (await terminal("dossiers", "import", "khong-co.xlsx")).reason


async def test_a_part_of_an_export_is_refused_until_it_is_agreed_to(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "export.csv"
    many = [row(f"H24.107-261116-{n:04d}") for n in range(30)]
    file.write_bytes(csv_of(many))
    assert (await terminal("dossiers", "import", str(file))).code == 0
    file.write_bytes(csv_of(many[:3]))
    assert "--gone-too" in (await terminal("dossiers", "import", str(file))).reason
    answer = await terminal("dossiers", "import", str(file), "--gone-too")
    assert "không còn: 27" in answer.out
