"""`dossiers import`."""

import shutil
from pathlib import Path

import pytest

from bot.dossier_pull import FACTS
from storage.channel_facts import ChannelFacts
from storage.clock import system_clock
from storage.database import Store
from storage.dossiers_tables import dossiers
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.dossiers.exports import csv_of, row, xlsx_of
from tests.dossiers.interface import KEY, as_json, interface, record
from tests.storage.acts import count
from tests.transcript import Talk

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


def _pulling(folder: Path, url: str) -> dict[str, str]:
    """Give the settings of a commune whose table is fetched."""
    commune = folder / "commune"
    shutil.copytree(COMMUNE, commune)
    with (commune / "commune.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[dossiers.pulled]\nurl = "{url}"\nprivate = true\n')
    return {"BOT_COMMUNE_DIR": str(commune), "BOT_DOSSIERS_HEADER": KEY}


async def test_a_table_is_pulled_as_a_file_is_imported(
    terminal: Terminal, store: Store, tmp_path: Path
) -> None:
    async with interface() as one_stop:
        given = _pulling(tmp_path, one_stop.url)
        one_stop.gives(as_json(record()))
        dry = await terminal("dossiers", "pull", "--dry-run", **given)
        assert (dry.code, dry.err) == (0, "")
        assert "Mới: 1" in dry.out
        assert await count(store, dossiers) == 0
        done = await terminal("dossiers", "pull", **given)
        assert "Mới: 1" in done.out
        assert await count(store, dossiers) == 1
        one_stop.gives(b"{}", status="403 No")
        refused = await terminal("dossiers", "pull", **given)
        assert "BOT_DOSSIERS_HEADER" in refused.reason
        assert "made-up-key" not in refused.err


async def test_without_an_address_nothing_is_pulled(terminal: Terminal) -> None:
    assert "dossiers.pulled" in (await terminal("dossiers", "pull")).reason


async def test_doctor_tells_how_the_pulling_goes(
    terminal: Terminal, talk: Talk, tmp_path: Path
) -> None:
    given = _pulling(tmp_path, "http://127.0.0.1:1/")
    assert "Chưa lần nào" in (await terminal("doctor", **given)).out
    facts = ChannelFacts(talk.store, FACTS, system_clock)
    await facts.keep("pulled", "12")
    answer = await terminal("doctor", **given)
    assert answer.code == 0
    assert "Đã lấy bảng hồ sơ" in answer.out
    await facts.keep("trouble", "fault Hệ thống một cửa đang bị lỗi.")
    answer = await terminal("doctor", **given)
    assert answer.code == 1
    assert "đang bị lỗi" in answer.out
    assert "hệ thống một cửa" not in (await terminal("doctor")).out
