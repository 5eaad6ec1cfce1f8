"""`evidence export`: a ZIP that proves itself in a browser, and what was touched in it."""

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

import docx
import pytest
from playwright.async_api import async_playwright

from scoring.documents.redaction import HIDDEN, redacted
from storage.connection import Connection
from storage.database import Store
from storage.media import Media
from tests.chromium import FLAGS
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE, Hands
from tests.transcript import Talk, code_in
from tests.walks.browser import program

WORDS = "Đèn đường thôn 3 tắt ba đêm nay, bà con đi lại khó"
FILED = "=Quyết định 12/QĐ-UBND ngày 05/11/2026, liên hệ 0912 345 678 hoặc a.b@example.vn"
PHOTO = b"\xff\xd8\xff a photo"
PERIOD = "2026-H2"


@pytest.fixture
async def told(talk: Talk, terminal: Terminal, hands: Hands) -> Terminal:
    """A store with three days of evidence, a filed item with a photo, and a day's sealing."""
    officer = await talk.official(name="Đào Thị Trực")
    staff = await talk.official(role="staff", name="Vi Thị Tổng Hợp")
    for day in range(3):
        code = code_in(await talk.person(f"p{day}", name="Nguyễn Văn Kín").says(f"/gopy {WORDS}"))
        await officer.says(f"/traloi {code} Đã sửa")
        if day == 1:
            await staff.says("/minhchung 1.03")
            await staff.photo(FILED, ref="bang")
            await staff.says("xong")
            await staff.says("/tucham 1.14 1,5 đã chạy thử")
        hands.move(days=1)
    media = Media(talk.store, Path(terminal.settings["BOT_VAR_DIR"]) / "media", hands)
    (wanted,) = await media.wanted(["web"])
    await media.keep(wanted, PHOTO, "image/jpeg")
    return terminal


async def _exported(told: Terminal) -> Path:
    answer = await told("evidence", "export", "--period", PERIOD)
    assert answer == (0, f"evidence-{PERIOD}.zip\n", "")
    folder = told.folder / "unpacked"
    with zipfile.ZipFile(told.folder / f"evidence-{PERIOD}.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


async def test_the_pack_has_the_index_the_files_the_lists_and_the_chain(told: Terminal) -> None:
    folder = await _exported(told)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    (photo,) = [name for name in names if name.startswith("files/")]
    assert re.fullmatch(r"files/1\.03/MC2611-\w{4}-1\.jpg", photo)
    assert (folder / photo).read_bytes() == PHOTO
    assert names - {photo} == {
        "index.html", "verify.html", "chain.json", "tickets.csv", "evidence.csv", "filed.csv",
        "report.docx", "report.xlsx", "report.png",
        "days/2026-11-23.jsonl", "days/2026-11-24.jsonl", "days/2026-11-25.jsonl",
    }  # fmt: skip
    index = (folder / "index.html").read_text("utf-8")
    assert f'href="{photo}"' in index
    assert "Công khai số điện thoại" in index
    assert not list(told.folder.glob(".*.part"))


async def test_nothing_in_the_pack_tells_who_a_citizen_is_or_what_they_wrote(
    told: Terminal,
) -> None:
    folder = await _exported(told)
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in {".csv", ".html", ".jsonl", ".json"}:
            text = path.read_text("utf-8")
            for private in (WORDS, "Nguyễn Văn Kín", "0912 345 678", "a.b@example.vn"):
                assert private not in text, path
    filed = (folder / "filed.csv").read_text("utf-8-sig")
    assert "'=Quyết định 12/QĐ-UBND ngày 05/11/2026" in filed
    assert HIDDEN in filed


async def test_the_chain_is_what_anybody_can_compute(told: Terminal) -> None:
    folder = await _exported(told)
    chain = json.loads((folder / "chain.json").read_text("utf-8"))
    before = chain["before"]
    for day in chain["days"]:
        lines = (folder / f"days/{day['day']}.jsonl").read_bytes()
        assert lines.count(b"\n") == day["rows"]
        assert hashlib.sha256(before.encode() + lines).hexdigest() == day["seal"]
        before = day["seal"]
    assert len(chain["days"]) == 3
    for name, digest in chain["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    annex = "\n".join(p.text for p in docx.Document(str(folder / "report.docx")).paragraphs)
    assert f"Mã niêm phong toàn bộ minh chứng đến ngày 25/11/2026: {before}" in annex


async def _verdict(folder: Path) -> str:
    """What the page says of a folder, in a browser that has no network, from the file itself."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=[*FLAGS])
        try:
            context = await browser.new_context(offline=True)
            page = await context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            await page.goto((folder / "verify.html").as_uri())
            await page.set_input_files("#folder", folder)
            verdict = page.locator("#verdict")
            await verdict.and_(page.locator(".good, .bad")).wait_for()
            assert errors == []
            return await page.inner_text("#verdict") + "\n" + await page.inner_text("tbody")
        finally:
            await browser.close()


async def test_the_page_verifies_the_pack_offline_and_names_the_first_day_that_was_touched(
    told: Terminal,
) -> None:
    folder = await _exported(told)
    assert "Gói còn nguyên vẹn: 3 ngày, 8 tệp đều khớp." in await _verdict(folder)

    changed = told.folder / "changed"
    shutil.copytree(folder, changed)
    second = changed / "days" / "2026-11-24.jsonl"
    second.write_bytes(second.read_bytes().replace(b"feedback.answered", b"feedback.rejected"))
    found = await _verdict(changed)
    assert "Ngày đầu tiên bị sửa: 2026-11-24" in found
    assert "nội dung đã bị sửa" in found

    shorter = told.folder / "shorter"
    shutil.copytree(folder, shorter)
    third = shorter / "days" / "2026-11-25.jsonl"
    third.write_bytes(third.read_bytes().split(b"\n", 1)[1])
    assert "Ngày đầu tiên bị sửa: 2026-11-25" in await _verdict(shorter)

    other = told.folder / "other"
    shutil.copytree(folder, other)
    (photo,) = (other / "files" / "1.03").iterdir()
    photo.write_bytes(PHOTO + b"!")
    (other / "strange.txt").write_text("x")
    found = await _verdict(other)
    assert "Gói đã bị sửa ở tệp" in found
    assert "tệp lạ" in found


async def test_the_page_hashes_as_everybody_does(tmp_path: Path) -> None:
    page_file = COMMUNE.parent / "scoring" / "documents" / "verify.html"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=[*FLAGS])
        try:
            page = await browser.new_page()
            await page.goto(page_file.as_uri())
            for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 70_001):
                content = bytes(n * 31 % 256 for n in range(length))
                found = await page.evaluate("list => sha256(new Uint8Array(list))", list(content))
                assert found == hashlib.sha256(content).hexdigest(), length
        finally:
            await browser.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE filed_evidence SET component = '1.04'",
        "UPDATE filed_evidence SET day = '2026-11-25'",
        "DELETE FROM ticket_files;DELETE FROM filed_evidence",
        "UPDATE judgements SET points = 200",
        "UPDATE judgements SET component = '4.08'",
    ],
)
async def test_what_people_filed_and_decided_is_verified_too(
    told: Terminal, store: Store, change: str
) -> None:
    assert await told("evidence", "verify") == (0, "ok\n", "")

    async def touch(connection: Connection) -> None:
        for statement in change.split(";"):
            await connection.exec_driver_sql(statement)

    await store.write(touch)
    answer = await told("evidence", "verify")
    assert "2026-11-24" in answer.reason
    assert (await told("evidence", "verify", "--period", "2026-10")).code == 0


async def test_an_empty_period_makes_a_pack_too(terminal: Terminal) -> None:
    out = terminal.folder / "của tôi.zip"
    answer = await terminal("evidence", "export", "--period", "2026-H1", "--out", str(out))
    assert answer == (0, f"{out}\n", "")
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("chain.json"))["days"] == []


async def test_a_pack_that_cannot_be_finished_leaves_nothing(terminal: Terminal) -> None:
    commune = terminal.folder / "xã"
    shutil.copytree(COMMUNE, commune)
    (commune / "templates" / "report.docx").write_bytes(b"no Word document")
    answer = await terminal("evidence", "export", BOT_COMMUNE_DIR=str(commune))
    assert "report.docx" in answer.reason
    assert not list(terminal.folder.glob("*.zip"))
    assert not list(terminal.folder.glob(".*.part"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("gọi 0912345678 ngay", f"gọi {HIDDEN} ngay"),
        ("+84 912 345 678", HIDDEN),
        ("CCCD 031090012345", f"CCCD {HIDDEN}"),
        ("Công văn số 3877/SNV-XDCQ&CTTN ngày 07/7/2026", None),
        ("Quyết định số 5049/QĐ-UBND, 100% của 1.310 hồ sơ", None),
        ("an@example.vn.", f"{HIDDEN}."),
    ],
)
def test_numbers_of_people_are_hidden_and_those_of_documents_stay(
    words: str, told: str | None
) -> None:
    assert redacted(words) == (words if told is None else told)
