"""What no guide answers reaches the officers, and one press teaches everybody a name."""

import shutil
from pathlib import Path

import pytest

from bot.catalogue_watch import CatalogueWatch
from handlers.office import Office
from handlers.search import Catalogue, load
from storage.database import Store
from tests.conftest import COMMUNE, Hands
from tests.databases import opened
from tests.transcript import Talk, talking

ASKED = "cách nuôi chim yến"


@pytest.fixture
def own(office: Office) -> Office:
    """The shipped commune with a catalogue of this test's own, which will learn."""
    return Office(
        commune=office.commune,
        catalogue=load(COMMUNE),
        scheme=office.scheme,
        public_url=office.public_url,
        channels=office.channels,
    )


async def ask_and_teach(talk: Talk, code: str = "HK01") -> None:
    await talk.person().says(f"/thutuc {ASKED}")
    officer = await talk.official()
    await officer.says("/hoidap")
    await officer.presses("1. ")
    (told,) = await officer.says(f"/hoidap 1 {code}")
    assert "Từ nay" in told


async def test_what_nobody_answered_is_listed_by_how_often_it_was_asked(talk: Talk) -> None:
    officer = await talk.official()
    (none,) = await officer.says("/hoidap")
    assert "Không còn câu hỏi nào" in none
    citizen, other = talk.person("a"), talk.person("b")
    await citizen.says("/thutuc xyzzy")
    await citizen.says(f"/thutuc {ASKED}")
    await other.says(f"/thutuc  {ASKED.upper()} ")
    (listed,) = await officer.says("/hoidap")
    lines = [line for line in listed.splitlines() if line.startswith("- ")]
    assert len(lines) == 2
    assert ASKED in lines[0]
    assert "hỏi 2 lần" in lines[0]


async def test_free_words_that_ask_are_kept_too_but_small_talk_is_not(talk: Talk) -> None:
    citizen = talk.person()
    for words in ("hôm nay trời đẹp quá", "😀", "xin chào"):
        await citizen.says(words)
    assert await talk.read.open_questions() == []
    await citizen.says("xin bắt tổ ong vò vẽ ở đâu")
    assert len(await talk.read.open_questions()) == 1


async def test_numbers_and_addresses_are_not_kept_and_the_words_are_sealed(
    talk: Talk, store: Store
) -> None:
    words = "xyzzy của 0912 345 678 hay a@b.vn 031201001234"
    await talk.person().says(f"/thutuc {words}")
    (kept,) = await talk.read.open_questions()
    assert kept.words == "xyzzy của … hay … …"
    async with store.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT words FROM questions")
        assert b"xyzzy" not in bytes(rows.one()[0])


async def test_what_must_not_be_taken_is_not_kept_as_a_question_either(talk: Talk) -> None:
    await talk.person().says("/thutuc tố cáo ông trưởng thôn ăn chặn tiền hỗ trợ")
    assert await talk.read.open_questions() == []


async def test_one_press_makes_a_name_that_everybody_finds_after_a_restart_too(
    store: Store, own: Office, hands: Hands, database: str
) -> None:
    async with talking(store, own, hands) as talk:
        await ask_and_teach(talk)
        watch = CatalogueWatch(COMMUNE, own.catalogue, store, hands)
        await watch.look()
        (guide,) = await talk.person("later").says(ASKED)
        assert "mã HK01" in guide
    async with opened(database) as again:
        elsewhere = load(COMMUNE)
        await CatalogueWatch(COMMUNE, elsewhere, again, hands).look()
        assert elsewhere.find(ASKED)[0][0].guide == "HK01"


async def test_a_name_that_is_taken_back_leads_nowhere_any_more(
    store: Store, own: Office, hands: Hands
) -> None:
    before = own.catalogue.find(ASKED)
    async with talking(store, own, hands) as talk:
        await ask_and_teach(talk)
        watch = CatalogueWatch(COMMUNE, own.catalogue, store, hands)
        await watch.look()
        assert own.catalogue.find(ASKED) != before
        officer = await talk.official(name="Lê Thị Khác")
        (told,) = await officer.says("/hoidap 1 lai")
        assert "chờ xử lý" in told
        await watch.look()
        assert own.catalogue.find(ASKED) == before
        assert len(await talk.read.open_questions()) == 1


async def test_who_comes_second_is_told_that_it_is_settled(talk: Talk) -> None:
    await ask_and_teach(talk)
    other = await talk.official(name="Lê Thị Khác")
    for typed in ("/hoidap 1 KS01", "/hoidap 1 bo"):
        (told,) = await other.says(typed)
        assert "đã được xử lý" in told
    assert await talk.read.open_questions() == []


async def test_a_question_can_be_let_go_and_comes_back_by_undoing(talk: Talk) -> None:
    await talk.person().says(f"/thutuc {ASKED}")
    officer = await talk.official()
    await officer.says("/hoidap 1")
    await officer.presses("Bỏ qua")
    assert await talk.read.open_questions() == []
    await officer.presses("Hoàn tác")
    assert len(await talk.read.open_questions()) == 1


@pytest.mark.parametrize("typed", ["/hoidap 99", "/hoidap 99 KS01", "/hoidap 1 ZZ99"])
async def test_what_is_not_there_is_said(talk: Talk, typed: str) -> None:
    await talk.person().says(f"/thutuc {ASKED}")
    (told,) = await (await talk.official()).says(typed)
    assert "Không có" in told


async def test_citizens_and_groups_see_no_questions(talk: Talk) -> None:
    await talk.person("a").says(f"/thutuc {ASKED}")
    for told in await talk.person("b").says("/hoidap"):
        assert ASKED not in told
    officer = await talk.official()
    (told,) = await officer.sends("/hoidap", group="g1")
    assert ASKED not in told


async def test_a_file_that_changes_is_taken_over_and_a_wrong_one_is_not(
    store: Store, hands: Hands, tmp_path: Path
) -> None:
    folder = tmp_path / "commune"
    shutil.copytree(COMMUNE, folder)
    catalogue: Catalogue = load(folder)
    watch = CatalogueWatch(folder, catalogue, store, hands)
    await watch.look()
    path = folder / "procedures.csv"
    right = path.read_text("utf-8")
    path.write_text(right.replace("Đăng ký khai sinh,", "Làm giấy khai sinh,", 1), "utf-8")
    await watch.look()
    changed = catalogue.by_code("KS01")
    assert changed is not None
    assert changed.title == "Làm giấy khai sinh"
    path.write_text(right + "nonsense\n", "utf-8")
    await watch.look()
    assert catalogue.by_code("KS01") == changed
    path.unlink()
    await watch.look()
    assert catalogue.by_code("KS01") == changed
    path.write_text(right, "utf-8")
    await watch.look()
    restored = catalogue.by_code("KS01")
    assert restored is not None
    assert restored.title == "Đăng ký khai sinh"
