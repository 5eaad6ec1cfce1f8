"""A person who has used everything, and the search for what is left of them."""

from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, Row, String, select

from storage import tables
from storage.database import Store
from storage.media import Media
from storage.sealing import CannotUnseal, unseal_once
from tests.conversations.citizen_scenes import TROUBLE, answered
from tests.conversations.test_households import answers
from tests.conversations.test_linking import code_of
from tests.conversations.test_surveys import satisfied
from tests.dossiers.exports import CODE, DIGITS, imported
from tests.dossiers.test_asking import dossier
from tests.transcript import Somebody, Talk, code_in

NAME, OTHER_NAME = "Bùi Thị Quyên", "Quyên Bùi Trên Zalo"
PHONE = "84912345678"
HOME = "số 7 ngõ Mít Dai"
SURVEYED, ASKED = "Thêm ghế bọc nhung", "cái gì đó rất là khó hiểu zxqv"
WORDS = (
    "ổ gà to trước cổng",
    "nước tràn ra đường Cây Gạo",
    "đầu ngõ nhà tôi, cột thứ ba",
    "Chưa hài lòng lắm đâu nhé",
    "Trồng hoa giấy dọc mương",
    "Bản nháp chưa gửi về con ngõ",
    "Cảm ơn cô Hằng",
    "Đã vá xong hôm qua cho nhà bà",
    "Ghi chú: bà này hay gọi",
)
SEALED_WORDS = (*WORDS, NAME, OTHER_NAME, PHONE, "0912345678", "912 345 678", HOME)


@dataclass(frozen=True, slots=True)
class Life:
    """A person at their two addresses, those whom they met, and their tickets."""

    first: Somebody
    second: Somebody
    officer: Somebody
    staff: Somebody
    leader: Somebody
    ids: frozenset[int]
    codes: tuple[str, ...]
    photos: frozenset[Path]


async def filed(said: Awaitable[list[str]]) -> str:
    """Give the code of a ticket that is filed by what is said."""
    return code_in(reversed(await said))


async def _civic_life(first: Somebody, staff: Somebody, leader: Somebody) -> tuple[str, str]:
    """An idea with its letter, thanks, a survey, a household, topics, a telephone number."""
    idea = await filed(first.says(f"/sangkien {WORDS[4]}"))
    await leader.says(f"/congnhan {idea} 12/QĐ-UBND về việc của {NAME}")
    await staff.says(f"/xetsangkien {idea}")
    await staff.presses("Soạn thư biểu dương")
    await staff.says(f"bà {NAME}, thôn Một")
    await staff.says(WORDS[4])
    await staff.presses("Giữ nguyên")
    await staff.presses("Trình lãnh đạo")
    await leader.presses("Duyệt")
    thanked = await filed(first.says(f"/camon {WORDS[6]} ở bộ phận một cửa"))
    await satisfied(first, words=SURVEYED)
    await answers(first, "Thôn Một", NAME, yes=True)
    for topic in ("thongbao", "loichuc", "thon1"):
        await first.says(f"/theodoi {topic} on")
    await first.says("/sodienthoai 0912345678")
    return idea, thanked


async def _dossiers_and_wrong_codes(talk: Talk, first: Somebody) -> None:
    await imported(talk, dossier())
    await first.says(f"/hoso {CODE} 9999")
    await first.says(f"/hoso {CODE} {DIGITS}")
    await first.presses("Báo tôi")
    await first.says(ASKED)
    await first.says("/start ZZZZZZZZ")


async def lived(talk: Talk, kept: Media) -> Life:
    """Let a person use everything there is."""
    officer = await talk.official()
    staff, leader = await talk.official("staff"), await talk.official("leader", name="Chủ tịch")
    first = talk.person("tele-4711", "telegram", NAME)
    second = talk.person("zalo-0815", "zalo", OTHER_NAME)
    # Tickets: with photos, asked back, answered, rated, reopened, supplemented, edited.
    rated = await answered(talk, first, officer)
    await officer.says(f"/ghichu {rated} {WORDS[8]}")
    await first.says(f"/danhgia {rated} 2 {WORDS[3]}")
    await officer.says(f"/pakn {rated} {NAME}; {HOME}; 0912345678")
    photographed = await filed(first.photo(f"/gopy {WORDS[1]}", ref="photo-of-mine"))
    await first.says(WORDS[2])
    await first.edits(first.last_message_id, WORDS[2] + "!")
    await officer.says(f"/nhan {photographed}")
    await officer.says(f"/hoi {photographed} Ở đoạn nào ạ?")
    await first.location()
    resolved = await filed(first.says(f"/gopy {TROUBLE} nữa"))
    await officer.says(f"/traloi {resolved} {WORDS[7]}")
    for wanted in await kept.wanted(["telegram"]):
        await kept.keep(wanted, b"what the photo shows", "image/jpeg")
    idea, thanked = await _civic_life(first, staff, leader)
    await _dossiers_and_wrong_codes(talk, first)
    # Another channel, with a draft, and one more code for joining.
    code = await code_of(first)
    await second.says(code)
    await code_of(first)
    await second.says("/gopy")
    await second.says("1")
    await second.says(WORDS[5])
    await talk.settle()
    people = tables.people
    async with talk.store.reading() as connection:
        ids = await connection.execute(
            select(people.c.id).where(people.c.address.in_([first.address.id, second.address.id]))
        )
        found = frozenset(ids.scalars())
        files = await connection.execute(
            select(tables.ticket_files.c.hash).where(tables.ticket_files.c.code == photographed)
        )
        photos = frozenset(kept.path(one) for one in files.scalars() if one)
    codes = (rated, photographed, resolved, idea, thanked)
    return Life(first, second, officer, staff, leader, found, codes, photos)


async def references(store: Store, ids: frozenset[int]) -> set[str]:
    """Name every column that leads to one of these people."""
    found = set()
    for table in tables.metadata.sorted_tables:
        for column in table.columns:
            to_people = any(key.column.table.name == "people" for key in column.foreign_keys)
            if to_people or column.name == "joined_to":
                async with store.reading() as connection:
                    query = select(column).where(column.in_(ids)).limit(1)
                    if (await connection.execute(query)).first() is not None:
                        found.add(f"{table.name}.{column.name}")
    return found


async def mentions(store: Store, marks: tuple[str, ...]) -> set[tuple[str, str]]:
    """Name every column, open or sealed, that says one of these words, with the word."""
    found = set()
    for table in tables.metadata.sorted_tables:
        async with store.reading() as connection:
            rows = (await connection.execute(select(table))).all()
        for column in table.columns:
            if isinstance(column.type, String | LargeBinary):
                for row in rows:
                    text = _text(store, table.name, column.name, row)
                    found |= {
                        (f"{table.name}.{column.name}", mark) for mark in marks if mark in text
                    }
    return found


def _text(store: Store, table: str, column: str, row: Row[Any]) -> str:
    value = getattr(row, column)
    if value is None or isinstance(value, str):
        return value or ""
    if table == "inbox":
        return unseal_once(row.body, row.body_key).decode() if column == "body" else ""
    try:
        return store.box.unseal(f"{table}.{column}", value)
    except CannotUnseal:
        assert (table, column) == ("catalogue_versions", "content")
        return ""
